// SPDX-License-Identifier: ISC
/*
 * test_cache.c - the cache of lists: kept, found, replaced, full, damaged, of
 * another version, of another boot, and gone.
 */
#include "unit.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "base/log.h"
#include "cache.h"
#include "mail_dir.h"

#define MIB (1024u * 1024u)

static struct mail_dir d;
static char dir[160];

static int begin_test(void **state)
{
	(void)state;
	mail_dir_init(&d);
	snprintf(dir, sizeof(dir), "%s/sizes", d.cache);
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	mail_dir_finish(&d);
	return 0;
}

/* A list of count messages whose sizes begin at octets. */
static struct store_list make_list(uint32_t count, uint64_t octets)
{
	struct snapshot_item *items = calloc(count, sizeof(*items));
	char(*names)[24] = calloc(count, sizeof(*names));
	struct store_list list = { .settled = STORE_SETTLED_ALL };
	size_t len;

	assert_true(items != NULL && names != NULL);
	for (uint32_t i = 0; i < count; i++) {
		snprintf(names[i], sizeof(names[i]), "new/%010u", i);
		items[i] = (struct snapshot_item){
			.octets = octets + i,
			.stored = octets + i,
			.name = (const uint8_t *)names[i],
			.uid = (const uint8_t *)names[i] + 4,
			.name_len = 14,
			.uid_len = 10,
		};
	}
	assert_true(snapshot_size(items, count, &len));
	assert_int_equal(listing_create(&list.listing, len), 0);
	snapshot_build(list.listing.memory, len, items, count);
	assert_int_equal(listing_seal(&list.listing), 0);
	list.state.stamps[0].mtime_ns = (int64_t)octets;
	free(items);
	free(names);
	return list;
}

static struct cache_id id_of(uint64_t n)
{
	return (struct cache_id){ 42, n };
}

static void put(struct cache *c, uint64_t n, uint32_t count, uint64_t octets)
{
	struct store_list list = make_list(count, octets);

	(void)cache_put(c, id_of(n), &list);
	listing_finish(&list.listing);
}

/* Whether that list is kept, as it was put. */
static bool has(struct cache *c, uint64_t n, uint32_t count, uint64_t octets)
{
	struct store_list list = make_list(count, octets);
	struct listing l = LISTING_NONE;
	struct cache_head head;
	bool found = cache_find(c, id_of(n), &head) && cache_load(c, &head, &l);

	if (found) {
		assert_int_equal(head.count, count);
		assert_int_equal(head.settled, STORE_SETTLED_ALL);
		assert_memory_equal(&head.state, &list.state,
				    sizeof(head.state));
		assert_int_equal(l.len, list.listing.len);
		assert_memory_equal(l.memory, list.listing.memory, l.len);
		assert_int_equal(l.fd != -1, l.len > 4096);
		listing_finish(&l);
	}
	listing_finish(&list.listing);
	return found;
}

static struct cache *open_cache(void)
{
	struct cache *c = cache_open(dir, MIB, false);

	assert_non_null(c);
	return c;
}

static void test_none(void **state)
{
	struct cache *c = NULL;
	struct cache_head head;

	(void)state;
	assert_false(cache_find(c, id_of(1), &head));
	put(c, 1, 3, 10);
	cache_forget(c, id_of(1));
	cache_close(&c);
	assert_null(cache_open("/nowhere/at/all", MIB, false));
}

static void test_kept_replaced_forgotten(void **state)
{
	struct cache *c = open_cache();
	struct cache_head head;

	(void)state;
	assert_false(cache_find(c, id_of(1), &head));
	put(c, 1, 3, 10);
	put(c, 2, 500, 20);
	assert_true(has(c, 1, 3, 10));
	assert_true(has(c, 2, 500, 20));
	put(c, 1, 4, 11);
	assert_true(has(c, 1, 4, 11));
	cache_close(&c);
	assert_null(c);
	c = open_cache();
	assert_true(has(c, 1, 4, 11));
	assert_true(has(c, 2, 500, 20));
	cache_forget(c, id_of(1));
	assert_false(cache_find(c, id_of(1), &head));
	assert_true(has(c, 2, 500, 20));
	cache_close(&c);
	c = cache_open(dir, MIB, true);
	assert_false(cache_find(c, id_of(2), &head));
	cache_close(&c);
}

