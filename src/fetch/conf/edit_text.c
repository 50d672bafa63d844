// SPDX-License-Identifier: ISC
/*
 * edit_text.c - the text of restante.conf with a section more, or one less
 * (edit_text.h).
 * Runs in: restante.  Trusts: that the text was read without a fault.
 */
#include "fetch/conf/edit_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/brace.h"
#include "conf/text.h"
#include "conf/tree.h"
#include "fetch/conf/config_table.h"

#define BLANKS " \t\r\n"

/* Of a new file. */
static const char beginning[] = "# Accounts for restante(1); restante.conf(5) "
				"tells of every setting.\n";

char *edit_text_append(const char *text, const char *section)
{
	size_t len = strlen(text);
	bool is_cut = len > 0 && text[len - 1] != '\n';
	char *all = NULL;
	int rc = asprintf(&all, "%s%s\n%s", len > 0 ? text : beginning,
			  is_cut ? "\n" : "", section);

	return rc < 0 ? NULL : all;
}

/* Which of the file's sections is that account; false if none is. */
static bool find_section(const struct conf_section *root, const char *name,
			 size_t *index_r)
{
	for (size_t i = 0; i < root->sections_count; i++) {
		const struct conf_section *s = root->section[i];

		if (strcmp(s->kind->name, CONFIG_ACCOUNT) == 0 &&
		    strcmp(s->title, name) == 0) {
			*index_r = i;
			return true;
		}
	}
	return false;
}

struct span {
	const char *open;  /* its { */
	const char *close; /* its } */
};

/* The braces of the section of that index. */
static bool find_braces(const char *text, size_t index, struct span *span_r)
{
	struct conf_braces walk = { text, 1 };
	struct conf_brace brace;
	size_t depth = 0;
	size_t before = 0;

	while (conf_brace_next(&walk, &brace)) {
		if (brace.opens && depth == 0 && before == index) {
			span_r->open = brace.at;
		}
		depth = brace.opens ? depth + 1 : depth - 1;
		if (!brace.opens && depth == 0 && before++ == index) {
			span_r->close = brace.at;
			return true;
		}
	}
	return false;
}

static const char *line_begin(const char *text, const char *at)
{
	while (at > text && at[-1] != '\n') {
		at--;
	}
	return at;
}

/* Whether exactly: account TITLE stands from at to the {. */
static bool is_heading(const char *at, const char *open)
{
	size_t len = strlen(CONFIG_ACCOUNT);

	at += strspn(at, BLANKS);
	if (strncmp(at, CONFIG_ACCOUNT, len) != 0) {
		return false;
	}
	at += len;
	at += strspn(at, BLANKS);
	if (*at == '"' || *at == '\'') {
		at = conf_brace_skip(at);
	} else {
		at += strcspn(at, BLANKS "{");
	}
	return at + strspn(at, BLANKS) == open;
}

/* The line on which the section's first word stands; NULL if something else
 * stands there before it. */
static const char *find_begin(const char *text, const char *open)
{
	const char *at = line_begin(text, open);

	while (!is_heading(at, open)) {
		if (at == text) {
			return NULL;
		}
		at = line_begin(text, at - 1);
	}
	return at;
}

static int refuse_lines(const char *name, struct conf_reason *why_r)
{
	return conf_refuse(why_r,
			   "something else stands on the first or last line of "
			   "account %.64s; please edit the file yourself",
			   name);
}

/* Whether a comment of several lines ends before the section, or begins behind
 * it.  begin and end: of the section's lines in the file. */
static bool shares_comment(const char *begin, const char *close,
			   const char *end)
{
	begin += strspn(begin, " \t\r");
	return strncmp(begin, CONFIG_ACCOUNT, strlen(CONFIG_ACCOUNT)) != 0 ||
	       memmem(close, (size_t)(end - close), "/*", 2) != NULL;
}

/* text is the file without comments, in the same places. */
static int cut(const char *file, const char *text, const struct span *span,
	       char **new_r)
{
	const char *begin = find_begin(text, span->open);
	const char *end = span->close + strcspn(span->close, "\n");

	if (begin == NULL || strspn(span->close + 1, " \t\r") !=
				 (size_t)(end - span->close) - 1) {
		return -1;
	}
	if (shares_comment(file + (begin - text), file + (span->close - text),
			   file + (end - text))) {
		return -1;
	}
	end += *end == '\n' ? 1 : 0;
	return asprintf(new_r, "%.*s%s", (int)(begin - text), file,
			file + (end - text)) < 0
		   ? -1
		   : 0;
}

static int cut_index(const char *file, size_t index, char **new_r)
{
	char *text = strdup(file);
	struct span span = { NULL, NULL };
	char *new_text = NULL;
	int rc = -1;

	if (text != NULL && conf_text_blank_comments(text) == 0 &&
	    find_braces(text, index, &span)) {
		rc = cut(file, text, &span, &new_text);
	}
	free(text);
	if (rc == 0) {
		*new_r = new_text;
	}
	return rc;
}

int edit_text_without(const char *text, const char *name, char **new_r,
		      struct conf_reason *why_r)
{
	struct conf_faults faults = { .count = 0 };
	struct conf_section *root = NULL;
	char *copy = strdup(text);
	size_t index = 0;
	bool found = false;

	if (copy != NULL) {
		conf_tree_read(copy, &config_grammar, &root, &faults);
	}
	if (root != NULL) {
		found = find_section(root, name, &index);
	}
	conf_tree_destroy(&root);
	free(copy);
	if (!found) {
		return conf_refuse(why_r, "there is no account %.64s", name);
	}
	return cut_index(text, index, new_r) == 0 ? 0
						  : refuse_lines(name, why_r);
}
