// SPDX-License-Identifier: ISC
/*
 * table.h - all connections of a session process: found by their number, and
 * in order of their time limits.
 */
#ifndef SESSION_TABLE_H
#define SESSION_TABLE_H

#include "session/conn.h"

void table_init(struct process *p);

/* A new connection from that address, counted, greeted and listened to, unless
 * a limit forbids it: then it is told so and closed.  Takes fd. */
void table_add(struct listener *l, int fd, const struct sockaddr_storage *from);

/* Tells the client that it is one too many. */
void table_say_full(const struct conn *c);

/* Takes it out; none of the next 2^32 - 2 connections in its slot gets its
 * number.  None has one below 2^32: those are sources'. */
void table_remove(struct process *p, struct conn *c);

/* The connection of that number; NULL if it is gone. */
struct conn *table_find(const struct process *p, uint64_t id);

/* Looks at every time limit, and every delay, that may have passed. */
void table_tick(struct process *p);

/* Begins a graceful stop: who waits for a command is told and closed now. */
void table_stop(struct process *p);

/* Drops all that are left. */
void table_drop_all(struct process *p, enum report_end why);

#endif
