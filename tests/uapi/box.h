/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * box.h: the ioctls of /dev/mbox for tests, without libmbox.
 *
 * Owns: short forms of the verbs, the state of a mailbox for "an error has no
 * effect", and the checks after every test: quotas given back, no error that
 * the table in uapi/linux/mbox.h does not know, no line in the kernel log.
 * Takes no locks.  Used by the programs in tests/uapi.
 */
#ifndef TESTS_UAPI_BOX_H
#define TESTS_UAPI_BOX_H

#include "mbox_test.h"

#include <linux/mbox.h>

#define DEV "/dev/mbox"
#define TRACE "/sys/kernel/tracing"
#define R_SEND MBOX_RIGHT_SEND
#define R_RECV MBOX_RIGHT_RECV
#define R_ADMIN MBOX_RIGHT_ADMIN
#define R_ALL (R_SEND | R_RECV | R_ADMIN)

/* Users and groups of the guest. */
#define ALICE 1000
#define BOB 1001

#define PTR(p) ((uint64_t)(uintptr_t)(p))

/* ioctl() that remembers which verb gave which errno. */
int box_ioctl(int fd, unsigned int cmd, const void *arg);

/* A descriptor of /dev/mbox that is no sender: opened once per program. */
int box_dev(void);
/* A fresh one, of the network namespace the caller is in. */
int box_dev_here(void);
/* The same, of that of a process; the caller stays where it is. */
int box_dev_of(pid_t pid);

/*
 * OPEN on box_dev(), with fields as given: box_open(.rights = R_SEND, ...).
 * Returns the descriptor, or -1 and errno.
 */
#define box_open(...) box_open_at(box_dev(), ##__VA_ARGS__)
#define box_open_at(dev_, ...)                                      \
	({                                                          \
		struct mbox_open box_o_ = { .size = sizeof(box_o_), \
					    ##__VA_ARGS__ };        \
		box_ioctl(dev_, MBOX_IOC_OPEN, &box_o_);            \
	})
#define NAMED(s) .name = PTR(s), .name_len = (uint32_t)strlen(s)

/* A new mailbox without a name and all rights on it; must succeed. */
#define box_new(...)                                                   \
	ASSERT_OK(box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL, \
			   ##__VA_ARGS__))
/* The same with a name; mode 0600 unless told otherwise. */
#define box_named(s, ...)                                              \
	ASSERT_OK(box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL, \
			   .mode = 0600, NAMED(s), ##__VA_ARGS__))

#define do_send(fd_, data_, len_, ...)                               \
	({                                                           \
		struct mbox_send box_s_ = { .size = sizeof(box_s_),  \
					    .data = PTR(data_),      \
					    .len = (uint32_t)(len_), \
					    ##__VA_ARGS__ };         \
		box_ioctl(fd_, MBOX_IOC_SEND, &box_s_);              \
	})
/* Fills *r with the call's structure, and so with what came. */
#define do_recv(fd_, r, buf_, room_, ...)                               \
	({                                                              \
		struct mbox_recv *box_r_ = (r);                         \
		*box_r_ = (struct mbox_recv){ .size = sizeof(*box_r_),  \
					      .data = PTR(buf_),        \
					      .len = (uint32_t)(room_), \
					      ##__VA_ARGS__ };          \
		box_ioctl(fd_, MBOX_IOC_RECV, box_r_);                  \
	})
/* Likewise for *p. */
#define do_peek(fd_, p, buf_, room_, ...)                               \
	({                                                              \
		struct mbox_peek *box_p_ = (p);                         \
		*box_p_ = (struct mbox_peek){ .size = sizeof(*box_p_),  \
					      .data = PTR(buf_),        \
					      .len = (uint32_t)(room_), \
					      ##__VA_ARGS__ };          \
		box_ioctl(fd_, MBOX_IOC_PEEK, box_p_);                  \
	})
#define do_filter(fd_, kind_, value_)                       \
	({                                                  \
		struct mbox_filter box_f_ = {               \
			.size = sizeof(box_f_),             \
			.select = (kind_),                  \
			.select_value = (uint64_t)(value_), \
		};                                          \
		box_ioctl(fd_, MBOX_IOC_FILTER, &box_f_);   \
	})
#define do_copy(fd_, rights_, ...)                                  \
	({                                                          \
		struct mbox_copy box_c_ = { .size = sizeof(box_c_), \
					    .rights = (rights_),    \
					    ##__VA_ARGS__ };        \
		box_ioctl(fd_, MBOX_IOC_COPY, &box_c_);             \
	})
int do_unlink(int fd);
int do_destroy(int fd);
int do_stat(int fd, struct mbox_stat *st);
int do_info(int fd, struct mbox_info *info);
/* *messages: how many it was. */
int do_flush(int fd, uint64_t *messages);

/* Without waiting: sends text, receives text; they check. */
#define put(fd, text) mbt_put(__FILE__, __LINE__, fd, text)
void mbt_put(const char *file, int line, int fd, const char *text);
/* The next message is this text. */
#define expect_next(fd, text) mbt_expect_next(__FILE__, __LINE__, fd, text)
bool mbt_expect_next(const char *file, int line, int fd, const char *text);
/* No message can be received. */
#define expect_empty(fd) mbt_expect_empty(__FILE__, __LINE__, fd)
bool mbt_expect_empty(const char *file, int line, int fd);

/* STAT and INFO that must succeed. */
struct mbox_stat stat_of(int fd);
struct mbox_info info_of(void);

/*
 * The call fails with err, and neither the mailbox behind the handle fd nor
 * what the caller is charged has changed.
 */
#define expect_refused(fd, call, err)                                       \
	({                                                                  \
		struct box_state box_b_;                                    \
		bool box_ok_;                                               \
		box_state_get(fd, &box_b_);                                 \
		box_ok_ = MBT_ERRNO_(#call, call, err);                     \
		box_state_same(__FILE__, __LINE__, fd, &box_b_) && box_ok_; \
	})
struct box_state {
	struct mbox_stat stat;
	struct mbox_info info;
};

void box_state_get(int fd, struct box_state *s);
bool box_state_same(const char *file, int line, int fd,
		    const struct box_state *before);

/* poll() for these events without waiting: what is ready. */
int ready(int fd, int events);
#define POLL_ALL (POLLIN | POLLOUT)

/* SIGUSR1 interrupts system calls, or with SA_RESTART restarts them. */
void catch_signal(int sig, int sa_flags);
extern volatile int signals_caught;

/* A module parameter, as a number; the old value comes back by itself. */
unsigned long long param_get(const char *name);
void param_set(const char *name, unsigned long long value);

/* The module is not loaded, and none of its slab caches is left. */
void expect_unloaded(void);

/* Pages: n of them, the one after the last is not mapped. */
void *pages_before_hole(size_t n);
size_t page_size(void);
/* An address where nothing is, that the compiler does not know. */
void *nowhere(void);

/* unshare() of a user namespace in which the caller is id, and flags. */
void enter_user_ns(int flags, int id);

#endif /* TESTS_UAPI_BOX_H */
