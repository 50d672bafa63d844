// SPDX-License-Identifier: ISC
/*
 * login.c - logging in (login.h): from one way to the next, and to the end.
 * Runs in: the collector's loop.  Trusts: nothing that a server says.
 * Allocates: itself, and what GNU SASL does.
 */
#include "fetch/net/login_impl.h"

#include <stdlib.h>
#include <string.h>

#include "fetch/net/refusal.h"
#include "pop3/base64.h"

const char *login_way(const struct login *l)
{
	return l == NULL || l->way == NULL ? NULL : l->way->name;
}

void login_destroy(struct login **lp)
{
	struct login *l = *lp;

	*lp = NULL;
	if (l != NULL) {
		login_sasl_finish(l);
		wipe(l, sizeof(*l));
		free(l);
	}
}

/* --- from way to way --- */

static enum login_step refuse(const struct login *l, enum why_kind kind,
			      const char *what, struct why *why_r)
{
	why_set(why_r, kind, "%s: %s", l->options.account->host, what);
	return LOGIN_REFUSED;
}

/* What a put that failed says of the user's name and password, or of us. */
static enum login_step from_put(const struct login *l, int rc,
				struct why *why_r)
{
	if (rc == 0) {
		return LOGIN_GOES_ON;
	}
	if (rc == POP3_EINVAL || rc == POP3_ELINE) {
		return refuse(l, WHY_CONFIG,
			      rc == POP3_ELINE
				  ? "the user name or the password is too long "
				    "for this way to log in"
				  : "the user name or the password has octets "
				    "that this way to log in cannot say",
			      why_r);
	}
	return refuse(l, WHY_INTERNAL, "the log-in finds no room to say more",
		      why_r);
}

static void forget_way(struct login *l)
{
	login_sasl_finish(l);
	l->way = NULL;
	l->is_challenged = false;
	l->is_complete = false;
	l->is_cancelled = false;
	l->why.kind = WHY_NONE;
}

/* A name that one way cannot say another may. */
static bool may_go_on(int rc)
{
	return rc == LOGIN_EWAY || rc == POP3_EINVAL || rc == POP3_ELINE;
}

/* rc: why the last way did not begin. */
static enum login_step try_next(struct login *l, int rc,
				struct pop3_writer *out, struct why *why_r)
{
	while (l->next < l->count) {
		forget_way(l);
		l->way = l->ways[l->next];
		l->next++;
		rc = l->way->begin(l, out);
		if (!may_go_on(rc)) {
			return from_put(l, rc, why_r);
		}
	}
	if (rc == LOGIN_EWAY) {
		return refuse(l, WHY_LOGIN,
			      "it knows none of the ways to log in that were "
			      "tried; name others (auth)",
			      why_r);
	}
	return from_put(l, rc, why_r);
}

static bool is_sayable(const struct secret *password)
{
	return password == NULL ||
	       (password->len != 0 &&
		memchr(password->octets, '\0', password->len) == NULL &&
		memchr(password->octets, '\r', password->len) == NULL &&
		memchr(password->octets, '\n', password->len) == NULL);
}

enum login_step login_begin(const struct login_options *options,
			    struct pop3_writer *out, struct login **login_r,
			    struct why *why_r)
{
	struct login *l = calloc(1, sizeof(*l));

	*login_r = l;
	if (l == NULL) {
		why_set(why_r, WHY_INTERNAL, "no memory");
		return LOGIN_REFUSED;
	}
	l->options = *options;
	if (options->stamp.len <= sizeof(l->stamp) && options->stamp.len != 0) {
		l->stamp_len = options->stamp.len;
		memcpy(l->stamp, options->stamp.at, l->stamp_len);
	}
	if (!is_sayable(options->password)) {
		return refuse(l, WHY_CONFIG,
			      "the password is empty, or has an end of a line "
			      "in it",
			      why_r);
	}
	if (!ways_choose(l, why_r)) {
		return LOGIN_REFUSED;
	}
	return try_next(l, LOGIN_EWAY, out, why_r);
}

/* --- answers --- */

/* [rfc4954/4] and its like: a server that does not know a mechanism says so
 * before anything of it was said; one that was asked without having announced
 * it cannot mean anything else. */
