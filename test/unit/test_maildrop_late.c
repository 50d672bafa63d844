// SPDX-License-Identifier: ISC
/*
 * test_maildrop_late.c - lists that the log-in did not need: asked for later,
 * they are those of the log-in, whatever has become of the mail and of the
 * cache meanwhile; or there is none, and nothing is lost.
 */
#include "unit.h"

#include "cache_impl.h"
#include "limits.h"
#include "maildrop_role.h"

#define MANY  200u  /* their list fits no packet */
#define LARGE 5000u /* and that of these, with long names, is 1.2 MiB */

static struct cache_id box_id(void)
{
	struct stat st;

	assert_int_equal(stat(d.box, &st), 0);
	return (struct cache_id){ st.st_dev, st.st_ino };
}

static void forget(void)
{
	cache_forget(serve.drops.cache, box_id());
}

/* The cache's own words can be believed now. */
static void settle(unsigned count)
{
	uint64_t handle;

	age_box();
	handle = open_box(1, 1000, count);
	commit(session[0], 1000, handle, 0, 0, 0);
}

static void fill(unsigned count)
{
	deliver_many(count);
	settle(count);
}

/* A list for the slow lane. */
static void fill_large(void)
{
	for (unsigned i = 0; i < LARGE; i++) {
		char name[256];

		snprintf(name, sizeof(name), "new/%u.%0200u", 1000 + i, i);
		mail_dir_put(&d, name, "text\n");
	}
	settle(LARGE);
}

static void assert_is_large(void)
{
	struct cache_head head;

	assert_true(cache_find(serve.drops.cache, box_id(), &head));
	assert_true(head.body_len > MAILDROP_DIRECT_OCTETS_MAX);
}

static enum packet_status ask_listing(int fd, uint64_t conn, uint64_t handle)
{
	struct packet p;

	send_handle(fd, PACKET_GET_LISTING, conn, handle);
	receive(fd, &p, PACKET_LISTING);
	fd_close(&p.fd);
	return (enum packet_status)p.as.listing.status;
}

