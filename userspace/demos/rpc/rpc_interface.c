// SPDX-License-Identifier: GPL-2.0-only
/*
 * rpc_interface: the list of functions is the interface; a stub is code.
 *
 * Notes: S284 (000:342), S285 (004:177)
 * Watch: the notes say: "stub: list of the function interfaces that the client
 *        receives". This program has that list, calc.x, as data, and the stubs
 *        made after it, by rpcgen and by hand (client_stub.c, server_stub.c).
 * See:   a list cannot be called: trying to is SIGSEGV. The stubs lie where
 *        code lies; called without a server they run and report an error.
 */
#include "../check.h"

#include <rpc/rpc.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>

#include "calc.h" /* by rpcgen */
#include "stubs.h"

/* The text of calc.x, put into this program as data. */
extern const char calc_x[];
__asm__(".pushsection .rodata\n"
	"calc_x: .incbin \"rpc/calc.x\"\n"
	".byte 0\n"
	".popsection");

/* The same place, as if it were a function. */
extern int list_as_function(int a, int b) __asm__("calc_x");

/* The server stub of rpcgen wants to be linked with the procedures. */
int *add_1_svc(int a, int b, struct svc_req *request)
{
	(void)a;
	(void)b;
	(void)request;
	return NULL;
}

int *count_1_svc(int by, struct svc_req *request)
{
	(void)by;
	(void)request;
	return NULL;
}

/* What a page of memory may be used for: "r-xp" is code, "r--p" is data. */
static int is_code(uintptr_t at)
{
	FILE *maps = need_ptr(fopen("/proc/self/maps", "r"));
	char line[512], may[5] = "";
	unsigned long from, to;
	int code = 0;

	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx %4s", &from, &to, may) == 3 &&
		    from <= at && at < to)
			code = may[2] == 'x';
	fclose(maps);
	return code;
}

/* Calls whatever is there, in a process that may die of it. */
static int status_of_calling(int (*what)(int a, int b))
{
	pid_t pid = need(fork());
	int result;

	if (!pid) {
		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
		result = what(2, 3);
		_exit(result == -1 && errno == ENOENT ? 42 : 1);
	}
	return ended(pid);
}

int main(void)
{
	int list, stub;

	say("the list: %.22s", (char *)need_ptr(strstr(calc_x, "int ADD")));
	need(setenv("CALC_SERVER", "unix:/tmp/nobody_is_here", 1));
	list = status_of_calling(list_as_function);
	stub = status_of_calling(add);
	say("calling the list:  status %d (%d is SIGSEGV)", list,
	    128 + SIGSEGV);
	say("calling the stub:  status %d (42: it said \"%s\")", stub,
	    strerror(ENOENT));
	check(list == 128 + SIGSEGV && !is_code((uintptr_t)calc_x), "S285",
	      "WRONG: the list of functions is no stub, it cannot be called");
	check(stub == 42, "S285",
	      "the stub can: it is code, which looks for a server");
	check(is_code((uintptr_t)add) && is_code((uintptr_t)add_1), "S284 S285",
	      "the client's stubs are code, by hand and by rpcgen");
	check(is_code((uintptr_t)answer) && is_code((uintptr_t)calc_program_1),
	      "S284 S285", "and so are the server's");
	return done();
}
