#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# instructions.sh <count-linux> <guest.dtb>: what a VMM does for each exit of its guest, in instructions, exactly. Under callgrind,
# the difference of n times and 2n times is n times and nothing else.
set -eu
program=$1
tree=$2
n=4096 # all accesses of a lookup

counted() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$@" 2>&1 >/dev/null |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

each() {
    once=$(counted "$1" "$2" $n)
    twice=$(counted "$1" "$2" $((2 * n)))
    echo $(((twice - once) / n))
}

driver=$(each driver "$tree")
printf '%-52s %12s\n' "a vCPU's exit for MMIO, $(uname -m)" "instructions"
printf '%-52s %12d\n' "run, find the device, call it: the library" $(($(each loop-library "$tree") - driver))
printf '%-52s %12d\n' "  a loop by hand, which knows one device" $(($(each loop-hand "$tree") - driver))

printf '%-28s %7s %7s %7s %7s\n' "find a device among" 1 16 64 256
for way in bus search bsearch; do
    printf '%-28s %7d %7d %7d %7d\n' "$way" "$(each $way 1)" "$(each $way 16)" "$(each $way 64)" "$(each $way 256)"
done
