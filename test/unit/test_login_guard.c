// SPDX-License-Identifier: ISC
/*
 * test_login_guard.c - what failures cost those who log in, and what is no
 * failure; what needs no hash; APOP.
 */
#include "login_play.h"

#include "auth/apop.h"

static uint8_t other_address[16] = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 8 };

static bool try_cheaply(struct login *login, const char *user,
			const char *secret)
{
	struct secret s = { .len = 0 };
	struct login_request request = { .user = text_of(user),
					 .secret = &s,
					 .address = address };

	assert_true(secret_set(&s, secret, strlen(secret)));
	memset(&answer, 0x55, sizeof(answer));
	return login_try_cheaply(login, &request, &answer);
}

/* Whether a hash is needed does not tell who is there. */
static void what_is_cheap_is_answered_at_once(void **state)
{
	struct login *login;

	(void)state;
	write_hashed("s");
	assert_int_equal(login_create(&settings, &files, &login), 0);
	assert_false(try_cheaply(login, "a", "s"));
	assert_false(try_cheaply(login, "a", "t"));
	assert_false(try_cheaply(login, "nobody", "s"));
	assert_false(try_cheaply(login, "locked", "s"));
	assert_false(answer.is_familiar);
	assert_int_equal(try(login, "a", "s"), STATUS_OK);
	assert_true(try_cheaply(login, "a", "s"));
	assert_int_equal(answer.status, STATUS_OK);
	assert_false(try_cheaply(login, "a", "t"));
	assert_true(answer.is_familiar);
	replace_users(&d, "a:{PLAIN}s\nlocked:*\n");
	assert_true(try_cheaply(login, "a", "t"));
	assert_true(try_cheaply(login, "nobody", "s"));
	assert_true(try_cheaply(login, "locked", "s"));
	login_destroy(&login);
}

static void guard_on(void)
{
	settings.failures_max = 5;
	settings.failures_ms = 60 * 60 * 1000;
}

/* Whatever was wrong, whoever was tried: the same delays, the same end. */
static void failures_of_all_kinds_count_alike(void **state)
{
	static const char *const users[] = { "a",   "nobody", "locked", "bad",
					     "off", "net",    "../x" };
	struct login *login;

	(void)state;
	guard_on();
	for (size_t u = 0; u < sizeof(users) / sizeof(users[0]); u++) {
		login =
		    open_login("a:{PLAIN}s\nlocked:*\nbad:{NONE}s\n"
			       "off:{PLAIN}s::::::nologin\n"
			       "net:{PLAIN}s::::::allow_nets=203.0.113.0/24\n");
		for (unsigned i = 0; i < 5; i++) {
			assert_int_equal(try(login, users[u], "wrong"),
					 STATUS_AUTH);
			assert_int_equal(answer.delay_ms,
					 i < 3 ? 0 : 500 * (i - 2));
		}
		assert_int_equal(try(login, users[u], "wrong"),
				 STATUS_GUESSING);
		login_destroy(&login);
	}
}

/* A secret that is right, and may even be remembered, is not looked at: else
 * refusals would tell it from the wrong ones. */
static void refused_is_refused_even_with_the_right_secret(void **state)
{
	struct login *login;

	(void)state;
	guard_on();
	write_hashed("s");
	assert_int_equal(login_create(&settings, &files, &login), 0);
	memcpy(address, other_address, sizeof(address));
	assert_int_equal(try(login, "a", "s"), STATUS_OK);
	address[15] = 7;
	for (int i = 0; i < 5; i++) {
		assert_int_equal(try(login, "a", "t"), STATUS_AUTH);
	}
	assert_int_equal(try(login, "a", "s"), STATUS_GUESSING);
	assert_true(try_cheaply(login, "a", "s"));
	assert_int_equal(answer.status, STATUS_GUESSING);
	assert_false(answer.is_for_user);
	address[15] = 9; /* where nobody has failed */
	assert_int_equal(try(login, "a", "s"), STATUS_GUESSING);
	assert_true(answer.is_for_user);
	/* but where he usually is he gets in */
	memcpy(address, other_address, sizeof(address));
	assert_int_equal(try(login, "a", "s"), STATUS_OK);
	address[15] = 7;
	login_destroy(&login);
}

static void operators_mistakes_are_no_failures(void **state)
{
	struct login *login;

	(void)state;
	guard_on();
	login = open_login("root:{PLAIN}s:0:0\n");
	for (int i = 0; i < 20; i++) {
		assert_int_equal(try(login, "root", "s"), STATUS_PERM);
		assert_int_equal(answer.delay_ms, 0);
	}
	login_destroy(&login);
}

