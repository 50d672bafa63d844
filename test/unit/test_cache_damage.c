// SPDX-License-Identifier: ISC
/*
 * test_cache_damage.c - a cache that is overwritten, cut, of another version or
 * boot, deleted, or on a disk that is full or not to be written: it costs time,
 * and never tells what was not put into it.
 */
#include "unit.h"

#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "cache_lists.h"

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

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_marker),
		TEST(test_killed),
		TEST(test_files_that_are_none_of_lmdb),
		TEST(test_every_page_damaged),
		TEST(test_deleted_while_in_use),
		TEST(test_no_room_on_the_disk),
		TEST(test_read_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
