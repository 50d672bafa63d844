// SPDX-License-Identifier: ISC
/*
 * tree_impl.h - making the sections of a configuration; for tree_read.c.
 */
#ifndef CONF_TREE_IMPL_H
#define CONF_TREE_IMPL_H

#include "conf/tree.h"

size_t conf_kind_rows(const struct conf_kind *kind);

/* The kind of that name, of these or of those within them; or NULL. */
const struct conf_kind *conf_kind_find(const struct conf_kind *kinds,
				       const char *name);

/* Without lines, title and values; NULL without memory. */
struct conf_section *conf_section_create(const struct conf_kind *kind);

/* The entry of a setting that exists. */
struct conf_entry *conf_section_entry(struct conf_section *section,
				      const char *name);

/* False without memory.  The text is copied; inner, if added, is owned. */
MUST_USE bool conf_entry_add(struct conf_entry *entry, const char *text,
			     unsigned line);
MUST_USE bool conf_section_add(struct conf_section *to,
			       struct conf_section *inner);

/* Lines of all sections, once all were read from text. */
void conf_section_set_lines(struct conf_section *root, const char *text);

#endif
