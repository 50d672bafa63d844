// SPDX-License-Identifier: ISC
/*
 * client_read.c - what is read of a status line's text: the code, the numbers
 * where the protocol has some, the stamp (RFC 1939; RFC 2449, section 8).
 * Runs in: the client.  Trusts: nothing that the server says.
 * Allocates: never.
 */
#include "client_impl.h"

/* --- response codes --- */

static const struct {
	enum pop3_code code;
	const char *name;
} codes[] = {
	{ POP3_CODE_AUTH, "AUTH" },
	{ POP3_CODE_IN_USE, "IN-USE" },
	{ POP3_CODE_LOGIN_DELAY, "LOGIN-DELAY" },
	{ POP3_CODE_SYS_TEMP, "SYS/TEMP" },
	{ POP3_CODE_SYS_PERM, "SYS/PERM" },
	{ POP3_CODE_UTF8, "UTF8" },
};

/* [rfc2449/8/code-client] Codes have levels: what a name begins with, up to a
 * slash, may be known. */
static bool begins_with_level(struct pop3_slice name, struct pop3_slice level)
{
	return name.len >= level.len &&
	       (name.len == level.len || name.at[level.len] == '/') &&
	       pop3_slice_equal_fold(pop3_slice_of(name.at, level.len), level);
}

static enum pop3_code code_named(struct pop3_slice name)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		const char *known = codes[i].name;

		if (begins_with_level(name,
				      pop3_slice_of(known, strlen(known)))) {
			return codes[i].code;
		}
	}
	return POP3_CODE_NONE;
}

enum pop3_code pop3_client_take_code(struct pop3_slice *text)
{
	const uint8_t *end;
	size_t len;
	enum pop3_code code;

	if (text->len == 0 || text->at[0] != '[') {
		return POP3_CODE_NONE;
	}
	end = memchr(text->at, ']', text->len);
	if (end == NULL) {
		return POP3_CODE_NONE;
	}
	len = (size_t)(end - text->at);
	code = code_named(pop3_slice_of(text->at + 1, len - 1));
	if (code != POP3_CODE_NONE) {
		*text = pop3_client_trim(pop3_slice_tail(*text, len + 1));
	}
	return code;
}

/* --- numbers --- */

static bool is_number(struct pop3_slice word, uint64_t *n_r)
{
	if (word.len != 0 && word.at[0] == '(') {
		word = pop3_slice_tail(word, 1);
	}
	return pop3_slice_u64(word, n_r) == 0;
}

/* "1 3805", "2 messages (7610 octets)": a number in front, and the next that is
 * there. */
void pop3_client_read_count_octets(struct pop3_client *c,
				   struct pop3_client_event *ev)
{
	struct pop3_slice rest = ev->text;
	uint64_t n = 0;

	(void)c;
	if (pop3_slice_u64(pop3_client_word(&rest), &n) < 0 || n > UINT32_MAX) {
		return;
	}
	ev->count = (uint32_t)n;
	ev->has_count = true;
	while (rest.len != 0 && !ev->has_octets) {
		ev->has_octets =
		    is_number(pop3_client_word(&rest), &ev->octets);
	}
}

/* "1 3805" about the message that was asked for. */
static bool read_pair(uint32_t asked, struct pop3_slice text,
		      struct pop3_slice *second_r)
{
	uint32_t msn = 0;
	bool is_it = pop3_client_msn(pop3_client_word(&text), &msn);

	*second_r = pop3_client_trim(text);
	return is_it && msn == asked;
}

void pop3_client_read_list_one(struct pop3_client *c,
			       struct pop3_client_event *ev)
{
	struct pop3_slice rest;

	ev->has_octets =
	    read_pair(pop3_client_head(c).msn, ev->text, &rest) &&
	    pop3_slice_u64(pop3_client_word(&rest), &ev->octets) == 0;
	ev->is_malformed = !ev->has_octets;
}

void pop3_client_read_uidl_one(struct pop3_client *c,
			       struct pop3_client_event *ev)
{
	struct pop3_slice rest;

	ev->is_malformed =
	    !read_pair(pop3_client_head(c).msn, ev->text, &rest) ||
	    !pop3_client_read_uid(rest, &ev->uid);
}

static bool is_unit(struct pop3_slice word)
{
	return (word.len >= 5 &&
		pop3_slice_equal_fold(pop3_slice_of(word.at, 5),
				      POP3_LITERAL("octet"))) ||
	       (word.len >= 4 &&
		pop3_slice_equal_fold(pop3_slice_of(word.at, 4),
				      POP3_LITERAL("byte")));
}

/* "3805 octets", "Message follows (3805 octets)"; elsewhere "1 3805". */
void pop3_client_read_retr(struct pop3_client *c, struct pop3_client_event *ev)
{
	struct pop3_slice rest;
	uint64_t n = 0;

	if (read_pair(pop3_client_head(c).msn, ev->text, &rest) &&
	    pop3_slice_u64(pop3_client_word(&rest), &ev->octets) == 0) {
		ev->has_octets = true;
		return;
	}
	rest = ev->text;
	while (rest.len != 0 && !ev->has_octets) {
		bool is_n = is_number(pop3_client_word(&rest), &n);
		struct pop3_slice behind = rest;

		ev->has_octets = is_n && is_unit(pop3_client_word(&behind));
	}
	ev->octets = ev->has_octets ? n : 0;
}

/* --- a stamp --- */

/* The octets of a stamp from its "<" to its ">", if it is one: a msg-id, in
 * which no blank and no second "<" stands. */
static struct pop3_slice stamp_at(struct pop3_slice s)
{
	bool has_at = false;

	for (size_t i = 1; i < s.len; i++) {
		uint8_t octet = s.at[i];

		if (octet == '>') {
			return pop3_slice_of(s.at, has_at ? i + 1 : 0);
		}
		if (octet <= ' ' || octet >= 0x7F || octet == '<') {
			break;
		}
		has_at = has_at || octet == '@';
	}
	return pop3_slice_of(NULL, 0);
}

struct pop3_slice pop3_client_find_stamp(struct pop3_slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		struct pop3_slice stamp = pop3_slice_of(NULL, 0);

		if (text.at[i] == '<') {
			stamp = stamp_at(pop3_slice_tail(text, i));
		}
		if (stamp.len != 0) {
			return stamp;
		}
	}
	return pop3_slice_of(NULL, 0);
}
