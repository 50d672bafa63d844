// SPDX-License-Identifier: ISC
/*
 * guard_play.h - attempts to log in, for tests of the guard.
 */
#ifndef TEST_GUARD_PLAY_H
#define TEST_GUARD_PLAY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sodium.h>
#include <string.h>

#include "auth/guard.h"
#include "base/log.h"

#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define NOW    (UINT64_C(1790000000) * 1000)

struct address {
	uint8_t octets[16];
};

static inline struct address v4(uint32_t n)
{
	struct address a = { { [10] = 0xff, [11] = 0xff } };

	for (int i = 0; i < 4; i++) {
		a.octets[12 + i] = (uint8_t)(n >> (24 - 8 * i));
	}
	return a;
}

static inline struct guard_try look(struct guard *g, const char *user,
				    struct address a, uint64_t now)
{
	struct guard_try t;

	memset(&t, 0x55, sizeof(t));
	guard_look(g, text_of(user), a.octets, now, &t);
	return t;
}

static inline bool is_refused(struct guard *g, const char *user,
			      struct address a, uint64_t now)
{
	return look(g, user, a, now).is_refused;
}

static inline uint32_t fail_once(struct guard *g, const char *user,
				 struct address a, uint64_t now)
{
	struct guard_try t = look(g, user, a, now);

	return guard_failed(g, &t, now);
}

static inline void fail_times(struct guard *g, const char *user,
			      struct address a, uint64_t now, int times)
{
	for (int i = 0; i < times; i++) {
		(void)!fail_once(g, user, a, now);
	}
}

static inline void succeed(struct guard *g, const char *user, struct address a,
			   uint64_t now)
{
	struct guard_try t = look(g, user, a, now);

	guard_succeeded(g, &t, now);
}

static inline struct guard *make_guard(int fd, const struct guard_limits *l,
				       uint64_t now)
{
	struct guard *g = guard_create(fd, l, now);

	assert_non_null(g);
	return g;
}

#endif
