// SPDX-License-Identifier: ISC
/*
 * options_table.c - the rows of options_table.h.
 * Runs in: restante.  Trusts: its caller.
 */
#include "fetch/conf/options_table.h"

#include <string.h>

#define BIT(option) (1u << (unsigned)OPTION_##option)
#define EVERYWHERE                                                             \
	(BIT(CONFIG) | BIT(QUIET) | BIT(VERBOSE) | BIT(JSON) | BIT(HELP) |     \
	 BIT(VERSION))
#define OF_LOGIN                                                               \
	(BIT(PASSWORD_COMMAND) | BIT(PASSWORD_FILE) | BIT(PIN) |               \
	 BIT(CA_FILE) | BIT(AUTH))
#define OF_URLS   (OF_LOGIN | BIT(CLEAR_TEXT))
#define OF_FETCH  (BIT(TO) | BIT(RECIPIENT) | BIT(KEEP) | BIT(DELETE))
#define OF_NEW    (BIT(SERVER) | BIT(PORT) | BIT(TLS) | BIT(USER))

#define NAMES_MAX ((size_t)1000) /* a shell's line has no room for more */

static void take_config(struct options *o, const char *value)
{
	o->config_path = value;
}

static void take_quiet(struct options *o, const char *value)
{
	(void)value;
	o->volume = VOLUME_QUIET;
}

static void take_verbose(struct options *o, const char *value)
{
	(void)value;
	o->volume = VOLUME_VERBOSE;
}

static void take_json(struct options *o, const char *value)
{
	(void)value;
	o->json = true;
}

/* options_parse sees to it, once it knows the command. */
static void take_help(struct options *o, const char *value)
{
	(void)o;
	(void)value;
}

static void take_version(struct options *o, const char *value)
{
	(void)value;
	o->command = COMMAND_VERSION;
}

static void take_server(struct options *o, const char *value)
{
	o->account.server = value;
}

static void take_port(struct options *o, const char *value)
{
	o->account.port = value;
}

static void take_tls(struct options *o, const char *value)
{
	o->account.tls = value;
}

static void take_user(struct options *o, const char *value)
{
	o->account.user = value;
}

static void take_to(struct options *o, const char *value)
{
	o->account.to = value;
}

static void take_recipient(struct options *o, const char *value)
{
	o->account.recipient = value;
}

static void take_keep(struct options *o, const char *value)
{
	(void)value;
	o->account.after = AFTER_KEEP;
}

static void take_delete(struct options *o, const char *value)
{
	(void)value;
	o->account.after = AFTER_DELETE;
}

static void take_retry(struct options *o, const char *value)
{
	(void)value;
	o->retry = true;
}

static void take_password_command(struct options *o, const char *value)
{
	o->account.password_command = value;
}

static void take_password_file(struct options *o, const char *value)
{
	o->account.password_file = value;
}

static void take_pin(struct options *o, const char *value)
{
	o->account.pin = value;
}

static void take_ca_file(struct options *o, const char *value)
{
	o->account.ca_file = value;
}

static void take_auth(struct options *o, const char *value)
{
	o->account.mechanisms = value;
}

static void take_clear_text(struct options *o, const char *value)
{
	(void)value;
	o->account.clear_text = true;
}

/* clang-format off */
const struct option_row options_rows[] = {
	{ "config", 'c', OPTION_CONFIG, "FILE", take_config, "all",
	  "else ~/.config/restante/restante.conf" },
	{ "quiet", 'q', OPTION_QUIET, NULL, take_quiet, "all",
	  "tell mistakes and failures only" },
	{ "verbose", 'v', OPTION_VERBOSE, NULL, take_verbose, "all",
	  "tell of each message, and what was negotiated" },
	{ "json", '\0', OPTION_JSON, NULL, take_json, "all",
	  "tell everything as lines of JSON, for programs" },
	{ "help", 'h', OPTION_HELP, NULL, take_help, "all",
	  "show help, also of one command" },
	{ "version", 'V', OPTION_VERSION, NULL, take_version, "all",
	  "show the version" },
	{ "server", '\0', OPTION_SERVER, "HOST", take_server, "account add",
	  "the host to collect from" },
	{ "port", '\0', OPTION_PORT, "PORT", take_port, "account add",
	  "its port" },
	{ "tls", '\0', OPTION_TLS, "HOW", take_tls, "account add",
	  "implicit (the default), stls or none" },
	{ "user", '\0', OPTION_USER, "USER", take_user, "account add",
	  "the name that it knows you by" },
	{ "to", '\0', OPTION_TO, "DESTINATION", take_to, "fetch, account add",
	  "where the mail goes, as maildir:~/Mail or -" },
	{ "recipient", '\0', OPTION_RECIPIENT, "ADDRESS", take_recipient,
	  "fetch, account add", "for whom lmtp and smtp deliver" },
	{ "keep", '\0', OPTION_KEEP, NULL, take_keep,
	  "fetch, account add",
	  "leave the messages on the server" },
	{ "delete", '\0', OPTION_DELETE, NULL, take_delete,
	  "fetch, account add",
	  "delete them there, once they are delivered" },
	{ "retry", '\0', OPTION_RETRY, NULL, take_retry, "fetch",
	  "fetch messages that were set aside, too" },
	{ "password-command", '\0', OPTION_PASSWORD_COMMAND, "COMMAND",
	  take_password_command, "URLs, account add",
	  "its first line is the password; no shell" },
	{ "password-file", '\0', OPTION_PASSWORD_FILE, "FILE",
	  take_password_file, "URLs, account add",
	  "its first line is the password; mode 0600" },
	{ "pin", '\0', OPTION_PIN, "FINGERPRINT", take_pin,
	  "URLs, account add",
	  "of the server's certificate, as sha256:..." },
	{ "ca-file", '\0', OPTION_CA_FILE, "FILE", take_ca_file,
	  "URLs, account add",
	  "trust these issuers of certificates, no others" },
	{ "auth", '\0', OPTION_AUTH, "MECHANISMS", take_auth,
	  "URLs, account add",
	  "log in with one of these, as SCRAM-SHA-256,PLAIN" },
	{ "clear-text", '\0', OPTION_CLEAR_TEXT, NULL, take_clear_text, "URLs",
	  "pop3:// without TLS: all on the way can read it" },
	{ NULL, '\0', OPTION_CONFIG, NULL, NULL, NULL, NULL },
};

