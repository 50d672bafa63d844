// SPDX-License-Identifier: ISC
/*
 * sasl_serve.c - SASL for session processes (sasl_serve.h).
 * Runs in: auth; any thread.  Trusts: nothing that came from a session process;
 * what stands in its packets are a stranger's claims.
 */
#include "auth/sasl_serve.h"

#include <errno.h>
#include <string.h>

#include "auth/limits.h"
#include "base/log.h"
#include "os/clock.h"

/* One step's affair. */
struct turn {
	struct sasl_serve *serve;
	struct peer *peer;
	uint64_t conn;
	struct login_request who; /* user and address */
	struct sasl_outcome outcome;
};

static void find_challenge(void *ctx, struct text user,
			   const uint8_t address[16], enum scram_kind kind,
			   struct scram_verifier *v_r)
{
	struct sasl_serve *s = ctx;

	scram_source_challenge(s->source, user, address, kind, v_r);
}

static bool find_keys(void *ctx, struct text user, const uint8_t address[16],
		      struct scram_verifier *v)
{
	struct sasl_serve *s = ctx;

	return scram_source_keys(s->source, user, address, v);
}

static void find_password(void *ctx, struct text user,
			  const uint8_t address[16], struct secret *secret_r)
{
	struct sasl_serve *s = ctx;

	scram_source_password(s->source, user, address, secret_r);
}

static void end_exchange(void *ctx, void *what, bool is_abandoned)
{
	struct sasl_serve *s = ctx;
	struct sasl_exchange *x = what;

	if (is_abandoned && sasl_exchange_is_owed(x)) {
		guard_abandoned(login_guard(s->attempts->login),
				sasl_exchange_user(x), sasl_exchange_address(x),
				clock_unix_ms());
	}
	sasl_exchange_destroy(&x);
}

int sasl_serve_init(struct sasl_serve *s, struct attempts *attempts,
		    const struct auth_settings *settings,
		    const struct external *external)
{
	uint8_t key[SCRAM_SOURCE_KEY_LEN];
	struct sasl_options options = {
		.source = { find_challenge, find_keys, find_password, s },
		.external = external,
		.cram_md5 = settings->cram_md5,
		.is_folding = settings->lowercase_users,
	};

	s->attempts = attempts;
	s->shared.all_max = EXCHANGES_MAX;
	s->shared.peer_max = EXCHANGES_PEER_MAX;
	s->shared.life_ms = EXCHANGE_LIFE_MS;
	s->shared.end = end_exchange;
	s->shared.ctx = s;
	guard_derive_key(login_guard(attempts->login), "scram", key,
			 sizeof(key));
	s->source = scram_source_create(login_users(attempts->login),
					settings->lowercase_users, key);
	wipe(key, sizeof(key));
	if (s->source == NULL) {
		log_event(LOG_ERROR, "no memory");
		return -ENOMEM;
	}
	return sasl_create(&options, &s->sasl);
}

int sasl_serve_peer_begin(struct sasl_serve *s, struct peer *peer)
{
	peer->state = exchanges_create(&s->shared);
	return peer->state == NULL ? -ENOMEM : 0;
}

void sasl_serve_peer_end(struct peer *peer)
{
	struct exchanges *e = peer->state;

	exchanges_destroy(&e);
	peer->state = NULL;
}

/* --- the ways a step may end --- */

static int refuse(struct turn *t, enum packet_status status, const char *why)
{
	struct login_answer answer = { .status = status, .why = why };

	return attempt_answer(t->serve->attempts, t->peer, t->conn, &t->who,
			      &answer);
}

/* As if it had come by USER and PASS. */
static int try_password(struct turn *t)
{
	struct claim claim = { .conn = t->conn, .user_len = t->who.user.len };

	memcpy(claim.address, t->who.address, sizeof(claim.address));
	memcpy(claim.user, t->who.user.at, t->who.user.len);
	claim.secret = t->outcome.secret;
	secret_wipe(&t->outcome.secret);
	return attempt_make(t->serve->attempts, t->peer, &claim);
}

static int conclude(struct turn *t, bool is_proven)
{
	struct login *login = t->serve->attempts->login;
	struct login_answer answer;

	if (is_proven) {
		login_proved(login, t->who.user, t->who.address, &answer);
	} else {
		login_disproved(login, t->who.user, t->who.address,
				t->outcome.why, &answer);
	}
	return attempt_answer(t->serve->attempts, t->peer, t->conn, &t->who,
			      &answer);
}

static int send_challenge(struct turn *t)
{
	struct packet p;

	packet_init(&p, PACKET_SASL_CHALLENGE);
	p.as.sasl_challenge.conn = t->conn;
	p.as.sasl_challenge.challenge_len = (uint32_t)t->outcome.challenge_len;
	return packet_put(&p, t->outcome.challenge, t->outcome.challenge_len)
		   ? service_send(t->peer, &p)
		   : -ENOSPC;
}

/* Who has to do with it, from the outcome. */
static void take_user(struct turn *t)
{
	t->who.user = (struct text){ t->outcome.user, t->outcome.user_len };
}

