#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# smallest-image.sh <file>: the smallest kernel that is an Image: "b .", and the header of arm64 Linux with a size of 4 KiB.
set -eu
{
    printf '\0\0\0\024'
    head -c 13 /dev/zero
    printf '\020'
    head -c 38 /dev/zero
    printf 'ARMd'
    head -c 4 /dev/zero
} >"$1"
