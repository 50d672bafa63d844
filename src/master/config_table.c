// SPDX-License-Identifier: ISC
/*
 * config_table.c - the rows of config_table.h.
 * Runs in: master, restantectl.  Trusts: nothing.
 */
#include "master/config_table.h"

#include <string.h>

#include "base/log.h"
#include "conf/name.h"
#include "master/config.h"

#define AT(member)                                                             \
	offsetof(struct config, member),                                       \
	    sizeof(((const struct config *)NULL)->member)

#define SECOND ((uint64_t)1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define MEBI   ((uint64_t)1 << 20)

static const struct conf_word log_words[] = {
	{ "stderr", CONFIG_LOG_STDERR },
	{ "syslog", CONFIG_LOG_SYSLOG },
	{ "journal", CONFIG_LOG_JOURNAL },
	{ NULL, 0 },
};

static const struct conf_word level_words[] = {
	{ "error", LOG_ERROR },
	{ "warning", LOG_WARNING },
	{ "info", LOG_INFO },
	{ "debug", LOG_DEBUG },
	{ NULL, 0 },
};

static const struct conf_word yes_words[] = {
	{ "no", 0 },  { "yes", 1 }, { "false", 0 }, { "true", 1 },
	{ "off", 0 }, { "on", 1 },  { NULL, 0 },
};

static const struct conf_word plaintext_words[] = {
	{ "loopback", 0 },
	{ "always", 1 },
	{ NULL, 0 },
};

static const struct conf_word alpn_words[] = {
	{ "optional", 0 },
	{ "required", 1 },
	{ NULL, 0 },
};

static const struct conf_word client_user_words[] = {
	{ "email", CERTIFICATE_EMAIL },
	{ "common_name", CERTIFICATE_COMMON_NAME },
	{ NULL, 0 },
};

static const struct conf_word sandbox_words[] = {
	{ "on", 0 },
	{ "required", 1 },
	{ NULL, 0 },
};

/* What goes to more than one role stands here for one of them;
 * config.c passes it on to the others. */
