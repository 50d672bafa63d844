// SPDX-License-Identifier: ISC
/*
 * verdict.c - whether a server's certificate will do, and if not, what is
 * wrong with it and what to do (trust_impl.h). Runs in: the collector's loop.
 * Trusts: OpenSSL; nothing in a certificate. Allocates: what OpenSSL does.
 */
#include "fetch/net/trust_impl.h"

#include <inttypes.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "fetch/pin.h"

/* Octets of names, of a certificate's or an issuer's, that are shown. */
#define SHOWN_MAX 120u

/* "2026-11-26" */
#define DAY_MAX 16u

struct shown {
	char text[SHOWN_MAX];
};

static bool take_fingerprint(struct trust_verdict *v, const X509 *x)
{
	unsigned len = 0;

	v->has_fingerprint =
	    X509_digest(x, EVP_sha256(), v->fingerprint, &len) == 1 &&
	    len == sizeof(v->fingerprint);
	return v->has_fingerprint;
}

/* --- words --- */

static void write_day(const ASN1_TIME *time, char day_r[DAY_MAX])
{
	struct tm tm;

	if (ASN1_TIME_to_tm(time, &tm) != 1 ||
	    strftime(day_r, DAY_MAX, "%Y-%m-%d", &tm) == 0) {
		memcpy(day_r, "?", 2);
	}
}

static void append(struct shown *s, const char *between, const char *at,
		   size_t len)
{
	size_t end = strlen(s->text);

	snprintf(s->text + end, sizeof(s->text) - end, "%s%.*s",
		 end == 0 ? "" : between, (int)(len < 100 ? len : 100), at);
}

static void append_name(struct shown *s, const GENERAL_NAME *name)
{
	int type;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);

	if (type == GEN_DNS) {
		append(s, ", ", (const char *)ASN1_STRING_get0_data(value),
		       (size_t)ASN1_STRING_length(value));
	}
}

/* Its names of hosts, as far as there is room. */
static struct shown names_of(const X509 *x)
{
	struct shown s = { "" };
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		append_name(&s, sk_GENERAL_NAME_value(names, i));
	}
	GENERAL_NAMES_free(names);
	if (s.text[0] == '\0') {
		append(&s, "", "another name", 12);
	}
	return s;
}

static struct shown issuer_of(const X509 *x)
{
	struct shown s = { "" };
	const X509_NAME *name = X509_get_issuer_name(x);

	if (X509_NAME_get_text_by_NID(name, NID_commonName, s.text,
				      sizeof(s.text)) <= 0 &&
	    X509_NAME_get_text_by_NID(name, NID_organizationName, s.text,
				      sizeof(s.text)) <= 0) {
		append(&s, "", "somebody without a name", 23);
	}
	return s;
}

typedef void words(struct trust_verdict *v, const X509 *leaf, const X509 *at,
		   int error);

static void expired(struct trust_verdict *v, const X509 *leaf, const X509 *at,
		    int error)
{
	char day[DAY_MAX];

	(void)error;
	write_day(X509_get0_notAfter(at), day);
	why_set(&v->why, WHY_TLS,
		"%s: %s expired on %s; its operator has to renew it (or is "
		"the clock of this machine wrong?)",
		v->host,
		leaf == at ? "its certificate"
			   : "the certificate of its issuer",
		day);
}

static void not_yet(struct trust_verdict *v, const X509 *leaf, const X509 *at,
		    int error)
{
	char day[DAY_MAX];

	(void)leaf;
	(void)error;
	write_day(X509_get0_notBefore(at), day);
	why_set(&v->why, WHY_TLS,
		"%s: its certificate is good only from %s on; is the clock of "
		"this machine right?",
		v->host, day);
}

static void other_name(struct trust_verdict *v, const X509 *leaf,
		       const X509 *at, int error)
{
	struct shown names = names_of(leaf);

	(void)at;
	(void)error;
	why_set(&v->why, WHY_TLS,
		"%s: its certificate is for %s and not for that name; set the "
		"server to the name that its operator gives",
		v->host, names.text);
}

static void self_signed(struct trust_verdict *v, const X509 *leaf,
			const X509 *at, int error)
{
	(void)leaf;
	(void)at;
	(void)error;
	why_set(&v->why, WHY_TLS, "%s: its certificate vouches only for itself",
		v->host);
}

