// SPDX-License-Identifier: ISC
/*
 * saslprep.c - UTF-8 and SASLprep (saslprep.h).
 * Runs in: auth, restantectl.  Trusts: GNU SASL, but shows it nothing that is
 * no UTF-8.  Allocates: what GNU SASL does.
 */
#include "auth/saslprep.h"

#include <gsasl.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

bool text_is_ascii(struct text t)
{
	uint8_t all = 0;

	for (size_t i = 0; i < t.len; i++) {
		all |= (uint8_t)t.at[i];
	}
	return all < 0x80;
}

/* By the first octet: how many follow, and between what the second lies: that
 * is where overlong forms, surrogates and too large numbers are cut off. */
struct lead {
	uint8_t first, last;
	uint8_t more;
	uint8_t second_min, second_max;
};

static const struct lead leads[] = {
	{ 0x00, 0x7f, 0, 0x80, 0xbf }, { 0xc2, 0xdf, 1, 0x80, 0xbf },
	{ 0xe0, 0xe0, 2, 0xa0, 0xbf }, { 0xe1, 0xec, 2, 0x80, 0xbf },
	{ 0xed, 0xed, 2, 0x80, 0x9f }, { 0xee, 0xef, 2, 0x80, 0xbf },
	{ 0xf0, 0xf0, 3, 0x90, 0xbf }, { 0xf1, 0xf3, 3, 0x80, 0xbf },
	{ 0xf4, 0xf4, 3, 0x80, 0x8f },
};

static const struct lead *find_lead(uint8_t c)
{
	for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
		if (c >= leads[i].first && c <= leads[i].last) {
			return &leads[i];
		}
	}
	return NULL;
}

/* The octets of the character at the front; 0 if it is none. */
static size_t character_len(const uint8_t *at, size_t len)
{
	const struct lead *lead = find_lead(at[0]);

	if (lead == NULL || len <= lead->more) {
		return 0;
	}
	for (size_t i = 1; i <= lead->more; i++) {
		uint8_t min = i == 1 ? lead->second_min : 0x80;
		uint8_t max = i == 1 ? lead->second_max : 0xbf;

		if (at[i] < min || at[i] > max) {
			return 0;
		}
	}
	return lead->more + 1u;
}

bool text_is_utf8(struct text t)
{
	const uint8_t *at = (const uint8_t *)t.at;
	size_t done = 0;

	while (done < t.len) {
		size_t n = character_len(at + done, t.len - done);

		if (n == 0) {
			return false;
		}
		done += n;
	}
	return true;
}

/* GNU SASL 2.2.0 takes its flag for the opposite of what it says; whichever way
 * a version has it, one of the two calls lets young characters through. */
static int prepare_leniently(const char *string, char **out_r)
{
	int rc = gsasl_saslprep(string, (Gsasl_saslprep_flags)0, out_r, NULL);

	return rc == GSASL_OK ? rc
			      : gsasl_saslprep(string, GSASL_ALLOW_UNASSIGNED,
					       out_r, NULL);
}

static bool prepare(const char *string, void *at, size_t cap, size_t *len_r)
{
	char *out;
	size_t len;
	bool fits;

	if (prepare_leniently(string, &out) != GSASL_OK) {
		return false;
	}
	len = strlen(out);
	fits = len <= cap;
	if (fits) {
		memcpy(at, out, len);
		*len_r = len;
	}
	wipe(out, len);
	gsasl_free(out);
	return fits;
}

bool saslprep(struct text t, void *at, size_t cap, size_t *len_r)
{
	char string[SECRET_MAX + 1];
	bool is_done;

	if (t.len > SECRET_MAX || !text_is_utf8(t) ||
	    (t.len != 0 && memchr(t.at, 0, t.len) != NULL)) {
		return false;
	}
	if (t.len != 0) {
		memcpy(string, t.at, t.len);
	}
	string[t.len] = '\0';
	is_done = prepare(string, at, cap, len_r);
	wipe(string, t.len);
	return is_done;
}
