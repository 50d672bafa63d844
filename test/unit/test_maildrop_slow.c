// SPDX-License-Identifier: ISC
/*
 * test_maildrop_slow.c - maildrops that take long to read: they delay nobody
 * else, and no end of a session process or of the role.
 */
#include "unit.h"

#include <stdint.h>
#include <sys/mman.h>

#include "cache_impl.h"
#include "limits.h"
#include "maildrop_role.h"
#include "os/clock.h"

#define SLOW    12u /* three times as many as are read at once */
#define SOON_MS 5000u

static void make_slow(const char *box, uint64_t octets)
{
	mail_dir_make_box(&d, box);
	put_hole(box, "1.hole", octets);
}

/* SLOW log-ins of session 1, of which none can be answered soon. */
static void begin_slow_ones(void)
{
	for (unsigned i = 0; i < SLOW; i++) {
		char name[16];

		snprintf(name, sizeof(name), "slow%u", i);
		make_slow(name, 60 * GIB);
		grant(1, 100 + i, name);
	}
}

static void test_others_are_served_meanwhile(void **state)
{
	struct packet p;
	uint64_t begun_ms;
	uint64_t handle;

	(void)state;
	put_three();
	begin_slow_ones();
	begun_ms = clock_ms();
	for (uint64_t conn = 1; conn <= 20; conn++) {
		handle = open_box(2, conn, 3);
		commit(session[1], conn, handle, 0, 0, 0);
	}
	assert_true(clock_ms() - begun_ms < SOON_MS);
	/* in the slow lane too: this is too much for a channel's thread */
	make_slow("fair", 64u << 20);
	assert_int_equal(try_open(2, 21, "fair", &p), STATUS_OK);
	assert_int_equal(p.as.opened.octets, (64u << 20) + 2);
	begun_ms = clock_ms();
	end_role();
	assert_true(clock_ms() - begun_ms < SOON_MS);
	begin_role();
}

static void await_lock(int fd)
{
	for (unsigned i = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
		assert_true(i < SOON_MS / 10);
		usleep(10000);
	}
}

/* The locks are given back long before all would have been read. */
static void test_a_session_process_that_ends(void **state)
{
	struct packet p;

	(void)state;
	begin_slow_ones();
	assert_int_equal(try_open(2, 1, "slow0", &p), STATUS_IN_USE);
	fd_close(&session[0]);
	for (unsigned i = 0; i < SLOW; i++) {
		char path[160];
		int fd;

		snprintf(path, sizeof(path), "%s/slow%u", d.root, i);
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		await_lock(fd);
		close(fd);
	}
}

static void test_sizes(void **state)
{
	struct packet p;

	(void)state;
	put_hole("box", "1.large", 5 * GIB);
	put_hole("box", "2.small", 5);
	assert_int_equal(try_open(1, 1, "box", &p), STATUS_OK);
	assert_int_equal(p.as.opened.count, 2);
	assert_int_equal(p.as.opened.octets, 5 * GIB + 2 + 7);
	commit(session[0], 1, p.as.opened.handle, 0, 0, 0);
	make_slow("over", MAILDROP_MESSAGE_OCTETS_MAX + 1);
	assert_int_equal(try_open(1, 2, "over", &p), STATUS_PERM);
	make_slow("far-over", 8192 * GIB);
	assert_int_equal(try_open(1, 3, "far-over", &p), STATUS_PERM);
}

static bool is_box_cached(void)
{
	struct cache_head head;
	struct stat st;

	assert_int_equal(stat(d.box, &st), 0);
	return cache_find(serve.drops.cache,
			  (struct cache_id){ st.st_dev, st.st_ino }, &head);
}

/* The slow lane is about to write a list into the cache, which takes as long as
 * this thread pleases: it has LMDB's only writer. */
static void test_a_log_in_while_the_lane_writes(void **state)
{
	struct cache *c = serve.drops.cache;
	struct packet p;
	uint64_t handle;
	MDB_txn *txn;

	(void)state;
	deliver_many(10);
	make_slow("slow0", GIB / 4);
	assert_int_equal(mdb_txn_begin(c->env, NULL, 0, &txn), 0);
	grant(1, 1, "slow0");
	while (c->slow == 0) {
		usleep(1000);
	}
	handle = open_box(2, 2, 10);
	commit(session[1], 2, handle, 0, 0, 0);
	assert_false(is_box_cached());
	mdb_txn_abort(txn);
	receive(session[0], &p, PACKET_OPENED);
	assert_int_equal(p.as.opened.status, STATUS_OK);
	while (c->slow != 0) {
		usleep(1000);
	}
	handle = open_box(2, 3, 10);
	commit(session[1], 3, handle, 0, 0, 0);
	assert_true(is_box_cached());
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_others_are_served_meanwhile),
		TEST(test_a_session_process_that_ends),
		TEST(test_sizes),
		TEST(test_a_log_in_while_the_lane_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
