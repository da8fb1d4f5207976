/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prog.h: what a program of the fuzzer is.
 *
 * Owns: struct prog and the table of verbs that gives it a meaning.  A program
 * is a list of calls; a call is a verb and one number for each of its fields.
 * Text, mutation and execution all read the same table (verbs.c), so that a
 * new verb is one entry there and at most one function in call.c.
 *
 * Takes no locks.  Used by all of tests/fuzz.
 */
#ifndef TESTS_FUZZ_PROG_H
#define TESTS_FUZZ_PROG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { MAX_CALLS = 24, MAX_ARGS = 18, SLOTS = 8, THREADS = 4 };
enum { MAX_TIMES = 1000 };

enum {
	V_PROGRAM, /* always the first call: who runs the others, and where */
	V_INFO,
	V_STAT,
	V_LIST,
	V_OPEN,
	V_COPY,
	V_UNLINK,
	V_DESTROY,
	V_SEND,
	V_RECV,
	V_PEEK,
	V_FLUSH,
	V_FILTER,
	V_NOTIFY,
	V_CALL,
	V_REPLY,
	V_REPLY_RECV,
	V_SEND_TO,
	V_RECV_FROM,
	V_ENDPOINT,
	V_LINKS,
	V_SENDV,
	V_RECVV,
	V_IOCTL,
	V_DEVICE,
	V_FILE,
	V_READ,
	V_WRITE,
	V_POLL,
	V_EPOLL,
	V_DUP,
	V_CLOSE,
	V_MMAP,
	V_NONBLOCK,
	V_ASYNC,
	V_FDINFO,
	V_FORK,
	V_SLEEP,
	V_ALARM,
	V_BECOME,
	V_UNSHARE,
	V_FILES,
	V_FAIL,
	V_STOP,
	V_GO,
	VERBS
};

/* Where the fields stand that every ioctl has. */
enum { ARG_FD, ARG_AT, ARG_TAIL, ARG_SIZE, ARG_FLAGS };
/* And where SEND has the one that says which slot is passed. */
enum { SEND_PASS = ARG_FLAGS + 6 };

/* Of SEND_TO and RECV_FROM: the fields of the structure that theirs points to. */
enum {
	ARG_WHO = ARG_FLAGS + 1,
	ARG_INNER_AT,
	ARG_INNER_FLAGS,
	ARG_DATA_AT,
	ARG_LEN,
	ARG_DEADLINE,
	ARG_TAG, /* or how to choose */
	ARG_VALUE, /* priority, or what is chosen */
	ARG_NFDS /* which no endpoint takes, or room for them */
};

enum kind {
	SLOT, /* a descriptor: the result of an earlier call */
	NUM,
	OCTAL,
	FLAGS,
	WORD, /* one of a few values that have names */
	/* Not the value itself, but which; call.c knows what it stands for. */
	PLACE, /* an address that is good or bad; the next field is its length */
	TIME, /* a deadline */
	NAME, /* a text */
};

/* Values of PLACE, TIME, and fields of V_PROGRAM. */
enum { AT_MEM, AT_EDGE, AT_OVER, AT_RO, AT_NULL, AT_KERNEL, AT_WILD };
enum { T_NONE, T_PAST, T_NOW, T_SOON, T_LATER, T_FAR, T_MAX, T_OVER };
enum { NAME_NONE };
enum { WHO_NONE, WHO_SELF, WHO_CHILD, WHO_PARENT, WHO_THREAD };
enum { USER_ROOT, USER_ALICE };
enum { NS_SAME, NS_NET, NS_USER };
enum { PROG_USER, PROG_NS, PROG_QUOTA, PROG_WAKE };
enum {
	KIND_PIPE,
	KIND_EVENTFD,
	KIND_MEMORY,
	KIND_FILE,
	KIND_SOCKET,
	KIND_NULL,
	KIND_FOLDER,
	KIND_PATH,
};

enum { POINTS = 15 };
/* A token below this is one that was received: the last, the one before ... */
enum { TOKENS = 4 };
/* A length that is taken from what it is the length of. */
#define AUTO UINT64_MAX

struct word {
	const char *name;
	uint64_t value;
};

struct field {
	const char *name;
	enum kind kind;
	const struct word *words;
	uint64_t normal; /* where the text says nothing */
	uint64_t top; /* NUM: the largest value that makes sense */
	int offset; /* in the structure, or -1 */
	unsigned int bytes; /* there */
	unsigned int unit; /* PLACE: bytes for each that the next field counts */
};

struct verb {
	const char *name;
	const char *row; /* its errors: a word of the errno table, or NULL */
	unsigned int weight; /* how often it is chosen */
	bool makes; /* its result is a descriptor */
	unsigned int cmd; /* of an ioctl with a structure */
	unsigned int size; /* of that structure */
	struct field field[MAX_ARGS + 1];
};

extern const struct verb verbs[VERBS];
extern const struct word fuzz_names[], fuzz_points[POINTS + 1];

/* call.want and outcomes: 0, an errno, or one of these. */
enum { ANY_RESULT = -1, KILLED = -2 };

struct call {
	unsigned int verb;
	unsigned int thread;
	int slot; /* where its result goes, or -1 */
	int want; /* what it must give, where the program is a test */
	unsigned int times;
	uint64_t arg[MAX_ARGS];
};

struct prog {
	unsigned int n;
	struct call call[MAX_CALLS];
};

unsigned int verb_fields(const struct verb *v);
void call_init(struct call *c, unsigned int verb);
unsigned int prog_threads(const struct prog *p);
/* True if every number in it is one that the table allows. */
bool prog_is_sound(const struct prog *p);
bool prog_equal(const struct prog *a, const struct prog *b);

/* -- text.c --------------------------------------------------------------- */

/* With @result, one for each call, shows what each gave. */
void prog_print(FILE *to, const struct prog *p, const int *result);
/*
 * Reads the next program from @from.  Returns 1, 0 at the end, or -1 and what
 * is wrong in @why; @line counts lines.
 */
int prog_parse(FILE *from, struct prog *p, unsigned int *line, char *why,
	       size_t size);
/* "EAGAIN" for EAGAIN, "ok" for 0. */
const char *result_name(int result);

/* -- mutate.c ------------------------------------------------------------- */

struct rng {
	uint64_t state;
};

void rng_seed(struct rng *r, uint64_t seed, uint64_t index);
uint64_t rng_next(struct rng *r);
unsigned int rng_below(struct rng *r, unsigned int n);

void prog_generate(struct rng *r, struct prog *p);
/* Changes @p a little; @other is a program to take calls from. */
void prog_mutate(struct rng *r, struct prog *p, const struct prog *other);
/* Removes calls as long as @keeps says that what matters is still there. */
void prog_minimise(struct prog *p, bool (*keeps)(const struct prog *, void *),
		   void *context);

#endif /* TESTS_FUZZ_PROG_H */
