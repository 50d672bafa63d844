// SPDX-License-Identifier: ISC
/*
 * mbox_play.h - what an mbox holds, with its From_ lines made the same, for
 * tests.
 */
#ifndef TEST_MBOX_PLAY_H
#define TEST_MBOX_PLAY_H

#include "sink_play.h"

/* What stands for a From_ line of ours at the time of sink_play.h. */
#define FROM      "<From>\n"
#define FROM_LEN  (sizeof("From restante-0123456789abcdef" FROM_TIME) - 1)
#define FROM_TIME " Wed Nov 26 04:00:00 2025\n"

static inline bool is_our_from(const char *at)
{
	return strncmp(at, "From restante-", 14) == 0 &&
	       strspn(at + 14, "0123456789abcdef") == 16 &&
	       strncmp(at + 30, FROM_TIME, sizeof(FROM_TIME) - 1) == 0;
}

static inline void expect_mbox(const struct sink_play *p, const char *name,
			       const char *want)
{
	size_t len;
	char *text = play_text(play_path(p, name), &len);
	char *is = calloc(1, len + 1);
	size_t to = 0;

	assert_non_null(is);
	for (size_t at = 0; at < len;) {
		if (is_our_from(text + at)) {
			memcpy(is + to, FROM, sizeof(FROM) - 1);
			to += sizeof(FROM) - 1;
			at += FROM_LEN;
		} else {
			is[to++] = text[at++];
		}
	}
	assert_slice_at(pop3_slice_of(is, to),
			pop3_slice_of(want, strlen(want)), __FILE__, __LINE__);
	free(text);
	free(is);
}

/* Appends to a file below the root. */
static inline void mbox_put(const struct sink_play *p, const char *name,
			    const char *text)
{
	int fd = open(play_path(p, name),
		      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
}

#endif
