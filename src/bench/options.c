// SPDX-License-Identifier: ISC
/*
 * options.c - the command line of restante-bench (options.h).
 * Runs in: restante-bench.  Trusts: its caller.  Allocates: never.
 */
#include "bench/options.h"

#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bench/number.h"
#include "bench/template.h"

const char *const how_names[HOWS] = { "clear", "tls", "stls", "resumed" };

enum letter {
	TLS = 256,
	STLS,
	RESUME,
	CA,
	NAME,
	INSECURE,
	TLS12,
	SERVER_PID,
	CGROUP,
	MAILDIR,
	MESSAGE_OCTETS,
	VERIFY,
	HOLD,
	NOOP,
	TIMEOUT,
	JSON,
	HELP,
	VERSION_,
};

static const struct option long_options[] = {
	{ "tls", no_argument, NULL, TLS },
	{ "stls", no_argument, NULL, STLS },
	{ "resume", no_argument, NULL, RESUME },
	{ "ca", required_argument, NULL, CA },
	{ "name", required_argument, NULL, NAME },
	{ "insecure", no_argument, NULL, INSECURE },
	{ "tls12", no_argument, NULL, TLS12 },
	{ "server-pid", required_argument, NULL, SERVER_PID },
	{ "cgroup", required_argument, NULL, CGROUP },
	{ "maildir", required_argument, NULL, MAILDIR },
	{ "message-octets", required_argument, NULL, MESSAGE_OCTETS },
	{ "verify", required_argument, NULL, VERIFY },
	{ "hold", required_argument, NULL, HOLD },
	{ "noop", required_argument, NULL, NOOP },
	{ "timeout", required_argument, NULL, TIMEOUT },
	{ "json", no_argument, NULL, JSON },
	{ "help", no_argument, NULL, HELP },
	{ "version", no_argument, NULL, VERSION_ },
	{ NULL, 0, NULL, 0 },
};

static const char help_text[] =
    "usage: restante-bench [OPTION...] SCENARIO HOST:PORT\n"
    "Plays many POP3 clients, verifies what they get, and says how fast.\n\n"
    "  -c N                connections at once (32)\n"
    "  -n N                sessions in all (10000)\n"
    "  -t SECONDS          begin sessions for so long, instead of -n\n"
    "  -w N                sessions before, which do not count (0)\n"
    "  -U N                users (as many as -c says)\n"
    "  -u TEMPLATE         their names; %d is 0, 1, ... (u%d)\n"
    "  -p TEMPLATE         their passwords (p%d)\n"
    "  --tls               TLS from the begin, a whole handshake each time\n"
    "  --resume            the same, with the ticket of the last time\n"
    "  --stls              TLS by STLS\n"
    "  --ca FILE           who vouches for the server's certificate\n"
    "  --name NAME         whose it is, if not HOST's\n"
    "  --insecure          do not verify it\n"
    "  --tls12             TLS 1.2, not 1.3\n"
    "  --server-pid PID    measure the CPU of it and its descendants\n"
    "  --cgroup DIR        measure the CPU of a cgroup\n"
    "  --verify WHAT       counts, octets or hash (octets)\n"
    "  --maildir TEMPLATE  a user's Maildir: churn delivers into it, --verify\n"
    "                      hash compares with its files\n"
    "  --message-octets N  what churn delivers (4096)\n"
    "  --hold SECONDS      idle: for so long, not until standard input ends\n"
    "  --noop SECONDS      idle: each session says NOOP so often\n"
    "  --timeout SECONDS   the longest silence of the server (60)\n"
    "  --json              print one JSON object, not a table\n\n";

static void print_help(void)
{
	const struct scenario *sc;

	fputs(help_text, stdout);
	for (size_t i = 0; (sc = scenario_at(i)) != NULL; i++) {
		printf("  %-16s  %s\n", sc->name, sc->help);
	}
}

