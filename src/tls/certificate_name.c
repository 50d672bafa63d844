// SPDX-License-Identifier: ISC
/*
 * certificate_name.c - names in certificates (certificate_name.h).
 * Runs in: session, key, master, restantectl.  Trusts: nothing of either name.
 * Allocates: never.
 */
#include "tls/certificate_name.h"

#include <string.h>

#define LABEL_MAX 63u /* RFC 1035, section 2.3.4 */

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool is_equal(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (lower(a[i]) != lower(b[i])) {
			return false;
		}
	}
	return true;
}

static bool begins_with_wildcard(const char *name, size_t len)
{
	return len > 2 && name[0] == '*' && name[1] == '.';
}

/* "*.com" would be everybody's. */
static bool is_wildcard(const char *name, size_t len)
{
	return begins_with_wildcard(name, len) &&
	       memchr(name + 2, '.', len - 2) != NULL;
}

enum certificate_match certificate_name_match(const char *name, size_t name_len,
					      const char *host, size_t host_len)
{
	const char *dot;
	size_t label;

	if (host_len > 0 && host[host_len - 1] == '.') {
		host_len--;
	}
	if (host_len == 0 || name_len == 0) {
		return CERTIFICATE_MATCH_NONE;
	}
	if (name_len == host_len && is_equal(name, host, host_len)) {
		return CERTIFICATE_MATCH_EXACT;
	}
	dot = memchr(host, '.', host_len);
	label = dot == NULL ? host_len : (size_t)(dot - host);
	if (is_wildcard(name, name_len) && label > 0 &&
	    host_len - label == name_len - 1 &&
	    is_equal(name + 1, host + label, name_len - 1)) {
		return CERTIFICATE_MATCH_WILDCARD;
	}
	return CERTIFICATE_MATCH_NONE;
}

static bool is_letter(char c)
{
	c = lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '_';
}

bool certificate_name_is_sound(const char *name, size_t len)
{
	size_t label = 0;

	if (begins_with_wildcard(name, len)) {
		name += 2;
		len -= 2;
	}
	if (len == 0 || len > CERTIFICATE_NAME_MAX) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (name[i] == '.' ? label == 0 : !is_letter(name[i])) {
			return false;
		}
		label = name[i] == '.' ? 0 : label + 1;
		if (label > LABEL_MAX) {
			return false;
		}
	}
	return label > 0;
}
