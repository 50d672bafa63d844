// SPDX-License-Identifier: ISC
/*
 * scheme.c - stored passwords and the table of their schemes (scheme.h).
 * Runs in: auth, restantectl.  Trusts: nothing that is stored: what is
 * malformed matches no secret.
 */
#include "auth/scheme.h"

#include <sodium.h>
#include <string.h>

#include "auth/scheme_hash.h"

_Static_assert(SCHEME_HASH_MAX == PASSWD_STORED_MAX + 1, "any hash fits");

struct scheme {
	const char *name;
	const char *prefix; /* of every hash of it */
	const struct hash_kind *kind;
	bool
	    is_made; /* else only accepted, for those who come from elsewhere */
};

static const struct scheme schemes[] = {
	{ "YESCRYPT", "$y$", &hash_crypt, true },
	{ "ARGON2ID", "$argon2id$", &hash_argon2, true },
	{ "BLF-CRYPT", "$2", &hash_crypt, true },
	{ "SHA512-CRYPT", "$6$", &hash_crypt, true },
	{ "SHA256-CRYPT", "$5$", &hash_crypt, true },
	{ "SCRAM-SHA-256", "", &hash_scram_sha_256, true },
	{ "SCRAM-SHA-1", "", &hash_scram_sha_1, true },
	{ "PLAIN", "", &hash_plain, true },
	{ "CLEARTEXT", "", &hash_plain, false },
	{ "CLEAR", "", &hash_plain, false },
	{ "CRYPT", "", &hash_crypt, false },
	{ "DES-CRYPT", "", &hash_crypt, false },
	{ "MD5-CRYPT", "$1$", &hash_crypt, false },
	{ "ARGON2I", "$argon2i$", &hash_argon2, false },
	{ "ARGON2", "$argon2i", &hash_argon2, false },
};

#define SCHEME_COUNT (sizeof(schemes) / sizeof(schemes[0]))

static const struct scheme *find_scheme(struct text name)
{
	for (size_t i = 0; i < SCHEME_COUNT; i++) {
		if (text_equal_fold(name, text_of(schemes[i].name))) {
			return &schemes[i];
		}
	}
	return NULL;
}

/* --- "{SCHEME.ENCODING}hash" --- */

enum encoding {
	ENCODED_AS_IS,
	ENCODED_BASE64,
	ENCODED_HEX,
	ENCODED_UNKNOWN
};

struct split {
	const struct scheme *scheme; /* NULL: none of ours */
	enum encoding encoding;
	struct text hash;
};

static enum encoding encoding_of(struct text suffix)
{
	if (text_equal_fold(suffix, text_of("B64")) ||
	    text_equal_fold(suffix, text_of("BASE64"))) {
		return ENCODED_BASE64;
	}
	return text_equal_fold(suffix, text_of("HEX")) ? ENCODED_HEX
						       : ENCODED_UNKNOWN;
}

/* Without a scheme: CRYPT, or the form of libpam-pwdfile, which says so. */
static struct split split_bare(struct text stored)
{
	static const char pam_crypt[] = "[13]";
	struct text end = { stored.at + stored.len - 4, 4 };
	struct split s = { find_scheme(text_of("CRYPT")), ENCODED_AS_IS,
			   stored };

	if (stored.len > 4 && stored.at[0] != '$' && end.at[0] == '[' &&
	    end.at[3] == ']') {
		s.hash.len -= 4;
		if (!text_equal(end, text_of(pam_crypt))) {
			s.scheme = NULL;
		}
	}
	return s;
}

static struct split split_stored(struct text stored)
{
	struct split s = { NULL, ENCODED_AS_IS, { NULL, 0 } };
	const char *end, *dot;
	struct text name;

