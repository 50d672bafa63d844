// SPDX-License-Identifier: ISC
/*
 * test_auth_role.c - restanted-auth itself, confined as it serves, driven by a
 * master, a session and a maildrop that are played here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "auth/scheme.h"
#include "ipc/channel.h"
#include "ipc/startup.h"
#include "os/fd.h"
#include "users_dir.h"

#define SESSION_ID 7
#define CONN       UINT64_C(0x1122334455667788)

static struct users_dir d;
static struct auth_settings settings;
static int control, session, maildrop;
static pid_t pid;
static struct packet p;

static void send_packet(int fd)
{
	assert_int_equal(channel_send(fd, &p), CHANNEL_OK);
}

static void send_channel(enum role role, uint32_t id, int *own_r)
{
	int pair[2];

	assert_int_equal(fd_channel_pair(pair, 65536), 0);
	packet_init(&p, PACKET_CHANNEL);
	p.as.channel.role = (uint32_t)role;
	p.as.channel.id = id;
	p.fd = pair[1];
	send_packet(control);
	*own_r = pair[0];
}

static void start_role(void)
{
	int pair[2];

	assert_int_equal(fd_channel_pair(pair, 65536), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (dup2(pair[1], STARTUP_FD) == STARTUP_FD) {
			execl(RESTANTED_AUTH, RESTANTED_AUTH, (char *)NULL);
		}
		_exit(99);
	}
	fd_close(&pair[1]);
	control = pair[0];
}

static int begin_test(void **state)
{
	(void)state;
	users_dir_init(&d);
	write_file(d.path, "a:{PLAIN}s:1000:1001\n");
	settings = (struct auth_settings){ .common.log_level = 3,
					   .mail_uid = 5000,
					   .mail_gid = 5001,
					   .threads_per_channel = 2,
					   .hashes_at_once = 2,
					   .reveal_users = true };
	snprintf(settings.users, sizeof(settings.users), "%s", d.path);
	snprintf(settings.maildrop, sizeof(settings.maildrop), "%%u/Maildir");
	snprintf(settings.mail_root, sizeof(settings.mail_root), "/m");
	start_role();
	packet_init(&p, PACKET_SETTINGS);
	assert_true(packet_put(&p, &settings, sizeof(settings)));
	send_packet(control);
	send_channel(ROLE_MAILDROP, 0, &maildrop);
	send_channel(ROLE_SESSION, SESSION_ID, &session);
	packet_init(&p, PACKET_START);
	send_packet(control);
	assert_int_equal(
	    channel_receive_checked(control, &p, ROLE_AUTH, ROLE_MASTER), 0);
	assert_int_equal(p.as.head.type, PACKET_READY);
	return 0;
}

/* It ends by itself, in order, when it is told to and its sessions are gone. */
static int end_test(void **state)
{
	int status;

	(void)state;
	packet_init(&p, PACKET_RETIRE);
	send_packet(control);
	fd_close(&session);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	fd_close(&maildrop);
	fd_close(&control);
	users_dir_finish(&d);
	return 0;
}

static void send_login(const char *user, const char *secret)
{
	packet_init(&p, PACKET_LOGIN);
	p.as.login.conn = CONN;
	p.as.login.address[15] = 1;
	p.as.login.port = 4711;
	p.as.login.user_len = (uint16_t)strlen(user);
	p.as.login.secret_len = (uint16_t)strlen(secret);
	assert_true(packet_put(&p, user, strlen(user)));
	assert_true(packet_put(&p, secret, strlen(secret)));
	send_packet(session);
}

static void expect_grant(const char *tail)
{
	assert_int_equal(
	    channel_receive_checked(maildrop, &p, ROLE_AUTH, ROLE_MAILDROP), 0);
	assert_int_equal(p.as.head.type, PACKET_GRANT);
	assert_int_equal(p.as.grant.conn, CONN);
	assert_int_equal(p.as.grant.session, SESSION_ID);
	assert_int_equal(p.as.grant.uid, 5000);
	assert_int_equal(p.as.grant.gid, 5001);
	assert_int_equal(packet_tail_len(&p), strlen(tail));
	assert_memory_equal(packet_tail(&p), tail, strlen(tail));
}

static void expect_refused(enum packet_status status)
{
	assert_int_equal(
	    channel_receive_checked(session, &p, ROLE_AUTH, ROLE_SESSION), 0);
	assert_int_equal(p.as.head.type, PACKET_REFUSED);
	assert_int_equal(p.as.refused.conn, CONN);
	assert_int_equal(p.as.refused.status, status);
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
	struct secret s = { .len = 0 };

	(void)state;
	assert_true(secret_set(&s, "secret", 6));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(scheme_make(names[i], &s, stored),
				 SCHEME_MATCH);
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
		TEST(a_forged_packet_costs_the_channel),
	};

	if (scheme_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
