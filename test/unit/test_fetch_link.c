// SPDX-License-Identifier: ISC
/*
 * test_fetch_link.c - link.c in clear text, with a server played by a thread.
 */
#include "linked_clear.h"

#include "fetch/net/link_impl.h"

/* --- it talks --- */

static void test_a_dialogue(void **state)
{
	(void)state;
	open_to(play_dialogue);
	linked_until(&k, k.came.len == 11);
	assert_int_equal(k.ready, 1);
	assert_true(k.peer.is_loopback);
	assert_false(k.peer.is_secure);
	assert_string_equal(k.peer.address, "127.0.0.1");
	linked_say(&k, "QUIT\r\n");
	assert_int_equal(link_pending(k.link), 0);
	linked_until(&k, false);
	assert_slice(octets_all(&k.came), "+OK hello\r\n+OK bye\r\n");
	assert_int_equal(k.ended, 1);
	assert_int_equal(k.end, LINK_END_CLOSED);
	assert_why(&k, WHY_NETWORK, "pop.test closed the connection");
	played_end(&p);
}

/* What is put before it stands goes when it does. */
static void test_early_output(void **state)
{
	(void)state;
	open_to(play_dialogue);
	linked_say(&k, "QUIT\r\n");
	assert_int_equal(link_pending(k.link), 6);
	linked_until(&k, false);
	assert_slice(octets_all(&k.came), "+OK hello\r\n+OK bye\r\n");
	played_end(&p);
}

/* The octets of a password do not stay behind. */
static void test_what_was_sent_is_wiped(void **state)
{
	(void)state;
	open_to(play_silence);
	linked_until(&k, k.ready == 1);
	linked_say(&k, "PASS secret\r\n");
	assert_int_equal(link_pending(k.link), 0);
	for (size_t i = 0; i < sizeof(k.link->out_octets); i++) {
		assert_int_equal(k.link->out_octets[i], 0);
	}
	link_close(&k.link);
	played_end(&p);
}

/* --- it waits --- */

static void test_silence_ends(void **state)
{
	(void)state;
	k.account.timeout_s = 1;
	open_to(play_silence);
	linked_until(&k, false);
	assert_int_equal(k.end, LINK_END_FAILED);
	assert_why(&k, WHY_NETWORK,
		   "pop.test says nothing any more (waited 1 s)");
	played_end(&p);
}

static void play_trickle(struct played *s)
{
	for (unsigned i = 0; i < 1000 && !atomic_load(&s->is_over); i++) {
		played_say(s, "+");
		usleep(20000);
	}
}

static void shorten_floor(struct linked *l)
{
	l->link->waits.floor_ms = 700;
}

static void test_a_trickle_ends(void **state)
{
	(void)state;
	k.on_ready = shorten_floor;
	open_to(play_trickle);
	linked_until(&k, false);
	assert_int_equal(k.end, LINK_END_FAILED);
	assert_why(&k, WHY_NETWORK, "pop.test says next to nothing");
	played_end(&p);
}

static void expect_nothing(struct linked *l)
{
	link_expect(l->link, false);
}

static void play_late(struct played *s)
{
	usleep(1500000);
	played_say(s, "+OK\r\n");
	played_wait(s);
}

static void test_unasked_it_may_be_silent(void **state)
{
	(void)state;
	k.account.timeout_s = 1;
	k.on_ready = expect_nothing;
	open_to(play_late);
	linked_until(&k, k.came.len != 0);
	assert_int_equal(k.ended, 0);
	link_expect(k.link, true);
	linked_until(&k, false);
	assert_why(&k, WHY_NETWORK, "says nothing any more");
	played_end(&p);
}

/* --- it is bounded --- */

static void fill_out(struct linked *l)
{
	struct pop3_writer *out = link_out(l->link);

	while (!out->full) {
		pop3_put_str(out, "0123456789abcdef0123456789abcdef");
	}
	out->full = false;
	link_flush(l->link);
}

static void test_who_takes_nothing_is_left(void **state)
{
	(void)state;
	k.account.timeout_s = 1;
	k.on_ready = expect_nothing;
	open_to(play_silence);
	linked_until(&k, k.ready == 1);
	while (link_pending(k.link) == 0) {
		fill_out(&k);
	}
	linked_until(&k, false);
	assert_why(&k, WHY_NETWORK,
		   "pop.test does not take what is sent (waited 1 s)");
	assert_int_equal(k.drained, 0);
	played_end(&p);
}

static atomic_bool may_read;

