#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# check.sh <source folder> <work folder> <cmake> <C compiler> <C++ compiler> <GUNYAH_DEVICE_TREE>
#
# Build and install the library as a packager does (no tests, Release), move the installed tree, use it with
# pkg-config and find_package, from C and C++, shared and static, and uninstall it: nothing of it may be left. Without device
# trees, nothing of them is there to begin with.
set -eu
source=$1 work=$2 cmake=$3 CC=$4 CXX=$5 device_tree=$6
export CC CXX

. "$source/tests/install/steps.sh"

rm -rf "$work"
mkdir -p "$work"
consumer=$source/tests/install/consumer

step "build and install"
# What is left without device trees does not depend on how fast it is.
set --
[ "$device_tree" = ON ] || set -- -D CMAKE_C_FLAGS_RELEASE=-O0
"$cmake" -S "$source" -B "$work/build" -G Ninja -D CMAKE_BUILD_TYPE=Release -D CMAKE_INSTALL_PREFIX="$work/first" \
    -D CMAKE_INSTALL_MESSAGE=NEVER "$@" \
    -D GUNYAH_BUILD_TESTS=OFF -D GUNYAH_BUILD_EXAMPLES=OFF -D GUNYAH_BUILD_BENCH=OFF \
    -D GUNYAH_DEVICE_TREE="$device_tree"
"$cmake" --build "$work/build" -- --quiet
"$cmake" --install "$work/build"

# From here on it lies somewhere else.
mv "$work/first" "$work/moved"
pc=$(find "$work/moved" -name gunyah.pc)
lib=$(dirname "$(dirname "$pc")")
export PKG_CONFIG_PATH="$lib/pkgconfig"
if grep -rl "$work/first" "$work/moved" --include='*.pc' --include='*.cmake'; then
    fail "the installed tree cannot be moved: it names its own place"
fi

if [ "$device_tree" = OFF ]; then
    step "no device trees"
    named=$(grep -rli "dt\.h\|fdt" "$work/moved" --include='*.pc' --include='*Targets*.cmake' || true)
    objects=$(nm "$work/moved"/lib*/libgunyah.a | grep "[a-z_]*_dt_\|fdt_" || true)
    headers=$(find "$work/moved" -name 'dt*.h*')
    if [ -n "$named$objects$headers" ]; then
        fail "something of them is left: $named $objects $headers"
    fi
fi

step "pkg-config"
# compile <language> <program> [--static]. pkg-config answers in the shell's own notation, hence eval.
compile() {
    if [ "$1" = c ]; then compiler=$CC; else compiler=$CXX; fi
    flags="$(pkg-config ${3-} --cflags --libs gunyah) ${3+-static}"
    eval '"$compiler" -DDEVICE_TREE=$device_tree -x "$1" "$consumer/consumer.c" -x none -o "$2"' "$flags"
}
"$CXX" -std=c++17 -Wall -Wextra -Wpedantic -Werror $(pkg-config --cflags gunyah) \
    "$consumer/headers.cpp" -o "$work/headers" $(pkg-config --libs gunyah)
LD_LIBRARY_PATH=$lib "$work/headers"
for language in c c++; do
    compile $language "$work/shared-$language"
    LD_LIBRARY_PATH=$lib "$work/shared-$language"
    readelf -d "$work/shared-$language" | grep -q 'NEEDED.*libgunyah\.so\.[0-9]' ||
        fail "shared-$language does not use libgunyah.so"
    compile $language "$work/static-$language" --static
    "$work/static-$language"
done

step "other languages"
pkg-config --libs gunyah-ffi | grep -q -e -lgunyah-ffi || fail "gunyah-ffi.pc names another library"
GUNYAH_FFI_LIBRARY=$lib/libgunyah-ffi.so.0 PYTHONPATH=$source/bindings/python PYTHONDONTWRITEBYTECODE=1 DEVICE_TREE=$device_tree \
    python3 - <<'END' || fail "the Python package does not work with the installed library"
import os

import gunyah

with gunyah.Simulator() as machine:
    print(machine.add_vm().open().hypercalls.hypervisor_identify())
try:
    print(gunyah.lint(b"")[0])
except gunyah.errors.UnsupportedError as error:
    assert os.environ["DEVICE_TREE"] == "OFF", error
    print(error)
END

step "find_package"
"$cmake" -S "$consumer" -B "$work/consumer" -G Ninja -D CMAKE_PREFIX_PATH="$work/moved" \
    -D DEVICE_TREE="$device_tree"
"$cmake" --build "$work/consumer" -- --quiet
"$(dirname "$cmake")/ctest" --test-dir "$work/consumer" --output-on-failure

step "uninstall"
mv "$work/moved" "$work/first"
"$cmake" --build "$work/build" --target uninstall
left=$(find "$work/first" ! -type d -o -name '*gunyah*')
if [ -n "$left" ]; then
    fail "left behind: $left"
fi
