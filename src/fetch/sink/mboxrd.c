// SPDX-License-Identifier: ISC
/*
 * mboxrd.c - messages as an mbox has them (mboxrd.h).
 * Runs in: a carrier thread.  Trusts: nothing in the text.  Allocates: never.
 */
#include "fetch/sink/mboxrd.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define FROM     "From "
#define FROM_LEN 5u

void mboxrd_init(struct mboxrd *m, mboxrd_put_fn *put, void *arg)
{
	*m = (struct mboxrd){ .put = put, .arg = arg, .at_line = true };
}

static int put(struct mboxrd *m, const void *at, size_t len)
{
	return len == 0 ? 0 : m->put(m->arg, at, len);
}

/* Puts what was held back of a line's front, which is decided now. */
static int put_front(struct mboxrd *m, bool is_quoted)
{
	static const char quotes[] = ">>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>";
	uint64_t left = m->held + (is_quoted ? 1 : 0);
	unsigned matched = m->matched;
	int rc = 0;

	m->held = 0;
	m->matched = 0;
	m->at_line = false;
	while (left != 0 && rc == 0) {
		size_t n =
		    left < sizeof(quotes) - 1 ? left : sizeof(quotes) - 1;

		rc = put(m, quotes, n);
		left -= n;
	}
	return rc == 0 ? put(m, FROM, matched) : rc;
}

/* Goes on at a line's front; returns how many octets that took, which are held
 * or put. */
static size_t front(struct mboxrd *m, const uint8_t *at, size_t len, int *rc_r)
{
	size_t i = 0;

	*rc_r = 0;
	while (i < len && m->at_line) {
		if (at[i] == '>' && m->matched == 0) {
			m->held++;
			i++;
		} else if (at[i] == (uint8_t)FROM[m->matched]) {
			m->matched++;
			i++;
		} else {
			*rc_r = put_front(m, false);
		}
		if (m->matched == FROM_LEN) {
			*rc_r = put_front(m, true);
		}
	}
	return i;
}

static bool may_be_quoted(uint8_t first)
{
	return first == '>' || first == 'F';
}

/* Octets up to the next line's front that has to be looked at closely. */
static size_t plain_len(const uint8_t *at, size_t len, bool *at_line_r)
{
	size_t i = 0;

	while (i < len) {
		const uint8_t *lf = memchr(at + i, '\n', len - i);

		if (lf == NULL) {
			break;
		}
		i = (size_t)(lf - at) + 1;
		if (i == len || may_be_quoted(at[i])) {
			*at_line_r = true;
			return i;
		}
	}
	return len;
}

int mboxrd_write(struct mboxrd *m, const uint8_t *at, size_t len)
{
	int rc = 0;

	while (len != 0 && rc == 0) {
		size_t n = front(m, at, len, &rc);

		at += n;
		len -= n;
		if (rc == 0 && !m->at_line && len != 0) {
			n = plain_len(at, len, &m->at_line);
			rc = put(m, at, n);
			at += n;
			len -= n;
		}
	}
	return rc;
}

/* A text that ends with its line end is at a line's front with nothing held. */
int mboxrd_end(struct mboxrd *m)
{
	bool is_whole = m->at_line && m->held == 0 && m->matched == 0;
	int rc = put_front(m, false);

	return rc == 0 ? put(m, "\n\n", is_whole ? 1 : 2) : rc;
}

size_t mboxrd_from_line(char line_r[MBOXRD_FROM_MAX], int64_t unix_time,
			const char *token)
{
	static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed",
					 "Thu", "Fri", "Sat" };
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr",
					    "May", "Jun", "Jul", "Aug",
					    "Sep", "Oct", "Nov", "Dec" };
	time_t t = unix_time;
	struct tm tm = { .tm_mday = 1, .tm_year = 70, .tm_wday = 4 };
	int len;

	(void)gmtime_r(&t, &tm);
	len = snprintf(line_r, MBOXRD_FROM_MAX,
		       "From restante-%.16s %s %s %2d %02d:%02d:%02d %d\n",
		       token, days[tm.tm_wday], months[tm.tm_mon], tm.tm_mday,
		       tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_year + 1900);
	return (size_t)len;
}
