// SPDX-License-Identifier: ISC
/*
 * options.c - the command line of restante(1) (options.h).
 * Runs in: restante.  Trusts: nothing of the command line.
 */
#include "fetch/conf/options.h"

#include <string.h>

#include "conf/name.h"
#include "fetch/conf/options_table.h"
#include "fetch/conf/url.h"

struct parsing {
	char **argv;
	int argc;
	int at;               /* the next word */
	int operands;         /* how many stand at argv[1]... */
	bool help;            /* --help */
	bool no_more_options; /* after -- */
	uint32_t given;       /* bits of the options that were given */
	struct options o;
	struct conf_reason *why_r;
};

static int take_value(struct parsing *p, const struct option_row *row,
		      const char *value)
{
	if ((p->given & (1u << (unsigned)row->option)) != 0 &&
	    row->value_name != NULL) {
		return conf_refuse(p->why_r, "--%s is given twice", row->name);
	}
	p->given |= 1u << (unsigned)row->option;
	row->take(&p->o, value);
	return 0;
}

/* value: what stands behind "=", or NULL. */
static int on_option(struct parsing *p, const struct option_row *row,
		     const char *value)
{
	if (row->value_name == NULL) {
		if (value != NULL) {
			return conf_refuse(p->why_r, "--%s takes no value",
					   row->name);
		}
		p->help = p->help || row->option == OPTION_HELP;
		return take_value(p, row, NULL);
	}
	if (value == NULL && p->at < p->argc) {
		value = p->argv[p->at++];
	}
	if (value == NULL || value[0] == '\0') {
		return conf_refuse(p->why_r, "--%s needs a value: --%s %s",
				   row->name, row->name, row->value_name);
	}
	return take_value(p, row, value);
}

static int refuse_option(struct parsing *p, const char *name)
{
	const char *names[OPTIONS_ROWS_MAX];
	const char *near;
	size_t count = 0;

	for (; options_rows[count].name != NULL; count++) {
		names[count] = options_rows[count].name;
	}
	if (strcmp(name, "password") == 0 || strcmp(name, "pass") == 0) {
		return conf_refuse(p->why_r, "no password may stand on the "
					     "command line, where all users "
					     "see it: leave it out to be "
					     "asked, or use --password-file "
					     "or --password-command");
	}
	near = conf_name_nearest(name, names, count);
	if (near != NULL) {
		return conf_refuse(p->why_r,
				   "unknown option --%.40s; did you mean --%s?",
				   name, near);
	}
	return conf_refuse(p->why_r,
			   "unknown option --%.40s; restante --help lists all",
			   name);
}

static int on_long(struct parsing *p, const char *word)
{
	char name[64];
	size_t len = strcspn(word, "=");
	const struct option_row *row;

	snprintf(name, sizeof(name), "%.*s",
		 len < sizeof(name) ? (int)len : (int)sizeof(name) - 1, word);
	row = options_find_long(name);
	if (row == NULL) {
		return refuse_option(p, name);
	}
	return on_option(p, row, word[len] == '=' ? word + len + 1 : NULL);
}

/* "-q", "-qc FILE", "-cFILE". */
static int on_short(struct parsing *p, const char *word)
{
	for (; *word != '\0'; word++) {
		const struct option_row *row = options_find_short(*word);

		if (row == NULL) {
			return conf_refuse(p->why_r,
					   "unknown option -%c; restante "
					   "--help lists all",
					   *word);
		}
		if (row->value_name != NULL) {
			return on_option(p, row,
					 word[1] != '\0' ? word + 1 : NULL);
		}
		if (on_option(p, row, NULL) != 0) {
			return -1;
		}
	}
	return 0;
}

/* Operands are gathered in front. */
static int on_word(struct parsing *p, char *word)
{
	if (!p->no_more_options && strcmp(word, "--") == 0) {
		p->no_more_options = true;
		return 0;
	}
	if (p->no_more_options || word[0] != '-' || word[1] == '\0') {
		p->operands++;
		p->argv[p->operands] = word;
		return 0;
	}
	return word[1] == '-' ? on_long(p, word + 2) : on_short(p, word + 1);
}

static int read_words(struct parsing *p)
{
	p->at = 1;
	while (p->at < p->argc) {
		char *word = p->argv[p->at++];

		if (on_word(p, word) != 0) {
			return -1;
		}
	}
	return 0;
}

