// SPDX-License-Identifier: ISC
/*
 * config_parse.c - from the text of restanted.conf to the values that it gives
 * each setting of the table (config_parse.h).
 * Runs in: master, restantectl.  Trusts: the table; nothing of the text.
 */
#include "master/config_parse.h"

void config_parse(char *text, struct config_entries *entries,
		  struct conf_faults *faults)
{
	struct conf_row *rows = entries->rows;

	entries->grammar = (struct conf_grammar){
		.root = { .rows = rows },
		.manual = "restanted.conf(5)",
		.list = "listen = {\"ADDRESS\", \"ADDRESS\"}",
		.values_max = CONFIG_VALUES_MAX,
	};
	for (size_t i = 0; i < config_settings_count; i++) {
		rows[i].name = config_settings[i].name;
		rows[i].is_list = config_table_is_list(&config_settings[i]);
	}
	conf_tree_read(text, &entries->grammar, &entries->root, faults);
}

const struct conf_entry *config_entries_at(const struct config_entries *entries,
					   size_t index)
{
	static const struct conf_entry unset = { .line = 0 };

	return entries->root != NULL ? &entries->root->entry[index] : &unset;
}

const struct conf_entry *
config_entries_find(const struct config_entries *entries, const char *name)
{
	return config_entries_at(entries,
				 config_table_index(config_table_find(name)));
}

void config_entries_finish(struct config_entries *entries)
{
	conf_tree_destroy(&entries->root);
}
