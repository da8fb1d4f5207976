// SPDX-License-Identifier: GPL-2.0-only
/*
 * rpc_endian: a 32-bit big-endian client and a 64-bit little-endian server.
 *
 * Notes: S259 (003:330), S260 (004:159-162), S275 (004:166), S289 (000:343)
 * Watch: foreign.c, compiled for PowerPC, runs in an emulator and sends account
 *        number 40 with 1000 cents: first its struct as it lies in memory, then
 *        spelled out (XDR: number in 4 bytes, cents in 8, big end first). The
 *        same source compiled for this machine does the same.
 * See:   the struct of the PowerPC is garbage here, in size and in byte order;
 *        spelled out it arrives, and is the same from both. A program on either
 *        says just add(40, 2): its stub (in foreign.c; here server_stub.c)
 *        hides all of this.
 */
#include "../check.h"

#include <byteswap.h>
#include <rpc/xdr.h>
#include <sys/socket.h>

#include "stubs.h"

struct account {
	int number;
	long cents;
};

static int real_add(int a, int b)
{
	return a + b;
}

/* Starts the client, receives one message, and answers it if it is a call. */
static ssize_t run(int foreign, const char *what, char *msg, int *status)
{
	const struct procedures procedures = { .add = real_add };
	char reply[MESSAGE_ROOM];
	ssize_t len;
	int pair[2];
	pid_t pid;

	need(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair));
	pid = need(fork());
	if (!pid) {
		dup2(pair[1], STDIN_FILENO);
		close(pair[0]);
		close(pair[1]);
		if (foreign)
			execlp("sh", "sh", "-c",
			       "exec qemu-ppc-static \"$(command -v "
			       "foreign_ppc)\" \"$0\"",
			       what, NULL);
		else
			execlp("foreign_native", "foreign_native", what, NULL);
		_exit(127);
	}
	close(pair[1]);
	memset(msg, 0, MESSAGE_ROOM);
	len = need(recv(pair[0], msg, MESSAGE_ROOM, 0));
	if (len == 48)
		need(send(pair[0], reply,
			  answer(&procedures, msg, len, reply, sizeof(reply)),
			  0));
	*status = ended(pid);
	close(pair[0]);
	return len;
}

/* What is spelled out is read by the XDR routines of this machine. */
static int decode(char *msg, size_t len, struct account *account)
{
	int64_t cents = 0;
	int good;
	XDR xdr;

	xdrmem_create(&xdr, msg, len, XDR_DECODE);
	good = xdr_int(&xdr, &account->number) && xdr_int64_t(&xdr, &cents);
	account->cents = cents;
	xdr_destroy(&xdr);
	return good;
}

int main(void)
{
	enum { HERE, FOREIGN };
	struct account account[2] = { 0 };
	char msg[2][MESSAGE_ROOM];
	int status, sum[2];
	ssize_t len[2];

	for (int who = HERE; who <= FOREIGN; who++) {
		len[who] = run(who, "raw", msg[who], &status);
		memcpy(&account[who], msg[who], sizeof(account[who]));
		say("struct from %-7s: %zd bytes, number %d, %ld cents",
		    who == HERE ? "here" : "PowerPC", len[who],
		    account[who].number, account[who].cents);
	}
	check(len[HERE] == sizeof(struct account) &&
		      account[HERE].number == 40 && account[HERE].cents == 1000,
	      "S260", "between two machines alike a struct happens to do");
	check(account[FOREIGN].number == (int)bswap_32(40), "S260 S275 S259",
	      "WRONG: from the other, 40 is read with its bytes turned round");
	check(len[FOREIGN] > 0 && len[FOREIGN] < len[HERE] &&
		      account[FOREIGN].cents != 1000,
	      "S260 S275 S259",
	      "WRONG: and its struct is shorter, the cents are lost");

	for (int who = HERE; who <= FOREIGN; who++) {
		len[who] = run(who, "xdr", msg[who], &status);
		account[who] = (struct account){ 0 };
		decode(msg[who], len[who], &account[who]);
		say("XDR    from %-7s: %zd bytes, number %d, %ld cents",
		    who == HERE ? "here" : "PowerPC", len[who],
		    account[who].number, account[who].cents);
	}
	check(account[FOREIGN].number == 40 && account[FOREIGN].cents == 1000,
	      "S260 S275 S259", "spelled out, the other machine's data arrive");
	check(len[FOREIGN] == 12 && len[HERE] == 12 &&
		      !memcmp(msg[HERE], msg[FOREIGN], 12),
	      "S275", "with the bytes that this machine would have sent");

	run(HERE, "call", msg[HERE], &sum[HERE]);
	run(FOREIGN, "call", msg[FOREIGN], &sum[FOREIGN]);
	say("add(40, 2): %d from here, %d from the PowerPC", sum[HERE],
	    sum[FOREIGN]);
	check(sum[HERE] == 42 && sum[FOREIGN] == 42, "S289",
	      "the same call in the same program is right on both machines");
	return done();
}
