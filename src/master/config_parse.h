// SPDX-License-Identifier: ISC
/*
 * config_parse.h - from the text of restanted.conf to the values that it gives
 * each setting of the table, still as text.
 */
#ifndef MASTER_CONFIG_PARSE_H
#define MASTER_CONFIG_PARSE_H

#include "conf/tree.h"
#include "master/config.h"
#include "master/config_table.h"

#define CONFIG_OCTETS_MAX (64u * 1024u) /* of the file; a full one has 10 K */
#define CONFIG_VALUES_MAX (SETTINGS_NETS_MAX + 1u) /* one too many is told */

struct config_entries {
	struct conf_row rows[CONFIG_SETTINGS_MAX + 1]; /* of the table */
	struct conf_grammar grammar;
	struct conf_section *root; /* points to it: do not move */
};

/*
 * Reads the text, which is overwritten, into entries, which is all zero before,
 * and adds a fault for all that has no sound form.  What is sound is in
 * *entries all the same.
 */
void config_parse(char *text, struct config_entries *entries,
		  struct conf_faults *faults);

/* What the file says about the setting of that place in the table, or of that
 * name, which exists. */
const struct conf_entry *config_entries_at(const struct config_entries *entries,
					   size_t index);
const struct conf_entry *
config_entries_find(const struct config_entries *entries, const char *name);

/* Frees the values. */
void config_entries_finish(struct config_entries *entries);

#endif
