#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# How the tests of what is installed tell what they do. Sourced by them.
step() {
    echo "-- $*"
}
fail() {
    echo "FAILED: $*" >&2
    exit 1
}
