// SPDX-License-Identifier: ISC
/*
 * tree_read.c - reading the sections of a configuration (tree.h).  libConfuse
 * does it.  To it every setting is a string or a list of strings, because it
 * stops at the first mistake and cannot say what would be right: so its
 * mistakes are taken from it one by one, the line blanked, and the text read
 * again.
 * Runs in: master, restantectl, restante.  Trusts: libConfuse; nothing of the
 * text.
 */
#include "conf/tree.h"

#include <confuse.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "conf/brace.h"
#include "conf/mistake.h"
#include "conf/text.h"
#include "conf/tree_impl.h"

#define DEPTH_MAX 4u /* sections within sections, of any grammar here */

struct open_section {
	cfg_t *cfg;
	struct conf_section *section;
};

/* One reading of the text. */
struct reading {
	struct conf_mistakes mistakes; /* first: on_mistake knows only them */
	struct open_section open[DEPTH_MAX]; /* the first is the file itself */
	size_t open_count;
	bool failed; /* no memory */
};

/* libConfuse has no place for a caller's pointer.  The default of a number,
 * which neither a string nor a section has, is one that it copies and does not
 * look at. */
_Static_assert(sizeof(long) == sizeof(void *), "a long holds a pointer");

static struct reading *reading_of(const cfg_opt_t *opt)
{
	return (struct reading *)(intptr_t)opt->def.number;
}

/* The section that libConfuse is in; it does not tell when one begins. */
static struct conf_section *section_of(struct reading *r, cfg_t *cfg)
{
	const struct conf_kind *kind;
	struct conf_section *s;

	for (size_t i = 0; i < r->open_count; i++) {
		if (r->open[i].cfg == cfg) {
			return r->open[i].section;
		}
	}
	kind = conf_kind_find(r->mistakes.grammar->root.sections, cfg->name);
	if (kind == NULL || r->open_count == DEPTH_MAX) {
		return NULL;
	}
	s = conf_section_create(kind);
	if (s != NULL) {
		r->open[r->open_count++] = (struct open_section){ cfg, s };
	}
	return s;
}

static int give_up(struct reading *r)
{
	r->failed = true;
	return -1;
}

static int on_value(cfg_t *cfg, cfg_opt_t *opt, const char *value,
		    void *value_r)
{
	struct reading *r = reading_of(opt);
	struct conf_section *s = section_of(r, cfg);
	unsigned line = (unsigned)cfg->line;
	struct conf_entry *e;

	if (s == NULL) {
		return give_up(r);
	}
	e = conf_section_entry(s, opt->name);
	/* Each "=" makes libConfuse forget what it had, so that this value is
	 * the only one; "+=" and the other values of a list do not. */
	if (opt->nvalues == 1 && e->line != 0) {
		conf_mistake_second(&r->mistakes, line, opt->name, e->line);
		return -1;
	}
	r->mistakes.last_line = line;
	snprintf(r->mistakes.last_setting, sizeof(r->mistakes.last_setting),
		 "%s", opt->name);
	snprintf(r->mistakes.last_value, sizeof(r->mistakes.last_value), "%s",
		 value);
	e->line = e->line == 0 ? line : e->line;
	if (e->count < r->mistakes.grammar->values_max &&
	    !conf_entry_add(e, value, line)) {
		return give_up(r);
	}
	*(const char **)value_r = value;
	return 0;
}

/* A list without values calls nobody back. */
static void note_empty(const struct reading *r, const cfg_t *cfg,
		       struct conf_section *s, unsigned line)
{
	const struct conf_row *row = s->kind->rows;

	for (size_t i = 0; row != NULL && row[i].name != NULL; i++) {
		struct conf_entry *e = &s->entry[i];
		unsigned found;

		if ((cfg->opts[i].flags & CFGF_MODIFIED) != 0 && e->line == 0) {
			found = conf_text_find_above(r->mistakes.text, line,
						     row[i].name);
			e->line = found != UINT_MAX ? found : 1;
		}
	}
}

static void close_last(struct reading *r)
{
	r->open_count--;
	conf_tree_destroy(&r->open[r->open_count].section);
}

/* The outer one may have been noticed after the inner one. */
static void forget(struct reading *r, const struct conf_section *s)
{
	size_t at = 0;

	while (r->open[at].section != s) {
		at++;
	}
	r->open_count--;
	memmove(&r->open[at], &r->open[at + 1],
		(r->open_count - at) * sizeof(r->open[0]));
}

