// SPDX-License-Identifier: ISC
/*
 * test_ahead.c - messages that were read ahead: how many are asked for, what is
 * kept of those that came, for how long and within which limit; and a maildrop
 * that answers with others than were asked for ends the process.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "session/conn.h"

static struct process *process;
static struct conn *c;
static struct packet p;

static struct conn *make_conn(uint32_t count)
{
	struct conn *made = calloc(1, sizeof(*made));

	assert_non_null(made);
	made->process = process;
	made->body.fd = -1;
	list_init(&made->queue);
	view_init(&made->view, count);
	return made;
}

static int begin_test(void **state)
{
	(void)state;
	process = calloc(1, sizeof(*process));
	assert_non_null(process);
	list_init(&process->ahead);
	process->loop.now_ms = 1000000;
	c = make_conn(1000);
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	ahead_drop(c);
	assert_int_equal(process->ahead_octets, 0);
	assert_true(list_is_empty(&process->ahead));
	view_finish(&c->view);
	free(c);
	free(process);
	return 0;
}

/* count texts from message idx on: each of len octets and of its own letter. */
static void make_texts(uint32_t idx, uint32_t count, uint32_t len)
{
	static uint8_t text[PACKET_TEXT_MAX];

	packet_init(&p, PACKET_TEXTS);
	p.as.texts.idx = idx;
	p.as.texts.count = count;
	for (uint32_t i = 0; i < count; i++) {
		memset(text, 'a' + (int)((idx + i) % 26), sizeof(text));
		assert_true(packet_put(&p, &len, sizeof(len)));
		assert_true(packet_put(&p, text, len));
	}
	assert_true(packet_check(&p, ROLE_MAILDROP, ROLE_SESSION));
}

static void lend(struct conn *to, uint32_t idx, uint32_t count, uint32_t len)
{
	make_texts(idx, count, len);
	ahead_lend(to, &p);
}

static void forget_packet(void)
{
	memset(&p, 0xee, sizeof(p));
}

static void expect_text(const struct conn *of, uint32_t idx, uint32_t len)
{
	uint32_t is;
	const uint8_t *at = ahead_text(of, &is);

	assert_int_equal(is, len);
	for (uint32_t i = 0; i < len; i++) {
		assert_int_equal(at[i], 'a' + idx % 26);
	}
}

static void test_one_after_the_other(void **state)
{
	(void)state;
	lend(c, 5, 4, 100);
	for (uint32_t i = 5; i < 9; i++) {
		assert_true(ahead_seek(c, i));
		assert_true(ahead_seek(c, i)); /* as often as it is wanted */
		expect_text(c, i, 100);
	}
	assert_false(ahead_seek(c, 9));
	assert_int_equal(c->ahead.count, 0);
}

static void test_some_are_skipped(void **state)
{
	(void)state;
	lend(c, 5, 4, 3);
	assert_true(ahead_seek(c, 7));
	expect_text(c, 7, 3);
	assert_false(ahead_seek(c, 6)); /* that is over */
	assert_int_equal(c->ahead.count, 0);
	assert_false(ahead_seek(c, 7));
}

static void test_no_other_is_there(void **state)
{
	static const uint32_t others[] = { 0, 4, 9, 10, 999, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		lend(c, 5, 4, 3);
		assert_false(ahead_seek(c, others[i]));
	}
	for (uint32_t i = 0; i < 3; i++) { /* of nothing */
		assert_false(ahead_seek(c, i));
	}
}

static void test_kept_over_the_packets_end(void **state)
{
	(void)state;
	lend(c, 5, 4, 100);
	assert_true(ahead_seek(c, 6)); /* 5 is not copied */
	assert_true(ahead_keep(c));
	forget_packet();
	assert_int_equal(process->ahead_octets, 3 * 104);
	assert_true(ahead_keep(c)); /* once is enough */
	assert_int_equal(process->ahead_octets, 3 * 104);
	for (uint32_t i = 6; i < 9; i++) {
		assert_true(ahead_seek(c, i));
		expect_text(c, i, 100);
	}
	assert_false(ahead_seek(c, 9));
	assert_int_equal(process->ahead_octets, 0);
	assert_true(list_is_empty(&process->ahead));
}