static void too_soon_is_no_failure(void **state)
{
	struct login *login;

	(void)state;
	guard_on();
	settings.login_delay_s = 3600;
	login = open_login("A:{PLAIN}s\nroot:{PLAIN}s:0:0\n");
	assert_int_equal(try(login, "A", "s"), STATUS_OK);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(try(login, "A", "s"), STATUS_LOGIN_DELAY);
		assert_int_equal(answer.delay_ms, 0);
	}
	assert_int_equal(try(login, "A", "t"), STATUS_AUTH);
	login_destroy(&login);
}

static void who_verifies_otherwise_asks_too(void **state)
{
	struct login *login;

	(void)state;
	guard_on();
	login = open_login("a:{PLAIN}s\nb:{PLAIN}s\nlocked:*\n");
	assert_true(login_may_be_tried(login, text_of("a"), address, &answer));
	login_proved(login, text_of("a"), address, &answer);
	assert_int_equal(answer.status, STATUS_OK);
	assert_string_equal(answer.path, "a");
	login_proved(login, text_of("nobody"), address, &answer);
	assert_int_equal(answer.status, STATUS_AUTH);
	login_proved(login, text_of("locked"), address, &answer);
	assert_int_equal(answer.status, STATUS_AUTH);
	for (int i = 0; i < 3; i++) {
		login_disproved(login, text_of("b"), address, "no proof",
				&answer);
		assert_int_equal(answer.status, STATUS_AUTH);
		assert_string_equal(answer.why, "no proof");
	}
	login_disproved(login, text_of("b"), address, "no proof", &answer);
	assert_int_equal(answer.status, STATUS_GUESSING);
	assert_false(login_may_be_tried(login, text_of("b"), address, &answer));
	assert_int_equal(answer.status, STATUS_GUESSING);
	login_proved(login, text_of("b"), address, &answer);
	assert_int_equal(answer.status, STATUS_GUESSING);
	login_proved(login, text_of("a"), address, &answer);
	assert_int_equal(answer.status, STATUS_OK);
	login_destroy(&login);
}

static enum packet_status try_apop(struct login *login, const char *user,
				   const char *digest)
{
	struct secret s = { .len = 0 };
	struct login_request request = {
		.user = text_of(user),
		.secret = &s,
		.address = address,
		.stamp = text_of("<1896.697170952@dbc.mtview.ca.us>")
	};

	assert_true(secret_set(&s, digest, strlen(digest)));
	memset(&answer, 0x55, sizeof(answer));
	assert_true(login_try_cheaply(login, &request, &answer));
	return answer.status;
}

/* The digest of RFC 1939's example.  None takes a hash, whoever is tried. */
static void apop_lets_in_who_has_plain_text(void **state)
{
	static const char digest[] = "c4c9334bac560ecc979e58001b3e22fb";
	struct login *login;

	(void)state;
	write_hashed("tanstaaf");
	assert_int_equal(login_create(&settings, &files, &login), 0);
	assert_int_equal(try_apop(login, "a", digest), STATUS_AUTH);
	assert_int_equal(try_apop(login, "nobody", digest), STATUS_AUTH);
	assert_int_equal(try_apop(login, "locked", digest), STATUS_AUTH);
	replace_users(&d, "a:{PLAIN}tanstaaf\n");
	assert_int_equal(try_apop(login, "a", digest), STATUS_OK);
	assert_int_equal(try_apop(login, "a", "tanstaaf"), STATUS_AUTH);
	/* whoever is nobody is tried as somebody, and refused */
	assert_int_equal(try_apop(login, "b", digest), STATUS_AUTH);
	/* nor is a digest a password */
	assert_int_equal(try(login, "a", digest), STATUS_AUTH);
	login_destroy(&login);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)
	const struct CMUnitTest tests[] = {
		TEST(what_is_cheap_is_answered_at_once),
		TEST(failures_of_all_kinds_count_alike),
		TEST(refused_is_refused_even_with_the_right_secret),
		TEST(operators_mistakes_are_no_failures),
		TEST(too_soon_is_no_failure),
		TEST(who_verifies_otherwise_asks_too),
		TEST(apop_lets_in_who_has_plain_text),
	};

	log_init("test", LOG_FORM_TERMINAL, LOG_ERROR);
	if (scheme_init() < 0 || apop_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
