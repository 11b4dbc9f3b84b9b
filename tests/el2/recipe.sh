#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# recipe.sh <root> <folder of the images> <libfdt.a> <work folder> <compiler>: do what the guide says about trying an image, and print
# what the machine says. The stand-in of the tests is used, and not built again; nothing is fetched.
set -eu
root=$1 images=$2 libfdt=$3 work=$4 cc=$5
rm -rf "$work"
mkdir -p "$work"
# The first block of commands in the section, with other folders.
sed -n '/^## Try your image/,/^```$/p' "$root/docs/bare-metal.md" | sed '1,/^```sh$/d; /^```$/d; /fetch\.sh/d' |
    sed 's#\$PWD/build/#build/#g; s#build/arm64-packages/usr#%#g; s#build/standin#@#g' |
    sed "s#build/#$work/#g; s#@#$images#g; s#%#${libfdt%/lib/*}#g" >"$work/commands"
grep -v 'run\.sh' "$work/commands" >"$work/prepare"
grep 'run\.sh' "$work/commands" >"$work/run"
cd "$root"
sh -eu "$work/prepare" >"$work/log" 2>&1 || {
    cat "$work/log"
    exit 1
}
# By pkg-config, the same image links. There is nothing in it that it has from elsewhere.
libraries=$(PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name gunyah.pc)") pkg-config --static --libs gunyah gunyah-libc)
find "$work/firmware" -name '*.obj' >"$work/objects"
"$cc" -nostdlib -static -no-pie -Wl,--build-id=none,-z,max-page-size=4096 -T examples/firmware/firmware.ld -o "$work/firmware.elf" \
    $(cat "$work/objects") -L"${libfdt%/*}" $libraries 2>>"$work/log"
exec sh -eu "$work/run"
