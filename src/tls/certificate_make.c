// SPDX-License-Identifier: ISC
/*
 * certificate_make.c - a certificate that vouches for itself
 * (certificate_make.h).
 * Runs in: restantectl.  Trusts: OpenSSL.
 */
#include "tls/certificate_make.h"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "tls/certificate.h"
#include "tls/certificate_name.h"

#define HOUR_S          3600L
#define SERIAL_BITS     127 /* RFC 5280, section 4.1.2.2: 20 octets at most */
#define COMMON_NAME_MAX 64u /* RFC 5280, appendix A: ub-common-name */

/* "a.example", "192.0.2.1" or "2001:db8::1"; NULL if it is none. */
static GENERAL_NAME *name_of(const char *text)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_STRING *value = a2i_IPADDRESS(text);
	int type = GEN_IPADD;

	if (value == NULL && certificate_name_is_sound(text, strlen(text))) {
		type = GEN_DNS;
		value = ASN1_IA5STRING_new();
		if (value != NULL && ASN1_STRING_set(value, text, -1) != 1) {
			ASN1_STRING_free(value);
			value = NULL;
		}
	}
	if (name == NULL || value == NULL) {
		GENERAL_NAME_free(name);
		ASN1_STRING_free(value);
		return NULL;
	}
	GENERAL_NAME_set0_value(name, type, value);
	return name;
}

bool certificate_make_takes(const char *name)
{
	GENERAL_NAME *n = name_of(name);
	bool is_taken = n != NULL;

	GENERAL_NAME_free(n);
	ERR_clear_error();
	return is_taken;
}

static bool put_alt_names(X509 *x, const char *const *names, size_t count)
{
	GENERAL_NAMES *all = sk_GENERAL_NAME_new_null();
	bool done = all != NULL;

	for (size_t i = 0; i < count && done; i++) {
		GENERAL_NAME *name = name_of(names[i]);

		done = name != NULL && sk_GENERAL_NAME_push(all, name) > 0;
		if (!done) {
			GENERAL_NAME_free(name);
		}
	}
	done = done && X509_add1_ext_i2d(x, NID_subject_alt_name, all, 0,
					 X509V3_ADD_DEFAULT) == 1;
	GENERAL_NAMES_free(all);
	return done;
}

/* Text as in openssl.cnf. */
static bool put_extension(X509 *x, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;
	bool done;

	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	done = extension != NULL && X509_add_ext(x, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return done;
}

static bool put_names(X509 *x, const char *const *names, size_t count)
{
	X509_NAME *subject = X509_get_subject_name(x);
	const unsigned char *first = (const unsigned char *)names[0];

	/* A longer one is in subjectAltName alone, where clients look. */
	if (strlen(names[0]) <= COMMON_NAME_MAX &&
	    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, first, -1,
				       -1, 0) != 1) {
		return false;
	}
	return X509_set_issuer_name(x, subject) == 1 &&
	       put_alt_names(x, names, count);
}

/* So that no two certificates of one name are taken for the same. */
static bool put_serial(X509 *x)
{
	BIGNUM *n = BN_new();
	bool done =
	    n != NULL &&
	    BN_rand(n, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
	    BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)) != NULL;

	BN_free(n);
	return done;
}

static bool put_times(X509 *x, unsigned days)
{
	return X509_gmtime_adj(X509_getm_notBefore(x), -HOUR_S) != NULL &&
	       X509_time_adj_ex(X509_getm_notAfter(x), (int)days, 0, NULL) !=
		   NULL;
}

static bool fill(X509 *x, EVP_PKEY *key, const char *const *names, size_t count,
		 unsigned days)
{
	return X509_set_version(x, X509_VERSION_3) == 1 && put_serial(x) &&
	       put_times(x, days) && X509_set_pubkey(x, key) == 1 &&
	       put_names(x, names, count) &&
	       put_extension(x, NID_basic_constraints, "critical,CA:FALSE") &&
	       put_extension(x, NID_key_usage, "critical,digitalSignature") &&
	       put_extension(x, NID_ext_key_usage, "serverAuth") &&
	       put_extension(x, NID_subject_key_identifier, "hash") &&
	       X509_sign(x, key, EVP_sha256()) > 0;
}

/* A copy of what was written, or NULL. */
static char *text_of(BIO *bio, size_t *len_r)
{
	char *at;
	long len = BIO_get_mem_data(bio, &at);
	char *copy = len > 0 ? malloc((size_t)len) : NULL;

	if (copy != NULL) {
		memcpy(copy, at, (size_t)len);
		*len_r = (size_t)len;
	}
	return copy;
}

static bool write_both(const X509 *x, const EVP_PKEY *key,
		       struct certificate_made *made)
{
	BIO *public = BIO_new(BIO_s_mem());
	BIO *private = BIO_new(BIO_s_secmem());
	bool done = public != NULL && private != NULL &&
		    PEM_write_bio_X509(public, x) == 1 &&
		    PEM_write_bio_PKCS8PrivateKey(private, key, NULL, NULL, 0,
						  NULL, NULL) == 1;

	if (done) {
		made->certificate = text_of(public, &made->certificate_len);
		made->key = text_of(private, &made->key_len);
		done = made->certificate != NULL && made->key != NULL;
	}
	BIO_free(public);
	BIO_free(private);
	return done;
}

int certificate_make(const char *const *names, size_t count, unsigned days,
		     struct certificate_made *made_r)
{
	struct certificate_made made = { NULL, 0, NULL, 0 };
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	X509 *x = X509_new();
	bool done = key != NULL && x != NULL &&
		    fill(x, key, names, count, days) &&
		    write_both(x, key, &made);

	X509_free(x);
	EVP_PKEY_free(key);
	ERR_clear_error();
	if (!done) {
		certificate_made_finish(&made);
		return CERTIFICATE_EMEMORY;
	}
	*made_r = made;
	return CERTIFICATE_OK;
}

void certificate_made_finish(struct certificate_made *made)
{
	if (made->key != NULL) {
		wipe(made->key, made->key_len);
	}
	free(made->key);
	free(made->certificate);
	*made = (struct certificate_made){ NULL, 0, NULL, 0 };
}
