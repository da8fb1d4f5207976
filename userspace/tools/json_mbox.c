// SPDX-License-Identifier: GPL-2.0-only
/*
 * json_mbox.c: the structures of libmbox as JSON; see json_mbox.h.
 *
 * Owns the words for constants.  No locks; one thread.  Called by the
 * subcommands that have --json.
 */
#include "json_mbox.h"

struct flag_word {
	uint32_t flag;
	const char *word;
};

static const struct flag_word right_words[] = {
	{ MBOX_SEND, "send" },
	{ MBOX_RECV, "recv" },
	{ MBOX_ADMIN, "admin" },
	{ 0 },
};

static const struct flag_word attr_words[] = {
	{ MBOX_FIXED, "fixed" },
	{ MBOX_TIMES, "times" },
	{ MBOX_FDS, "fds" },
	{ MBOX_BROADCAST, "broadcast" },
	{ 0 },
};

static const struct flag_word link_words[] = {
	{ MBOX_LINK_MUTE, "mute" },
	{ MBOX_LINK_PEER_MUTE, "peer-mute" },
	{ 0 },
};

static const char *const capacity_words[] = {
	[MBOX_BOUNDED] = "bounded",
	[MBOX_RENDEZVOUS] = "rendezvous",
	[MBOX_UNBOUNDED] = "unbounded",
};

static const char *const what_words[] = {
	[MBOX_WAIT_SEND] = "send",   [MBOX_WAIT_RECEIPT] = "receipt",
	[MBOX_WAIT_RECV] = "recv",   [MBOX_WAIT_CALL] = "call",
	[MBOX_WAIT_REPLY] = "reply",
};

#define WORD(words, value) \
	((value) < sizeof(words) / sizeof(*(words)) ? (words)[value] : NULL)

/* A constant that this mboxctl does not know stays a number. */
static void put_constant(struct json *j, const char *name, uint32_t value,
			 const char *word)
{
	if (word)
		json_string(j, name, word);
	else
		json_number(j, name, value);
}

/* Flags that it does not know are one number at the end. */
static void put_flags(struct json *j, const char *name, uint32_t flags,
		      const struct flag_word *words)
{
	json_array(j, name);
	for (; words->flag; words++) {
		if (flags & words->flag)
			json_string(j, NULL, words->word);
		flags &= ~words->flag;
	}
	if (flags)
		json_number(j, NULL, flags);
	json_end(j);
}

static void put_owner(struct json *j, uid_t uid, gid_t gid)
{
	char buf[TEXT_SIZE];

	json_number(j, "uid", uid);
	json_string(j, "user", user_name(buf, uid));
	json_number(j, "gid", gid);
	json_string(j, "group", group_name(buf, gid));
}

/* As create --mode takes it, since JSON has no octal numbers. */
static void put_mode(struct json *j, uint32_t mode)
{
	char buf[TEXT_SIZE];

	snprintf(buf, sizeof(buf), "%04o", mode);
	json_string(j, "mode", buf);
}

/* A number that the kernel shows to owner and root only. */
static void put_waiting(struct json *j, const char *name, uint32_t number)
{
	if (number == MBOX_HIDDEN)
		json_null(j, name);
	else
		json_number(j, name, number);
}

/* A pid is never below 0. */
static void put_pid(struct json *j, const char *name, pid_t pid)
{
	json_number(j, name, (uint64_t)pid);
}

void json_message(struct json *j, const struct mbox_message *m,
		  const void *bytes)
{
	json_number(j, "id", m->id);
	json_number(j, "priority", m->priority);
	json_number(j, "tag", m->tag);
	put_pid(j, "pid", m->pid);
	put_pid(j, "tid", m->tid);
	json_number(j, "uid", m->uid);
	json_number(j, "gid", m->gid);
	json_number(j, "start_time", m->start_time);
	json_number(j, "sent_time", m->sent_time);
	json_number(j, "drops", m->drops);
	json_number(j, "token", m->token);
	json_number(j, "reply_room", m->reply_room);
	json_number(j, "call_deadline", m->call_deadline);
	json_number(j, "msg_len", m->len);
	json_number(j, "msg_fds", m->nfds);
	json_bytes(j, "data", bytes, m->len);
}

