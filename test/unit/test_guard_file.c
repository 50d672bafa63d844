// SPDX-License-Identifier: ISC
/*
 * test_guard_file.c - what is remembered over restarts and between generations;
 * files that are damaged, short, or no files; and that a million attackers make
 * the guard forget none of those who matter.
 */
#include "guard_play.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "auth/guard_memory.h"
#include "ipc/guard_file.h"
#include "os/fd.h"

static const struct guard_limits limits = { .failures_max = 10,
					    .failures_ms = 10 * MINUTE,
					    .login_delay_s = 60,
					    .login_burst = 1 };

static char dir[64], path[96];
static int fd;
static struct guard *g;

static int begin_test(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/restante-unit-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/guard", dir);
	fd = guard_file_open(path);
	assert_true(fd >= 0);
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	guard_destroy(&g);
	fd_close(&fd);
	unlink(path);
	assert_int_equal(rmdir(dir), 0);
	return 0;
}

static off_t size_of_file(void)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return st.st_size;
}

/* As a restart does. */
static void again(const struct guard_limits *l, uint64_t now)
{
	guard_destroy(&g);
	fd_close(&fd);
	fd = guard_file_open(path);
	assert_true(fd >= 0);
	g = make_guard(fd, l, now);
}

static void fill(void)
{
	guard_destroy(&g);
	g = make_guard(fd, &limits, NOW);
	fail_times(g, "u", v4(1), NOW, 10);
	succeed(g, "u", v4(7), NOW);
	(void)!guard_may_log_in(g, text_of("u"), NOW);
}

static bool is_remembered(uint64_t now)
{
	bool refuses = is_refused(g, "u", v4(1), now);
	bool knows = look(g, "u", v4(7), now).is_familiar;

	assert_int_equal(refuses, knows);
	assert_int_equal(refuses, !guard_may_log_in(g, text_of("u"), now));
	return refuses;
}

static void a_restart_forgets_nothing(void **state)
{
	struct stat st;

	(void)state;
	fill();
	again(&limits, NOW + SECOND);
	assert_true(is_remembered(NOW + SECOND));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, GUARD_FILE_OCTETS);
	assert_true(st.st_blocks * 512 >= GUARD_FILE_OCTETS);
}

static void without_a_file_a_guard_is_alone(void **state)
{
	struct guard *other = make_guard(-1, &limits, NOW);

	(void)state;
	fill();
	assert_false(is_refused(other, "u", v4(1), NOW));
	guard_destroy(&other);
}

/* A count of 8 stays one whatever it decays by from then on. */
static void another_half_life_keeps_the_counts(void **state)
{
	struct guard_limits slow = limits;

	(void)state;
	slow.failures_ms = 24 * HOUR;
	g = make_guard(fd, &limits, NOW);
	fail_times(g, "u", v4(1), NOW, 10);
	fail_times(g, "w", v4(2), NOW, 9);
	again(&slow, NOW);
	assert_true(is_refused(g, "u", v4(1), NOW));
	assert_false(is_refused(g, "w", v4(2), NOW));
	assert_true(is_refused(g, "u", v4(1), NOW + HOUR));
	assert_int_equal(fail_once(g, "w", v4(2), NOW), 15000);
	assert_true(is_refused(g, "w", v4(2), NOW));
	again(&limits, NOW + 24 * HOUR); /* 10 have become 5 */
	assert_false(is_refused(g, "u", v4(1), NOW + 24 * HOUR));
	assert_int_equal(fail_once(g, "u", v4(1), NOW + 24 * HOUR), 2000);
}

/* The first process fails, the second finds it refused while both run. */
static void generations_share_what_they_know(void **state)
{
	int pair[2], status;
	char octet = 0;
	pid_t pid;

	(void)state;
	g = make_guard(fd, &limits, NOW);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct guard *own = guard_create(fd, &limits, NOW);
		bool ok = read(pair[1], &octet, 1) == 1 && own != NULL &&
			  is_refused(own, "u", v4(1), NOW);

		fail_times(own, "w", v4(2), NOW, 10);
		ok = ok && write(pair[1], "", 1) == 1;
		guard_destroy(&own);
		guard_destroy(&g);
		_exit(ok ? 0 : 1);
	}
	fail_times(g, "u", v4(1), NOW, 10);
	assert_false(is_refused(g, "w", v4(2), NOW));
	assert_int_equal(write(pair[0], "", 1), 1);
	assert_int_equal(read(pair[0], &octet, 1), 1);
	assert_true(is_refused(g, "w", v4(2), NOW));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(pair[0]);
	close(pair[1]);
}

#define CHILDREN 4
#define EACH     500

/* None of the failures is lost between processes that count at once. */
static void processes_count_exactly(void **state)
{
	struct guard_limits high = limits;
	pid_t pids[CHILDREN];

	(void)state;
	high.failures_max = CHILDREN * EACH + 1;
	g = make_guard(fd, &high, NOW);
	fail_times(g, "u", v4(1), NOW, 1);
	for (int i = 0; i < CHILDREN; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0) {
			struct guard *own = guard_create(fd, &high, NOW);
			bool failed;

			if (own != NULL) {
				fail_times(own, "u", v4(1), NOW, EACH);
			}
			failed = own == NULL;
			guard_destroy(&own);
			guard_destroy(&g);
			_exit(failed);
		}
	}
	for (int i = 0; i < CHILDREN; i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	/* but for the rounding of each step */
	high.failures_max = CHILDREN * EACH - 20;
	again(&high, NOW);
	assert_true(is_refused(g, "u", v4(2), NOW));
	high.failures_max = CHILDREN * EACH + 40;
	again(&high, NOW);
	assert_false(is_refused(g, "u", v4(2), NOW));
}

