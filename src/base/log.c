// SPDX-License-Identifier: ISC
/*
 * log.c - log lines (log.h).
 * Runs in: every role.  Trusts: event and key, which are ours; no value.
 * Allocates: never.  The one mutable global is what log_init sets, once.
 */
#include "base/log.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct {
	const char *name;
	enum log_form form;
	enum log_level max;
} logger = { "restante", LOG_FORM_TERMINAL, LOG_INFO };

void log_init(const char *name, enum log_form form, enum log_level max)
{
	logger.name = name;
	logger.form = form;
	logger.max = max;
	tzset(); /* opens a file, which a confined role may not */
}

/* The last octet is kept for LF. */
static void put_raw(struct log_line *l, const char *at, size_t len)
{
	size_t room = sizeof(l->text) - 1 - l->len;
	size_t n = len < room ? len : room;

	memcpy(l->text + l->len, at, n);
	l->len += n;
}

static void put_text(struct log_line *l, const char *s)
{
	put_raw(l, s, strlen(s));
}

static void put_time(struct log_line *l)
{
	struct timespec now;
	struct tm tm;
	char text[40];
	size_t len;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	len = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	put_raw(l, text, len);
	snprintf(text, sizeof(text), ".%03ldZ ", now.tv_nsec / 1000000);
	put_text(l, text);
}

void log_begin(struct log_line *l, enum log_level level, const char *event)
{
	char prefix[] = { '<', (char)('0' + level), '>' };

	l->level = level;
	l->len = 0;
	if (logger.form == LOG_FORM_LEVEL) {
		put_raw(l, prefix, sizeof(prefix));
	} else {
		put_time(l);
	}
	put_text(l, logger.name);
	put_text(l, ": ");
	put_text(l, level == LOG_ERROR     ? "error: "
		    : level == LOG_WARNING ? "warning: "
					   : "");
	put_text(l, event);
}

static bool is_plain(uint8_t c)
{
	return c > 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '=';
}

/* Octets at the beginning that stand for themselves. */
static size_t count_as_is(const uint8_t *at, size_t len)
{
	size_t n = 0;

	while (n < len && at[n] >= 0x20 && at[n] < 0x7f && at[n] != '"' &&
	       at[n] != '\\') {
		n++;
	}
	return n;
}

static void put_escape(struct log_line *l, uint8_t c)
{
	static const char hex[] = "0123456789abcdef";
	char quoted[] = { '\\', (char)c };
	char coded[] = { '\\', 'x', hex[c >> 4], hex[c & 15] };

	if (c == '"' || c == '\\') {
		put_raw(l, quoted, sizeof(quoted));
	} else {
		put_raw(l, coded, sizeof(coded));
	}
}

static void put_escaped(struct log_line *l, const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		size_t n = count_as_is(at + i, len - i);

		put_raw(l, (const char *)at + i, n);
		i += n;
		if (i < len) {
			put_escape(l, at[i]);
		}
	}
}

void log_octets(struct log_line *l, const char *key, const void *at, size_t len)
{
	const uint8_t *octets = at;
	bool quote = len == 0;

	for (size_t i = 0; i < len && !quote; i++) {
		quote = !is_plain(octets[i]);
	}
	put_text(l, " ");
	put_text(l, key);
	put_text(l, quote ? "=\"" : "=");
	put_escaped(l, octets, len);
	put_text(l, quote ? "\"" : "");
}

void log_str(struct log_line *l, const char *key, const char *value)
{
	log_octets(l, key, value, strlen(value));
}

void log_u64(struct log_line *l, const char *key, uint64_t value)
{
	char text[20]; /* those of UINT64_MAX */
	size_t at = sizeof(text);

	do {
		text[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	put_text(l, " ");
	put_text(l, key);
	put_text(l, "=");
	put_raw(l, text + at, sizeof(text) - at);
}

void log_errno(struct log_line *l, int error)
{
	log_str(l, "why", strerror(error));
}

void log_end(struct log_line *l)
{
	size_t done = 0;

	if (l->level > logger.max) {
		return;
	}
	l->text[l->len] = '\n';
	while (done <= l->len) {
		ssize_t n =
		    write(STDERR_FILENO, l->text + done, l->len + 1 - done);

		if (n <= 0) {
			return; /* there is nobody left to tell */
		}
		done += (size_t)n;
	}
}

void log_event(enum log_level level, const char *event)
{
	struct log_line l;

	log_begin(&l, level, event);
	log_end(&l);
}

void log_event_str(enum log_level level, const char *event, const char *key,
		   const char *value)
{
	struct log_line l;

	log_begin(&l, level, event);
	log_str(&l, key, value);
	log_end(&l);
}

void log_event_errno(enum log_level level, const char *event, const char *path,
		     int error)
{
	struct log_line l;

	log_begin(&l, level, event);
	if (path != NULL) {
		log_str(&l, "path", path);
	}
	log_errno(&l, error);
	log_end(&l);
}
