#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# tool.sh <gunyah-emu> <VMM> <device tree> <work folder>: what the tool answers, by its exit status and its words.
set -u
tool=$1 vmm=$2 tree=$3 work=$4
bad=0

# expect <status> <words in the output> <argument of the tool>...
expect() {
    status=$1 words=$2
    shift 2
    output=$("$tool" "$@" 2>&1)
    got=$?
    case $got:$output in
    "$status":*"$words"*) return ;;
    esac
    echo "gunyah-emu $*: $got, not $status and \"$words\": $output"
    bad=1
}

mkdir -p "$work"
echo "poweroff" >"$work/good"
echo "dance" >"$work/nonsense"
printf 'read 0x9000005 1 0x61\nwrite 0x9001000 4 1\npoweroff\n' >"$work/wrong"

expect 0 "u17" --help
expect 0 "gunyah " --version
expect 125 "an argument is missing: [--] PROGRAM" --flavour a14
expect 125 "there is no option --no-such-option" --no-such-option true
expect 125 'there is no flavour "a13"' --flavour a13 true
expect 125 "No such file" --script "$work/missing" true
expect 125 "line 1 of the script: no such instruction" --script "$work/nonsense" true
expect 125 "debug or a production build" --rm other true
expect 125 "is NAME=SIZE" --cma oemvm_cma true
expect 125 "is NAME=SIZE" --cma oemvm_cma=4k true
expect 125 'flavour "a14" has no contiguous areas' --cma oemvm_cma=4096 true
expect 125 "has to have some pages" --flavour a16 --cma oemvm_cma=100 true
expect 0 "there" --flavour a16 --cma oemvm_cma=0x1000 -- sh -c 'exec 3</dev/oemvm_cma && echo there'
expect 125 "its vCPUs, virtio devices and input devices" --firmware oemvm:two true
expect 125 "some of the virtio devices" --firmware oemvm:1:2:3 true
expect 125 "its vCPUs, virtio devices and input devices" --firmware oemvm: true
expect 125 "at most 8 vCPUs" --firmware oemvm:9 true
expect 125 "1 to 15 characters" --firmware :1 true
expect 125 "have one name" --firmware oemvm:1 --firmware oemvm:2:3 true
expect 0 "" --firmware oemvm --firmware trustedvm:0 --firmware x:8:16:16 true
expect 127 "cannot be executed" -- /no/such/program
expect 3 "" -- sh -c 'exit 3'
expect 137 "" -- sh -c 'kill -9 $$'
expect 1 "LEND_USER_MEM: Inappropriate ioctl" --flavour u10 -- "$vmm" "$tree"
# The VMM is content, and the guest is not.
expect 125 "line 1 of the script: 0x60 was read at 0x9000005, not 0x61" --script "$work/wrong" -- "$vmm" "$tree"
exit "$bad"