static int on_section(cfg_t *cfg, cfg_opt_t *opt)
{
	struct reading *r = reading_of(opt);
	cfg_t *inner = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	struct conf_section *outer = section_of(r, cfg);
	struct conf_section *s = section_of(r, inner);

	if (outer == NULL || s == NULL) {
		return give_up(r);
	}
	note_empty(r, inner, s, (unsigned)inner->line);
	if (inner->title != NULL) {
		s->title = strdup(inner->title);
	}
	if ((inner->title != NULL && s->title == NULL) ||
	    !conf_section_add(outer, s)) {
		return give_up(r);
	}
	forget(r, s);
	return 0;
}

/* Where the name of a section was used before. */
static unsigned line_of_title(const struct reading *r, const char *title)
{
	const struct conf_section *root = r->open[0].section;

	conf_section_set_lines(r->open[0].section, r->mistakes.text);
	for (size_t i = 0; i < root->sections_count; i++) {
		const char *other = root->section[i]->title;

		if (other != NULL && strcmp(other, title) == 0) {
			return root->section[i]->line;
		}
	}
	return 0;
}

/* libConfuse's own message, known by its first words, in ours. */
__attribute__((format(printf, 2, 0))) static void
on_mistake(cfg_t *cfg, const char *format, va_list values)
{
	struct reading *r = reading_of(&cfg->opts[0]);
	const struct conf_section *s = section_of(r, cfg);
	char told[128];
	const char *word;
	va_list copy;

	if (r->mistakes.bad_line != 0 || r->failed) {
		return; /* of one mistake only the first message */
	}
	va_copy(copy, values);
	word = strstr(format, "'%s'") != NULL ? va_arg(copy, const char *) : "";
	va_end(copy);
	/* not a literal: it is libConfuse's own */
	vsnprintf(told, sizeof(told), format, values);
	r->mistakes.kind = s != NULL ? s->kind : &r->mistakes.grammar->root;
	r->mistakes.first_line =
	    strncmp(format, "found dup", 9) == 0 ? line_of_title(r, word) : 0;
	conf_mistake_tell(&r->mistakes, (unsigned)cfg->line, told, word);
}

static void undeclare(cfg_opt_t **opts)
{
	for (cfg_opt_t *opt = *opts; opt != NULL && opt->name != NULL; opt++) {
		undeclare(&opt->subopts);
	}
	free(*opts);
	*opts = NULL;
}

static size_t count_kinds(const struct conf_kind *kinds)
{
	size_t count = 0;

	while (kinds != NULL && kinds[count].name != NULL) {
		count++;
	}
	return count;
}

static cfg_opt_t *declare(const struct conf_kind *kind, struct reading *r);

static bool declare_sections(const struct conf_kind *kinds, struct reading *r,
			     cfg_opt_t *opts)
{
	for (size_t i = 0; kinds != NULL && kinds[i].name != NULL; i++) {
		const cfg_opt_t opt = CFG_SEC(kinds[i].name, NULL,
					      CFGF_MULTI | CFGF_NO_TITLE_DUPES);

		opts[i] = opt;
		opts[i].flags |= kinds[i].has_title ? CFGF_TITLE : CFGF_NONE;
		opts[i].def.number = (long)(intptr_t)r;
		opts[i].validcb = on_section;
		opts[i].subopts = declare(&kinds[i], r);
		if (opts[i].subopts == NULL) {
			return false;
		}
	}
	return true;
}

/* NULL without memory.  What is not set ends the table. */
static cfg_opt_t *declare(const struct conf_kind *kind, struct reading *r)
{
	size_t rows = conf_kind_rows(kind);
	cfg_opt_t *opts =
	    calloc(rows + count_kinds(kind->sections) + 1, sizeof(*opts));

	for (size_t i = 0; opts != NULL && i < rows; i++) {
		const struct conf_row *row = &kind->rows[i];
		const cfg_opt_t opt =
		    CFG_STR_CB(row->name, NULL, CFGF_NODEFAULT, on_value);

		opts[i] = opt;
		opts[i].flags |= row->is_list ? CFGF_LIST : CFGF_NONE;
		opts[i].def.number = (long)(intptr_t)r;
	}
	if (opts != NULL && !declare_sections(kind->sections, r, opts + rows)) {
		undeclare(&opts);
	}
	return opts;
}