static void test_nothing_is_kept_for_who_asked_otherwise(void **state)
{
	(void)state;
	lend(c, 5, 4, 100);
	c->waits = CONN_WAITS_COMMIT;
	assert_true(ahead_keep(c));
	assert_int_equal(c->ahead.count, 0);
	assert_int_equal(process->ahead_octets, 0);
}

#define MANY 1000

/* Until there is no room left for others; how many connections that takes. */
static size_t fill_process(struct conn *others[MANY], bool are_held)
{
	size_t count = 0;

	while (process->ahead_octets < SESSION_AHEAD_OCTETS_MAX) {
		struct conn *other = make_conn(1000);

		assert_int_equal(ahead_wanted(other, 0, AHEAD_FOLLOWS),
				 PACKET_TEXTS_MAX);
		lend(other, 0, 4, PACKET_TEXT_MAX / 2 - 100);
		assert_true(ahead_seek(other, 1));
		other->body.is_held = are_held;
		assert_true(ahead_keep(other));
		assert_true(count < MANY);
		others[count++] = other;
	}
	forget_packet();
	return count;
}

static void test_the_limit_of_a_process(void **state)
{
	struct conn *others[MANY];
	size_t count = fill_process(others, false);

	(void)state;
	assert_true(process->ahead_octets <
		    SESSION_AHEAD_OCTETS_MAX + PACKET_MAX);
	assert_int_equal(ahead_wanted(c, 0, AHEAD_FOLLOWS), 1);
	lend(c, 0, 2, 10);
	assert_true(ahead_keep(c));
	assert_int_equal(c->ahead.count, 0);
	/* but one that is under way must be, alone, and does not count */
	lend(c, 0, 3, 10);
	assert_true(ahead_seek(c, 1));
	c->body.is_held = true;
	assert_true(ahead_keep(c));
	forget_packet();
	expect_text(c, 1, 10);
	assert_false(ahead_seek(c, 2));
	while (count != 0) {
		ahead_drop(others[--count]);
		free(others[count]);
	}
	assert_int_equal(process->ahead_octets, 0);
}

/* Clients that do not go on take nothing of what others may have, but for a
 * moment; what they were in the middle of stays. */
static void test_who_stalls_leaves_the_others_their_room(void **state)
{
	struct conn *others[MANY];
	size_t count = fill_process(others, true);

	(void)state;
	process->loop.now_ms += SESSION_AHEAD_MS;
	ahead_tick(process);
	assert_int_equal(process->ahead_octets, 0);
	assert_int_equal(ahead_wanted(c, 0, AHEAD_FOLLOWS), PACKET_TEXTS_MAX);
	while (count != 0) {
		struct conn *other = others[--count];

		expect_text(other, 1, PACKET_TEXT_MAX / 2 - 100);
		assert_false(ahead_seek(other, 2));
		free(other);
	}
}

/* TOP leaves it there for RETR: but no longer than others. */
static void test_what_is_no_longer_under_way_goes(void **state)
{
	(void)state;
	lend(c, 0, 3, 10);
	c->body.is_held = true;
	assert_true(ahead_keep(c));
	process->loop.now_ms += SESSION_AHEAD_MS;
	ahead_tick(process);
	assert_int_equal(c->ahead.count, 1);
	c->body.is_held = false;
	ahead_tick(process);
	assert_int_equal(c->ahead.count, 0);
}

static void test_who_waits_too_long_keeps_nothing(void **state)
{
	struct conn *other = make_conn(1000);

	(void)state;
	lend(c, 0, 3, 10);
	assert_true(ahead_keep(c));
	process->loop.now_ms += SESSION_AHEAD_MS / 2;
	lend(other, 0, 3, 10);
	assert_true(ahead_keep(other));
	process->loop.now_ms += SESSION_AHEAD_MS / 2 - 1;
	ahead_tick(process);
	assert_int_equal(c->ahead.count, 3);
	process->loop.now_ms++;
	ahead_tick(process);
	assert_int_equal(c->ahead.count, 0);
	assert_int_equal(other->ahead.count, 3);
	assert_true(ahead_seek(other, 1)); /* time runs anew */
	process->loop.now_ms += SESSION_AHEAD_MS - 1;
	ahead_tick(process);
	assert_int_equal(other->ahead.count, 2);
	process->loop.now_ms += 2 * SESSION_AHEAD_MS;
	other->body.is_held = true; /* it is being sent */
	lend(c, 0, 3, 10);
	assert_true(ahead_keep(c));
	process->loop.now_ms += SESSION_AHEAD_MS;
	ahead_tick(process);
	assert_int_equal(other->ahead.count, 1);
	expect_text(other, 1, 10);
	assert_int_equal(c->ahead.count, 0);
	ahead_drop(other);
	free(other);
}

