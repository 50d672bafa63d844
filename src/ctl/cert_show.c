// SPDX-License-Identifier: ISC
/*
 * cert_show.c - restantectl cert show: what is in certificates.
 * Runs in: restantectl.  Trusts: nothing in the files.
 */
#include "ctl/command.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "master/config_certificate.h"
#include "os/clock.h"
#include "os/fd.h"
#include "tls/certificate.h"
#include "tls/certificate_file.h"

static void print_names(const struct certificate *c)
{
	size_t count = certificate_name_count(c);

	fputs("  names    ", stdout);
	for (size_t i = 0; i < count; i++) {
		printf("%s%s", i == 0 ? "" : ", ", certificate_name(c, i));
	}
	puts(count == 0 ? "none: no client can be sure of it" : "");
}

static void print_time(const struct certificate *c, int64_t now_unix)
{
	int64_t until = certificate_not_after(c);
	int64_t days = config_certificate_days(until, now_unix);
	char from_day[16], until_day[16];

	config_certificate_day(certificate_not_before(c), from_day);
	config_certificate_day(until, until_day);
	printf("  valid    %s to %s, ", from_day, until_day);
	switch (certificate_time(c, now_unix)) {
	case CERTIFICATE_EXPIRED:
		printf("EXPIRED %" PRId64 " day%s ago\n", -days,
		       days == -1 ? "" : "s");
		break;
	case CERTIFICATE_NOT_YET:
		puts("NOT YET");
		break;
	case CERTIFICATE_VALID:
		printf("%" PRId64 " day%s left\n", days, days == 1 ? "" : "s");
		break;
	}
}

static void print_issuer(const struct certificate *c)
{
	const char *issuer = certificate_issuer(c);

	printf("  issuer   %s\n", certificate_is_self_signed(c) ? "self-signed"
				  : issuer[0] != '\0'           ? issuer
						      : "without a name");
}

static void print_fingerprint(const struct certificate *c)
{
	uint8_t octets[CERTIFICATE_FINGERPRINT_LEN];

	certificate_fingerprint(c, octets);
	fputs("  SHA-256  ", stdout);
	for (size_t i = 0; i < sizeof(octets); i++) {
		printf("%s%02X", i == 0 ? "" : ":", octets[i]);
	}
	puts("");
}

/* place: what it is to the server, or NULL. */
static int show(const char *file, const char *place)
{
	struct certificate *c = NULL;
	const char *why = NULL;
	int fd = certificate_open(file);
	int rc;

	if (fd < 0) {
		fprintf(stderr, "%s: %s\n", file,
			fd == -EINVAL ? "is no file" : strerror(-fd));
		return EX_NOINPUT;
	}
	rc = certificate_read(fd, -1, &c, &why);
	if (rc == CERTIFICATE_EREAD) {
		why = strerror(errno);
	}
	fd_close(&fd);
	if (rc != CERTIFICATE_OK) {
		fprintf(stderr, "%s: %s\n", file, why);
		return EX_DATAERR;
	}
	printf("%s\n", file);
	print_names(c);
	printf("  key      %s\n", certificate_type_name(c));
	print_issuer(c);
	print_time(c, clock_unix());
	print_fingerprint(c);
	if (place != NULL) {
		printf("  served   %s\n", place);
	}
	certificate_destroy(&c);
	return EX_OK;
}

static int show_configured(const struct request *r)
{
	struct conf_faults faults;
	struct config config;
	int rc = EX_OK;

	if (config_read(r->config_path, geteuid() == 0, &config, &faults) < 0) {
		conf_faults_print(&faults, r->config_path, stderr);
		return EX_CONFIG;
	}
	if (config.certificate.count == 0) {
		fprintf(stderr,
			"%s: has no tls_certificate; make one with: "
			"restantectl cert make\n",
			r->config_path);
		return EX_CONFIG;
	}
	for (size_t i = 0; i < config.certificate.count; i++) {
		int one = show(config.certificate.path[i],
			       i == 0 ? "by its names, and to all who ask for "
					"none of those that there are"
				      : "by its names");

		rc = rc == EX_OK ? one : rc;
	}
	return rc;
}

int command_cert_show(const struct request *r)
{
	int rc = EX_OK;

	if (r->argc == 1) {
		return show_configured(r);
	}
	for (int i = 1; i < r->argc; i++) {
		int one = show(r->argv[i], NULL);

		rc = rc == EX_OK ? one : rc;
	}
	return rc;
}
