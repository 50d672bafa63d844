// SPDX-License-Identifier: ISC
/*
 * tree.h - from the text of a configuration file to the values that it gives
 * each setting, still as text, by its sections.
 */
#ifndef CONF_TREE_H
#define CONF_TREE_H

#include "conf/fault.h"

struct conf_row {
	const char *name;
	bool is_list; /* takes more than one value */
};

/* What to say of a name that is no setting, but one that people would try. */
struct conf_hint {
	const char *name;
	const char *hint; /* ends "NAME: " */
};

/* A kind of section, and the file itself.  Tables end with a NULL name.  In one
 * file all kinds that have the same name are the same. */
struct conf_kind {
	const char *name; /* NULL: the file itself */
	bool has_title;   /* account "TITLE" { */
	const struct conf_row *rows;
	const struct conf_kind
	    *sections;                 /* that may stand within it; or NULL */
	const struct conf_hint *hints; /* or NULL */
};

struct conf_grammar {
	struct conf_kind root;
	const char *manual; /* that lists all settings */
	const char *list;   /* how a list is written */
	size_t values_max;  /* of one list; more are dropped */
};

struct conf_value {
	char *text;
	unsigned line;
};

/* What the file says about one setting. */
struct conf_entry {
	unsigned line; /* of the first value; 0: not set */
	size_t count;  /* of values; other than one only in a list */
	struct conf_value *value;
};

struct conf_section {
	const struct conf_kind *kind;
	char *title;              /* or NULL */
	unsigned line;            /* on which it begins; 0: the file itself */
	unsigned last_line;       /* on which it ends */
	struct conf_entry *entry; /* by the place in kind->rows */
	size_t sections_count;
	struct conf_section **section; /* within it, in order */
};

/*
 * Reads the text, which is overwritten, and adds a fault for all that has no
 * sound form.  What is sound is in *root_r all the same, which is NULL only
 * without memory, which is a fault too.  It points to the grammar.
 */
void conf_tree_read(char *text, const struct conf_grammar *grammar,
		    struct conf_section **root_r, struct conf_faults *faults);

/* What the section says about the setting of that name, which exists. */
const struct conf_entry *conf_tree_find(const struct conf_section *section,
					const char *name);

/* Frees it with all within.  Takes NULL. */
void conf_tree_destroy(struct conf_section **section);

#endif