	if (stored.len == 0 || stored.at[0] != '{') {
		return split_bare(stored);
	}
	end = memchr(stored.at, '}', stored.len);
	if (end == NULL) {
		return s;
	}
	name = (struct text){ stored.at + 1, (size_t)(end - stored.at - 1) };
	s.hash.at = end + 1;
	s.hash.len = (size_t)(stored.at + stored.len - s.hash.at);
	dot = name.len == 0 ? NULL : memchr(name.at, '.', name.len);
	if (dot != NULL) {
		struct text suffix = { dot + 1, (size_t)(end - dot - 1) };

		s.encoding = encoding_of(suffix);
		name.len = (size_t)(dot - name.at);
	}
	s.scheme = s.encoding == ENCODED_UNKNOWN ? NULL : find_scheme(name);
	return s;
}

/* --- what the header promises --- */

int scheme_init(void)
{
	return sodium_init() < 0 ? -1 : 0;
}

static bool decode(const struct split *s, struct hash *h)
{
	uint8_t *out = (uint8_t *)h->octets;
	int rc = 0;

	memset(h, 0, sizeof(*h));
	if (s->hash.len > PASSWD_STORED_MAX) {
		return false;
	}
	switch (s->encoding) {
	case ENCODED_AS_IS:
		memcpy(out, s->hash.at, s->hash.len);
		h->len = s->hash.len;
		break;
	case ENCODED_BASE64:
		rc = sodium_base642bin(out, PASSWD_STORED_MAX, s->hash.at,
				       s->hash.len, NULL, &h->len, NULL,
				       sodium_base64_VARIANT_ORIGINAL);
		break;
	case ENCODED_HEX:
		rc = sodium_hex2bin(out, PASSWD_STORED_MAX, s->hash.at,
				    s->hash.len, NULL, &h->len, NULL);
		break;
	case ENCODED_UNKNOWN:
		return false;
	}
	return rc == 0;
}

/* What administrators write where there is to be no password. */
static bool is_locked(const struct hash *h)
{
	return h->len == 0 || h->octets[0] == '*' || h->octets[0] == '!' ||
	       (h->len == 1 && h->octets[0] == 'x');
}

static enum scheme_result judge(const struct split *s, struct hash *h)
{
	if (s->scheme == NULL) {
		return SCHEME_EUNKNOWN;
	}
	if (!decode(s, h)) {
		return SCHEME_EMALFORMED;
	}
	if (h->len == 0 || (s->scheme->kind != &hash_plain && is_locked(h))) {
		return SCHEME_ELOCKED;
	}
	if (strncmp(h->octets, s->scheme->prefix, strlen(s->scheme->prefix)) !=
	    0) {
		return SCHEME_EMALFORMED;
	}
	return s->scheme->kind->judge(h);
}

enum scheme_result scheme_judge(struct text stored)
{
	struct split s = split_stored(stored);
	struct hash h;
	enum scheme_result result = judge(&s, &h);

	wipe(&h, sizeof(h));
	return result;
}

enum scheme_result scheme_verify(struct text stored,
				 const struct secret *secret)
{
	struct split s = split_stored(stored);
	struct hash h;
	enum scheme_result result = judge(&s, &h);

	if (result == SCHEME_MATCH) {
		result = s.scheme->kind->verify(&h, secret);
	}
	wipe(&h, sizeof(h));
	return result;
}

bool scheme_hash_of(struct text stored, char hash_r[SCHEME_HASH_MAX],
		    size_t *len_r)
{
	struct split s = split_stored(stored);
	struct hash h;
	bool is_sound = judge(&s, &h) == SCHEME_MATCH;

	if (is_sound) {
		memcpy(hash_r, h.octets, h.len);
		hash_r[h.len] = '\0';
		*len_r = h.len;
	}
	wipe(&h, sizeof(h));
	return is_sound;
}

bool scheme_reveal(struct text stored, struct secret *secret_r)
{
	struct split s = split_stored(stored);
	struct hash h;
	bool is_plain = s.scheme != NULL && s.scheme->kind == &hash_plain &&
			judge(&s, &h) == SCHEME_MATCH;

	secret_wipe(secret_r);
	if (is_plain) {
		is_plain = secret_set(secret_r, h.octets, h.len);
		wipe(&h, sizeof(h));
	}
	return is_plain;
}

