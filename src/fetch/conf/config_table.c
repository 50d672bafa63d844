// SPDX-License-Identifier: ISC
/*
 * config_table.c - the rows of config_table.h.
 * Runs in: restante.  Trusts: nothing.
 */
#include "fetch/conf/config_table.h"

#include <assert.h>
#include <string.h>

#include "fetch/conf/argv.h"
#include "fetch/conf/config_store.h"

#define AT(member) offsetof(struct account, member), 0
#define NUMBER_AT(member)                                                      \
	offsetof(struct account, member),                                      \
	    sizeof(((const struct account *)NULL)->member)
#define NOWHERE 0, 0
#define DAY     86400u
#define KIBI    ((uint64_t)1 << 10)
#define GIBI    ((uint64_t)1 << 30)

static const struct conf_word tls_words[] = {
	{ "implicit", ACCOUNT_TLS_IMPLICIT },
	{ "stls", ACCOUNT_TLS_STLS },
	{ "none", ACCOUNT_TLS_NONE },
	{ NULL, 0 },
};

static const struct conf_word yes_words[] = {
	{ "no", 0 },  { "yes", 1 }, { "false", 0 }, { "true", 1 },
	{ "off", 0 }, { "on", 1 },  { NULL, 0 },
};

static const struct conf_word after_words[] = {
	{ "keep", 0 },
	{ "delete", 1 },
	{ NULL, 0 },
};

static const struct conf_word pipelining_words[] = {
	{ "auto", ACCOUNT_PIPELINING_AUTO },
	{ "yes", ACCOUNT_PIPELINING_YES },
	{ "no", ACCOUNT_PIPELINING_NO },
	{ NULL, 0 },
};

const struct conf_word config_rule_actions[] = {
	{ "accept", RULE_ACCEPT },
	{ "skip", RULE_SKIP },
	{ "delete", RULE_DELETE },
	{ "folder", RULE_FOLDER },
	{ NULL, 0 },
};

/* clang-format off */
const struct config_row config_rows[] = {
	{ "server", false, GROUP_NONE, config_store_host, NOWHERE, 0, 0, NULL,
	  "", "the host to collect from" },
	{ "tls", false, GROUP_LINE, config_store_word, NUMBER_AT(tls), 0, 0,
	  tls_words, "implicit", "how the line is encrypted" },
	{ "port", false, GROUP_LINE, config_store_port, NOWHERE, 0, 0, NULL,
	  "995", "its port" },
	{ "user", false, GROUP_NONE, config_store_user, NOWHERE, 0, 0, NULL,
	  "", "the name that the server knows us by" },
	{ "password_command", true, GROUP_PASSWORD, config_store_argv,
	  AT(password_command), 0, 0, NULL, "",
	  "a command whose first line is the password" },
	{ "password_file", false, GROUP_PASSWORD, config_store_path,
	  AT(password_file), 0, 0, NULL, "",
	  "a file whose first line is the password" },
	{ "auth", true, GROUP_NONE, config_store_mechanisms, NOWHERE, 0, 0,
	  NULL, "", "mechanisms to log in with" },
	{ "pin", false, GROUP_TRUST, config_store_pin, NOWHERE, 0, 0, NULL, "",
	  "fingerprint of the server's certificate" },
	{ "ca_file", false, GROUP_TRUST, config_store_path, AT(ca_file), 0, 0,
	  NULL, "", "issuers of certificates to trust" },
	{ "certificate", false, GROUP_CERTIFICATE, config_store_path,
	  AT(certificate_file), 0, 0, NULL, "", "our own certificate" },
	{ "key", false, GROUP_CERTIFICATE, config_store_path, AT(key_file), 0,
	  0, NULL, "", "its key" },
	{ "clear_text", false, GROUP_NONE, config_store_word,
	  NUMBER_AT(clear_text), 0, 0, yes_words, "no",
	  "let everybody on the way read all" },
	{ "deliver", true, GROUP_NONE, config_store_destination, NOWHERE, 0, 0,
	  NULL, "", "where the mail goes" },
	{ "sender", false, GROUP_NONE, config_store_sender, NOWHERE, 0, 0,
	  NULL, "", "who sends it by lmtp and smtp" },
	{ "recipient", false, GROUP_NONE, config_store_recipient, NOWHERE, 0,
	  0, NULL, "", "for whom it is by lmtp and smtp" },
	{ "after", false, GROUP_AFTER, config_store_word, NUMBER_AT(deletes),
	  0, 0, after_words, "keep", "what becomes of it on the server" },
	{ "delete_after_days", false, GROUP_AFTER, config_store_number,
	  NUMBER_AT(delete_days), 1, 3650, NULL, "",
	  "how long after delivery it is deleted" },
	{ "newer_than_days", false, GROUP_NONE, config_store_number,
	  NUMBER_AT(newer_days), 1, 36500, NULL, "",
	  "messages that are older stay" },
	{ "size_max", false, GROUP_NONE, config_store_octets,
	  NUMBER_AT(size_max), KIBI, 4 * GIBI, NULL, "",
	  "messages that are larger stay" },
	{ "batch", false, GROUP_NONE, config_store_number, NUMBER_AT(batch),
	  0, 1000000, NULL, "0", "messages until a session ends" },
	{ "pipelining", false, GROUP_NONE, config_store_word,
	  NUMBER_AT(pipelining), 0, 0, pipelining_words, "auto",
	  "ask for messages before the last one is there" },
	{ "timeout", false, GROUP_NONE, config_store_seconds,
	  NUMBER_AT(timeout_s), 1, 3600, NULL, "60s",
	  "how long an answer may take" },
	{ "interval", false, GROUP_NONE, config_store_seconds,
	  NUMBER_AT(interval_s), 1, 7 * DAY, NULL, "300s",
	  "watch: time between two visits" },
	{ NULL, false, GROUP_NONE, NULL, NOWHERE, 0, 0, NULL, NULL, NULL },
};

