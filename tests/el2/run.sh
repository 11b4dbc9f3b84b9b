#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# run.sh <folder of the images> <guest> [<argument>...]: a guest on the stand-in, under QEMU.
# Time goes by what the guest executes: a busy machine changes nothing.
set -eu
memory=0x44000000 # EL2_MEMORY_BASE
images=$1
guest=$2
shift 2
semihosting=enable=on,target=native
for argument; do
    semihosting=$semihosting,arg=$argument
done
exec qemu-system-aarch64 -machine virt,virtualization=on,gic-version=3 -cpu cortex-a72 -m 128M \
    -nodefaults -display none -serial none -monitor none -icount shift=0,sleep=off \
    -kernel "$images/standin.elf" -device "loader,file=$images/$guest.bin,addr=$memory,force-raw=on" \
    -semihosting-config "$semihosting" 2>&1
