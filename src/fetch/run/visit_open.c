// SPDX-License-Identifier: ISC
/*
 * visit_open.c - the way into a maildrop: greeting, CAPA, STLS, log-in, and
 * what there is.
 * Runs in: the collector's loop.  Trusts: never the server.
 */
#include <string.h>

#include "fetch/limits.h"
#include "fetch/net/refusal.h"
#include "fetch/run/visit_impl.h"

typedef int (*command_put)(struct pop3_client *c, struct pop3_writer *out);

/* Sends one; the end, if it cannot be said. */
static bool say(struct visit *v, command_put put)
{
	int rc = put(&v->client, link_out(v->link));

	if (rc < 0) {
		visit_end_unsaid(v, rc);
		return false;
	}
	return true;
}

static void fail(struct visit *v, enum why_kind kind, const char *what,
		 const struct pop3_client_event *ev)
{
	struct why why;

	why_set(&why, kind, "%s", what);
	if (ev != NULL && ev->text.len > 0) {
		why_octets(&why, ev->text.at, ev->text.len);
	}
	visit_end(v, &why);
}

/* -- the listing */

static bool is_pipelining(const struct visit *v)
{
	switch (v->account->pipelining) {
	case ACCOUNT_PIPELINING_YES:
		return true;
	case ACCOUNT_PIPELINING_NO:
		return false;
	case ACCOUNT_PIPELINING_AUTO:
		break;
	}
	return v->client.capabilities.pipelining;
}

static const struct inside {
	unsigned bit;
	command_put put;
} insides[] = {
	/* What may be asked may have become more by the log-in. */
	{ INSIDE_CAPA, pop3_client_capa },
	{ INSIDE_STAT, pop3_client_stat },
	{ INSIDE_UIDL, pop3_client_uidl },
	{ INSIDE_LIST, pop3_client_list },
};

static void be_at_work(struct visit *v)
{
	struct listing listing;
	struct why why;

	if (v->want == VISIT_WANT_COUNT) {
		for (uint32_t msn = 1; msn <= v->count; msn++) {
			if (listing_octets(&v->listing, msn, 0, &why) < 0) {
				visit_end(v, &why);
				return;
			}
		}
	}
	if (listing_end(&v->listing, &why) < 0) {
		visit_end(v, &why);
		return;
	}
	listing = v->listing;
	v->listing = (struct listing){ 0 };
	v->step = STEP_AT_WORK;
	v->is_pipelining = is_pipelining(v);
	v->owner->on_listing(v->ctx, &listing);
	listing_finish(&listing);
	if (!v->is_freed) {
		visit_pump(v);
	}
}

/* Asks for what is not asked for yet: all at once, or one after the other. */
static void ask_inside(struct visit *v)
{
	bool is_at_once = is_pipelining(v);

	if (v->todo == 0 && v->inside == 0) {
		be_at_work(v);
		return;
	}
	for (size_t i = 0; i < sizeof(insides) / sizeof(insides[0]); i++) {
		unsigned bit = insides[i].bit;

		if ((v->todo & bit) == 0 || (v->inside != 0 && !is_at_once)) {
			continue;
		}
		if (!say(v, insides[i].put)) {
			return;
		}
		v->todo &= ~bit;
		v->inside |= bit;
	}
	visit_flush(v);
}

static void be_inside(struct visit *v, const char *mechanism)
{
	if (v->owner->on_logged_in != NULL) {
		v->owner->on_logged_in(v->ctx, mechanism);
	}
	if (v->is_freed) {
		return;
	}
	v->step = STEP_INSIDE;
	v->todo = INSIDE_STAT;
	if (v->want == VISIT_WANT_LISTING) {
		v->todo |= INSIDE_UIDL | INSIDE_LIST;
	}
	if (v->has_capa) {
		v->todo |= INSIDE_CAPA;
	}
	ask_inside(v);
}

/* A line that brings nothing: no server has so many. */
static void count_idle(struct visit *v)
{
	if (++v->idle_lines > VISIT_IDLE_LINES_MAX) {
		fail(v, WHY_PROTOCOL, "the server's listing has no end", NULL);
	}
}

static void on_entry(struct visit *v, const struct pop3_client_event *ev)
{
	struct why why;
	int rc = 0;

	if (ev->is_malformed) {
		count_idle(v);
		return;
	}
	if (ev->verb == POP3_ASK_LIST) {
		rc = listing_octets(&v->listing, ev->msn, ev->octets, &why);
	} else {
		rc = listing_uid(&v->listing, ev->msn, ev->uid.at, ev->uid.len,
				 &why);
	}
	if (rc < 0) {
		visit_end(v, &why);
	}
}

static void on_stat(struct visit *v, const struct pop3_client_event *ev)
{
	v->inside &= ~(unsigned)INSIDE_STAT;
	if (!ev->is_ok && v->want == VISIT_WANT_COUNT) {
		fail(v, WHY_TEMP, "the server does not open the maildrop:", ev);
		return;
	}
	v->count = ev->has_count ? ev->count : 0;
	v->listing.stated = v->count;
	v->is_empty = ev->has_count && ev->count == 0;
	if (v->is_empty) {
		v->todo &= ~(unsigned)(INSIDE_UIDL | INSIDE_LIST);
	}
	ask_inside(v);
}

