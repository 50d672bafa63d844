// SPDX-License-Identifier: ISC
/*
 * json.h - what --json says: one object a line.  Every object has
 *
 *	type     string, below
 *	time     string, RFC 3339 in UTC: "2026-11-26T04:05:06.789Z"
 *	account  string: its name, or the URL (a "note" may be without)
 *
 * Members are only ever added; what is unknown is left out or null as said
 * here. Sizes and counts are integers.  Foreign octets that are no UTF-8 are
 * replaced by U+FFFD, and all that is not printable ASCII is written as \u....
 *
 *	connecting     host, port, tls ("implicit", "stls", "none")
 *	logged-in      user; mechanism (null: unknown)
 *	listed         messages, new, octets (of the new ones, as LIST says)
 *	message-begun  message
 *	message        message; outcome ("delivered", "known", "skipped",
 *	               "too-large", "too-old", "set-aside", "postponed",
 *	               "deleted", "undeleted"); failure where there is one
 *	progress       at most once a second: messages, new, octets, octets_new,
 *	               octets_per_s; seconds_left (null: unknown)
 *	account-done   totals
 *	account-failed totals, failure
 *	account-interrupted   totals (Ctrl-C)
 *	note           text
 *	waits          until (as time)
 *	list           message with "new" (boolean): a line of restante list
 *	check          messages, new, octets (of the new ones)
 *	account        host, port, tls, user, deliver, after ("keep", "delete")
 *
 *	message  number (null: unknown), octets, uid, from, subject (null)
 *	totals   delivered, octets (of these), known, skipped, too_large (that
 *	         stay on the server), too_old, set_aside, postponed (in the
 *	         last session: those of earlier ones were tried anew), deleted,
 *	         undeleted (that the server did not delete, in the same one),
 *	         ms (how long it took); aside (set aside in all, by earlier
 *	         visits, too)
 *	failure  kind ("temporary", "message", "network", "tls", "login",
 *	         "protocol", "delivery", "configuration", "internal"), text,
 *	         remedy (null), exit_code
 *
 * "message-begun", "progress", "connecting", "logged-in", "listed" and
 * "message" but for "set-aside" are left out with -q.
 */
#ifndef FETCH_SHOW_JSON_H
#define FETCH_SHOW_JSON_H

#include <jansson.h>
#include <stdint.h>

#include "fetch/show/report.h"
#include "fetch/show/text.h"

/* {"type": type, "time": ..., "account": account}; NULL: no memory, which all
 * below take.  account may be NULL. */
json_t *json_begin(const char *type, uint64_t unix_ms, const char *account);

void json_set_count(json_t *o, const char *key, uint64_t n);
/* NULL is null. */
void json_set_text(json_t *o, const char *key, const char *foreign);
/* A moment. */
void json_set_time(json_t *o, const char *key, uint64_t unix_ms);
/* Takes value; NULL is no memory, and then o is not whole any more. */
void json_set_value(json_t *o, const char *key, json_t *value);
/* o; or NULL, and o is released, unless it has so many members. */
json_t *json_whole(json_t *o, size_t members);

json_t *json_of_message(const struct report_message *m);
json_t *json_of_failure(const struct why *why);

/* Appends o as a line to t, which fails if o is not whole, and releases it. */
void json_put(struct text *t, json_t *o);

#endif
