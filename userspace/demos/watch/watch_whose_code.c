// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_whose_code: what is the developer's code, and what is the system's?
 *
 * Notes: S64 (004:97-98; 004:96)
 * Watch: a producer of six lines that sleeps in its send. Both of its stacks
 *        are read: that of the program, and that of the kernel.
 * See:   produce() was written by the developer, and lies in the program. It
 *        called libraries, and these the kernel, where functions of the
 *        operating system do the work. The program cannot even look at those.
 */
#include "../check.h"
#include <mbox.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>

/* The developer's part: a producer. */
__attribute__((noinline)) static void produce(struct mbox *box)
{
	for (;;)
		if (mbox_send(box, "item", 4))
			break;
	say("mbox_send() failed: %s", strerror(errno));
}

/* Where a sleeping process has its stack, and its next instruction. */
static void registers(pid_t pid, uint64_t *stack, uint64_t *next)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	f = need_ptr(fopen(path, "r"));
	if (fscanf(f, "%*d %*x %*x %*x %*x %*x %*x %lx %lx", stack, next) != 2)
		*stack = *next = 0;
	fclose(f);
}

/* The file that is mapped with the right to execute at an address, or "". */
static const char *file_at(pid_t pid, uint64_t addr)
{
	static char name[200];
	char path[64], line[400], rights[8];
	uint64_t begin, end;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	f = need_ptr(fopen(path, "r"));
	while (fgets(line, sizeof(line), f)) {
		name[0] = 0;
		if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %199s", &begin, &end,
			   rights, name) >= 3 &&
		    rights[2] == 'x' && addr >= begin && addr < end)
			break;
		name[0] = 0;
	}
	fclose(f);
	return name;
}

/* Is there an address within produce() on the stack of the program? */
static int produce_is_on(pid_t pid, uint64_t stack)
{
	uint64_t words[512] = { 0 }, code = (uintptr_t)produce;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	f = need_ptr(fopen(path, "r"));
	need(fseeko(f, stack, SEEK_SET));
	if (!fread(words, sizeof(words[0]), 512, f))
		say("nothing can be read of its stack");
	fclose(f);
	for (int i = 0; i < 512; i++) {
		if (words[i] > code && words[i] < code + 100) {
			say("a call from produce()+%lu, in %s", words[i] - code,
			    file_at(pid, words[i]));
			return 1;
		}
	}
	return 0;
}

/* How many functions of the kernel's module are on its stack in the kernel. */
static int module_is_on(pid_t pid, char *function)
{
	char path[64], line[200];
	int n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	f = need_ptr(fopen(path, "r"));
	while (fgets(line, sizeof(line), f)) {
		say("    %.*s", (int)strcspn(line, "\n"), line);
		if (strstr(line, "[mbox]") && !n++)
			sscanf(line, "[<0>] %63[^+]", function);
	}
	fclose(f);
	return n;
}

/* Where the code of the module is, in the kernel's memory. */
static void *module_address(void)
{
	FILE *f = need_ptr(fopen("/sys/module/mbox/sections/.text", "r"));
	void *addr = NULL;

	if (fscanf(f, "%p", &addr) != 1)
		say("the kernel does not tell where the module is");
	fclose(f);
	return addr;
}

int main(void)
{
	struct mbox *box = need_ptr(
		mbox_create(NULL, MBOX_SEND | MBOX_RECV | MBOX_ADMIN, 0, NULL));
	int in_program, in_module, reader_status;
	uint64_t stack, next;
	void *addr;
	char function[64] = "";
	pid_t producer, reader;

	producer = need(fork());
	if (!producer) {
		produce(box);
		_exit(0);
	}
	until(asleep_in(producer, SYS_ioctl));
	registers(producer, &stack, &next);
	say("the producer sleeps; in the program:");
	in_program = produce_is_on(producer, stack);
	say("the system call itself, in %s", file_at(producer, next));
	say("in the kernel:");
	in_module = module_is_on(producer, function);
	need(mbox_destroy(box));
	need0(ended(producer));

	addr = module_address();
	reader = need(fork());
	if (!reader)
		_exit(*(volatile char *)addr & 0);
	reader_status = ended(reader);
	say("the module is at %p; a program that looks there: %s", addr,
	    strsignal(reader_status - 128));
	check(in_program, "S64", "the producer is code of the program");
	check(in_module > 0 && strncmp(function, "mbx_", 4) == 0, "S64",
	      "what its send() does, functions of the system do");
	check((intptr_t)addr < 0 && reader_status == 128 + SIGSEGV, "S64",
	      "that code is the kernel's; a program cannot even read it");
	return done();
}
