// SPDX-License-Identifier: ISC
/*
 * certificate_pem.c - from PEM files to certificates and keys.
 * Runs in: key, auth, master, restantectl.  Trusts: OpenSSL's reading of PEM;
 * of the files nothing but that the operator chose them.
 */
#include "tls/certificate_impl.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/secret.h"

/* A whole file.  It may hold a key, so it is wiped. */
struct pem {
	size_t len;
	uint8_t octets[CERTIFICATE_FILE_MAX + 1];
};

static void pem_destroy(struct pem **pem)
{
	if (*pem != NULL) {
		wipe(*pem, sizeof(**pem));
		free(*pem);
		*pem = NULL;
	}
}

/* Beginning at 0 whatever the offset is: two roles may share it. */
static int read_whole(int fd, struct pem *pem)
{
	ssize_t n;

	pem->len = 0;
	do {
		n = pread(fd, pem->octets + pem->len,
			  sizeof(pem->octets) - pem->len, (off_t)pem->len);
		if (n < 0 && errno != EINTR) {
			return CERTIFICATE_EREAD;
		}
		pem->len += n > 0 ? (size_t)n : 0;
	} while (n != 0 && pem->len < sizeof(pem->octets));
	return pem->len > CERTIFICATE_FILE_MAX ? CERTIFICATE_ESIZE
					       : CERTIFICATE_OK;
}

/* What OpenSSL is given to read from; it copies nothing. */
static int open_pem(int fd, struct pem **pem_r, BIO **bio_r)
{
	struct pem *pem = malloc(sizeof(*pem));
	int rc;

	if (pem == NULL) {
		return CERTIFICATE_EMEMORY;
	}
	rc = read_whole(fd, pem);
	if (rc == CERTIFICATE_OK) {
		*bio_r = BIO_new_mem_buf(pem->octets, (int)pem->len);
		rc = *bio_r == NULL ? CERTIFICATE_EMEMORY : CERTIFICATE_OK;
	}
	if (rc != CERTIFICATE_OK) {
		int error = errno;

		pem_destroy(&pem);
		errno = error;
		return rc;
	}
	*pem_r = pem;
	return CERTIFICATE_OK;
}

/* Keys are never asked for: who would answer when the server restarts?  */
static int refuse_password(char *at, int cap, int is_writing, void *was_asked)
{
	(void)at, (void)cap, (void)is_writing;
	*(bool *)was_asked = true;
	return -1;
}

static bool is_end_of_file(void)
{
	unsigned long error = ERR_peek_last_error();

	return error == 0 || (ERR_GET_LIB(error) == ERR_LIB_PEM &&
			      ERR_GET_REASON(error) == PEM_R_NO_START_LINE);
}

static int read_each(BIO *bio, int (*each)(void *ctx, X509 *x), void *ctx)
{
	bool was_asked = false;
	int rc = CERTIFICATE_OK;

	while (rc == CERTIFICATE_OK) {
		X509 *x;

		ERR_clear_error();
		x = PEM_read_bio_X509(bio, NULL, refuse_password, &was_asked);
		if (x == NULL) {
			return is_end_of_file() ? CERTIFICATE_OK
						: CERTIFICATE_EBROKEN;
		}
		rc = each(ctx, x);
	}
	return rc;
}

int certificate_each(int fd, int (*each)(void *ctx, X509 *x), void *ctx)
{
	struct pem *pem;
	BIO *bio;
	int rc = open_pem(fd, &pem, &bio);

	if (rc != CERTIFICATE_OK) {
		return rc;
	}
	rc = read_each(bio, each, ctx);
	ERR_clear_error();
	BIO_free(bio);
	pem_destroy(&pem);
	return rc;
}

static int take(void *ctx, X509 *x)
{
	struct certificate *c = ctx;
	uint8_t *der = NULL;
	int len;

	if (c->count == CERTIFICATE_CHAIN_MAX) {
		X509_free(x);
		return CERTIFICATE_ELONG;
	}
	len = i2d_X509(x, &der);
	if (len <= 0) {
		X509_free(x);
		return CERTIFICATE_EMEMORY;
	}
	c->chain[c->count] = x;
	c->der[c->count].at = der;
	c->der[c->count].len = (size_t)len;
	c->count++;
	return CERTIFICATE_OK;
}

/* "The sender's certificate MUST come first in the list.  Each following
 * certificate MUST directly certify the one preceding it": RFC 5246, section
 * 7.4.2.  TLS 1.3 is lenient; its clients are not all. */
static int check_order(const struct certificate *c)
{
	for (size_t i = 1; i < c->count; i++) {
		if (X509_check_issued(c->chain[i], c->chain[i - 1]) !=
		    X509_V_OK) {
			return CERTIFICATE_EORDER;
		}
	}
	return CERTIFICATE_OK;
}

int certificate_read_chain(struct certificate *c, int fd)
{
	int rc = certificate_each(fd, take, c);

	if (rc != CERTIFICATE_OK) {
		return rc;
	}
	return c->count == 0 ? CERTIFICATE_ENONE : check_order(c);
}

/* The key belongs to the first, to another one, or to none of them. */
static int check_match(const struct certificate *c)
{
	for (size_t i = 0; i < c->count; i++) {
		if (EVP_PKEY_eq(X509_get0_pubkey(c->chain[i]), c->key) == 1) {
			return i == 0 ? CERTIFICATE_OK : CERTIFICATE_EPLACE;
		}
	}
	return CERTIFICATE_EMISMATCH;
}

int certificate_read_key(struct certificate *c, int fd)
{
	bool was_asked = false;
	struct pem *pem;
	BIO *bio;
	int rc = open_pem(fd, &pem, &bio);

	if (rc != CERTIFICATE_OK) {
		return rc == CERTIFICATE_EREAD   ? CERTIFICATE_EKEYREAD
		       : rc == CERTIFICATE_ESIZE ? CERTIFICATE_ENOKEY
						 : rc;
	}
	c->key =
	    PEM_read_bio_PrivateKey(bio, NULL, refuse_password, &was_asked);
	if (c->key == NULL) {
		rc = was_asked ? CERTIFICATE_EENCRYPTED : CERTIFICATE_ENOKEY;
	} else {
		rc = check_match(c);
	}
	ERR_clear_error();
	BIO_free(bio);
	pem_destroy(&pem);
	return rc;
}
