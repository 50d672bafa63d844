// SPDX-License-Identifier: ISC
/*
 * user_name.c - what may be a user's name (user_name.h).
 * Runs in: auth, restantectl.  Trusts: nothing it is given.  Allocates: what
 * SASLprep does, for names that are not ASCII.
 */
#include "auth/user_name.h"

#include <assert.h>
#include <string.h>

#include "auth/saslprep.h"
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

static const char *octets_fault(struct text name)
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

static_assert(USER_NAME_FORM_MAX == PACKET_USER_MAX, "a form of any name");

const char *user_name_fault(struct text name)
{
	const char *fault = octets_fault(name);
	struct user_name_form form;

	if (fault != NULL || text_is_ascii(name)) {
		return fault;
	}
	if (!text_is_utf8(name)) {
		return "is not UTF-8";
	}
	if (!saslprep(name, form.octets, sizeof(form.octets), &form.len)) {
		return "has a character in it that SASLprep prohibits, or is "
		       "too long after it";
	}
	/* a wide slash becomes a slash, and wide dots become dots */
	return octets_fault((struct text){ form.octets, form.len });
}

/* [rfc6856/2.2/saslprep] "Servers that include the USER argument in the "UTF8"
 * capability response SHOULD apply SASLprep [RFC4013] or one of its Standards
 * Track successors to the arguments of the "USER" and "PASS" commands"; to
 * those of PASS in candidate.c. */
void user_name_form(struct text name, bool is_folding,
		    struct user_name_form *form_r)
{
	form_r->len = 0;
	if (name.len == 0 || name.len > sizeof(form_r->octets)) {
		return;
	}
	if (text_is_ascii(name) ||
	    !saslprep(name, form_r->octets, sizeof(form_r->octets),
		      &form_r->len)) {
		memcpy(form_r->octets, name.at, name.len);
		form_r->len = name.len;
	}
	if (is_folding) {
		user_name_lower(form_r->octets, form_r->len);
	}
}

bool user_name_equal(struct text a, struct text b, bool is_folding)
{
	struct user_name_form x, y;

	if (text_is_ascii(a) && text_is_ascii(b)) {
		return is_folding ? text_equal_fold(a, b) : text_equal(a, b);
	}
	user_name_form(a, is_folding, &x);
	user_name_form(b, is_folding, &y);
	return text_equal((struct text){ x.octets, x.len },
			  (struct text){ y.octets, y.len });
}
