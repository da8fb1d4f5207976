#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Gets checkpatch.pl, which Debian ships in the kernel source package only.
# Called by check.sh; downloads 140 MB once, keeps three files of it.
#
# Usage: fetch-checkpatch.sh DIRECTORY

set -eu

if [ $# -ne 1 ]; then
	echo "usage: fetch-checkpatch.sh DIRECTORY" >&2
	exit 2
fi
dir=$1
files='checkpatch.pl spelling.txt const_structs.checkpatch'

[ ! -e "$dir/stamp" ] || exit 0
rm -rf "$dir"
mkdir -p "$dir"
cd "$dir"
echo "check: downloading linux-source-6.1 for checkpatch.pl"
apt-get download -qq linux-source-6.1 >log 2>&1 </dev/null || {
	cat log >&2
	echo "check: apt-get download linux-source-6.1 failed;" \
		"try apt-get update" >&2
	exit 1
}
# The package has one packed archive; both are read as streams, never stored.
members=
for file in $files; do
	members="$members linux-source-6.1/scripts/$file"
done
# shellcheck disable=SC2086  # words
dpkg-deb --fsys-tarfile linux-source-6.1_*.deb |
	tar -xO --wildcards './usr/src/linux-source-6.1.tar.*' |
	xz -dc | tar -x --strip-components=2 $members
rm -f linux-source-6.1_*.deb log
for file in $files; do
	[ -s "$file" ] || {
		echo "check: $file is not in linux-source-6.1" >&2
		exit 1
	}
done
touch stamp
