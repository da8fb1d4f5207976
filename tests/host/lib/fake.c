// SPDX-License-Identifier: GPL-2.0-only
/*
 * The stand-in for the kernel: see fake.h.
 *
 * Locking: none; one thread.  Called by the library through --wrap, and by
 * the tests.
 */
#include <stdlib.h>

#include "fake.h"

struct fake fake;
struct mbox *mb;

int __wrap_open(const char *path, int flags, ...);
int __wrap_close(int fd);
int __wrap_ioctl(int fd, unsigned long request, ...);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
int __real_open(const char *path, int flags, ...);
int __real_close(int fd);
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);

int fake_reset(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	return 0;
}

int __wrap_open(const char *path, int flags, ...)
{
	if (strcmp(path, "/dev/mbox"))
		return __real_open(path, flags);
	fake.opens++;
	fake.open_path = "/dev/mbox";
	fake.open_flags = flags;
	if (fake.open_errno) {
		errno = fake.open_errno;
		return -1;
	}
	return FAKE_DEVICE;
}

int __wrap_close(int fd)
{
	if (fd >= 0 && fd < FAKE_DEVICE)
		return __real_close(fd);
	if (fake.closes < FAKE_CALLS_MAX)
		fake.closed[fake.closes] = fd;
	fake.closes++;
	/* Whoever relies on errno after close() is wrong. */
	errno = EIO;
	return 0;
}

static size_t size_of(unsigned long request)
{
	switch (request) {
	case MBOX_IOC_INFO:
		return sizeof(struct mbox_info);
	case MBOX_IOC_STAT:
		return sizeof(struct mbox_stat);
	case MBOX_IOC_LIST:
		return sizeof(struct mbox_list);
	case MBOX_IOC_OPEN:
		return sizeof(struct mbox_open);
	case MBOX_IOC_COPY:
		return sizeof(struct mbox_copy);
	case MBOX_IOC_UNLINK:
	case MBOX_IOC_DESTROY:
		return sizeof(struct mbox_remove);
	case MBOX_IOC_SEND:
		return sizeof(struct mbox_send);
	case MBOX_IOC_RECV:
		return sizeof(struct mbox_recv);
	case MBOX_IOC_FILTER:
		return sizeof(struct mbox_filter);
	case MBOX_IOC_NOTIFY:
		return sizeof(struct mbox_notify);
	case MBOX_IOC_CALL:
		return sizeof(struct mbox_call);
	case MBOX_IOC_REPLY:
	case MBOX_IOC_REPLY_RECV:
		return sizeof(struct mbox_reply);
	case MBOX_IOC_SEND_TO:
	case MBOX_IOC_RECV_FROM:
		return sizeof(struct mbox_direct);
	case MBOX_IOC_ENDPOINT:
		return sizeof(struct mbox_endpoint);
	case MBOX_IOC_LINKS:
		return sizeof(struct mbox_links);
	case MBOX_IOC_SENDV:
	case MBOX_IOC_RECVV:
		return sizeof(struct mbox_batch);
	default:
		return 0;
	}
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	struct fake_call *call = &fake.call[fake.calls];
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);

	assert_true(fake.calls < FAKE_CALLS_MAX);
	fake.calls++;
	call->fd = fd;
	call->request = request;
	/* Every structure says its own size, and nothing else is asked. */
	assert_int_not_equal(size_of(request), 0);
	assert_int_equal(*(uint32_t *)arg, size_of(request));
	memcpy(&call->size, arg, size_of(request));
	if (request == MBOX_IOC_OPEN && call->open.name)
		memcpy(fake.name, (void *)(uintptr_t)call->open.name,
		       call->open.name_len);

	if (fd < 0) {
		errno = EBADF;
		return -1;
	}
	if (fake.answer)
		fake.answer(arg);
	if (fake.ioctl_errno) {
		errno = fake.ioctl_errno;
		return -1;
	}
	if (request == MBOX_IOC_OPEN || request == MBOX_IOC_COPY ||
	    request == MBOX_IOC_ENDPOINT)
		return FAKE_HANDLE;
	return fake.ioctl_result;
}

void *__wrap_malloc(size_t size)
{
	if (!fake.no_memory)
		return __real_malloc(size);
	errno = ENOMEM;
	return NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
	if (!fake.no_memory)
		return __real_calloc(count, size);
	errno = ENOMEM;
	return NULL;
}

const struct fake_call *fake_only_call(unsigned long request)
{
	assert_int_equal(fake.calls, 1);
	assert_int_equal(fake.call[0].request, request);
	return &fake.call[0];
}

int fake_was_closed(int fd)
{
	unsigned int times = 0;

	for (unsigned int i = 0; i < fake.closes && i < FAKE_CALLS_MAX; i++)
		times += fake.closed[i] == fd;
	return times == 1;
}

struct mbox *fake_handle(void)
{
	struct mbox *made =
		mbox_open("made-by-the-test", MBOX_SEND | MBOX_RECV);

	assert_non_null(made);
	fake_reset(NULL);
	return made;
}

int fake_make_handle(void **state)
{
	fake_reset(state);
	mb = fake_handle();
	return 0;
}

int fake_drop_handle(void **state)
{
	(void)state;
	mbox_close(mb);
	return 0;
}
