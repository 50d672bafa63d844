// SPDX-License-Identifier: ISC
/*
 * play_report.c - plays events through report.h, to be looked at by a person or
 * a test:
 *
 *	play_report [-q|-v] [--json] [--mail] [--fast] [--accounts N]
 *
 * Three accounts (or N) fetch mail; one fails, one has nothing, and a server
 * says what should never reach a terminal.  Without --fast it takes ten
 * seconds.
 */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fetch/show/exit.h"
#include "fetch/show/report.h"

#define NASTY                                                                  \
	"\x1b]0;owned\x07\x1b[2J \xe2\x80\xae\xff\xc2\x9b"                     \
	"1m <a@b>"
#define ACCOUNTS_MAX 200u
#define MESSAGES     40u

static volatile sig_atomic_t is_interrupted;

static void on_signal(int number)
{
	is_interrupted = number;
}

struct player {
	struct report *report;
	struct report_account *accounts[ACCOUNTS_MAX];
	unsigned count;
	bool is_fast;
};

static void rest(const struct player *p, unsigned ms)
{
	struct timespec time = { .tv_sec = ms / 1000,
				 .tv_nsec = (long)(ms % 1000) * 1000000 };

	if (!p->is_fast) {
		nanosleep(&time, NULL);
	}
	report_tick(p->report);
}

static void begin(struct player *p)
{
	static const char *const names[] = { "work", "privat-\xc3\xa9t\xc3\xa9",
					     "empty" };
	char name[32];

	for (unsigned i = 0; i < p->count; i++) {
		snprintf(name, sizeof(name), "account%u", i);
		p->accounts[i] =
		    report_begin(p->report, i < 3 ? names[i] : name);
		report_connecting(p->accounts[i], "pop.example.org", 995,
				  ACCOUNT_TLS_IMPLICIT);
		rest(p, 100);
	}
	for (unsigned i = 0; i < p->count; i++) {
		struct report_listing l = { 900, MESSAGES, MESSAGES * 123456 };

		report_logged_in(p->accounts[i], "me@example.org",
				 "SCRAM-SHA-256");
		rest(p, 100);
		l.new_count = i == 2 ? 0 : MESSAGES;
		l.new_octets = i == 2 ? 0 : l.new_octets;
		report_listed(p->accounts[i], &l);
	}
	if (p->count > 2) {
		report_done(&p->accounts[2]);
	}
}

static void finish(struct player *p, struct report_account *a, unsigned n)
{
	struct report_message m = {
		n, 123456, "uid-\x1b[1m", NASTY,
		"Lunch \xe2\x80\x94 \xe6\x98\xbc\xe9\xa3\x9f"
	};
	struct why why = { WHY_MESSAGE,
			   "the command /bin/mda said \"no \x1b[31m\"" };

	if (n % 17 == 3) {
		report_message(a, REPORT_SET_ASIDE, &m, &why);
	} else {
		report_message(a, REPORT_DELIVERED, &m, NULL);
		report_message(a, REPORT_DELETED, &m, NULL);
	}
	(void)p;
}

static void come(struct player *p, unsigned n)
{
	struct report_message m = { n, 123456, "uid", NULL, NULL };

	for (unsigned i = 0; i < p->count; i++) {
		if (p->accounts[i] != NULL) {
			report_message_begun(p->accounts[i], &m);
		}
	}
	for (unsigned part = 0; part < 4 && !is_interrupted; part++) {
		for (unsigned i = 0; i < p->count; i++) {
			if (p->accounts[i] != NULL) {
				report_octets(p->accounts[i], 123456 / 4);
			}
		}
		rest(p, 50);
	}
	for (unsigned i = 0; i < p->count && !is_interrupted; i++) {
		if (p->accounts[i] != NULL) {
			finish(p, p->accounts[i], n);
		}
	}
}

static void play(struct player *p)
{
	struct why why = { WHY_LOGIN,
			   "cannot log in to pop.example.org: the server said "
			   "\"-ERR [AUTH] no; \x1b[2J\"" };

	begin(p);
	for (unsigned n = 1; n <= MESSAGES && !is_interrupted; n++) {
		come(p, n);
		if (n == MESSAGES / 2 && p->count > 1) {
			report_failed(&p->accounts[1], &why);
		}
	}
	if (is_interrupted) {
		report_stopping(p->report);
		rest(p, 500);
	}
	for (unsigned i = 0; i < p->count; i++) {
		if (p->accounts[i] != NULL && is_interrupted) {
			report_interrupted(&p->accounts[i]);
		} else if (p->accounts[i] != NULL) {
			report_done(&p->accounts[i]);
			rest(p, 300);
		}
	}
}

static bool read_option(struct player *p, struct report_options *o,
			const char *option, const char *value)
{
	if (strcmp(option, "-q") == 0) {
		o->level = REPORT_QUIET;
	} else if (strcmp(option, "-v") == 0) {
		o->level = REPORT_VERBOSE;
	} else if (strcmp(option, "--json") == 0) {
		o->is_json = true;
	} else if (strcmp(option, "--mail") == 0) {
		o->is_mail_on_output = true;
	} else if (strcmp(option, "--fast") == 0) {
		p->is_fast = true;
	} else if (strcmp(option, "--accounts") == 0 && value != NULL) {
		p->count = (unsigned)strtoul(value, NULL, 10);
		return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	struct report_options options = { .level = REPORT_NORMAL,
					  .out = 1,
					  .err = 2 };
	struct player p = { .count = 3 };
	int code;

	setlocale(LC_CTYPE, "");
	signal(SIGINT, on_signal);
	for (int i = 1; i < argc; i++) {
		if (read_option(&p, &options, argv[i], argv[i + 1])) {
			i++;
		}
	}
	if (p.count > ACCOUNTS_MAX) {
		return EXIT_FAILURE;
	}
	p.report = report_create(&options);
	if (p.report == NULL) {
		return EXIT_FAILURE;
	}
	report_note(p.report, NULL, "played by play_report");
	play(&p);
	code = is_interrupted ? EXIT_INTERRUPTED : report_exit_code(p.report);
	report_destroy(&p.report);
	return code;
}
