// SPDX-License-Identifier: ISC
/*
 * settings.c - prints the table of settings, for check-man.
 * Runs in: the build.  Trusts: the table.
 */
#include <stdio.h>

#include "master/config_table.h"

int main(void)
{
	for (size_t i = 0; i < config_settings_count; i++) {
		const struct setting *s = &config_settings[i];

		printf("%s\t%s\t%s\n", s->name,
		       s->standard != NULL ? s->standard : "", s->help);
	}
	return 0;
}
