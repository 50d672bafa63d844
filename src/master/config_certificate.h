// SPDX-License-Identifier: ISC
/*
 * config_certificate.h - the files of certificates and keys that a
 * configuration names.
 */
#ifndef MASTER_CONFIG_CERTIFICATE_H
#define MASTER_CONFIG_CERTIFICATE_H

#include "master/config_parse.h"

/* Soon: so many days before the end a certificate is told about.  Let's
 * Encrypt's are renewed 30 days before. */
#define CONFIG_EXPIRES_SOON_DAYS 14

/*
 * Adds a fault for each file that is not there or not sound, and each key that
 * is another certificate's.  entries NULL: they have no lines.  path: of the
 * configuration file, for the remedies.
 */
void config_certificate_check(const char *path,
			      const struct config_entries *entries,
			      const struct config *config,
			      struct conf_faults *faults);

/* What is no mistake, since the server had better go on with it. */
struct config_worry {
	bool is_grave; /* clients refuse it */
	const char *file;
	char text[80]; /* ends a sentence that begins with the file */
};

/* Calls tell for each worry about files that are sound. */
void config_certificate_worry(const struct config *config, int64_t now_unix,
			      void (*tell)(void *ctx,
					   const struct config_worry *worry),
			      void *ctx);

/* "2026-11-25", and the whole days from now_unix until then: below 0 if it is
 * past for one at least. */
void config_certificate_day(int64_t unix, char text_r[16]);
int64_t config_certificate_days(int64_t unix, int64_t now_unix);

#endif
