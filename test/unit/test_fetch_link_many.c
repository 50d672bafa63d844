// SPDX-License-Identifier: ISC
/*
 * test_fetch_link_many.c - link.c over TLS: many octets, in both directions.
 */
#include "linked_tls.h"

/* --- many octets --- */

#define MANY (24u * 1024 * 1024 + 5)

static void play_many(struct played *s)
{
	if (played_tls(s)) {
		played_say_many(s, MANY);
		(void)SSL_shutdown(s->ssl);
	}
}

static void test_many_octets(void **state)
{
	(void)state;
	open_to(&good, play_many);
	linked_until(&k, false);
	assert_int_equal(k.end, LINK_END_CLOSED);
	linked_assert_many(&k, MANY);
	close_all();
}

/* Octets that OpenSSL has and the socket has no more are not forgotten. */
static void test_pauses_lose_nothing(void **state)
{
	(void)state;
	k.on_octets = linked_pause_on_octets;
	open_to(&good, play_many);
	while (k.ended == 0) {
		link_resume(k.link);
		uv_run(&k.loop, UV_RUN_ONCE);
		/* The next turn would wait in vain if it has ended here. */
		uv_run(&k.loop, UV_RUN_NOWAIT);
	}
	assert_int_equal(k.end, LINK_END_CLOSED);
	linked_assert_many(&k, MANY);
	close_all();
}

/* Who sends tickets and nothing else is as silent as one who sends nothing. */
static void play_tickets(struct played *s)
{
	if (!played_tls(s)) {
		return;
	}
	while (!atomic_load(&s->is_over) &&
	       SSL_new_session_ticket(s->ssl) == 1 &&
	       SSL_do_handshake(s->ssl) == 1) {
	}
}

static void test_tickets_are_no_words(void **state)
{
	uint64_t turns = 0;

	(void)state;
	k.account.timeout_s = 1;
	open_to(&good, play_tickets);
	while (k.ended == 0) {
		uv_run(&k.loop, UV_RUN_ONCE);
		turns++;
	}
	assert_true(turns > 3);
	assert_int_equal(k.came.len, 0);
	assert_why(&k, WHY_NETWORK, "says nothing any more");
	close_all();
}

/* More output than the kernel takes at a time. */
static atomic_bool may_read;

static void play_reads_late(struct played *s)
{
	static char octets[65536];

	if (played_tls(s)) {
		while (!atomic_load(&may_read)) {
			usleep(1000);
		}
		while (SSL_read(s->ssl, octets, sizeof(octets)) > 0) {
		}
	}
}

static void test_output_drains(void **state)
{
	(void)state;
	open_to(&good, play_reads_late);
	linked_until(&k, k.ready == 1);
	while (link_pending(k.link) == 0) {
		while (!link_out(k.link)->full) {
			pop3_put_str(link_out(k.link), "0123456789abcdef");
		}
		link_out(k.link)->full = false;
		link_flush(k.link);
	}
	atomic_store(&may_read, true);
	linked_until(&k, k.drained == 1);
	assert_int_equal(k.ended, 0);
	assert_int_equal(link_pending(k.link), 0);
	close_all();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_tls(test_many_octets),
		with_tls(test_pauses_lose_nothing),
		with_tls(test_tickets_are_no_words),
		with_tls(test_output_drains),
	};

	return cmocka_run_group_tests(tests, make_all, free_all);
}
