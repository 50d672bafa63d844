// SPDX-License-Identifier: ISC
/*
 * test_fetch_link_away.c - link.c while we are busy, or stopped: what is not
 * heard then is no silence of the server's.
 */
#include "linked_clear.h"

static void play_while_busy(struct played *s)
{
	played_say(s, "+");
	usleep(200000);
	played_say(s, "OK\r\n");
	played_wait(s);
}

/* Whoever had no time to read has not been met with silence. */
static void test_what_came_meanwhile_is_no_silence(void **state)
{
	(void)state;
	k.account.timeout_s = 1;
	open_to(play_while_busy);
	linked_until(&k, k.came.len == 1);
	usleep(1300000);
	linked_until(&k, k.came.len != 1);
	assert_int_equal(k.ended, 0);
	assert_int_equal(k.came.len, strlen("+OK\r\n"));
	linked_until(&k, false);
	assert_why(&k, WHY_NETWORK, "says nothing any more");
	played_end(&p);
}

/* Something that takes 3 ms of the loop's turn, as a frame on a terminal. */
static void take_long(uv_timer_t *timer)
{
	(void)timer;
	usleep(3000);
}

static void ignore_ready(void *ctx)
{
	(*(unsigned *)ctx)++;
}

static void ignore_octets(void *ctx, struct block *block, size_t offset,
			  size_t len)
{
	(void)ctx;
	(void)block;
	(void)offset;
	(void)len;
}

static void ignore_end(void *ctx, enum link_end end, const struct why *why)
{
	(void)ctx;
	(void)end;
	(void)why;
}

static const struct link_events ignored = { ignore_ready, ignore_octets, NULL,
					    ignore_end };

/* Nor if another link's timer rings in the same turn. */
static void test_what_came_meanwhile_beside_another(void **state)
{
	uv_timer_t slow;
	struct played silent;
	unsigned ready = 0;
	struct block_pool *pool = NULL;
	struct account patient = k.account;
	struct link *other = NULL;
	struct link_options options = { .loop = &k.loop,
					.account = &patient,
					.events = &ignored,
					.ctx = &ready,
					.addresses = &silent.address,
					.addresses_count = 1 };

	(void)state;
	k.account.timeout_s = 1;
	must(block_pool_create(&k.loop, 4, &pool) == 0, "a pool");
	options.pool = pool;
	open_to(play_while_busy);
	linked_until(&k, k.came.len == 1);
	uv_timer_init(&k.loop, &slow);
	uv_update_time(&k.loop);
	uv_timer_start(&slow, take_long, 1000, 0);
	usleep(5000);
	played_begin(&silent, NULL, play_silence);
	must(link_open(&options, &other) == 0, "a link");
	linked_until(&k, ready == 1);
	usleep(1300000);
	linked_until(&k, k.came.len != 1);
	assert_int_equal(k.ended, 0);
	uv_close((uv_handle_t *)&slow, NULL);
	link_close(&other);
	block_pool_destroy(&pool);
	link_close(&k.link);
	uv_run(&k.loop, UV_RUN_NOWAIT); /* slow is gone */
	played_end(&p);
	played_end(&silent);
}

/* With a timeout of a second, and a client that does so when octets come: all
 * of them are heard. */
static void hear_all(void (*play)(struct played *s),
		     void (*on_octets)(struct linked *l, struct block *block,
				       size_t offset, size_t len),
		     size_t len)
{
	k.account.timeout_s = 1;
	k.on_octets = on_octets;
	open_to(play);
	linked_until(&k, k.came.len == len);
	assert_int_equal(k.ended, 0);
	link_close(&k.link);
	played_end(&p);
}

static void play_slow_answer(struct played *s)
{
	char line[64];

	played_say(s, "+OK\r\n");
	played_hear(s, line, sizeof(line));
	usleep(300000);
	played_say(s, "+OK\r\n");
	played_wait(s);
}

/* Much is done before the next command: none of that is waited for. */
static void ask_late(struct linked *l, struct block *block, size_t offset,
		     size_t len)
{
	(void)block;
	(void)offset;
	(void)len;
	link_expect(l->link, false);
	if (l->came.len == 5) {
		usleep(1300000);
		linked_say(l, "NOOP\r\n");
		link_expect(l->link, true);
	}
}

static void test_a_wait_begins_when_it_begins(void **state)
{
	(void)state;
	hear_all(play_slow_answer, ask_late, 10);
}

static atomic_bool is_away;

/* More comes then, and by and by. */
static void play_while_away(struct played *s)
{
	played_say(s, "+OK");
	while (!atomic_load(&is_away)) {
		usleep(1000);
	}
	played_say(s, " one");
	while (atomic_load(&is_away)) {
		usleep(1000);
	}
	usleep(300000);
	played_say(s, " two\r\n");
	played_wait(s);
}

static void be_away(struct linked *l, struct block *block, size_t offset,
		    size_t len)
{
	(void)block;
	(void)offset;
	(void)len;
	if (l->came.len == 3) {
		atomic_store(&is_away, true);
		usleep((FETCH_PROGRESS_TIMEOUTS * 1000 + 300) * 1000);
		atomic_store(&is_away, false);
	}
}

/* Next to nothing came: it was we who were not there. */
static void test_who_is_away_hears_no_trickle(void **state)
{
	(void)state;
	hear_all(play_while_away, be_away, 13);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_link(test_what_came_meanwhile_is_no_silence),
		with_link(test_what_came_meanwhile_beside_another),
		with_link(test_a_wait_begins_when_it_begins),
		with_link(test_who_is_away_hears_no_trickle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
