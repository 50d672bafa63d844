// SPDX-License-Identifier: ISC
/*
 * cage_impl.h - what the files of cage.h share.
 */
#ifndef FETCH_CAGE_CAGE_IMPL_H
#define FETCH_CAGE_CAGE_IMPL_H

#include "fetch/cage/cage.h"
#include "os/sandbox.h"

/* -- cage_list.c: paths and ports that grow; without memory it is remembered,
 * and what follows does nothing. */

struct cage_list {
	struct sandbox_path *paths; /* each path is from malloc */
	size_t paths_count, paths_cap;
	uint16_t *ports;
	size_t ports_count, ports_cap;
	bool has_no_memory;
};

/* Takes path, which is from malloc, or NULL if there was no memory for it. */
void cage_list_take(struct cage_list *l, char *path, unsigned access);
/* A copy; path NULL: nothing. */
void cage_list_path(struct cage_list *l, const char *path, unsigned access);
/* The folder that path is in. */
void cage_list_folder_of(struct cage_list *l, const char *path,
			 unsigned access);
/* folder/name */
void cage_list_below(struct cage_list *l, const char *folder, const char *name,
		     unsigned access);
void cage_list_port(struct cage_list *l, uint16_t port);
void cage_list_finish(struct cage_list *l);

/* -- cage_read.c: what it reads: libraries, names, certificates, passwords. */

void cage_read(const struct cage_options *o, struct cage_list *l);

/* -- cage_write.c: what it writes: the record, and destinations. */

/* Whether path is in the user's home folder, or in one that that is in: there
 * is no rule for such a folder that would not be one for all of it. */
bool cage_is_above_home(const struct cage_options *o, const char *path);

void cage_write(const struct cage_options *o, struct cage_list *l);

/* -- cage_tasks.c: what the runner does. */

/* 0, and *runner_r, which is NULL if there is nothing for it; or a negative
 * errno. */
MUST_USE int cage_start_runner(const struct cage_options *o,
			       struct runner **runner_r);

#endif
