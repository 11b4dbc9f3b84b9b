#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# run.sh <program> <file with its expected output>: run it, and compare if there is such a file.
set -eu
output=$("$1")
printf '%s\n' "$output"
if [ -e "$2" ]; then
    printf '%s\n' "$output" | diff -u "$2" -
fi
