// SPDX-License-Identifier: ISC
/*
 * log.h - log lines: one event, one line, on standard error (the master decides
 * where that leads).  A line is "name: event key=value key=value", values
 * with blanks or odd octets in double quotes and escaped, so that whatever a
 * client sent stays inside its value.  A line over LOG_LINE_MAX is cut.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_LINE_MAX 1024u /* octets with its LF: under PIPE_BUF, so atomic */

/* The values are those of syslog(3). */
enum log_level {
	LOG_ERROR = 3,
	LOG_WARNING = 4,
	LOG_INFO = 6,
	LOG_DEBUG = 7,
};

enum log_form {
	LOG_FORM_TERMINAL, /* "2026-11-23T02:45:01.123Z restanted: ..." */
	LOG_FORM_LEVEL, /* "<6>restanted: ...": journal, or master for syslog */
};

/* Once, before any thread.  name: static, as "restanted-auth". */
void log_init(const char *name, enum log_form form, enum log_level max);

/* A line in the making; place it anywhere. */
struct log_line {
	enum log_level level;
	size_t len;
	char text[LOG_LINE_MAX];
};

/* event: static, one or more words, as "session end". */
void log_begin(struct log_line *l, enum log_level level, const char *event);
void log_str(struct log_line *l, const char *key, const char *value);
void log_octets(struct log_line *l, const char *key, const void *at,
		size_t len);
void log_u64(struct log_line *l, const char *key, uint64_t value);
/* why=, with the text of an errno. */
void log_errno(struct log_line *l, int error);
/* Writes the line.  l is used up. */
void log_end(struct log_line *l);

/* Lines of one event and at most one value, written at once. */
void log_event(enum log_level level, const char *event);
void log_event_str(enum log_level level, const char *event, const char *key,
		   const char *value);
/* The same with why="text of error". path may be NULL. */
void log_event_errno(enum log_level level, const char *event, const char *path,
		     int error);

#endif
