#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# instructions.sh <trees-count> <real.dtb>: what device trees cost on this machine, in instructions, exactly. The library and
# libfdt by hand: the difference of n times and 2n times under callgrind. The programs of libfdt: a whole process, as each use of
# them is.
set -eu
program=$1
real=$2
n=20
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

counted() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

each() {
    once=$(counted "$program" "$real" "$1" $n)
    twice=$(counted "$program" "$real" "$1" $((2 * n)))
    echo $(((twice - once) / n))
}

row() {
    printf '%-52s %12d\n' "$1" "$2"
}

"$program" "$real" write "$folder/built.dtb"
dtc -q -q -I dtb -O dts -o "$folder/built.dts" "$folder/built.dtb"
node=$(fdtget -l "$real" /hypervisor | grep resource-m)

printf '%-52s %12s\n' "device trees, $(uname -m)" "instructions"
row "build 16 virtual devices: the library" "$(each build-library)"
row "  libfdt by hand, nothing checked" "$(each build-hand)"
row "  dtc, a process" "$(counted dtc -q -q -I dts -O dtb -o "$folder/again.dtb" "$folder/built.dts")"
row "find the Resource Manager: the library" "$(each discover-library)"
row "  libfdt by hand" "$(each discover-hand)"
row "  fdtget, a process for each of two properties" \
    "$(($(counted fdtget -t x "$real" "/hypervisor/$node" reg) +
        $(counted fdtget -t x "$real" "/hypervisor/$node" interrupts)))"
