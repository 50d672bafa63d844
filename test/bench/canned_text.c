// SPDX-License-Identifier: ISC
/*
 * canned_text.c - see canned_text.h.
 */
#include "canned_text.h"

#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LINE_MAX_OCTETS 64u /* of a listing */
#define COLUMNS         78u /* of a message's line, with CRLF */

struct piece canned_message(const struct canned_text *t, size_t idx)
{
	return t->files_count > 0 ? t->files[idx] : t->message;
}

void canned_add_file(struct canned_text *t, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0) {
		err(1, "%s", path);
	}
	if (t->files_count == CANNED_FILES_MAX) {
		errx(2, "at most %u files", CANNED_FILES_MAX);
	}
	t->files[t->files_count++] =
	    (struct piece){ .len = (size_t)st.st_size, .fd = fd };
}

static char *must_allocate(size_t len)
{
	char *p = malloc(len + 1);

	if (p == NULL) {
		err(1, "malloc");
	}
	return p;
}

static struct piece in_memory(const char *octets, size_t len)
{
	return (struct piece){ .octets = octets, .len = len, .fd = -1 };
}

/* Lines of 76 columns; the last is as long as is left, with its CRLF. */
static struct piece make_message(size_t octets)
{
	char *text = must_allocate(octets);

	for (size_t i = 0; i < octets; i++) {
		size_t column = i % COLUMNS;

		text[i] = column == COLUMNS - 2   ? '\r'
			  : column == COLUMNS - 1 ? '\n'
						  : 'x';
	}
	if (octets >= 2) {
		text[octets - 2] = '\r';
		text[octets - 1] = '\n';
	}
	if (octets >= 3 && text[octets - 3] == '\r') {
		text[octets - 3] = 'x';
	}
	return in_memory(text, octets);
}

static struct piece make_listing(const struct canned_text *t, bool is_uidl)
{
	size_t cap = (t->messages + 2) * LINE_MAX_OCTETS;
	char *text = must_allocate(cap);
	size_t len = (size_t)snprintf(text, cap, "+OK\r\n");

	for (size_t i = 0; i < t->messages; i++) {
		int n = is_uidl ? snprintf(text + len, cap - len,
					   "%zu canned.%zu\r\n", i + 1, i + 1)
				: snprintf(text + len, cap - len, "%zu %zu\r\n",
					   i + 1, canned_message(t, i).len);

		len += (size_t)n;
	}
	len += (size_t)snprintf(text + len, cap - len, ".\r\n");
	return in_memory(text, len);
}

static struct piece make_stat(const struct canned_text *t)
{
	char *text = must_allocate(LINE_MAX_OCTETS);
	size_t octets = 0;
	int len;

	for (size_t i = 0; i < t->messages; i++) {
		octets += canned_message(t, i).len;
	}
	len = snprintf(text, LINE_MAX_OCTETS, "+OK %zu %zu\r\n", t->messages,
		       octets);
	return in_memory(text, (size_t)len);
}

void canned_make(struct canned_text *t, size_t messages, size_t octets)
{
	t->messages = t->files_count > 0 ? t->files_count : messages;
	t->message = make_message(octets);
	t->stat = make_stat(t);
	t->list = make_listing(t, false);
	t->uidl = make_listing(t, true);
}
