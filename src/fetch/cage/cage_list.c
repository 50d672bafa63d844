// SPDX-License-Identifier: ISC
/*
 * cage_list.c - paths and ports that a run may use (cage_impl.h).
 * Runs in: main.  Trusts: its caller.  Allocates: the lists, each path.
 */
#include "fetch/cage/cage_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for one more, or NULL. */
static void *grown(void *at, size_t count, size_t *cap, size_t size)
{
	size_t more = *cap == 0 ? 64 : *cap * 2;
	void *room = count < *cap ? at : reallocarray(at, more, size);

	*cap = room != NULL && count == *cap ? more : *cap;
	return room;
}

void cage_list_take(struct cage_list *l, char *text, unsigned access)
{
	struct sandbox_path *room =
	    text == NULL || l->has_no_memory
		? NULL
		: grown(l->paths, l->paths_count, &l->paths_cap, sizeof(*room));

	if (room == NULL) {
		l->has_no_memory = true;
		free(text);
		return;
	}
	l->paths = room;
	l->paths[l->paths_count++] = (struct sandbox_path){ text, access };
}

void cage_list_path(struct cage_list *l, const char *path, unsigned access)
{
	if (path != NULL) {
		cage_list_take(l, strdup(path), access);
	}
}

void cage_list_folder_of(struct cage_list *l, const char *path, unsigned access)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path);

	cage_list_take(l, len == 0 ? strdup("/") : strndup(path, len), access);
}

void cage_list_below(struct cage_list *l, const char *folder, const char *name,
		     unsigned access)
{
	size_t len = strlen(folder) + 1 + strlen(name) + 1;
	char *text = malloc(len);

	if (text != NULL) {
		snprintf(text, len, "%s/%s", folder, name);
	}
	cage_list_take(l, text, access);
}

void cage_list_port(struct cage_list *l, uint16_t port)
{
	uint16_t *room = l->has_no_memory ? NULL
					  : grown(l->ports, l->ports_count,
						  &l->ports_cap, sizeof(*room));

	if (room == NULL) {
		l->has_no_memory = true;
		return;
	}
	l->ports = room;
	l->ports[l->ports_count++] = port;
}

void cage_list_finish(struct cage_list *l)
{
	for (size_t i = 0; i < l->paths_count; i++) {
		free((void *)(uintptr_t)l->paths[i].path);
	}
	free(l->paths);
	free(l->ports);
}
