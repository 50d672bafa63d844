// SPDX-License-Identifier: ISC
/*
 * mailbox.c - reads files, and folders of messages.
 * Runs in: the player, the fuzzers' main.
 */
#include "mailbox.h"
#include "must.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

void mailbox_read_file(const char *path, struct octets *octets)
{
	FILE *f = fopen(path, "rb");
	uint8_t part[4096];
	size_t len;

	if (f == NULL) {
		perror(path);
		exit(2);
	}
	do {
		len = fread(part, 1, sizeof(part), f);
		octets_add(octets, pop3_slice_of(part, len));
	} while (len != 0);
	must(ferror(f) == 0, path);
	(void)fclose(f);
}

static int is_message(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Not alphasort: that depends on the locale. */
static int by_octets(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void load_message(const char *folder, const char *name,
			 struct memdrop *drop)
{
	struct octets text = { 0 };
	char path[1024];
	int len = snprintf(path, sizeof(path), "%s/%s", folder, name);

	must(len > 0 && (size_t)len < sizeof(path), "a short path");
	mailbox_read_file(path, &text);
	(void)memdrop_add(drop, name, octets_all(&text));
	octets_finish(&text);
}

void mailbox_load(const char *folder, struct memdrop *drop)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_message, by_octets);

	if (count < 0) {
		perror(folder);
		exit(2);
	}
	for (int i = 0; i < count; i++) {
		load_message(folder, entries[i]->d_name, drop);
		free(entries[i]);
	}
	free(entries);
}
