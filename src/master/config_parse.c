// SPDX-License-Identifier: ISC
/*
 * config_parse.c - from the text of a configuration file to the values that it
 * gives each setting, still as text.  libConfuse does the reading.  To it every
 * setting is a string or a list of strings, because it stops at the first
 * mistake and cannot say what would be right: so its mistakes are taken from it
 * one by one, the line blanked, and the text read again.
 * Runs in: master, restantectl.  Trusts: libConfuse; nothing of the text.
 */
#include "master/config_parse.h"

#include <confuse.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "master/config_text.h"

/* One reading of the text. */
struct reading {
	struct config_entries *entries;
	struct config_faults *faults;
	const char *text;
	unsigned bad_line;        /* of the mistake that ended it; or 0 */
	const char *last_setting; /* and line: where the last value stood */
	unsigned last_line;
};

/* libConfuse has no place for a caller's pointer.  The default of a number,
 * which a string does not have, is one that it copies and does not look at. */
_Static_assert(sizeof(long) == sizeof(void *), "a long holds a pointer");

static struct reading *reading_of(const cfg_opt_t *opt)
{
	return (struct reading *)(intptr_t)opt->def.number;
}

static struct config_entry *entry_of(const struct reading *r,
				     const cfg_opt_t *opt)
{
	const struct setting *s = config_table_find(opt->name);

	return &r->entries->entry[config_table_index(s)];
}

static int refuse_second(struct reading *r, const cfg_t *cfg,
			 const cfg_opt_t *opt, unsigned first_line)
{
	r->bad_line = (unsigned)cfg->line;
	config_fault_add(r->faults, r->bad_line,
			 "'%s' is set twice, first on line %u; keep one of "
			 "them",
			 opt->name, first_line);
	return -1;
}

static int on_value(cfg_t *cfg, cfg_opt_t *opt, const char *value,
		    void *value_r)
{
	struct reading *r = reading_of(opt);
	struct config_entry *e = entry_of(r, opt);
	unsigned line = (unsigned)cfg->line;

	/* Each "=" makes libConfuse forget what it had, so that this value is
	 * the only one; "+=" and the other values of a list do not. */
	if (opt->nvalues == 1 && e->line != 0) {
		return refuse_second(r, cfg, opt, e->line);
	}
	r->last_setting = config_table_find(opt->name)->name;
	r->last_line = line;
	if (e->line == 0) {
		e->line = line;
	}
	if (e->count < CONFIG_VALUES_MAX) {
		e->value[e->count] = strdup(value);
		e->value_line[e->count] = line;
		e->count += e->value[e->count] != NULL ? 1 : 0;
	}
	*(const char **)value_r = value;
	return 0;
}

/* A list without values calls nobody back. */
static void note_empty(const struct reading *r, cfg_t *cfg)
{
	for (size_t i = 0; i < config_settings_count; i++) {
		const char *name = config_settings[i].name;
		struct config_entry *e = &r->entries->entry[i];
		unsigned line;

		if ((cfg->opts[i].flags & CFGF_MODIFIED) != 0 && e->line == 0) {
			line = config_text_find_above(r->text, UINT_MAX, name);
			e->line = line != UINT_MAX ? line : 1;
		}
	}
}

static void tell_unknown(struct reading *r, const char *name)
{
	const char *nearest = config_table_nearest(name);

	if (r->last_setting != NULL && r->last_line == r->bad_line) {
		config_fault_add(r->faults, r->bad_line,
				 "'%.60s' stands behind the value of '%s'; "
				 "put a value with blanks in double quotes",
				 name, r->last_setting);
	} else if (nearest != NULL) {
		config_fault_add(r->faults, r->bad_line,
				 "unknown setting '%.60s'; did you mean '%s'?",
				 name, nearest);
	} else {
		config_fault_add(r->faults, r->bad_line,
				 "unknown setting '%.60s'; restanted.conf(5) "
				 "lists all of them",
				 name);
	}
}

