// SPDX-License-Identifier: GPL-2.0-only
/*
 * mapped_file_on_disk: a memory-mapped file is on the disk all the same.
 *
 * Notes: S350 (004:85)
 * Watch: a disk made of a file ("image"), on it a file system, in it a file,
 *        mapped into memory. A store into that memory, then msync().
 * See:   the stored bytes are found in the image, so the file has not moved
 *        from the disk into memory. They also survive umount, which empties
 *        the cache. (A file of /dev/shm, mapped likewise, has no disk.)
 */
#include "../check.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>

#define TEXT "stored, not written"

/* Does the image, that is the disk, hold the text? */
static int on_disk(void)
{
	static char image[4 << 20];
	int fd = need(open("image", O_RDONLY));
	ssize_t n = need(read(fd, image, sizeof(image)));

	close(fd);
	return memmem(image, (size_t)n, TEXT, strlen(TEXT)) != NULL;
}

int main(void)
{
	char dir[] = "/tmp/mapped_file_on_disk-XXXXXX", text[100];
	char *memory;
	int fd, before, after;
	ssize_t n;

	/* Mounts of our own, which nobody else sees. */
	need(unshare(CLONE_NEWNS));
	need(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	need(chdir(need_ptr(mkdtemp(dir))));
	need0(system("{ modprobe loop; modprobe ext4; } 2>/dev/null;"
		     "mkdir disk && dd if=/dev/zero of=image bs=1M count=4"
		     " 2>/dev/null && mkfs.ext2 -F image >log 2>&1 &&"
		     "mount -t ext4 -o loop image disk"));

	fd = need(open("disk/file", O_RDWR | O_CREAT, 0600));
	need(ftruncate(fd, 4096));
	memory = need_ptr(
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	close(fd);
	strcpy(memory, TEXT);
	before = on_disk();
	need(msync(memory, 4096, MS_SYNC));
	after = on_disk();
	say("\"%s\" on the disk: %s; after msync(): %s", memory,
	    before ? "yes" : "not yet", after ? "yes" : "no");
	check(after, "S350", "what was stored into memory is on the disk");

	need(munmap(memory, 4096));
	need(umount("disk"));
	need0(system("mount -t ext4 -o loop image disk"));
	fd = need(open("disk/file", O_RDONLY));
	n = need(read(fd, text, sizeof(text)));
	say("umount, mount, read(): \"%.*s\"", (int)strnlen(text, (size_t)n),
	    text);
	check(n == sizeof(text) && !strcmp(text, TEXT), "S350",
	      "it is a file like any other, and read() finds it");
	close(fd);
	need(umount("disk"));
	need0(system("rm -r image log disk"));
	need(rmdir(dir));
	return done();
}
