// SPDX-License-Identifier: ISC
/*
 * account.h - an account to collect from, as the configuration or an URL has
 * it: plain data, judged when it was read.  All texts are the account's own,
 * and free of control characters.
 */
#ifndef FETCH_ACCOUNT_H
#define FETCH_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"
#include "os/runner.h"

enum account_tls {
	ACCOUNT_TLS_IMPLICIT, /* port 995, RFC 8314 */
	ACCOUNT_TLS_STLS,     /* demanded: without it nothing is said */
	ACCOUNT_TLS_NONE,     /* secrets only to loopback, or with clear_text */
};

enum account_pipelining {
	ACCOUNT_PIPELINING_AUTO, /* if the server announces it */
	ACCOUNT_PIPELINING_YES,
	ACCOUNT_PIPELINING_NO,
};

enum destination_kind {
	DESTINATION_NONE,    /* of an URL without --to: nothing to fetch to */
	DESTINATION_MAILDIR, /* path */
	DESTINATION_MBOX,    /* path */
	DESTINATION_COMMAND, /* argv, run without a shell; reads the message */
	DESTINATION_LMTP,    /* path of a socket, or host and port; recipient */
	DESTINATION_SMTP,    /* host and port; recipient */
	DESTINATION_OUTPUT,  /* standard output, as mbox unless only one */
};

struct rule;

struct destination {
	enum destination_kind kind;
	char *path; /* absolute */
	char *host;
	uint16_t port;
	char **argv; /* NULL behind the last */
	/* argv, or of an mbox what its folder is needed for (fetch/cage/). */
	struct runner_way runs;
	const struct rule *rules; /* its account's; if it has such an mbox */
	size_t rules_count;
	char *sender;    /* LMTP and SMTP: the envelope's; "" is <> */
	char *recipient; /* LMTP and SMTP */
};

enum rule_action {
	RULE_ACCEPT,
	RULE_SKIP,
	RULE_DELETE,
	RULE_FOLDER
};

/* The first rule that matches decides; without one the message is accepted. */
struct rule {
	char *field;   /* of the header; its value, unfolded, is matched */
	char *pattern; /* as fnmatch(3), without regard to case */
	enum rule_action action;
	/* RULE_FOLDER: of a Maildir "Lists" is .Lists below it; of an mbox a
	 * file beside it; the others have none (refused by the
	 * configuration). */
	char *folder;
};

#define ACCOUNT_FINGERPRINT_LEN 32u /* SHA-256 */

struct account {
	char *name;
	unsigned line; /* of the configuration; 0: of an URL */
	/* A name, in lower case, or an address without brackets. */
	char *host;
	uint16_t port;
	enum account_tls tls;
	char *user;
	char *password;          /* NULL: to be got (password.h); wiped */
	char **password_command; /* argv, or NULL */
	char *password_file;     /* or NULL */
	struct runner_way gets_password;      /* by either */
	char *ca_file;                        /* or NULL: the system's */
	bool has_pin;                         /* then the chain is not judged */
	uint8_t pin[ACCOUNT_FINGERPRINT_LEN]; /* of the certificate's DER */
	char *certificate_file; /* our own, for EXTERNAL; or NULL */
	char *key_file;         /* never NULL if there is a certificate */
	/* Names in upper case with one blank between, the best first: "USER",
	 * "APOP" or of SASL; or NULL: what is safe. */
	char *mechanisms;
	bool clear_text; /* secrets may go out without TLS */
	struct destination deliver;
	struct rule *rules;
	size_t rules_count;
	bool deletes;         /* after delivery */
	uint32_t delete_days; /* that long after it; 0: at once */
	uint32_t
	    newer_days;    /* only messages whose Date is that young; 0: all */
	uint64_t size_max; /* octets; larger ones stay; 0: no limit */
	uint32_t batch;    /* messages until a QUIT; 0: all in one session */
	enum account_pipelining pipelining;
	uint32_t timeout_s;  /* of every wait */
	uint32_t interval_s; /* watch: from one visit to the next */
};

/* Everything at its default, no name, server or destination. */
void account_init(struct account *a);

/* Frees all of it, wiping the password; *a may be used for another. */
void account_finish(struct account *a);

/* The same for a destination; it is DESTINATION_NONE then. */
void destination_finish(struct destination *d);

/* POP3's own ports: both of a server lead to one maildrop; any other may lead
 * elsewhere, as where tunnels end. */
bool account_has_usual_port(const struct account *a);
/* Whether messages and their unique-ids are the same: so are the rows of the
 * record.  What is not known yet (NULL) is not the same. */
bool account_is_same_maildrop(const struct account *a, const struct account *b);

/* By which the record knows the account: the same for what
 * account_is_same_maildrop says so of.  0, or -1: it would be too long. */
#define ACCOUNT_KEY_MAX 600u /* user@host:port */
MUST_USE int account_key(const struct account *a, char key_r[ACCOUNT_KEY_MAX]);

/* Whether octets to that host stay on this machine: "localhost" and addresses
 * of loopback. */
bool account_host_is_loopback(const char *host);

#endif
