// SPDX-License-Identifier: ISC
/*
 * tls_files.c - the files of certificates and keys (tls_files.h).
 * Runs in: master, perhaps as root.  Trusts: the configuration's paths.
 */
#include "master/tls_files.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "os/fd.h"
#include "tls/certificate_file.h"

#define SECOND_NS ((int64_t)1000000000)

static struct tls_stamp stamp_of(const struct stat *st)
{
	const struct tls_stamp stamp = {
		.device = st->st_dev,
		.inode = st->st_ino,
		.octets = (uint64_t)st->st_size,
		.modified_ns =
		    st->st_mtim.tv_sec * SECOND_NS + st->st_mtim.tv_nsec,
		.changed_ns =
		    st->st_ctim.tv_sec * SECOND_NS + st->st_ctim.tv_nsec,
	};

	return stamp;
}

static void look_at(const char *path, struct tls_stamp *stamp_r)
{
	struct stat st;

	if (stat(path, &st) == 0) {
		*stamp_r = stamp_of(&st);
	}
}

void tls_stamps_look(const struct config *config, struct tls_stamps *stamps_r)
{
	size_t count = config->certificate.count;

	memset(stamps_r, 0, sizeof(*stamps_r));
	for (size_t i = 0; i < count; i++) {
		look_at(config->certificate.path[i], &stamps_r->of[2 * i]);
		look_at(config->private_key.path[i], &stamps_r->of[2 * i + 1]);
	}
	if (config->client_ca[0] != '\0') {
		look_at(config->client_ca, &stamps_r->of[2 * count]);
	}
}

bool tls_stamps_are_equal(const struct tls_stamps *a,
			  const struct tls_stamps *b)
{
	return memcmp(a, b, sizeof(*a)) == 0; /* it has no padding */
}

_Static_assert(sizeof(struct tls_stamp) == 5 * sizeof(uint64_t),
	       "all of it is compared");

void tls_files_init(struct tls_files *f)
{
	memset(f, 0, sizeof(*f));
	for (size_t i = 0; i < CONFIG_CERTIFICATES_MAX; i++) {
		f->certificate[i] = -1;
		f->private_key[i] = -1;
	}
	f->client_ca = -1;
}

void tls_files_close(struct tls_files *f)
{
	for (size_t i = 0; i < CONFIG_CERTIFICATES_MAX; i++) {
		fd_close(&f->certificate[i]);
		fd_close(&f->private_key[i]);
	}
	fd_close(&f->client_ca);
	tls_files_init(f);
}

static int open_one(const char *path, int *fd_r, struct tls_stamp *stamp_r)
{
	int fd = certificate_open(path);
	struct stat st;

	if (fd < 0) {
		log_event_errno(LOG_ERROR, "cannot open", path, -fd);
		return fd;
	}
	*fd_r = fd;
	if (fstat(fd, &st) < 0) {
		return -errno;
	}
	*stamp_r = stamp_of(&st);
	return 0;
}

int tls_files_open(const struct config *config, struct tls_files *files_r)
{
	struct tls_files f;
	int rc = 0;

	tls_files_init(&f);
	f.count = config->certificate.count;
	for (size_t i = 0; i < f.count && rc == 0; i++) {
		rc = open_one(config->certificate.path[i], &f.certificate[i],
			      &f.stamps.of[2 * i]);
		if (rc == 0) {
			rc = open_one(config->private_key.path[i],
				      &f.private_key[i],
				      &f.stamps.of[2 * i + 1]);
		}
	}
	if (rc == 0 && config->client_ca[0] != '\0') {
		rc = open_one(config->client_ca, &f.client_ca,
			      &f.stamps.of[2 * f.count]);
	}
	if (rc < 0) {
		tls_files_close(&f);
		return rc;
	}
	*files_r = f;
	return 0;
}

static int send_one(struct child *c, int fd, enum file_kind kind, size_t idx)
{
	int copy = fd_duplicate(fd);

	return copy < 0 ? copy : child_send_file(c, copy, kind, (uint32_t)idx);
}

int tls_files_send_to_key(const struct tls_files *f, struct child *key)
{
	int rc = 0;

	for (size_t i = 0; i < f->count && rc == 0; i++) {
		rc = send_one(key, f->certificate[i], FILE_CERTIFICATE, i);
		if (rc == 0) {
			rc = send_one(key, f->private_key[i], FILE_PRIVATE_KEY,
				      i);
		}
	}
	if (rc == 0 && f->client_ca != -1) {
		rc = send_one(key, f->client_ca, FILE_CLIENT_CA, 0);
	}
	return rc;
}

int tls_files_send_to_auth(const struct tls_files *f, struct child *auth)
{
	return f->client_ca == -1
		   ? 0
		   : send_one(auth, f->client_ca, FILE_CLIENT_CA, 0);
}
