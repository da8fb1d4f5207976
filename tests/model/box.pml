/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mailbox of mailbox.pml: what it holds, who waits at it, and what must
 * always be so.
 *
 * A hold of the lock is one atomic step of a task.  What is left in is_more,
 * is_fit, steps, wakes, s, r, m and asker is that hold's; forget() ends it.
 *
 * Owns: the state of the mailbox and the names of the claims.  Called by:
 * mailbox.pml, which includes it before line.pml.  A comment that begins with
 * the name of a function says what of it stands here; mapping.awk holds it
 * against kmod/.
 */

/* Each claim has a name, which spin prints when it does not hold. */
#define CLAIM(name, what) assert((what) || name)
hidden byte a_message_that_is_used_is_there;
hidden byte a_waiter_that_is_finished_is_there;
hidden byte an_error_has_no_effect;
hidden byte messages_keep_their_order;
hidden byte never_more_than_it_holds;
hidden byte no_hold_wakes_too_many;
hidden byte no_memory_is_left;
hidden byte no_message_is_lost;
hidden byte no_message_is_received_twice;
hidden byte no_receiver_sleeps_beside_a_message;
hidden byte no_sender_sleeps_beside_room;
hidden byte nobody_is_finished_twice;
hidden byte nobody_overtakes;
hidden byte nobody_waits_for_those_who_left;
hidden byte nothing_enters_a_dead_mailbox;
hidden byte nothing_is_received_from_a_dead_mailbox;
hidden byte the_end_comes_after_the_last_message;
hidden byte the_message_fits;
hidden byte the_receipt_says_it_was_taken;
hidden byte who_leaves_a_line_stands_in_it;
hidden byte who_sleeps_stands_in_a_line;

#define SENDERS 2
#define WAITERS (SENDERS + RECEIVERS)
#define MSGS (SENDERS * SENDS)
#define NONE 255

#define ME _pid
#define IS_SENDER (ME < SENDERS)
#define MINE (ME * SENDS + n) /* the message of a sender */

#define OK 0
#define EAGAIN 1
#define EIDRM 2
#define EINPROGRESS 3
#define EMSGSIZE 4
#define EPIPE 5
#define ETIMEDOUT 6 /* or a signal */

/* -- what there is -------------------------------------------------------- */

#define OUTSIDE 0
#define QUEUED 1 /* also RETURNED: either way its place is that of its id */
#define TAKEN 2
#define WITHDRAWN 3

bool is_dead;
byte messages, units; /* accepted and not received */
byte last_id;
byte send_handles = SENDERS, recv_handles = RECEIVERS;
chan queue = [MSGS] of { byte, byte }; /* by id: the id, the message */
chan senders = [SENDERS] of { byte };
chan receipts = [SENDERS] of { byte };
chan receivers = [RECEIVERS] of { byte };
chan enders = [RECEIVERS] of { byte };

/* A message, by its number. */
byte where[MSGS], size[MSGS], id[MSGS], receipt[MSGS];
bool is_there[MSGS]; /* its memory */
bool is_in_call[MSGS]; /* its sender has not returned */
bool is_got[MSGS]; /* received, for as long as anybody may ask */

/* A waiter, by its number: senders come first. */
bool is_waiting[WAITERS]; /* its memory */
bool is_ready[WAITERS];
byte result[WAITERS];
byte msg_of[WAITERS]; /* a sender's while it is its own; a receiver's */
bool wants_receipt[WAITERS], waits_for_receipt[WAITERS];
bool has_hangup[WAITERS];
byte room[WAITERS];
byte idlers; /* receivers that have a handle, and do not receive */

/* struct mbx_work, and what one hold of the lock looks at. */
bool is_freed, is_more, is_fit;
byte steps, wakes, s, r, m, asker;

#define IS_EMPTY(line) (len(line) == 0)
/* One more step may finish three: one refused, one handed over, its sender. */
#ifdef BREAK_SPARES_TOO_FEW_WAKES
#define SPARE 2
#else
#define SPARE 3
#endif
/* mbx_work_is_full(): steps >= MBX_STEPS || work->wakes.n > MBX_WAKES - 3 */
#define IS_FULL (steps >= STEPS || wakes > WAKES - SPARE)
/* mbx_box_is_unreachable(): return !box->recv_handles && !box->is_named */
#define IS_UNREACHABLE (recv_handles == 0)
/* mbx_box_has_room(): box->attr.capacity != MBOX_CAPACITY_BOUNDED || */
#define HAS_ROOM(n) (CAPACITY == 0 || units + (n) <= CAPACITY)
/* mbx_fits_receiver(): len <= a->len */
#define HAS_ROOM_FOR(w, n) (room[w] >= (n))
/* mbx_box_has_taker(): if (mbx_fits_receiver(r, len, nfds)) return true */
#define HAS_TAKER(n) (IS_TAKER(2, n) || IS_TAKER(3, n) || IS_TAKER(4, n))
#define IS_TAKER(w, n)                                                 \
	((w) < WAITERS && receivers??[w] && HAS_ROOM_FOR(w, n))
