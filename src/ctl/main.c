// SPDX-License-Identifier: ISC
/*
 * main.c - restantectl: the operator's tool.
 * Runs as: whoever calls it.  Trusts: its caller; what it reads may be wrong.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "auth/passwd_line.h"
#include "auth/scram.h"
#include "ctl/command.h"

enum takes {
	TAKES_USER = 1,
	TAKES_SCHEME = 2,
	TAKES_PLACE = 4, /* --uid, --gid, --home */
	TAKES_APP = 8,   /* behind the user */
	TAKES_EXPIRES = 16,
	TAKES_REST = 64, /* it reads its arguments itself */
};

struct command {
	const char *words[2]; /* the second may be NULL */
	unsigned takes;
	int (*run)(const struct request *request);
	const char *usage;
	const char *help;
};

static int command_version(const struct request *r)
{
	(void)r;
	puts("restantectl " VERSION);
	return EX_OK;
}

static int command_help(const struct request *r);

static const struct command commands[] = {
	{ { "passwd", NULL },
	  TAKES_USER | TAKES_SCHEME,
	  command_passwd,
	  "passwd USER [--scheme S] [--scram K]",
	  "change a password; it is asked for" },
	{ { "user", "add" },
	  TAKES_USER | TAKES_SCHEME | TAKES_PLACE,
	  command_user_add,
	  "user add USER [--uid N] [--gid N] [--home DIR] [--scheme S] "
	  "[--scram K]",
	  "add a user" },
	{ { "user", "del" },
	  TAKES_USER,
	  command_user_del,
	  "user del USER",
	  "remove a user; the mail stays" },
	{ { "user", "list" },
	  0,
	  command_user_list,
	  "user list",
	  "list the users and what they are known by" },
	{ { "app-password", "add" },
	  TAKES_USER | TAKES_APP | TAKES_EXPIRES,
	  command_app_add,
	  "app-password add USER NAME [--expires 90d|2027-01-31]",
	  "make a password for one device or program; it is shown once" },
	{ { "app-password", "list" },
	  TAKES_USER,
	  command_app_list,
	  "app-password list USER",
	  "list them: name, made, expires, last used" },
	{ { "app-password", "revoke" },
	  TAKES_USER | TAKES_APP,
	  command_app_revoke,
	  "app-password revoke USER NAME",
	  "end one" },
	{ { "cert", "make" },
	  TAKES_REST,
	  command_cert_make,
	  "cert make [--name HOST]... [--dir DIR] [--force]",
	  "make a certificate that nobody vouches for, to begin with" },
	{ { "cert", "show" },
	  TAKES_REST,
	  command_cert_show,
	  "cert show [FILE]...",
	  "show names and expiry of certificates, or of the server's own" },
	{ { "check", NULL },
	  0,
	  command_check,
	  "check",
	  "look through the configuration and the users" },
	{ { "version", NULL }, 0, command_version, "version", "print it" },
	{ { "help", NULL }, 0, command_help, "help", "print this" },
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_usage(FILE *to)
{
	fputs("usage: restantectl [-c FILE] COMMAND\n", to);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		fprintf(to, "  %s\n      %s\n", commands[i].usage,
			commands[i].help);
	}
	fputs("schemes: ", to);
	scheme_print_names(to);
	fputs("; " SCHEME_DEFAULT " if not given\n"
	      "scram: both (if not given), SHA-256, SHA-1, none\n",
	      to);
}

static int command_help(const struct request *r)
{
	(void)r;
	print_usage(stdout);
	return EX_OK;
}

/* How many of the arguments name it; 0 if they do not. */
static int words_that_match(const struct command *c, int argc, char **argv)
{
	int count = c->words[1] == NULL ? 1 : 2;

	if (argc < count) {
		return 0;
	}
	for (int i = 0; i < count; i++) {
		if (strcmp(argv[i], c->words[i]) != 0) {
			return 0;
		}
	}
	return count;
}

static const struct command *find_command(int argc, char **argv, int *words_r)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		int words = words_that_match(&commands[i], argc, argv);

		if (words > 0) {
			*words_r = words;
			return &commands[i];
		}
	}
	return NULL;
}

static bool parse_id(const char *text, uint32_t *id_r)
{
	char *end;
	unsigned long long n;

	if (text[0] < '0' || text[0] > '9') {
		return false;
	}
	n = strtoull(text, &end, 10);
	if (*end != '\0' || strlen(text) > 10 || n >= PASSWD_NO_ID) {
		return false;
	}
	*id_r = (uint32_t)n;
	return true;
}

/* It becomes a field of the users file. */
static bool is_home(const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++) {
		if (text[i] == ':' || (unsigned char)text[i] < 0x20) {
			return false;
		}
	}
	return text[0] == '/' && len <= PACKET_PATH_MAX;
}

enum option_letter {
	SCHEME = 's',
	UID = 'u',
	GID = 'g',
	HOME = 'h',
	SCRAM = 'k',
	EXPIRES = 'e',
};

