// SPDX-License-Identifier: ISC
/*
 * test_startup.c - how a role begins: what the master sends is taken in, and a
 * master that says something else is refused.  Each role runs in a process of
 * its own, since its channel has a fixed number.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "ipc/startup.h"
#include "os/fd.h"

static int master; /* our end */
static int theirs;
static struct packet p;
static struct startup startup;
static struct auth_settings sent;

/* A check in a child: says which line was wrong. */
#define WANT(is_true)                                                          \
	do {                                                                   \
		if (!(is_true)) {                                              \
			dprintf(complaints, "line %d: %s\n", __LINE__,         \
				#is_true);                                     \
			return 1;                                              \
		}                                                              \
	} while (0)

static int complaints; /* standard error, before a role was silenced */

static int setup(void **state)
{
	int pair[2];

	(void)state;
	complaints = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
	assert_true(complaints >= 10);
	assert_int_equal(fd_channel_pair(pair, 1u << 20), 0);
	master = pair[0];
	theirs = pair[1];
	memset(&sent, 0, sizeof(sent));
	sent.common.log_form = LOG_FORM_LEVEL;
	sent.common.log_level = LOG_INFO;
	strncpy(sent.users, "/etc/restante/users", sizeof(sent.users) - 1);
	sent.uid_min = 1000;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fd_close(&master);
	fd_close(&theirs);
	fd_close(&complaints);
	return 0;
}

static void send_settings(size_t len)
{
	packet_init(&p, PACKET_SETTINGS);
	assert_true(packet_put(&p, &sent, len));
	assert_int_equal(channel_send(master, &p), CHANNEL_OK);
}

static void send_bare(enum packet_type type)
{
	packet_init(&p, type);
	assert_int_equal(channel_send(master, &p), CHANNEL_OK);
}

/* The read end of a pipe that holds the id. */
static int marked_fd(uint32_t id)
{
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(write(ends[1], &id, sizeof(id)), sizeof(id));
	close(ends[1]);
	return ends[0];
}

static void send_channel(enum role role, uint32_t id)
{
	packet_init(&p, PACKET_CHANNEL);
	p.as.channel.role = role;
	p.as.channel.id = id;
	p.fd = marked_fd(id);
	assert_int_equal(channel_send(master, &p), CHANNEL_OK);
}

static void take_place(bool is_silent)
{
	int null;

	if (theirs != STARTUP_FD) {
		dup2(theirs, STARTUP_FD);
		close(theirs);
	}
	if (is_silent) {
		null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		dup2(null, STDERR_FILENO);
		close(null);
	}
}

static int begin_as_auth(void *arg)
{
	struct auth_settings got;

	(void)arg;
	take_place(false);
	memset(&got, 0xee, sizeof(got));
	WANT(startup_receive(ROLE_AUTH, "unit-auth", &got, sizeof(got),
			     &startup) == 0);
	WANT(memcmp(&got, &sent, sizeof(got)) == 0);
	WANT(fcntl(STARTUP_FD, F_GETFD) == FD_CLOEXEC);
	WANT(startup.count == 3);
	for (uint32_t i = 0; i < 3; i++) {
		struct startup_item *item = &startup.items[i];
		uint32_t id;

		WANT(item->type == PACKET_CHANNEL && item->id == i + 5);
		WANT(item->kind == (i == 0 ? ROLE_MAILDROP : ROLE_SESSION));
		WANT(read(item->fd, &id, sizeof(id)) == sizeof(id));
		WANT(id == item->id);
		WANT(fcntl(item->fd, F_GETFD) == FD_CLOEXEC);
	}
	return 0;
}

static void test_all_is_taken_in(void **state)
{
	(void)state;
	send_settings(sizeof(sent));
	send_channel(ROLE_MAILDROP, 5);
	send_channel(ROLE_SESSION, 6);
	send_channel(ROLE_SESSION, 7);
	send_bare(PACKET_START);
	assert_int_equal(in_child(begin_as_auth, NULL), 0);
}

static int begin_as_session(void *arg)
{
	struct session_settings got;

	(void)arg;
	take_place(false);
	WANT(startup_receive(ROLE_SESSION, "unit-session", &got, sizeof(got),
			     &startup) == 0);
	WANT(startup.count == 2);
	WANT(startup.items[0].type == PACKET_LISTENER);
	WANT(startup.items[0].kind == LISTENER_PLAIN);
	WANT(startup.items[1].type == PACKET_COUNTERS);
	WANT(startup.items[0].fd != startup.items[1].fd);
	return 0;
}

static void test_listeners_and_counters_are_the_sessions(void **state)
{
	static const struct session_settings settings;

	(void)state;
	packet_init(&p, PACKET_SETTINGS);
	assert_true(packet_put(&p, &settings, sizeof(settings)));
	assert_int_equal(channel_send(master, &p), CHANNEL_OK);
	packet_init(&p, PACKET_LISTENER);
	p.fd = marked_fd(1);
	assert_int_equal(channel_send(master, &p), CHANNEL_OK);
	packet_init(&p, PACKET_COUNTERS);
	p.fd = marked_fd(2);
	assert_int_equal(channel_send(master, &p), CHANNEL_OK);
	send_bare(PACKET_START);
	assert_int_equal(in_child(begin_as_session, NULL), 0);
}

static int is_refused(void *arg)
{
	struct auth_settings got;

	(void)arg;
	fd_close(&master);
	take_place(true);
	return startup_receive(ROLE_AUTH, "unit-auth", &got, sizeof(got),
			       &startup) == -EPROTO
		   ? 0
		   : 1;
}

static void test_settings_of_another_size(void **state)
{
	static const size_t lens[] = { sizeof(struct settings_common),
				       sizeof(struct auth_settings) - 1,
				       sizeof(struct maildrop_settings) };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lens); i++) {
		send_settings(lens[i]);
		send_bare(PACKET_START);
		assert_int_equal(in_child(is_refused, NULL), 0);
		/* what was not read is still there: a new channel */
		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
	}
}

