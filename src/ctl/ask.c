// SPDX-License-Identifier: ISC
/*
 * ask.c - asking for a new password (ask.h).
 * Runs in: restantectl.  Trusts: the terminal.
 */
#include "ctl/ask.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "os/prompt.h"

static int tell(enum prompt_result result)
{
	switch (result) {
	case PROMPT_OK:
		return EX_OK;
	case PROMPT_NONE:
		fputs("restantectl: no password was given\n", stderr);
		return EX_DATAERR;
	case PROMPT_LONG:
		fprintf(stderr,
			"restantectl: the password is longer than %u octets\n",
			SECRET_MAX);
		return EX_DATAERR;
	case PROMPT_STOPPED:
	case PROMPT_SIGNAL:
	case PROMPT_ERROR:
		break;
	}
	fprintf(stderr, "restantectl: cannot read the password: %s\n",
		strerror(errno));
	return EX_IOERR;
}

static bool secret_equal(const struct secret *a, const struct secret *b)
{
	return a->len == b->len &&
	       equal_in_constant_time(a->octets, b->octets, a->len);
}

/* A signal that did not end us came from something that we go on after. */
static enum prompt_result ask_terminal(struct secret answers[2])
{
	static const char *const texts[] = { "New password: ", "Again: " };
	enum prompt_result result;

	do {
		result = prompt_secrets(STDIN_FILENO, texts, answers, 2);
	} while (result == PROMPT_SIGNAL || result == PROMPT_STOPPED);
	return result;
}

static int ask_twice(struct secret *secret)
{
	struct secret answers[2] = { { .len = 0 } };
	int rc = tell(ask_terminal(answers));

	if (rc == EX_OK && !secret_equal(&answers[0], &answers[1])) {
		fputs("restantectl: the two are not the same; nothing was "
		      "changed\n",
		      stderr);
		rc = EX_DATAERR;
	}
	*secret = answers[0];
	secret_wipe(&answers[0]);
	secret_wipe(&answers[1]);
	return rc;
}

int ask_new_password(struct secret *secret_r)
{
	int rc = isatty(STDIN_FILENO)
		     ? ask_twice(secret_r)
		     : tell(prompt_read_line(STDIN_FILENO, secret_r));

	if (rc == EX_OK && secret_r->len == 0) {
		fputs("restantectl: a password cannot be empty; to lock the "
		      "user, remove it with: restantectl user del\n",
		      stderr);
		rc = EX_DATAERR;
	}
	if (rc != EX_OK) {
		secret_wipe(secret_r);
	}
	return rc;
}
