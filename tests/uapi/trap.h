/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trap.h: a page that stops whoever touches it, the kernel included.
 *
 * Owns: struct trap, a page that userfaultfd watches.  Used by effect.c.
 * Takes no locks.
 */
#ifndef TESTS_UAPI_TRAP_H
#define TESTS_UAPI_TRAP_H

#include "box.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

struct trap {
	int uffd;
	char *page;
};

static inline void trap_set(struct trap *t)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	t->uffd = ASSERT_OK(syscall(SYS_userfaultfd, O_CLOEXEC));
	ASSERT_OK(ioctl(t->uffd, UFFDIO_API, &api));
	t->page = mmap(NULL, page_size(), PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_TRUE(t->page != MAP_FAILED);
	reg.range.start = PTR(t->page);
	reg.range.len = page_size();
	ASSERT_OK(ioctl(t->uffd, UFFDIO_REGISTER, &reg));
}

/* Waits until somebody is stopped there. */
static inline void trap_wait(struct trap *t)
{
	struct pollfd p = { .fd = t->uffd, .events = POLLIN };
	struct uffd_msg msg;

	ASSERT_EQ(poll(&p, 1, 15000), 1);
	ASSERT_EQ(read(t->uffd, &msg, sizeof(msg)), sizeof(msg));
	ASSERT_EQ(msg.event, UFFD_EVENT_PAGEFAULT);
}

/* Gives the page: the copy goes on and succeeds. */
static inline void trap_give(struct trap *t)
{
	struct uffdio_zeropage z = { .range = { PTR(t->page), page_size() } };

	ASSERT_OK(ioctl(t->uffd, UFFDIO_ZEROPAGE, &z));
}

/* Takes it away: the copy faults. */
static inline void trap_take(struct trap *t)
{
	struct uffdio_range r = { PTR(t->page), page_size() };

	ASSERT_OK(munmap(t->page, page_size()));
	ASSERT_OK(ioctl(t->uffd, UFFDIO_WAKE, &r));
}

#endif /* TESTS_UAPI_TRAP_H */
