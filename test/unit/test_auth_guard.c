// SPDX-License-Identifier: ISC
/*
 * test_auth_guard.c - restanted-auth under guessing: floods that delay nobody
 * who is known, answers for all that is asked, sessions that die with work
 * under way, and a memory that outlives the process.
 */
#include "auth_played.h"

#include <pthread.h>
#include <sys/stat.h>
#include <time.h>

#include "auth/app_password.h"
#include "auth/app_use.h"
#include "auth/limits.h"
#include "ipc/guard_file.h"
#include "os/clock.h"

static int guard_fd;
static char guard_path[128];
static char stored[SCHEME_STORED_MAX];

static int begin_test(void **state)
{
	(void)state;
	set_up();
	snprintf(settings.state_dir, sizeof(settings.state_dir), "%s", d.dir);
	snprintf(guard_path, sizeof(guard_path), "%s/guard", d.dir);
	guard_fd = guard_file_open(guard_path);
	assert_true(guard_fd >= 0);
	return 0;
}

static int end_test(void **state)
{
	char apps[160];

	(void)state;
	end_role();
	fd_close(&guard_fd);
	snprintf(apps, sizeof(apps), "%s/app-passwords", d.dir);
	rmdir(apps);
	unlink(guard_path);
	users_dir_finish(&d);
	return 0;
}

static void write_users_as(const char *scheme, const char *more)
{
	char text[3 * SCHEME_STORED_MAX];

	stored_of(scheme, "s", stored);
	snprintf(text, sizeof(text), "a:%s\nb:%s\np:{PLAIN}s\n%s", stored,
		 stored, more);
	write_file(d.path, text);
}

static void write_users(const char *more)
{
	write_users_as("SHA512-CRYPT", more);
}

static uint64_t time_of_grant(void)
{
	uint64_t begun_ms = clock_ms();

	send_login_from(CONN, 0x0a000001, "a", "s");
	expect_grant("aa/Maildir");
	return clock_ms() - begun_ms;
}

/* What the session process is told, read by a thread of its own, since the
 * kernel lets few packets wait in a channel. */
struct reader {
	pthread_t thread;
	uint64_t begun_ms;
	_Atomic uint32_t heard;
	uint32_t watched; /* answers before CONN's */
	uint32_t want;
	_Atomic uint32_t count[STATUS_COUNT];
};

static void *read_answers(void *arg)
{
	struct reader *r = arg;
	struct packet answer;

	for (uint32_t i = 0; i < r->want; i++) {
		if (channel_receive(session, &answer) != CHANNEL_OK) {
			break;
		}
		r->count[answer.as.refused.status % STATUS_COUNT]++;
		if (answer.as.refused.conn == CONN) {
			r->watched = r->heard;
		}
		r->heard++;
	}
	return NULL;
}

static void reader_begin(struct reader *r, uint32_t want)
{
	memset(r, 0, sizeof(*r));
	r->want = want;
	r->begun_ms = clock_ms();
	assert_int_equal(pthread_create(&r->thread, NULL, read_answers, r), 0);
}

/* How long it took until all were there. */
static uint64_t reader_end(struct reader *r)
{
	assert_int_equal(pthread_join(r->thread, NULL), 0);
	return clock_ms() - r->begun_ms;
}

#define FLOOD 600u

/* Wrong passwords from 100 addresses: whoever is in the cache is answered at
 * once, and every attempt of the flood is answered. */
static void a_flood_does_not_delay_who_is_known(void **state)
{
	uint64_t slowest = 0, flood_ms;
	struct reader reader;

	(void)state;
	write_users("");
	begin_role(-1);
	(void)time_of_grant();
	reader_begin(&reader, FLOOD);
	for (uint32_t i = 0; i < FLOOD; i++) {
		send_login_from(i, 0x0b000000 + i % 100, "b", "wrong");
	}
	for (int i = 0; i < 20; i++) {
		uint64_t ms = time_of_grant();

		slowest = ms > slowest ? ms : slowest;
	}
	flood_ms = reader_end(&reader);
	assert_int_equal(reader.count[STATUS_AUTH], FLOOD);
	/* the flood took many hashes, the known none */
	assert_true(slowest * 5 < flood_ms);
}

