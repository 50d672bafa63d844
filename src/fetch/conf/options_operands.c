// SPDX-License-Identifier: ISC
/*
 * options_operands.c - what stands behind a command: numbers of messages,
 * accounts, URLs (options_table.h).
 * Runs in: restante.  Trusts: the tables; nothing of the command line.
 */
#include <stdio.h>
#include <string.h>

#include "fetch/conf/options_table.h"
#include "fetch/limits.h"

struct taking {
	const struct command_row *row;
	char *const *words; /* what is left of them */
	size_t count;
	struct options *o;
	struct conf_reason *why_r;
};

static bool is_number(const char *word)
{
	return word[0] != '\0' && strspn(word, "0123456789-") == strlen(word) &&
	       word[0] != '-';
}

static bool read_digits(const char **at, uint32_t *number_r)
{
	size_t digits = strspn(*at, "0123456789");
	uint32_t number = 0;

	for (size_t i = 0; i < digits && i < 8; i++) {
		number = number * 10 + (uint32_t)((*at)[i] - '0');
	}
	if (digits == 0 || digits > 8 || number == 0 ||
	    number > FETCH_MESSAGES_MAX) {
		return false;
	}
	*at += digits;
	*number_r = number;
	return true;
}

/* "3", or "3-7". */
static int take_number(const struct taking *p, const char *word)
{
	const struct command_row *row = p->row;
	const char *at = word;
	uint32_t first = 0;
	uint32_t last = 0;
	bool is_sound = read_digits(&at, &first);

	last = first;
	if (is_sound && *at == '-') {
		at++;
		is_sound = read_digits(&at, &last);
	}
	if (!is_sound || *at != '\0' || last < first) {
		return conf_refuse(p->why_r,
				   "%.40s is no number of a message; restante "
				   "list shows them",
				   word);
	}
	if (last - first >= row->numbers_max - p->o->numbers_count) {
		return conf_refuse(p->why_r, "%s takes no more than %zu %s",
				   row->name, row->numbers_max,
				   row->numbers_max == 1 ? "message"
							 : "messages");
	}
	for (uint32_t n = first; n <= last; n++) {
		p->o->numbers[p->o->numbers_count++] = n;
	}
	return 0;
}

static int take_numbers(struct taking *p)
{
	const struct command_row *row = p->row;

	while (row->numbers_max != 0 && p->count > 0 &&
	       is_number(p->words[0])) {
		if (take_number(p, p->words[0]) != 0) {
			return -1;
		}
		p->words++;
		p->count--;
	}
	if (row->numbers_max != 0 && p->o->numbers_count == 0) {
		return conf_refuse(p->why_r,
				   "%s needs the number of a message: restante "
				   "%s %s",
				   row->name, row->name, row->operands);
	}
	return 0;
}

static int refuse_words(const struct taking *p, const char *what)
{
	const struct command_row *row = p->row;

	return conf_refuse(p->why_r, "%s; write: restante %s%s%s%s%s", what,
			   row->group != NULL ? row->group : "",
			   row->group != NULL ? " " : "", row->name,
			   row->operands[0] != '\0' ? " " : "", row->operands);
}

int options_take_operands(const struct command_row *row, char *const *words,
			  size_t count, struct options *options,
			  struct conf_reason *why_r)
{
	struct taking p = { row, words, count, options, why_r };
	char what[80];

	if (take_numbers(&p) != 0) {
		return -1;
	}
	if (p.count > row->names_max) {
		snprintf(what, sizeof(what), "'%.40s' is too much",
			 p.words[row->names_max]);
		return refuse_words(&p, what);
	}
	if (p.count < row->names_min) {
		return refuse_words(&p, "something is missing");
	}
	options->names = p.words;
	options->names_count = p.count;
	return 0;
}
