/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model of one waiter: DOC: The waiting protocol in kmod/wait.h, step by
 * step, in Promela.
 *
 * A task waits twice, with a waiter at the same place of its stack, while two
 * others post a message each: to the waiter if it stands in line, else into a
 * box.  A deadline and a signal come at any time, or never.  Stores are seen
 * late by others, and out of order unless a release or a barrier is between.
 *
 * Owns: the argument that the S and F steps are enough; who stands in which
 * line is mailbox.pml's.  Called by: run.sh, which also makes the variants: a
 * macro BREAK_... takes one guard away.  A comment that begins with the name
 * of a function says which step of it stands here; mapping.awk holds it
 * against kmod/.
 */

/* Each claim has a name, which spin prints when it does not hold. */
#define CLAIM(name, what) assert((what) || name)
hidden byte what_was_handed_over_is_complete;
hidden byte nothing_is_written_to_a_waiter_that_is_gone;
hidden byte nothing_is_read_from_a_waiter_that_is_gone;
hidden byte the_task_to_wake_is_there;
hidden byte who_leaves_the_line_stands_in_it;
hidden byte who_returns_success_was_finished;
hidden byte no_message_is_lost_or_doubled;
hidden byte the_task_is_unpinned;

#define ROUNDS 2
#define NOBODY 0

/* -- memory that is seen late --------------------------------------------- */

/* Who runs on a processor of its own; the two finishers are 1 and 2. */
#define SLEEPER 0
#define CPUS 3

/* What is stored and loaded without a lock: w->result, w->state, the state of
 * the task, and the word of the lock. */
#define RESULT 0
#define STATE 1
#define TASK 2
#define LOCK 3
#define VARS 4

#define NONE 0 /* RESULT; else the number of the finisher */
#define WAITING 0 /* STATE */
#define READY 1
#define RUNNING 0 /* TASK */
#define INTERRUPTIBLE 1
#define DEAD 2
#define FREE 0 /* LOCK */
#define HELD 1

byte mem[VARS]; /* what the others see */
byte late[CPUS]; /* set of stores of a processor that they do not see yet */
byte value[CPUS * VARS]; /* of these */
byte before[CPUS * VARS]; /* the late stores that must be seen before it */

/* The life of the waiter, and of the task. */
byte round; /* which waiter it is that lies there now */
bool is_there;
byte meant[CPUS]; /* for which waiter the late stores of a finisher are */
byte pins = 1; /* references to the task; the first is its own */

#define AT(cpu, var) ((cpu) * VARS + (var))
#define IS_LATE(cpu, var) (late[cpu] & (1 << (var)))
#define SEEN(cpu, var) (IS_LATE(cpu, var) -> value[AT(cpu, var)] : mem[var])

/* A store.  With @first of 0 nothing keeps it from being seen first. */
inline store(cpu, var, val, first)
{
	atomic {
		!IS_LATE(cpu, var);
		value[AT(cpu, var)] = val;
		before[AT(cpu, var)] = first;
		late[cpu] = late[cpu] | (1 << (var))
	}
}

#define PLAIN 0
#define RELEASE(cpu) late[cpu]

/* Nothing goes on before all stores are seen: smp_mb(). */
#define FULL_BARRIER(cpu) late[cpu] == 0

inline commit(cpu, var)
{
	CLAIM(nothing_is_written_to_a_waiter_that_is_gone,
	      cpu == SLEEPER || var > STATE ||
	      (is_there && round == meant[cpu]));
	mem[var] = value[AT(cpu, var)];
	value[AT(cpu, var)] = 0;
	late[cpu] = late[cpu] & ~(1 << var);
	before[AT(cpu, RESULT)] = before[AT(cpu, RESULT)] & late[cpu];
	before[AT(cpu, STATE)] = before[AT(cpu, STATE)] & late[cpu];
	before[AT(cpu, TASK)] = before[AT(cpu, TASK)] & late[cpu];
	before[AT(cpu, LOCK)] = before[AT(cpu, LOCK)] & late[cpu]
}

#define COMMIT(cpu, var)                                                \
	atomic {                                                        \
		IS_LATE(cpu, var) && before[AT(cpu, var)] == 0 ->       \
		commit(cpu, var)                                        \
	}

active proctype memory()
{
end:
	do
	:: COMMIT(0, RESULT)
	:: COMMIT(0, STATE)
	:: COMMIT(0, TASK)
	:: COMMIT(0, LOCK)
	:: COMMIT(1, RESULT)
	:: COMMIT(1, STATE)
	:: COMMIT(1, LOCK)
	:: COMMIT(2, RESULT)
	:: COMMIT(2, STATE)
	:: COMMIT(2, LOCK)
	od
}

/* The lock of the mailbox: an acquire, and a release. */
inline lock()
{
	atomic { mem[LOCK] == FREE -> mem[LOCK] = HELD }
}

inline unlock(cpu)
{
	store(cpu, LOCK, FREE, RELEASE(cpu))
}

/* -- the mailbox, which only its holder looks at -------------------------- */

bool is_in_line;
byte posted; /* messages that found nobody in line */
byte received;

