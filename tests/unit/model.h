/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The queue under test, and beside it the sorted array that says what should
 * be in it.  A step is done to both, and checks everything.
 *
 * Locking: none.  Used by: queue.c.
 */
#ifndef TEST_MODEL_H
#define TEST_MODEL_H

#include "queue.h"
#include "unit.h"

#define MODEL_ROOM 4096

extern struct mbx_queue queue;

/**
 * struct model_entry - what should be in it, first to be received first
 * @msg: the message
 * @came_back: it was taken before, and given back
 */
struct model_entry {
	struct mbx_msg *msg;
	bool came_back;
};

extern struct model_entry model[MODEL_ROOM];
extern unsigned int model_len;

/* Into the array alone, and out of it. */
void model_add(struct mbx_msg *msg, bool came_back);
void model_remove(const struct mbx_msg *msg);

/* A message in neither; its id is the next. */
struct mbx_msg *q_new(u16 priority, bool is_urgent);
/* A new message, sent. */
struct mbx_msg *q_add(u16 priority, bool is_urgent);
struct mbx_msg *q_send(u16 priority);
struct mbx_msg *q_send_urgent(u16 priority);
/* Out of the queue, from anywhere. */
void q_withdraw(struct mbx_msg *msg);
/* The next message, out of the queue. */
struct mbx_msg *q_take(void);
/* One that was taken, back to its place. */
void q_give_back(struct mbx_msg *msg);
/* The next message is @msg; it leaves for good, and is freed. */
void q_expect(struct mbx_msg *msg);

/* Of the newest message that ever was in the queue. */
u64 q_last_id(void);

/* Below @n; where it begins is in q_random_state. */
extern u64 q_random_state;
unsigned int q_random(unsigned int n);

/* The queue is as the array says. */
void q_check(void);
bool q_is_empty(void);

/* Before and after each case. */
void q_begin(void);
void q_end(void);

#endif /* TEST_MODEL_H */