static void flip(off_t at)
{
	uint8_t octet;

	assert_int_equal(pread(fd, &octet, 1, at), 1);
	octet ^= 0x10;
	assert_int_equal(pwrite(fd, &octet, 1, at), 1);
}

static void a_damaged_head_makes_it_new(void **state)
{
	(void)state;
	for (off_t at = 0; at < 40; at++) {
		fill();
		assert_true(is_remembered(NOW));
		guard_destroy(&g);
		flip(at);
		again(&limits, NOW);
		assert_false(is_refused(g, "u", v4(1), NOW));
		assert_false(look(g, "u", v4(7), NOW).is_familiar);
		assert_true(guard_may_log_in(g, text_of("u"), NOW));
	}
}

/* Whatever stands in the tables, questions are answered and counts kept. */
static void damaged_tables_do_no_harm(void **state)
{
	static uint8_t junk[65536];

	(void)state;
	fill();
	guard_destroy(&g);
	for (off_t at = 4096; at < (off_t)GUARD_FILE_OCTETS;
	     at += (off_t)sizeof(junk)) {
		randombytes_buf(junk, sizeof(junk));
		assert_true(pwrite(fd, junk, sizeof(junk), at) > 0);
	}
	again(&limits, NOW);
	for (uint32_t i = 0; i < 1000; i++) {
		char user[] = { (char)('a' + i % 26), (char)('a' + i / 26), 0 };

		(void)is_refused(g, user, v4(i), NOW);
		(void)!guard_may_log_in(g, text_of(user), NOW);
		succeed(g, user, v4(i), NOW);
		assert_true(look(g, user, v4(i), NOW).is_familiar);
	}
}

static void a_short_file_is_made_whole(void **state)
{
	static const off_t sizes[] = {
		0, 1, 39, 40, 4095, 4096, 65537, (off_t)GUARD_FILE_OCTETS - 1
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		fill();
		guard_destroy(&g);
		assert_int_equal(ftruncate(fd, sizes[i]), 0);
		/* without the master's help */
		g = make_guard(fd, &limits, NOW);
		assert_int_equal(size_of_file(), GUARD_FILE_OCTETS);
		for (uint32_t n = 0; n < 20000; n++) {
			fail_times(g, "x", v4(n), NOW, 1);
		}
		assert_true(is_refused(g, "x", v4(1), NOW));
		guard_destroy(&g);
		unlink(path);
		again(&limits, NOW);
		guard_destroy(&g);
	}
}

static void what_is_no_file_is_refused(void **state)
{
	char other[128];
	int pipes[2];

	(void)state;
	assert_int_equal(guard_file_open(dir), -EINVAL);
	snprintf(other, sizeof(other), "%s/link", dir);
	assert_int_equal(symlink(path, other), 0);
	assert_int_equal(guard_file_open(other), -EINVAL);
	unlink(other);
	assert_int_equal(mkfifo(other, 0600), 0);
	assert_int_equal(guard_file_open(other), -EINVAL);
	unlink(other);
	snprintf(other, sizeof(other), "%s/none/guard", dir);
	assert_int_equal(guard_file_open(other), -ENOENT);
	/* and done without */
	assert_int_equal(pipe(pipes), 0);
	g = make_guard(pipes[0], &limits, NOW);
	fail_times(g, "u", v4(1), NOW, 10);
	assert_true(is_refused(g, "u", v4(1), NOW));
	close(pipes[0]);
	close(pipes[1]);
}

#define HEAVY 200u

/* Each of the million tries a name of its own, too. */
static void a_million_addresses_make_it_forget_no_heavy_one(void **state)
{
	unsigned kept = 0, users = 0;
	char user[32];

	(void)state;
	g = make_guard(fd, &limits, NOW);
	for (uint32_t i = 0; i < HEAVY; i++) {
		snprintf(user, sizeof(user), "heavy%u", i);
		fail_times(g, user, v4(i), NOW, 12);
	}
	for (uint32_t i = 0; i < 1000000; i++) {
		snprintf(user, sizeof(user), "many%u", i);
		fail_times(g, user, v4(0x20000000 + i), NOW + i / 1000, 1);
	}
	for (uint32_t i = 0; i < HEAVY; i++) {
		snprintf(user, sizeof(user), "heavy%u", i);
		kept += is_refused(g, "other", v4(i), NOW + SECOND);
		users += is_refused(g, user, v4(0x30000000), NOW + SECOND);
	}
	assert_int_equal(kept, HEAVY);
	assert_int_equal(users, HEAVY);
	/* nor do they take anything from a stranger */
	assert_false(is_refused(g, "stranger", v4(0x40000000), NOW + SECOND));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)
	const struct CMUnitTest tests[] = {
		TEST(a_restart_forgets_nothing),
		TEST(without_a_file_a_guard_is_alone),
		TEST(another_half_life_keeps_the_counts),
		TEST(generations_share_what_they_know),
		TEST(processes_count_exactly),
		TEST(a_damaged_head_makes_it_new),
		TEST(damaged_tables_do_no_harm),
		TEST(a_short_file_is_made_whole),
		TEST(what_is_no_file_is_refused),
		TEST(a_million_addresses_make_it_forget_no_heavy_one),
	};

	log_init("test", LOG_FORM_TERMINAL, LOG_ERROR);
	if (sodium_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
