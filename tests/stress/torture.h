/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * torture.h: all verbs at random from many processes, and the books of them.
 *
 * Owns: what the files of the torture share.  torture.c is the parent, which
 * starts, hits and ends the workers, and judges; torture-life.c is a worker's
 * life: its forks, execs and threads; torture-work.c has its handles,
 * torture-verbs.c what makes, removes and looks, torture-letters.c what carries
 * messages, torture-calls.c calls and answers, and torture-books.c what is
 * written down; torture-rest.c looks who sleeps.
 *
 * What processes share lies in one memory file, which exec does not take away,
 * and is changed with atomic operations, or by one thread each; no locks.
 */
#ifndef TESTS_STRESS_TORTURE_H
#define TESTS_STRESS_TORTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../uapi/box.h"
#include "stress.h"

enum {
	WORKERS = 16, /* the last two are alice */
	ALICES = 2,
	KEPT = 5, /* mailboxes whose books are closed in the end */
	NAMES = 20, /* that come and go */
	RECENT = 24, /* processes to send to */
	HOLDERS = 4096, /* of the newest requests */
	HAD = 1 << 18, /* messages to many that somebody has had */
	ERRNOS = 192,
	TEXTS = 8, /* failures that are printed */
};

/* Descriptors of a fixed number; what is opened takes lower ones. */
enum {
	RUN_FD = 240, /* the shared memory */
	POST_IN = 241, /* a pair of sockets to pass handles */
	POST_OUT = 242,
	HELPER_FDS = 260, /* from here on: of a second thread, alone */
	SHARED_FDS = 400, /* the same of a child that shares descriptors */
};

/* Every ioctl, and the system calls that are one. */
enum verb {
	V_INFO,
	V_STAT,
	V_LIST,
	V_LINKS,
	V_OPEN,
	V_COPY,
	V_UNLINK,
	V_DESTROY,
	V_ENDPOINT,
	V_SEND,
	V_RECV,
	V_PEEK,
	V_FLUSH,
	V_FILTER,
	V_CALL,
	V_REPLY,
	V_REPLY_RECV,
	V_NOTIFY,
	V_SENDV,
	V_RECVV,
	V_SEND_TO,
	V_RECV_FROM,
	V_READ,
	V_WRITE,
	VERBS,
};

/* What happens beside the verbs, counted; torture.c says what each is. */
enum event {
	N_SIGNALS,
	N_KILLS,
	N_STARTS,
	N_EXITS,
	N_FORKS,
	N_CHILD_KILLS,
	N_EXECS,
	N_THREADS,
	N_SHARED,
	N_CUT,
	N_CLOSES,
	N_DUPS,
	N_POSTED,
	N_FETCHED,
	N_PASSED,
	N_CAUGHT,
	N_ANSWERS,
	N_LOOKS,
	N_RESTS,
	EVENTS,
};

/*
 * Which books a message belongs to.  Those of the kept mailboxes are closed in
 * the end; elsewhere messages may go with their mailbox.  To many: it may come
 * out more than once.
 */
enum { F_OTHER, F_KEPT, F_MANY = F_KEPT + KEPT, FAMILIES };

/* A thread's life. */
struct seat {
	uint16_t taking; /* what it was about to take when it was killed */
	uint16_t family; /* from there */
	int32_t tid;
	uint64_t calling; /* the request it waits for an answer to */
	uint64_t from; /* the process it waits for a message of, for ever */
};

/* Who has the token of a request, or DROPPED if the caller cannot be answered. */
struct holder {
	uint64_t number;
	int64_t pid;
};

#define DROPPED (-1)

