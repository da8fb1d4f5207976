// SPDX-License-Identifier: GPL-2.0-only
/*
 * rpc_stubs: what a stub does on each side, seen byte by byte.
 *
 * Notes: S284 (000:342), S286 (000:350), S287 (000:351)
 * Watch: add(2, 3) through both stubs of this folder, without a network: what
 *        the one writes is handed to the other in memory. The stubs are
 *        client_stub.c and server_stub.c; stubs.h says how they fit together.
 * See:   the caller and the procedure know only numbers. The client's stub
 *        marshals the arguments, the server's stub (skeleton) unmarshals them,
 *        calls, and marshals the result.
 */
#include "../check.h"

#include "stubs.h"

static const unsigned char golden_call[] = {
	0,    0, 0,    7, /* xid: which transaction */
	0,    0, 0,    0, /* this is a call */
	0,    0, 0,    2, /* of version 2 of RPC */
	0x20, 0, 0x12, 0x34, /* the program */
	0,    0, 0,    1, /* its version */
	0,    0, 0,    1, /* the procedure: ADD */
	0,    0, 0,    0,    0, 0, 0, 0, /* no proof of who calls */
	0,    0, 0,    0,    0, 0, 0, 0, 0, 0, 0, 2, /* the arguments */
	0,    0, 0,    3
};

static const unsigned char golden_reply[] = {
	0, 0, 0, 7, /* the transaction */
	0, 0, 0, 1, /* this is a reply */
	0, 0, 0, 0, /* accepted */
	0, 0, 0, 0, 0, 0, 0, 0, /* no proof of who answers */
	0, 0, 0, 0, /* success */
	0, 0, 0, 5 /* the result */
};

static int calls, got_a, got_b;

static int real_add(int a, int b)
{
	calls++;
	got_a = a;
	got_b = b;
	return a + b;
}

static const struct procedures procedures = { .add = real_add };

/* Answers a copy of the call: the server does not share memory. */
static size_t serve(const unsigned char *call, size_t len, char *reply)
{
	char copy[MESSAGE_ROOM];

	memcpy(copy, call, len);
	return answer(&procedures, copy, len, reply, MESSAGE_ROOM);
}

int main(void)
{
	char call[MESSAGE_ROOM], reply[MESSAGE_ROOM], mismatch[MESSAGE_ROOM];
	const size_t call_len = sizeof(golden_call);
	unsigned char bad[MESSAGE_ROOM] = { 0 };
	int args[] = { 2, 3 }, result = 0;
	size_t len, reply_len, mismatch_len;

	len = marshal_call(call, sizeof(call), 7, CALC_ADD, args, 2);
	say("client stub: add(2, 3) -> %zu bytes, the last 8 are arguments",
	    len);
	check(len == call_len && !memcmp(call, golden_call, call_len),
	      "S286 S284", "the client's stub makes these bytes of add(2, 3)");
	check(!marshal_call(call, call_len - 1, 7, CALC_ADD, args, 2), "S286",
	      "it sends nothing rather than a part");

	reply_len = serve(golden_call, call_len, reply);
	say("server stub: %zu bytes -> add(%d, %d) -> %zu bytes", call_len,
	    got_a, got_b, reply_len);
	check(calls == 1 && got_a == 2 && got_b == 3, "S287 S284",
	      "the server's stub calls the procedure with the two numbers");
	check(reply_len == sizeof(golden_reply) &&
		      !memcmp(reply, golden_reply, reply_len),
	      "S287", "and makes these bytes of its result");
	check(!unmarshal_reply(reply, reply_len, 7, &result) && result == 5,
	      "S286 S284", "the client's stub makes the number 5 of them");
	check(unmarshal_reply(reply, reply_len, 8, &result) == -1 &&
		      errno == EPROTO,
	      "S286", "the reply to another call is refused");

	calls = 0;
	for (len = 0; len < call_len; len++) {
		reply_len = serve(golden_call, len, reply);
		calls += reply_len &&
			 !unmarshal_reply(reply, reply_len, 7, &result);
	}
	memcpy(bad, golden_call, call_len);
	serve(bad, call_len + 4, reply); /* an argument too many */
	bad[23] = 99; /* the procedure */
	reply_len = serve(bad, call_len, reply);
	bad[23] = 1;
	bad[19] = 9; /* the version */
	mismatch_len = serve(bad, call_len, mismatch);
	say("cut off, too long, of procedure 99 or version 9: %d carried out",
	    calls);
	check(!calls, "S287", "a malformed call does not reach the procedure");
	check(reply_len == 24 && reply[23] == 3, "S287",
	      "the reply says that there is no such procedure");
	check(mismatch_len == 32 && mismatch[23] == 2 && mismatch[27] == 1 &&
		      mismatch[31] == 1,
	      "S287", "or which versions there are");
	return done();
}
