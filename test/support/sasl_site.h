// SPDX-License-Identifier: ISC
/*
 * sasl_site.h - a site with one user, bob, whose password is "secret", for the
 * tests of src/auth/sasl.h; and steps of exchanges with it, whose input ends at
 * a guard page.
 */
#ifndef TEST_SASL_SITE_H
#define TEST_SASL_SITE_H

#include <sodium.h>
#include <stdatomic.h>
#include <string.h>

#include "auth/sasl.h"
#include "guard.h"
#include "must.h"

#define SITE_ITERATIONS 7u

struct sasl_site {
	struct sasl *sasl;
	struct sasl_exchange *x;
	struct sasl_outcome o;
	struct guard guard;
	atomic_uint asked; /* for a challenge or a password */
	atomic_uint keys;  /* for a verifier's keys */
};

static const uint8_t site_address[16] = { 0x20, 0x01, 0x0d, 0xb8 };

static inline bool is_bob(struct text user)
{
	return text_equal(user, text_of("bob"));
}

static inline void site_challenge(void *ctx, struct text user,
				  const uint8_t address[16],
				  enum scram_kind kind,
				  struct scram_verifier *v_r)
{
	struct sasl_site *site = ctx;

	(void)user;
	site->asked++;
	must(memcmp(address, site_address, 16) == 0, "the client's address");
	*v_r = (struct scram_verifier){ .kind = kind,
					.iterations = SITE_ITERATIONS,
					.salt_len = 16,
					.salt = "sixteen octets." };
}

/* One who is not bob has a password of his own, which nobody knows. */
static inline bool site_keys(void *ctx, struct text user,
			     const uint8_t address[16],
			     struct scram_verifier *v)
{
	struct sasl_site *site = ctx;
	struct secret secret;

	site->keys++;
	must(memcmp(address, site_address, 16) == 0, "the client's address");
	must(v->iterations == SITE_ITERATIONS && v->stored_key[0] == 0,
	     "what was told, without keys");
	must(secret_set(&secret, is_bob(user) ? "secret" : "unknown", 6),
	     "a short secret");
	must(scram_derive(v->kind, &secret, v->iterations, v->salt, v->salt_len,
			  v) == SCHEME_MATCH,
	     "a verifier");
	return true;
}

static inline void site_password(void *ctx, struct text user,
				 const uint8_t address[16], struct secret *s_r)
{
	struct sasl_site *site = ctx;

	site->asked++;
	must(memcmp(address, site_address, 16) == 0, "the client's address");
	must(secret_set(s_r, is_bob(user) ? "secret" : "unknown", 6),
	     "a short secret");
}

static inline void site_init(struct sasl_site *site,
			     const struct external *external, bool cram_md5)
{
	struct sasl_options options = {
		.source = { site_challenge, site_keys, site_password, site },
		.external = external,
		.cram_md5 = cram_md5,
		.is_folding = true,
	};

	*site = (struct sasl_site){ .sasl = NULL };
	must(sodium_init() >= 0, "libsodium");
	must(sasl_create(&options, &site->sasl) == 0, "sasl_create");
	guard_init(&site->guard, 3 * PACKET_RESPONSE_MAX);
}

static inline void site_finish(struct sasl_site *site)
{
	sasl_exchange_destroy(&site->x);
	sasl_destroy(&site->sasl);
	guard_finish(&site->guard);
}

/* text is NULL for no response. */
static inline struct sasl_response site_response(struct sasl_site *site,
						 const char *text, size_t len)
{
	struct sasl_response r = { NULL, len };

	if (text != NULL) {
		r.at = guard_tail(&site->guard, len);
		if (len != 0) {
			memcpy(r.at, text, len);
		}
	}
	return r;
}

/* What every outcome keeps to. */
static inline enum sasl_result site_check(struct sasl_site *site,
					  enum sasl_result result)
{
	const struct sasl_outcome *o = &site->o;

	must(o->why != NULL, "a reason");
	must(o->challenge_len <= sizeof(o->challenge), "a short challenge");
	must(o->user_len <= sizeof(o->user), "a short name");
	must(result == SASL_PASSWORD || o->secret.len == 0,
	     "no secret but to be verified");
	must(result != SASL_PROVEN ||
		 is_bob((struct text){ o->user, o->user_len }),
	     "nobody but bob is proven");
	return result;
}

static inline enum sasl_result site_begin(struct sasl_site *site,
					  struct sasl_begin b,
					  const char *initial, size_t len)
{
	enum sasl_result result;

	sasl_exchange_destroy(&site->x);
	b.address = site_address;
	b.initial = site_response(site, initial, len);
	result = sasl_begin(site->sasl, &b, &site->x, &site->o);
	must((result == SASL_CHALLENGE) == (site->x != NULL),
	     "an exchange while it goes on");
	return site_check(site, result);
}

static inline enum sasl_result site_step(struct sasl_site *site,
					 const char *text, size_t len)
{
	return site_check(
	    site, sasl_step(site->x, site_response(site, text, len), &site->o));
}

#endif
