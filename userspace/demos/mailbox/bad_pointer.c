// SPDX-License-Identifier: GPL-2.0-only
/*
 * bad_pointer: the kernel reaches into a process's memory, and with care.
 *
 * Notes: S10 (003:26)
 * Watch: sends and receives with memory that is not there, or half there.
 * See:   EFAULT; nothing was sent, nothing was lost, the kernel is well.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/mman.h>

/* /proc/sys/kernel/tainted: bit 7 is set when the kernel has died somewhere. */
static long kernel_tainted(void)
{
	FILE *file = need_ptr(fopen("/proc/sys/kernel/tainted", "r"));
	long bits = -1;

	if (fscanf(file, "%ld", &bits) != 1)
		say("no number");
	fclose(file);
	return bits;
}

/* The errno of a call that must fail; 0 if it does not. */
static int error_of(const char *what, long ret)
{
	int err = ret < 0 ? errno : 0;

	say("%s: %s", what, err ? strerror(err) : "no error");
	return err;
}

int main(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	long before = kernel_tainted();
	struct mbox_status box;
	char *memory, text[100];
	struct mbox *mb;
	ssize_t len;
	int e[4];

	mb = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	/* Two pages; the second one may not be touched. */
	memory = need_ptr(mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	need(mprotect(memory + page, page, PROT_NONE));

	e[0] = error_of("send from memory that is not there",
			mbox_send(mb, memory + page, 8));
	e[1] = error_of("the same by write()",
			write(mbox_fd(mb), memory + page, 8));
	e[2] = error_of("send 8 bytes, the last 4 are not there",
			mbox_send(mb, memory + page - 4, 8));
	need(mbox_status(mb, &box));
	check(e[0] == EFAULT && e[1] == EFAULT && e[2] == EFAULT, "S10",
	      "the kernel finds each bad pointer: EFAULT");
	check(box.sent == 0 && box.messages == 0, "S10",
	      "and nothing was sent, not even half of it");

	need(mbox_send(mb, "a letter", 8));
	e[3] = error_of("receive into memory that is not there",
			mbox_recv(mb, memory + page - 4, 100));
	len = need(mbox_recv(mb, text, sizeof(text)));
	say("then with good memory: \"%.*s\"", (int)len, text);
	check(e[3] == EFAULT && len == 8 && !memcmp(text, "a letter", 8), "S10",
	      "a message that could not be stored is still there");
	check(kernel_tainted() == before, "S10",
	      "the kernel copies with care: it took no harm");
	mbox_close(mb);
	return done();
}
