// SPDX-License-Identifier: ISC
/*
 * brace.c - the braces of a configuration's sections (brace.h).
 * Runs in: master, restantectl, restante.  Trusts: nothing of the text but its
 * NUL.
 */
#include "conf/brace.h"

#include <string.h>

static const char *behind_escape(const char *at)
{
	return at[1] != '\0' ? at + 2 : at + 1;
}

const char *conf_brace_skip(const char *at)
{
	char quote = *at;

	if (quote == '\\') {
		return behind_escape(at);
	}
	if (at[0] == '$' && at[1] == '{') { /* of the environment */
		at += strcspn(at, "}\n");
		return *at == '}' ? at + 1 : at;
	}
	if (quote != '"' && quote != '\'') {
		return at + 1;
	}
	at++;
	while (*at != '\0' && *at != quote) {
		at = *at == '\\' ? behind_escape(at) : at + 1;
	}
	return *at != '\0' ? at + 1 : at;
}

static unsigned lines_in(const char *at, const char *end)
{
	unsigned lines = 0;

	for (; at < end; at++) {
		lines += *at == '\n' ? 1 : 0;
	}
	return lines;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool conf_brace_next(struct conf_braces *walk, struct conf_brace *brace_r)
{
	char before = '\0';
	bool in_list = false;

	while (*walk->at != '\0') {
		const char *at = walk->at;
		unsigned line = walk->line;
		char c = *at;

		walk->at = conf_brace_skip(at);
		walk->line += lines_in(at, walk->at);
		if (c == '{' && before == '=') {
			in_list = true;
		} else if (c == '}' && in_list) {
			in_list = false;
		} else if ((c == '{' && !in_list) || c == '}') {
			*brace_r = (struct conf_brace){ c == '{', at, line };
			return true;
		}
		before = is_blank(c) ? before : c;
	}
	return false;
}

bool conf_brace_lonely(const char *text, struct conf_brace *brace_r)
{
	struct conf_braces walk = { text, 1 };
	struct conf_brace brace;
	struct conf_brace outer = { false, text, 1 };
	size_t depth = 0;

	while (conf_brace_next(&walk, &brace)) {
		if (!brace.opens && depth == 0) {
			*brace_r = brace;
			return true;
		}
		outer = brace.opens && depth == 0 ? brace : outer;
		depth = brace.opens ? depth + 1 : depth - 1;
	}
	if (depth > 0) {
		*brace_r = outer;
	}
	return depth > 0;
}
