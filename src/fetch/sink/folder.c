// SPDX-License-Identifier: ISC
/*
 * folder.c - names of folders (folder.h).
 * Runs in: the carrier threads, the reading of the configuration.  Trusts:
 * nothing.  Allocates: never.
 */
#include "fetch/sink/folder.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "fetch/limits.h"

/* The character at the front of a NUL-terminated text, and its octets; 0 of
 * them if it is none. */
static size_t character(const char *at, uint32_t *point_r)
{
	return utf8_take((const uint8_t *)at, strnlen(at, UTF8_OCTETS_MAX),
			 point_r);
}

static bool may_stand(uint32_t point)
{
	return !utf8_is_control(point) && point != '/';
}

bool folder_is_sound(const char *name)
{
	size_t len = strnlen(name, FETCH_FOLDER_MAX + 1);
	size_t at = 0;

	if (len == 0 || len > FETCH_FOLDER_MAX || name[0] == '.' ||
	    name[len - 1] == '.' || strstr(name, "..") != NULL) {
		return false;
	}
	while (at < len) {
		uint32_t point;
		size_t n = character(name + at, &point);

		if (n == 0 || !may_stand(point)) {
			return false;
		}
		at += n;
	}
	return true;
}

/* Base64 of RFC 3501: a comma for the slash, no padding. */
struct shifted {
	char *to;
	uint32_t bits; /* the lowest held ones wait */
	unsigned held;
	bool is_open;
};

static void put_six(struct shifted *s, uint32_t six)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+,";

	*s->to++ = digits[six & 63];
}

static void put_unit(struct shifted *s, uint32_t utf16)
{
	if (!s->is_open) {
		*s->to++ = '&';
		s->is_open = true;
		s->held = 0;
	}
	s->bits = s->bits << 16 | utf16;
	s->held += 16;
	while (s->held >= 6) {
		s->held -= 6;
		put_six(s, s->bits >> s->held);
	}
}

static void shift_end(struct shifted *s)
{
	if (!s->is_open) {
		return;
	}
	if (s->held != 0) {
		put_six(s, s->bits << (6 - s->held));
	}
	*s->to++ = '-';
	s->is_open = false;
}

static void put_point(struct shifted *s, uint32_t point)
{
	if (point >= 0x10000) {
		put_unit(s, 0xd800 + ((point - 0x10000) >> 10));
		put_unit(s, 0xdc00 + ((point - 0x10000) & 0x3ff));
	} else if (point >= 0x7f) {
		put_unit(s, point);
	} else {
		shift_end(s);
		*s->to++ = (char)point;
		if (point == '&') {
			*s->to++ = '-';
		}
	}
}

void folder_for_maildir(const char *name, char text_r[FOLDER_MAILDIR_MAX])
{
	struct shifted s = { .to = text_r };
	uint32_t point;

	*s.to++ = '.';
	while (*name != '\0') {
		name += character(name, &point);
		put_point(&s, point);
	}
	shift_end(&s);
	*s.to = '\0';
}

int folder_beside(const char *path, const char *folder, char *to, size_t cap)
{
	const char *slash = strrchr(path, '/');
	int len = slash == NULL ? 0 : (int)(slash - path) + 1;

	return folder[0] == '\0'
		   ? snprintf(to, cap, "%s", path)
		   : snprintf(to, cap, "%.*s%s", len, path, folder);
}