static bool is_not_known(const struct login *l,
			 const struct pop3_client_event *ev)
{
	bool is_asked_blindly =
	    (l->way->flags & WAY_SASL) != 0 && !ways_is_announced(l, l->way);

	if (l->is_challenged || ev->code != POP3_CODE_NONE ||
	    ev->verb == POP3_ASK_PASS) {
		return false;
	}
	return refusal_is_unknown(ev->code, ev->text) || is_asked_blindly;
}

static bool is_of_base64(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
}

/* Whether these octets, or what they are base64 of, have the password in
 * them. */
static bool has_secret(const struct secret *s, struct pop3_slice word)
{
	uint8_t octets[POP3_CLIENT_LINE_MAX];
	struct pop3_writer w = { .at = octets, .cap = sizeof(octets) };
	bool has = memmem(word.at, word.len, s->octets, s->len) != NULL;

	if (!has && pop3_base64_decode(word, &w) == 0) {
		has = memmem(octets, w.len, s->octets, s->len) != NULL;
	}
	wipe(octets, sizeof(octets));
	return has;
}

/* Servers are known that say what they were told: PASS with its argument, or
 * that of AUTH. */
static bool repeats_secret(const struct login *l, struct pop3_slice text)
{
	const struct secret *s = l->options.password;
	size_t from = 0;

	if (s == NULL || s->len == 0 || has_secret(s, text)) {
		return s != NULL && s->len != 0;
	}
	for (size_t i = 0; i <= text.len; i++) {
		if (i < text.len && is_of_base64(text.at[i])) {
			continue;
		}
		if (has_secret(s, pop3_slice_of(text.at + from, i - from))) {
			return true;
		}
		from = i + 1;
	}
	return false;
}

static enum login_step on_refusal(struct login *l,
				  const struct pop3_client_event *ev,
				  struct pop3_writer *out, struct why *why_r)
{
	if (l->is_cancelled) {
		*why_r = l->why;
		return LOGIN_REFUSED;
	}
	if (is_not_known(l, ev) && l->next < l->count) {
		return try_next(l, LOGIN_EWAY, out, why_r);
	}
	if (repeats_secret(l, ev->text)) {
		refusal_explain(l->options.account->host, ev->code,
				pop3_slice_of("", 0), why_r);
		why_add(why_r, "; what it says is not shown, for that repeats "
			       "the password");
		return LOGIN_REFUSED;
	}
	refusal_explain(l->options.account->host, ev->code, ev->text, why_r);
	return LOGIN_REFUSED;
}

static enum login_step on_user_taken(struct login *l, struct pop3_writer *out,
				     struct why *why_r)
{
	const struct secret *s = l->options.password;

	return from_put(l,
			pop3_client_pass(l->options.client, out,
					 pop3_slice_of(s->octets, s->len)),
			why_r);
}

static enum login_step on_success(struct login *l,
				  const struct pop3_client_event *ev,
				  struct pop3_writer *out, struct why *why_r)
{
	if (ev->verb == POP3_ASK_USER) {
		return on_user_taken(l, out, why_r);
	}
	if (l->is_cancelled) {
		*why_r = l->why;
		return LOGIN_REFUSED;
	}
	/* [rfc5802/3] "the client ... verifies the ServerSignature": who says
	 * that we are in without it may be anybody. */
	if ((l->way->flags & WAY_SCRAM) != 0 && !l->is_complete) {
		return refuse(l, WHY_LOGIN,
			      "it lets us in without a proof that it knows the "
			      "password; it may be another server than it says",
			      why_r);
	}
	return LOGIN_DONE;
}

static bool is_of_login(const struct pop3_client_event *ev)
{
	return ev->verb == POP3_ASK_AUTH || ev->verb == POP3_ASK_USER ||
	       ev->verb == POP3_ASK_PASS || ev->verb == POP3_ASK_APOP;
}

enum login_step login_go_on(struct login *l, const struct pop3_client_event *ev,
			    struct pop3_writer *out, struct why *why_r)
{
	if (!is_of_login(ev)) {
		return LOGIN_GOES_ON;
	}
	if (ev->type == POP3_CEV_CHALLENGE) {
		l->is_challenged = true;
		return from_put(l, login_sasl_challenge(l, ev, out), why_r);
	}
	if (ev->type != POP3_CEV_REPLY) {
		return LOGIN_GOES_ON;
	}
	return ev->is_ok ? on_success(l, ev, out, why_r)
			 : on_refusal(l, ev, out, why_r);
}