static void on_inside(struct visit *v, const struct pop3_client_event *ev)
{
	if (ev->type == POP3_CEV_ENTRY) {
		on_entry(v, ev);
		return;
	}
	if (ev->type != POP3_CEV_REPLY) {
		count_idle(v);
		return;
	}
	if (ev->verb == POP3_ASK_STAT) {
		on_stat(v, ev);
		return;
	}
	if (ev->verb == POP3_ASK_LIST && !ev->is_ok && !v->is_empty) {
		fail(v, WHY_TEMP, "the server does not list its messages:", ev);
		return;
	}
	if (ev->verb == POP3_ASK_CAPA) {
		v->inside &= ~(unsigned)INSIDE_CAPA;
	} else if (ev->verb == POP3_ASK_UIDL) {
		v->inside &= ~(unsigned)INSIDE_UIDL;
	} else if (ev->verb == POP3_ASK_LIST) {
		v->inside &= ~(unsigned)INSIDE_LIST;
	}
	ask_inside(v);
}

/* -- log-in */

static bool is_private(const struct visit *v)
{
	const struct link_peer *peer = link_peer(v->link);

	return peer->is_secure || peer->is_loopback;
}

static void forget_login(struct visit *v)
{
	login_destroy(&v->login);
	secret_wipe(&v->password);
}

/* v->login may be gone by the end of it. */
static void after_login_step(struct visit *v, enum login_step step,
			     const struct why *why)
{
	switch (step) {
	case LOGIN_GOES_ON:
		visit_flush(v);
		return;
	case LOGIN_REFUSED:
		visit_end(v, why);
		return;
	case LOGIN_DONE:
		be_inside(v, login_way(v->login));
		forget_login(v);
		return;
	}
}

static void log_in(struct visit *v)
{
	const char *password = v->account->password;
	struct login_options options = {
		.account = v->account,
		.password = password != NULL ? &v->password : NULL,
		.client = &v->client,
		.stamp = { v->stamp, v->stamp_len },
		.is_private = is_private(v),
		.has_certificate =
		    v->trust != NULL && trust_has_certificate(v->trust),
	};
	struct why why;
	enum login_step step;

	if (password != NULL &&
	    !secret_set(&v->password, password, strlen(password))) {
		fail(v, WHY_CONFIG, "the password is too long", NULL);
		return;
	}
	options.exporter_len =
	    link_binding(v->link, LINK_BINDING_EXPORTER, options.exporter);
	options.end_point_len =
	    link_binding(v->link, LINK_BINDING_END_POINT, options.end_point);
	v->step = STEP_LOGIN;
	step = login_begin(&options, link_out(v->link), &v->login, &why);
	after_login_step(v, step, &why);
}

static void on_login(struct visit *v, const struct pop3_client_event *ev)
{
	struct why why;
	enum login_step step =
	    login_go_on(v->login, ev, link_out(v->link), &why);

	after_login_step(v, step, &why);
}

/* -- what comes before */

static void quit_offer(struct visit *v)
{
	struct listing none = { 0 };

	v->step = STEP_AT_WORK;
	v->owner->on_listing(v->ctx, &none);
	if (!v->is_freed) {
		visit_pump(v);
	}
}

static void on_offer(struct visit *v)
{
	bool is_clear = !link_peer(v->link)->is_secure;

	if (is_clear && v->account->tls == ACCOUNT_TLS_STLS) {
		/* Whatever CAPA says: somebody between may have taken STLS out
		 * of it.  Without TLS there is no log-in. */
		v->step = STEP_STLS;
		if (say(v, pop3_client_stls)) {
			visit_flush(v);
		}
		return;
	}
	v->has_capa = v->client.capabilities.is_known;
	if (v->want == VISIT_WANT_OFFER) {
		quit_offer(v);
		return;
	}
	log_in(v);
}

static void ask_offer(struct visit *v, enum visit_step step)
{
	v->step = step;
	if (say(v, pop3_client_capa)) {
		visit_flush(v);
	}
}

/* Nothing was said to it yet, no name and no password: so it is busy, unless it
 * says that it is not. */
static void turn_away(struct visit *v, const struct pop3_client_event *ev)
{
	struct why why;

	if (ev->code != POP3_CODE_NONE) {
		refusal_explain(v->account->host, ev->code, ev->text, &why);
	} else {
		why_set(&why, WHY_TEMP, "%s turns us away and says",
			v->account->host);
		why_octets(&why, ev->text.at, ev->text.len);
	}
	visit_end(v, &why);
}

static void on_greeting(struct visit *v, const struct pop3_client_event *ev)
{
	if (!ev->is_ok) {
		turn_away(v, ev);
		return;
	}
	if (ev->stamp.len > 0 && ev->stamp.len <= sizeof(v->stamp)) {
		memcpy(v->stamp, ev->stamp.at, ev->stamp.len);
		v->stamp_len = ev->stamp.len;
	}
	ask_offer(v, STEP_OFFER);
}

static void on_stls(struct visit *v, const struct pop3_client_event *ev)
{
	if (!ev->is_ok) {
		fail(
		    v, WHY_TLS,
		    "the server does not begin TLS, so nothing secret was said "
		    "to it; it answers STLS with",
		    ev);
		return;
	}
	pop3_client_tls_begun(&v->client);
	v->stamp_len = 0;
	v->step = STEP_SECURING;
	link_secure(v->link);
}

void visit_open_ready(struct visit *v)
{
	if (v->step == STEP_SECURING) {
		ask_offer(v, STEP_OFFER_SECURED);
	}
}

void visit_open_event(struct visit *v, const struct pop3_client_event *ev)
{
	switch (v->step) {
	case STEP_GREETING:
		on_greeting(v, ev);
		return;
	case STEP_OFFER:
	case STEP_OFFER_SECURED:
		if (ev->type == POP3_CEV_REPLY) {
			on_offer(v);
		}
		return;
	case STEP_STLS:
		on_stls(v, ev);
		return;
	case STEP_LOGIN:
		on_login(v, ev);
		return;
	case STEP_INSIDE:
		on_inside(v, ev);
		return;
	case STEP_SECURING:
	case STEP_AT_WORK:
	case STEP_OVER:
		return;
	}
}
