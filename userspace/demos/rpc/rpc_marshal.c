// SPDX-License-Identifier: GPL-2.0-only
/*
 * rpc_marshal: marshalling makes bytes that every machine reads alike.
 *
 * Notes: S259 (003:330), S288 (000:344)
 * Watch: one record, as this machine keeps it and as XDR writes it (RFC 4506).
 * See:   XDR's bytes are the ones written down in the standard: big-endian, in
 *        units of four, without the pointer and the padding of the struct. Back
 *        and forth gives the same record; bytes cut off are refused, and so is
 *        a text longer than agreed.
 */
#include "../check.h"

#include <rpc/xdr.h>

enum { NAME_MAX_LEN = 8, TRIES = 20000, ROOM = 64 };

struct order {
	int number;
	int64_t cents;
	double rate;
	char *name;
	bool_t paid;
};

/* One routine does both ways; the stream knows whether it writes or reads. */
static bool_t xdr_order(XDR *xdr, struct order *o)
{
	return xdr_int(xdr, &o->number) && xdr_int64_t(xdr, &o->cents) &&
	       xdr_double(xdr, &o->rate) &&
	       xdr_string(xdr, &o->name, NAME_MAX_LEN) &&
	       xdr_bool(xdr, &o->paid);
}

/* The length of the record, or 0: it does not fit or breaks the rules. */
static size_t encode(struct order *o, char *bytes, size_t room)
{
	size_t len;
	XDR xdr;

	xdrmem_create(&xdr, bytes, room, XDR_ENCODE);
	len = xdr_order(&xdr, o) ? xdr_getpos(&xdr) : 0;
	xdr_destroy(&xdr);
	return len;
}

/* True if exactly these bytes are a record. name gets storage of its own. */
static int decode(struct order *o, char *bytes, size_t len)
{
	int good;
	XDR xdr;

	memset(o, 0, sizeof(*o));
	xdrmem_create(&xdr, bytes, len, XDR_DECODE);
	good = xdr_order(&xdr, o) && xdr_getpos(&xdr) == len;
	xdr_destroy(&xdr);
	if (!good)
		free(o->name);
	return good;
}

static int same(const struct order *a, const struct order *b)
{
	return a->number == b->number && a->cents == b->cents &&
	       a->rate == b->rate && !strcmp(a->name, b->name) &&
	       a->paid == b->paid;
}

int main(void)
{
	static const unsigned char golden[] = {
		0xff, 0xff, 0xff, 0xfe, /* number -2 */
		0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x02, /* 2^32 + 2 */
		0x3f, 0xf8, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* 1.5 */
		0x00, 0x00, 0x00, 0x05, /* five letters, filled up to eight */
		'P',  'a',  'r',  'k',	's',  0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x01, /* true */
	};
	struct order order = { -2, (1LL << 32) + 2, 1.5, "Parks", TRUE }, back;
	char bytes[ROOM], text[NAME_MAX_LEN + 1] = "";
	int equal = 0, bad_accepted = 0;
	size_t len;

	len = encode(&order, bytes, sizeof(bytes));
	say("struct: %zu bytes, -2 is %02x %02x %02x %02x here", sizeof(order),
	    ((unsigned char *)&order)[0], ((unsigned char *)&order)[1],
	    ((unsigned char *)&order)[2], ((unsigned char *)&order)[3]);
	say("XDR:    %zu bytes, -2 is ff ff ff fe everywhere", len);
	check(len == sizeof(golden) && !memcmp(bytes, golden, len), "S288 S259",
	      "the record becomes exactly the bytes of the standard");
	check(memcmp(bytes, &order, sizeof(golden)) && len != sizeof(order),
	      "S259",
	      "what the memory of this machine holds is something else");

	srandom(1);
	for (int i = 0; i < TRIES; i++) {
		for (int c = 0; c < NAME_MAX_LEN; c++)
			text[c] = random() % 4 ? 'a' + random() % 26 : 0;
		order = (struct order){ random() - (1 << 30),
					random() * random() - (1 << 30),
					random() / 7.0, text, random() % 2 };
		len = encode(&order, bytes, sizeof(bytes));
		if (!decode(&back, bytes, len))
			continue;
		equal += same(&order, &back);
		free(back.name);
	}
	say("%d of %d random records came back the same", equal, TRIES);
	check(equal == TRIES, "S288 S259",
	      "decode(encode(x)) is x for every record that was tried");

	memcpy(bytes, golden, sizeof(golden));
	for (size_t cut = 0; cut < sizeof(golden); cut++)
		if (decode(&back, bytes, cut))
			bad_accepted++;
	say("%zu shorter ones were tried, %d accepted", sizeof(golden),
	    bad_accepted);
	check(!bad_accepted, "S288", "a message that was cut off is refused");
	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes, golden, 20);
	bytes[23] = NAME_MAX_LEN + 1; /* the rest is there: 12 for the text */
	check(!decode(&back, bytes, 20 + 4 + 12 + 4), "S288",
	      "a text longer than agreed is refused, though all its bytes came");
	order.name = "too long.";
	check(!encode(&order, bytes, sizeof(bytes)), "S288",
	      "and is not even written");
	return done();
}
