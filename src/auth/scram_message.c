// SPDX-License-Identifier: ISC
/*
 * scram_message.c - what a SCRAM client says (scram_message.h).
 * Runs in: auth.  Trusts: nothing.  Allocates: never.
 *
 * GNU SASL reads these messages too, but takes what RFC 5802 forbids: a '=' in
 * a name that encodes nothing, a NUL, extensions of any form.  Only what passes
 * here gets there.
 */
#include "auth/scram_message.h"

#include <string.h>

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* [rfc5802/7/printable] "printable = %x21-2B / %x2D-7E" */
static bool is_printable(char c)
{
	return c >= 0x21 && c <= 0x7e && c != ',';
}

/* cb-name = 1*(ALPHA / DIGIT / "." / "-") */
static bool is_binding_name(char c)
{
	return is_letter(c) || is_digit(c) || c == '.' || c == '-';
}

static bool is_base64(char c)
{
	return is_letter(c) || is_digit(c) || c == '+' || c == '/' || c == '=';
}

/* A comma does not get here. */
static bool is_value(char c)
{
	return c != '\0';
}

static bool consists_of(struct text t, bool (*is_member)(char c))
{
	for (size_t i = 0; i < t.len; i++) {
		if (!is_member(t.at[i])) {
			return false;
		}
	}
	return t.len != 0;
}

/* [rfc5802/5.1/equals] "If the server receives a username that contains '=' not
 * followed by either '2C' or '3D', then the server MUST fail the
 * authentication." */
static bool is_name(struct text t)
{
	for (size_t i = 0; i < t.len; i++) {
		if (t.at[i] == '\0') {
			return false;
		}
		if (t.at[i] == '=' &&
		    (t.len - i < 3 || (memcmp(t.at + i, "=2C", 3) != 0 &&
				       memcmp(t.at + i, "=3D", 3) != 0))) {
			return false;
		}
	}
	return t.len != 0;
}

/* Cuts off what stands before the next comma; false if there is none. */
static bool take_part(struct text *in, struct text *part_r)
{
	const char *comma = in->len == 0 ? NULL : memchr(in->at, ',', in->len);

	if (comma == NULL) {
		return false;
	}
	*part_r = (struct text){ in->at, (size_t)(comma - in->at) };
	in->at += part_r->len + 1;
	in->len -= part_r->len + 1;
	return true;
}

/* The same, but what is last has no comma behind it. */
static struct text take_part_or_all(struct text *in)
{
	struct text part = *in;

	if (!take_part(in, &part)) {
		*in = (struct text){ in->at + in->len, 0 };
	}
	return part;
}

/* Takes "x=" off; false if it does not begin so. */
static bool take_key(struct text *part, char key)
{
	if (part->len < 2 || part->at[0] != key || part->at[1] != '=') {
		return false;
	}
	part->at += 2;
	part->len -= 2;
	return true;
}

static bool take_flag(struct text *in, struct scram_first *f)
{
	if (!take_part(in, &f->binding) || f->binding.len == 0) {
		return false;
	}
	f->flag = f->binding.at[0];
	if (f->flag == 'p') {
		return take_key(&f->binding, 'p') &&
		       consists_of(f->binding, is_binding_name);
	}
	if (f->binding.len != 1 || (f->flag != 'n' && f->flag != 'y')) {
		return false;
	}
	f->binding.len = 0;
	return true;
}

static bool take_authzid(struct text *in, struct scram_first *f)
{
	if (!take_part(in, &f->authzid)) {
		return false;
	}
	return f->authzid.len == 0 ||
	       (take_key(&f->authzid, 'a') && is_name(f->authzid));
}

/* Extensions; *in is empty if there are none. */
static bool are_extensions(struct text in)
{
	while (in.len != 0) {
		struct text part = take_part_or_all(&in);

		if (part.len < 3 || !is_letter(part.at[0]) ||
		    part.at[1] != '=' || !consists_of(part, is_value)) {
			return false;
		}
	}
	return true;
}

bool scram_first_parse(struct text message, struct scram_first *f_r)
{
	struct text in = message;
	struct scram_first f = { .flag = '\0' };

	if (!take_flag(&in, &f) || !take_authzid(&in, &f)) {
		return false;
	}
	f.header = (struct text){ message.at, message.len - in.len };
	f.bare = in;
	/* an extension that must be understood would stand here, as "m=" */
	if (!take_part(&in, &f.user) || !take_key(&f.user, 'n') ||
	    !is_name(f.user)) {
		return false;
	}
	f.nonce = take_part_or_all(&in);
	if (!take_key(&f.nonce, 'r') || !consists_of(f.nonce, is_printable) ||
	    message.at[message.len - 1] == ',' || !are_extensions(in)) {
		return false;
	}
	*f_r = f;
	return true;
}

bool scram_final_parse(struct text message, struct scram_final *f_r)
{
	struct text in = message, part;
	struct scram_final f;

	if (!take_part(&in, &f.binding) || !take_key(&f.binding, 'c') ||
	    !consists_of(f.binding, is_base64) || !take_part(&in, &f.nonce) ||
	    !take_key(&f.nonce, 'r') || !consists_of(f.nonce, is_printable)) {
		return false;
	}
	f.proof = in;
	while (take_part(&in, &part)) {
		if (part.len == 0 || part.at[0] == 'p' ||
		    !are_extensions(part)) {
			return false;
		}
		f.proof = in;
	}
	f.without_proof = (struct text){
		message.at,
		message.len - f.proof.len - 1,
	};
	if (!take_key(&f.proof, 'p') || !consists_of(f.proof, is_base64)) {
		return false;
	}
	*f_r = f;
	return true;
}

bool scram_name_decode(struct text encoded, char *at, size_t cap, size_t *len_r)
{
	char name[256];
	size_t len = 0;

	for (size_t i = 0; i < encoded.len; i++) {
		char c = encoded.at[i];

		if (len == cap || len == sizeof(name)) {
			return false;
		}
		if (c == '=') {
			c = encoded.at[i + 1] == '2' ? ',' : '=';
			i += 2;
		}
		name[len++] = c;
	}
	memcpy(at, name, len);
	*len_r = len;
	return true;
}