__attribute__((format(printf, 1, 2))) static bool wrong(const char *format, ...)
{
	va_list args;

	fputs("restante-bench: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputs("\n", stderr);
	return false;
}

static bool take_number(const char *what, uint64_t least, uint64_t max,
			uint64_t *n_r)
{
	return number_parse(optarg, least, max, n_r) ||
	       wrong("%s takes a number from %llu to %llu, not %s", what,
		     (unsigned long long)least, (unsigned long long)max,
		     optarg);
}

static bool take_u32(const char *what, uint32_t max, uint32_t *n_r)
{
	uint64_t n;

	if (!take_number(what, 1, max, &n)) {
		return false;
	}
	*n_r = (uint32_t)n;
	return true;
}

static bool take_seconds(const char *what, double *n_r)
{
	return number_parse_seconds(optarg, BENCH_SECONDS_MAX, n_r) ||
	       wrong("%s takes seconds up to %.0f, not %s", what,
		     BENCH_SECONDS_MAX, optarg);
}

static bool take_template(const char *what, size_t max, const char **text_r)
{
	*text_r = optarg;
	return template_is_good(optarg, max) ||
	       wrong("%s takes one line of up to %zu octets", what, max);
}

static bool take_how(struct options *o, enum how how)
{
	if (o->how != HOW_CLEAR) {
		return wrong("only one of --tls, --stls and --resume");
	}
	o->how = how;
	return true;
}

static bool take_pid(struct options *o)
{
	uint64_t pid;

	if (o->pids_count == BENCH_PIDS_MAX) {
		return wrong("--server-pid: at most %u", BENCH_PIDS_MAX);
	}
	if (!take_number("--server-pid", 1, INT_MAX, &pid)) {
		return false;
	}
	o->pids[o->pids_count++] = (pid_t)pid;
	return true;
}

static bool take_verify(struct options *o)
{
	static const char *const words[] = { "counts", "octets", "hash" };

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(optarg, words[i]) == 0) {
			o->verify = (enum verify)i;
			return true;
		}
	}
	return wrong("--verify takes counts, octets or hash, not %s", optarg);
}

static bool take_message_octets(struct options *o)
{
	uint64_t n;

	if (!take_number("--message-octets", BENCH_DELIVERED_LEAST,
			 BENCH_DELIVERED_MAX, &n)) {
		return false;
	}
	o->delivered_octets = (size_t)n;
	return true;
}

static bool take_short(struct options *o, int letter)
{
	switch (letter) {
	case 'c':
		return take_u32("-c", BENCH_CONNECTIONS_MAX, &o->at_once);
	case 'U':
		return take_u32("-U", BENCH_USERS_MAX, &o->users);
	case 'n':
		return take_number("-n", 1, BENCH_SESSIONS_MAX, &o->sessions);
	case 'w':
		return take_number("-w", 0, BENCH_SESSIONS_MAX, &o->warm_up);
	case 't':
		return take_seconds("-t", &o->seconds);
	case 'u':
		return take_template("-u", BENCH_TEMPLATE_MAX, &o->user);
	case 'p':
		return take_template("-p", BENCH_TEMPLATE_MAX, &o->password);
	default:
		return wrong("see restante-bench --help");
	}
}

static bool take_tls(struct options *o, int letter)
{
	switch (letter) {
	case TLS:
		return take_how(o, HOW_TLS);
	case STLS:
		return take_how(o, HOW_STLS);
	case RESUME:
		return take_how(o, HOW_RESUMED);
	case CA:
		o->ca = optarg;
		return true;
	case NAME:
		o->name = optarg;
		return true;
	case INSECURE:
		o->is_insecure = true;
		return true;
	case TLS12:
		o->is_tls12 = true;
		return true;
	default:
		return take_short(o, letter);
	}
}

