// SPDX-License-Identifier: ISC
/*
 * tls_names.c - which certificate a client is shown (tls_names.h).
 * Runs in: session.  Trusts: key's certificates; of a client's hello only what
 * OpenSSL parsed.
 */
#include "session/tls_names.h"

#include <openssl/x509v3.h>

static int type_of(const X509 *own)
{
	return EVP_PKEY_get_base_id(X509_get0_pubkey(own));
}

static bool is_named(X509 *x509, const ASN1_STRING *name)
{
	return X509_check_host(x509, (const char *)ASN1_STRING_get0_data(name),
			       (size_t)ASN1_STRING_length(name),
			       X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1;
}

/* The subject's, which counts where there is no other. */
static const ASN1_STRING *common_name(const X509 *x509)
{
	const X509_NAME *subject = X509_get_subject_name(x509);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);

	return at < 0
		   ? NULL
		   : X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
}

static bool share_name(X509 *own, X509 *other)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(own, NID_subject_alt_name, NULL, NULL);
	const ASN1_STRING *subject = common_name(own);
	bool is_shared =
	    names == NULL && subject != NULL && is_named(other, subject);

	for (int i = 0; i < sk_GENERAL_NAME_num(names) && !is_shared; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		is_shared =
		    name->type == GEN_DNS && is_named(other, name->d.dNSName);
	}
	GENERAL_NAMES_free(names);
	return is_shared;
}

/* A name in common; either may have it as a wildcard. */
static bool goes_beside(X509 *own, X509 *other)
{
	return type_of(own) != type_of(other) &&
	       (share_name(own, other) || share_name(other, own));
}

uint32_t tls_names_beside(const struct tls_context *c, uint32_t number)
{
	uint32_t i = 0;

	while (i < c->count && !goes_beside(c->own[number], c->own[i])) {
		i++;
	}
	return i == c->count ? number : i;
}

/* The first certificate that has the name, of whatever type but that; count if
 * there is none. */
static uint32_t find(const struct tls_context *c, const char *name, int but)
{
	uint32_t i = 0;

	while (i < c->count &&
	       (type_of(c->own[i]) == but ||
		X509_check_host(c->own[i], name, 0,
				X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
				NULL) != 1)) {
		i++;
	}
	return i;
}

/* The first certificate that has the name, and the first of another type that
 * has it too; the default is the first of all, for a name that is nobody's too:
 * mail clients are configured by hand. */
int tls_names_choose(SSL *ssl, int *alert_r, void *arg)
{
	const struct tls_context *c = arg;
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	uint32_t i, j;

	(void)alert_r;
	if (name == NULL || c->count == 1) {
		return SSL_TLSEXT_ERR_OK; /* there is no choice */
	}
	i = find(c, name, NID_undef);
	j = i == c->count ? i : find(c, name, type_of(c->own[i]));
	if (i != c->count) {
		SSL_set_SSL_CTX(ssl, c->ssl[i]);
	}
	if (j != c->count && j != c->beside[i] &&
	    SSL_use_cert_and_key(ssl, c->own[j], c->key[j], c->issuers[j], 1) !=
		1) {
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	}
	return SSL_TLSEXT_ERR_OK;
}