/* -- the scheduler: the kernel's, so taken for right ---------------------- */

bool has_deadline;
bool is_armed, has_fired, is_firing; /* the timer */
bool has_signal;

/* wake_up_process(): looks at the state of the task, then makes it run. */
inline wake_up(seen)
{
	CLAIM(the_task_to_wake_is_there, pins > 0);
	seen = mem[TASK];
	if
	:: seen == INTERRUPTIBLE ->
		CLAIM(the_task_to_wake_is_there, pins > 0);
		mem[TASK] = RUNNING
	:: else
	fi
}

/* A pending signal makes schedule() return; else it sleeps until woken. */
inline schedule()
{
	FULL_BARRIER(SLEEPER);
	atomic {
		if
		:: has_signal -> mem[TASK] = RUNNING
		:: else
		fi
	}
	mem[TASK] == RUNNING
}

/* schedule_hrtimeout_range_clock(): does not return while the timer fires. */
inline schedule_timeout()
{
	is_armed = true;
	schedule();
	atomic {
		!is_firing;
		is_armed = false
	}
}

active proctype timer()
{
end:
	do
	:: atomic {
		is_armed ->
		is_armed = false;
		has_fired = true;
		is_firing = true
	   }
	   atomic {
		if
		:: mem[TASK] == INTERRUPTIBLE -> mem[TASK] = RUNNING
		:: else
		fi;
		is_firing = false
	   }
	od
}

active proctype killer()
{
	if
	:: has_signal = true;
	   atomic {
		if
		:: mem[TASK] == INTERRUPTIBLE -> mem[TASK] = RUNNING
		:: else
		fi
	   }
	:: true
	fi
}

/* -- the sleeper ---------------------------------------------------------- */

#define ETIMEDOUT 1
#define ERESTARTSYS 2

inline load_result()
{
	if
	:: is_early -> result = early
	:: else -> result = mem[RESULT]
	fi
}

/* S2 is an acquire: what is loaded after it was not loaded before it. */
inline load_state(is_ready)
{
#ifdef BREAK_NO_ACQUIRE
	if
	:: early = mem[RESULT]; is_early = true
	:: is_early = false
	fi;
#endif
	/* mbx_waiter_is_ready() S2: smp_load_acquire(&w->state) */
	is_ready = (mem[STATE] == READY)
}

active proctype sleeper()
{
	byte err, result, early;
	bool is_ready, is_early;

	if
	:: has_deadline = true
	:: has_deadline = false
	fi;
again:
	/* mbx_fetch(): spin_lock(&box->lock) */
	lock();
	if
	:: posted > 0 ->
		atomic { posted--; received++ }
		unlock(SLEEPER);
		goto next
	:: else
	fi;
	is_there = true;
	/* mbx_waiter_init(): w->result = 0 */
	store(SLEEPER, RESULT, NONE, PLAIN);
	/* mbx_waiter_init(): w->state = MBX_WAITING */
	store(SLEEPER, STATE, WAITING, PLAIN);
	/* mbx_box_line_up_receiver(): list_add_tail(&r->waiter.link */
	is_in_line = true;
	/* recv.c mbx_await(): mbx_box_unlock(box, &work) */
	unlock(SLEEPER);

	err = 0;
loop:
#ifdef BREAK_CHECK_BEFORE_STATE
	load_state(is_ready);
#endif
	/* mbx_wait_sleep() S1: set_current_state(TASK_INTERRUPTIBLE) */
	store(SLEEPER, TASK, INTERRUPTIBLE, PLAIN);
#ifndef BREAK_NO_BARRIER_AT_S1
	FULL_BARRIER(SLEEPER);
#endif
look:
#ifndef BREAK_CHECK_BEFORE_STATE
	/* mbx_wait_sleep(): if (mbx_waiter_is_ready(w)) */
	load_state(is_ready);
#endif
	if
	:: is_ready -> err = 0; goto awake
	:: else
	fi;
	/* mbx_wait_sleep(): if (err) break; */
	if
	:: err -> goto awake
	:: else
	fi;
	/* mbx_wait_sleep(): if (signal_pending(current)) */
	if
	:: has_signal -> err = ERESTARTSYS; goto awake
	:: else
	fi;
	if
	:: !has_deadline ->
		/* mbx_wait_sleep(): schedule() */
		schedule()
	:: else ->
		/* mbx_wait_sleep(): schedule_hrtimeout_range_clock( */
		schedule_timeout();
		if
		/* mbx_wait_sleep(): err = -ETIMEDOUT */
		:: has_fired -> err = ETIMEDOUT
		:: else
		fi
	fi;
#ifdef BREAK_BELIEVE_ANY_WAKE_UP
	goto awake;
#elif defined(BREAK_STATE_SET_ONCE)
	goto look;
#else
	goto loop;
#endif
awake:
	/* mbx_wait_sleep(): __set_current_state(TASK_RUNNING) */
	store(SLEEPER, TASK, RUNNING, PLAIN);
	if
	:: err ->
		/* recv.c mbx_await(): mbx_box_lock(box, &work) */
		lock();
#ifdef BREAK_GIVE_UP_BLINDLY
		is_ready = false;
#else
		/* recv.c mbx_await(): if (mbx_waiter_is_ready(&r->waiter)) */
		load_state(is_ready);
#endif
		if
#ifdef BREAK_READY_IS_NO_SUCCESS
		:: is_ready
#else
		/* recv.c mbx_await(): err = 0 */
		:: is_ready -> err = 0
#endif
		:: else ->
			CLAIM(who_leaves_the_line_stands_in_it, is_in_line);
			/* recv.c mbx_await(): mbx_box_give_up_receiver(box, r) */
			is_in_line = false
		fi;
		/* recv.c mbx_await(): mbx_box_unlock(box, &work) */
		unlock(SLEEPER)
	:: else
	fi;
	if
	:: !err ->
		/* recv.c mbx_await(): err = err ?: r->waiter.result */
		CLAIM(who_returns_success_was_finished, mem[STATE] == READY);
		load_result();
		CLAIM(what_was_handed_over_is_complete, result != NONE);
		received++
	:: else
	fi;
	/* The frame of the system call is gone, and the signal was handled. */
	atomic {
		is_there = false;
		has_fired = false;
		has_signal = false
	}
next:
	atomic { round++; is_early = false }
	if
	:: round < ROUNDS -> goto again
	:: else
	fi;
	FULL_BARRIER(SLEEPER);
	mem[TASK] = DEAD;
	pins--
}

