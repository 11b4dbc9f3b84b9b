#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# check.sh <source folder> <work folder> <meson>: Meson takes the library's CMake project as a subproject of its own. It is set up
# and not built, which would be the same objects once more.
set -eu
source=$1 work=$2 meson=$3
rm -rf "$work"
mkdir -p "$work/subprojects"
ln -s "$source" "$work/subprojects/gunyah"
cp "$source/tests/install/meson/meson.build" "$source/examples/hello.c" "$work"
"$meson" setup "$work/build" "$work"
grep -q 'libgunyah_static\.a' "$work/build/build.ninja"