static bool take_option(struct options *o, int letter)
{
	switch (letter) {
	case SERVER_PID:
		return take_pid(o);
	case CGROUP:
		o->cgroup = optarg;
		return true;
	case MAILDIR:
		return take_template("--maildir", BENCH_PATH_MAX / 2,
				     &o->maildir);
	case MESSAGE_OCTETS:
		return take_message_octets(o);
	case VERIFY:
		return take_verify(o);
	case HOLD:
		return take_seconds("--hold", &o->hold_s);
	case NOOP:
		return take_seconds("--noop", &o->noop_s);
	case TIMEOUT:
		return take_seconds("--timeout", &o->timeout_s);
	case JSON:
		o->is_json = true;
		return true;
	default:
		return take_tls(o, letter);
	}
}

/* HOST:PORT or [ADDRESS]:PORT */
static bool take_place(struct options *o, const char *text)
{
	char *colon;
	uint64_t port;

	if (strlen(text) >= sizeof(o->place)) {
		return wrong("%s: too long", text);
	}
	memcpy(o->place, text, strlen(text) + 1);
	colon = strrchr(o->place, ':');
	if (colon == NULL || colon == o->place ||
	    !number_parse(colon + 1, 1, UINT16_MAX, &port)) {
		return wrong("%s is not HOST:PORT", text);
	}
	*colon = '\0';
	o->host = o->place;
	o->port = colon + 1;
	if (o->place[0] == '[' && colon[-1] == ']') {
		o->host++;
		colon[-1] = '\0';
	}
	return true;
}

static bool agrees_about_tls(const struct options *o)
{
	if (o->how == HOW_CLEAR) {
		if (o->ca != NULL || o->name != NULL || o->is_insecure ||
		    o->is_tls12) {
			return wrong("--ca, --name, --insecure and --tls12 "
				     "are for --tls, --stls and --resume");
		}
		return true;
	}
	if ((o->ca != NULL) == o->is_insecure) {
		return wrong("with TLS give one of --ca and --insecure");
	}
	return true;
}

static bool agrees(struct options *o)
{
	if (o->users == 0) {
		o->users = o->at_once;
	}
	if (o->at_once > o->users) {
		return wrong("-c %u is more than the users, %u: a maildrop has "
			     "one session at a time",
			     o->at_once, o->users);
	}
	if (o->sessions != 0 && o->seconds > 0) {
		return wrong("only one of -n and -t");
	}
	if (o->sessions == 0 && !(o->seconds > 0)) {
		o->sessions = 10000;
	}
	if (o->pids_count != 0 && o->cgroup != NULL) {
		return wrong("only one of --server-pid and --cgroup");
	}
	if (o->scenario->delivers && o->maildir == NULL) {
		return wrong("%s needs --maildir", o->scenario->name);
	}
	if (!o->scenario->holds && (o->hold_s > 0 || o->noop_s > 0)) {
		return wrong("--hold and --noop are for idle");
	}
	return agrees_about_tls(o);
}

static bool take_words(struct options *o, int argc, char **argv)
{
	if (argc - optind != 2) {
		return wrong("give SCENARIO and HOST:PORT; see "
			     "restante-bench --help");
	}
	o->scenario = scenario_find(argv[optind]);
	if (o->scenario == NULL) {
		return wrong("there is no scenario %s; see restante-bench "
			     "--help",
			     argv[optind]);
	}
	return take_place(o, argv[optind + 1]);
}

enum options_result options_parse(struct options *o, int argc, char **argv)
{
	*o = (struct options){ .at_once = 32,
			       .timeout_s = 60,
			       .verify = VERIFY_OCTETS,
			       .delivered_octets = 4096,
			       .user = "u%d",
			       .password = "p%d" };
	optind = 0; /* anew */
	for (;;) {
		int letter = getopt_long(argc, argv, "c:n:t:w:U:u:p:h",
					 long_options, NULL);

		if (letter == -1) {
			break;
		}
		if (letter == HELP || letter == 'h') {
			print_help();
			return OPTIONS_HELPED;
		}
		if (letter == VERSION_) {
			puts("restante-bench " VERSION);
			return OPTIONS_HELPED;
		}
		if (!take_option(o, letter)) {
			return OPTIONS_WRONG;
		}
	}
	return take_words(o, argc, argv) && agrees(o) ? OPTIONS_GO
						      : OPTIONS_WRONG;
}