/* -- the finishers -------------------------------------------------------- */

#ifdef BREAK_NO_RELEASE
#define F2_ORDER(cpu) PLAIN
#else
#define F2_ORDER(cpu) RELEASE(cpu)
#endif

inline store_result(me)
{
	/* mbx_wait_finish(): w->result = result */
	store(me, RESULT, me, PLAIN)
}

inline pin()
{
#ifndef BREAK_NOT_PINNED
	/* mbx_wait_finish() F1: get_task_struct(task) */
	pins++
#else
	skip
#endif
}

inline unpin()
{
#if !defined(BREAK_NOT_PINNED) && !defined(BREAK_NEVER_UNPINNED)
	CLAIM(the_task_to_wake_is_there, pins > 0);
	/* mbx_wakes_send() F4: put_task_struct(wakes->task[i]) */
	pins--
#else
	skip
#endif
}

inline store_ready(me)
{
	/* mbx_wait_finish() F2: smp_store_release(&w->state, MBX_READY) */
	store(me, STATE, READY, F2_ORDER(me))
}

inline send_wake_up(me)
{
	/* wake_up_process() has it, before it looks at the task. */
#ifndef BREAK_NO_BARRIER_AT_F3
	FULL_BARRIER(me);
#endif
	/* mbx_wakes_send() F3: wake_up_process(wakes->task[i]) */
	wake_up(seen)
}

active [2] proctype finisher()
{
	byte me = _pid - 3;
	byte seen;
	bool has_finished;

	/* mbx_post(): mbx_box_lock(box, &work) */
	lock();
	if
	:: is_in_line ->
		/* mbx_box_hand_over(): mbx_box_leave_receivers(box, r) */
		atomic { is_in_line = false; meant[me] = round }
		has_finished = true
	:: else ->
		/* mbx_box_accept(): mbx_queue_add(&box->queue, msg) */
		posted++
	fi;
#ifdef BREAK_FINISH_WITHOUT_LOCK
	unlock(me);
#endif
	if
	:: has_finished ->
#ifdef BREAK_READY_BEFORE_RESULT
		pin();
		store_ready(me);
		store_result(me);
#elif defined(BREAK_WAKE_BEFORE_READY)
		store_result(me);
		pin();
		send_wake_up(me);
		store_ready(me);
#else
		/* mbx_box_hand_over(): mbx_wait_finish(&r->waiter, 0 */
		store_result(me);
		pin();
		store_ready(me);
#ifdef BREAK_WRITES_AFTER_READY
		store_result(me);
#endif
#endif
	:: else
	fi;
#ifndef BREAK_FINISH_WITHOUT_LOCK
	/* mbx_post(): mbx_box_unlock(box, &work) */
	unlock(me);
#endif
	if
	:: has_finished ->
#ifdef BREAK_TASK_FROM_WAITER
		CLAIM(nothing_is_read_from_a_waiter_that_is_gone,
		      is_there && round == meant[me]);
#endif
#ifndef BREAK_WAKE_BEFORE_READY
		/* mbx_box_unlock_slowly(): mbx_wakes_send(&work->wakes) */
		send_wake_up(me);
#endif
		unpin()
	:: else
	fi
}

/* -- when nothing moves any more ------------------------------------------ */

/* A sleeper that has not ended then sleeps for ever: an invalid end state. */
active proctype end_of_all()
{
	timeout;
	if
	:: mem[TASK] == DEAD ->
		CLAIM(no_message_is_lost_or_doubled, received + posted == 2);
		CLAIM(the_task_is_unpinned, pins == 0)
	:: else
	fi
}
