// SPDX-License-Identifier: ISC
/*
 * attacks_on_sasl.c - being somebody else by what is said to auth of log-ins:
 * exchanges of others, proofs of others, bindings and stamps (attack.h).
 *
 * "log-in-by-certificate" is no attack but what the owner of a certificate may
 * ask of an honest session process.
 */
#include "attack.h"

#include <errno.h>
#include <stdlib.h>

#include "ipc/proof.h"
#include "os/clock.h"

#define ANSWER_MS 2000u

/* Sends p to auth.  Any OPENED is a breach, whatever its status: auth has
 * granted.  -EACCES: REFUSED; -EAGAIN: a challenge. */
static int ask(struct conn *c, struct packet *p)
{
	int auth = c->process->auth.source.fd,
	    maildrop = c->process->maildrop.source.fd;
	uint64_t until_ms = clock_ms() + ANSWER_MS;
	int rc = channel_send(auth, p);

	while (rc == CHANNEL_OK && clock_ms() < until_ms) {
		if (channel_receive(maildrop, p) == CHANNEL_OK) {
			return 0;
		}
		rc = channel_receive(auth, p);
		if (rc == CHANNEL_OK) {
			return p->as.head.type == PACKET_REFUSED ? -EACCES
								 : -EAGAIN;
		}
		rc = rc == CHANNEL_AGAIN ? CHANNEL_OK : rc;
	}
	return rc == CHANNEL_OK ? -ETIME : -EPIPE;
}

static void begin(struct packet *p, const struct conn *c, const char *mechanism)
{
	packet_init(p, PACKET_SASL_BEGIN);
	p->as.sasl_begin.conn = c->id;
	memcpy(p->as.sasl_begin.address, c->address, sizeof(c->address));
	p->as.sasl_begin.mechanism_len = (uint16_t)strlen(mechanism);
	(void)!packet_put(p, mechanism, strlen(mechanism));
}

static void respond(struct packet *p, const void *at, size_t len)
{
	p->as.sasl_begin.has_response = 1;
	p->as.sasl_begin.response_len = (uint16_t)len;
	(void)!packet_put(p, at, len);
}

/* --- as somebody else --- */

/* His name and no secret, a wrong one, his name as the secret. */
static int sasl_plain_without_secret(struct conn *c, const char *arg)
{
	static const char *const secrets[] = { "", "wrong", NULL };
	int rc = -EACCES;

	for (size_t i = 0; i < 3 && rc == -EACCES; i++) {
		const char *secret = secrets[i] == NULL ? arg : secrets[i];
		char text[128] = { 0 };
		size_t user_len = strlen(arg);
		struct packet p;

		memcpy(text + 1, arg, user_len);
		memcpy(text + 2 + user_len, secret, strlen(secret));
		begin(&p, c, "PLAIN");
		respond(&p, text, 2 + user_len + strlen(secret));
		rc = ask(c, &p);
	}
	return rc;
}

/* With the attacker's own secret, which is right, but for him. */
static int sasl_plain_for_another(struct conn *c, const char *arg)
{
	static const char own[] = "\0alice\0secret-of-alice";
	struct packet p;
	char text[128];

	memcpy(text, arg, strlen(arg));
	memcpy(text + strlen(arg), own, sizeof(own) - 1);
	begin(&p, c, "PLAIN");
	respond(&p, text, strlen(arg) + sizeof(own) - 1);
	return ask(c, &p);
}

static int sasl_external_without_proof(struct conn *c, const char *arg)
{
	struct packet p;
	int rc;

	begin(&p, c, "EXTERNAL");
	respond(&p, arg, strlen(arg));
	rc = ask(c, &p);
	if (rc == -EACCES) {
		begin(&p, c, "EXTERNAL");
		rc = ask(c, &p);
	}
	return rc;
}

