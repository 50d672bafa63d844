// SPDX-License-Identifier: ISC
/*
 * login_play.h - log-ins against a users file of a test's own.
 */
#ifndef TEST_LOGIN_PLAY_H
#define TEST_LOGIN_PLAY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/login.h"
#include "auth/scheme.h"
#include "base/log.h"
#include "users_dir.h"

static struct users_dir d;
static struct auth_settings settings;
static const struct login_files files = { .guard = -1, .apps = -1 };
static struct login_answer answer;
static uint8_t address[16] = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 7 };

static inline int begin_test(void **state)
{
	(void)state;
	users_dir_init(&d);
	settings = (struct auth_settings){ .common.drop_privileges = true,
					   .mail_uid = 5000,
					   .mail_gid = 5001,
					   .hashes_at_once = 2,
					   .uid_min = 500 };
	snprintf(settings.users, sizeof(settings.users), "%s", d.path);
	snprintf(settings.maildrop, sizeof(settings.maildrop), "%%u");
	snprintf(settings.mail_root, sizeof(settings.mail_root), "/m");
	return 0;
}

static inline int end_test(void **state)
{
	(void)state;
	users_dir_finish(&d);
	return 0;
}

static inline struct login *open_login(const char *users)
{
	struct login *login;

	write_file(d.path, users);
	assert_int_equal(login_create(&settings, &files, &login), 0);
	return login;
}

static inline enum packet_status try_octets(struct login *login,
					    const char *user,
					    const void *secret, size_t len)
{
	struct secret s = { .len = 0 };
	struct login_request request = { .user = text_of(user),
					 .secret = &s,
					 .address = address };

	assert_true(secret_set(&s, secret, len));
	memset(&answer, 0x55, sizeof(answer));
	login_try(login, &request, &answer);
	secret_wipe(&s);
	return answer.status;
}

static inline enum packet_status try(struct login *login, const char *user,
				     const char *secret)
{
	return try_octets(login, user, secret, strlen(secret));
}

static inline void write_hashed(const char *secret)
{
	char stored[SCHEME_STORED_MAX], line[SCHEME_STORED_MAX + 16];
	struct secret s = { .len = 0 };

	assert_true(secret_set(&s, secret, strlen(secret)));
	assert_int_equal(scheme_make("YESCRYPT", &s, stored), SCHEME_MATCH);
	snprintf(line, sizeof(line), "a:%s\nlocked:*\n", stored);
	write_file(d.other, line);
	assert_int_equal(rename(d.other, d.path), 0);
}

#endif
