// SPDX-License-Identifier: GPL-2.0-only
/*
 * x32.c: sends and receives one message from an x32 program.
 *
 * Owns: the program abi-x32 that the test of C34.3 in abi.c runs.  It has no
 * C library, as x32 ones are rare: it makes its own system calls.  Its exit
 * status is 0, or the number of the step that went wrong.
 */
#include <linux/mbox.h>

#define X32 0x40000000UL
#define NR_OPEN (X32 | 2)
#define NR_EXIT (X32 | 60)
/* x32 has a number of its own for ioctl: it takes the compat path. */
#define NR_IOCTL (X32 | 514)
#define O_RDWR 2

void _start(void);

static long call3(unsigned long nr, unsigned long a, unsigned long b,
		  unsigned long c)
{
	unsigned long long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "0"((unsigned long long)nr),
			   "D"((unsigned long long)a),
			   "S"((unsigned long long)b),
			   "d"((unsigned long long)c)
			 : "rcx", "r11", "memory");
	return (long)ret;
}

static long do_ioctl(long fd, unsigned long cmd, void *arg)
{
	return call3(NR_IOCTL, (unsigned long)fd, cmd, (unsigned long)arg);
}

static int run(void)
{
	static struct mbox_info info = { .size = sizeof(info) };
	static struct mbox_open o = { .size = sizeof(o),
				      .flags = MBOX_OPEN_CREATE,
				      .rights = MBOX_RIGHT_SEND |
						MBOX_RIGHT_RECV };
	static struct mbox_send s = { .size = sizeof(s) };
	static struct mbox_recv r = { .size = sizeof(r) };
	static char text[4] = "x32";
	static char buf[8];
	long dev, fd;

	dev = call3(NR_OPEN, (unsigned long)"/dev/mbox", O_RDWR, 0);
	if (dev < 0)
		return 1;
	if (do_ioctl(dev, MBOX_IOC_INFO, &info) || info.abi != MBOX_ABI)
		return 2;
	fd = do_ioctl(dev, MBOX_IOC_OPEN, &o);
	if (fd < 0)
		return 3;
	s.data = (unsigned long)text;
	s.len = sizeof(text);
	s.tag = 0x123456789abcdef0ULL;
	if (do_ioctl(fd, MBOX_IOC_SEND, &s))
		return 4;
	r.data = (unsigned long)buf;
	r.len = sizeof(buf);
	if (do_ioctl(fd, MBOX_IOC_RECV, &r))
		return 5;
	if (r.msg_len != sizeof(text) || buf[0] != 'x' || buf[2] != '2' ||
	    r.tag != s.tag || r.pid <= 0)
		return 6;
	return 0;
}

void _start(void)
{
	call3(NR_EXIT, (unsigned long)run(), 0, 0);
	for (;;)
		;
}
