#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Packs the root file system of the guest: busybox, PID 1, the modules, what
# was built, and the shared libraries it links. Needs neither root nor a mount.
# Called by the Makefile before each boot; it takes a few seconds.
#
# Usage: mkinitramfs.sh KERNEL_DIR BUILD_DIR OUT

set -eu

if [ $# -ne 3 ]; then
	echo "usage: mkinitramfs.sh KERNEL_DIR BUILD_DIR OUT" >&2
	exit 2
fi
kernel=$1
build=$2
out=$3
qemu=$(cd "$(dirname "$0")" && pwd)
source=$(dirname "$qemu")
debs=$(dirname "$kernel")/debs/root

mkdir -p "$build/initramfs"
exec 9>"$build/initramfs/lock"
flock 9
root=$build/initramfs/root
rm -rf "$root"
mkdir -p "$root"
cd "$root"

mkdir -p bin dev etc/mbox home job lib/mbox lib/mbox-test mnt proc root run \
	sbin sys tmp usr/bin usr/sbin usr/lib/mbox usr/share/mbox usr/local/bin \
	var boot
chmod 1777 tmp
chmod 700 root

busybox=$(command -v busybox)
cp "$busybox" bin/busybox
"$busybox" --list | while read -r applet; do
	[ "$applet" = busybox ] || ln -s busybox "bin/$applet"
done
# Where the kernel looks when it needs a module.
ln -s ../bin/busybox sbin/modprobe
cp "$build/qemu/init" init
cp "$qemu/splats.list" etc/mbox/splats
cp "$qemu"/guest/bin/* usr/bin/
cp "$qemu"/guest/etc/* etc/
cp "$kernel/vmlinuz" "boot/vmlinuz-$(cat "$kernel/release")"
ln -s "vmlinuz-$(cat "$kernel/release")" boot/vmlinuz
mkdir -p home/alice home/bob home/carol

# copy FROM TO: a file or a folder, if it was built.
copy() {
	if [ -e "$1" ]; then
		mkdir -p "$(dirname "$2")"
		cp -rL "$1" "$2"
	fi
}

copy "$build/kmod/mbox.ko" lib/mbox/mbox.ko
copy "$build/kmod-test/mbox.ko" lib/mbox-test/mbox.ko
copy "$build/unit/mbox_unit.ko" lib/mbox/mbox_unit.ko
copy "$build/canary/canary.ko" lib/mbox/canary.ko
copy "$source/tests/canary/guest.sh" usr/lib/mbox/tests/canary/guest.sh
for file in "$build"/bin/* "$build"/demos/*; do
	if [ -f "$file" ] && [ -x "$file" ]; then
		cp "$file" usr/bin/
	fi
done
for lib in "$build"/lib/libmbox.so.*; do
	if [ -e "$lib" ]; then
		cp -P "$lib" usr/lib/
	fi
done
# A demo is a test as well: a link to the program on the PATH.
if [ -d "$build/tests/guest" ]; then
	mkdir -p usr/lib/mbox/tests/guest
	cp -r "$build/tests/guest/." usr/lib/mbox/tests/guest
	find usr/lib/mbox/tests/guest -type l | while read -r link; do
		ln -sfn "/usr/bin/${link##*/demo-}" "$link"
	done
fi
copy "$build/tests/perf" usr/lib/mbox/tests/perf
if [ -d "$build/tests/guest.data" ]; then
	cp -rL "$build/tests/guest.data/." usr/lib/mbox/tests/
fi
if [ -f "$source/userspace/tour/tour.sh" ]; then
	cp "$source/userspace/tour/tour.sh" usr/share/mbox/tour
	cp "$source/userspace/tour/ipc-tour.sh" usr/bin/ipc-tour
	chmod 755 usr/share/mbox/tour usr/bin/ipc-tour
fi
if [ -d "$build/tour" ]; then
	cp -rL "$build/tour/." usr/share/mbox/
fi

# words FILE: the first word of each line.
words() {
	sed -e 's/#.*//' -e 's/[[:space:]].*//' -e '/^$/d' "$1"
}

words "$qemu/guest/tools.list" | while read -r path; do
	for from in "$debs$path" "$path"; do
		if [ -e "$from" ]; then
			copy "$from" ".$path"
			break
		fi
	done
done

# Copying them out of the kernel's package takes longer than all else here.
PATH=$PATH:/usr/sbin:/sbin
release=$(cat "$kernel/release")
cache=$build/initramfs/modules
key=$(cat "$kernel/stamp" "$qemu/guest/modules.list" | cksum)
if [ "$(cat "$cache/key" 2>/dev/null)" != "$key" ]; then
	rm -rf "$cache"
	mkdir -p "$cache"
	mkdir -p "$cache/lib/modules/$release"
	# A kernel that was built here has no modules of its own.
	if [ -d "$kernel/root" ]; then
		[ -e "$kernel/root/lib/modules/$release/modules.dep" ] ||
			depmod -b "$kernel/root" "$release"
		words "$qemu/guest/modules.list" | while read -r module; do
			modprobe -q -d "$kernel/root" -S "$release" --show-depends \
				"$module" | sed -n "s,^insmod $kernel/root/,,p"
		done | awk '!seen[$1]++ { print $1 }' >"$cache/files"
		(cd "$kernel/root" && xargs cp -L --parents -t "$cache" \
			<"$cache/files")
	else
		: >"$cache/lib/modules/$release/modules.builtin.modinfo"
	fi
	cp "$kernel"/modules/modules.order "$kernel"/modules/modules.builtin* \
		"$cache/lib/modules/$release/"
	depmod -b "$cache" "$release"
	echo "$key" >"$cache/key"
fi
cp -r "$cache/lib/modules" lib/

# The libraries of all that is dynamic, at the path where the loader looks.
# Our own come from the build, whatever the host has installed.
# What ldd does not know, such as a script, it says nothing about.
find usr sbin -type f -perm -u+x >"$build/initramfs/programs"
LD_LIBRARY_PATH=$build/lib xargs -r ldd <"$build/initramfs/programs" \
	>"$build/initramfs/ldd" 2>/dev/null || true
sed -n -e 's/.* => \(\/[^ ]*\) (.*/\1/p' \
	-e 's/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p' "$build/initramfs/ldd" |
	sort -u |
	while read -r lib; do
		case $lib in
		*/libmbox.so*) continue ;;
		esac
		mkdir -p "./$(dirname "$lib")"
		cp -L "$lib" "./$lib"
	done
if grep 'not found' "$build/initramfs/ldd" >&2; then
	echo "mkinitramfs.sh: a library above is missing" >&2
	exit 1
fi

# The guest unpacks this on a slow processor, so it is not compressed.
find . -mindepth 1 | sort |
	"$busybox" cpio -o -H newc -R 0:0 >"$out.new" 2>"$build/initramfs/log" || {
	cat "$build/initramfs/log" >&2
	exit 1
}
mv "$out.new" "$out"
