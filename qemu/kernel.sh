#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Fetches a Debian kernel for the guest: image, modules and headers are
# downloaded with apt-get and unpacked below build/kernel/VERSION. Nothing is
# installed and the host's own kernel is never used. Called by the Makefile.
#
# Usage: kernel.sh VERSION DIRECTORY
#        kernel.sh list              the versions there are
#
# Leaves in DIRECTORY:
#   release     the kernel release, for example 6.1.0-56-amd64
#   vermagic    what modules for it must say of themselves
#   vmlinuz     link to the image as Debian packs it
#   vmlinux     the kernel out of that image, to boot and to debug
#   headers     link to the tree that modules are built against
#   kbuild.args arguments that Kbuild needs on this machine, one a line
#   modules     link to lib/modules/RELEASE
#   root/       the unpacked packages
#   stamp       written last; while it is there no network is needed, even if
#               Debian has moved on
#
# strict and race are built, not fetched: see strict.sh.

set -eu

if [ $# = 1 ] && [ "$1" = list ]; then
	sed -n 's/^\([0-9][0-9.a-z-]*\))$/\1/p' "$0"
	exit 0
fi
if [ $# -ne 2 ]; then
	echo "usage: kernel.sh VERSION DIRECTORY | kernel.sh list" >&2
	exit 2
fi
version=$1
dir=$2
# shellcheck source=qemu/apt.sh
. "$(dirname "$0")/apt.sh"

# For each kernel the pattern of its release name, and the packages needed
# beside linux-headers-RELEASE, where @BASE@ stands for the release without its
# flavour and @RELEASE@ for all of it.
suites='' suite='' args=''
case $version in
6.1)
	release_re='6\.1\.0-[0-9]+-amd64'
	packages='linux-image-@RELEASE@ linux-headers-@BASE@-common
		linux-kbuild-6.1 linux-compiler-gcc-12-x86'
	;;
6.1-rt)
	release_re='6\.1\.0-[0-9]+-rt-amd64'
	packages='linux-image-@RELEASE@ linux-headers-@BASE@-common-rt
		linux-kbuild-6.1 linux-compiler-gcc-12-x86'
	;;
6.12)
	release_re='6\.12\.[0-9]+\+deb12-amd64'
	packages='linux-image-@RELEASE@ linux-headers-@BASE@-common
		linux-kbuild-@BASE@'
	# Else Kbuild wants pahole.
	args='CONFIG_DEBUG_INFO_BTF_MODULES='
	;;
7.2)
	# The second keeps a kernel for some time after the first has a newer one.
	suites='sid forky'
	release_re='7\.2\.[0-9]+\+deb14-amd64'
	packages='linux-base-@RELEASE@ linux-binary-@RELEASE@
		linux-modules-@RELEASE@
		linux-headers-@BASE@-common linux-kbuild-@BASE@
		libc6 libelf1t64 zlib1g libzstd1'
	# It was built with a newer compiler and a newer pahole than these.
	args='CC=gcc CONFIG_DEBUG_INFO_BTF_MODULES=
		PAHOLE=true CONFIG_PAHOLE_VERSION=0
		CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=
		KCFLAGS=-Wno-attributes'
	;;
*)
	echo "kernel.sh: no kernel '$version'; known:" \
		"$("$0" list | xargs)" >&2
	exit 2
	;;
esac

mkdir -p "$dir"
exec 9>"$dir/lock"
flock 9
if [ -e "$dir/stamp" ] && [ -e "$dir/vmlinux" ] && [ -e "$dir/vermagic" ]; then
	exit 0
fi
dir=$(cd "$dir" && pwd)
tmp=$dir/download
rm -rf "$tmp" "$dir/root"
mkdir -p "$tmp" "$dir/root"
trap 'rm -rf "$tmp"' EXIT

newest() {
	apt_cache pkgnames linux-headers- 2>/dev/null |
		sed -n -E "s/^linux-headers-($release_re)\$/\1/p" |
		sort -V | tail -n 1
}

