// SPDX-License-Identifier: ISC
/*
 * add_destination.c - where mail goes, and what becomes of it on the server
 * (add_impl.h).
 * Runs in: restante, before there are threads.  Trusts: the person.
 */
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "fetch/add/add_impl.h"
#include "fetch/conf/destination.h"
#include "fetch/conf/text.h"
#include "fetch/limits.h"

/* 0; or -1, and the person has been told. */
static int take(struct adding *a, const char *written)
{
	struct conf_reason why;

	destination_finish(&a->account.deliver);
	if (destination_parse(&written, 1, a->add->place, &a->account.deliver,
			      &why) < 0) {
		ask_fail(&a->ask, "%s: %s", written, why.text);
		return -1;
	}
	return 0;
}

/* What is there already is what other programs read. */
static const char *usual(const struct adding *a)
{
	struct text path = { 0 };
	struct stat st;
	bool has_maildir;

	text_printf(&path, "%s/Maildir/cur", a->add->place->home);
	has_maildir = stat(text_of(&path), &st) == 0;
	text_finish(&path);
	return has_maildir ? "maildir:~/Maildir" : "maildir:~/Mail";
}

static int ask_where(struct adding *a)
{
	ask_say(&a->ask,
		"\nWhere is the mail to go?  maildir:FOLDER, mbox:FILE, "
		"command:PROGRAM,\nlmtp:SOCKET, smtp:HOST\n");
	for (unsigned tries = 0; tries < ASK_TRIES_MAX; tries++) {
		const char *answer = ask_line(&a->ask, "To", usual(a));

		if (a->ask.has_ended) {
			return add_ended(a);
		}
		if (answer != NULL && take(a, answer) == 0) {
			return EX_OK;
		}
	}
	return EX_USAGE;
}

static bool needs_recipient(const struct adding *a)
{
	return a->account.deliver.kind == DESTINATION_LMTP ||
	       a->account.deliver.kind == DESTINATION_SMTP;
}

static int choose_recipient(struct adding *a)
{
	const char *recipient = a->options->recipient;
	struct conf_reason why;

	if (!needs_recipient(a)) {
		return EX_OK;
	}
	if (recipient == NULL && !a->ask.is_terminal) {
		return add_missing(a, "--recipient");
	}
	if (recipient == NULL) {
		recipient = ask_line(&a->ask, "For whom (recipient)",
				     text_of(&a->address));
	}
	if (recipient == NULL) {
		return add_ended(a);
	}
	if (text_address(recipient, &why) < 0) {
		ask_fail(&a->ask, "%s: %s", recipient, why.text);
		return EX_USAGE;
	}
	return add_set(a, &a->account.deliver.recipient, recipient);
}

static int choose_after(struct adding *a)
{
	const struct options_account *o = a->options;
	bool deletes = o->after == AFTER_DELETE;

	if (a->ask.is_terminal && o->after == AFTER_AS_SET &&
	    !ask_yes(&a->ask,
		     "Delete messages on the server once they are delivered?",
		     false, &deletes)) {
		return add_ended(a);
	}
	a->account.deletes = deletes;
	return EX_OK;
}

int add_destination(struct adding *a)
{
	int rc;

	if (a->options->to != NULL) {
		rc = take(a, a->options->to) < 0 ? EX_USAGE : EX_OK;
	} else if (!a->ask.is_terminal) {
		rc = add_missing(a, "--to");
	} else {
		rc = ask_where(a);
	}
	if (rc == EX_OK) {
		rc = choose_recipient(a);
	}
	return rc == EX_OK ? choose_after(a) : rc;
}