bool scheme_is_costly(struct text stored)
{
	struct split s = split_stored(stored);

	return s.scheme != NULL && s.scheme->kind->is_costly;
}

const char *scheme_name(struct text stored)
{
	struct split s = split_stored(stored);

	return s.scheme == NULL ? "?" : s.scheme->name;
}

const char *scheme_why(enum scheme_result result)
{
	switch (result) {
	case SCHEME_MATCH:
		return "match";
	case SCHEME_MISMATCH:
		return "wrong password";
	case SCHEME_EMALFORMED:
		return "the stored password is malformed";
	case SCHEME_EUNKNOWN:
		return "the stored password's scheme is unknown";
	case SCHEME_ELOCKED:
		return "the user has no password";
	case SCHEME_ENOMEM:
		return "out of memory for the hash";
	case SCHEME_ESECRET:
		return "the scheme cannot take this password";
	}
	return "?";
}

/* A colon would end the field, and a blank or an odd octet invites mistakes of
 * whoever edits the file: plain text that is not plain goes in as base64. */
static bool needs_encoding(const struct hash *h)
{
	for (size_t i = 0; i < h->len; i++) {
		uint8_t c = (uint8_t)h->octets[i];

		if (c <= 0x20 || c >= 0x7f || c == ':') {
			return true;
		}
	}
	return false;
}

static void write_stored(const struct scheme *scheme, const struct hash *h,
			 char stored[SCHEME_STORED_MAX])
{
	char base64[SCHEME_STORED_MAX - 32];

	if (!needs_encoding(h)) {
		snprintf(stored, SCHEME_STORED_MAX, "{%s}%s", scheme->name,
			 h->octets);
		return;
	}
	sodium_bin2base64(base64, sizeof(base64), (const uint8_t *)h->octets,
			  h->len, sodium_base64_VARIANT_ORIGINAL);
	snprintf(stored, SCHEME_STORED_MAX, "{%s.B64}%s", scheme->name, base64);
	wipe(base64, sizeof(base64));
}

bool scheme_is_made(const char *name)
{
	const struct scheme *scheme = find_scheme(text_of(name));

	return scheme != NULL && scheme->is_made;
}

enum scheme_result scheme_make(const char *name, const struct secret *secret,
			       char stored_r[SCHEME_STORED_MAX])
{
	const struct scheme *scheme = find_scheme(text_of(name));
	enum scheme_result result;
	struct hash h;

	if (scheme == NULL || !scheme->is_made) {
		return SCHEME_EUNKNOWN;
	}
	if (secret->len == 0) {
		return SCHEME_ESECRET;
	}
	memset(&h, 0, sizeof(h));
	/* "$2" stands for all of bcrypt's; libcrypt makes the newest by
	 * "$2b$" */
	result = scheme->kind->make(
	    strcmp(scheme->prefix, "$2") == 0 ? "$2b$" : scheme->prefix, secret,
	    &h);
	if (result == SCHEME_MATCH) {
		write_stored(scheme, &h, stored_r);
	}
	wipe(&h, sizeof(h));
	return result;
}

void scheme_print_names(FILE *to)
{
	const char *comma = "";

	for (size_t i = 0; i < SCHEME_COUNT; i++) {
		if (schemes[i].is_made) {
			fprintf(to, "%s%s", comma, schemes[i].name);
			comma = ", ";
		}
	}
}

struct text scheme_builtin_decoy(void)
{
	/* of 32 random octets that nobody kept */
	return text_of("{YESCRYPT}$y$j9T$7iuYqujUzZ4QvG1NbVvfY0$"
		       "RLRPK1fNL9U1ZKuZEqNBcisNrbp99eyQyd5UNBgZDQD");
}
