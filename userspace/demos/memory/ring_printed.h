/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ring_printed.h: the bounded buffer of the notes, as printed (000:37-83).
 *
 * Two programs have it: ring_printed, compiled without optimization, where it
 * works, and ring_hangs, compiled with -O2, where it does not.
 *
 * What the notes leave out is here: what an item is, how it is produced and
 * consumed. Their global variables are members of a structure, for processes
 * share memory and not variables; and their loops end after a number of items.
 */
#ifndef RING_PRINTED_H
#define RING_PRINTED_H

#define BUFFER_SIZE 10

typedef struct {
	int number;
	int square;
} item;

struct shared {
	item buffer[BUFFER_SIZE];
	int in;
	int out;
};

static inline item produce(int number)
{
	return (item){ number, number * number };
}

/* Is this the item that had to come? */
static inline int consume(item next_consumed, int number)
{
	return next_consumed.number == number &&
	       next_consumed.square == number * number;
}

/* WRONG: the compiler does not know that another process changes s->out. */
static inline void producer(struct shared *s, int items)
{
	item next_produced;

	for (int i = 1; i <= items; i++) {
		next_produced = produce(i);
		while (((s->in + 1) % BUFFER_SIZE) == s->out)
			; /* do nothing */
		s->buffer[s->in] = next_produced;
		s->in = (s->in + 1) % BUFFER_SIZE;
	}
}

/* WRONG: nor that one changes s->in. Returns the number of right items. */
static inline int consumer(struct shared *s, int items)
{
	item next_consumed;
	int right = 0;

	for (int i = 1; i <= items; i++) {
		while (s->in == s->out)
			; /* do nothing */
		next_consumed = s->buffer[s->out];
		s->out = (s->out + 1) % BUFFER_SIZE;
		right += consume(next_consumed, i);
	}
	return right;
}

#endif /* RING_PRINTED_H */
