// SPDX-License-Identifier: ISC
/*
 * identity_file.c - the certificates and keys that the master sent
 * (identity_file.h).
 * Runs in: key, before it confines itself.  Trusts: the master; the files to be
 * the operator's.
 */
#include "key/identity_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <sys/mman.h>

#include "base/log.h"
#include "os/fd.h"

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

static int put_x509(int fd, X509 *x509)
{
	unsigned char *der = NULL;
	int len = i2d_X509(x509, &der);
	int rc = len < 0 ? -ENOMEM : identity_put_blob(fd, der, (size_t)len);

	OPENSSL_free(der);
	return rc;
}

/* The certificates in the file of client CAs, as many as there are. */
static STACK_OF(X509_INFO) * read_cas(int fd)
{
	FILE *file = fdopen(fd, "r");
	STACK_OF(X509_INFO) *all = NULL;

	if (file != NULL) {
		all = PEM_X509_INFO_read(file, NULL, NULL, NULL);
		fclose(file);
	}
	return all;
}

static int put_cas(int fd, STACK_OF(X509_INFO) * all)
{
	int count = all == NULL ? 0 : sk_X509_INFO_num(all), rc;
	uint32_t found = 0;

	for (int i = 0; i < count; i++) {
		found += sk_X509_INFO_value(all, i)->x509 != NULL;
	}
	if (found > IDENTITY_CLIENT_CAS_MAX) {
		return -E2BIG;
	}
	rc = identity_put_number(fd, found);
	for (int i = 0; i < count && rc == 0; i++) {
		X509 *x509 = sk_X509_INFO_value(all, i)->x509;

		rc = x509 == NULL ? 0 : put_x509(fd, x509);
	}
	return rc;
}

static int write_client_cas(int fd, const struct startup *startup)
{
	int ca = find(startup, FILE_CLIENT_CA, 0);
	int copy = ca == -1 ? -1 : fd_duplicate(ca);
	STACK_OF(X509_INFO) *all = copy < 0 ? NULL : read_cas(copy);
	int rc = put_cas(fd, all);

	sk_X509_INFO_pop_free(all, X509_INFO_free);
	return rc;
}

static int write_identity(const struct identity_file *f, int fd,
			  const struct startup *startup)
{
	int rc = identity_put_number(fd, f->count);

	for (uint32_t i = 0; i < f->count && rc == 0; i++) {
		rc = put_certificate(fd, f->certificates[i]);
	}
	if (rc == 0) {
		rc = write_client_cas(fd, startup);
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

int identity_file_create(struct identity_file *f, struct startup *startup,
			 uint32_t count)
{
	int rc = read_all(f, startup, count);

	f->fd = -1;
	if (rc == 0) {
		f->fd =
		    memfd_create("identity", MFD_CLOEXEC | MFD_ALLOW_SEALING);
		rc = f->fd < 0 ? -errno : write_identity(f, f->fd, startup);
		if (rc < 0) {
			log_event_errno(LOG_ERROR, "cannot tell the identity",
					NULL, -rc);
		}
	}
	close_files(startup);
	return rc;
}
