// SPDX-License-Identifier: ISC
/*
 * test_auth_role.c - restanted-auth itself, confined as it serves, driven by a
 * master, a session and a maildrop that are played here.
 */
#include "auth_played.h"

static int begin_test(void **state)
{
	(void)state;
	set_up();
	begin_role(-1);
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	end_role();
	users_dir_finish(&d);
	return 0;
}

static void good_credentials_are_granted(void **state)
{
	(void)state;
	send_login("a", "s");
	expect_grant("aa/Maildir");
}

static void bad_ones_are_refused(void **state)
{
	(void)state;
	send_login("a", "t");
	expect_refused(STATUS_AUTH);
	send_login("b", "s");
	expect_refused(STATUS_AUTH);
	send_login("", "");
	expect_refused(STATUS_AUTH);
}

static void known_is_answered(void **state)
{
	(void)state;
	for (char name = 'a'; name <= 'b'; name++) {
		packet_init(&p, PACKET_KNOWN);
		p.as.known.conn = CONN;
		p.as.known.user_len = 1;
		assert_true(packet_put(&p, &name, 1));
		send_packet(session);
		assert_int_equal(channel_receive_checked(session, &p, ROLE_AUTH,
							 ROLE_SESSION),
				 0);
		assert_int_equal(p.as.head.type, PACKET_KNOWN_ANSWER);
		assert_int_equal(p.as.known_answer.conn, CONN);
		assert_int_equal(p.as.known_answer.is_known, name == 'a');
	}
}

/* Every scheme works within the sandbox, with the file changed behind its back:
 * reading it again is done there, too. */
static void every_scheme_verifies_confined(void **state)
{
	static const char *const names[] = { "YESCRYPT", "ARGON2ID",
					     "BLF-CRYPT", "SHA512-CRYPT",
					     "SHA256-CRYPT" };
	char stored[SCHEME_STORED_MAX], line[SCHEME_STORED_MAX + 16];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		stored_of(names[i], "secret", stored);
		snprintf(line, sizeof(line), "a:%s\nbad line\x01\n", stored);
		replace_users(&d, line);
		send_login("a", "secret");
		expect_grant("aa/Maildir");
		send_login("a", "secret");
		expect_grant("aa/Maildir");
		send_login("a", "wrong");
		expect_refused(STATUS_AUTH);
		send_login("b", "secret");
		expect_refused(STATUS_AUTH);
	}
}

static void a_lost_users_file_does_not_matter(void **state)
{
	(void)state;
	assert_int_equal(unlink(d.path), 0);
	send_login("a", "s");
	expect_grant("aa/Maildir");
}

static void without_a_maildrop_role_it_is_temporary(void **state)
{
	(void)state;
	fd_close(&maildrop);
	usleep(50000);
	send_login("a", "s");
	expect_refused(STATUS_TEMP);
}

/* Without the setting no greeting has a stamp. */
static void apop_that_is_off_costs_the_channel(void **state)
{
	(void)state;
	packet_init(&p, PACKET_LOGIN);
	p.as.login.user_len = 1;
	p.as.login.stamp_len = 5;
	assert_true(packet_put(&p, "a<b@c>", 6));
	send_packet(session);
	assert_int_equal(channel_receive(session, &p), CHANNEL_EOF);
}

static void a_forged_packet_costs_the_channel(void **state)
{
	(void)state;
	packet_init(&p, PACKET_GRANT);
	p.as.grant.user_len = 1;
	p.as.grant.path_len = 1;
	assert_true(packet_put(&p, "aa", 2));
	send_packet(session);
	assert_int_equal(channel_receive(session, &p), CHANNEL_EOF);
	/* another session process is served on */
	fd_close(&session);
	send_channel(ROLE_SESSION, SESSION_ID, &session);
	send_login("a", "s");
	expect_grant("aa/Maildir");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)
	const struct CMUnitTest tests[] = {
		TEST(good_credentials_are_granted),
		TEST(bad_ones_are_refused),
		TEST(known_is_answered),
		TEST(every_scheme_verifies_confined),
		TEST(a_lost_users_file_does_not_matter),
		TEST(without_a_maildrop_role_it_is_temporary),
		TEST(apop_that_is_off_costs_the_channel),
		TEST(a_forged_packet_costs_the_channel),
	};

	if (scheme_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
