// SPDX-License-Identifier: GPL-2.0-only
/*
 * pipe_managed: who manages a pipe? The kernel, in its own memory.
 *
 * Notes: S116 (003:155), S156 (001:111)
 * Watch: what /proc/self/fd and fstatfs() say of a pipe; then its only writer
 *        ends, before anyone has read.
 * See:   an inode of the kernel's own file system pipefs, without a name on
 *        any disk. The bytes outlive their writer: they are not in its memory.
 */
#include "../check.h"
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

int main(void)
{
	char path[64], link[64] = "", wanted[64], text[40] = "";
	struct statfs fs;
	struct stat inode;
	int fd[2], status;
	pid_t pid;

	need(pipe(fd));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd[0]);
	need(readlink(path, link, sizeof(link) - 1));
	need(fstat(fd[1], &inode));
	need(fstatfs(fd[1], &fs));
	say("%s -> %s; type of file system: %#lx", path, link,
	    (unsigned long)fs.f_type);
	snprintf(wanted, sizeof(wanted), "pipe:[%lu]",
		 (unsigned long)inode.st_ino);
	check(!strcmp(link, wanted) && S_ISFIFO(inode.st_mode), "S116",
	      "both ends are one inode, which the kernel calls pipe:[number]");
	check(fs.f_type == PIPEFS_MAGIC, "S116",
	      "the inode is in pipefs, a file system in the kernel's memory");

	pid = need(fork());
	if (!pid)
		_exit(write(fd[1], "left behind", 11) != 11);
	need(close(fd[1]));
	status = ended(pid);
	need(read(fd[0], text, sizeof(text) - 1));
	say("the only writer, process %d, is gone; then read: \"%s\"", pid,
	    text);
	check(status == 0 && !state_of(pid) && !strcmp(text, "left behind"),
	      "S116 S156",
	      "the buffer is kernel memory: it outlives the writer");
	return done();
}