static const struct scram_choice {
	const char *name;
	unsigned kinds;
} scram_choices[] = {
	{ "SHA-256", 1u << SCRAM_SHA_256 },
	{ "SHA-1", 1u << SCRAM_SHA_1 },
	{ "both", 1u << SCRAM_SHA_256 | 1u << SCRAM_SHA_1 },
	{ "none", 0 },
};

static bool parse_scram(const char *text, unsigned *kinds_r)
{
	for (size_t i = 0; i < sizeof(scram_choices) / sizeof(scram_choices[0]);
	     i++) {
		if (strcasecmp(text, scram_choices[i].name) == 0) {
			*kinds_r = scram_choices[i].kinds;
			return true;
		}
	}
	return false;
}

static int bad_option(const char *what, const char *value)
{
	fprintf(stderr, "restantectl: %s: %s\n", what, value);
	return EX_USAGE;
}

static int take_option(struct request *r, int letter)
{
	switch (letter) {
	case SCHEME:
		r->scheme = optarg;
		return scheme_is_made(optarg)
			   ? EX_OK
			   : bad_option("no such scheme (see help)", optarg);
	case UID:
		return parse_id(optarg, &r->uid)
			   ? EX_OK
			   : bad_option("--uid takes a number, not", optarg);
	case GID:
		return parse_id(optarg, &r->gid)
			   ? EX_OK
			   : bad_option("--gid takes a number, not", optarg);
	case HOME:
		r->home = optarg;
		return is_home(optarg)
			   ? EX_OK
			   : bad_option("--home takes an absolute path without "
					"colons, not",
					optarg);
	case SCRAM:
		return parse_scram(optarg, &r->scram)
			   ? EX_OK
			   : bad_option("--scram takes SHA-256, SHA-1, both or "
					"none, not",
					optarg);
	case EXPIRES:
		r->expires = optarg;
		return EX_OK;
	default:
		print_usage(stderr);
		return EX_USAGE;
	}
}

static bool is_taken(const struct command *c, int letter)
{
	unsigned want = TAKES_PLACE;

	if (letter == SCHEME || letter == SCRAM) {
		want = TAKES_SCHEME;
	} else if (letter == EXPIRES) {
		want = TAKES_EXPIRES;
	}
	return letter == '?' || (c->takes & want) != 0;
}

/* Each word that the command takes, no more and no fewer. */
static int take_words(const struct command *c, int argc, char **argv,
		      struct request *r)
{
	if ((c->takes & TAKES_USER) != 0 && optind < argc) {
		r->user = argv[optind++];
	}
	if ((c->takes & TAKES_APP) != 0 && optind < argc) {
		r->app = argv[optind++];
	}
	if (optind != argc || (r->user == NULL && (c->takes & TAKES_USER)) ||
	    (r->app == NULL && (c->takes & TAKES_APP))) {
		return bad_option("usage", c->usage);
	}
	return EX_OK;
}

/* argv[0] is the command's last word. */
static int take_arguments(const struct command *c, int argc, char **argv,
			  struct request *r)
{
	static const struct option options[] = {
		{ "scheme", required_argument, NULL, SCHEME },
		{ "uid", required_argument, NULL, UID },
		{ "gid", required_argument, NULL, GID },
		{ "home", required_argument, NULL, HOME },
		{ "scram", required_argument, NULL, SCRAM },
		{ "expires", required_argument, NULL, EXPIRES },
		{ NULL, 0, NULL, 0 }
	};
	int letter, rc = EX_OK;

	if ((c->takes & TAKES_REST) != 0) {
		r->argc = argc;
		r->argv = argv;
		return EX_OK;
	}
	optind = 0; /* anew */
	for (;;) {
		letter = getopt_long(argc, argv, "", options, NULL);
		if (letter == -1 || rc != EX_OK) {
			break;
		}
		rc = is_taken(c, letter)
			 ? take_option(r, letter)
			 : bad_option("no such option for", c->usage);
	}
	return rc == EX_OK ? take_words(c, argc, argv, r) : rc;
}

int main(int argc, char **argv)
{
	struct request request = { .config_path =
				       SYSCONF_DIR "/restante/restanted.conf",
				   .scheme = SCHEME_DEFAULT,
				   .scram =
				       1u << SCRAM_SHA_256 | 1u << SCRAM_SHA_1,
				   .uid = PASSWD_NO_ID,
				   .gid = PASSWD_NO_ID };
	const struct command *command;
	int option, words = 0, rc;

	for (option = getopt(argc, argv, "+c:"); option != -1;
	     option = getopt(argc, argv, "+c:")) {
		if (option != 'c') {
			print_usage(stderr);
			return EX_USAGE;
		}
		request.config_path = optarg;
	}
	command = find_command(argc - optind, argv + optind, &words);
	if (command == NULL) {
		print_usage(stderr);
		return EX_USAGE;
	}
	if (scheme_init() < 0) {
		fputs("restantectl: libsodium does not work here\n", stderr);
		return EX_SOFTWARE;
	}
	words += optind - 1;
	rc = take_arguments(command, argc - words, argv + words, &request);
	return rc == EX_OK ? command->run(&request) : rc;
}
