// SPDX-License-Identifier: GPL-2.0-only
/*
 * fifo_two_hosts: a FIFO on a disk that two computers share does not join them.
 *
 * Notes: S113 (000:268)
 * Watch: one disk image is mounted twice, each time as a disk of its own. To
 *        the kernel these are two file systems that happen to hold the same
 *        bytes, as for two computers with one network disk. A reader opens the
 *        FIFO on host_a; a writer opens it on host_b, then on host_a.
 * See:   both hosts see the FIFO, but the writer on host_b finds no reader:
 *        only the name is on the disk, the pipe is in the kernel's memory. For
 *        a pipe over a network see pipe_over_tcp.
 */
#include "../check.h"
#include <fcntl.h>
#include <linux/loop.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>

/* Attaches the image as a new disk and mounts that. */
static void mount_disk(const char *dir, unsigned long flags)
{
	struct loop_config config = { .info.lo_flags = LO_FLAGS_AUTOCLEAR };
	int control = need(open("/dev/loop-control", O_RDWR)), loop;
	char path[32];

	config.fd = need(open("disk", O_RDWR));
	snprintf(path, sizeof(path), "/dev/loop%d",
		 (int)need(ioctl(control, LOOP_CTL_GET_FREE)));
	until((loop = open(path, O_RDWR)) != -1);
	need(ioctl(loop, LOOP_CONFIGURE, &config));
	need(mount(path, dir, "ext2", flags, NULL));
	say("%s: the disk as %s", dir, path);
	need(close(loop));
	need(close(config.fd));
	need(close(control));
}

int main(void)
{
	char dir[] = "/tmp/two_hosts.XXXXXX", text[20] = "";
	struct stat on_a, on_b;
	int reader, writer, saved;

	need_ptr(mkdtemp(dir));
	need(chdir(dir));
	need(unshare(CLONE_NEWNS));
	need(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	need(mkdir("host_a", 0700));
	need(mkdir("host_b", 0700));
	/* They may be built in. */
	need0(system("modprobe -q loop; modprobe -q ext4; true"));
	need0(system("truncate -s 1M disk && mke2fs -F disk >mke2fs.log 2>&1"));
	mount_disk("host_a", 0);
	need(mkfifo("host_a/fifo", 0600));
	need(umount("host_a"));
	say("a FIFO is made on it; now both hosts mount the disk");

	mount_disk("host_a", MS_RDONLY);
	mount_disk("host_b", MS_RDONLY);
	need(stat("host_a/fifo", &on_a));
	need(stat("host_b/fifo", &on_b));
	check(S_ISFIFO(on_a.st_mode) && S_ISFIFO(on_b.st_mode) &&
		      on_a.st_ino == on_b.st_ino && on_a.st_dev != on_b.st_dev,
	      "S113", "two hosts see one FIFO on the disk that they share");

	reader = need(open("host_a/fifo", O_RDONLY | O_NONBLOCK));
	writer = open("host_b/fifo", O_WRONLY | O_NONBLOCK);
	saved = errno;
	say("reader on host_a, writer on host_b: %s", strerror(saved));
	check(writer == -1 && saved == ENXIO, "S113",
	      "a writer on the other host finds no reader");

	writer = open("host_a/fifo", O_WRONLY | O_NONBLOCK);
	check(writer != -1 && write(writer, "hello", 5) == 5 &&
		      read(reader, text, sizeof(text)) == 5 &&
		      !strcmp(text, "hello"),
	      "S113", "on one host the same FIFO joins them");
	say("reader and writer on host_a: read \"%s\"", text);

	close(writer);
	close(reader);
	need(umount("host_a"));
	need(umount("host_b"));
	need0(system("rm -r host_a host_b disk mke2fs.log"));
	need(rmdir(dir));
	return done();
}
