// SPDX-License-Identifier: ISC
/*
 * mistake.c - libConfuse's messages in our words (mistake.h).
 * Runs in: master, restantectl, restante.  Trusts: libConfuse; nothing of the
 * text.
 */
#include "conf/mistake.h"

#include <string.h>

#include "conf/name.h"
#include "conf/text.h"

#define NAMES_MAX 128u /* settings and sections that may stand in one place */

static const char *nearest(const struct conf_kind *kind, const char *name)
{
	const char *names[NAMES_MAX];
	const struct conf_row *row = kind->rows;
	const struct conf_kind *inner = kind->sections;
	size_t count = 0;

	for (; row != NULL && row->name != NULL && count < NAMES_MAX; row++) {
		names[count++] = row->name;
	}
	for (; inner != NULL && inner->name != NULL && count < NAMES_MAX;
	     inner++) {
		names[count++] = inner->name;
	}
	return conf_name_nearest(name, names, count);
}

static const char *hint_for(const struct conf_kind *kind, const char *name)
{
	const struct conf_hint *h = kind->hints;

	while (h != NULL && h->name != NULL && strcmp(h->name, name) != 0) {
		h++;
	}
	return h != NULL ? h->hint : NULL;
}

static bool has_name(const struct conf_kind *kind, const char *name)
{
	const struct conf_row *row = kind->rows;
	const struct conf_kind *inner = kind->sections;

	while (row != NULL && row->name != NULL &&
	       strcmp(row->name, name) != 0) {
		row++;
	}
	while (inner != NULL && inner->name != NULL &&
	       strcmp(inner->name, name) != 0) {
		inner++;
	}
	return (row != NULL && row->name != NULL) ||
	       (inner != NULL && inner->name != NULL);
}

/* The kind of section, of these and those within, that has such a name. */
static const struct conf_kind *home_of(const struct conf_kind *kinds,
				       const char *name)
{
	const struct conf_kind *found = NULL;

	for (; kinds != NULL && kinds->name != NULL && found == NULL; kinds++) {
		found = has_name(kinds, name) ? kinds
					      : home_of(kinds->sections, name);
	}
	return found;
}

static void tell_name(struct conf_mistakes *m, const char *name)
{
	const struct conf_kind *root = &m->grammar->root;
	const struct conf_kind *home = home_of(root->sections, name);
	const char *hint = hint_for(m->kind, name);
	const char *near = nearest(m->kind, name);

	if (hint != NULL) {
		conf_fault_add(m->faults, m->bad_line, "%s: %s", name, hint);
	} else if (has_name(root, name)) {
		conf_fault_add(m->faults, m->bad_line,
			       "'%s' cannot stand within '%s'; is a } missing "
			       "above?",
			       name, m->kind->name);
	} else if (home != NULL) {
		conf_fault_add(m->faults, m->bad_line,
			       "'%s' can only stand within '%s%s { ... }'",
			       name, home->name,
			       home->has_title ? " \"NAME\"" : "");
	} else if (near != NULL) {
		conf_fault_add(m->faults, m->bad_line,
			       "unknown setting '%.60s'; did you mean '%s'?",
			       name, near);
	} else {
		conf_fault_add(m->faults, m->bad_line,
			       "unknown setting '%.60s'; %s lists all of them",
			       name, m->grammar->manual);
	}
}

static void tell_unknown(struct conf_mistakes *m, const char *told,
			 const char *word)
{
	(void)told;
	if (m->last_setting[0] != '\0' && m->last_line == m->bad_line &&
	    !has_name(&m->grammar->root, word) &&
	    home_of(m->grammar->root.sections, word) == NULL) {
		conf_fault_add(m->faults, m->bad_line,
			       "'%.60s' stands behind the value of '%s'; put a "
			       "value with blanks in double quotes",
			       word, m->last_setting);
	} else {
		tell_name(m, word);
	}
}

static void tell_equal(struct conf_mistakes *m, const char *told,
		       const char *word)
{
	(void)told;
	/* What was found instead may stand lines below. */
	m->bad_line = conf_text_find_above(m->text, m->bad_line, word);
	conf_fault_add(m->faults, m->bad_line,
		       "'%s' has no value; write: %s = VALUE", word, word);
}

