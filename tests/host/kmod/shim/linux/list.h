/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rings of structures that hold their own links: the calls that queue.c and its
 * cases use and no other, with the kernel's names and meaning.
 *
 * A link that was taken out points nowhere, so that using it is seen.
 *
 * Locking: none.  Used by: tests/host/kmod, only there.
 */
#ifndef SHIM_LINUX_LIST_H
#define SHIM_LINUX_LIST_H

#include "types.h"

struct list_head {
	struct list_head *next;
	struct list_head *prev;
};

static inline void INIT_LIST_HEAD(struct list_head *link)
{
	link->next = link;
	link->prev = link;
}

static inline bool list_empty(const struct list_head *link)
{
	return link->next == link;
}

/* Before @pos; so at the end of the ring that begins with @pos. */
static inline void list_add_tail(struct list_head *link, struct list_head *pos)
{
	link->next = pos;
	link->prev = pos->prev;
	pos->prev->next = link;
	pos->prev = link;
}

static inline void list_del(struct list_head *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	link->next = NULL;
	link->prev = NULL;
}

/* Put what stands in @list, which has a head, at the front of @head. */
static inline void list_splice(struct list_head *list, struct list_head *head)
{
	if (list_empty(list))
		return;
	list->prev->next = head->next;
	head->next->prev = list->prev;
	list->next->prev = head;
	head->next = list->next;
}

#define list_entry(link, type, member) container_of(link, type, member)
#define list_next_entry(pos, member) \
	list_entry((pos)->member.next, typeof(*(pos)), member)
#define list_prev_entry(pos, member) \
	list_entry((pos)->member.prev, typeof(*(pos)), member)
#define list_first_entry(head, type, member) \
	list_entry((head)->next, type, member)
#define list_first_entry_or_null(head, type, member) \
	(list_empty(head) ? NULL : list_entry((head)->next, type, member))
#define list_for_each(pos, head) \
	for (pos = (head)->next; pos != (head); pos = pos->next)

#endif /* SHIM_LINUX_LIST_H */
