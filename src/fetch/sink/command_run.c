// SPDX-License-Identifier: ISC
/*
 * command_run.c - how the command of a destination is run (command_run.h).
 * Runs in: main, or a carrier thread.  Trusts: the configuration.  Allocates:
 * the environment.
 */
#include "fetch/sink/command_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/limits.h"

/* What a program may find of our environment.  Everything else, as what a
 * desktop has put there, is not its business. */
static const char *const passed[] = { "HOME",     "LANG",           "LC_ALL",
				      "LC_CTYPE", "LOGNAME",        "PATH",
				      "SHELL",    "TMPDIR",         "TZ",
				      "USER",     "XDG_RUNTIME_DIR" };

#define PASSED_COUNT (sizeof(passed) / sizeof(passed[0]))
#define TOLD_COUNT   3

_Static_assert(PASSED_COUNT + TOLD_COUNT < COMMAND_SETTINGS_MAX,
	       "and the NULL behind them");

/* NAME=VALUE. */
static int add(struct command_run *c, const char *name, const char *value)
{
	size_t len = strlen(name) + 1 + strlen(value) + 1;
	char *text = malloc(len);

	if (text == NULL) {
		return -ENOMEM;
	}
	snprintf(text, len, "%s=%s", name, value);
	c->settings[c->count++] = text;
	return 0;
}

static int pass(struct command_run *c)
{
	int rc = 0;

	for (size_t i = 0; i < PASSED_COUNT && rc == 0; i++) {
		const char *value = getenv(passed[i]);

		rc = value == NULL ? 0 : add(c, passed[i], value);
	}
	return rc;
}

/* What it is told: as deliverers of Postfix and getmail are. */
static int tell(struct command_run *c, const struct destination *d,
		const char *account)
{
	const char *const told[TOLD_COUNT][2] = {
		{ "SENDER", d->sender },
		{ "RECIPIENT", d->recipient },
		{ "ACCOUNT", account },
	};
	int rc = 0;

	for (size_t i = 0; i < TOLD_COUNT && rc == 0; i++) {
		rc = add(c, told[i][0], told[i][1] == NULL ? "" : told[i][1]);
	}
	return rc;
}

int command_run_init(struct command_run *c, const struct destination *d,
		     const char *account)
{
	int rc;

	*c = (struct command_run){ .count = 0 };
	c->run = (struct run){ .argv = d->argv,
			       .environment = c->settings,
			       .input_fd = 0,
			       .hears_errors = true,
			       .is_apart = true,
			       .limit_ms = FETCH_COMMAND_MS,
			       .grace_ms = FETCH_COMMAND_GRACE_MS,
			       .cap = COMMAND_SAID_MAX };
	rc = pass(c);
	return rc == 0 ? tell(c, d, account) : rc;
}

void command_run_finish(struct command_run *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free(c->settings[i]);
	}
	c->count = 0;
}
