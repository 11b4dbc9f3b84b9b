#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# instructions.sh <program> [<program in another language>...]: what calls cost above the backend on this machine, in instructions,
# exactly. The programs, count-calls and its like, run under callgrind with n and 2n calls: the difference is n calls and nothing else.
set -eu
n=200

# counted <program> <call> <count>
counted() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

# each <program> <call>
each() {
    once=$(counted "$@" $n)
    twice=$(counted "$@" $((2 * n)))
    echo $(((twice - once) / n))
}

# row <program> <call> <name>
row() {
    all=$(each "$1" "$2")
    printf '%-34s %12d %14d\n' "$3" "$all" $((all - backend))
}

backend=$(each "$1" backend)
printf '%-34s %12s %14s\n' "instructions of one call, $(uname -m)" "all" "above backend"
printf '%-34s %12d\n' "backend that answers nothing" "$backend"
for what in call stub doorbell send receive; do
    row "$1" "$what" "$what"
done
shift
for program; do
    for what in doorbell send receive; do
        row "$program" "$what" "$what, $(basename "$program")"
    done
done
