// SPDX-License-Identifier: ISC
/*
 * auth_played.h - restanted-auth itself, confined as it serves, driven by a
 * master, a session and a maildrop that are played here.
 */
#ifndef TEST_AUTH_PLAYED_H
#define TEST_AUTH_PLAYED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "auth/scheme.h"
#include "ipc/channel.h"
#include "ipc/startup.h"
#include "os/fd.h"
#include "users_dir.h"

/* The build says where it is; but for a look at this header alone. */
#ifndef RESTANTED_AUTH
#define RESTANTED_AUTH "restanted-auth"
#endif

#define SESSION_ID 7
#define CONN       UINT64_C(0x1122334455667788)

static struct users_dir d;
static struct auth_settings settings;
static int control, session, maildrop;
static pid_t pid;
static struct packet p;

static inline void send_packet(int fd)
{
	assert_int_equal(channel_send(fd, &p), CHANNEL_OK);
}

static inline void send_channel(enum role role, uint32_t id, int *own_r)
{
	int pair[2];

	assert_int_equal(fd_channel_pair(pair, 1u << 20), 0);
	packet_init(&p, PACKET_CHANNEL);
	p.as.channel.role = (uint32_t)role;
	p.as.channel.id = id;
	p.fd = pair[1];
	send_packet(control);
	*own_r = pair[0];
}

static inline void start_role(void)
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

static inline void set_up(void)
{
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
}

/* With settings as they are, and a file of that kind unless it is -1. */
static inline void begin_role_with(enum file_kind kind, int fd)
{
	start_role();
	packet_init(&p, PACKET_SETTINGS);
	assert_true(packet_put(&p, &settings, sizeof(settings)));
	send_packet(control);
	if (fd != -1) {
		packet_init(&p, PACKET_FILE);
		p.as.file.kind = (uint32_t)kind;
		p.fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		send_packet(control);
	}
	send_channel(ROLE_MAILDROP, 0, &maildrop);
	send_channel(ROLE_SESSION, SESSION_ID, &session);
	packet_init(&p, PACKET_START);
	send_packet(control);
	assert_int_equal(
	    channel_receive_checked(control, &p, ROLE_AUTH, ROLE_MASTER), 0);
	assert_int_equal(p.as.head.type, PACKET_READY);
}

static inline void begin_role(int guard_fd)
{
	begin_role_with(FILE_GUARD, guard_fd);
}

/* It ends by itself, in order, when it is told to and its sessions are gone. */
static inline void end_role(void)
{
	int status;

	packet_init(&p, PACKET_RETIRE);
	send_packet(control);
	fd_close(&session);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	fd_close(&maildrop);
	fd_close(&control);
}

static inline void send_login_from(uint64_t conn, uint32_t address,
				   const char *user, const char *secret)
{
	packet_init(&p, PACKET_LOGIN);
	p.as.login.conn = conn;
	p.as.login.address[10] = p.as.login.address[11] = 0xff;
	for (int i = 0; i < 4; i++) {
		p.as.login.address[12 + i] = (uint8_t)(address >> (24 - 8 * i));
	}
	p.as.login.user_len = (uint16_t)strlen(user);
	p.as.login.secret_len = (uint16_t)strlen(secret);
	assert_true(packet_put(&p, user, strlen(user)));
	assert_true(packet_put(&p, secret, strlen(secret)));
	send_packet(session);
}

static inline void send_login(const char *user, const char *secret)
{
	send_login_from(CONN, 0x7f000001, user, secret);
}

static inline void expect_grant(const char *tail)
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

/* Any connection's. */
static inline void receive_refused(void)
{
	assert_int_equal(
	    channel_receive_checked(session, &p, ROLE_AUTH, ROLE_SESSION), 0);
	assert_int_equal(p.as.head.type, PACKET_REFUSED);
}

static inline void expect_refused(enum packet_status status)
{
	receive_refused();
	assert_int_equal(p.as.refused.conn, CONN);
	assert_int_equal(p.as.refused.status, status);
}

static inline void stored_of(const char *scheme, const char *secret,
			     char stored_r[SCHEME_STORED_MAX])
{
	struct secret s = { .len = 0 };

	assert_true(secret_set(&s, secret, strlen(secret)));
	assert_int_equal(scheme_make(scheme, &s, stored_r), SCHEME_MATCH);
}

#endif
