// SPDX-License-Identifier: ISC
/*
 * argv.c - the words of a command (argv.h).
 * Runs in: restante.  Trusts: nothing of the text.
 */
#include "fetch/conf/argv.h"

#include <stdlib.h>
#include <string.h>

#include "fetch/conf/text.h"

#define BLANKS " \t"
/* What a shell would act on.  '~' is only looked at in front of a word. */
#define SHELL_ONLY "|&;<>()$`\\\"'*?[]#!{}\n"

void argv_free(char **argv)
{
	for (size_t i = 0; argv != NULL && argv[i] != NULL; i++) {
		free(argv[i]);
	}
	free(argv);
}

static int refuse_shell(char c, struct conf_reason *why_r)
{
	return conf_refuse(why_r,
			   "%c is for a shell, and none is run; write a list, "
			   "{\"PROGRAM\", \"ARGUMENT\"}, or {\"sh\", \"-c\", "
			   "\"COMMAND\"}",
			   c);
}

/* Takes the word at *at of that length.  False without memory. */
static bool add(char **argv, size_t *count, const char *at, size_t len)
{
	argv[*count] = strndup(at, len);
	if (argv[*count] == NULL) {
		return false;
	}
	(*count)++;
	return true;
}

static int split(const char *text, char **argv, struct conf_reason *why_r)
{
	const char *odd = strpbrk(text, SHELL_ONLY);
	size_t count = 0;

	if (odd != NULL) {
		return refuse_shell(*odd, why_r);
	}
	for (text += strspn(text, BLANKS); *text != '\0';
	     text += strspn(text, BLANKS)) {
		size_t len = strcspn(text, BLANKS);

		if (count == ARGV_MAX) {
			return conf_refuse(why_r, "more than %u words",
					   ARGV_MAX);
		}
		if (!add(argv, &count, text, len)) {
			return conf_refuse(why_r, "out of memory");
		}
		text += len;
	}
	return 0;
}

static int take(const char *const *values, size_t count, char **argv,
		struct conf_reason *why_r)
{
	size_t done = 0;

	if (count > ARGV_MAX) {
		return conf_refuse(why_r, "more than %u words", ARGV_MAX);
	}
	while (done < count) {
		const char *value = values[done];

		if (!add(argv, &done, value, strlen(value))) {
			return conf_refuse(why_r, "out of memory");
		}
	}
	return 0;
}

static int check(char **argv, const struct place *place,
		 struct conf_reason *why_r)
{
	char *program;

	if (argv[0] == NULL || argv[0][0] == '\0') {
		return conf_refuse(why_r, "names no program");
	}
	for (size_t i = 0; argv[i] != NULL; i++) {
		if (!text_is_clean(argv[i])) {
			return conf_refuse(why_r,
					   "has a control character in it");
		}
	}
	if (strchr(argv[0], '/') == NULL) {
		return 0; /* is looked for in PATH */
	}
	if (place_path(place, argv[0], &program, why_r) != 0) {
		return -1;
	}
	free(argv[0]);
	argv[0] = program;
	return 0;
}

int argv_parse(const char *const *values, size_t count,
	       const struct place *place, char ***argv_r,
	       struct conf_reason *why_r)
{
	char **argv = calloc(ARGV_MAX + 1, sizeof(*argv));
	int rc;

	if (argv == NULL) {
		return conf_refuse(why_r, "out of memory");
	}
	rc = count == 1 ? split(values[0], argv, why_r)
			: take(values, count, argv, why_r);
	if (rc == 0) {
		rc = check(argv, place, why_r);
	}
	if (rc != 0) {
		argv_free(argv);
		return -1;
	}
	*argv_r = argv;
	return 0;
}
