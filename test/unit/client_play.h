// SPDX-License-Identifier: ISC
/*
 * client_play.h - a conversation with a client in memory, written down, that
 * must give the same events however the network cuts it.
 */
#ifndef TEST_CLIENT_PLAY_H
#define TEST_CLIENT_PLAY_H

#include "memclient.h"
#include "unit.h"

/* A line: what the client says, without its end, or NULL; then what the server
 * says. */
struct client_line {
	const char *say;
	const char *hear;
	size_t hear_len; /* 0: as strlen has it */
};

#define HEARS(s) .hear = (s), .hear_len = sizeof(s) - 1

static inline struct pop3_slice client_str(const char *s)
{
	return pop3_slice_of(s, strlen(s));
}

static inline void client_play_lines(struct memclient *mc,
				     const struct client_line *lines,
				     size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct client_line *line = &lines[i];
		size_t len = line->hear_len;

		if (line->say != NULL) {
			assert_int_equal(
			    memclient_say(mc, client_str(line->say)), 0);
		}
		if (line->hear != NULL) {
			len = len == 0 ? strlen(line->hear) : len;
			memclient_hear(mc, pop3_slice_of(line->hear, len));
		}
	}
}

static inline size_t client_play_once(const struct client_line *lines,
				      size_t count, enum memclient_cut cut,
				      size_t cut_at, bool is_front,
				      const char *want)
{
	struct memclient mc;
	size_t heard;

	memclient_begin(&mc);
	mc.cut = cut;
	mc.cut_at = cut_at;
	mc.is_front = is_front;
	client_play_lines(&mc, lines, count);
	assert_text(memclient_trace(&mc), want);
	heard = mc.heard;
	memclient_finish(&mc);
	return heard;
}

/* At once, octet by octet, and at every cut. */
static inline void client_play(const struct client_line *lines, size_t count,
			       const char *want)
{
	size_t heard =
	    client_play_once(lines, count, MEMCLIENT_WHOLE, 0, false, want);

	(void)client_play_once(lines, count, MEMCLIENT_OCTETS, 0, false, want);
	for (size_t at = 1; at < heard; at++) {
		(void)client_play_once(lines, count, MEMCLIENT_AT, at,
				       at % 2 != 0, want);
	}
}

#define assert_client(lines, want) client_play((lines), COUNT_OF(lines), (want))

#define GREETING                                                               \
	{                                                                      \
		.hear = "+OK\r\n"                                              \
	}
#define GREETING_TOLD "GREETING + \"\"\n"

/* What one answer to one command is told as, however it is cut. */
static inline void assert_answer(const char *say, const char *hear,
				 const char *want)
{
	const struct client_line lines[] = { GREETING, { say, .hear = hear } };
	struct octets all = { 0 };

	octets_add_str(&all, GREETING_TOLD);
	octets_add_str(&all, want);
	octets_add(&all, POP3_LITERAL("\0"));
	client_play(lines, COUNT_OF(lines), (const char *)all.at);
	octets_finish(&all);
}

#endif
