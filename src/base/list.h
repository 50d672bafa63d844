// SPDX-License-Identifier: ISC
/*
 * list.h - a doubly linked list whose links stand in its members.  An empty
 * list, and a member of no list, points to itself.
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *next;
	struct list *prev;
};

#define LIST_OWNER(link, type, member)                                         \
	((type *)(void *)((char *)(link)-offsetof(type, member)))

static inline void list_init(struct list *l)
{
	l->next = l;
	l->prev = l;
}

static inline bool list_is_empty(const struct list *l)
{
	return l->next == l;
}

/* Takes the member out of whatever list it is in; harmless if in none. */
static inline void list_remove(struct list *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	list_init(link);
}

/* Puts the member, which is taken out of its list, at the end of l. */
static inline void list_append(struct list *l, struct list *link)
{
	list_remove(link);
	link->prev = l->prev;
	link->next = l;
	l->prev->next = link;
	l->prev = link;
}

#endif
