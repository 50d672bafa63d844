// SPDX-License-Identifier: ISC
/*
 * mbox_find.c - what a crash left of a message in an mbox (mbox_find.h).
 * Runs in: a carrier thread.  Trusts: nothing in the file.  Allocates: a buffer
 * while it looks.
 */
#include "fetch/sink/mbox_find.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "fetch/limits.h"
#include "fetch/sink/mboxrd.h"

/* What is looked for, and in what. */
struct look {
	struct mbox_file *f;
	const struct mbox_place *p;
	char line[MBOXRD_FROM_MAX]; /* the From_ line */
	size_t line_len;
	uint8_t *buffer; /* FETCH_WRITE_OCTETS */
};

/* len octets from at on, or an error. */
static int read_all(const struct mbox_file *f, uint64_t at, uint8_t *to,
		    size_t len)
{
	while (len != 0) {
		ssize_t n = pread(f->fd, to, len, (off_t)at);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return n == 0 ? -EIO : -errno;
		}
		to += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

/* Gives every piece of the file from at to end to judge, until that does not
 * say 0.  0, what judge said, or a negative errno. */
static int each_piece(const struct look *l, uint64_t at, uint64_t end,
		      int (*judge)(void *arg, const uint8_t *piece, size_t len),
		      void *arg)
{
	int rc = 0;

	while (at < end && rc == 0) {
		size_t len = end - at < FETCH_WRITE_OCTETS ? (size_t)(end - at)
							   : FETCH_WRITE_OCTETS;

		rc = read_all(l->f, at, l->buffer, len);
		rc = rc == 0 ? judge(arg, l->buffer, len) : rc;
		at += len;
	}
	return rc;
}

static int add_to_hash(void *arg, const uint8_t *piece, size_t len)
{
	return XXH3_64bits_update(arg, piece, len) == XXH_OK ? 0 : -EIO;
}

/* Whether the message stands whole at at: 0 or 1, or a negative errno. */
static int is_whole_at(const struct look *l, uint64_t at)
{
	XXH3_state_t *state;
	int rc;

	if (at + l->p->octets > l->f->end) {
		return 0;
	}
	state = XXH3_createState();
	if (state == NULL) {
		return -ENOMEM;
	}
	(void)XXH3_64bits_reset(state);
	rc = each_piece(l, at, at + l->p->octets, add_to_hash, state);
	if (rc == 0) {
		rc = XXH3_64bits_digest(state) == l->p->hash ? 1 : 0;
	}
	XXH3_freeState(state);
	return rc;
}

/* 1 at the first octet that is something. */
static int is_not_nul(void *arg, const uint8_t *piece, size_t len)
{
	(void)arg;
	for (size_t i = 0; i < len; i++) {
		if (piece[i] != 0) {
			return 1;
		}
	}
	return 0;
}

/* A search for text in pieces, by Knuth, Morris and Pratt's way of going on. */
struct search {
	const char *text;
	size_t len;
	size_t matched;
	uint64_t at; /* the octets before what comes next */
};

static int has_text(void *arg, const uint8_t *piece, size_t len)
{
	struct search *s = arg;

	for (size_t i = 0; i < len; i++) {
		if (piece[i] != (uint8_t)s->text[s->matched]) {
			/* What is looked for has its front nowhere else. */
			s->matched = piece[i] == (uint8_t)s->text[0] ? 1 : 0;
		} else {
			s->matched++;
		}
		s->at++;
		if (s->matched == s->len) {
			return 1;
		}
	}
	return 0;
}

/* The file's octets before the end of the text's first occurrence: 1, 0 if
 * there is none, or a negative errno. */
static int find_text(const struct look *l, uint64_t from, const char *text,
		     size_t len, uint64_t *end_r)
{
	struct search s = { .text = text, .len = len, .at = from };
	int rc = each_piece(l, from, l->f->end, has_text, &s);

	if (rc == 1) {
		*end_r = s.at;
	}
	return rc;
}

/* How much of ours a tail shows that is shorter than lead and From_ line. */
static int is_short_tail(const struct look *l, size_t len)
{
	char want[2 + MBOXRD_FROM_MAX] = "\n\n";
	uint8_t is[2 + MBOXRD_FROM_MAX];
	int rc = read_all(l->f, l->p->at, is, len);

	memcpy(want + l->p->lead, l->line, l->line_len);
	return rc < 0 ? rc : memcmp(is, want, len) == 0 ? 1 : 0;
}

/*
 * Whether the end of the file is ours and no one else's: line ends and the
 * From_ line, which nobody else has, and no other From_ line behind that; or
 * NULs, which a loss of power may leave of what was written.
 */
static int is_our_tail(const struct look *l)
{
	uint64_t tail = l->f->end - l->p->at;
	size_t front = l->p->lead + l->line_len;
	uint64_t end;
	int rc;

	if (tail > l->p->lead + l->p->octets) {
		return 0;
	}
	rc = is_short_tail(l, tail < front ? (size_t)tail : front);
	if (rc == 1 && tail > front) {
		rc = find_text(l, l->p->at + front - 1, "\nFrom ", 6, &end);
		return rc < 0 ? rc : 1 - rc;
	}
	if (rc == 0) {
		rc = each_piece(l, l->p->at, l->f->end, is_not_nul, NULL);
		return rc < 0 ? rc : 1 - rc;
	}
	return rc;
}

/* Octets that a mail reader does not leave as they were when it removes a
 * message before them. */
#define BEFORE_OCTETS 512u

int mbox_before(const struct mbox_file *f, uint64_t start, uint64_t *sum_r)
{
	uint8_t octets[BEFORE_OCTETS];
	size_t len = start < BEFORE_OCTETS ? (size_t)start : BEFORE_OCTETS;
	int rc = read_all(f, start - len, octets, len);

	if (rc == 0) {
		*sum_r = XXH3_64bits(octets, len);
	}
	return rc;
}

/* Where the search begins: if nothing has changed before the group, there. */
static int search_from(const struct look *l, uint64_t *from_r)
{
	uint64_t sum;
	int rc = 0;

	*from_r = 0;
	if (l->f->end >= l->p->start) {
		rc = mbox_before(l->f, l->p->start, &sum);
		*from_r = rc == 0 && sum == l->p->before ? l->p->start : 0;
	}
	return rc;
}

/*
 * Somewhere else: another program has written the mbox anew, or has appended to
 * a part of ours.  If our From_ line is there, and the message is as long as it
 * was or longer, it may be whole and a mail reader have put a line into it:
 * nobody can tell.
 */
static enum sink_found find_elsewhere(const struct look *l)
{
	uint64_t end;
	uint64_t next;
	uint64_t from;
	int rc = search_from(l, &from);

	rc = rc == 0 ? find_text(l, from, l->line, l->line_len, &end) : rc;
	if (rc <= 0) {
		return rc < 0 ? SINK_UNKNOWN : SINK_NOT_THERE;
	}
	rc = is_whole_at(l, end - l->line_len);
	if (rc != 0) {
		return rc < 0 ? SINK_UNKNOWN : SINK_DELIVERED;
	}
	rc = find_text(l, end - 1, "\nFrom ", 6, &next);
	if (rc < 0) {
		return SINK_UNKNOWN;
	}
	next = rc == 1 ? next - 5 : l->f->end;
	return next - (end - l->line_len) < l->p->octets ? SINK_NOT_THERE
							 : SINK_UNKNOWN;
}

static enum sink_found look(const struct look *l)
{
	const struct mbox_place *p = l->p;
	int rc = is_whole_at(l, p->at + p->lead);

	if (rc == 1) {
		return SINK_DELIVERED;
	}
	if (rc == 0 && l->f->end > p->at) {
		rc = is_our_tail(l);
		if (rc == 1) {
			return mbox_file_cut(l->f, p->at) < 0 ? SINK_UNKNOWN
							      : SINK_NOT_THERE;
		}
	}
	return rc < 0 ? SINK_UNKNOWN : find_elsewhere(l);
}

enum sink_found mbox_find(struct mbox_file *f, const struct mbox_place *p)
{
	struct look l = { .f = f, .p = p };
	enum sink_found found;

	l.buffer = malloc(FETCH_WRITE_OCTETS);
	if (l.buffer == NULL) {
		return SINK_UNKNOWN;
	}
	l.line_len = mboxrd_from_line(l.line, p->unix_time, p->token);
	found = look(&l);
	free(l.buffer);
	if (found == SINK_DELIVERED && mbox_file_sync(f) < 0) {
		return SINK_UNKNOWN;
	}
	return found;
}
