// SPDX-License-Identifier: ISC
/*
 * record_play.h - a record in a folder of its own, for tests.
 */
#ifndef TEST_RECORD_PLAY_H
#define TEST_RECORD_PLAY_H

#include "mail_play.h"

static struct site site;
static struct record *r;
static struct entries rows;
static struct why why;

UNUSED static void open_again(void)
{
	record_close(&r);
	if (record_open(site.path, KEY, &r, &why) < 0) {
		fail_msg("%s", why.text);
	}
}

UNUSED static int begin_test(void **state)
{
	(void)state;
	site_begin(&site);
	rows = (struct entries){ 0 };
	open_again();
	return 0;
}

UNUSED static int end_test(void **state)
{
	(void)state;
	entries_finish(&rows);
	record_close(&r);
	assert_null(r);
	record_close(&r);
	site_end(&site);
	return 0;
}

#define assert_ok(call)                                                        \
	do {                                                                   \
		if ((call) < 0) {                                              \
			fail_msg("%s: %s", #call, why.text);                   \
		}                                                              \
	} while (0)

UNUSED static void put(struct record_entry *e)
{
	assert_ok(record_begin(r, &why));
	assert_ok(record_put(r, e, &why));
	assert_ok(record_commit(r, &why));
}

UNUSED static void load(const struct listing *l)
{
	entries_finish(&rows);
	assert_ok(record_load(r, l, &rows, &why));
}

#endif