/* The head that a session was opened with is of a list that is replaced. */
static void test_a_head_of_before(void **state)
{
	struct cache *c = open_cache();
	struct listing l = LISTING_NONE;
	struct cache_head head;

	(void)state;
	put(c, 1, 300, 10);
	assert_true(cache_find(c, id_of(1), &head));
	put(c, 1, 300, 11);
	assert_false(cache_load(c, &head, &l));
	put(c, 1, 300, 10);
	assert_true(cache_load(c, &head, &l));
	listing_finish(&l);
	cache_close(&c);
}

static void test_full(void **state)
{
	struct cache *c = open_cache();
	struct cache_head head;
	unsigned kept = 0;

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		put(c, i, 500, i);
		kept += has(c, i, 500, i);
	}
	/* each time that it is full it is emptied, and then fills again */
	assert_true(kept > 250);
	for (unsigned i = 0; i < 4; i++) {
		put(c, 400, 5, 5); /* the pages are free two changes later */
	}
	put(c, 1000, 6000, 1); /* too large a part of it: not kept */
	assert_false(cache_find(c, id_of(1000), &head));
	assert_true(has(c, 400, 5, 5));
	cache_close(&c);
}

static void file_of(char path[200], const char *name)
{
	snprintf(path, 200, "%s/%s", dir, name);
}

static void overwrite(const char *name, const void *at, size_t len, off_t off)
{
	char path[200];
	int fd;

	file_of(path, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, at, len, off), (ssize_t)len);
	close(fd);
}

static void cut(const char *name, off_t len)
{
	char path[200];

	file_of(path, name);
	assert_int_equal(truncate(path, len), 0);
}

static void fill(void)
{
	struct cache *c = open_cache();

	put(c, 1, 3, 10);
	cache_close(&c);
}

static void assert_anew(void)
{
	struct cache *c = open_cache();

	assert_false(has(c, 1, 3, 10));
	put(c, 1, 3, 10);
	assert_true(has(c, 1, 3, 10));
	cache_close(&c);
}

static void test_the_marker(void **state)
{
	static const char *const bad[] = {
		"",
		"restante sizes 0 ended\n",
		"restante sizes 2 ended\n",
		"restante sizes 1 00000000-0000-0000-0000-000000000000\n",
		"restante sizes 1 ?\n",
		"restante sizes 1 ended"
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		fill();
		cut("marker", 0);
		overwrite("marker", bad[i], strlen(bad[i]), 0);
		assert_anew();
	}
}

/* Killed, and started again in the same boot: nothing is lost. */
static void test_killed(void **state)
{
	struct cache *c;
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0) {
		c = cache_open(dir, MIB, false);
		put(c, 1, 3, 10);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	c = open_cache();
	assert_true(has(c, 1, 3, 10));
	cache_close(&c);
}

static void test_files_that_are_none_of_lmdb(void **state)
{
	uint8_t junk[8192];
	struct cache *c;

	(void)state;
	for (size_t i = 0; i < sizeof(junk); i++) {
		junk[i] = (uint8_t)(i * 31 + 7);
	}
	fill();
	overwrite("data.mdb", junk, sizeof(junk), 0);
	assert_anew();
	cut("data.mdb", 0);
	assert_anew();
	cut("data.mdb", 100);
	assert_anew();
	overwrite("lock.mdb", junk, sizeof(junk), 0);
	c = open_cache(); /* nobody has it open, so LMDB makes another one */
	assert_true(has(c, 1, 3, 10));
	cache_close(&c);
}

/* What a process makes of a cache with one page of it overwritten: it may find
 * nothing, or die of it (the next one begins anew), but it finds no list that
 * was never put. */
static int use_damaged(void)
{
	struct cache *c = cache_open(dir, MIB, false);
	struct cache_head head;
	int wrong = 0;

	for (uint64_t n = 0; c != NULL && n < 20; n++) {
		struct listing l = LISTING_NONE;
		struct snapshot s;

		if (cache_find(c, id_of(n), &head) &&
		    cache_load(c, &head, &l)) {
			wrong +=
			    !listing_view(&l, &s) || !snapshot_is_sound(&s) ||
			    s.head->count != 100 || s.entries[0].octets != n;
		}
		listing_finish(&l);
	}
	return wrong;
}

