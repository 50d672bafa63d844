// SPDX-License-Identifier: ISC
/*
 * user_name.c - what may be a user's name (user_name.h).
 * Runs in: auth, restantectl.  Trusts: nothing it is given.  Allocates: never.
 */
#include "auth/user_name.h"

#include <string.h>

#include "ipc/packet.h"

struct text text_of(const char *s)
{
	return (struct text){ s, strlen(s) };
}

bool text_equal(struct text a, struct text b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_equal_fold(struct text a, struct text b)
{
	if (a.len != b.len) {
		return false;
	}
	for (size_t i = 0; i < a.len; i++) {
		if (lower(a.at[i]) != lower(b.at[i])) {
			return false;
		}
	}
	return true;
}

void user_name_lower(char *at, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		at[i] = lower(at[i]);
	}
}

static const char *find_at_sign(struct text name)
{
	return name.len == 0 ? NULL : memchr(name.at, '@', name.len);
}

struct text user_name_local(struct text name)
{
	const char *sign = find_at_sign(name);

	return sign == NULL
		   ? name
		   : (struct text){ name.at, (size_t)(sign - name.at) };
}

struct text user_name_domain(struct text name)
{
	const char *sign = find_at_sign(name);

	return sign == NULL
		   ? (struct text){ NULL, 0 }
		   : (struct text){ sign + 1,
				    (size_t)(name.at + name.len - sign - 1) };
}

/* Empty counts: it makes a path component vanish. */
static bool is_dots(struct text t)
{
	for (size_t i = 0; i < t.len; i++) {
		if (t.at[i] != '.') {
			return false;
		}
	}
	return true;
}

static bool has_bad_octet(struct text name)
{
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = (uint8_t)name.at[i];

		if (c < 0x20 || c == 0x7f || c == '/' || c == ':') {
			return true;
		}
	}
	return false;
}

const char *user_name_fault(struct text name)
{
	if (name.len == 0) {
		return "is empty";
	}
	if (name.len > PACKET_USER_MAX) {
		return "is longer than 255 octets";
	}
	if (has_bad_octet(name)) {
		return "has a control octet, a slash or a colon in it";
	}
	if (name.at[0] == ' ' || name.at[name.len - 1] == ' ') {
		return "has a blank at an end";
	}
	if (name.at[0] == '#') {
		return "begins like a comment";
	}
	if (is_dots(name) || is_dots(user_name_local(name))) {
		return "has nothing, or dots only, before the @";
	}
	if (find_at_sign(name) != NULL && is_dots(user_name_domain(name))) {
		return "has nothing, or dots only, behind the @";
	}
	return NULL;
}
