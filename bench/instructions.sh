#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# instructions.sh <program>: what calls cost above the backend on this machine, in instructions, exactly. The program, which
# is count-calls, runs under callgrind with n and 2n calls: the difference is n calls and nothing else.
set -eu
program=$1
n=200

counted() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$1" "$2" 2>&1 |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

each() {
    once=$(counted "$1" $n)
    twice=$(counted "$1" $((2 * n)))
    echo $(((twice - once) / n))
}

backend=$(each backend)
printf '%-34s %12s %14s\n' "instructions of one call, $(uname -m)" "all" "above backend"
printf '%-34s %12d\n' "backend that answers nothing" "$backend"
for what in call stub doorbell send receive; do
    all=$(each "$what")
    printf '%-34s %12d %14d\n' "$what" "$all" $((all - backend))
done
