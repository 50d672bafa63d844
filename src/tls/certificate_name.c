// SPDX-License-Identifier: ISC
/*
 * certificate_name.c - names in certificates (certificate_name.h).
 * Runs in: key, master, restantectl.  Trusts: nothing of the name.
 * Allocates: never.
 */
#include "tls/certificate_name.h"

#define LABEL_MAX 63u /* RFC 1035, section 2.3.4 */

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool begins_with_wildcard(const char *name, size_t len)
{
	return len > 2 && name[0] == '*' && name[1] == '.';
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