/* What the client of this connection has proven. */
static bool put_proof(struct packet *p, const struct conn *c)
{
	size_t len = p->len;

	if (c->tls == NULL || !tls_has_proof(c->tls) ||
	    !tls_put_proof(c->tls, p)) {
		return false;
	}
	p->as.sasl_begin.proof_len = (uint16_t)(p->len - len);
	return true;
}

static int external(struct conn *c, const char *name)
{
	struct packet p;

	begin(&p, c, "EXTERNAL");
	respond(&p, name, strlen(name));
	return put_proof(&p, c) ? ask(c, &p) : 0;
}

/* The owner's own name or none: this is no attack. */
static int sasl_external(struct conn *c, const char *arg)
{
	return external(c, arg);
}

static int sasl_external_for_another(struct conn *c, const char *arg)
{
	return external(c, arg);
}

/* Each octet of the proof wrong in turn: of its hash another handshake, of its
 * signature none, of its certificates none that a CA has signed. */
static int sasl_external_forged(struct conn *c, const char *arg)
{
	int rc = -EACCES;
	size_t at = 2;
	struct packet p;

	(void)arg;
	do {
		begin(&p, c, "EXTERNAL");
		respond(&p, "", 0);
		if (!put_proof(&p, c)) {
			return 0;
		}
		p.as.octets[p.len - p.as.sasl_begin.proof_len + at] ^= 0x10;
		/* as if from everywhere, so that nobody counts */
		memset(p.as.sasl_begin.address, (int)at, 16);
		at += 7;
		rc = at < 600 ? ask(c, &p) : -ECANCELED;
	} while (rc == -EACCES);
	return rc == -ECANCELED ? -EACCES : rc;
}

/* His certificate, which is no secret, with the attacker's signature.  ARG: it
 * in hexadecimal. */
