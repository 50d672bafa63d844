// SPDX-License-Identifier: ISC
/*
 * linked_clear.h - links in clear text to a played server, for the unit tests
 * of what flows and of how it ends.
 */
#ifndef TEST_LINKED_CLEAR_H
#define TEST_LINKED_CLEAR_H

#include "linked.h"

static struct linked k;
static struct played p;

static inline int begin(void **state)
{
	(void)state;
	linked_begin(&k, ACCOUNT_TLS_NONE);
	return 0;
}

static inline int end(void **state)
{
	(void)state;
	linked_end(&k);
	return 0;
}

static inline void open_to(void (*play)(struct played *))
{
	played_begin(&p, NULL, play);
	linked_open(&k, &p.address, 1);
	assert_int_equal(k.ready, 0);
}

/* --- the servers --- */

static inline void play_dialogue(struct played *s)
{
	char line[64];

	played_say(s, "+OK hello\r\n");
	played_hear(s, line, sizeof(line));
	must(strcmp(line, "QUIT") == 0, "QUIT");
	played_say(s, "+OK bye\r\n");
}

static inline void play_silence(struct played *s)
{
	played_wait(s);
}

#define with_link(test) cmocka_unit_test_setup_teardown(test, begin, end)

#endif