static void unknown_issuer(struct trust_verdict *v, const X509 *leaf,
			   const X509 *at, int error)
{
	struct shown issuer = issuer_of(leaf);

	(void)at;
	(void)error;
	why_set(&v->why, WHY_TLS,
		"%s: its certificate is issued by %s, whom %s does not know; "
		"a ca_file may name it",
		v->host, issuer.text,
		v->trust->account->ca_file != NULL ? v->trust->account->ca_file
						   : "this machine");
}

static void any_other(struct trust_verdict *v, const X509 *leaf, const X509 *at,
		      int error)
{
	(void)leaf;
	(void)at;
	why_set(&v->why, WHY_TLS, "%s: its certificate will not do: %s",
		v->host, X509_verify_cert_error_string(error));
}

static const struct {
	int error;
	words *say;
} sayings[] = {
	{ X509_V_ERR_CERT_HAS_EXPIRED, expired },
	{ X509_V_ERR_CERT_NOT_YET_VALID, not_yet },
	{ X509_V_ERR_HOSTNAME_MISMATCH, other_name },
	{ X509_V_ERR_IP_ADDRESS_MISMATCH, other_name },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, self_signed },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, unknown_issuer },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, unknown_issuer },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, unknown_issuer },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, unknown_issuer },
};

/* What is wrong; and the way out that is left, which needs a person who asks
 * another. */
static void say(struct trust_verdict *v, const X509 *leaf, const X509 *at,
		int error)
{
	char pin[PIN_TEXT_MAX];
	words *how = any_other;

	for (size_t i = 0; i < sizeof(sayings) / sizeof(sayings[0]); i++) {
		if (sayings[i].error == error) {
			how = sayings[i].say;
		}
	}
	how(v, leaf, at != NULL ? at : leaf, error);
	if (v->has_fingerprint) {
		pin_write(v->fingerprint, pin);
		why_add(&v->why,
			"; only if its operator confirms this fingerprint, "
			"pin it: %s",
			pin);
	}
}

static void say_other_pin(struct trust_verdict *v)
{
	char pinned[PIN_TEXT_MAX];
	char shown[PIN_TEXT_MAX];

	pin_write(v->trust->account->pin, pinned);
	pin_write(v->fingerprint, shown);
	why_set(&v->why, WHY_TLS,
		"%s: it shows another certificate than the pinned one: %s, not "
		"%s; it was renewed, or somebody is in the middle: ask its "
		"operator before you pin the new one",
		v->host, shown, pinned);
}

/* --- judging --- */

static void judge_pin(struct trust_verdict *v)
{
	if (!v->has_fingerprint ||
	    !equal_in_constant_time(v->fingerprint, v->trust->account->pin,
				    sizeof(v->fingerprint))) {
		say_other_pin(v);
	}
}

static void judge_chain(struct trust_verdict *v, X509_STORE_CTX *store,
			const X509 *leaf)
{
	if (X509_verify_cert(store) != 1) {
		say(v, leaf, X509_STORE_CTX_get_current_cert(store),
		    X509_STORE_CTX_get_error(store));
	}
}

int verdict_on_chain(X509_STORE_CTX *store, void *unused)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(
	    store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct trust_verdict *v = SSL_get_app_data(ssl);
	X509 *leaf = X509_STORE_CTX_get0_cert(store);

	(void)unused;
	v->why.kind = WHY_NONE;
	if (!take_fingerprint(v, leaf)) {
		why_set(&v->why, WHY_INTERNAL, "%s: no fingerprint to be had",
			v->host);
	} else if (v->trust->account->has_pin) {
		judge_pin(v);
	} else {
		judge_chain(v, store, leaf);
	}
	if (v->why.kind == WHY_NONE) {
		X509_STORE_CTX_set_error(store, X509_V_OK);
		return 1;
	}
	if (X509_STORE_CTX_get_error(store) == X509_V_OK) {
		X509_STORE_CTX_set_error(store,
					 X509_V_ERR_APPLICATION_VERIFICATION);
	}
	return 0;
}

void verdict_on_resumed(struct trust_verdict *v, X509 *certificate)
{
	v->why.kind = WHY_NONE;
	if (certificate == NULL || !take_fingerprint(v, certificate)) {
		why_set(&v->why, WHY_TLS, "%s: it shows no certificate",
			v->host);
	} else if (v->trust->account->has_pin) {
		judge_pin(v);
	} else if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0) {
		say(v, certificate, certificate, X509_V_ERR_CERT_HAS_EXPIRED);
	}
}
