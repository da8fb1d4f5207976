#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Fetches the Debian packages of a list (qemu/guest/debs.list) and unpacks them,
# for programs that the guest needs and the host had better not have: a package
# that is installed may start a daemon. Called by the Makefile.
#
# Usage: debs.sh DIRECTORY [LIST]    leaves DIRECTORY/root and, last,
#                                    DIRECTORY/stamp

set -eu

if [ $# -lt 1 ]; then
	echo "usage: debs.sh DIRECTORY [LIST]" >&2
	exit 2
fi
mkdir -p "$1"
dir=$(cd "$1" && pwd)
qemu=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=qemu/apt.sh
. "$qemu/apt.sh"

list=${2-$qemu/guest/debs.list}
packages=$(sed -e 's/#.*//' -e 's/[[:space:]].*//' "$list" | xargs)
exec 9>"$dir/lock"
flock 9
if [ -e "$dir/stamp" ] && [ "$(cat "$dir/stamp")" = "$packages" ]; then
	exit 0
fi

tmp=$dir/download
rm -rf "$tmp" "$dir/root" "$dir/stamp"
mkdir -p "$tmp" "$dir/root"
trap 'rm -rf "$tmp"' EXIT

download() {
	# shellcheck disable=SC2086  # a list of words
	(cd "$tmp" && apt-get download -qq $packages >log 2>&1 </dev/null)
}

echo "guest: downloading $packages"
apt_try download "$tmp/log"
for deb in "$tmp"/*.deb; do
	dpkg-deb -x "$deb" "$dir/root"
done
echo "$packages" >"$dir/stamp"