static void tell_end(struct conf_mistakes *m, const char *told,
		     const char *word)
{
	(void)told;
	(void)word;
	m->bad_line = conf_text_last_line(m->text);
	conf_fault_add(m->faults, m->bad_line,
		       "the file ends within a setting: a value or a } is "
		       "missing");
}

/* Behind "NAME =" nothing stood, so that the next setting's name was taken for
 * the value. */
static void tell_swallowed(struct conf_mistakes *m)
{
	m->bad_line =
	    conf_text_find_above(m->text, m->bad_line, m->last_setting);
	conf_fault_add(m->faults, m->bad_line,
		       "'%s' has no value; write: %s = VALUE", m->last_setting,
		       m->last_setting);
}

static void tell_token(struct conf_mistakes *m, const char *told,
		       const char *word)
{
	(void)told;
	if (strcmp(word, "=") == 0 && m->last_line == m->bad_line &&
	    m->last_value[0] != '\0' && has_name(m->kind, m->last_value)) {
		tell_swallowed(m);
	} else if (strcmp(word, "}") == 0) {
		conf_fault_add(m->faults, m->bad_line,
			       "a value is missing before }");
	} else if (strcmp(word, "{") == 0) {
		conf_fault_add(m->faults, m->bad_line,
			       "'{' cannot stand here: this takes one value; "
			       "write: NAME = VALUE");
	} else {
		conf_fault_add(m->faults, m->bad_line,
			       "'%.60s' cannot stand here; write: NAME = "
			       "VALUE, or %s",
			       word, m->grammar->list);
	}
}

static void tell_append(struct conf_mistakes *m, const char *told,
			const char *word)
{
	(void)told;
	conf_fault_add(m->faults, m->bad_line,
		       "'%s' takes one value; write: %s = VALUE", word, word);
}

static void tell_title(struct conf_mistakes *m, const char *told,
		       const char *word)
{
	(void)told;
	conf_fault_add(m->faults, m->bad_line,
		       "'%s' has no name; write: %s \"NAME\" {", word, word);
}

static void tell_opening(struct conf_mistakes *m, const char *told,
			 const char *word)
{
	const struct conf_kind *kind = m->grammar->root.sections;

	(void)told;
	while (kind != NULL && kind->name != NULL &&
	       strcmp(kind->name, word) != 0) {
		kind++;
	}
	/* What was found instead may stand lines below. */
	m->bad_line = conf_text_find_above(m->text, m->bad_line, word);
	conf_fault_add(
	    m->faults, m->bad_line,
	    "behind '%s' a { is missing; write: %s%s { ... }", word, word,
	    kind != NULL && kind->name != NULL && kind->has_title ? " \"NAME\""
								  : "");
}

static void tell_twice(struct conf_mistakes *m, const char *told,
		       const char *word)
{
	(void)told;
	conf_fault_add(m->faults, m->bad_line,
		       "there is a \"%.60s\" on line %u already; give this "
		       "one another name",
		       word, m->first_line);
}

static void tell_as_is(struct conf_mistakes *m, const char *told,
		       const char *word)
{
	(void)word;
	conf_fault_add(m->faults, m->bad_line, "%s", told);
}

static const struct {
	const char *begin; /* of what libConfuse 3.3 says */
	void (*tell)(struct conf_mistakes *m, const char *told,
		     const char *word);
} tellers[] = {
	{ "no such option", tell_unknown },
	{ "missing equal sign", tell_equal },
	{ "premature end of file", tell_end },
	{ "unexpected token", tell_token },
	{ "attempt to append", tell_append },
	{ "missing title", tell_title },
	{ "missing opening brace for section", tell_opening },
	{ "found duplicate title", tell_twice },
	{ "", tell_as_is },
};

void conf_mistake_tell(struct conf_mistakes *m, unsigned line, const char *told,
		       const char *word)
{
	size_t i = 0;

	m->bad_line = line;
	while (strncmp(told, tellers[i].begin, strlen(tellers[i].begin)) != 0) {
		i++;
	}
	tellers[i].tell(m, told, word);
}

void conf_mistake_second(struct conf_mistakes *m, unsigned line,
			 const char *name, unsigned first_line)
{
	m->bad_line = line;
	conf_fault_add(m->faults, line,
		       "'%s' is set twice, first on line %u; keep one of them",
		       name, first_line);
}
