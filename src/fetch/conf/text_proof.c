// SPDX-License-Identifier: ISC
/*
 * text_proof.c - how one proves who one is: mechanisms, and fingerprints of
 * certificates (text.h).
 * Runs in: restante.  Trusts: nothing of the text.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "conf/name.h"
#include "fetch/conf/text.h"
#include "pop3/base64.h"

#define NAMES_ROOM 256u /* all of them together */

/* The best first, as the manual lists them. */
static const char *const known[] = {
	"SCRAM-SHA-256-PLUS",
	"SCRAM-SHA-256",
	"SCRAM-SHA-1-PLUS",
	"SCRAM-SHA-1",
	"EXTERNAL",
	"PLAIN",
	"LOGIN",
	"USER",
	"APOP",
	"CRAM-MD5",
};
#define KNOWN_COUNT (sizeof(known) / sizeof(known[0]))
#define LIST_MAX    (KNOWN_COUNT + 1) /* so many: one is wrong, or twice */

static const char *find_known(const char *name)
{
	for (size_t i = 0; i < KNOWN_COUNT; i++) {
		if (strcasecmp(known[i], name) == 0) {
			return known[i];
		}
	}
	return NULL;
}

static int refuse_mechanism(const char *name, struct conf_reason *why_r)
{
	char upper[32];
	const char *near;
	size_t len = strlen(name) < sizeof(upper) ? strlen(name) : 0;

	for (size_t i = 0; i < len; i++) {
		bool is_small = name[i] >= 'a' && name[i] <= 'z';

		upper[i] = (char)(is_small ? name[i] - 'a' + 'A' : name[i]);
	}
	upper[len] = '\0';
	if (strcmp(upper, "XOAUTH2") == 0 ||
	    strcmp(upper, "OAUTHBEARER") == 0) {
		return conf_refuse(why_r, "OAuth is not there yet; make an app "
					  "password at your provider");
	}
	near = conf_name_nearest(upper, known, KNOWN_COUNT);
	if (near != NULL) {
		return conf_refuse(why_r,
				   "unknown mechanism '%.40s'; did you mean "
				   "'%s'?",
				   name, near);
	}
	return conf_refuse(
	    why_r,
	    "unknown mechanism '%.40s'; there are SCRAM-SHA-256, "
	    "SCRAM-SHA-1 (both with -PLUS too), EXTERNAL, PLAIN, "
	    "LOGIN, USER, APOP, CRAM-MD5",
	    name);
}

/* Whether the name stands among those, one blank between. */
static bool is_among(const char *names, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = names; *at != '\0'; at += strspn(at, " ")) {
		size_t word = strcspn(at, " ");

		if (word == len && memcmp(at, name, len) == 0) {
			return true;
		}
		at += word;
	}
	return false;
}

int text_mechanisms(const char *const *names, size_t count, char **names_r,
		    struct conf_reason *why_r)
{
	char all[NAMES_ROOM] = "";
	size_t len = 0;

	if (count == 0) {
		return conf_refuse(why_r, "empty; leave it out for all that "
					  "is safe");
	}
	for (size_t i = 0; i < count; i++) {
		const char *name = find_known(names[i]);

		if (name == NULL) {
			return refuse_mechanism(names[i], why_r);
		}
		if (is_among(all, name)) {
			return conf_refuse(why_r, "%s is there twice", name);
		}
		/* No name is there twice, so all of them fit. */
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s",
					len == 0 ? "" : " ", name);
	}
	*names_r = strdup(all);
	return *names_r != NULL ? 0 : conf_refuse(why_r, "out of memory");
}

int text_mechanism_list(const char *text, char **names_r,
			struct conf_reason *why_r)
{
	char copy[NAMES_ROOM];
	char *rest = copy;
	const char *names[LIST_MAX];
	size_t count = 0;

	if (strlen(text) >= sizeof(copy)) {
		return conf_refuse(why_r, "too long");
	}
	snprintf(copy, sizeof(copy), "%s", text);
	while (rest != NULL && count < LIST_MAX) {
		const char *name = strsep(&rest, ", ");

		if (name[0] != '\0') {
			names[count++] = name;
		}
	}
	return text_mechanisms(names, count, names_r, why_r);
}

static const char *behind_prefix(const char *text)
{
	static const char *const prefixes[] = {
		"sha256:",
		"sha-256:",
		"sha256 fingerprint=",
		"sha256=",
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t len = strlen(prefixes[i]);

		if (strncasecmp(text, prefixes[i], len) == 0) {
			return text + len;
		}
	}
	return text;
}

static int hex_value(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at;

	if (c >= 'A' && c <= 'F') {
		c = (char)(c - 'A' + 'a');
	}
	at = c != '\0' ? strchr(digits, c) : NULL;
	return at != NULL ? (int)(at - digits) : -1;
}

/* Pairs of hex digits, with or without colons between.  How many octets, of
 * which max are stored; 0 if it is anything else. */
static size_t read_hex(const char *text, uint8_t *octets, size_t max)
{
	bool has_colons = text[0] != '\0' && text[1] != '\0' && text[2] == ':';
	size_t count = 0;

	while (*text != '\0') {
		int high = hex_value(text[0]);
		int low = high >= 0 ? hex_value(text[1]) : -1;

		if (low < 0) {
			return 0;
		}
		if (count < max) {
			octets[count] = (uint8_t)(high << 4 | low);
		}
		count++;
		text += 2;
		if (has_colons && *text == ':' && text[1] != '\0') {
			text++;
		} else if (has_colons && *text != '\0') {
			return 0;
		}
	}
	return count;
}

/* 43 characters and "=", which some leave out. */
static bool read_base64(const char *text,
			uint8_t octets_r[ACCOUNT_FINGERPRINT_LEN])
{
	char padded[POP3_BASE64_LEN(ACCOUNT_FINGERPRINT_LEN)];
	uint8_t octets[ACCOUNT_FINGERPRINT_LEN + 1];
	struct pop3_writer out = pop3_writer_of(octets, sizeof(octets));
	size_t len = strlen(text);

	if (len != 43 && len != 44) {
		return false;
	}
	memcpy(padded, text, len);
	padded[43] = len == 43 ? '=' : text[43];
	if (pop3_base64_decode(pop3_slice_of(padded, sizeof(padded)), &out) <
		0 ||
	    out.len != ACCOUNT_FINGERPRINT_LEN) {
		return false;
	}
	memcpy(octets_r, octets, ACCOUNT_FINGERPRINT_LEN);
	return true;
}

int text_pin(const char *text, uint8_t pin_r[ACCOUNT_FINGERPRINT_LEN],
	     struct conf_reason *why_r)
{
	const char *digits = behind_prefix(text);
	uint8_t pin[ACCOUNT_FINGERPRINT_LEN];
	size_t octets = read_hex(digits, pin, sizeof(pin));

	if (octets == 16 || octets == 20) {
		return conf_refuse(why_r,
				   "a fingerprint of %s; give the one of "
				   "SHA-256: openssl x509 -noout -fingerprint "
				   "-sha256",
				   octets == 16 ? "MD5" : "SHA-1");
	}
	if (octets != sizeof(pin) && !read_base64(digits, pin)) {
		return conf_refuse(why_r, "not a SHA-256 fingerprint: "
					  "\"sha256:\" and 64 hex digits, or "
					  "44 characters of base64");
	}
	memcpy(pin_r, pin, sizeof(pin));
	return 0;
}