/* libConfuse's own message, known by its first words, in ours. */
__attribute__((format(printf, 2, 0))) static void
on_mistake(cfg_t *cfg, const char *format, va_list values)
{
	struct reading *r = reading_of(&cfg->opts[0]);
	char told[128];
	const char *word;
	va_list copy;

	if (r->bad_line != 0) {
		return; /* of one mistake only the first message */
	}
	r->bad_line = (unsigned)cfg->line;
	va_copy(copy, values);
	word = strstr(format, "'%s'") != NULL ? va_arg(copy, const char *) : "";
	va_end(copy);
	if (strncmp(format, "no such option", 14) == 0) {
		tell_unknown(r, word);
	} else if (strncmp(format, "missing equal sign", 18) == 0) {
		/* What was found instead may stand lines below. */
		r->bad_line =
		    config_text_find_above(r->text, r->bad_line, word);
		config_fault_add(r->faults, r->bad_line,
				 "'%s' has no value; write: %s = VALUE", word,
				 word);
	} else if (strncmp(format, "premature end of file", 21) == 0) {
		r->bad_line = config_text_last_line(r->text);
		config_fault_add(r->faults, r->bad_line,
				 "the file ends within a setting: a value or a "
				 "} is missing");
	} else if (strncmp(format, "unexpected token", 16) == 0) {
		config_fault_add(r->faults, r->bad_line,
				 "'%.60s' cannot stand here; write: NAME = "
				 "VALUE, or listen = {\"ADDRESS\", "
				 "\"ADDRESS\"}",
				 word);
	} else {
		/* not a literal: it is libConfuse's own */
		vsnprintf(told, sizeof(told), format, values);
		config_fault_add(r->faults, r->bad_line, "%s", told);
	}
}

static void declare(cfg_opt_t opts[CONFIG_SETTINGS_MAX + 1], struct reading *r)
{
	const cfg_opt_t end = CFG_END();

	for (size_t i = 0; i < config_settings_count; i++) {
		const struct setting *s = &config_settings[i];
		const cfg_opt_t opt =
		    CFG_STR_CB(s->name, NULL, CFGF_NODEFAULT, on_value);

		opts[i] = opt;
		opts[i].flags |=
		    config_table_is_list(s) ? CFGF_LIST : CFGF_NONE;
		opts[i].def.number = (long)(intptr_t)r;
	}
	opts[config_settings_count] = end;
}

/* Reads the text, in which there are no comments, once.  0 if all of it has a
 * sound form; else the line of a mistake, a fault for it being added. */
static unsigned read_once(const char *text, struct config_entries *entries,
			  struct config_faults *faults)
{
	cfg_opt_t opts[CONFIG_SETTINGS_MAX + 1];
	struct reading r = { entries, faults, text, 0, NULL, 0 };
	cfg_t *cfg;
	int rc;

	declare(opts, &r);
	cfg = cfg_init(opts, CFGF_NONE);
	if (cfg == NULL) {
		config_fault_add(faults, 0, "out of memory");
		return 0;
	}
	cfg_set_error_function(cfg, on_mistake);
	rc = cfg_parse_buf(cfg, text);
	if (rc == CFG_SUCCESS) {
		note_empty(&r, cfg);
	}
	cfg_free(cfg);
	if (rc != CFG_SUCCESS && r.bad_line == 0) {
		config_fault_add(faults, 0, "libConfuse cannot read it");
	}
	return r.bad_line;
}

/* Quotation marks and comments first: while one is open nothing else can be
 * told. */
static void blank_comments(char *text, struct config_faults *faults)
{
	unsigned line = config_text_blank_comments(text);

	while (line != 0) {
		config_fault_add(faults, line,
				 "a quotation mark or comment begins here and "
				 "never ends");
		if (!config_text_blank_line(text, line)) {
			return;
		}
		line = config_text_blank_comments(text);
	}
}

void config_parse(char *text, struct config_entries *entries,
		  struct config_faults *faults)
{
	unsigned line;

	blank_comments(text, faults);
	do {
		config_entries_finish(entries);
		line = read_once(text, entries, faults);
	} while (line != 0 && faults->count <= CONFIG_FAULTS_MAX &&
		 config_text_blank_line(text, line));
}

const struct config_entry *
config_entries_find(const struct config_entries *entries, const char *name)
{
	return &entries->entry[config_table_index(config_table_find(name))];
}

void config_entries_finish(struct config_entries *entries)
{
	for (size_t i = 0; i < CONFIG_SETTINGS_MAX; i++) {
		struct config_entry *e = &entries->entry[i];

		for (size_t v = 0; v < e->count; v++) {
			free(e->value[v]);
		}
		*e = (struct config_entry){ 0 };
	}
}
