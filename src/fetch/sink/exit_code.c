// SPDX-License-Identifier: ISC
/*
 * exit_code.c - what the end of a delivering program means (exit_code.h).
 * Runs in: a carrier thread.  Trusts: nothing.  Allocates: never.
 */
#include "fetch/sink/exit_code.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>

/*
 * The codes of sysexits.h, as deliverers use them (EX_NOPERM is how procmail's
 * and maildrop's users refuse a message).  What is wrong with the message or
 * its recipient is wrong with this message only, and so is EX_TEMPFAIL, the
 * one that a program says on purpose; what is wrong with the program or its
 * surroundings, if only for now, stops the rest.  Any other code says nothing
 * about the message (a script that failed): it stops the rest, too.
 */
static const struct row {
	int code;
	enum why_kind kind;
	const char *name;
} rows[] = {
	{ EX_OK, WHY_NONE, "EX_OK" },
	{ EX_USAGE, WHY_DELIVERY, "EX_USAGE: wrong arguments" },
	{ EX_DATAERR, WHY_MESSAGE, "EX_DATAERR: a wrong message" },
	{ EX_NOINPUT, WHY_MESSAGE, "EX_NOINPUT: no input" },
	{ EX_NOUSER, WHY_MESSAGE, "EX_NOUSER: no such user" },
	{ EX_NOHOST, WHY_MESSAGE, "EX_NOHOST: no such host" },
	{ EX_UNAVAILABLE, WHY_TEMP, "EX_UNAVAILABLE: not available" },
	{ EX_SOFTWARE, WHY_DELIVERY, "EX_SOFTWARE: a fault in it" },
	{ EX_OSERR, WHY_TEMP, "EX_OSERR: the system refused" },
	{ EX_OSFILE, WHY_DELIVERY, "EX_OSFILE: a missing file" },
	{ EX_CANTCREAT, WHY_DELIVERY, "EX_CANTCREAT: cannot write" },
	{ EX_IOERR, WHY_TEMP, "EX_IOERR: input or output failed" },
	{ EX_TEMPFAIL, WHY_LATER, "EX_TEMPFAIL: not now" },
	{ EX_PROTOCOL, WHY_TEMP, "EX_PROTOCOL: another side erred" },
	{ EX_NOPERM, WHY_MESSAGE, "EX_NOPERM: refused" },
	{ EX_CONFIG, WHY_DELIVERY, "EX_CONFIG: wrong configuration" },
	{ 126, WHY_DELIVERY, "it cannot be run" },
	{ 127, WHY_DELIVERY, "it was not found" },
};

static const struct row *row_of(int status)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (WIFEXITED(status) && rows[i].code == WEXITSTATUS(status)) {
			return &rows[i];
		}
	}
	return NULL;
}

enum why_kind exit_kind(int status)
{
	const struct row *row = row_of(status);

	return row == NULL ? WHY_DELIVERY : row->kind;
}

void exit_text(int status, char text_r[EXIT_TEXT_MAX])
{
	const struct row *row = row_of(status);
	const char *signal;

	if (row != NULL) {
		snprintf(text_r, EXIT_TEXT_MAX, "exit code %d (%s)", row->code,
			 row->name);
	} else if (WIFEXITED(status)) {
		snprintf(text_r, EXIT_TEXT_MAX, "exit code %d",
			 WEXITSTATUS(status));
	} else {
		signal = sigdescr_np(WTERMSIG(status));
		snprintf(text_r, EXIT_TEXT_MAX, "signal %d (%s)",
			 WTERMSIG(status), signal != NULL ? signal : "unknown");
	}
}
