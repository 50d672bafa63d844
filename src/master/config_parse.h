// SPDX-License-Identifier: ISC
/*
 * config_parse.h - from the text of a configuration file to the values that it
 * gives each setting, still as text.
 */
#ifndef MASTER_CONFIG_PARSE_H
#define MASTER_CONFIG_PARSE_H

#include "master/config_fault.h"
#include "master/config_table.h"

#define CONFIG_OCTETS_MAX (64u * 1024u) /* of the file; a full one has 10 K */
#define CONFIG_VALUES_MAX (SETTINGS_NETS_MAX + 1u) /* one too many is told */

/* What the file says about one setting. */
struct config_entry {
	unsigned line; /* of the first value; 0: not set */
	size_t count;  /* of values; other than one only in a list */
	char *value[CONFIG_VALUES_MAX];
	unsigned value_line[CONFIG_VALUES_MAX];
};

/* By the place in the table. */
struct config_entries {
	struct config_entry entry[CONFIG_SETTINGS_MAX];
};

/*
 * Reads the text, which is overwritten, into entries, which is all zero before,
 * and adds a fault for all that has no sound form.  What is sound is in
 * *entries all the same.
 */
void config_parse(char *text, struct config_entries *entries,
		  struct config_faults *faults);

/* What the file says about the setting of that name, which exists. */
const struct config_entry *
config_entries_find(const struct config_entries *entries, const char *name);

/* Frees the values. */
void config_entries_finish(struct config_entries *entries);

#endif