/* Its value is there and its body is not what it says. */
static void damage(void)
{
	struct cache_id id = box_id();
	struct cache *c = serve.drops.cache;
	MDB_val key = { sizeof(id), &id };
	MDB_val value;
	MDB_txn *txn;
	uint8_t *octets;

	assert_int_equal(mdb_txn_begin(c->env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_get(txn, c->dbi, &key, &value), 0);
	octets = malloc(value.mv_size);
	assert_non_null(octets);
	memcpy(octets, value.mv_data, value.mv_size);
	octets[value.mv_size - 5] ^= 0x20;
	value.mv_data = octets;
	assert_int_equal(mdb_put(txn, c->dbi, &key, &value, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	free(octets);
}

/* What the log-in, which asks for no list, does of the work. */
static void test_a_poll_loads_no_list(void **state)
{
	struct drop_grant as = { .user = (const uint8_t *)"alice",
				 .path = (const uint8_t *)"box",
				 .user_len = 5,
				 .path_len = 3 };
	struct drop *drop;

	(void)state;
	fill(MANY);
	assert_int_equal(drop_open(&serve.drops, &as, &drop), STATUS_OK);
	assert_int_equal(drop_count_mail(drop, NULL), STATUS_OK);
	assert_true(drop_is_counted(drop));
	assert_int_equal(drop_count(drop), MANY);
	assert_int_equal(drop_octets(drop), MANY * 6);
	assert_false(drop_is_loaded(drop));
	assert_int_equal(drop_load(drop, NULL), STATUS_OK);
	assert_true(drop_is_loaded(drop));
	drop_release(drop);
}

/* The list that was counted at the log-in is the one that is sent later, even
 * if the cache loses it meanwhile and mail comes. */
static void test_a_list_that_the_cache_loses(void **state)
{
	const uint8_t marks[] = { 0x01 };
	struct cache_id id;
	struct stat st;
	uint64_t handle;

	(void)state;
	deliver_many(200);
	age_box();
	handle = open_box(1, 1, 200);
	commit(session[0], 1, handle, 0, 0, 0);
	assert_int_equal(stat(d.box, &st), 0);
	id = (struct cache_id){ st.st_dev, st.st_ino };
	handle = open_box(1, 2, 200);
	cache_forget(serve.drops.cache, id);
	mail_dir_put(&d, "new/9999.late", "late\n");
	mail_dir_rename(&d, "new/1000.M0P1.host", "cur/1000.M0P1.host:2,S");
	get_listing(session[0], 2, handle, 200);
	send_mark(session[0], 2, handle, 0, marks, 1);
	commit(session[0], 2, handle, 1, 1, 0);
	handle = open_box(1, 3, 200);
	get_listing(session[0], 3, handle, 200);
}

/* Flags change, mail comes: the list is that of the log-in. */
static void test_a_list_that_is_damaged(void **state)
{
	uint64_t handle;
	char text[32];

	(void)state;
	fill(MANY);
	handle = open_box(1, 2, MANY);
	damage();
	mail_dir_put(&d, "new/9999.late", "late\n");
	mail_dir_rename(&d, "new/1000.M0P1.host", "cur/1000.M0P1.host:2,S");
	/* TOP asks for no list */
	assert_int_equal(fetch(session[0], 2, handle, 0, text, sizeof(text)),
			 STATUS_OK);
	get_listing(session[0], 2, handle, MANY);
	commit(session[0], 2, handle, 0, 0, 0);
	handle = open_box(1, 3, MANY + 1);
	get_listing(session[0], 3, handle, MANY + 1);
}

/* It changed, and nobody knows any more what it was. */
static void judge_lost(uint32_t count)
{
	const uint8_t marks[] = { 0x01 };
	char text[32];
	uint64_t handle;

	handle = open_box(1, 2, MANY);
	forget();
	mail_dir_unlink(&d, "new/1007.M7P1.host");
	if (count == MANY) {
		mail_dir_put(&d, "new/9999.late", "text\n");
	}
	assert_int_equal(ask_listing(session[0], 2, handle), STATUS_TEMP);
	assert_int_equal(ask_listing(session[0], 2, handle), STATUS_TEMP);
	assert_int_equal(fetch(session[0], 2, handle, 0, text, sizeof(text)),
			 STATUS_TEMP);
	send_mark(session[0], 2, handle, 0, marks, 1);
	commit(session[0], 2, handle, 1, 0, 1);
	assert_true(mail_dir_has(&d, "new/1000.M0P1.host"));
	assert_false(is_locked());
	handle = open_box(1, 3, count);
	get_listing(session[0], 3, handle, count);
}

static void test_a_list_that_is_lost(void **state)
{
	(void)state;
	fill(MANY);
	judge_lost(MANY - 1);
}

/* The count and the octets alone do not make it the same one. */
static void test_a_list_that_looks_the_same(void **state)
{
	(void)state;
	fill(MANY);
	judge_lost(MANY);
}

/* Where several sessions may have it open, what one finds at its log-in
 * replaces the cache's record; the others have their lists all the same. */
static void test_a_list_that_was_replaced(void **state)
{
	uint64_t first, second;

	(void)state;
	end_role();
	settings.shared_lock = true;
	settings.sessions_per_user = 2;
	begin_role();
	fill(MANY);
	first = open_box(1, 2, MANY);
	mail_dir_unlink(&d, "new/1007.M7P1.host");
	mail_dir_put(&d, "new/9998.late", "late\n");
	mail_dir_put(&d, "new/9999.late", "late\n");
	second = open_box(2, 3, MANY + 1);
	get_listing(session[0], 2, first, MANY);
	get_listing(session[1], 3, second, MANY + 1);
}

/* Another generation has the same cache open, and may end before us. */
static void test_a_second_generation(void **state)
{
	struct cache *other;
	struct cache_head head;
	char path[160];
	uint64_t handle;

	(void)state;
	fill(MANY);
	snprintf(path, sizeof(path), "%s/sizes", d.cache);
	handle = open_box(1, 2, MANY);
	other = cache_open(path, 64u << 20, false);
	assert_true(cache_find(other, box_id(), &head));
	assert_int_equal(head.count, MANY);
	cache_forget(other, box_id());
	cache_close(&other);
	get_listing(session[0], 2, handle, MANY);
	commit(session[0], 2, handle, 0, 0, 0);
}

static void await_listings(unsigned count, unsigned least)
{
	unsigned good = 0;
	struct packet p;

	for (unsigned i = 0; i < count; i++) {
		receive(session[0], &p, PACKET_LISTING);
		good += p.as.listing.status == STATUS_OK;
		fd_close(&p.fd);
	}
	assert_true(good >= least);
}

/* One that asks again without an answer gets one for each, and no more of the
 * lane than others. */
static void test_the_slow_lane(void **state)
{
	const uint8_t marks[] = { 0x01 };
	uint64_t handle;
	char text[32];

	(void)state;
	fill_large();
	assert_is_large();
	handle = open_box(1, 2, LARGE);
	get_listing(session[0], 2, handle, LARGE);
	commit(session[0], 2, handle, 0, 0, 0);
	handle = open_box(1, 3, LARGE);
	assert_int_equal(fetch(session[0], 3, handle, 7, text, sizeof(text)),
			 STATUS_OK);
	commit(session[0], 3, handle, 0, 0, 0);
	handle = open_box(1, 4, LARGE);
	for (unsigned i = 0; i < 20; i++) {
		send_handle(session[0], PACKET_GET_LISTING, 4, handle);
	}
	await_listings(20, 1);
	commit(session[0], 4, handle, 0, 0, 0);
	handle = open_box(1, 5, LARGE);
	send_mark(session[0], 5, handle, 0, marks, 1);
	commit(session[0], 5, handle, 1, 1, 0);
	(void)open_box(1, 6, LARGE - 1);
}

/* Its offence is seen in the lane. */
static void test_a_liar_in_the_slow_lane(void **state)
{
	struct packet p;
	uint64_t handle;

	(void)state;
	fill_large();
	handle = open_box(1, 2, LARGE);
	packet_init(&p, PACKET_FETCH);
	p.as.fetch.conn = 2;
	p.as.fetch.handle = handle;
	p.as.fetch.idx = LARGE;
	send_packet(session[0], &p);
	assert_dropped(session[0]);
	await_unlock();
	handle = open_box(2, 3, LARGE);
	commit(session[1], 3, handle, 0, 0, 0);
}

/* A session process that ends while its list is loaded. */
static void test_nobody_waits_any_more(void **state)
{
	uint64_t handle;

	(void)state;
	fill_large();
	handle = open_box(1, 2, LARGE);
	send_handle(session[0], PACKET_GET_LISTING, 2, handle);
	fd_close(&session[0]);
	await_unlock();
	handle = open_box(2, 3, LARGE);
	commit(session[1], 3, handle, 0, 0, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_poll_loads_no_list),
		TEST(test_a_list_that_the_cache_loses),
		TEST(test_a_list_that_is_damaged),
		TEST(test_a_list_that_is_lost),
		TEST(test_a_list_that_looks_the_same),
		TEST(test_a_list_that_was_replaced),
		TEST(test_a_second_generation),
		TEST(test_the_slow_lane),
		TEST(test_a_liar_in_the_slow_lane),
		TEST(test_nobody_waits_any_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
