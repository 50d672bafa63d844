// SPDX-License-Identifier: ISC
/*
 * fetch_settings.c - prints the tables of restante's settings, options and
 * commands, for check-man.
 * Runs in: the build.  Trusts: the tables.
 */
#include <stdio.h>

#include "fetch/conf/config_table.h"
#include "fetch/conf/options_table.h"

int main(void)
{
	for (size_t i = 0; i < config_rows_count; i++) {
		printf("setting\t%s\t%s\n", config_rows[i].name,
		       config_rows[i].standard);
	}
	for (const struct option_row *o = options_rows; o->name != NULL; o++) {
		printf("option\t%s\t%s\n", o->name, o->help);
	}
	for (const struct command_row *c = options_commands; c->name != NULL;
	     c++) {
		printf("command\t%s%s%s\t%s\n",
		       c->group != NULL ? c->group : "",
		       c->group != NULL ? " " : "", c->name, c->help);
	}
	return 0;
}
