// SPDX-License-Identifier: ISC
/*
 * refusal.c - what a server means by refusing a log-in (refusal.h).
 * Runs in: the collector's loop.  Trusts: nothing.  Allocates: never.
 */
#include "fetch/net/refusal.h"

#include <string.h>
#include <strings.h>

/* --- words --- */

static bool contains(struct pop3_slice text, const char *words)
{
	size_t len = strlen(words);

	for (size_t i = 0; i + len <= text.len; i++) {
		if (strncasecmp((const char *)text.at + i, words, len) == 0) {
			return true;
		}
	}
	return false;
}

struct saying {
	const char *words;
	enum why_kind kind;
	const char *advice; /* NULL: what the kind's is */
};

#define APP_PASSWORD                                                           \
	"make an app password in the account's settings at the provider and "  \
	"use that"
#define ENABLE_POP                                                             \
	"allow POP in the account's settings at the provider, on its web page"
#define UNLOCK "unlock the account at the provider, on its web page"
#define NEEDS_OAUTH                                                            \
	"this provider takes no passwords, only OAuth2, which restante does "  \
	"not have yet"

/* The first that is found holds.  From: Gmail, Outlook and Exchange, Yahoo and
 * AOL, GMX and WEB.DE, Dovecot, Courier, qpopper, Cyrus. */
static const struct saying sayings[] = {
	{ "application-specific password", WHY_LOGIN, APP_PASSWORD },
	{ "app password", WHY_LOGIN, APP_PASSWORD },
	{ "web login required", WHY_LOGIN, APP_PASSWORD },
	{ "basicauthblocked", WHY_LOGIN, NEEDS_OAUTH },
	{ "basic authentication is disabled", WHY_LOGIN, NEEDS_OAUTH },
	{ "not enabled for pop", WHY_LOGIN, ENABLE_POP },
	{ "pop access", WHY_LOGIN, ENABLE_POP },
	{ "pop3 access", WHY_LOGIN, ENABLE_POP },
	{ "account is locked", WHY_LOGIN, UNLOCK },
	{ "account locked", WHY_LOGIN, UNLOCK },
	{ "account has been locked", WHY_LOGIN, UNLOCK },
	{ "account is disabled", WHY_LOGIN, UNLOCK },
	{ "plaintext authentication disallowed", WHY_LOGIN,
	  "set tls = implicit or stls" },
	{ "in use", WHY_TEMP, NULL },
	{ "locked", WHY_TEMP, NULL },
	{ "unable to lock", WHY_TEMP, NULL },
	{ "lock busy", WHY_TEMP, NULL },
	{ "is busy", WHY_TEMP, NULL },
	{ "another session", WHY_TEMP, NULL },
	{ "too many", WHY_TEMP, NULL },
	{ "too often", WHY_TEMP, NULL },
	{ "too frequent", WHY_TEMP, NULL },
	{ "allowed only every", WHY_TEMP, NULL },
	{ "maximum number of connections", WHY_TEMP, NULL },
	{ "limit exceeded", WHY_TEMP, NULL },
	{ "exceeded", WHY_TEMP, NULL },
	{ "minimum time", WHY_TEMP, NULL },
	{ "allowed only every", WHY_TEMP, NULL },
	{ "only allowed every", WHY_TEMP, NULL },
	{ "login delay", WHY_TEMP, NULL },
	{ "try again", WHY_TEMP, NULL },
	{ "try later", WHY_TEMP, NULL },
	{ "retry later", WHY_TEMP, NULL },
	{ "temporar", WHY_TEMP, NULL },
	{ "unavailable", WHY_TEMP, NULL },
	{ "not available", WHY_TEMP, NULL },
	{ "currently down", WHY_TEMP, NULL },
	{ "shutting down", WHY_TEMP, NULL },
	{ "maintenance", WHY_TEMP, NULL },
	{ "overload", WHY_TEMP, NULL },
	{ "timed out", WHY_TEMP, NULL },
	{ "internal error", WHY_TEMP, NULL },
	{ "server error", WHY_TEMP, NULL },
};

static const struct saying *find_saying(struct pop3_slice text)
{
	for (size_t i = 0; i < sizeof(sayings) / sizeof(sayings[0]); i++) {
		if (contains(text, sayings[i].words)) {
			return &sayings[i];
		}
	}
	return NULL;
}

/* --- codes --- */

