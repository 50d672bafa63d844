// SPDX-License-Identifier: ISC
/*
 * tls_files.h - the files of certificates and keys, opened by the master for
 * the roles that read them.  They stay open while their configuration is in
 * force, so that a role that dies is replaced by one with the same
 * certificates, whatever has become of the files.
 */
#ifndef MASTER_TLS_FILES_H
#define MASTER_TLS_FILES_H

#include "master/child.h"
#include "master/config.h"

/* What tells one file from another, and from what it was. */
struct tls_stamp {
	uint64_t device, inode, octets; /* all 0: it is not there */
	int64_t modified_ns, changed_ns;
};

/* Certificates, keys, and the clients' CA, in this order. */
#define TLS_FILES_MAX (2u * CONFIG_CERTIFICATES_MAX + 1u)

struct tls_stamps {
	struct tls_stamp of[TLS_FILES_MAX];
};

struct tls_files {
	size_t count; /* of certificates */
	int certificate[CONFIG_CERTIFICATES_MAX];
	int private_key[CONFIG_CERTIFICATES_MAX];
	int client_ca;            /* or -1 */
	struct tls_stamps stamps; /* of what is open */
};

/* None are open. */
void tls_files_init(struct tls_files *f);

/* Opens what the configuration names.  0, or a negative errno, logged, and
 * *files_r is untouched. */
MUST_USE int tls_files_open(const struct config *config,
			    struct tls_files *files_r);

void tls_files_close(struct tls_files *f);

/* Sends a role those that are for it.  All roles share a file's offset: they
 * read it from its begin, whatever that is.  0, or negative, logged. */
MUST_USE int tls_files_send_to_key(const struct tls_files *f,
				   struct child *key);
MUST_USE int tls_files_send_to_auth(const struct tls_files *f,
				    struct child *auth);

/* What stands at the paths now; through links, which are what certbot and
 * others change. */
void tls_stamps_look(const struct config *config, struct tls_stamps *stamps_r);
bool tls_stamps_are_equal(const struct tls_stamps *a,
			  const struct tls_stamps *b);

#endif
