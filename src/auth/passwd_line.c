// SPDX-License-Identifier: ISC
/*
 * passwd_line.c - one line of a users file (passwd_line.h).
 * Runs in: auth, restantectl.  Trusts: nothing in the file: hosting panels
 * write there what their customers typed.  Allocates: never.
 */
#include "auth/passwd_line.h"

#include <string.h>

#include "auth/limits.h"

/* EXTRA is PASSWD_EXTRA_FIELD. */
enum field {
	NAME,
	STORED,
	UID,
	GID,
	GECOS,
	HOME,
	SHELL,
	EXTRA,
	FIELD_COUNT
};

bool passwd_next_line(struct text *in, struct text *line_r)
{
	const char *end;
	size_t len;

	if (in->len == 0) {
		return false;
	}
	end = memchr(in->at, '\n', in->len);
	len = end == NULL ? in->len : (size_t)(end - in->at);
	*line_r = (struct text){ in->at, len };
	if (len > 0 && in->at[len - 1] == '\r') {
		line_r->len--;
	}
	len += end != NULL;
	in->at += len;
	in->len -= len;
	return true;
}

bool passwd_line_is_blank(struct text line)
{
	size_t i = 0;

	while (i < line.len && (line.at[i] == ' ' || line.at[i] == '\t')) {
		i++;
	}
	return i == line.len || line.at[0] == '#';
}

static void split(struct text line, struct text fields_r[FIELD_COUNT])
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const char *colon = NULL;
		size_t len = line.len;

		if (i != EXTRA && line.len != 0) {
			colon = memchr(line.at, ':', line.len);
		}
		if (colon != NULL) {
			len = (size_t)(colon - line.at);
		}
		fields_r[i] = (struct text){ line.at, len };
		len += colon != NULL;
		line.at += len;
		line.len -= len;
	}
}

/* An empty field is PASSWD_NO_ID, which is no number that may be written. */
static bool parse_id(struct text field, uint32_t *id_r)
{
	uint64_t n = 0;

	if (field.len == 0) {
		*id_r = PASSWD_NO_ID;
		return true;
	}
	for (size_t i = 0; i < field.len; i++) {
		if (field.at[i] < '0' || field.at[i] > '9') {
			return false;
		}
		n = n * 10 + (uint64_t)(field.at[i] - '0');
		if (n >= PASSWD_NO_ID) {
			return false;
		}
	}
	*id_r = (uint32_t)n;
	return true;
}

bool passwd_next_extra(struct text *rest, struct passwd_extra *extra_r)
{
	const char *equals;
	struct text word;
	size_t n = 0;

	while (rest->len > 0 && rest->at[0] == ' ') {
		rest->at++;
		rest->len--;
	}
	while (n < rest->len && rest->at[n] != ' ') {
		n++;
	}
	if (n == 0) {
		return false;
	}
	word = (struct text){ rest->at, n };
	rest->at += n;
	rest->len -= n;
	*extra_r = (struct passwd_extra){ .word = word, .key = word };
	equals = memchr(word.at, '=', word.len);
	if (equals != NULL) {
		extra_r->key.len = (size_t)(equals - word.at);
		extra_r->value.at = equals + 1;
		extra_r->value.len = word.len - extra_r->key.len - 1;
	}
	return true;
}

/* Of two with one key the first counts. */
static void take_first(struct text *field, const struct passwd_extra *extra)
{
	if (field->len == 0) {
		*field = extra->value;
	}
}

/* Fields that forbid a log-in are obeyed: a file that comes from Dovecot must
 * not let in here whom it kept out there.  What is not ours is ignored. */
static void parse_extra(struct passwd_user *user)
{
	struct text rest = user->extra;
	struct passwd_extra e;

	while (passwd_next_extra(&rest, &e)) {
		if (text_equal(e.key, text_of("nologin"))) {
			user->is_disabled = true;
		} else if (text_equal(e.key, text_of("allow_nets")) &&
			   e.word.len > e.key.len) {
			user->allow_nets = e.value;
			/* a list of nothing allows nothing */
			user->is_disabled |= e.value.len == 0;
		} else if (text_equal(e.key, text_of(PASSWD_SCRAM_SHA_256))) {
			take_first(&user->scram_sha_256, &e);
		} else if (text_equal(e.key, text_of(PASSWD_SCRAM_SHA_1))) {
			take_first(&user->scram_sha_1, &e);
		}
	}
}

const char *passwd_line_parse(struct text line, struct passwd_user *user_r)
{
	struct passwd_user user = { .is_disabled = false };
	struct text fields[FIELD_COUNT];

	if (line.len > PASSWD_LINE_MAX) {
		return "the line is longer than 8192 octets";
	}
	if (line.len != 0 && memchr(line.at, 0, line.len) != NULL) {
		return "the line has a NUL in it";
	}
	split(line, fields);
	if (user_name_fault(fields[NAME]) != NULL) {
		return "the user name cannot be one";
	}
	if (fields[STORED].len > PASSWD_STORED_MAX) {
		return "the password field is longer than 1024 octets";
	}
	if (!parse_id(fields[UID], &user.uid)) {
		return "the third field is not a uid (a number)";
	}
	if (!parse_id(fields[GID], &user.gid)) {
		return "the fourth field is not a gid (a number)";
	}
	user.name = fields[NAME];
	user.stored = fields[STORED];
	user.home = fields[HOME];
	user.extra = fields[EXTRA];
	parse_extra(&user);
	*user_r = user;
	return NULL;
}