#define BURST 16u
#define TEN   "0123456789"
#define FORTY TEN TEN TEN TEN
/* A tenth of a second's work, during which the others come. */
#define SLOW "slow:$6$rounds=200000$salt$" FORTY FORTY "012345\n"

/* Nor a stranger's single attempt: it waits for a turn, not for the flood. */
static void one_source_does_not_delay_another(void **state)
{
	struct reader reader;
	uint32_t before;

	(void)state;
	write_users(SLOW);
	settings.hashes_at_once = 1;
	begin_role(-1);
	reader_begin(&reader, BURST + 2);
	send_login_from(BURST, 0x0d000001, "slow", "wrong");
	for (uint32_t i = 0; i < BURST; i++) {
		send_login_from(i, 0x0b000001, "b", "wrong");
	}
	before = reader.heard;
	send_login_from(CONN, 0x0c000001, "b", "wrong");
	(void)reader_end(&reader);
	/* what is at work, and a turn of the other source's */
	assert_true(reader.watched - before <= 2);
	assert_int_equal(reader.count[STATUS_AUTH], BURST + 2);
}

static void a_source_that_asks_too_much_is_told(void **state)
{
	struct reader reader;

	(void)state;
	write_users_as("YESCRYPT", "");
	settings.hashes_at_once = 1;
	begin_role(-1);
	reader_begin(&reader, UINT32_MAX);
	for (uint32_t i = 0; i < POOL_PER_SOURCE + 200; i++) {
		send_login_from(i, 0x0b000001, "b", "wrong");
	}
	for (int i = 0; i < 20000 && reader.count[STATUS_BUSY] == 0; i++) {
		usleep(1000);
	}
	assert_true(reader.count[STATUS_BUSY] > 0);
	/* the others wait, and nobody for them */
	send_login_from(CONN, 0x0c000001, "p", "s");
	expect_grant("pp/Maildir");
	shutdown(session, SHUT_RDWR);
	(void)reader_end(&reader);
}

#define JOBS 200u

/* Its jobs are dropped unmade; its successor with the same id gets no answer of
 * its predecessor's; and the role ends without making them. */
static void a_session_dies_with_work_under_way(void **state)
{
	struct reader reader;
	uint64_t five_ms, begun_ms;

	(void)state;
	write_users_as("YESCRYPT", "");
	settings.hashes_at_once = 1;
	begin_role(-1);
	(void)time_of_grant();
	reader_begin(&reader, 5);
	for (uint32_t i = 0; i < 5; i++) {
		send_login_from(i, 0x0b000000 + i, "b", "wrong");
	}
	five_ms = reader_end(&reader);
	begun_ms = clock_ms();
	for (uint32_t i = 0; i < JOBS; i++) {
		send_login_from(i, 0x0b000000 + i, "b", "wrong");
	}
	fd_close(&session);
	send_channel(ROLE_SESSION, SESSION_ID, &session);
	(void)time_of_grant();
	send_login("p", "wrong");
	expect_refused(STATUS_AUTH);
	end_role();
	assert_true(clock_ms() - begun_ms < five_ms * JOBS / 5 / 2);
	begin_role(-1);
}

static void guessing_is_refused_and_remembered(void **state)
{
	(void)state;
	settings.failures_max = 5;
	settings.failures_ms = 60 * 60 * 1000;
	begin_role(guard_fd);
	for (int i = 0; i < 5; i++) {
		send_login("a", "wrong");
		expect_refused(STATUS_AUTH);
		assert_int_equal(p.as.refused.delay_ms,
				 i < 3 ? 0 : 500 * (i - 2));
	}
	send_login("a", "s");
	expect_refused(STATUS_GUESSING);
	assert_true(p.as.refused.delay_ms > 0);
	/* a new process, as after a restart */
	end_role();
	begin_role(guard_fd);
	send_login("a", "s");
	expect_refused(STATUS_GUESSING);
	/* one that is not given the file starts with nothing */
	end_role();
	begin_role(-1);
	send_login("a", "s");
	expect_grant("aa/Maildir");
}

