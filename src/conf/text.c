// SPDX-License-Identifier: ISC
/*
 * text.c - the text of a configuration file, made ready for libConfuse
 * (text.h).
 * Runs in: master, restantectl, restante.  Trusts: nothing of the text but its
 * NUL.
 */
#include "conf/text.h"

#include <string.h>

#include "conf/brace.h"

enum inside {
	INSIDE_NOTHING,
	INSIDE_QUOTES,
	INSIDE_LINE_COMMENT,
	INSIDE_LONG_COMMENT,
};

struct scan {
	enum inside inside;
	char quote;  /* which, if INSIDE_QUOTES */
	char before; /* the octet before this one, outside of comments */
	unsigned line;
	unsigned opened; /* the line on which what we are inside of began */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

/* Whether a bare word goes on behind it: none does behind a quoted text, or
 * what libConfuse takes for a word of its own. */
static bool ends_word(char c)
{
	return is_blank(c) || strchr("\"'{}()=+,", c) != NULL;
}

/* A slash begins a comment only where a word could begin: a path may hold two
 * of them. */
static void begin_something(struct scan *s, const char *at)
{
	s->opened = s->line;
	if (*at == '"' || *at == '\'') {
		s->inside = INSIDE_QUOTES;
		s->quote = *at;
	} else if (*at == '#' ||
		   (ends_word(s->before) && at[0] == '/' && at[1] == '/')) {
		s->inside = INSIDE_LINE_COMMENT;
	} else if (ends_word(s->before) && at[0] == '/' && at[1] == '*') {
		s->inside = INSIDE_LONG_COMMENT;
	}
}

/* Returns how many octets from *at on were dealt with. */
static size_t pass_quoted(struct scan *s, const char *at)
{
	if (at[0] == '\\' && at[1] != '\0' && at[1] != '\n') {
		return 2;
	}
	if (at[0] == s->quote) {
		s->inside = INSIDE_NOTHING;
	}
	return 1;
}

static size_t blank_comment(struct scan *s, char *at)
{
	if (s->inside == INSIDE_LONG_COMMENT && at[0] == '*' && at[1] == '/') {
		memset(at, ' ', 2);
		s->inside = INSIDE_NOTHING;
		s->before = ' ';
		return 2;
	}
	if (*at != '\n') {
		*at = ' ';
	} else if (s->inside == INSIDE_LINE_COMMENT) {
		s->inside = INSIDE_NOTHING;
		s->before = '\n';
	}
	return 1;
}

unsigned conf_text_blank_comments(char *text)
{
	struct scan s = { .line = 1 };
	char *at = text;

	while (*at != '\0') {
		if (s.inside == INSIDE_NOTHING) {
			begin_something(&s, at);
			s.before = *at;
			if (s.inside == INSIDE_QUOTES) {
				at++;
				continue;
			}
		}
		if (*at == '\n') {
			s.line++;
		}
		switch (s.inside) {
		case INSIDE_NOTHING:
			at++;
			break;
		case INSIDE_QUOTES:
			at += pass_quoted(&s, at);
			break;
		case INSIDE_LINE_COMMENT:
		case INSIDE_LONG_COMMENT:
			at += blank_comment(&s, at);
			break;
		}
	}
	if (s.inside == INSIDE_QUOTES || s.inside == INSIDE_LONG_COMMENT) {
		return s.opened;
	}
	return 0;
}

/* Where that line begins, or NULL if there are not so many. */
static char *line_at(char *text, unsigned line)
{
	char *at = text;

	for (unsigned n = 1; n < line; n++) {
		at = strchr(at, '\n');
		if (at == NULL) {
			return NULL;
		}
		at++;
	}
	return at;
}

static size_t line_len(const char *at)
{
	return strcspn(at, "\n");
}

/* Whether there is nothing to overwrite: a } is not, if what it closes is not
 * on this line. */
static bool line_is_blank(const char *at)
{
	return strspn(at, " \t\r}") >= line_len(at);
}

/* Behind the quoted text, or the one octet, at; or where the line ends, if the
 * quoted text never does. */
static char *behind_one(char *at)
{
	char *next = at + (conf_brace_skip(at) - at);

	if ((*at == '"' || *at == '\'') && *next == '\0' &&
	    (next == at + 1 || next[-1] != *at)) {
		return at + line_len(at);
	}
	return next;
}

/* Overwrites what is at and what it opens; returns what is behind it.  depth:
 * of the braces that were opened on this line. */
static char *blank_one(char *at, size_t *depth)
{
	char *next = behind_one(at);

	if (*next == '\n' && next[-1] != *at && (*at == '"' || *at == '\'')) {
		*depth = 0;
	}
	if (*at == '}' && *depth == 0) {
		return next;
	}
	*depth += *at == '{' ? 1 : 0;
	*depth -= *at == '}' ? 1 : 0;
	for (; at < next; at++) {
		*at = *at == '\n' ? '\n' : ' ';
	}
	return next;
}

bool conf_text_blank_line(char *text, unsigned line)
{
	char *at = line_at(text, line);
	size_t depth = 0;

	while (line > 1 && (at == NULL || line_is_blank(at))) {
		line--;
		at = line_at(text, line);
	}
	if (at == NULL || line_is_blank(at)) {
		return false;
	}
	while (*at != '\0' && (*at != '\n' || depth > 0)) {
		at = blank_one(at, &depth);
	}
	return true;
}

/* "listen" is not "listen_tls". */
static bool begins_with_word(const char *at, const char *word, size_t len)
{
	char next;

	if (strncmp(at, word, len) != 0) {
		return false;
	}
	next = at[len];
	return next != '_' && (next < 'a' || next > 'z');
}

unsigned conf_text_find_above(const char *text, unsigned line, const char *word)
{
	size_t len = strlen(word);
	unsigned found = line;
	const char *at = text;

	for (unsigned n = 1; n <= line; n++) {
		at += strspn(at, " \t\r");
		if (begins_with_word(at, word, len)) {
			found = n;
		}
		at = strchr(at, '\n');
		if (at == NULL) {
			break;
		}
		at++;
	}
	return found;
}

unsigned conf_text_last_line(const char *text)
{
	unsigned last = 1;
	unsigned line = 1;

	for (; *text != '\0'; text++) {
		line += *text == '\n' ? 1 : 0;
		last = is_blank(*text) ? last : line;
	}
	return last;
}