static void test_every_page_damaged(void **state)
{
	struct cache *c = open_cache();
	char path[200];
	struct stat st;
	uint8_t junk[64];

	(void)state;
	for (uint64_t n = 0; n < 20; n++) {
		put(c, n, 100, n);
	}
	cache_close(&c);
	memset(junk, 0xa5, sizeof(junk));
	file_of(path, "data.mdb");
	assert_int_equal(stat(path, &st), 0);
	for (off_t off = 0; off < st.st_size; off += 1000) {
		uint8_t was[sizeof(junk)] = { 0 };
		int fd = open(path, O_RDWR | O_CLOEXEC);
		ssize_t n = pread(fd, was, sizeof(was), off);
		int status;
		pid_t child;

		assert_true(n > 0);
		assert_int_equal(pwrite(fd, junk, (size_t)n, off), n);
		child = fork();
		if (child == 0) {
			if (freopen("/dev/null", "w", stderr) == NULL) {
				_exit(2);
			}
			_exit(use_damaged() != 0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
		if (stat(path, &st) == 0 && st.st_size > off) {
			assert_int_equal(pwrite(fd, was, (size_t)n, off), n);
		}
		close(fd);
	}
	c = cache_open(dir, MIB, true);
	assert_non_null(c);
	put(c, 1, 100, 1);
	assert_true(has(c, 1, 100, 1));
	cache_close(&c);
}

static void test_deleted_while_in_use(void **state)
{
	struct cache *c = open_cache();

	(void)state;
	put(c, 1, 3, 10);
	mail_dir_remove(dir);
	assert_true(has(c, 1, 3, 10));
	put(c, 2, 4, 11);
	assert_true(has(c, 2, 4, 11));
	cache_close(&c);
	assert_anew();
}

static void test_no_room_on_the_disk(void **state)
{
	struct cache *c;

	(void)state;
	if (mount("none", d.cache, "tmpfs", 0, "size=128k") < 0) {
		skip();
	}
	c = open_cache();
	for (unsigned i = 0; i < 100; i++) {
		put(c, i, 100, i);
		put(c, i, 1, i);
	}
	cache_close(&c);
	c = open_cache();
	put(c, 1, 1, 1);
	cache_close(&c);
	assert_int_equal(umount(d.cache), 0);
}

static void test_read_only(void **state)
{
	struct cache *c;

	(void)state;
	if (mount("none", d.cache, "tmpfs", 0, "size=1m") < 0) {
		skip();
	}
	fill();
	assert_int_equal(
	    mount("none", d.cache, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL), 0);
	c = cache_open(dir, MIB, false);
	assert_null(c);
	assert_int_equal(umount(d.cache), 0);
}

static struct cache *shared;

static void *use_it(void *arg)
{
	uintptr_t self = (uintptr_t)arg;

	for (unsigned i = 0; i < 200; i++) {
		put(shared, self, 3, 10 * self);
		put(shared, 100, 200, 7);
		if (!has(shared, self, 3, 10 * self) ||
		    !has(shared, 100, 200, 7)) {
			return "lost";
		}
		cache_forget(shared, id_of(self));
	}
	return NULL;
}

static void test_threads(void **state)
{
	pthread_t threads[4];

	(void)state;
	shared = cache_open(dir, 16 * MIB, false);
	for (uintptr_t i = 0; i < 4; i++) {
		assert_int_equal(
		    pthread_create(&threads[i], NULL, use_it, (void *)(i + 1)),
		    0);
	}
	for (size_t i = 0; i < 4; i++) {
		void *what;

		assert_int_equal(pthread_join(threads[i], &what), 0);
		assert_null(what);
	}
	cache_close(&shared);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_none),
		TEST(test_kept_replaced_forgotten),
		TEST(test_a_head_of_before),
		TEST(test_full),
		TEST(test_the_marker),
		TEST(test_killed),
		TEST(test_files_that_are_none_of_lmdb),
		TEST(test_every_page_damaged),
		TEST(test_deleted_while_in_use),
		TEST(test_no_room_on_the_disk),
		TEST(test_read_only),
		TEST(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