static int sasl_external_stolen(struct conn *c, const char *arg)
{
	uint8_t der[2048], whole[PACKET_PROOF_MAX];
	struct proof proof;
	struct packet p;
	size_t len;

	begin(&p, c, "EXTERNAL");
	respond(&p, "", 0);
	if (!put_proof(&p, c) || strlen(arg) / 2 > sizeof(der) ||
	    !proof_parse(p.as.octets + p.len - p.as.sasl_begin.proof_len,
			 p.as.sasl_begin.proof_len, &proof)) {
		return 0;
	}
	for (size_t i = 0; i < strlen(arg) / 2; i++) {
		char digits[3] = { arg[2 * i], arg[2 * i + 1], '\0' };

		der[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
	proof.certificates[0].at = der;
	proof.certificates[0].len = strlen(arg) / 2;
	if (!proof_put(&proof, whole, &len)) {
		return 0;
	}
	begin(&p, c, "EXTERNAL");
	respond(&p, "", 0);
	p.as.sasl_begin.proof_len = (uint16_t)len;
	return packet_put(&p, whole, len) ? ask(c, &p) : 0;
}

static int sasl_proof_for_plain(struct conn *c, const char *arg)
{
	static const char own[] = "\0alice\0secret-of-alice";
	struct packet p;

	(void)arg;
	begin(&p, c, "PLAIN");
	respond(&p, own, sizeof(own) - 1);
	return put_proof(&p, c) ? ask(c, &p) : 0;
}

/* --- exchanges of others; ARG: the connection's number --- */

static int sasl_step_of_another(struct conn *c, const char *arg)
{
	static const char own[] = "\0alice\0secret-of-alice";
	struct packet p;

	packet_init(&p, PACKET_SASL_STEP);
	p.as.sasl_step.conn = strtoull(arg, NULL, 10);
	p.as.sasl_step.response_len = sizeof(own) - 1;
	return packet_put(&p, own, sizeof(own) - 1) ? ask(c, &p) : -EMSGSIZE;
}

static int sasl_cancel_of_another(struct conn *c, const char *arg)
{
	struct packet p;

	packet_init(&p, PACKET_SASL_CANCEL);
	p.as.sasl_cancel.conn = strtoull(arg, NULL, 10);
	return ask(c, &p);
}

static int sasl_begin_of_another(struct conn *c, const char *arg)
{
	struct packet p;

	begin(&p, c, "LOGIN");
	p.as.sasl_begin.conn = strtoull(arg, NULL, 10);
	return ask(c, &p);
}

/* --- what no honest process says --- */

/* More exchanges than there are connections: -EBUSY when no more are let. */
static int sasl_flood(struct conn *c, const char *arg)
{
	unsigned long many = strtoul(arg, NULL, 10);
	struct packet p;
	int rc = -EAGAIN;

	for (uint64_t i = 1; i < many && rc == -EAGAIN; i++) {
		begin(&p, c, "LOGIN");
		p.as.sasl_begin.conn = i << 33;
		rc = ask(c, &p);
	}
	return rc == -EACCES && p.as.refused.status == STATUS_BUSY ? -EBUSY
								   : rc;
}

static int sasl_unknown_mechanism(struct conn *c, const char *arg)
{
	static const char *const names[] = { "GSSAPI", "ANONYMOUS", "NTLM",
					     "plain",  "PLAIN\n",   "" };
	int rc = -EACCES;

	(void)arg;
	for (size_t i = 0; i < 6 && (rc == -EACCES || rc == -EAGAIN); i++) {
		struct packet p;

		begin(&p, c, names[i]);
		respond(&p, "", 0);
		rc = ask(c, &p);
	}
	return rc;
}

/* A binding that is longer than its room. */
static int sasl_binding_out_of_range(struct conn *c, const char *arg)
{
	struct packet p;

	(void)arg;
	begin(&p, c, "SCRAM-SHA-256-PLUS");
	p.as.sasl_begin.end_point_len = 255;
	return ask(c, &p);
}

/* An APOP digest of the attacker's choice over a stamp of his choice. */
static int login_with_stamp(struct conn *c, const char *arg)
{
	static const char *const digests[] = {
		"", "00000000000000000000000000000000",
		"d41d8cd98f00b204e9800998ecf8427e", /* of nothing */
	};
	int rc = -EACCES;

	for (size_t i = 0; i < 3 && rc == -EACCES; i++) {
		struct packet p;

		packet_init(&p, PACKET_LOGIN);
		p.as.login.conn = c->id;
		p.as.login.user_len = (uint16_t)strlen(arg);
		p.as.login.secret_len = (uint16_t)strlen(digests[i]);
		p.as.login.stamp_len = 3;
		if (!packet_put(&p, arg, strlen(arg)) ||
		    !packet_put(&p, digests[i], strlen(digests[i])) ||
		    !packet_put(&p, "<@>", 3)) {
			return -EMSGSIZE;
		}
		rc = ask(c, &p);
	}
	return rc;
}

const struct attack attacks_on_sasl[] = {
	{ "log-in-by-certificate", sasl_external },
	{ "log-in-by-no-secret", sasl_plain_without_secret },
	{ "log-in-by-own-secret-as", sasl_plain_for_another },
	{ "log-in-by-no-proof", sasl_external_without_proof },
	{ "log-in-by-own-proof-as", sasl_external_for_another },
	{ "log-in-by-forged-proof", sasl_external_forged },
	{ "log-in-by-stolen-certificate", sasl_external_stolen },
	{ "log-in-by-proof-and-plain", sasl_proof_for_plain },
	{ "log-in-by-step-of", sasl_step_of_another },
	{ "log-in-by-cancel-of", sasl_cancel_of_another },
	{ "log-in-by-begin-of", sasl_begin_of_another },
	{ "log-in-by-flood", sasl_flood },
	{ "log-in-by-odd-mechanisms", sasl_unknown_mechanism },
	{ "log-in-by-long-binding", sasl_binding_out_of_range },
	{ "log-in-by-stamp", login_with_stamp },
};
const size_t attacks_on_sasl_count =
    sizeof(attacks_on_sasl) / sizeof(attacks_on_sasl[0]);
