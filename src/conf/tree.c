// SPDX-License-Identifier: ISC
/*
 * tree.c - the sections of a configuration, once read (tree.h).
 * Runs in: master, restantectl, restante.  Trusts: its caller.
 */
#include "conf/tree_impl.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "conf/brace.h"

size_t conf_kind_rows(const struct conf_kind *kind)
{
	size_t count = 0;

	while (kind->rows != NULL && kind->rows[count].name != NULL) {
		count++;
	}
	return count;
}

const struct conf_kind *conf_kind_find(const struct conf_kind *kinds,
				       const char *name)
{
	const struct conf_kind *found = NULL;

	for (; kinds != NULL && kinds->name != NULL && found == NULL; kinds++) {
		found = strcmp(kinds->name, name) == 0
			    ? kinds
			    : conf_kind_find(kinds->sections, name);
	}
	return found;
}

struct conf_section *conf_section_create(const struct conf_kind *kind)
{
	struct conf_section *s = calloc(1, sizeof(*s));
	size_t rows = conf_kind_rows(kind);

	if (s == NULL) {
		return NULL;
	}
	s->kind = kind;
	s->entry = calloc(rows != 0 ? rows : 1, sizeof(*s->entry));
	if (s->entry == NULL) {
		free(s);
		return NULL;
	}
	return s;
}

static size_t index_of(const struct conf_section *section, const char *name)
{
	const struct conf_row *row = section->kind->rows;

	while (strcmp(row->name, name) != 0) {
		row++;
		assert(row->name != NULL);
	}
	return (size_t)(row - section->kind->rows);
}

struct conf_entry *conf_section_entry(struct conf_section *section,
				      const char *name)
{
	return &section->entry[index_of(section, name)];
}

const struct conf_entry *conf_tree_find(const struct conf_section *section,
					const char *name)
{
	return &section->entry[index_of(section, name)];
}

/* Room for twice as many whenever count is a power of two. */
static void *grow(void *at, size_t count, size_t size)
{
	size_t octets;

	if ((count & (count - 1)) != 0) {
		return at;
	}
	return checked_mul(count != 0 ? count * 2 : 1, size, &octets)
		   ? realloc(at, octets)
		   : NULL;
}

bool conf_entry_add(struct conf_entry *entry, const char *text, unsigned line)
{
	struct conf_value *more =
	    grow(entry->value, entry->count, sizeof(*more));
	char *copy = strdup(text);

	entry->value = more != NULL ? more : entry->value;
	if (more == NULL || copy == NULL) {
		free(copy);
		return false;
	}
	entry->value[entry->count++] = (struct conf_value){ copy, line };
	return true;
}

bool conf_section_add(struct conf_section *to, struct conf_section *inner)
{
	struct conf_section **more =
	    grow(to->section, to->sections_count, sizeof(*more));

	if (more == NULL) {
		return false;
	}
	to->section = more;
	to->section[to->sections_count++] = inner;
	return true;
}

/* The sections are in the order of their braces. */
static void set_lines(struct conf_section *s, struct conf_braces *walk)
{
	struct conf_brace brace;
	size_t n = 0;

	while (conf_brace_next(walk, &brace)) {
		if (!brace.opens) {
			s->last_line = brace.line;
			return;
		}
		if (n == s->sections_count) {
			return;
		}
		s->section[n]->line = brace.line;
		set_lines(s->section[n], walk);
		n++;
	}
}

void conf_section_set_lines(struct conf_section *root, const char *text)
{
	struct conf_braces walk = { text, 1 };

	set_lines(root, &walk);
}

static void free_values(struct conf_section *s)
{
	size_t rows = conf_kind_rows(s->kind);

	for (size_t i = 0; i < rows; i++) {
		for (size_t v = 0; v < s->entry[i].count; v++) {
			free(s->entry[i].value[v].text);
		}
		free(s->entry[i].value);
	}
	free(s->entry);
}

void conf_tree_destroy(struct conf_section **section)
{
	struct conf_section *s = *section;

	*section = NULL;
	if (s == NULL) {
		return;
	}
	for (size_t i = 0; i < s->sections_count; i++) {
		conf_tree_destroy(&s->section[i]);
	}
	free(s->section);
	free_values(s);
	free(s->title);
	free(s);
}