static void play_late_reader(struct played *s)
{
	char octets[65536];

	while (!atomic_load(&may_read)) {
		usleep(1000);
	}
	while (read(s->fd, octets, sizeof(octets)) > 0) {
	}
}

static void test_it_tells_when_all_is_sent(void **state)
{
	(void)state;
	open_to(play_late_reader);
	linked_until(&k, k.ready == 1);
	while (link_pending(k.link) == 0) {
		fill_out(&k);
	}
	assert_int_equal(k.drained, 0);
	atomic_store(&may_read, true);
	linked_until(&k, k.drained == 1);
	assert_int_equal(link_pending(k.link), 0);
	link_close(&k.link);
	played_end(&p);
}

#define MANY (8u * 1024 * 1024)

static void play_many(struct played *s)
{
	played_say_many(s, MANY);
	played_wait(s);
}

static void test_pause_and_resume(void **state)
{
	(void)state;
	k.account.timeout_s = 1;
	open_to(play_many);
	k.on_octets = linked_pause_on_octets;
	linked_until(&k, k.came.len != 0);
	for (unsigned i = 0; i < 130; i++) {
		size_t before = k.came.len;

		uv_run(&k.loop, UV_RUN_NOWAIT);
		usleep(10000);
		assert_int_equal(k.came.len, before);
	}
	/* longer than timeout_s: our own pause is no fault of the server's */
	assert_int_equal(k.ended, 0);
	while (k.came.len < MANY) {
		size_t before = k.came.len;

		link_resume(k.link);
		linked_until(&k, k.came.len != before);
		assert_int_equal(k.ended, 0);
		assert_true(k.came.len - before <= FETCH_BLOCK_OCTETS);
	}
	linked_assert_many(&k, MANY);
	link_close(&k.link);
	played_end(&p);
}

/* --- blocks that are held --- */

static struct block *held[64];
static size_t held_count;

static void hold_it(struct linked *l, struct block *block, size_t offset,
		    size_t len)
{
	(void)l;
	(void)offset;
	(void)len;
	block_hold(block);
	held[held_count++] = block;
}

static void release_all(void)
{
	while (held_count != 0) {
		block_release(&held[--held_count]);
	}
}

static void test_no_block_no_reading(void **state)
{
	(void)state;
	k.account.timeout_s = 1;
	open_to(play_many);
	k.on_octets = hold_it;
	for (unsigned i = 0; i < 150; i++) {
		uv_run(&k.loop, UV_RUN_NOWAIT);
		usleep(10000);
	}
	/* four blocks, and the silence is ours */
	assert_true(k.came.len <= 4 * FETCH_BLOCK_OCTETS);
	assert_true(k.came.len > 3 * FETCH_BLOCK_OCTETS);
	assert_int_equal(k.ended, 0);
	while (k.came.len < MANY) {
		size_t before = k.came.len;

		release_all();
		linked_until(&k, k.came.len != before);
		assert_int_equal(k.ended, 0);
	}
	linked_assert_many(&k, MANY);
	release_all();
	link_close(&k.link);
	played_end(&p);
}

static void play_words(struct played *s)
{
	char line[64];

	for (unsigned i = 0; i < 50; i++) {
		played_say(s, "+OK some words\r\n");
		played_hear(s, line, sizeof(line));
	}
	played_wait(s);
}

static void say_noop(struct linked *l, struct block *block, size_t offset,
		     size_t len)
{
	hold_it(l, block, offset, len);
	linked_say(l, "NOOP\r\n");
}

/* Short answers share a block: 50 of them are held, and it goes on. */
static void test_short_answers_share_a_block(void **state)
{
	(void)state;
	open_to(play_words);
	k.on_octets = say_noop;
	linked_until(&k, k.came.len == 50 * 16);
	assert_int_equal(k.ended, 0);
	for (size_t i = 1; i < held_count; i++) {
		assert_ptr_equal(held[i], held[0]);
	}
	assert_true(held_count >= 50);
	release_all();
	link_close(&k.link);
	played_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_link(test_a_dialogue),
		with_link(test_early_output),
		with_link(test_what_was_sent_is_wiped),
		with_link(test_silence_ends),
		with_link(test_a_trickle_ends),
		with_link(test_unasked_it_may_be_silent),
		with_link(test_who_takes_nothing_is_left),
		with_link(test_it_tells_when_all_is_sent),
		with_link(test_pause_and_resume),
		with_link(test_no_block_no_reading),
		with_link(test_short_answers_share_a_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