#define assert_wanted(idx, next, want)                                         \
	assert_int_equal(ahead_wanted(c, idx, AHEAD_##next), want)

static void test_how_many_are_asked_for(void **state)
{
	(void)state;
	assert_wanted(0, UNKNOWN, 1);
	assert_wanted(0, FOLLOWS, PACKET_TEXTS_MAX);
	c->engine.has_listed = true;
	assert_wanted(0, UNKNOWN, SESSION_AHEAD_FIRST);
	assert_wanted(1, UNKNOWN, 1);
	/* the next, more each time, and another */
	c->body.next = 500;
	c->body.asked = 16;
	assert_wanted(500, UNKNOWN, 32);
	assert_wanted(500, OTHER, 1);
	assert_wanted(499, UNKNOWN, 1);
	assert_wanted(501, FOLLOWS, PACKET_TEXTS_MAX);
	assert_wanted(990, FOLLOWS, 10);
}

/* --- what maildrop may not say --- */

static void ask(uint32_t idx, uint32_t asked)
{
	c->body.idx = idx;
	c->body.asked = asked;
}

static int take_texts(void *arg)
{
	(void)arg;
	message_texts_come(c, &p);
	return 0;
}

static int take_message(void *arg)
{
	(void)arg;
	message_come(c, &p);
	return 0;
}

static void test_other_messages_than_asked_for(void **state)
{
	(void)state;
	ask(5, 3);
	make_texts(4, 3, 10);
	assert_int_equal(in_child(take_texts, NULL), EXIT_FAILURE);
	make_texts(6, 1, 10);
	assert_int_equal(in_child(take_texts, NULL), EXIT_FAILURE);
	make_texts(5, 4, 10);
	assert_int_equal(in_child(take_texts, NULL), EXIT_FAILURE);
	packet_init(&p, PACKET_MESSAGE);
	p.as.message.idx = 6;
	assert_int_equal(in_child(take_message, NULL), EXIT_FAILURE);
}

static void list_messages(void)
{
	struct snapshot_item items[3];
	uint64_t memory[64];
	size_t len;

	for (size_t i = 0; i < COUNT_OF(items); i++) {
		items[i] = (struct snapshot_item){
			.octets = 10,
			.stored = 10,
			.name = (const uint8_t *)"cur/abc",
			.uid = (const uint8_t *)"abc",
			.name_len = 7,
			.uid_len = 3,
		};
	}
	assert_true(snapshot_size(items, COUNT_OF(items), &len));
	assert_true(len <= sizeof(memory));
	snapshot_build(memory, len, items, COUNT_OF(items));
	view_init(&c->view, COUNT_OF(items));
	assert_true(view_copy(&c->view, (const uint8_t *)memory, len));
}

static int want_next(void *arg)
{
	(void)arg;
	return message_want(c, 1, false) ? 0 : 1;
}

/* Of the one asked for it is seen at once, of another when that is asked for:
 * even if the list has come in between. */
static void test_another_length_than_listed(void **state)
{
	(void)state;
	list_messages();
	ask(0, 3);
	make_texts(0, 3, 11);
	assert_int_equal(in_child(take_texts, NULL), EXIT_FAILURE);
	ahead_lend(c, &p);
	assert_int_equal(in_child(want_next, NULL), EXIT_FAILURE);
}

#define AHEAD_TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		AHEAD_TEST(test_one_after_the_other),
		AHEAD_TEST(test_some_are_skipped),
		AHEAD_TEST(test_no_other_is_there),
		AHEAD_TEST(test_kept_over_the_packets_end),
		AHEAD_TEST(test_nothing_is_kept_for_who_asked_otherwise),
		AHEAD_TEST(test_the_limit_of_a_process),
		AHEAD_TEST(test_who_waits_too_long_keeps_nothing),
		AHEAD_TEST(test_who_stalls_leaves_the_others_their_room),
		AHEAD_TEST(test_what_is_no_longer_under_way_goes),
		AHEAD_TEST(test_how_many_are_asked_for),
		AHEAD_TEST(test_other_messages_than_asked_for),
		AHEAD_TEST(test_another_length_than_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