/* The same, for the grammar. */
static const struct conf_row account_rows[] = {
	{ "server", false }, { "tls", false }, { "port", false },
	{ "user", false }, { "password_command", true },
	{ "password_file", false }, { "auth", true }, { "pin", false },
	{ "ca_file", false }, { "certificate", false }, { "key", false },
	{ "clear_text", false }, { "deliver", true }, { "sender", false },
	{ "recipient", false }, { "after", false },
	{ "delete_after_days", false }, { "newer_than_days", false },
	{ "size_max", false }, { "batch", false }, { "pipelining", false },
	{ "timeout", false }, { "interval", false }, { NULL, false },
};
/* clang-format on */

const size_t config_rows_count =
    sizeof(config_rows) / sizeof(config_rows[0]) - 1;

_Static_assert(sizeof(config_rows) / sizeof(config_rows[0]) ==
		   sizeof(account_rows) / sizeof(account_rows[0]),
	       "both tables have the same rows");
_Static_assert(sizeof(config_rows) / sizeof(config_rows[0]) <= CONFIG_ROWS_MAX,
	       "raise CONFIG_ROWS_MAX");

const struct conf_row config_rule_rows[] = {
	{ "field", false },  { "pattern", false }, { "action", false },
	{ "folder", false }, { NULL, false },
};

#define NO_PASSWORD                                                            \
	"no password stands in this file; name a file of mode 0600 with "      \
	"password_file, or a program with password_command"

/* What others call it: fetchmail, getmail, mpop. */
static const struct conf_hint hints[] = {
	{ "password", NO_PASSWORD },
	{ "passwd", NO_PASSWORD },
	{ "pass", NO_PASSWORD },
	{ "passwordeval", "is called password_command here" },
	{ "host", "is called server here" },
	{ "poll", "is written: account \"NAME\" { server = \"HOST\" ... }" },
	{ "username", "is called user here" },
	{ "ssl", "is written: tls = implicit (which is the default)" },
	{ "tls_starttls", "is written: tls = stls" },
	{ "starttls", "is written: tls = stls" },
	{ "sslfingerprint", "is called pin here, and is of SHA-256" },
	{ "tls_fingerprint", "is called pin here" },
	{ "tls_trust_file", "is called ca_file here" },
	{ "sslcertfile", "is called ca_file here" },
	{ "tls_certcheck", "certificates are always verified; to trust a "
			   "certain one, set pin" },
	{ "sslcertck", "certificates are always verified; to trust a certain "
		       "one, set pin" },
	{ "verify", "certificates are always verified; to trust a certain "
		    "one, set pin" },
	{ "delivery", "is called deliver here" },
	{ "mda", "is written: deliver = {\"command:PROGRAM\", \"ARGUMENT\"}" },
	{ "keep", "is written: after = keep" },
	{ "nokeep", "is written: after = delete" },
	{ "delete", "is written: after = delete" },
	{ "delete_after", "is called delete_after_days here" },
	{ "killsize", "is called size_max here" },
	{ "max_message_size", "is called size_max here" },
	{ "limit", "is called size_max here" },
	{ NULL, NULL },
};

static const struct conf_kind rule_kinds[] = {
	{ .name = CONFIG_RULE, .rows = config_rule_rows },
	{ .name = NULL },
};

static const struct conf_kind account_kinds[] = {
	{ .name = CONFIG_ACCOUNT,
	  .has_title = true,
	  .rows = account_rows,
	  .sections = rule_kinds,
	  .hints = hints },
	{ .name = CONFIG_DEFAULTS,
	  .rows = account_rows,
	  .sections = rule_kinds,
	  .hints = hints },
	{ .name = NULL },
};

const struct conf_grammar config_grammar = {
	.root = { .sections = account_kinds, .hints = hints },
	.manual = "restante.conf(5)",
	.list = "NAME = {\"VALUE\", \"VALUE\"}",
	.values_max = ARGV_MAX + 1,
};

size_t config_row_index(const char *name)
{
	size_t i = 0;

	while (strcmp(config_rows[i].name, name) != 0) {
		i++;
		assert(i < config_rows_count);
	}
	return i;
}
