// SPDX-License-Identifier: ISC
/*
 * test_login.c - who is let in, as whom, and where to; and that a refusal costs
 * the same for users and for strangers.
 */
#include "login_play.h"

#include <pthread.h>
#include <time.h>

static void users_are_let_in(void **state)
{
	struct login *login = open_login("a:{PLAIN}s:1000:1001\n"
					 "b@x:{PLAIN}a longer s\n");

	(void)state;
	assert_int_equal(try(login, "a", "s"), STATUS_OK);
	assert_int_equal(answer.uid, 1000);
	assert_int_equal(answer.gid, 1001);
	assert_string_equal(answer.path, "a");
	assert_int_equal(answer.user_len, 1);
	assert_int_equal(answer.user[0], 'a');
	assert_int_equal(try(login, "b@x", "a longer s"), STATUS_OK);
	assert_int_equal(answer.uid, 5000);
	assert_int_equal(answer.gid, 5001);
	login_destroy(&login);
	assert_null(login);
}

static void others_are_not(void **state)
{
	struct login *login = open_login("a:{PLAIN}s\nlocked:*\n"
					 "empty:\nbad:{NONE}s\noff:{PLAIN}s"
					 "::::::nologin\n");
	static const char *const rows[][3] = {
		{ "a", "t", "wrong password" },
		{ "a", "", "wrong password" },
		{ "A", "s", "unknown user" },
		{ "b", "s", "unknown user" },
		{ "", "s", "unknown user" },
		{ "../a", "s", "unknown user" },
		{ " a", "s", "unknown user" },
		{ "locked", "*", "the user has no password" },
		{ "empty", "", "the user has no password" },
		{ "bad", "s", "the stored password's scheme is unknown" },
		{ "off", "s", "log-in is switched off for the user" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(try(login, rows[i][0], rows[i][1]),
				 STATUS_AUTH);
		assert_string_equal(answer.why, rows[i][2]);
	}
	assert_int_equal(try_octets(login, "a", "s\0", 2), STATUS_AUTH);
	login_destroy(&login);
}

/* A stranger's try is against a user's hash: that secret must not let in. */
static void a_decoys_secret_lets_nobody_in(void **state)
{
	struct login *login = open_login("a:{PLAIN}s\nlocked:!\n");

	(void)state;
	for (int round = 0; round < 3; round++) {
		assert_int_equal(try(login, "b", "s"), STATUS_AUTH);
		assert_int_equal(try(login, "locked", "s"), STATUS_AUTH);
		assert_int_equal(try(login, "a", "s"), STATUS_OK);
	}
	login_destroy(&login);
}

static void networks_are_obeyed(void **state)
{
	struct login *login =
	    open_login("a:{PLAIN}s::::::allow_nets=192.0.2.0/24\n"
		       "b:{PLAIN}s::::::allow_nets=203.0.113.0/24\n");

	(void)state;
	assert_int_equal(try(login, "a", "s"), STATUS_OK);
	assert_int_equal(try(login, "b", "s"), STATUS_AUTH);
	login_destroy(&login);
}

static void case_is_folded_if_set(void **state)
{
	struct login *login;

	(void)state;
	settings.lowercase_users = true;
	login = open_login("alice:{PLAIN}s\nBob:{PLAIN}s\n");
	assert_int_equal(try(login, "ALICE", "s"), STATUS_OK);
	assert_string_equal(answer.path, "alice");
	assert_int_equal(try(login, "bOB", "s"), STATUS_OK);
	assert_string_equal(answer.path, "Bob");
	login_destroy(&login);
}

static void operators_mistakes_are_permanent(void **state)
{
	struct login *login = open_login(
	    "root:{PLAIN}s:0:0\nlow:{PLAIN}s:499:5\nwheel:{PLAIN}s:1000:0\n"
	    "min:{PLAIN}s:500:500\n");

	(void)state;
	assert_int_equal(try(login, "root", "s"), STATUS_PERM);
	assert_int_equal(try(login, "low", "s"), STATUS_PERM);
	assert_true(answer.is_mistake);
	assert_int_equal(try(login, "wheel", "s"), STATUS_PERM);
	assert_int_equal(try(login, "min", "s"), STATUS_OK);
	assert_false(answer.is_mistake);
	assert_int_equal(try(login, "root", "t"), STATUS_AUTH);
	login_destroy(&login);
	snprintf(settings.maildrop, sizeof(settings.maildrop), "%%h");
	login = open_login("a:{PLAIN}s\nb:{PLAIN}s::::/home/b\n"
			   "c:{PLAIN}s::::/m/c\n");
	assert_int_equal(try(login, "a", "s"), STATUS_PERM);
	assert_int_equal(try(login, "b", "s"), STATUS_PERM);
	assert_non_null(strstr(answer.why, "mail_root"));
	assert_int_equal(try(login, "c", "s"), STATUS_OK);
	assert_string_equal(answer.path, "c");
	login_destroy(&login);
}

static void an_ordinary_user_serves_as_itself(void **state)
{
	struct login *login;

	(void)state;
	settings.common.drop_privileges = false;
	login = open_login("a:{PLAIN}s:0:0\n");
	assert_int_equal(try(login, "a", "s"), STATUS_OK);
	assert_int_equal(answer.uid, 5000);
	login_destroy(&login);
}

static void who_exists_is_told_only_if_set(void **state)
{
	struct login *login = open_login("a:{PLAIN}s\n");

	(void)state;
	assert_true(login_knows(login, text_of("a")));
	assert_true(login_knows(login, text_of("b")));
	assert_true(login_knows(login, text_of("")));
	settings.reveal_users = true;
	assert_true(login_knows(login, text_of("a")));
	assert_false(login_knows(login, text_of("b")));
	assert_false(login_knows(login, text_of("")));
	login_destroy(&login);
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static uint64_t time_of(struct login *login, const char *user,
			const char *secret, enum packet_status want)
{
	uint64_t begin = now_us();

	assert_int_equal(try(login, user, secret), want);
	return now_us() - begin;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

#define ROUNDS 15

static void refusals_cost_the_same(void **state)
{
	static const char *const users[] = { "a", "nobody", "locked", "../x" };
	uint64_t times[4][ROUNDS];
	struct login *login;

	(void)state;
	write_hashed("s");
	assert_int_equal(login_create(&settings, &files, &login), 0);
	for (int i = 0; i < ROUNDS; i++) {
		for (int u = 0; u < 4; u++) {
			times[u][i] =
			    time_of(login, users[u], "wrong", STATUS_AUTH);
		}
	}
	for (int u = 0; u < 4; u++) {
		qsort(times[u], ROUNDS, sizeof(times[u][0]), compare);
		assert_in_range(times[u][ROUNDS / 2], times[0][ROUNDS / 2] / 2,
				times[0][ROUNDS / 2] * 2);
	}
	login_destroy(&login);
}

static void a_second_login_is_cheap_until_the_entry_changes(void **state)
{
	uint64_t first, second, wrong;
	struct login *login;

	(void)state;
	write_hashed("s");
	assert_int_equal(login_create(&settings, &files, &login), 0);
	first = time_of(login, "a", "s", STATUS_OK);
	second = time_of(login, "a", "s", STATUS_OK);
	wrong = time_of(login, "a", "t", STATUS_AUTH);
	assert_true(second * 4 < first);
	assert_true(second * 4 < wrong);
	write_hashed("t");
	assert_int_equal(try(login, "a", "s"), STATUS_AUTH);
	assert_int_equal(try(login, "a", "t"), STATUS_OK);
	replace_users(&d, "a:{PLAIN}u\n");
	assert_int_equal(try(login, "a", "t"), STATUS_AUTH);
	assert_int_equal(try(login, "a", "u"), STATUS_OK);
	replace_users(&d, "");
	assert_int_equal(try(login, "a", "u"), STATUS_AUTH);
	login_destroy(&login);
}

/* The password is taken from him and what he has left is an app password; his
 * decoy is the other's hash, which is the one that he had. */
static void a_password_that_was_removed_is_wrong_at_once(void **state)
{
	char stored[SCHEME_STORED_MAX], users[2 * SCHEME_STORED_MAX + 128];
	struct secret s = { .len = 0 };
	struct login *login;

	(void)state;
	assert_true(secret_set(&s, "s", 1));
	assert_int_equal(scheme_make("YESCRYPT", &s, stored), SCHEME_MATCH);
	snprintf(users, sizeof(users), "a:%s\nb:%s\n", stored, stored);
	login = open_login(users);
	assert_int_equal(try(login, "a", "s"), STATUS_OK);
	snprintf(users, sizeof(users),
		 "a:::::::restante_app=x,1,0,"
		 "0123456789012345678901234567890123456789012\nb:%s\n",
		 stored);
	replace_users(&d, users);
	assert_int_equal(try(login, "a", "s"), STATUS_AUTH);
	assert_string_equal(answer.why, "wrong password");
	assert_int_equal(try(login, "b", "s"), STATUS_OK);
	login_destroy(&login);
}

static void *log_in(void *ctx)
{
	struct secret s = { .len = 0 };
	struct login_answer own;
	struct login_request request = { .user = text_of("a"),
					 .secret = &s,
					 .address = address };

	if (!secret_set(&s, "s", 1)) {
		return ctx;
	}
	for (int i = 0; i < 4; i++) {
		login_try(ctx, &request, &own);
		if (own.status != STATUS_OK) {
			return ctx;
		}
	}
	return NULL;
}

static void threads_log_in_at_once(void **state)
{
	pthread_t thread[8];
	struct login *login;
	void *result;

	(void)state;
	write_hashed("s");
	assert_int_equal(login_create(&settings, &files, &login), 0);
	for (int i = 0; i < 8; i++) {
		assert_int_equal(
		    pthread_create(&thread[i], NULL, log_in, login), 0);
	}
	for (int i = 0; i < 8; i++) {
		assert_int_equal(pthread_join(thread[i], &result), 0);
		assert_null(result);
	}
	login_destroy(&login);
}

static void without_a_users_file_there_is_no_login(void **state)
{
	struct login *login = NULL;

	(void)state;
	assert_true(login_create(&settings, &files, &login) < 0);
	assert_null(login);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)
	const struct CMUnitTest tests[] = {
		TEST(users_are_let_in),
		TEST(others_are_not),
		TEST(a_decoys_secret_lets_nobody_in),
		TEST(networks_are_obeyed),
		TEST(case_is_folded_if_set),
		TEST(operators_mistakes_are_permanent),
		TEST(an_ordinary_user_serves_as_itself),
		TEST(who_exists_is_told_only_if_set),
		TEST(refusals_cost_the_same),
		TEST(a_second_login_is_cheap_until_the_entry_changes),
		TEST(a_password_that_was_removed_is_wrong_at_once),
		TEST(threads_log_in_at_once),
		TEST(without_a_users_file_there_is_no_login),
	};

	log_init("test", LOG_FORM_TERMINAL, LOG_ERROR);
	if (scheme_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
