#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# run.sh <folder of the images> <guest>[,<guest>] [<argument>...]: one guest, or two as a VM each, on the stand-in, under
# QEMU.
# Time goes by what the guests execute: a busy machine changes nothing.
set -eu
images=$1
guests=$2
shift 2
# The standard output of the agent is for its messages alone.
[ "$guests" = agent ] || exec 2>&1
semihosting=enable=on,target=native
for argument; do
    semihosting=$semihosting,arg=$argument
done
# EL2_MEMORY_BASE, and EL2_GUEST_SIZE further on; the device tree of each VM of two at EL2_TREE of its memory.
set -- -device "loader,file=$images/${guests%,*}.bin,addr=0x48000000,force-raw=on"
if [ "$guests" != "${guests%,*}" ]; then
    set -- "$@" -device "loader,file=$images/${guests#*,}.bin,addr=0x4c000000,force-raw=on"
    if [ -e "$images/vm.dtb" ]; then
        set -- "$@" -device "loader,file=$images/vm.dtb,addr=0x4be00000,force-raw=on" \
            -device "loader,file=$images/vm.dtb,addr=0x4fe00000,force-raw=on"
    fi
fi
exec qemu-system-aarch64 -machine virt,virtualization=on,gic-version=3 -cpu cortex-a72 -m 3G \
    -nodefaults -display none -serial none -monitor none -icount shift=0,sleep=off \
    -kernel "$images/standin.elf" "$@" -semihosting-config "$semihosting"