const struct command_row options_commands[] = {
	{ NULL, "fetch", COMMAND_FETCH, "[ACCOUNT|URL...]", 0, 0, NAMES_MAX,
	  EVERYWHERE | OF_URLS | OF_FETCH | BIT(RETRY),
	  "collect mail, of all accounts if none is named" },
	{ NULL, "check", COMMAND_CHECK, "[ACCOUNT|URL...]", 0, 0, NAMES_MAX,
	  EVERYWHERE | OF_URLS, "how many messages are new" },
	{ NULL, "watch", COMMAND_WATCH, "[ACCOUNT...]", 0, 0, NAMES_MAX,
	  EVERYWHERE, "stay, and collect again and again" },
	{ NULL, "list", COMMAND_LIST, "[ACCOUNT|URL]", 0, 0, 1,
	  EVERYWHERE | OF_URLS, "what is on the server" },
	{ NULL, "show", COMMAND_SHOW, "N [ACCOUNT|URL]", 1, 0, 1,
	  EVERYWHERE | OF_URLS, "print a message" },
	{ NULL, "delete", COMMAND_DELETE, "N... [ACCOUNT|URL]",
	  OPTIONS_NUMBERS_MAX, 0, 1,
	  EVERYWHERE | OF_URLS, "delete messages on the server" },
	{ OPTIONS_GROUP, "add", COMMAND_ACCOUNT_ADD, "[NAME]", 0, 0, 1,
	  EVERYWHERE | OF_NEW | OF_LOGIN | OF_FETCH,
	  "set an account up, guided" },
	{ OPTIONS_GROUP, "list", COMMAND_ACCOUNT_LIST, "", 0, 0, 0,
	  EVERYWHERE, "the accounts of the configuration" },
	{ OPTIONS_GROUP, "check", COMMAND_ACCOUNT_CHECK, "[NAME]", 0, 0, 1,
	  EVERYWHERE, "whether all is sound and the server lets us in" },
	{ OPTIONS_GROUP, "remove", COMMAND_ACCOUNT_REMOVE, "NAME", 0, 1, 1,
	  EVERYWHERE, "take an account out of the configuration" },
	{ NULL, "renew-record", COMMAND_RENEW_RECORD, "", 0, 0, 0, EVERYWHERE,
	  "set a damaged record aside: all mail is new again" },
	{ NULL, NULL, COMMAND_HELP, NULL, 0, 0, 0, 0, NULL },
};
/* clang-format on */

_Static_assert(sizeof(options_rows) / sizeof(options_rows[0]) <=
		   OPTIONS_ROWS_MAX,
	       "an option needs a bit");
_Static_assert(sizeof(options_commands) / sizeof(options_commands[0]) <=
		   COMMANDS_ROWS_MAX,
	       "raise COMMANDS_ROWS_MAX");

const struct option_row *options_find_long(const char *name)
{
	for (const struct option_row *o = options_rows; o->name != NULL; o++) {
		if (strcmp(o->name, name) == 0) {
			return o;
		}
	}
	return NULL;
}

const struct option_row *options_find_short(char letter)
{
	for (const struct option_row *o = options_rows; o->name != NULL; o++) {
		if (o->letter == letter) {
			return o;
		}
	}
	return NULL;
}

static bool is_in_group(const struct command_row *c, const char *group)
{
	return (c->group == NULL) == (group == NULL);
}

const struct command_row *options_find_command(const char *group,
					       const char *name)
{
	const struct command_row *c = options_commands;

	for (; c->name != NULL; c++) {
		if (is_in_group(c, group) && strcmp(c->name, name) == 0) {
			return c;
		}
	}
	return NULL;
}

size_t options_command_names(const char *group,
			     const char *names_r[COMMANDS_ROWS_MAX])
{
	const struct command_row *c = options_commands;
	size_t count = 0;

	for (; c->name != NULL; c++) {
		if (is_in_group(c, group)) {
			names_r[count++] = c->name;
		}
	}
	if (group == NULL) {
		names_r[count++] = OPTIONS_GROUP;
	}
	return count;
}