#define IS_HELD(x) (where[x] == QUEUED || where[x] == TAKEN)
#define HELD(x) (IS_HELD(x) -> size[x] : 0)
#define IS_OLDER(x, y) (where[x] == QUEUED && id[x] < id[y])
#if SENDS == 1
#define ALL_HELD (HELD(0) + HELD(1))
#define IS_OVERTAKEN(x) (IS_OLDER(0, x) || IS_OLDER(1, x))
#else
#define ALL_HELD (HELD(0) + HELD(1) + HELD(2) + HELD(3))
#define IS_OVERTAKEN(x)                                                \
	(IS_OLDER(0, x) || IS_OLDER(1, x) || IS_OLDER(2, x) || IS_OLDER(3, x))
#endif

#ifdef BREAK_THE_END_IS_AN_EMPTY_QUEUE
#define IS_AT_END (IS_EMPTY(queue) && send_handles == 0)
#else
/* mbx_box_is_at_end(): !box->messages && !box->send_handles */
#define IS_AT_END (messages == 0 && send_handles == 0)
#endif

#define USE(x) CLAIM(a_message_that_is_used_is_there, is_there[x])

inline begin()
{
	/* mbx_box_lock(): work->news = 0 */
	is_freed = false;
	/* mbx_box_lock(): work->steps = 0 */
	steps = 0;
	/* mbx_box_lock(): work->wakes.n = 0 */
	wakes = 0
}

/* Ids of messages that are gone are compared with none. */
inline forget()
{
	d_step {
		CLAIM(never_more_than_it_holds,
		      CAPACITY == 0 || is_dead || ALL_HELD <= CAPACITY);
		if
		:: messages == 0 -> last_id = 0
		:: else
		fi;
		is_freed = false;
		is_more = false;
		is_fit = false;
		steps = 0;
		wakes = 0;
		s = 0;
		r = 0;
		m = 0;
		asker = 0
	}
}

/* -- one waiter: that it then wakes up is shown by wait.pml --------------- */

inline waiter_init(w)
{
	is_waiting[w] = true;
	is_ready[w] = false;
	result[w] = OK
}

inline waiter_gone(w)
{
	is_waiting[w] = false;
	is_ready[w] = false;
	result[w] = OK
}

inline wait_finish(w, why)
{
	CLAIM(a_waiter_that_is_finished_is_there, is_waiting[w]);
	CLAIM(nobody_is_finished_twice, !is_ready[w]);
	/* mbx_wait_finish(): w->result = result */
	result[w] = why;
	CLAIM(no_hold_wakes_too_many, wakes < WAKES);
	/* mbx_wait_finish(): wakes->task[wakes->n++] */
	wakes++;
	/* mbx_wait_finish() F2: smp_store_release(&w->state, MBX_READY) */
	is_ready[w] = true
}

/* -- what may come at any time -------------------------------------------- */

/*
 * A deadline or a signal may end any wait until it is calm.  Who waits then,
 * waits for ever: what is owed to it must come from others.  When nothing can
 * happen any more, all get a signal.
 */
bool is_calm, is_over;
#define IS_ENDED (!is_calm || is_over)

bool has_begun[WAITERS];

inline choose(what)
{
	if
	:: what = true
	:: what = false
	fi
}

inline choose_hangup()
{
#ifdef HANGUP
	if
	:: n == 0 -> choose(has_hangup[ME])
	:: else
	fi
#else
	skip
#endif
}

/* -- when nothing moves any more ------------------------------------------ */

#define IS_IN_QUEUE(s)                                                 \
	(!receipts??[s] || where[msg_of[s]] == QUEUED)

/* Those who sleep must have a reason. */
inline nobody_waits_in_vain()
{
	CLAIM(who_sleeps_stands_in_a_line,
	      len(senders) + len(receipts) + len(receivers) ==
	      send_handles + recv_handles - idlers);
	CLAIM(no_receiver_sleeps_beside_a_message,
	      IS_EMPTY(receivers) || IS_EMPTY(queue));
	CLAIM(no_message_is_lost, is_dead || messages == len(queue));
	CLAIM(no_message_is_lost, IS_IN_QUEUE(0) && IS_IN_QUEUE(1));
	CLAIM(nobody_waits_for_those_who_left, !IS_UNREACHABLE ||
	      (IS_EMPTY(senders) && IS_EMPTY(receipts)));
	CLAIM(nobody_waits_for_those_who_left,
	      !IS_AT_END || IS_EMPTY(enders));
	if
	:: !IS_EMPTY(senders) ->
		senders?<s>;
		CLAIM(no_sender_sleeps_beside_room,
		      !HAS_ROOM(size[msg_of[s]]));
		s = 0
	:: else
	fi
}
