#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# run.sh <file with the expected output> <command>...: run it, and compare if there is such a file.
set -eu
expected=$1
shift
status=0
output=$("$@") || status=$?
printf '%s\n' "$output"
if [ "$status" -ne 0 ]; then
    exit "$status"
fi
if [ -e "$expected" ]; then
    printf '%s\n' "$output" | diff -u "$expected" -
fi
