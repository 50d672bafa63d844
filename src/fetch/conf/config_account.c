// SPDX-License-Identifier: ISC
/*
 * config_account.c - from sections of the configuration to an account
 * (config_account.h).
 * Runs in: restante.  Trusts: the tables; nothing of the values.
 */
#include "fetch/conf/config_account.h"

#include <stdlib.h>
#include <string.h>

#include "fetch/conf/argv.h"
#include "fetch/conf/config_check.h"
#include "fetch/conf/config_rule.h"
#include "fetch/conf/config_table.h"

static const struct conf_entry unset = { .line = 0 };

/* One that is wrong in the defaults is wrong for each account: tell it once. */
static bool is_told(const struct conf_faults *faults, unsigned line)
{
	for (size_t i = 0; i < faults->count && i < CONF_FAULTS_MAX; i++) {
		if (faults->fault[i].line == line) {
			return true;
		}
	}
	return false;
}

static const char *shown(const struct conf_entry *e)
{
	if (e->count == 0) {
		return "{}";
	}
	return e->value[0].text[0] != '\0' ? e->value[0].text : "\"\"";
}

static void store(const struct conf_entry *e, const struct config_row *row,
		  const struct place *place, struct account *a,
		  struct conf_faults *faults)
{
	const char *values[ARGV_MAX + 1];
	struct conf_reason why;
	const struct config_store s = { row, values, e->count, place, a, &why };

	for (size_t i = 0; i < e->count; i++) {
		values[i] = e->value[i].text;
	}
	if (row->store(&s) != 0) {
		conf_fault_add(faults, e->line, "%s = %s%.60s%s: %s", row->name,
			       e->count > 1 ? "{" : "", shown(e),
			       e->count > 1 ? ", ...}" : "", why.text);
	}
}

static bool is_group_set(const struct conf_section *s, enum config_group group)
{
	for (size_t i = 0; i < config_rows_count; i++) {
		if (config_rows[i].group == group && s->entry[i].line != 0) {
			return true;
		}
	}
	return false;
}

/* What counts of each row. */
static void choose(const struct conf_section *section,
		   const struct conf_section *defaults,
		   const struct conf_entry *entry_r[CONFIG_ROWS_MAX])
{
	for (size_t i = 0; i < config_rows_count; i++) {
		enum config_group group = config_rows[i].group;
		bool is_own =
		    section->entry[i].line != 0 ||
		    (group != GROUP_NONE && is_group_set(section, group));

		entry_r[i] = is_own             ? &section->entry[i]
			     : defaults != NULL ? &defaults->entry[i]
						: &unset;
	}
}

/* Where the account and the defaults both have rules, its own come first. */
static void read_rules(const struct conf_section *s, bool is_damaged,
		       struct account *a, struct conf_faults *faults)
{
	for (size_t i = 0; s != NULL && i < s->sections_count; i++) {
		config_rule_add(s->section[i], is_damaged, a, faults);
	}
}

static bool has_damage(const struct conf_section *s,
		       const struct conf_faults *faults)
{
	return s != NULL && conf_faults_within(faults, s->line, s->last_line);
}

void config_account_check_defaults(const struct conf_section *defaults,
				   const struct place *place,
				   struct conf_faults *faults)
{
	bool is_damaged = has_damage(defaults, faults);
	struct account scratch;

	account_init(&scratch);
	for (size_t i = 0; i < config_rows_count; i++) {
		if (defaults->entry[i].line != 0) {
			store(&defaults->entry[i], &config_rows[i], place,
			      &scratch, faults);
		}
	}
	read_rules(defaults, is_damaged, &scratch, faults);
	account_finish(&scratch);
}

/* Faults that nobody told yet: each line of the defaults only once. */
static void add_new(struct conf_faults *to, const struct conf_faults *from,
		    const struct conf_section *section)
{
	for (size_t i = 0; i < from->count && i < CONF_FAULTS_MAX; i++) {
		const struct conf_fault *f = &from->fault[i];
		bool is_own =
		    f->line >= section->line && f->line <= section->last_line;

		if (is_own || !is_told(to, f->line)) {
			conf_fault_add(to, f->line, "%s", f->text);
		}
	}
	to->count +=
	    from->count > CONF_FAULTS_MAX ? from->count - CONF_FAULTS_MAX : 0;
}

void config_account_read(const struct conf_section *section,
			 const struct conf_section *defaults,
			 const struct place *place, struct account *a,
			 struct conf_faults *faults)
{
	const struct conf_entry *entry[CONFIG_ROWS_MAX];
	const struct config_sources sources = { section, defaults, entry,
						has_damage(section, faults) };
	struct conf_faults own = { .count = 0 };

	a->line = section->line;
	a->name = strdup(section->title);
	if (a->name == NULL) {
		conf_fault_add(faults, 0, "out of memory");
		return;
	}
	choose(section, defaults, entry);
	for (size_t i = 0; i < config_rows_count; i++) {
		if (entry[i]->line != 0) {
			store(entry[i], &config_rows[i], place, a, &own);
		}
	}
	read_rules(section, sources.is_damaged, a, &own);
	read_rules(defaults, has_damage(defaults, faults), a, &own);
	config_check_account(a, &sources, &own);
	add_new(faults, &own, section);
}