struct run {
	uint64_t size; /* of the whole memory */
	uint64_t seed;
	uint64_t room; /* in attempts and receipts */
	uint64_t seats_room;
	uint64_t next_number;
	uint64_t next_seat;
	uint64_t kept_id[KEPT];
	uint64_t count[VERBS][ERRNOS]; /* [0] is success */
	uint64_t event[EVENTS];
	uint64_t broken; /* what must not be, so often */
	uint64_t stop;
	uint64_t pause; /* nobody begins anything new */
	uint64_t next_recent;
	pid_t parent;
	uint64_t next_share;
	struct holder holder[HOLDERS];
	uint64_t had[HAD];
	pid_t recent[RECENT];
	pid_t worker[WORKERS];
	char text[TEXTS][240];
};

/* -- torture-books.c ---------------------------------------------------------- */

extern struct run *run;
extern struct seat *seats;
/* When this process was forked, or soon after: exec does not change it. */
extern uint64_t born;

/* What became of an attempt to send, and how often it came out. */
enum { NOT_TRIED, TRYING, SENT, FAILED };
extern unsigned char *attempts, *receipts;

/* Makes the memory, or finds it at RUN_FD; false and errno. */
bool run_make(uint64_t room, uint64_t seats_room);
bool run_find(void);
/* Notes what must not be; the parent prints it. */
void broken(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void happened(enum event e);
/* True in the end; sleeps while the run is at rest. */
bool is_over(void);

/* What the sender writes into each message, and the receiver checks. */
struct letter {
	uint32_t crc; /* of all that follows */
	uint32_t len; /* of the whole message */
	uint64_t box; /* the mailbox it is sent to, or DIRECT | process */
	uint64_t number; /* of the attempt; in an answer, of the request */
	uint64_t tag;
	uint32_t seat;
	uint32_t priority;
	int32_t pid, tid; /* the sender */
	uint32_t uid;
	uint32_t flags;
	uint32_t nfds;
	uint32_t __pad;
	uint64_t time; /* when it was written */
	struct {
		uint32_t kind;
		uint32_t __pad;
		uint64_t value;
	} fd[4];
};

#define DIRECT (1ULL << 63)

enum {
	L_WRITTEN = 1, /* by write(): the stamp is of who opened the handle */
	L_ANSWER = 2,
	L_SOON = 4, /* its sender does not wait long */
};

enum { IN_ROOM = 70000, HANDLES = 20, TOKENS = 8, SEEN = 512, CHILDREN = 3 };

/* One descriptor of /dev/mbox, and what STAT said of it. */
struct handle {
	int fd;
	uint32_t rights;
	uint32_t attrs;
	uint32_t policy;
	uint32_t capacity;
	uint32_t max_size;
	uint64_t id;
	uint32_t family;
	uint32_t serial; /* within this process */
	uint32_t share; /* those of dup and fork have the same, or 0: unknown */
	bool is_default; /* never removed */
};

/* A request that was received here and not answered. */
struct token {
	int fd;
	uint32_t room;
	uint64_t token, number, box;
	bool foreign; /* of another process: must be stale */
};

/*
 * A thread at work.  Each process has one for itself, and one for its second
 * thread, the helper, which has one handle of its own.
 */
struct me {
	uint64_t rng;
	uint32_t seat;
	pid_t pid, tid;
	uint32_t uid;
	int dev;
	bool is_helper;
	unsigned int depth; /* of forks below the worker */
	unsigned int nr_handles;
	struct handle handle[HANDLES];
	unsigned int nr_tokens;
	struct token token[TOKENS];
	/* To be passed: a file of this size, a pipe, an eventfd. */
	int file, pipe[2], event, epoll;
	uint64_t file_size;
	/* The last number seen, by mailbox or handle, sender and priority. */
	struct {
		uint64_t key;
		uint64_t number;
	} seen[SEEN];
	char in[IN_ROOM];
	char out[IN_ROOM];
};

static inline bool is_kept(const struct handle *h)
{
	return h && h->family != F_OTHER && h->family != F_MANY;
}

uint64_t number_begin(uint32_t family);
void number_end(uint64_t number, bool sent);
/* From here to end_take() a kill may take up to n messages along. */
void begin_take(struct me *me, const struct handle *h, unsigned int n);
void end_take(struct me *me);
void hold(uint64_t number, pid_t pid);
void seal(struct letter *l, size_t len);

/* A message that was received or seen: where, what is there of it, its stamps. */
struct arrival {
	const struct handle *h; /* NULL: from the endpoint */
	const void *data;
	size_t room;
	size_t len;
	const struct mbox_recv *r; /* or NULL: read() tells nothing */
};

/* Checks and marks it; returns its letter, or NULL if it cannot be read. */
const struct letter *arrived(struct me *me, const struct arrival *a);
/* Checks one that stays where it is. */
const struct letter *looked_at(const struct handle *h, const void *data,
			       size_t room, size_t len);
bool letter_is_good(const struct letter *l, size_t room, size_t len);

/* Counts a verb's result, and checks its error; returns ret. */
long verb_done(enum verb v, long ret);
int verb_do(enum verb v, int fd, const void *arg);
const char *verb_name(enum verb v);
bool verb_may_fail(enum verb v, int err);

/* -- torture-work.c ----------------------------------------------------------- */

uint64_t rnd(struct me *me);
void sow(struct me *me, uint64_t seed);
/* True once in n times. */
bool once_in(struct me *me, unsigned int n);
/* Takes a new thread's place in the books. */
void sit_down(struct me *me);
/* A handle that has these rights, if one is found quickly; NULL if none is. */
struct handle *pick(struct me *me, uint32_t rights);
/* Asks STAT about it and keeps it; or closes it, and NULL. */
struct handle *keep(struct me *me, int fd);
/* The same of one that has just been made, and nobody else has. */
struct handle *keep_new(struct me *me, int fd);
uint32_t new_serial(void);
void let_go(struct me *me, struct handle *h);
/* A process that lives, or did. */
pid_t some_process(struct me *me);
/* How long to wait. */
void choose_wait(struct me *me, uint32_t *flags, __u64 *deadline);
/* SIGUSR1 restarts system calls or ends them; SIGUSR2 ends them. */
void catch_signals(bool restart);
/* None comes until they are caught again. */
void hold_signals(void);
/* Few descriptors, or as many as there may be. */
void squeeze(bool on);

/* -- torture-rest.c ----------------------------------------------------------- */

/* Lets all come to rest; the judge has a handle on each kept mailbox. */
void rest(struct me *judge);

/* -- torture-life.c ----------------------------------------------------------- */

/* A process ended: by itself with 0, or by SIGKILL. */
void check_end(int status);
/* A worker's life from its first line on; ends with the process. */
void work(uint64_t seed, bool as_alice) __attribute__((noreturn));

/* -- torture-letters.c, torture-calls.c --------------------------------------- */

/*
 * Writes a letter in which the caller has filled in what is special; returns its
 * number, or 0 if there is no room for one.
 */
uint64_t compose(struct me *me, void *at, size_t len, uint32_t family,
		 struct letter *l);
/* What a receiver asks for, with room for four descriptors. */
void prepare(struct me *me, const struct handle *h, struct mbox_recv *r,
	     int *fds);
/* Checks what came, and keeps what it passes. */
void finish(struct me *me, const struct handle *h, const struct mbox_recv *r,
	    const int *fds);
/* Remembers a request, most times. */
void keep_token(struct me *me, int fd, const struct mbox_recv *r,
		const struct letter *l);

/* -- torture-verbs.c --------------------------------------- */

struct act {
	void (*fn)(struct me *me);
	unsigned int weight;
};

/* The last one has no fn. */
extern const struct act verb_acts[], letter_acts[], call_acts[], work_acts[];

/* What STAT said adds up; room is how many waiters were asked for. */
void check_stat(const struct mbox_stat *st, uint32_t room);

#endif /* TESTS_STRESS_TORTURE_H */
