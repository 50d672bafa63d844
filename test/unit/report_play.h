// SPDX-License-Identifier: ISC
/*
 * report_play.h - a report on a screen, by a clock that the test moves.
 */
#ifndef TEST_REPORT_PLAY_H
#define TEST_REPORT_PLAY_H

#include <locale.h>

#include "fetch/show/report.h"
#include "screen.h"

static uint64_t now_ms;

static inline uint64_t played_ms(void)
{
	return now_ms;
}

static inline struct report *report_on(const struct screen *s,
				       enum report_level level)
{
	const struct report_options options = {
		.level = level,
		.out = s->slave,
		.err = s->slave,
		.clock_ms = played_ms,
		.clock_unix_ms = played_ms,
	};
	struct report *r;

	now_ms = 1000;
	r = report_create(&options);
	assert_non_null(r);
	return r;
}

static inline int set_up(void **state)
{
	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	return 0;
}

static inline void later(struct report *r, struct screen *s, uint64_t ms)
{
	now_ms += ms;
	report_tick(r);
	screen_read(s);
}

/* As ticks come, and nothing is read: a long time without a tick is a stop. */
static inline void pass_ms(struct report *r, uint64_t ms)
{
	for (; ms > 1000; ms -= 1000) {
		now_ms += 1000;
		report_tick(r);
	}
	now_ms += ms;
}

/* count messages of 1 MB, half of them finished in ten seconds. */
static inline struct report_account *half(struct report *r, const char *name,
					  uint32_t count)
{
	struct report_account *a = report_begin(r, name);
	const struct report_listing l = { count + 3, count,
					  (uint64_t)count * 1000000 };
	const struct report_message m = { .number = 1, .octets = 1000000 };

	report_connecting(a, "pop.example.org", 995, ACCOUNT_TLS_IMPLICIT);
	report_logged_in(a, "me", "SCRAM-SHA-256");
	report_listed(a, &l);
	for (uint32_t i = 0; i < count / 2; i++) {
		report_message_begun(a, &m);
		report_octets(a, 500000);
		pass_ms(r, 10000 / (count / 2));
		report_octets(a, 500000);
		report_message(a, REPORT_DELIVERED, &m, NULL);
	}
	return a;
}

#endif
