// SPDX-License-Identifier: ISC
/*
 * slice.c - slices and the bounded writer (pop3/base.h).
 * Runs in: every role, the client.  Trusts: nothing.  Allocates: never.
 */
#include "pop3/base.h"

static uint8_t fold(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

bool pop3_slice_equal_fold(struct pop3_slice a, struct pop3_slice b)
{
	if (a.len != b.len) {
		return false;
	}
	for (size_t i = 0; i < a.len; i++) {
		if (fold(a.at[i]) != fold(b.at[i])) {
			return false;
		}
	}
	return true;
}

void pop3_put_slice(struct pop3_writer *w, struct pop3_slice s)
{
	if (w->full || s.len > pop3_writer_room(w)) {
		w->full = true;
		return;
	}
	if (s.len != 0) {
		memcpy(w->at + w->len, s.at, s.len);
		w->len += s.len;
	}
}

void pop3_put_str(struct pop3_writer *w, const char *s)
{
	pop3_put_slice(w, pop3_slice_of(s, strlen(s)));
}

void pop3_put_u64(struct pop3_writer *w, uint64_t n)
{
	uint8_t digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (uint8_t)('0' + n % 10);
		n /= 10;
	} while (n != 0);
	pop3_put_slice(w, pop3_slice_of(digits + at, sizeof(digits) - at));
}

int pop3_slice_u64(struct pop3_slice s, uint64_t *n_r)
{
	uint64_t n = 0;

	if (s.len == 0) {
		return POP3_ERANGE;
	}
	for (size_t i = 0; i < s.len; i++) {
		uint64_t digit = (uint64_t)s.at[i] - '0';

		if (digit > 9 || n > (UINT64_MAX - digit) / 10) {
			return POP3_ERANGE;
		}
		n = n * 10 + digit;
	}
	*n_r = n;
	return 0;
}
