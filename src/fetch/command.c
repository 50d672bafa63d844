// SPDX-License-Identifier: ISC
/*
 * command.c - what each command needs, and its run.
 * Runs in: main, before there is any thread.  Trusts: options and
 * configuration.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "fetch/add/add.h"
#include "fetch/add/probe_caged.h"
#include "fetch/cage/cage.h"
#include "fetch/command.h"
#include "fetch/conf/destination.h"
#include "fetch/conf/edit.h"
#include "fetch/conf/password.h"
#include "fetch/limits.h"
#include "fetch/mail/record.h"
#include "fetch/run/fetch.h"
#include "fetch/run/look.h"
#include "fetch/run/probe_run.h"
#include "fetch/show/exit.h"
#include "fetch/show/tell.h"
#include "os/clock.h"
#include "os/sandbox.h"

static enum report_level level_of(const struct options *o)
{
	switch (o->volume) {
	case VOLUME_QUIET:
		return REPORT_QUIET;
	case VOLUME_NORMAL:
		return REPORT_NORMAL;
	case VOLUME_VERBOSE:
		return REPORT_VERBOSE;
	}
	return REPORT_NORMAL;
}

static bool has_output_destination(const struct config *accounts)
{
	for (size_t i = 0; i < accounts->count; i++) {
		if (accounts->account[i].deliver.kind == DESTINATION_OUTPUT) {
			return true;
		}
	}
	return false;
}

/* Mail on a terminal must not be drawn over. */
static bool is_mail_shown(const struct options *o,
			  const struct config *accounts)
{
	return (o->command == COMMAND_SHOW ||
		has_output_destination(accounts)) &&
	       isatty(STDOUT_FILENO) != 0;
}

/* What list and check say is their table; the rest of it is for failures. */
static struct report *make_report(const struct options *o,
				  const struct config *accounts)
{
	bool is_table =
	    o->command == COMMAND_LIST || o->command == COMMAND_CHECK;
	struct report_options options = {
		.level = is_table || is_mail_shown(o, accounts) ? REPORT_QUIET
								: level_of(o),
		.is_json = o->json,
		.is_mail_on_output = o->command == COMMAND_SHOW ||
				     has_output_destination(accounts),
		.is_watching = o->command == COMMAND_WATCH,
		.tells_each = o->command == COMMAND_DELETE,
		/* of the message that is shown: whether it is that of a list */
		.tells_notes =
		    o->command == COMMAND_SHOW && o->volume != VOLUME_QUIET,
		.out = STDOUT_FILENO,
		.err = STDERR_FILENO,
	};

	return report_create(&options);
}

/* Mail goes to destinations. */
static bool delivers(const struct options *o)
{
	return o->command == COMMAND_FETCH || o->command == COMMAND_WATCH;
}

static int fetch(const struct options *o, const struct place *place,
		 struct config *accounts, struct report *report)
{
	struct fetch_options options = {
		.accounts = accounts,
		.report = report,
		.record_path = place->record,
		.retries = o->retry,
		.is_watching = o->command == COMMAND_WATCH,
	};

	return fetch_run(&options);
}

static int look(const struct options *o, const struct place *place,
		struct config *accounts, struct report *report)
{
	struct table_options to = { .is_json = o->json, .out = STDOUT_FILENO };
	struct table *table = table_create(&to);
	struct look_options options = {
		.command = o->command,
		.accounts = accounts,
		.report = report,
		.table = table,
		.record_path = place->record,
		.numbers = o->numbers,
		.numbers_count = o->numbers_count,
		.out = STDOUT_FILENO,
	};
	int code;

	if (table == NULL) {
		return exit_of(WHY_INTERNAL);
	}
	code = look_run(&options);
	return table_destroy(&table) || code != 0 ? code : EX_IOERR;
}

static int account_list(const struct options *o, const struct config *accounts)
{
	struct table_options to = { .is_json = o->json, .out = STDOUT_FILENO };
	struct table *table = table_create(&to);

	if (table == NULL) {
		return exit_of(WHY_INTERNAL);
	}
	for (size_t i = 0; i < accounts->count; i++) {
		char *where = destination_text(&accounts->account[i].deliver);

		table_account(table, &accounts->account[i],
			      where != NULL ? where : "");
		free(where);
	}
	return table_destroy(&table) ? 0 : EX_IOERR;
}

