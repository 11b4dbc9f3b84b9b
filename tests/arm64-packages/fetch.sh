#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# fetch.sh <folder>: unpacks packages of Debian for arm64 into a new folder: Criterion with the libraries that it needs to run,
# and libfdt to link with statically.
#
# Criterion's cannot be installed beside the ones of this machine's processor: libnanomsg5 is not "Multi-Arch: same", so that two
# architectures of it exclude each other. Hence apt works with a state of its own, in which no package is installed. Of the
# system it reads the sources and their keys; it changes nothing, and need not be root.
set -eu
folder=$1
work=$folder.part
# apt wants to know where it is from anywhere.
mkdir -p "$work"
work=$(cd "$work" && pwd)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/root"
: >"$work/status"

arm64_apt() {
    # Its own user, to which it would change to download, need not be able to come here.
    apt-get -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User=root \
        -o Dir::State="$work" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" \
        -o Acquire::http::Timeout=20 "$@"
}

# A source that has nothing for arm64 is no failure; whether there is what it takes, the next line finds out.
arm64_apt update || true
arm64_apt install -y --no-install-recommends --download-only libcriterion3
# Of these, only themselves: headers, the link to Criterion, and libfdt.a.
(cd "$work/cache/archives" && arm64_apt download libcriterion-dev libfdt-dev)
for package in "$work"/cache/archives/*.deb; do
    dpkg -x "$package" "$work/root"
done
rm -rf "$folder"
mv "$work/root" "$folder"
