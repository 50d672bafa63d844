// SPDX-License-Identifier: ISC
/*
 * sasl_impl.h - what the files of sasl.c share: an exchange from inside, and
 * the mechanisms' steps.
 */
#ifndef AUTH_SASL_IMPL_H
#define AUTH_SASL_IMPL_H

#include <gsasl.h>

#include "auth/sasl.h"
#include "auth/sasl_end_point.h"

struct sasl {
	struct sasl_options options;
	Gsasl *library; /* never changed once it is made: any thread reads it */
};

struct mechanism {
	const char *name;
	/* Judges a response; at is not NULL. */
	enum sasl_result (*step)(struct sasl_exchange *x,
				 struct sasl_response response,
				 struct sasl_outcome *o);
	enum scram_kind kind; /* of SCRAM */
	bool is_plus;
	bool is_server_first; /* its first challenge says something */
	/* Whether clients send an initial response to it all the same. */
	bool takes_initial;
};

struct sasl_exchange {
	struct sasl *sasl;
	const struct mechanism *mechanism;
	Gsasl_session *session;
	struct end_point *end_point;    /* NULL if GNU SASL has the exchange */
	struct scram_verifier verifier; /* as told; without keys; or zero */
	unsigned steps;                 /* responses judged */
	bool is_proven; /* the server's last word is out: "" is to come */
	bool has_exporter;
	size_t binding_len; /* of tls-server-end-point; 0 if there is none */
	uint8_t exporter[PACKET_EXPORTER_LEN];
	uint8_t binding[PACKET_END_POINT_MAX];
	uint8_t address[16];
	size_t user_len; /* 0 until it is known */
	char user[PACKET_USER_MAX];
};

/* --- sasl_library.c: GNU SASL --- */

/* Makes sasl->library.  GSASL_OK or what gsasl_init says. */
MUST_USE int library_init(struct sasl *sasl);

/* GSASL_OK or what gsasl_server_start says. */
MUST_USE int library_start(struct sasl_exchange *x);
/* Wipes what was kept of secrets, and frees it. */
void library_finish(struct sasl_exchange *x);

/* One step of GNU SASL's: SASL_PROVEN stands for its GSASL_OK, and the
 * challenge holds what it said with that. */
MUST_USE enum sasl_result library_step(struct sasl_exchange *x,
				       struct sasl_response response,
				       struct sasl_outcome *o);

/* Sets a property to octets in base64; false if there is no memory. */
MUST_USE bool library_set_base64(struct sasl_exchange *x, Gsasl_property p,
				 const uint8_t *at, size_t len);

/* Whether who a client wants to be is empty, or finds the user that it is. */
bool wants_itself(const struct sasl_exchange *x, struct text wanted);

/* --- sasl.c --- */

/* SASL_MALFORMED, and why. */
enum sasl_result sasl_malformed(struct sasl_outcome *o, const char *why);

/* --- the mechanisms' steps --- */

enum sasl_result step_plain(struct sasl_exchange *x,
			    struct sasl_response response,
			    struct sasl_outcome *o);
enum sasl_result step_login(struct sasl_exchange *x,
			    struct sasl_response response,
			    struct sasl_outcome *o);
enum sasl_result step_scram(struct sasl_exchange *x,
			    struct sasl_response response,
			    struct sasl_outcome *o);

#endif
