// SPDX-License-Identifier: GPL-2.0-only
/*
 * foreign.c: the client of rpc_endian, compiled twice: foreign_ppc for 32-bit
 * PowerPC, big-endian, run by qemu-ppc-static; foreign_native for this machine.
 * It marshals by htonl() alone, since not every machine has an XDR library.
 *
 * Usage: foreign_... raw|xdr|call <>SOCKET   (standard input is the socket)
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "stubs.h"

/* As this machine keeps it in memory. */
struct account {
	int number;
	long cents;
};

static void put(unsigned char *at, uint32_t value)
{
	value = htonl(value);
	memcpy(at, &value, sizeof(value));
}

/* The stub of add() on this machine: the reply's last word is the result. */
int add(int a, int b)
{
	const uint32_t words[] = { 7, 0, 2, CALC, CALC_V1, CALC_ADD,
				   0, 0, 0, 0,	  a,	   b };
	unsigned char call[sizeof(words)], reply[MESSAGE_ROOM];
	uint32_t result;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		put(call + 4 * i, words[i]);
	if (write(0, call, sizeof(call)) != (ssize_t)sizeof(call) ||
	    read(0, reply, sizeof(reply)) != 28)
		return -1;
	memcpy(&result, reply + 24, sizeof(result));
	return ntohl(result);
}

int main(int argc, char **argv)
{
	struct account account;
	unsigned char bytes[12];

	if (argc != 2)
		return 2;
	memset(&account, 0, sizeof(account));
	account.number = 40;
	account.cents = 1000;
	if (!strcmp(argv[1], "raw"))
		return write(0, &account, sizeof(account)) !=
		       (ssize_t)sizeof(account);
	if (!strcmp(argv[1], "call"))
		return add(40, 2);
	put(bytes, account.number);
	put(bytes + 4, (int64_t)account.cents >> 32);
	put(bytes + 8, account.cents);
	return write(0, bytes, sizeof(bytes)) != (ssize_t)sizeof(bytes);
}