static int refuse_command(struct parsing *p, const char *group,
			  const char *word)
{
	const char *names[COMMANDS_ROWS_MAX];
	size_t count = options_command_names(group, names);
	const char *near = conf_name_nearest(word, names, count);

	if (url_is_meant(word)) {
		return conf_refuse(p->why_r,
				   "say what to do with the URL; for instance: "
				   "restante fetch URL --to maildir:~/Mail");
	}
	if (near != NULL) {
		return conf_refuse(p->why_r,
				   "unknown command '%s%s%.40s'; did you mean "
				   "'%s'?",
				   group != NULL ? group : "",
				   group != NULL ? " " : "", word, near);
	}
	return conf_refuse(p->why_r,
			   "unknown command '%s%s%.40s'; restante --help lists "
			   "all",
			   group != NULL ? group : "", group != NULL ? " " : "",
			   word);
}

/* Finds the row of the words at argv[1]..., and how many of them it takes. */
static int find_command(struct parsing *p, const struct command_row **row_r,
			int *words_r)
{
	const char *word = p->operands > 0 ? p->argv[1] : NULL;
	const char *second = p->operands > 1 ? p->argv[2] : NULL;
	const struct command_row *row;
	bool is_group;

	if (word == NULL) {
		return conf_refuse(p->why_r,
				   "say what to do: fetch, list, show, delete, "
				   "check, watch or account; restante --help "
				   "tells more");
	}
	is_group = strcmp(word, OPTIONS_GROUP) == 0;
	if (is_group && second == NULL) {
		return conf_refuse(p->why_r, "say what to do: account add, "
					     "list, remove or check");
	}
	row = is_group ? options_find_command(OPTIONS_GROUP, second)
		       : options_find_command(NULL, word);
	if (row == NULL) {
		return refuse_command(p, is_group ? OPTIONS_GROUP : NULL,
				      is_group ? second : word);
	}
	*row_r = row;
	*words_r = is_group ? 2 : 1;
	return 0;
}

/* Options that the command does not know, and such as exclude one another. */
static int check_options(struct parsing *p, const struct command_row *row)
{
	uint32_t keep_and_delete =
	    1u << (unsigned)OPTION_KEEP | 1u << (unsigned)OPTION_DELETE;
	uint32_t both_secrets = 1u << (unsigned)OPTION_PASSWORD_COMMAND |
				1u << (unsigned)OPTION_PASSWORD_FILE;
	uint32_t both_volumes =
	    1u << (unsigned)OPTION_QUIET | 1u << (unsigned)OPTION_VERBOSE;

	for (const struct option_row *o = options_rows; o->name != NULL; o++) {
		if ((p->given & ~row->options & (1u << (unsigned)o->option)) !=
		    0) {
			return conf_refuse(p->why_r,
					   "--%s means nothing to %s; it is "
					   "for: %s",
					   o->name, row->name, o->where);
		}
	}
	if ((p->given & keep_and_delete) == keep_and_delete) {
		return conf_refuse(p->why_r, "--keep and --delete exclude one "
					     "another");
	}
	if ((p->given & both_secrets) == both_secrets) {
		return conf_refuse(p->why_r, "--password-command and "
					     "--password-file exclude one "
					     "another");
	}
	return (p->given & both_volumes) != both_volumes
		   ? 0
		   : conf_refuse(p->why_r, "-q and -v exclude one another");
}

/* Of "help COMMAND", or of "COMMAND --help": which. */
static int take_help(struct parsing *p)
{
	const struct command_row *row;
	int words;

	p->o.command = COMMAND_HELP;
	p->o.about = COMMAND_HELP;
	if (p->operands > 0 && strcmp(p->argv[1], "help") == 0) {
		p->argv++;
		p->operands--;
	}
	if (p->operands == 0 ||
	    (p->operands == 1 && strcmp(p->argv[1], OPTIONS_GROUP) == 0)) {
		return 0;
	}
	if (find_command(p, &row, &words) != 0) {
		return -1;
	}
	p->o.about = row->command;
	return 0;
}

static int parse(struct parsing *p)
{
	const struct command_row *row;
	int words;

	if (read_words(p) != 0) {
		return -1;
	}
	if (p->o.command == COMMAND_VERSION) {
		return 0;
	}
	if (p->help || (p->operands > 0 && strcmp(p->argv[1], "help") == 0)) {
		return take_help(p);
	}
	if (find_command(p, &row, &words) != 0) {
		return -1;
	}
	p->o.command = row->command;
	return check_options(p, row) == 0
		   ? options_take_operands(row, p->argv + words + 1,
					   (size_t)(p->operands - words), &p->o,
					   p->why_r)
		   : -1;
}

int options_parse(int argc, char **argv, struct options *options_r,
		  struct conf_reason *why_r)
{
	struct parsing p = { .argv = argv, .argc = argc, .why_r = why_r };

	if (parse(&p) != 0) {
		return -1;
	}
	*options_r = p.o;
	return 0;
}
