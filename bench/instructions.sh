#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# instructions.sh <build folder>...: what calls cost above the backend, in instructions, exactly. Native programs run under
# callgrind; those of another processor under qemu-user, which logs each instruction on a line. Both make n and 2n
# calls: the difference is n calls and nothing else.
set -eu
n=200

counted() {
    if $native; then
        valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$1" "$2" 2>&1 |
            sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
    else
        qemu-aarch64 -singlestep -d exec,nochain -D "$log" "$program" "$1" "$2"
        wc -l <"$log"
    fi
}

each() {
    once=$(counted "$1" $n)
    twice=$(counted "$1" $((2 * n)))
    echo $(((twice - once) / n))
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
for folder; do
    program=$folder/bench/count-calls
    # Byte 18 of an ELF file is the processor; 183 is AArch64.
    native=true
    [ "$(od -An -tu1 -j18 -N1 "$program" | tr -d ' ')" = 183 ] && [ "$(uname -m)" != aarch64 ] && native=false
    backend=$(each backend)
    printf '%-34s %12s %14s\n' "one call, $folder" instructions "above backend"
    printf '%-34s %12d\n' "backend that answers nothing" "$backend"
    for what in call stub doorbell send receive; do
        all=$(each "$what")
        printf '%-34s %12d %14d\n' "$what" "$all" $((all - backend))
    done
done
