// SPDX-License-Identifier: ISC
/*
 * probe_run.c - one session with a server that is only looked at: what it
 * offers, or whether it lets us in.
 * Runs in: main, or a child of its own (probe_caged.h), confined; a loop of its
 * own.  Trusts: never the server.
 */
#include <stdio.h>
#include <string.h>

#include "fetch/limits.h"
#include "fetch/run/probe_run.h"
#include "fetch/run/visit.h"

struct trial {
	uv_loop_t *loop;
	struct visit *visit;
	struct why why;  /* WHY_NONE: it went to its end */
	bool has_answer; /* the server's greeting was one of POP3 */
	bool has_capa;
	bool has_quit;
	bool has_top_answer;
	uint32_t count;
	struct link_peer peer;
	struct pop3_capabilities capabilities;
	char mechanism[64];
	struct probe_visit *looked; /* NULL: no log-in */
};

static void on_logged_in(void *ctx, const char *mechanism)
{
	struct trial *t = ctx;

	(void)snprintf(t->mechanism, sizeof(t->mechanism), "%s",
		       mechanism != NULL ? mechanism : "");
}

static void on_listing(void *ctx, struct listing *listing)
{
	struct trial *t = ctx;

	t->has_answer = true;
	t->capabilities = *visit_capabilities(t->visit);
	t->peer = *visit_peer(t->visit);
	t->count = (uint32_t)listing->count;
	if (t->looked == NULL) {
		return;
	}
	for (size_t i = 0; i < listing->count; i++) {
		t->looked->octets += listing->at[i].octets;
		t->looked->has_uidl =
		    t->looked->has_uidl || listing->at[i].uid[0] != '\0';
	}
	t->looked->has_uidl = t->looked->has_uidl || t->count == 0;
	t->looked->has_top = t->count == 0 || t->capabilities.top;
	t->looked->messages = t->count;
}

static void on_text(void *ctx, const struct visit_command *command,
		    struct block *block, const uint8_t *at, size_t len)
{
	(void)ctx;
	(void)command;
	(void)block;
	(void)at;
	(void)len;
}

static void on_answer(void *ctx, const struct visit_command *command,
		      const struct pop3_client_event *reply)
{
	struct trial *t = ctx;

	if (command->verb == POP3_ASK_TOP && t->looked != NULL) {
		t->looked->has_top = reply->is_ok;
	}
}

/* QUIT would have that server delete what it gave by TOP (RFC 2449, 6.7). */
static bool expires_at_once(const struct pop3_capabilities *has)
{
	return has->has_expire && !has->expire_never && has->expire_days == 0;
}

static bool next(void *ctx, struct visit_command *command_r)
{
	struct trial *t = ctx;

	if (t->has_quit || visit_awaited(t->visit) > 0) {
		return false;
	}
	if (t->looked != NULL && t->count > 0 && !t->has_top_answer &&
	    !expires_at_once(visit_capabilities(t->visit))) {
		t->has_top_answer = true;
		*command_r =
		    (struct visit_command){ .verb = POP3_ASK_TOP, .msn = 1 };
		return true;
	}
	t->has_quit = true;
	*command_r = (struct visit_command){ .verb = POP3_ASK_QUIT };
	return true;
}

static void on_end(void *ctx, const struct why *why, uint32_t broke)
{
	struct trial *t = ctx;

	(void)broke;
	t->peer = *visit_peer(t->visit);
	if (!t->has_answer) {
		t->why = *why;
	}
	visit_destroy(&t->visit);
	/* the pool of blocks alone would keep it running */
	uv_stop(t->loop);
}

static const struct visit_owner owner = {
	.on_logged_in = on_logged_in,
	.on_listing = on_listing,
	.on_text = on_text,
	.on_answer = on_answer,
	.next = next,
	.on_end = on_end,
};