static cfg_t *begin(struct reading *r, struct conf_section **root)
{
	cfg_opt_t *opts = declare(&r->mistakes.grammar->root, r);
	cfg_t *cfg = opts != NULL ? cfg_init(opts, CFGF_NONE) : NULL;

	undeclare(&opts);
	if (cfg != NULL && *root != NULL) {
		cfg_set_error_function(cfg, on_mistake);
		r->open[0] = (struct open_section){ cfg, *root };
		r->open_count = 1;
	}
	return cfg;
}

/* False, and a fault was added, if there is no memory. */
static bool read_with(struct reading *r, struct conf_section **root)
{
	cfg_t *cfg = begin(r, root);
	int rc = CFG_PARSE_ERROR;

	if (cfg != NULL && *root != NULL) {
		rc = cfg_parse_buf(cfg, r->mistakes.text);
	}
	if (rc == CFG_SUCCESS) {
		note_empty(r, cfg, *root, UINT_MAX);
	}
	while (r->open_count > 1) {
		close_last(r);
	}
	if (cfg != NULL) {
		cfg_free(cfg);
	}
	if (r->failed || cfg == NULL || *root == NULL) {
		conf_fault_add(r->mistakes.faults, 0, "out of memory");
		return false;
	}
	if (rc != CFG_SUCCESS && r->mistakes.bad_line == 0) {
		conf_fault_add(r->mistakes.faults, 0,
			       "libConfuse cannot read it");
	}
	return true;
}

/* Reads the text, in which there are no comments, once.  0 if all of it has a
 * sound form; else the line of a mistake, a fault for it being added. */
static unsigned read_once(const char *text, const struct conf_grammar *grammar,
			  struct conf_section **root,
			  struct conf_faults *faults)
{
	struct reading r = { .mistakes = { .grammar = grammar,
					   .text = text,
					   .faults = faults } };

	*root = conf_section_create(&grammar->root);
	if (!read_with(&r, root)) {
		conf_tree_destroy(root);
		return 0;
	}
	return r.mistakes.bad_line;
}

/* Quotation marks and comments first: while one is open nothing else can be
 * told. */
static void blank_comments(char *text, struct conf_faults *faults)
{
	unsigned line = conf_text_blank_comments(text);

	while (line != 0) {
		unsigned again = conf_text_blank_comments(text);

		conf_fault_add(faults, line,
			       "a quotation mark or comment begins here and "
			       "never ends");
		/* a comment is gone by now, a quotation mark is not */
		if (again == line && !conf_text_blank_line(text, line)) {
			return;
		}
		line = conf_text_blank_comments(text);
	}
}

/* As long as one is missing, what stands where can only be guessed. */
static bool has_all_braces(const char *text, const struct conf_grammar *grammar,
			   struct conf_faults *faults)
{
	struct conf_brace brace;

	if (grammar->root.sections == NULL ||
	    !conf_brace_lonely(text, &brace)) {
		return true;
	}
	conf_fault_add(faults, brace.line,
		       brace.opens
			   ? "what begins here with { never ends: a } is "
			     "missing"
			   : "this } ends nothing; is one too much above it?");
	return false;
}

/* Without that line what was a string may be a comment, whose lines libConfuse
 * counts twice. */
static bool blank_mistake(char *text, unsigned line)
{
	bool is_blanked = conf_text_blank_line(text, line);

	(void)!conf_text_blank_comments(text);
	return is_blanked;
}

void conf_tree_read(char *text, const struct conf_grammar *grammar,
		    struct conf_section **root_r, struct conf_faults *faults)
{
	unsigned line = 0;

	*root_r = NULL;
	blank_comments(text, faults);
	if (!has_all_braces(text, grammar, faults)) {
		*root_r = conf_section_create(&grammar->root);
		return;
	}
	do {
		conf_tree_destroy(root_r);
		line = read_once(text, grammar, root_r, faults);
	} while (line != 0 && faults->count <= CONF_FAULTS_MAX &&
		 blank_mistake(text, line));
	if (*root_r != NULL) {
		conf_section_set_lines(*root_r, text);
	}
}