static const struct {
	enum why_kind kind;
	const char *advice;
} of_code[POP3_CODE_COUNT] = {
	[POP3_CODE_AUTH] = { WHY_LOGIN, NULL },
	[POP3_CODE_IN_USE] = { WHY_TEMP, "another session has the mailbox; it "
					 "is tried again next time" },
	[POP3_CODE_LOGIN_DELAY] = { WHY_TEMP,
				    "it wants longer pauses between log-ins; "
				    "set a longer interval" },
	[POP3_CODE_SYS_TEMP] = { WHY_TEMP, NULL },
	/* [rfc3206/4] "SYS/PERM ... problems that require intervention" */
	[POP3_CODE_SYS_PERM] = { WHY_LOGIN,
				 "its operator has to see to the account" },
};

enum why_kind refusal_kind(enum pop3_code code, struct pop3_slice text)
{
	const struct saying *saying = find_saying(text);

	if (of_code[code].kind != WHY_NONE) {
		return of_code[code].kind;
	}
	return saying != NULL ? saying->kind : WHY_LOGIN;
}

bool refusal_is_unknown(enum pop3_code code, struct pop3_slice text)
{
	static const char *const words[] = {
		"unknown command",   "unknown auth",    "unknown mechanism",
		"unknown sasl",      "unsupported",     "not supported",
		"unrecognized",      "unrecognised",    "invalid command",
		"bad command",       "illegal command", "command not",
		"not implemented",   "unimplemented",   "syntax error",
		"invalid mechanism", "no such command", "no such mechanism",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (code == POP3_CODE_NONE && contains(text, words[i])) {
			return true;
		}
	}
	return false;
}

/* --- providers --- */

/* What those who have an account there may not know. */
static const struct {
	const char *domain;
	const char *advice;
} providers[] = {
	{ "gmail.com",
	  "Gmail takes only an app password, to be made at "
	  "https://myaccount.google.com/apppasswords; POP has to be enabled in "
	  "its settings, too" },
	{ "googlemail.com",
	  "Gmail takes only an app password, to be made at "
	  "https://myaccount.google.com/apppasswords; POP has to be enabled in "
	  "its settings, too" },
	{ "outlook.com", NEEDS_OAUTH },
	{ "office365.com", NEEDS_OAUTH },
	{ "hotmail.com", NEEDS_OAUTH },
	{ "live.com", NEEDS_OAUTH },
	{ "yahoo.com", APP_PASSWORD },
	{ "aol.com", APP_PASSWORD },
	{ "yandex.com", APP_PASSWORD },
	{ "mail.ru", APP_PASSWORD },
	{ "gmx.net", ENABLE_POP " (with two factors, an app password)" },
	{ "gmx.com", ENABLE_POP " (with two factors, an app password)" },
	{ "web.de", ENABLE_POP " (with two factors, an app password)" },
};

/* Whether host is the domain, or lies in it. */
static bool is_in(const char *host, const char *domain)
{
	size_t host_len = strlen(host);
	size_t len = strlen(domain);

	return host_len >= len &&
	       strcasecmp(host + host_len - len, domain) == 0 &&
	       (host_len == len || host[host_len - len - 1] == '.');
}

static const char *advice_for(const char *host)
{
	for (size_t i = 0; i < sizeof(providers) / sizeof(providers[0]); i++) {
		if (is_in(host, providers[i].domain)) {
			return providers[i].advice;
		}
	}
	return "are the user name and the password right?";
}

static const char *advice_of(const char *host, enum why_kind kind,
			     enum pop3_code code, const struct saying *saying)
{
	if (saying != NULL && saying->kind == kind && saying->advice != NULL) {
		return saying->advice;
	}
	if (of_code[code].advice != NULL) {
		return of_code[code].advice;
	}
	return kind == WHY_TEMP ? "it is tried again next time"
				: advice_for(host);
}

void refusal_explain(const char *host, enum pop3_code code,
		     struct pop3_slice text, struct why *why_r)
{
	enum why_kind kind = refusal_kind(code, text);
	const char *advice = advice_of(host, kind, code, find_saying(text));
	/* of the server's words so much that the advice has room */
	size_t len = text.len < 160 ? text.len : 160;

	why_set(why_r, kind, "%s refuses the log-in", host);
	if (len != 0) {
		why_octets(why_r, text.at, len);
	}
	why_add(why_r, "; %s", advice);
}
