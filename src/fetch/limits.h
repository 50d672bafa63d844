// SPDX-License-Identifier: ISC
/*
 * limits.h - every limit of the collector, with its origin.
 */
#ifndef FETCH_LIMITS_H
#define FETCH_LIMITS_H

/* Messages of one maildrop: 16 times what a server of ours is tested with would
 * be 16 million; a listing that is longer is refused. */
#define FETCH_MESSAGES_MAX 4000000u
/* Octets of one message, whatever LIST says: a server that never ends. */
#define FETCH_MESSAGE_OCTETS_MAX (4ull * 1024 * 1024 * 1024)
/* Accounts in one configuration. */
#define FETCH_ACCOUNTS_MAX 1000u
/* Octets of restante.conf: a thousand accounts of a thousand octets. */
#define FETCH_CONFIG_OCTETS_MAX (1024u * 1024u)
/* Rules of one account, with those of the defaults; each may cost a TOP. */
#define FETCH_RULES_MAX 200u
/* Ports: RFC 1939, RFC 8314. */
#define ACCOUNT_PORT     110u
#define ACCOUNT_PORT_TLS 995u
/* RFC 5321; LMTP must not use it (RFC 2033, section 5). */
#define DESTINATION_SMTP_PORT 25u
/* No answer for that long is none: mpop waits 60 s, fetchmail 300 s. */
#define ACCOUNT_TIMEOUT_S 60u
/* Between two visits of watch: getmail's and fetchmail's manuals ask for no
 * less than five minutes. */
#define ACCOUNT_INTERVAL_S 300u
/* A password command may wait for a person who unlocks a keyring. */
#define PASSWORD_COMMAND_S 120u
/* Octets of its output that are read, though only the first line counts. */
#define PASSWORD_OUTPUT_MAX (64u * 1024u)

#endif
