// SPDX-License-Identifier: ISC
/*
 * issuer.c - certificates and keys for tests (issuer.h).
 * Runs in: unit tests.  Trusts: its caller.
 */
#include "issuer.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "issued_keys.h"
#include "must.h"

#define DAY (24L * 60 * 60)

static EVP_PKEY *make_key(const char *kind)
{
	EVP_PKEY *key =
	    strcmp(kind, "RSA 2048") == 0 ? issued_key_next() : NULL;

	if (key != NULL) {
		return key;
	}
	if (strncmp(kind, "RSA ", 4) == 0) {
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA",
					 (size_t)strtoul(kind + 4, NULL, 10));
	}
	if (strcmp(kind, "ED25519") == 0) {
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	}
	return EVP_PKEY_Q_keygen(NULL, NULL, "EC", kind);
}

static void put_names(X509 *x, const struct issue *what, const X509 *issuer)
{
	X509_NAME *name = X509_get_subject_name(x);
	X509_EXTENSION *alt;

	if (what->common_name != NULL) {
		must(X509_NAME_add_entry_by_txt(
			 name, "CN", MBSTRING_UTF8,
			 (const unsigned char *)what->common_name, -1, -1,
			 0) == 1,
		     "a common name");
	}
	must(X509_set_issuer_name(x, X509_get_subject_name(issuer)) == 1,
	     "an issuer");
	if (what->alt_names != NULL) {
		alt = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name,
					  what->alt_names);
		must(alt != NULL && X509_add_ext(x, alt, -1) == 1, "names");
		X509_EXTENSION_free(alt);
	}
}

static void put_times(X509 *x, const struct issue *what)
{
	long from = what->from_days == 0 ? -1 : what->from_days;
	long until = what->until_days == 0 ? 30 : what->until_days;

	must(X509_gmtime_adj(X509_getm_notBefore(x), from * DAY) != NULL &&
		 X509_gmtime_adj(X509_getm_notAfter(x), until * DAY) != NULL,
	     "times");
}

void issue(const struct issue *what, struct issued *issued_r)
{
	EVP_PKEY *key = make_key(what->kind);
	X509 *x = X509_new();
	EVP_PKEY *signer = what->by != NULL ? what->by->key : key;
	bool is_ed;

	must(key != NULL && x != NULL, "a key of that kind");
	is_ed = EVP_PKEY_get_base_id(signer) == EVP_PKEY_ED25519;
	must(X509_set_version(x, X509_VERSION_3) == 1 &&
		 ASN1_INTEGER_set(X509_get_serialNumber(x), 1) == 1 &&
		 X509_set_pubkey(x, key) == 1,
	     "a certificate");
	put_times(x, what);
	put_names(x, what, what->by != NULL ? what->by->x : x);
	if (what->change != NULL) {
		what->change(x);
	}
	must(X509_sign(x, signer, is_ed ? NULL : EVP_sha256()) > 0,
	     "a signature");
	issued_r->x = x;
	issued_r->key = key;
}

void issued_finish(struct issued *issued)
{
	X509_free(issued->x);
	EVP_PKEY_free(issued->key);
	*issued = (struct issued){ NULL, NULL };
}

static void write_and_free(BIO *bio, int fd)
{
	char *at;
	long len = BIO_get_mem_data(bio, &at);

	must(len > 0 && write(fd, at, (size_t)len) == len, "PEM");
	BIO_free(bio);
}

void issued_write_certificate(const struct issued *issued, int fd)
{
	BIO *bio = BIO_new(BIO_s_mem());

	must(PEM_write_bio_X509(bio, issued->x) == 1, "a certificate in PEM");
	write_and_free(bio, fd);
}

void issued_write_key(const struct issued *issued, const char *passphrase,
		      int fd)
{
	const EVP_CIPHER *cipher =
	    passphrase != NULL ? EVP_aes_128_cbc() : NULL;
	BIO *bio = BIO_new(BIO_s_mem());

	must(PEM_write_bio_PKCS8PrivateKey(
		 bio, issued->key, cipher, passphrase,
		 passphrase != NULL ? (int)strlen(passphrase) : 0, NULL,
		 NULL) == 1,
	     "a key in PEM");
	write_and_free(bio, fd);
}
