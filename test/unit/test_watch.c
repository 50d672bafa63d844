// SPDX-License-Identifier: ISC
/*
 * test_watch.c - changes of certificates' files are seen, once, when they are
 * complete.
 */
#include "pem_dir.h"

#include <sys/stat.h>

#include "master/watch.h"

static struct pem_dir dir;
static struct config config;
static struct watch watch;
static struct tls_stamps in_force;
static struct conf_faults faults;
static uint64_t now_ms;

/* The next look. */
static enum watch_result look(void)
{
	now_ms += WATCH_PAUSE_MS;
	return watch_look(&watch, "x.conf", &config, &in_force, now_ms,
			  &faults);
}

/* A certificate and its key, in force, and looked at twice. */
static int setup(void **state)
{
	(void)state;
	memset(&config, 0, sizeof(config));
	memset(&watch, 0, sizeof(watch));
	pem_dir_init(&dir);
	config.certificate.count = 1;
	config.private_key.count = 1;
	pem_dir_put_path(&dir, "c.pem", config.certificate.path[0],
			 sizeof(config.certificate.path[0]));
	pem_dir_put_path(&dir, "k.pem", config.private_key.path[0],
			 sizeof(config.private_key.path[0]));
	pem_dir_write(&dir, "c.pem", &dir.one, NULL);
	pem_dir_write(&dir, "k.pem", NULL, &dir.one);
	tls_stamps_look(&config, &in_force);
	assert_int_equal(look(), WATCH_SAME);
	assert_int_equal(look(), WATCH_SAME);
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = { "c.pem", "k.pem", "ca.pem", "new",
					     NULL };

	(void)state;
	return pem_dir_finish(&dir, names);
}

static void replace_both(const struct issued *by)
{
	pem_dir_write(&dir, "c.pem", by, NULL);
	pem_dir_write(&dir, "k.pem", NULL, by);
}

static void a_change_is_reported_once(void **state)
{
	(void)state;
	replace_both(&dir.other);
	assert_int_equal(look(), WATCH_SAME);
	assert_int_equal(look(), WATCH_CHANGED);
	assert_int_equal(look(), WATCH_SAME);
	tls_stamps_look(&config, &in_force);
	assert_int_equal(look(), WATCH_SAME);
	replace_both(&dir.one);
	assert_int_equal(look(), WATCH_SAME);
	assert_int_equal(look(), WATCH_CHANGED);
}

/* Looking costs something. */
static void nothing_is_looked_at_before_its_time(void **state)
{
	(void)state;
	replace_both(&dir.other);
	assert_int_equal(look(), WATCH_SAME);
	assert_int_equal(watch_look(&watch, "x.conf", &config, &in_force,
				    now_ms + WATCH_PAUSE_MS - 1, &faults),
			 WATCH_SAME);
	assert_int_equal(look(), WATCH_CHANGED);
}

static void what_is_still_changing_is_waited_for(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		replace_both(i % 2 == 0 ? &dir.other : &dir.one);
		assert_int_equal(look(), WATCH_SAME);
	}
	assert_int_equal(look(), WATCH_CHANGED);
}

static void half_a_change_is_told_and_then_completed(void **state)
{
	(void)state;
	pem_dir_write(&dir, "c.pem", &dir.other, NULL);
	assert_int_equal(look(), WATCH_SAME);
	assert_int_equal(look(), WATCH_UNSOUND);
	assert_int_equal(faults.count, 1);
	assert_non_null(strstr(faults.fault[0].text,
			       "k.pem: holds the private key of another "
			       "certificate"));
	assert_int_equal(look(), WATCH_SAME);
	pem_dir_write(&dir, "k.pem", NULL, &dir.other);
	assert_int_equal(look(), WATCH_SAME);
	assert_int_equal(look(), WATCH_CHANGED);
}

static void a_file_that_vanishes_is_told(void **state)
{
	(void)state;
	pem_dir_remove(&dir, "k.pem");
	assert_int_equal(look(), WATCH_SAME);
	assert_int_equal(look(), WATCH_UNSOUND);
	assert_non_null(strstr(faults.fault[0].text, "k.pem: No such file"));
	assert_null(strstr(faults.fault[0].text, "cert make"));
	assert_int_equal(look(), WATCH_SAME);
}

/* As certbot does it: neither the directory nor the file that was read
 * changes. */
static void a_link_to_another_file_is_a_change(void **state)
{
	char link[128];

	(void)state;
	pem_dir_remove(&dir, "c.pem");
	pem_dir_write(&dir, "new", &dir.one, NULL);
	pem_dir_put_path(&dir, "c.pem", link, sizeof(link));
	assert_int_equal(symlink("new", link), 0);
	assert_int_equal(look(), WATCH_SAME);
	assert_int_equal(look(), WATCH_CHANGED);
}

/* The size and the time of writing are as they were. */
static void other_octets_in_the_same_file_are_a_change(void **state)
{
	struct stat before;
	int fd = open(config.certificate.path[0], O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(fstat(fd, &before), 0);
	usleep(20000); /* the kernel's clock of files has steps */
	assert_int_equal(write(fd, "-", 1), 1);
	assert_int_equal(
	    futimens(fd, (const struct timespec[]){ before.st_atim,
						    before.st_mtim }),
	    0);
	close(fd);
	assert_int_equal(look(), WATCH_SAME);
	assert_int_equal(look(), WATCH_CHANGED);
}

static void the_clients_ca_is_watched_too(void **state)
{
	(void)state;
	pem_dir_write(&dir, "ca.pem", &dir.one, NULL);
	pem_dir_put_path(&dir, "ca.pem", config.client_ca,
			 sizeof(config.client_ca));
	tls_stamps_look(&config, &in_force);
	assert_int_equal(look(), WATCH_SAME);
	assert_int_equal(look(), WATCH_SAME);
	pem_dir_write(&dir, "ca.pem", NULL, &dir.one);
	assert_int_equal(look(), WATCH_SAME);
	assert_int_equal(look(), WATCH_UNSOUND);
	assert_non_null(strstr(faults.fault[0].text, "tls_client_ca: "));
}

/* No memory, or no place for another generation: that passes. */
static void what_was_not_taken_is_tried_again(void **state)
{
	uint64_t reported_ms;

	(void)state;
	replace_both(&dir.other);
	assert_int_equal(look(), WATCH_SAME);
	assert_int_equal(look(), WATCH_CHANGED);
	reported_ms = now_ms;
	while (look() == WATCH_SAME) {
		assert_true(now_ms < reported_ms + WATCH_AGAIN_MS);
	}
	assert_true(now_ms >= reported_ms + WATCH_AGAIN_MS);
	tls_stamps_look(&config, &in_force);
	for (int i = 0; i < 30; i++) {
		assert_int_equal(look(), WATCH_SAME);
	}
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		ROW(a_change_is_reported_once),
		ROW(nothing_is_looked_at_before_its_time),
		ROW(what_is_still_changing_is_waited_for),
		ROW(half_a_change_is_told_and_then_completed),
		ROW(a_file_that_vanishes_is_told),
		ROW(a_link_to_another_file_is_a_change),
		ROW(other_octets_in_the_same_file_are_a_change),
		ROW(the_clients_ca_is_watched_too),
		ROW(what_was_not_taken_is_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
