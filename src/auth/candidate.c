// SPDX-License-Identifier: ISC
/*
 * candidate.c - what a secret may have been meant to be (candidate.h).
 * Runs in: auth.  Trusts: nothing it is given.  Allocates: what GNU SASL does.
 */
#include "auth/candidate.h"

#include "auth/saslprep.h"

static struct text text_of_secret(const struct secret *s)
{
	return (struct text){ (const char *)s->octets, s->len };
}

/* The place of the next one, empty. */
static struct secret *next_place(struct candidates *c)
{
	struct secret *s = &c->secret[c->count];

	secret_wipe(s);
	return s;
}

/* It counts if it is not there yet; else its place stays free. */
static void take(struct candidates *c, struct secret *s)
{
	for (size_t i = 0; i < c->count; i++) {
		if (text_equal(text_of_secret(&c->secret[i]),
			       text_of_secret(s))) {
			secret_wipe(s);
			return;
		}
	}
	c->count++;
}

static void add_prepared(struct candidates *c, const struct secret *of)
{
	struct secret *s = next_place(c);

	if (saslprep(text_of_secret(of), s->octets, SECRET_MAX, &s->len)) {
		take(c, s);
	}
}

/* Each octet from 0x80 becomes two. */
static bool latin1_to_utf8(const struct secret *from, struct secret *to)
{
	for (size_t i = 0; i < from->len; i++) {
		uint8_t octet = from->octets[i];

		if (to->len + 2 > SECRET_MAX) {
			secret_wipe(to);
			return false;
		}
		if (octet >= 0x80) {
			to->octets[to->len++] = (uint8_t)(0xc0 | octet >> 6);
			octet = (uint8_t)(0x80 | (octet & 0x3f));
		}
		to->octets[to->len++] = octet;
	}
	return true;
}

/* From sound UTF-8: only U+0080 to U+00FF, behind 0xc2 and 0xc3, have one. */
static bool utf8_to_latin1(const struct secret *from, struct secret *to)
{
	for (size_t i = 0; i < from->len; i++) {
		uint8_t octet = from->octets[i];

		if (octet > 0xc3) {
			secret_wipe(to);
			return false;
		}
		if (octet >= 0x80) {
			i++;
			octet =
			    (uint8_t)(octet << 6 | (from->octets[i] & 0x3f));
		}
		to->octets[to->len++] = octet;
	}
	return true;
}

void candidates_init(struct candidates *c, const struct secret *typed)
{
	struct secret *s;

	c->count = 1;
	c->secret[0] = *typed;
	if (text_is_ascii(text_of_secret(typed))) {
		return;
	}
	if (text_is_utf8(text_of_secret(typed))) {
		add_prepared(c, typed);
		s = next_place(c);
		if (utf8_to_latin1(typed, s)) {
			take(c, s);
		}
		return;
	}
	s = next_place(c);
	if (latin1_to_utf8(typed, s)) {
		take(c, s);
		add_prepared(c, &c->secret[1]);
	}
}

void candidates_finish(struct candidates *c)
{
	for (size_t i = 0; i < c->count; i++) {
		secret_wipe(&c->secret[i]);
	}
	c->count = 0;
}