/* Attempts that were sent all at once: what waits is judged again when it is
 * its turn. */
static void a_burst_is_no_way_round(void **state)
{
	struct reader reader;

	(void)state;
	write_users("");
	settings.failures_max = 5;
	settings.failures_ms = 60 * 60 * 1000;
	settings.hashes_at_once = 1;
	begin_role(guard_fd);
	reader_begin(&reader, BURST);
	for (uint32_t i = 0; i < BURST; i++) {
		send_login_from(i, 0x0b000001, "b", "wrong");
	}
	(void)reader_end(&reader);
	assert_int_equal(reader.count[STATUS_AUTH], 5);
	assert_int_equal(reader.count[STATUS_GUESSING], BURST - 5);
}

static void log_ins_too_soon_are_told_so(void **state)
{
	(void)state;
	settings.login_delay_s = 3600;
	settings.login_burst = 2;
	begin_role(guard_fd);
	send_login("a", "s");
	expect_grant("aa/Maildir");
	send_login("a", "s");
	expect_grant("aa/Maildir");
	send_login("a", "s");
	expect_refused(STATUS_LOGIN_DELAY);
	assert_int_equal(p.as.refused.delay_ms, 0);
	send_login("a", "wrong");
	expect_refused(STATUS_AUTH);
}

/* Noted in the sandbox, where the directory was made before it closed. */
static void the_use_of_an_app_password_is_noted(void **state)
{
	char text[APP_PASSWORD_TEXT_MAX], more[2 * APP_PASSWORD_FIELD_MAX];
	struct app_password app = { .name = text_of("phone") };
	char field[APP_PASSWORD_FIELD_MAX], hash[APP_PASSWORD_HASH_LEN + 1];
	int64_t when, before = clock_unix();
	struct secret s = { .len = 0 };
	int dir;

	(void)state;
	app_password_generate(text);
	assert_true(secret_set(&s, text, strlen(text)));
	assert_true(app_password_hash(text_of("c"), &s, hash));
	app.hash = text_of(hash);
	app_password_write(&app, field);
	snprintf(more, sizeof(more), "c:{PLAIN}x::::::%s\n", field);
	write_users(more);
	begin_role(-1);
	send_login("c", text);
	expect_grant("cc/Maildir");
	send_login("c", "x");
	expect_grant("cc/Maildir");
	send_login("a", text);
	expect_refused(STATUS_AUTH);
	dir = app_use_open(d.dir, false);
	assert_true(dir >= 0);
	assert_int_equal(
	    app_use_look(dir, text_of("c"), text_of("phone"), &when), 0);
	assert_in_range(when, before, before + 60);
	assert_int_equal(app_use_forget(dir, text_of("c"), text_of("phone")),
			 0);
	close(dir);
}

static void without_a_state_directory_all_else_works(void **state)
{
	(void)state;
	snprintf(settings.state_dir, sizeof(settings.state_dir), "%s/none/x",
		 d.dir);
	begin_role(-1);
	send_login("a", "s");
	expect_grant("aa/Maildir");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)
	const struct CMUnitTest tests[] = {
		TEST(a_flood_does_not_delay_who_is_known),
		TEST(one_source_does_not_delay_another),
		TEST(a_source_that_asks_too_much_is_told),
		TEST(a_session_dies_with_work_under_way),
		TEST(guessing_is_refused_and_remembered),
		TEST(a_burst_is_no_way_round),
		TEST(log_ins_too_soon_are_told_so),
		TEST(the_use_of_an_app_password_is_noted),
		TEST(without_a_state_directory_all_else_works),
	};

	if (scheme_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
