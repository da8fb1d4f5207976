#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# disk_io: who brings the bytes of a file to the disk?
#
# Notes: S104 (001:92-93), S195 (002:59)
# Watch: a disk made of a file ("image"). A process writes to a file on it and
#        ends. The kernel's trace tells who gives the file's pages to the disk.
# See:   write() only reaches the kernel's memory. Later a kernel thread does
#        the I/O: there is the notes' "I/O process". But with fsync() the writer
#        itself does it, inside the system call: no other process is needed.
. check.sh

# Mounts of our own, which nobody else sees.
[ -n "${own_mounts-}" ] || own_mounts=1 exec unshare -m "$0"

on_disk() {
	tr -d '\0' <image | grep -q "$1"
}

# The process that gave this file to the disk.
who_wrote() {
	inode=$(stat -c %i "$1")
	sed -n "s/.*-\([0-9]*\) *\[.* ext4_writepages: .* ino $inode .*/\1/p" \
		$trace/trace | head -n 1
}

# It has no program and no memory of its own.
is_kernel_thread() {
	[ "$(cat "/proc/$1/maps" && echo nothing)" = nothing ]
}

dir=$(mktemp -d /tmp/disk_io-XXXXXX)
cd "$dir" || exit
{ modprobe loop; modprobe ext4; } 2>/dev/null
mkdir disk tracing
dd if=/dev/zero of=image bs=1M count=4 2>/dev/null
mkfs.ext2 -F image >log 2>&1
mount -t ext4 -o loop image disk || exit
mount -t tracefs tracefs tracing || exit
trace=tracing/instances/disk_io
mkdir $trace || exit
echo 1 >$trace/events/ext4/ext4_writepages/enable

sh -c 'echo $$ >pid; echo hello, disk >disk/letter'
say "process $(cat pid) wrote \"$(cat disk/letter)\" and has ended"
say "on the disk? $(on_disk "hello, disk" && echo yes || echo not yet)"
sync -f disk/letter
check S195 "when the system syncs, the bytes come to the disk" \
	on_disk "hello, disk"
pid=$(who_wrote disk/letter)
say "the I/O was done by process $pid, $(cat "/proc/$pid/comm")"
check S195 "a kernel thread, the I/O process of the notes, took them there" \
	is_kernel_thread "$pid"

echo hello, myself >text
dd if=text of=disk/urgent conv=fsync 2>/dev/null &
writer=$!
wait $writer
pid=$(who_wrote disk/urgent)
say "with fsync() by process $writer the I/O was done by process $pid"
check "S104 S195" "with fsync() the writer does it, in its own system call" \
	test "$pid" = $writer

echo 0 >$trace/events/ext4/ext4_writepages/enable
rmdir $trace
umount tracing disk
cd / && rm -r "$dir"
finish
