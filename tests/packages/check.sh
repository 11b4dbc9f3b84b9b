#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# check.sh <source folder> <work folder> <folder of a build> <cmake> <C compiler> <lintian, or true>
#
# Make the packages of Debian, unpack them into a folder, and use the library from there by pkg-config, find_package and Python. Each
# file that is installed is in one of the packages; and lintian finds nothing but what accepted.txt explains.
set -eu
source=$1 work=$2 build=$3 cmake=$4 CC=$5 lintian=$6
export CC
here=$source/tests/packages
consumer=$source/tests/install/consumer
stage=$work/stage

. "$source/tests/install/steps.sh"

rm -rf "$work"
mkdir -p "$work"

step "make the packages"
"$cmake" -S "$source" -B "$build" -D CMAKE_INSTALL_PREFIX=/usr -D GUNYAH_PACKAGE_MAINTAINER="A test <test@example.org>"
"$cmake" --build "$build" -- --quiet
"$(dirname "$cmake")/cpack" --config "$build/CPackConfig.cmake" -B "$work"
for name in libgunyah0 libgunyah-ffi0 libgunyah-dev gunyah-tools python3-gunyah; do
    package=$(find "$work" -maxdepth 1 -name "${name}_*.deb")
    dpkg-deb -x "$package" "$stage"
    [ -n "$(dpkg-deb -f "$package" Depends)" ] || fail "$name depends on nothing"
    [ -e "$stage/usr/share/doc/$name/copyright" ] || fail "$name has no licence"
    [ "$(dpkg-parsechangelog -l "$stage/usr/share/doc/$name/changelog.gz" -S Version)" = \
        "$(dpkg-deb -f "$package" Version)" ] || fail "the changelog of $name begins with another version"
done
depends=$(dpkg-deb -f "$work"/libgunyah-dev_*.deb Depends)
case $depends in
"libgunyah0 (= $(dpkg-deb -f "$work"/libgunyah0_*.deb Version))"*) ;;
*) fail "libgunyah-dev takes any libgunyah0: $depends" ;;
esac
dpkg-deb -f "$work"/libgunyah0_*.deb Depends | grep -q libfdt1 || fail "libgunyah0 does not ask for libfdt"

step "each installed file is in a package"
DESTDIR="$work/all" "$cmake" --install "$build" >"$work/install.log"
list() {
    (cd "$1" && find . ! -type d ! -path './usr/share/doc/*' ! -path '*/dist-packages/*' | sed 's/\(man.*\)\.gz$/\1/' | LC_ALL=C sort)
}
list "$work/all" >"$work/installed.txt"
list "$stage" >"$work/packaged.txt"
diff "$work/installed.txt" "$work/packaged.txt" || fail "they differ: installed <, packaged >"

step "shells find their completion"
for file in bash-completion/completions/gunyah bash-completion/completions/gunyah-emu zsh/vendor-completions/_gunyah \
    fish/vendor_completions.d/gunyah.fish fish/vendor_completions.d/gunyah-emu.fish; do
    [ -e "$stage/usr/share/$file" ] || fail "$file is not there"
done

step "pkg-config"
lib=$(dirname "$(find "$stage" -name libgunyah.so)")
export LD_LIBRARY_PATH="$lib"
flags=$(PKG_CONFIG_SYSROOT_DIR="$stage" PKG_CONFIG_PATH="$lib/pkgconfig" pkg-config --cflags --libs gunyah)
for name in hello tutorial; do
    eval '"$CC" "$source/examples/$name.c" -o "$work/$name"' "$flags"
    "$work/$name" | diff "$source/examples/expected/$name.txt" - || fail "$name prints something else"
done

step "find_package"
"$cmake" -S "$consumer" -B "$work/consumer" -G Ninja -D CMAKE_PREFIX_PATH="$stage/usr" -D DEVICE_TREE=ON
"$cmake" --build "$work/consumer" --target gunyah-c -- --quiet
"$work/consumer/gunyah-c"

step "Python"
cat >"$work/machine.py" <<'END'
import importlib.metadata

import gunyah

with gunyah.Simulator() as simulator, simulator.add_vm("guest").open() as session:
    print(session.identity.backend)
assert importlib.metadata.entry_points(group="pytest11", name="gunyah")
assert importlib.metadata.version("gunyah") == gunyah.__version__
END
PYTHONPATH="$stage/usr/lib/python3/dist-packages" /usr/bin/python3 "$work/machine.py"

step "the commands"
"$stage/usr/bin/gunyah-emu" --help >"$work/help.txt"

# Manual pages take it as long as all the rest, and are looked at by mandoc (tests/docs).
step "lintian"
"$lintian" --allow-root --fail-on error,warning --suppress-tags-from-file "$here/accepted.txt" \
    -X documentation/manual "$work"/*.deb