/* account check: whether each lets us in, and with what. */
static int check_one(struct account *a)
{
	struct probe_visit seen;
	struct why why;
	struct text line = { 0 };
	int code = 0;

	if (password_get(a, &why) < 0 ||
	    probe_of_network.visit(NULL, a, &seen, &why) < 0) {
		tell_failure(&line, a->name, &why, false);
		(void)fprintf(stderr, "%s\n", text_of(&line));
		code = exit_of(why.kind);
	} else {
		(void)printf(
		    "%s: logged in to %s, port %u, by %s; %u messages, "
		    "%llu octets%s%s\n",
		    a->name, a->host, a->port, seen.mechanism, seen.messages,
		    (unsigned long long)seen.octets,
		    seen.has_uidl ? "" : "; no UIDL",
		    seen.has_top ? "" : "; no TOP");
	}
	text_finish(&line);
	password_forget(a);
	return code;
}

static int account_check(struct config *accounts)
{
	int code = 0;

	for (size_t i = 0; i < accounts->count; i++) {
		int one = check_one(&accounts->account[i]);

		code = code == 0 ? one : code;
	}
	return code;
}

static int with_report(const struct options *o, const struct place *place,
		       struct config *accounts)
{
	struct report *report = make_report(o, accounts);
	int code;

	if (report == NULL) {
		return exit_of(WHY_INTERNAL);
	}
	code = delivers(o) ? fetch(o, place, accounts, report)
			   : look(o, place, accounts, report);
	if (code == 0 && report_is_broken(report)) {
		code = EX_IOERR;
	}
	report_destroy(&report);
	return code;
}

/* -- the cage */

static int fail(const struct why *why)
{
	struct text line = { 0 };

	tell_failure(&line, NULL, why, false);
	(void)fprintf(stderr, "restante: %s\n", text_of(&line));
	text_finish(&line);
	return exit_of(why->kind);
}

static void tell_lacks(const struct options *o, unsigned lacks)
{
	static const struct {
		unsigned lacks;
		const char *what;
	} rows[] = {
		{ SANDBOX_LACKS_PATHS, "files" },
		{ SANDBOX_LACKS_PORTS, "ports" },
		{ SANDBOX_LACKS_SIGNALS, "processes" },
		{ SANDBOX_LACKS_CALLS, "system calls" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (o->volume == VOLUME_VERBOSE && (lacks & rows[i].lacks)) {
			(void)fprintf(stderr,
				      "restante: this kernel has no rules for "
				      "%s, which a server that took restante "
				      "over would have; going on\n",
				      rows[i].what);
		}
	}
}

int command_run(const struct options *o, const struct place *place,
		struct config *accounts)
{
	bool is_probe = o->command == COMMAND_ACCOUNT_CHECK;
	struct cage_options options = {
		.place = place,
		.accounts = accounts,
		.has_record = !is_probe,
		.delivers = delivers(o),
		.is_watching = o->command == COMMAND_WATCH,
		.may_ask = true,
	};
	struct cage cage;
	struct why why;
	int code;

	if (o->command == COMMAND_ACCOUNT_LIST) {
		return account_list(o, accounts);
	}
	if (cage_enter(&options, &cage, &why) < 0) {
		return fail(&why);
	}
	tell_lacks(o, cage.lacks);
	code = is_probe ? account_check(accounts)
			: with_report(o, place, accounts);
	cage_leave(&cage);
	return code;
}

static int remove_account(const struct options *o, const struct place *place)
{
	struct conf_reason why;

	if (edit_remove(place, o->names[0], &why) < 0) {
		(void)fprintf(stderr, "restante: %s\n", why.text);
		return EX_CONFIG;
	}
	(void)printf("account %s is removed; its mail and what is known of it "
		     "stay\n",
		     o->names[0]);
	return 0;
}

static int add(const struct options *o, const struct place *place)
{
	struct probe_caged caged = {
		.inner = &probe_of_network,
		.place = place,
		.timeouts = ADD_CHILD_TIMEOUTS,
	};
	const struct probe probe = probe_caged(&caged);
	struct add add = {
		.name = o->names_count > 0 ? o->names[0] : NULL,
		.options = &o->account,
		.place = place,
		.probe = &probe,
		.in = STDIN_FILENO,
		.out = STDOUT_FILENO,
		.err = STDERR_FILENO,
	};
	int code = add_account(&add);

	tell_lacks(o, caged.lacks);
	return code;
}

int command_edit(const struct options *o, const struct place *place)
{
	return o->command == COMMAND_ACCOUNT_ADD ? add(o, place)
						 : remove_account(o, place);
}

int command_renew_record(const struct place *place)
{
	char name[PLACE_MAX + 64];
	struct why why;

	if (record_set_aside(place->record, clock_unix(), name, sizeof(name),
			     &why) < 0) {
		return fail(&why);
	}
	(void)printf("the record is %s now; the next fetch begins a new one, "
		     "and all that is still on the servers comes again\n",
		     name);
	return 0;
}
