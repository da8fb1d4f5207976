#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Fetches a Debian kernel for the guest: image, modules and headers are
# downloaded with apt-get and unpacked below build/kernel/VERSION. Nothing is
# installed and the host's own kernel is never used. Called by the Makefile.
#
# Usage: kernel.sh VERSION DIRECTORY
#
# Leaves in DIRECTORY:
#   release   the kernel release, for example 6.1.0-56-amd64
#   vmlinuz   link to the image as Debian packs it
#   vmlinux   the kernel out of that image, to boot and to debug
#   headers   link to the tree that modules are built against
#   modules   link to lib/modules/RELEASE
#   root/     the unpacked packages
#   stamp     written last; while it is there no network is needed, even if
#             Debian has moved on

set -eu

if [ $# -ne 2 ]; then
	echo "usage: kernel.sh VERSION DIRECTORY" >&2
	exit 2
fi
version=$1
dir=$2
# shellcheck source=qemu/apt.sh
. "$(dirname "$0")/apt.sh"

# One line for each kernel: the pattern of its release name, and the patterns
# of the packages needed beside linux-image-R and linux-headers-R, where
# @FLAVOURLESS@ stands for the release without its flavour.
case $version in
6.1)
	release_re='6\.1\.0-[0-9]+-amd64'
	others='linux-headers-@FLAVOURLESS@-common linux-kbuild-6.1
		linux-compiler-gcc-12-x86'
	;;
*)
	echo "kernel.sh: no kernel '$version'; known: 6.1" >&2
	exit 2
	;;
esac

mkdir -p "$dir"
exec 9>"$dir/lock"
flock 9
if [ -e "$dir/stamp" ] && [ -e "$dir/vmlinux" ]; then
	exit 0
fi

newest() {
	apt-cache pkgnames linux-image- 2>/dev/null |
		sed -n -E "s/^linux-image-($release_re)\$/\1/p" |
		sort -V | tail -n 1
}

download() {
	release=$(newest)
	if [ -z "$release" ]; then
		echo "kernel.sh: no package linux-image-$version*-amd64" \
			"in the system's apt sources" >&2
		return 1
	fi
	flavourless=${release%-amd64}
	packages="linux-image-$release linux-headers-$release"
	for name in $others; do
		packages="$packages $(echo "$name" |
			sed "s/@FLAVOURLESS@/$flavourless/")"
	done
	echo "kernel $version: downloading $release"
	# apt drops to the user _apt, who may not write here; that is a
	# warning only, so it is kept for the case that something fails.
	# shellcheck disable=SC2086  # words
	(cd "$tmp" && apt-get download -qq $packages >log 2>&1 </dev/null)
}

dir=$(cd "$dir" && pwd)
tmp=$dir/download
rm -rf "$tmp" "$dir/root"
mkdir -p "$tmp" "$dir/root"
trap 'rm -rf "$tmp"' EXIT

apt_try download "$tmp/log"

for deb in "$tmp"/*.deb; do
	dpkg-deb -x "$deb" "$dir/root"
done

# The only absolute path in the headers; relative, so that build/ can move.
headers=$dir/root/usr/src/linux-headers-$release
sed -i 's#/usr/src/#../#g' "$headers/Makefile"

# The guest boots the kernel proper, since unpacking the image costs seconds
# on an emulated processor. Where it lies in the image, and how long it is,
# stands in the setup header (payload_offset, payload_length); the last four
# bytes are the length before packing.
number() {	# number OFFSET BYTES: a little-endian number of the image
	od -An "-tu$2" -j "$1" -N "$2" "$image" | tr -d ' '
}
image=$dir/root/boot/vmlinuz-$release
setup=$((($(number 497 1) + 1) * 512))
length=$(($(number 588 4) - 4))
tail -c "+$((setup + $(number 584 4) + 1))" "$image" | head -c "$length" \
	>"$tmp/payload" || true
case $(od -An -tx1 -N 4 "$tmp/payload" | tr -d ' ') in
fd377a58) xz -dc <"$tmp/payload" >"$dir/vmlinux" ;;
28b52ffd) zstd -q -dc <"$tmp/payload" >"$dir/vmlinux" ;;
1f8b*) gzip -dc <"$tmp/payload" >"$dir/vmlinux" ;;
*)
	echo "kernel.sh: $image is packed in a way this script" \
		"does not know; add it" >&2
	exit 1
	;;
esac

ln -sfn "root/boot/vmlinuz-$release" "$dir/vmlinuz"
ln -sfn "root/usr/src/linux-headers-$release" "$dir/headers"
ln -sfn "root/lib/modules/$release" "$dir/modules"
for path in vmlinuz vmlinux headers/Makefile modules/kernel; do
	if [ ! -e "$dir/$path" ]; then
		echo "kernel.sh: $dir/$path is missing after unpacking" >&2
		exit 1
	fi
done
echo "$release" >"$dir/release"
echo "$packages" >"$dir/stamp"
echo "kernel $version: $release is ready in $dir"