# Package lists of another release of Debian, kept apart from the system's: the
# first that has such a kernel.
for suite in $suites; do
	apt_use_suite "$suite" "$(dirname "$dir")/$suite.apt"
	apt_update
	[ -z "$(newest)" ] || break
done

download() {
	release=$(newest)
	if [ -z "$release" ]; then
		echo "kernel.sh: Debian ${suite:-12} has no kernel" \
			"$version (linux-headers-$release_re) now" >"$tmp/log"
		return 1
	fi
	base=${release%-amd64}
	base=${base%-rt}
	names="linux-headers-$release $(echo "$packages" |
		sed -e "s/@RELEASE@/$release/g" -e "s/@BASE@/$base/g" | xargs)"
	echo "kernel $version: downloading $release"
	# apt drops to the user _apt, who may not write here; that is a
	# warning only, so it is kept for the case that something fails.
	# shellcheck disable=SC2086  # words
	(cd "$tmp" && apt_get download -qq $names >log 2>&1 </dev/null)
}

apt_try download "$tmp/log"

for deb in "$tmp"/*.deb; do
	dpkg-deb -x "$deb" "$dir/root"
done

# Newer packages have all below usr/.
[ -e "$dir/root/lib" ] || ln -s usr/lib "$dir/root/lib"

# The only absolute path in the headers; relative, so that build/ can move.
headers=$dir/root/usr/src/linux-headers-$release
sed -i 's#/usr/src/#../#g' "$headers/Makefile"

# Its build tools may want a newer C library than this machine has: those are
# run by the loader, and with the libraries, that were fetched with them.
up() {	# up FILE: from there back to root/, as ../..
	dirname "${1#"$dir/root/"}" | sed 's#[^/]\{1,\}#..#g'
}
find "$dir/root" -path '*/linux-kbuild-*' -type f -perm -u+x |
	while read -r tool; do
		ldd "$tool" 2>&1 | grep -q 'not found' || continue
		mv "$tool" "$tool.elf"
		up=$(up "$tool")
		cat >"$tool" <<-END
			#!/bin/sh
			me=\$(readlink -f "\$0")
			root=\${me%/*}/$up/usr/lib
			exec "\$root/x86_64-linux-gnu/ld-linux-x86-64.so.2" \\
				--library-path "\$root/x86_64-linux-gnu" \\
				"\$me.elf" "\$@"
		END
		chmod 755 "$tool"
	done

# The guest boots the kernel proper, since unpacking the image costs seconds
# on an emulated processor. Where it lies in the image, and how long it is,
# stands in the setup header (payload_offset, payload_length); the last four
# bytes are the length before packing.
number() {	# number OFFSET BYTES: a little-endian number of the image
	od -An "-tu$2" -j "$1" -N "$2" "$image" | tr -d ' '
}
image=root/boot/vmlinuz-$release
[ -e "$dir/$image" ] || image=root/lib/modules/$release/vmlinuz
ln -sfn "$image" "$dir/vmlinuz"
image=$dir/$image
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

ln -sfn "root/usr/src/linux-headers-$release" "$dir/headers"
ln -sfn "root/lib/modules/$release" "$dir/modules"
for path in vmlinuz vmlinux headers/Makefile modules/kernel; do
	if [ ! -e "$dir/$path" ]; then
		echo "kernel.sh: $dir/$path is missing after unpacking" >&2
		exit 1
	fi
done
# shellcheck disable=SC2086  # words
printf '%s\n' $args >"$dir/kbuild.args"
PATH=$PATH:/usr/sbin:/sbin modinfo -F vermagic \
	"$(find "$dir/modules/kernel" -name 'loop.ko*')" >"$dir/vermagic"
echo "$release" >"$dir/release"
echo "$names" >"$dir/stamp"
echo "kernel $version: $release is ready in $dir"
