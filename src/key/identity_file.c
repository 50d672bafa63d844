// SPDX-License-Identifier: ISC
/*
 * identity_file.c - the certificates and keys that the master sent
 * (identity_file.h).
 * Runs in: key, before it confines itself.  Trusts: the master; the files to be
 * the operator's.
 */
#include "key/identity_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/x509.h>
#include <sys/mman.h>

#include "base/log.h"
#include "os/fd.h"
#include "tls/certificate_authorities.h"

static int find(const struct startup *startup, enum file_kind kind,
		uint32_t idx)
{
	for (size_t i = 0; i < startup->count; i++) {
		const struct startup_item *item = &startup->items[i];

		if (item->type == PACKET_FILE && item->kind == kind &&
		    item->id == idx) {
			return item->fd;
		}
	}
	return -1;
}

static int refuse(uint32_t idx, const char *why)
{
	struct log_line l;

	log_begin(&l, LOG_ERROR, "certificate");
	log_u64(&l, "number", idx + 1);
	log_str(&l, "why", why);
	log_end(&l);
	return -EINVAL;
}

static int read_all(struct identity_file *f, const struct startup *startup,
		    uint32_t count)
{
	if (count > IDENTITY_CERTIFICATES_MAX) {
		return -E2BIG;
	}
	for (uint32_t i = 0; i < count; i++) {
		int chain_fd = find(startup, FILE_CERTIFICATE, i);
		int key_fd = find(startup, FILE_PRIVATE_KEY, i);
		const char *why = "its file did not come";

		if (chain_fd == -1 || key_fd == -1 ||
		    certificate_read(chain_fd, key_fd, &f->certificates[i],
				     &why) < 0) {
			return refuse(i, why);
		}
		f->count = i + 1;
	}
	return 0;
}

static int put_certificate(int fd, const struct certificate *c)
{
	size_t count = certificate_count(c);
	int rc;

	if (count > IDENTITY_CHAIN_MAX) {
		count = IDENTITY_CHAIN_MAX;
	}
	rc = identity_put_number(fd, (uint32_t)count);
	for (size_t i = 0; i < count && rc == 0; i++) {
		struct certificate_der der = certificate_der(c, i);

		rc = identity_put_blob(fd, der.at, der.len);
	}
	return rc;
}

/* --- client CAs --- */

static_assert(CERTIFICATE_AUTHORITIES_MAX == IDENTITY_CLIENT_CAS_MAX,
	      "all that may be in the file can be told");

static int keep(void *ctx, X509 *x)
{
	STACK_OF(X509) *cas = ctx;

	if (X509_up_ref(x) != 1) {
		return CERTIFICATE_EMEMORY;
	}
	if (sk_X509_push(cas, x) == 0) {
		X509_free(x);
		return CERTIFICATE_EMEMORY;
	}
	return CERTIFICATE_OK;
}

/* None without such a file.  A fault is logged: whoever is told of none by
 * mistake would let nobody in by a certificate, and wonder. */
static int read_cas(const struct startup *startup, STACK_OF(X509) * cas)
{
	int fd = find(startup, FILE_CLIENT_CA, 0);
	int rc =
	    fd == -1 ? CERTIFICATE_OK : certificate_authorities(fd, keep, cas);

	if (rc == CERTIFICATE_OK) {
		return 0;
	}
	log_event_str(LOG_ERROR, "client certificate authorities", "why",
		      certificate_why(rc));
	return -EINVAL;
}

static int put_x509(int fd, X509 *x509)
{
	unsigned char *der = NULL;
	int len = i2d_X509(x509, &der);
	int rc = len < 0 ? -ENOMEM : identity_put_blob(fd, der, (size_t)len);

	OPENSSL_free(der);
	return rc;
}

static int put_cas(int fd, const STACK_OF(X509) * cas)
{
	int count = sk_X509_num(cas);
	int rc = identity_put_number(fd, (uint32_t)count);

	for (int i = 0; i < count && rc == 0; i++) {
		rc = put_x509(fd, sk_X509_value(cas, i));
	}
	return rc;
}

/* --- all of it --- */

static int write_identity(const struct identity_file *f, int fd,
			  const STACK_OF(X509) * cas)
{
	int rc = identity_put_number(fd, f->count);

	for (uint32_t i = 0; i < f->count && rc == 0; i++) {
		rc = put_certificate(fd, f->certificates[i]);
	}
	if (rc == 0) {
		rc = put_cas(fd, cas);
	}
	if (rc == 0 && fcntl(fd, F_ADD_SEALS,
			     F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW |
				 F_SEAL_WRITE) < 0) {
		rc = -errno;
	}
	return rc;
}

static void close_files(struct startup *startup)
{
	for (size_t i = 0; i < startup->count; i++) {
		if (startup->items[i].type == PACKET_FILE) {
			fd_close(&startup->items[i].fd);
		}
	}
}

static int make_identity(struct identity_file *f, const STACK_OF(X509) * cas)
{
	int rc;

	f->fd = memfd_create("identity", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	rc = f->fd < 0 ? -errno : write_identity(f, f->fd, cas);
	if (rc < 0) {
		log_event_errno(LOG_ERROR, "cannot tell the identity", NULL,
				-rc);
	}
	return rc;
}

int identity_file_create(struct identity_file *f, struct startup *startup,
			 uint32_t count)
{
	STACK_OF(X509) *cas = sk_X509_new_null();
	int rc = cas == NULL ? -ENOMEM : read_all(f, startup, count);

	f->fd = -1;
	if (rc == 0) {
		rc = read_cas(startup, cas);
	}
	if (rc == 0) {
		rc = make_identity(f, cas);
	}
	sk_X509_pop_free(cas, X509_free);
	close_files(startup);
	return rc;
}
