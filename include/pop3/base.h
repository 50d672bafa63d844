// SPDX-License-Identifier: ISC
/*
 * pop3/base.h - what every part of libpop3 shares: slices, the bounded writer,
 * error codes and the limits of the protocol.
 */
#ifndef POP3_BASE_H
#define POP3_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define POP3_MUST_USE __attribute__((warn_unused_result))

/* Sizes are octets. */
#define POP3_LINE_MAX  255u /* a command with its CRLF: RFC 2449, section 4 */
#define POP3_REPLY_MAX 512u /* a reply's first line with CRLF: RFC 2449, 4 */
#define POP3_UID_MAX   70u  /* a unique-id: RFC 1939, section 7 */
#define POP3_STAMP_MAX 128u /* an APOP time stamp with its angle brackets */
/* A response within AUTH with its CRLF: ours, the base64 of 12288 octets.  RFC
 * 5034, section 4: limited by what a mechanism can need, and no less. */
#define POP3_SASL_LINE_MAX 16386u
/* A challenge, before "+ ", base64 and CRLF make it a line of at most
 * POP3_REPLY_MAX: ours. */
#define POP3_CHALLENGE_MAX 360u

/* What a function that can fail returns: 0 or more, or one of these. */
enum pop3_error {
	POP3_ELINE = -1,  /* the line is longer than its limit */
	POP3_ENOSPC = -2, /* the output is too small */
	POP3_ERANGE = -3, /* not a number, or too large a one */
	POP3_EINVAL = -4, /* not in the form that the protocol demands */
};

/* Octets that somebody else owns.  Never NUL-terminated; at may be NULL only if
 * len is 0. */
struct pop3_slice {
	const uint8_t *at;
	size_t len;
};

/* A slice of a string literal, without its NUL. */
#define POP3_LITERAL(s)                                                        \
	((struct pop3_slice){ (const uint8_t *)(s), sizeof(s) - 1 })

static inline struct pop3_slice pop3_slice_of(const void *at, size_t len)
{
	return (struct pop3_slice){ (const uint8_t *)at, len };
}

/* The slice without its first n octets; n <= s.len. */
static inline struct pop3_slice pop3_slice_tail(struct pop3_slice s, size_t n)
{
	return n == 0 ? s : pop3_slice_of(s.at + n, s.len - n);
}

static inline bool pop3_slice_equal(struct pop3_slice a, struct pop3_slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* The same without regard to the case of ASCII letters. */
bool pop3_slice_equal_fold(struct pop3_slice a, struct pop3_slice b);

/*
 * Output into memory of the caller's.  A put that does not fit writes nothing
 * and sets full, which stays set: it is checked once, at the end.
 */
struct pop3_writer {
	uint8_t *at;
	size_t len; /* written */
	size_t cap;
	bool full;
};

static inline struct pop3_writer pop3_writer_of(void *at, size_t cap)
{
	return (struct pop3_writer){ (uint8_t *)at, 0, cap, false };
}

static inline size_t pop3_writer_room(const struct pop3_writer *w)
{
	return w->cap - w->len;
}

void pop3_put_slice(struct pop3_writer *w, struct pop3_slice s);
void pop3_put_str(struct pop3_writer *w, const char *s);
void pop3_put_u64(struct pop3_writer *w, uint64_t n);

/*
 * Reads s, all of it, as a decimal number without sign.  POP3_ERANGE if it is
 * empty, has another octet in it, or does not fit into 64 bits; then *n_r is
 * untouched.
 */
POP3_MUST_USE int pop3_slice_u64(struct pop3_slice s, uint64_t *n_r);

#endif