/* clang-format off */
const struct setting config_settings[] = {
	{ "listen", SETTING_ADDRESSES, AT(listen), "127.0.0.1:110",
	  0, CONFIG_LISTEN_MAX, 0, NULL, "addresses and ports to listen on" },
	{ "listen_tls", SETTING_TLS_ADDRESSES, AT(listen), "",
	  0, CONFIG_LISTEN_MAX, 0, NULL, "those that speak TLS at once" },
	{ "tls_certificate", SETTING_PATHS, AT(certificate), "",
	  0, CONFIG_CERTIFICATES_MAX, 0, NULL, "PEM files of certificates" },
	{ "tls_key", SETTING_PATHS, AT(private_key), "",
	  0, CONFIG_CERTIFICATES_MAX, 0, NULL, "PEM files of their keys" },
	{ "tls_alpn", SETTING_WORD, AT(session.alpn_required), "optional",
	  0, 0, 0, alpn_words, "whether clients must ask for POP3" },
	{ "tls_client_ca", SETTING_PATH, AT(client_ca), "",
	  0, 0, 0, NULL, "PEM file of who issues clients' certificates" },
	{ "tls_client_user", SETTING_WORD, AT(auth.certificate_name), "email",
	  0, 0, 0, client_user_words,
	  "what of a client's certificate is the user" },
	{ "tls_ticket_time", SETTING_DURATION, AT(key.ticket_s), "1h",
	  MINUTE, 24 * HOUR, SECOND, NULL, "time between new ticket keys" },
	{ "mail_root", SETTING_PATH, AT(maildrop.mail_root), NULL,
	  0, 0, 0, NULL, "directory that holds all maildrops" },
	{ "maildrop", SETTING_TEMPLATE, AT(auth.maildrop), "%u",
	  0, 0, 0, NULL, "a user's Maildir, below mail_root" },
	{ "users", SETTING_PATH, AT(auth.users), NULL,
	  0, 0, 0, NULL, "passwd-file of the users" },
	{ "lowercase_users", SETTING_WORD, AT(auth.lowercase_users), "yes",
	  0, 0, 0, yes_words, "take Ann and ann for the same user" },
	{ "reveal_users", SETTING_WORD, AT(session.reveal_users), "no",
	  0, 0, 0, yes_words, "refuse an unknown user at USER already" },
	{ "plaintext", SETTING_WORD, AT(session.plaintext_anywhere),
	  "loopback", 0, 0, 0, plaintext_words,
	  "from where secrets are taken in clear text" },
	{ "scram", SETTING_WORD, AT(session.scram), "yes",
	  0, 0, 0, yes_words, "SCRAM, for users who have a verifier" },
	{ "apop", SETTING_WORD, AT(session.apop), "no",
	  0, 0, 0, yes_words, "APOP, for users with a PLAIN password" },
	{ "cram_md5", SETTING_WORD, AT(session.cram_md5), "no",
	  0, 0, 0, yes_words, "CRAM-MD5, for the same users" },
	{ "login_delay", SETTING_DURATION, AT(session.login_delay_s), "0s",
	  0, HOUR, SECOND, NULL, "time between two log-ins of one user" },
	{ "login_burst", SETTING_NUMBER, AT(auth.login_burst), "3",
	  1, 1000, 0, NULL, "log-ins that need not wait for it" },
	{ "failures_max", SETTING_NUMBER, AT(auth.failures_max), "20",
	  0, 10000, 0, NULL, "failed log-ins before one is refused unread" },
	{ "failures_time", SETTING_DURATION, AT(auth.failures_ms), "10m",
	  SECOND, 24 * HOUR, 0, NULL, "time in which half are forgotten" },
	{ "proxy_from", SETTING_NETS, AT(session.proxies), "",
	  0, SETTINGS_NETS_MAX, 0, NULL, "networks of proxies" },
	{ "uid_min", SETTING_NUMBER, AT(auth.uid_min), "100",
	  1, UINT32_MAX - 1, 0, NULL, "users with a lower uid get no mail" },
	{ "cache_dir", SETTING_PATH, AT(maildrop.cache_dir),
	  "/var/cache/restante", 0, 0, 0, NULL, "directory of the size cache" },
	{ "cache_size", SETTING_OCTETS, AT(maildrop.cache_octets_max), "1G",
	  MEBI, (uint64_t)1 << 40, 0, NULL, "the most that the cache takes" },
	{ "state_dir", SETTING_PATH, AT(auth.state_dir), "/var/lib/restante",
	  0, 0, 0, NULL, "directory of what is to outlast a restart" },
	{ "run_dir", SETTING_PATH, AT(run_dir), "/run/restante",
	  0, 0, 0, NULL, "directory of the pid file and the jail" },
	{ "log", SETTING_WORD, AT(log), "stderr",
	  0, 0, 0, log_words, "where log lines go" },
	{ "log_level", SETTING_WORD, AT(session.common.log_level), "info",
	  0, 0, 0, level_words, "the least important lines to log" },
	{ "greeting", SETTING_STRING, AT(session.greeting), "restante ready",
	  1, 128, 0, NULL, "text of the first reply" },
	{ "hostname", SETTING_HOSTNAME, AT(session.common.hostname), "auto",
	  0, 0, 0, NULL, "this machine's name, for the greeting" },
	{ "session_processes", SETTING_CORES, AT(session_processes), "auto",
	  1, CONFIG_SESSIONS_MAX, 0, NULL, "processes that serve connections" },
	{ "threads", SETTING_NUMBER, AT(auth.threads_per_channel), "4",
	  1, 64, 0, NULL, "auth's and maildrop's threads per session process" },
	{ "hashes_at_once", SETTING_CORES, AT(auth.hashes_at_once), "auto",
	  1, 256, 0, NULL, "passwords verified at the same time" },
	{ "connections_max", SETTING_NUMBER, AT(session.connections_max),
	  "10000", 1, 1000000, 0, NULL, "connections in all" },
	{ "connections_per_address", SETTING_NUMBER,
	  AT(session.connections_per_address), "50",
	  1, 1000000, 0, NULL, "connections from one address" },
	{ "sessions_per_user", SETTING_NUMBER, AT(maildrop.sessions_per_user),
	  "10", 1, 1000, 0, NULL, "sessions of one user, if shared_lock" },
	{ "shared_lock", SETTING_WORD, AT(maildrop.shared_lock), "no",
	  0, 0, 0, yes_words, "let a user log in more than once" },
	{ "login_tries_max", SETTING_NUMBER, AT(session.login_tries_max), "3",
	  1, 100, 0, NULL, "failed log-ins before the connection ends" },
	{ "login_time", SETTING_DURATION, AT(session.login_ms), "60s",
	  SECOND, HOUR, 0, NULL, "time from the connection to the log-in" },
	{ "idle_time", SETTING_DURATION, AT(session.idle_ms), "10m",
	  SECOND, 24 * HOUR, 0, NULL, "time between two commands" },
	{ "stall_time", SETTING_DURATION, AT(session.stall_ms), "60s",
	  SECOND, HOUR, 0, NULL, "time for a client to take some output" },
	{ "stop_time", SETTING_DURATION, AT(session.stop_ms), "30s",
	  SECOND, HOUR, 0, NULL, "time for the sessions to end at a stop" },
	{ "keepalive", SETTING_DURATION, AT(keepalive_s), "60s",
	  SECOND, 2 * HOUR, SECOND, NULL, "time until a dead peer is noticed" },
	{ "sandbox", SETTING_WORD, AT(session.common.sandbox_required), "on",
	  0, 0, 0, sandbox_words, "whether to start without all of it" },
	{ "session_user", SETTING_ACCOUNT, AT(session.common.uid),
	  "restante-session", 0, 0, 0, NULL, "account of the session role" },
	{ "auth_user", SETTING_ACCOUNT, AT(auth.common.uid),
	  "restante-auth", 0, 0, 0, NULL, "account of the auth role" },
	{ "key_user", SETTING_ACCOUNT, AT(key.common.uid), "restante-key",
	  0, 0, 0, NULL, "account of the key role, if there is TLS" },
	{ "mail_user", SETTING_ACCOUNT, AT(maildrop.common.uid),
	  "vmail", 0, 0, 0, NULL, "account of the maildrop role" },
};
/* clang-format on */

const size_t config_settings_count =
    sizeof(config_settings) / sizeof(config_settings[0]);

_Static_assert(sizeof(config_settings) / sizeof(config_settings[0]) <=
		   CONFIG_SETTINGS_MAX,
	       "raise CONFIG_SETTINGS_MAX");

const struct setting *config_table_find(const char *name)
{
	for (size_t i = 0; i < config_settings_count; i++) {
		if (strcmp(config_settings[i].name, name) == 0) {
			return &config_settings[i];
		}
	}
	return NULL;
}

bool config_table_is_list(const struct setting *setting)
{
	return setting->type >= SETTING_ADDRESSES;
}

size_t config_table_index(const struct setting *setting)
{
	return (size_t)(setting - config_settings);
}

const char *config_table_nearest(const char *written)
{
	const char *names[CONFIG_SETTINGS_MAX];

	for (size_t i = 0; i < config_settings_count; i++) {
		names[i] = config_settings[i].name;
	}
	return conf_name_nearest(written, names, config_settings_count);
}