void json_answer(struct json *j, const struct mbox_answer *a, const void *bytes)
{
	json_number(j, "reply_tag", a->tag);
	put_pid(j, "pid", a->pid);
	put_pid(j, "tid", a->tid);
	json_number(j, "uid", a->uid);
	json_number(j, "gid", a->gid);
	json_number(j, "start_time", a->start_time);
	json_number(j, "taken", a->taken);
	json_number(j, "reply_len", a->len);
	json_bytes(j, "data", bytes, a->len);
}

void json_name_entry(struct json *j, const struct mbox_name_entry *e)
{
	json_number(j, "id", e->id);
	json_string(j, "name", e->name);
	put_owner(j, e->uid, e->gid);
	put_mode(j, e->mode);
	put_flags(j, "rights", e->rights, right_words);
	json_number(j, "messages", e->messages);
	json_number(j, "bytes", e->bytes);
}

void json_status(struct json *j, const struct mbox_status *st)
{
	json_number(j, "id", st->id);
	json_string(j, "name", *st->name ? st->name : NULL);
	put_owner(j, st->uid, st->gid);
	put_mode(j, st->mode);
	put_flags(j, "rights", st->rights, right_words);
	json_string(j, "lifetime",
		    st->attr_flags & MBOX_PERSISTENT ? "persistent" :
		    st->attr_flags & MBOX_OWNER	     ? "owner" :
						       "descriptor");
	json_number(j, "owner_pid", (uint64_t)st->owner_pid);
	put_constant(j, "capacity", st->capacity,
		     WORD(capacity_words, st->capacity));
	put_flags(j, "attrs",
		  st->attr_flags & ~(uint32_t)(MBOX_PERSISTENT | MBOX_OWNER),
		  attr_words);
	put_constant(j, "policy", st->policy, policy_word(st->policy));
	json_number(j, "max_messages", st->max_messages);
	json_number(j, "max_bytes", st->max_bytes);
	json_number(j, "max_size", st->max_size);
	json_number(j, "handles", st->handles);
	json_number(j, "senders", st->senders);
	json_number(j, "receivers", st->receivers);
	put_waiting(j, "senders_waiting", st->senders_waiting);
	put_waiting(j, "receivers_waiting", st->receivers_waiting);
	json_number(j, "messages", st->messages);
	json_number(j, "bytes", st->bytes);
	json_number(j, "peak_messages", st->peak_messages);
	json_number(j, "charged", st->charged);
	json_number(j, "sent", st->sent);
	json_number(j, "received", st->received);
	json_number(j, "dropped", st->dropped);
	json_number(j, "expired", st->expired);
	json_number(j, "search_steps", st->search_steps);
	json_number(j, "pending", st->pending);
	json_number(j, "missed", st->missed);
	put_pid(j, "slowest_pid", st->slowest_pid);
	json_number(j, "slowest_pending", st->slowest_pending);
}

void json_waiter(struct json *j, const struct mbox_waiter_entry *w,
		 const char *comm)
{
	put_pid(j, "pid", w->pid);
	put_pid(j, "tid", w->tid);
	json_string(j, "comm", comm);
	put_constant(j, "what", w->what, WORD(what_words, w->what));
	json_number(j, "len", w->len);
}

void json_time(struct json *j, const struct mbox_time_entry *entry)
{
	json_object(j, NULL);
	json_number(j, "from", entry->from);
	json_number(j, "to", entry->to);
	json_number(j, "messages", entry->messages);
	json_end(j);
}

void json_link(struct json *j, const struct mbox_link *link)
{
	json_number(j, "id", link->id);
	put_pid(j, "pid", link->pid);
	put_pid(j, "peer", link->peer);
	json_number(j, "sent", link->sent);
	json_number(j, "peer_sent", link->peer_sent);
	put_flags(j, "flags", link->flags, link_words);
}

void json_limits(struct json *j, const struct mbox_limits *lim)
{
	json_number(j, "abi", lim->abi);
	json_number(j, "features", lim->features);
	json_number(j, "priority_max", lim->priority_max);
	json_number(j, "mailbox_bytes", lim->mailbox_bytes);
	json_number(j, "user_bytes", lim->user_bytes);
	json_number(j, "user_messages", lim->user_messages);
	json_number(j, "user_mailboxes", lim->user_mailboxes);
	json_number(j, "used_bytes", lim->used_bytes);
	json_number(j, "used_messages", lim->used_messages);
	json_number(j, "used_mailboxes", lim->used_mailboxes);
	json_number(j, "user_fds", lim->user_fds);
	json_number(j, "used_fds", lim->used_fds);
	json_number(j, "user_calls", lim->user_calls);
	json_number(j, "used_calls", lim->used_calls);
}
