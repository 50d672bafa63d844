// SPDX-License-Identifier: ISC
/*
 * config_table.h - every setting of restante.conf(5): one row each.  Checks,
 * defaults, the help for a misspelt name and the check of the manual come from
 * these rows.
 */
#ifndef FETCH_CONF_CONFIG_TABLE_H
#define FETCH_CONF_CONFIG_TABLE_H

#include "conf/tree.h"
#include "conf/value.h"
#include "fetch/account.h"
#include "fetch/conf/place.h"

#define CONFIG_ROWS_MAX 32u

struct config_row;

/* What one value, or a list of them, is stored with. */
struct config_store {
	const struct config_row *row;
	const char *const *values; /* one at least, unless it is a list */
	size_t count;
	const struct place *place;
	struct account *account;
	struct conf_reason *why_r;
};

/* Settings of one group stand together: one in an account makes those of the
 * defaults not count. */
enum config_group {
	GROUP_NONE,
	GROUP_LINE,
	GROUP_PASSWORD,
	GROUP_TRUST,
	GROUP_CERTIFICATE,
	GROUP_AFTER,
};

struct config_row {
	const char *name;
	bool is_list;
	enum config_group group;
	int (*store)(const struct config_store *s);
	size_t offset; /* in struct account */
	size_t size;   /* of that member, if it is a number */
	uint64_t min, max;
	const struct conf_word *words;
	const char *standard; /* the default, for the manual; "": none */
	const char *help;     /* one line */
};

/* They end with a NULL name. */
extern const struct config_row config_rows[];
extern const size_t config_rows_count;

/* Of a rule, in this order. */
enum config_rule_row {
	RULE_ROW_FIELD,
	RULE_ROW_PATTERN,
	RULE_ROW_ACTION,
	RULE_ROW_FOLDER,
	RULE_ROWS,
};
extern const struct conf_row config_rule_rows[];
extern const struct conf_word config_rule_actions[];

/* The file's grammar: account "NAME" { }, defaults { }, and rule { } in
 * both. */
extern const struct conf_grammar config_grammar;

/* The place of a setting that exists. */
size_t config_row_index(const char *name);

/* What is told of "account { }" and "defaults { }", by their kinds' names. */
#define CONFIG_ACCOUNT  "account"
#define CONFIG_DEFAULTS "defaults"
#define CONFIG_RULE     "rule"

#endif