static void run(struct trial *t, const struct account *a, enum visit_want want)
{
	struct trust *trust = NULL;
	struct block_pool *pool = NULL;
	uv_loop_t loop;

	if (uv_loop_init(&loop) < 0) {
		why_set(&t->why, WHY_INTERNAL, "no descriptors");
		return;
	}
	if (block_pool_create(&loop, LOOK_BLOCKS, &pool) < 0) {
		why_set(&t->why, WHY_INTERNAL, "no memory to read into");
	} else if (trust_create(a, &trust, &t->why) == 0) {
		t->loop = &loop;
		t->visit = visit_create(&loop, a, pool, trust, &owner, t, want,
					&t->why);
		if (t->visit != NULL) {
			(void)uv_run(&loop, UV_RUN_DEFAULT);
		}
	}
	block_pool_destroy(&pool);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	trust_destroy(&trust);
	(void)uv_loop_close(&loop);
}

/* -- what is offered */

static void put_word(char *text, size_t cap, const char *word)
{
	size_t len = strlen(text);

	(void)snprintf(text + len, cap - len, "%s%s", len > 0 ? " " : "", word);
}

static void put_capabilities(const struct pop3_capabilities *has,
			     struct probe_offer *offer)
{
	const struct {
		bool has;
		const char *word;
	} words[] = {
		{ has->top, "TOP" },
		{ has->uidl, "UIDL" },
		{ has->user, "USER" },
		{ has->sasl, "SASL" },
		{ has->stls, "STLS" },
		{ has->pipelining, "PIPELINING" },
		{ has->resp_codes, "RESP-CODES" },
		{ has->auth_resp_code, "AUTH-RESP-CODE" },
		{ has->utf8, "UTF8" },
		{ has->lang, "LANG" },
		{ has->has_login_delay, "LOGIN-DELAY" },
		{ has->has_expire, "EXPIRE" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i].has) {
			put_word(offer->capabilities,
				 sizeof(offer->capabilities), words[i].word);
		}
	}
	(void)snprintf(offer->mechanisms, sizeof(offer->mechanisms), "%.*s",
		       (int)has->mechanisms_len, (const char *)has->mechanisms);
	if (has->user) {
		put_word(offer->mechanisms, sizeof(offer->mechanisms), "USER");
	}
	offer->has_capa = has->is_known;
	offer->has_uidl = has->uidl;
	offer->has_top = has->top;
}

static void put_peer(const struct link_peer *peer, struct probe_offer *offer)
{
	offer->has_fingerprint = peer->has_fingerprint;
	memcpy(offer->fingerprint, peer->fingerprint,
	       sizeof(offer->fingerprint));
	(void)snprintf(offer->tls, sizeof(offer->tls), "%s",
		       peer->tls_version != NULL ? peer->tls_version : "");
}

static enum probe_outcome outcome_of(const struct trial *t)
{
	switch (t->why.kind) {
	case WHY_NONE:
		return PROBE_READY;
	case WHY_TLS:
		return t->peer.has_fingerprint ? PROBE_UNVERIFIED
					       : PROBE_NO_TLS;
	case WHY_PROTOCOL:
		return PROBE_NO_POP3;
	case WHY_INTERNAL:
		return PROBE_FAILED;
	case WHY_NETWORK:
	case WHY_TEMP:
	case WHY_MESSAGE:
	case WHY_LATER:
	case WHY_LOGIN:
	case WHY_DELIVERY:
	case WHY_CONFIG:
		break;
	}
	return PROBE_NO_ANSWER;
}

static enum probe_outcome try(void *ctx, const struct account *a,
			      struct probe_offer *offer_r, struct why *why_r)
{
	struct trial t = { 0 };

	(void)ctx;
	run(&t, a, VISIT_WANT_OFFER);
	*offer_r = (struct probe_offer){ 0 };
	put_peer(&t.peer, offer_r);
	put_capabilities(&t.capabilities, offer_r);
	*why_r = t.why;
	return outcome_of(&t);
}

static int look(void *ctx, const struct account *a, struct probe_visit *visit_r,
		struct why *why_r)
{
	struct probe_visit looked = { 0 };
	struct trial t = { .looked = &looked };

	(void)ctx;
	run(&t, a, VISIT_WANT_LISTING);
	if (t.why.kind != WHY_NONE) {
		*why_r = t.why;
		return -1;
	}
	(void)snprintf(looked.mechanism, sizeof(looked.mechanism), "%s",
		       t.mechanism);
	*visit_r = looked;
	return 0;
}

const struct probe probe_of_network = { .try = try, .visit = look };
