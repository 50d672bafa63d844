// SPDX-License-Identifier: ISC
/*
 * ask.c - a person at a terminal (ask.h).
 * Runs in: restante, before there are threads.  Trusts: the person, but no
 * length.  Allocates: a line.
 */
#include "fetch/add/ask.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "fetch/limits.h"
#include "fetch/show/escape.h"
#include "fetch/show/terminal.h"

void ask_init(struct ask *ask, int in, int out, int err)
{
	struct terminal t;

	terminal_look(&t, out);
	*ask = (struct ask){ .in = in, .out = out, .err = err };
	ask->is_terminal = t.is_terminal && isatty(in) == 1;
	ask->is_utf8 = t.is_utf8;
}

void ask_finish(struct ask *ask)
{
	text_finish(&ask->line);
}

/* A line end or a tab in what is foreign is one as well, and no harm. */
static void write_escaped(struct ask *ask, int fd, const char *text)
{
	struct text t = { 0 };

	while (*text != 0) {
		size_t len = strcspn(text, "\n\t");

		escape_put(&t, text, len, ask->is_utf8);
		text += len;
		if (*text != 0) {
			text_str(&t, *text == '\n' ? "\n" : "        ");
			text++;
		}
	}
	if (terminal_write(fd, text_of(&t), t.len) < 0) {
		/* nobody hears: no answer will be worth anything */
		ask->has_ended = true;
	}
	text_finish(&t);
}

void ask_text(struct ask *ask, const char *text)
{
	write_escaped(ask, ask->out, text);
}

void ask_say(struct ask *ask, const char *format, ...)
{
	char text[ASK_SAID_MAX];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	write_escaped(ask, ask->out, text);
}

void ask_fail(struct ask *ask, const char *format, ...)
{
	char text[ASK_SAID_MAX];
	va_list list;
	int len = snprintf(text, sizeof(text), "restante: ");

	va_start(list, format);
	vsnprintf(text + len, sizeof(text) - (size_t)len - 1, format, list);
	va_end(list);
	text[strlen(text) + 1] = 0;
	text[strlen(text)] = '\n';
	write_escaped(ask, ask->err, text);
}

/* One octet at a time: what follows the line belongs to somebody else.  False:
 * the input ended, or the line is too long. */
static bool read_line(struct ask *ask)
{
	char c = 0;

	text_reset(&ask->line);
	for (;;) {
		ssize_t n = read(ask->in, &c, 1);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			ask->has_ended = true;
			return false;
		}
		if (c == '\n') {
			return !ask->line.has_failed;
		}
		if (ask->line.len < ASK_ANSWER_MAX) {
			text_put(&ask->line, &c, 1);
		} else {
			ask->line.has_failed = true;
		}
	}
}

/* Without the blanks around it. */
static const char *trimmed(struct text *t)
{
	char *at = t->at;
	size_t len = t->len;

	if (at == NULL) {
		return "";
	}
	while (len > 0 && isspace((unsigned char)at[len - 1])) {
		at[--len] = 0;
	}
	while (isspace((unsigned char)*at)) {
		at++;
	}
	return at;
}

const char *ask_line(struct ask *ask, const char *prompt, const char *usual)
{
	const char *answer;

	if (ask->has_ended) {
		return NULL;
	}
	if (usual != NULL) {
		ask_say(ask, "%s [%s]: ", prompt, usual);
	} else {
		ask_say(ask, "%s: ", prompt);
	}
	if (!read_line(ask)) {
		ask_say(ask, "\n");
		return NULL;
	}
	answer = trimmed(&ask->line);
	return answer[0] == 0 && usual != NULL ? usual : answer;
}

/* 1: yes; 0: no; -1: neither. */
static int yes_of(const char *answer)
{
	static const char *const yes[] = { "y", "yes" };
	static const char *const no[] = { "n", "no" };

	for (size_t i = 0; i < 2; i++) {
		if (strcasecmp(answer, yes[i]) == 0) {
			return 1;
		}
		if (strcasecmp(answer, no[i]) == 0) {
			return 0;
		}
	}
	return -1;
}

bool ask_yes(struct ask *ask, const char *prompt, bool usual, bool *is_yes_r)
{
	const char *choice = usual ? "Y/n" : "y/N";

	while (!ask->has_ended) {
		const char *answer = ask_line(ask, prompt, choice);
		int is_yes = answer == NULL ? -1 : yes_of(answer);

		if (answer == choice) {
			is_yes = usual;
		}
		if (is_yes >= 0) {
			*is_yes_r = is_yes > 0;
			return true;
		}
		if (!ask->has_ended) {
			ask_say(ask, "Please answer yes or no.\n");
		}
	}
	return false;
}
