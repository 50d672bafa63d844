// SPDX-License-Identifier: ISC
/*
 * options_help.c - what --help prints (options.h).
 * Runs in: restante.  Trusts: the tables.
 */
#include <stdio.h>
#include <string.h>

#include "fetch/conf/options_table.h"

#define LEFT 28 /* columns before what is told of a row */

static void print_row(const char *left, const char *help, FILE *to)
{
	if (strlen(left) > LEFT - 2) {
		fprintf(to, "  %s\n  %*s%s\n", left, LEFT, "", help);
	} else {
		fprintf(to, "  %-*s%s\n", LEFT, left, help);
	}
}

static void command_words(const struct command_row *c, char text[80])
{
	snprintf(text, 80, "%s%s%s%s%s", c->group != NULL ? c->group : "",
		 c->group != NULL ? " " : "", c->name,
		 c->operands[0] != '\0' ? " " : "", c->operands);
}

static void print_options(uint32_t set, FILE *to)
{
	for (const struct option_row *o = options_rows; o->name != NULL; o++) {
		char left[80];
		char letter[] = { '-', o->letter, ',', ' ', '\0' };

		if ((set & (1u << (unsigned)o->option)) == 0) {
			continue;
		}
		snprintf(left, sizeof(left), "%s--%s%s%s",
			 o->letter != '\0' ? letter : "", o->name,
			 o->value_name != NULL ? " " : "",
			 o->value_name != NULL ? o->value_name : "");
		print_row(left, o->help, to);
	}
}

static void print_all(FILE *to)
{
	char words[80];

	fputs("restante collects mail from POP3 servers, and loses none.\n\n"
	      "usage: restante [OPTION...] COMMAND [ARGUMENT...]\n\n",
	      to);
	for (const struct command_row *c = options_commands; c->name != NULL;
	     c++) {
		command_words(c, words);
		print_row(words, c->help, to);
	}
	fputs("\nAn URL is pop3s://USER@HOST/ (TLS), or pop3://USER@HOST/ "
	      "(STLS).\n\n",
	      to);
	print_options(
	    1u << (unsigned)OPTION_CONFIG | 1u << (unsigned)OPTION_QUIET |
		1u << (unsigned)OPTION_VERBOSE | 1u << (unsigned)OPTION_JSON |
		1u << (unsigned)OPTION_HELP | 1u << (unsigned)OPTION_VERSION,
	    to);
	fputs("\nrestante COMMAND --help shows the options of a command.\n"
	      "Begin with: restante account add\n"
	      "The manuals: restante(1), restante.conf(5)\n",
	      to);
}

void options_print_help(enum command command, FILE *to)
{
	const struct command_row *c = options_commands;
	char words[80];

	while (c->name != NULL && c->command != command) {
		c++;
	}
	if (c->name == NULL) {
		print_all(to);
		return;
	}
	command_words(c, words);
	fprintf(to, "usage: restante %s\n\n%s\n\n", words, c->help);
	print_options(c->options, to);
}