static void test_a_start_without_settings(void **state)
{
	(void)state;
	send_bare(PACKET_START);
	assert_int_equal(in_child(is_refused, NULL), 0);
}

static void test_what_does_not_belong_there(void **state)
{
	(void)state;
	send_settings(sizeof(sent));
	send_bare(PACKET_RETIRE);
	send_bare(PACKET_START);
	assert_int_equal(in_child(is_refused, NULL), 0);
}

static void test_what_is_for_another_role(void **state)
{
	(void)state;
	send_settings(sizeof(sent));
	packet_init(&p, PACKET_LISTENER);
	p.fd = marked_fd(1);
	assert_int_equal(channel_send(master, &p), CHANNEL_OK);
	send_bare(PACKET_START);
	assert_int_equal(in_child(is_refused, NULL), 0);
}

static void test_a_master_that_goes_away(void **state)
{
	pid_t pid = child_begin(is_refused, NULL);

	(void)state;
	send_settings(sizeof(sent));
	send_channel(ROLE_MAILDROP, 5);
	fd_close(&master);
	assert_int_equal(child_end(pid), 0);
}

static int count_items(void *arg)
{
	struct auth_settings got;
	int rc;

	(void)arg;
	fd_close(&master);
	(void)fd_limit_raise(4096);
	take_place(true);
	rc = startup_receive(ROLE_AUTH, "unit-auth", &got, sizeof(got),
			     &startup);
	WANT(startup.count == STARTUP_DESCRIPTORS_MAX);
	return rc == 0 ? 0 : 3;
}

static void test_descriptors_up_to_the_limit(void **state)
{
	(void)state;
	for (uint32_t over = 0; over < 2; over++) {
		pid_t pid = child_begin(count_items, NULL);

		send_settings(sizeof(sent));
		for (uint32_t i = 0; i < STARTUP_DESCRIPTORS_MAX + over; i++) {
			send_channel(ROLE_SESSION, i);
		}
		send_bare(PACKET_START);
		assert_int_equal(child_end(pid), over == 0 ? 0 : 3);
		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
	}
}

static int begin_by_hand(void *arg)
{
	struct auth_settings got;

	(void)arg;
	take_place(true);
	close(STARTUP_FD);
	return startup_receive(ROLE_AUTH, "unit-auth", &got, sizeof(got),
			       &startup) == -EBADF
		   ? 0
		   : 1;
}

static void test_started_by_hand(void **state)
{
	(void)state;
	assert_int_equal(in_child(begin_by_hand, NULL), 0);
}

static int drop(void *arg)
{
	const struct settings_common *common = arg;

	uid_t before = getuid();

	WANT(startup_drop(common, false) == 0);
	if (!common->drop_privileges) {
		WANT(getuid() == before && geteuid() == before);
		return 0;
	}
	WANT(getuid() == common->uid && geteuid() == common->uid);
	WANT(getgid() == common->gid && getegid() == common->gid);
	WANT(setuid(0) < 0);
	return 0;
}

static void test_dropping_as_told(void **state)
{
	struct settings_common common = { .uid = 54321, .gid = 54322 };

	(void)state;
	assert_int_equal(in_child(drop, &common), 0);
	common.drop_privileges = true;
	if (geteuid() != 0) {
		print_message("not root: skipped\n");
		return;
	}
	assert_int_equal(in_child(drop, &common), 0);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		ROW(test_all_is_taken_in),
		ROW(test_listeners_and_counters_are_the_sessions),
		ROW(test_settings_of_another_size),
		ROW(test_a_start_without_settings),
		ROW(test_what_does_not_belong_there),
		ROW(test_what_is_for_another_role),
		ROW(test_a_master_that_goes_away),
		ROW(test_descriptors_up_to_the_limit),
		ROW(test_started_by_hand),
		ROW(test_dropping_as_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