/* Anything but a challenge ends the exchange. */
static int end(struct turn *t, enum sasl_result result)
{
	switch (result) {
	case SASL_PASSWORD:
		return try_password(t);
	case SASL_PROVEN:
	case SASL_WRONG:
		return conclude(t, result == SASL_PROVEN);
	case SASL_MALFORMED:
		return refuse(t, STATUS_EXCHANGE, t->outcome.why);
	case SASL_TEMP:
	case SASL_CHALLENGE:
		break;
	}
	return refuse(t, STATUS_TEMP, t->outcome.why);
}

/* --- packets --- */

static struct sasl_begin begin_of(const struct packet_sasl_begin *b,
				  uint8_t *tail)
{
	uint8_t *response = tail + b->mechanism_len;
	struct sasl_begin begin = {
		.mechanism = { (const char *)tail, b->mechanism_len },
		.address = b->address,
		.end_point = b->end_point,
		.end_point_len = b->end_point_len,
		.proof = response + b->response_len,
		.proof_len = b->proof_len,
	};

	if (b->has_response == 1) {
		begin.initial =
		    (struct sasl_response){ response, b->response_len };
	}
	if (b->has_exporter == 1) {
		begin.exporter = b->exporter;
	}
	return begin;
}

/* It stands there before the challenge goes out: the answer may be back before
 * this thread goes on. */
static int keep_new(struct turn *t, struct sasl_exchange *x)
{
	if (!exchanges_put(t->peer->state, t->conn, x, clock_ms())) {
		sasl_exchange_destroy(&x);
		return refuse(t, STATUS_BUSY, "too many exchanges");
	}
	return send_challenge(t);
}

/* The guard is asked before a user's challenge is told, and again before
 * anything is judged: the server's last word in SCRAM would tell whether a
 * guess was right. */
static bool may_go_on(struct turn *t, struct login_answer *answer_r)
{
	return t->who.user.len == 0 ||
	       login_may_be_tried(t->serve->attempts->login, t->who.user,
				  t->who.address, answer_r);
}

static int begun(struct turn *t, struct sasl_exchange *x)
{
	struct login_answer answer;

	if (!may_go_on(t, &answer)) {
		sasl_exchange_destroy(&x);
		return attempt_answer(t->serve->attempts, t->peer, t->conn,
				      &t->who, &answer);
	}
	return keep_new(t, x);
}

int sasl_serve_begin(struct sasl_serve *s, struct peer *peer, struct packet *p)
{
	struct sasl_begin begin = begin_of(
	    &p->as.sasl_begin, p->as.octets + sizeof(p->as.sasl_begin));
	uint8_t address[16];
	struct turn t = { .serve = s,
			  .peer = peer,
			  .conn = p->as.sasl_begin.conn,
			  .who.address = address };
	struct sasl_exchange *x;
	enum sasl_result result = sasl_begin(s->sasl, &begin, &x, &t.outcome);
	int rc;

	memcpy(address, p->as.sasl_begin.address, sizeof(address));
	wipe(p->as.octets, p->len);
	take_user(&t);
	rc = result == SASL_CHALLENGE ? begun(&t, x) : end(&t, result);
	sasl_outcome_wipe(&t.outcome);
	return rc;
}

static int step(struct turn *t, struct exchange *exchange,
		struct sasl_response response)
{
	struct sasl_exchange *x = exchange_what(exchange);
	bool is_named = t->who.user.len != 0;
	enum sasl_result result = sasl_step(x, response, &t->outcome);
	struct login_answer answer;

	take_user(t);
	if (result == SASL_CHALLENGE && (is_named || may_go_on(t, &answer))) {
		exchange_keep(t->peer->state, exchange);
		return send_challenge(t);
	}
	exchange_end(t->peer->state, exchange, result == SASL_MALFORMED);
	return result == SASL_CHALLENGE
		   ? attempt_answer(t->serve->attempts, t->peer, t->conn,
				    &t->who, &answer)
		   : end(t, result);
}

int sasl_serve_step(struct sasl_serve *s, struct peer *peer, struct packet *p)
{
	static const uint8_t nowhere[16];
	struct sasl_response response = {
		p->as.octets + sizeof(p->as.sasl_step),
		p->as.sasl_step.response_len,
	};
	struct turn t = { .serve = s,
			  .peer = peer,
			  .conn = p->as.sasl_step.conn,
			  .who.address = nowhere };
	struct exchange *exchange =
	    exchanges_take(peer->state, t.conn, clock_ms());
	struct login_answer answer;
	uint8_t address[16];
	int rc;

	if (exchange == NULL) {
		wipe(p->as.octets, p->len);
		return refuse(&t, STATUS_EXCHANGE, "no exchange under way");
	}
	memcpy(address, sasl_exchange_address(exchange_what(exchange)), 16);
	t.who.address = address;
	t.who.user = sasl_exchange_user(exchange_what(exchange));
	if (may_go_on(&t, &answer)) {
		rc = step(&t, exchange, response);
	} else {
		rc = attempt_answer(s->attempts, peer, t.conn, &t.who, &answer);
		exchange_end(peer->state, exchange, false);
	}
	wipe(p->as.octets, p->len);
	sasl_outcome_wipe(&t.outcome);
	return rc;
}

void sasl_serve_cancel(struct peer *peer, const struct packet *p)
{
	exchanges_forget(peer->state, p->as.sasl_cancel.conn);
}
