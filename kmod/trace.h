/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints mbox:*.  Each carries the mailbox's number, as STAT and fdinfo
 * show it, and where there is one the message's id.
 *
 * Called by: line.h and line.c, under the mailbox lock; wait.c (wake); names.c
 * (destroy); box.c, for what is left in a mailbox that died.  The structures
 * are looked into only by trace.c, so that this header includes nothing of
 * ours and any file may include it.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mbox

#if !defined(MBX_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define MBX_TRACE_H

#include <linux/tracepoint.h>

struct mbx_box;
struct mbx_msg;
struct mbx_waiter;

/* clang-format off: tracepoints have a form of their own */

DECLARE_EVENT_CLASS(
	mbx_message,
	TP_PROTO(const struct mbx_box *box, const struct mbx_msg *msg),
	TP_ARGS(box, msg),
	TP_STRUCT__entry(__field(u64, mailbox) __field(u64, message)
				 __field(u32, len) __field(u32, priority)),
	TP_fast_assign(__entry->mailbox = box->id; __entry->message = msg->id;
		       __entry->len = msg->len;
		       __entry->priority = msg->priority;),
	TP_printk("mailbox=%llu message=%llu len=%u priority=%u",
		  __entry->mailbox, __entry->message, __entry->len,
		  __entry->priority));

/* A mailbox accepted a message. */
DEFINE_EVENT(mbx_message, mbox_send,
	     TP_PROTO(const struct mbx_box *box, const struct mbx_msg *msg),
	     TP_ARGS(box, msg));

/* A mailbox accepted a request, whose sender waits for an answer. */
DEFINE_EVENT(mbx_message, mbox_call,
	     TP_PROTO(const struct mbx_box *box, const struct mbx_msg *msg),
	     TP_ARGS(box, msg));

/* A caller is given its answer, which has the id of the request. */
DEFINE_EVENT(mbx_message, mbox_reply,
	     TP_PROTO(const struct mbx_box *box, const struct mbx_msg *msg),
	     TP_ARGS(box, msg));

/* A receiver has a message, in its memory. */
DEFINE_EVENT(mbx_message, mbox_receive,
	     TP_PROTO(const struct mbx_box *box, const struct mbx_msg *msg),
	     TP_ARGS(box, msg));

/* A message was accepted and is lost, or was withdrawn by its sender. */
DEFINE_EVENT(mbx_message, mbox_drop,
	     TP_PROTO(const struct mbx_box *box, const struct mbx_msg *msg),
	     TP_ARGS(box, msg));

DECLARE_EVENT_CLASS(
	mbx_waiting, TP_PROTO(const struct mbx_waiter *w), TP_ARGS(w),
	TP_STRUCT__entry(__field(u64, mailbox) __field(u64, message)
				 __field(u32, what) __field(pid_t, pid)
					 __field(int, result)),
	TP_fast_assign(__entry->mailbox = w->mailbox;
		       __entry->message = w->message; __entry->what = w->what;
		       __entry->pid = w->task->pid;
		       __entry->result = w->result;),
	TP_printk("mailbox=%llu message=%llu what=%s pid=%d result=%d",
		  __entry->mailbox, __entry->message,
		  __print_symbolic(__entry->what, { MBOX_WAIT_SEND, "send" },
				   { MBOX_WAIT_RECEIPT, "receipt" },
				   { MBOX_WAIT_RECV, "recv" },
				   { MBOX_WAIT_CALL, "call" },
				   { MBOX_WAIT_REPLY, "reply" }),
		  __entry->pid, __entry->result));

/* A task has lined up, and is about to sleep. */
DEFINE_EVENT(mbx_waiting, mbox_wait, TP_PROTO(const struct mbx_waiter *w),
	     TP_ARGS(w));

/* Another task finished a waiter, with a result. */
DEFINE_EVENT(mbx_waiting, mbox_wake, TP_PROTO(const struct mbx_waiter *w),
	     TP_ARGS(w));

TRACE_EVENT(mbox_destroy, TP_PROTO(const struct mbx_box *box), TP_ARGS(box),
	    TP_STRUCT__entry(__field(u64, mailbox) __field(u64, messages)),
	    TP_fast_assign(__entry->mailbox = box->id;
			   __entry->messages = box->messages;),
	    TP_printk("mailbox=%llu messages=%llu", __entry->mailbox,
		      __entry->messages));

/* clang-format on */

#endif /* MBX_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
