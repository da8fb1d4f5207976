#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# fs_in_kernel: is the file system a part of a monolithic kernel?
#
# Notes: S104 (001:92-93)
# Watch: the file system ext4 comes into the running kernel, is used, and goes
#        again. The disk is made of a file ("image").
# See:   yes: its functions lie in the kernel, beside those of pipes. The data
#        does not: it is still on the disk when the file system is gone.
. check.sh

# Mounts of our own, which nobody else sees.
[ -n "${own_mounts-}" ] || own_mounts=1 exec unshare -m "$0"

known() {
	grep -qw ext4 /proc/filesystems
}

not_known() {
	! known
}

module() {
	grep -q '^ext4 ' /proc/modules
}

# The address of a function of the kernel.
address() {
	sed -n "s/ [tT] $1\>.*//p" /proc/kallsyms | head -n 1
}

# The upper half of all addresses is the kernel's.
both_in_kernel() {
	case $1,$2 in
	[89a-f]???????????????,[89a-f]???????????????) return 0 ;;
	esac
	return 1
}

on_disk() {
	tr -d '\0' <image | grep -q "$1"
}

dir=$(mktemp -d /tmp/fs_in_kernel-XXXXXX)
cd "$dir" || exit
mkdir disk
dd if=/dev/zero of=image bs=1M count=4 2>/dev/null
mkfs.ext2 -F image >log 2>&1
{ modprobe loop; modprobe ext4; } 2>/dev/null

say "in /proc/filesystems, beside others:" \
	"$(grep -owE 'proc|tmpfs|pipefs|ext4' /proc/filesystems | xargs)"
check S104 "file systems are listed by the kernel" known
say "in lsmod: $(lsmod | grep '^ext4 ' | xargs)"
check S104 "this one is a module of the kernel" module
ext4=$(address ext4_sync_file)
pipe=$(address create_pipe_files)
say "ext4_sync_file() is at $ext4"
say "create_pipe_files() at $pipe"
check S104 "the code of the file system is in the kernel, as is that of pipes" \
	both_in_kernel "$ext4" "$pipe"

mount -t ext4 -o loop image disk || exit
echo "still here" >disk/letter
umount disk
modprobe -r ext4
check S104 "the file system is taken out of the kernel" not_known
check S104 "the data stays on the storage" on_disk "still here"
modprobe ext4
mount -t ext4 -o loop image disk
say "ext4 is back and reads: $(cat disk/letter)"
check S104 "back in the kernel it finds the data" \
	grep -qx "still here" disk/letter

umount disk
cd / && rm -r "$dir"
finish
