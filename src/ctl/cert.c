// SPDX-License-Identifier: ISC
/*
 * cert.c - restantectl cert: making a certificate to begin with.
 * Runs in: restantectl.  Trusts: the operator.
 */
#include "ctl/command.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "os/new_file.h"
#include "tls/certificate.h"
#include "tls/certificate_make.h"

#define NAMES_MAX 32u
#define DAYS      365u

struct wanted {
	const char *names[NAMES_MAX];
	size_t count;
	const char *dir; /* NULL: the configuration's */
	bool is_forced;
	char hostname[SETTINGS_NAME_MAX];
	char own_dir[PATH_MAX];
	char certificate[PATH_MAX];
	char key[PATH_MAX];
};

static int usage(void)
{
	fputs("restantectl: usage: cert make [--name HOST]... [--dir DIR] "
	      "[--force]\n",
	      stderr);
	return EX_USAGE;
}

static int take_name(struct wanted *w, const char *name)
{
	if (!certificate_make_takes(name)) {
		fprintf(stderr,
			"restantectl: --name takes the name of a host or an "
			"IP address, not: %s\n",
			name);
		return EX_USAGE;
	}
	if (w->count == NAMES_MAX) {
		fprintf(stderr, "restantectl: more than %u names\n", NAMES_MAX);
		return EX_USAGE;
	}
	w->names[w->count++] = name;
	return EX_OK;
}

static int take_arguments(const struct request *r, struct wanted *w)
{
	static const struct option options[] = {
		{ "name", required_argument, NULL, 'n' },
		{ "dir", required_argument, NULL, 'd' },
		{ "force", no_argument, NULL, 'f' },
		{ NULL, 0, NULL, 0 }
	};
	char name[] = "restantectl cert make";
	int letter, rc = EX_OK;

	r->argv[0] = name; /* for getopt's own words */
	optind = 0;        /* anew */
	for (;;) {
		letter = getopt_long(r->argc, r->argv, "", options, NULL);
		if (letter == -1 || rc != EX_OK) {
			break;
		}
		if (letter == 'n') {
			rc = take_name(w, optarg);
		} else if (letter == 'd') {
			w->dir = optarg;
		} else if (letter == 'f') {
			w->is_forced = true;
		} else {
			rc = usage();
		}
	}
	return rc == EX_OK && optind != r->argc ? usage() : rc;
}

/* The setting hostname; and if the machine's name is none for a certificate,
 * what that would be. */
static int name_by_configuration(const struct request *r, struct wanted *w)
{
	struct conf_faults faults;
	struct config config;

	if (config_read(r->config_path, geteuid() == 0, &config, &faults) < 0) {
		conf_faults_print(&faults, r->config_path, stderr);
		fputs("restantectl: with --name HOST the configuration is not "
		      "read\n",
		      stderr);
		return EX_CONFIG;
	}
	memcpy(w->hostname, config.session.common.hostname,
	       sizeof(w->hostname));
	return take_name(w, w->hostname);
}

/* In the words of the file: an absolute one is good wherever it stands. */
static int find_directory(const struct request *r, struct wanted *w)
{
	const char *slash = strrchr(r->config_path, '/');
	char dir[PATH_MAX] = ".";

	if (w->dir != NULL) {
		snprintf(dir, sizeof(dir), "%s", w->dir);
	} else if (slash != NULL) {
		snprintf(dir, sizeof(dir), "%.*s",
			 (int)(slash - r->config_path + 1), r->config_path);
	}
	if (realpath(dir, w->own_dir) == NULL) {
		fprintf(stderr, "restantectl: %s: %s\n", dir, strerror(errno));
		return EX_CANTCREAT;
	}
	return EX_OK;
}

static bool put_path(char path[PATH_MAX], const char *dir, const char *name)
{
	int len = snprintf(path, PATH_MAX, "%s/%s",
			   strcmp(dir, "/") == 0 ? "" : dir, name);

	return len > 0 && len < PATH_MAX;
}

static int tell_not_written(const char *path, int error)
{
	fprintf(stderr, "restantectl: %s: %s%s\n", path, strerror(error),
		error == EEXIST ? "; --force writes a new one in its place"
				: "");
	return error == EACCES || error == EPERM ? EX_NOPERM : EX_CANTCREAT;
}

/* Both before either: one certificate with the key of another is of no use. */
static int check_places(const struct wanted *w)
{
	const char *const paths[] = { w->certificate, w->key };

	for (size_t i = 0; i < 2 && !w->is_forced; i++) {
		if (access(paths[i], F_OK) == 0) {
			return tell_not_written(paths[i], EEXIST);
		}
	}
	return EX_OK;
}

static int write_files(const struct wanted *w,
		       const struct certificate_made *made)
{
	struct new_file file = { .at = made->key,
				 .len = made->key_len,
				 .mode = 0600,
				 .uid = NEW_FILE_AS_MADE,
				 .gid = NEW_FILE_AS_MADE,
				 .may_replace = w->is_forced };
	int rc = new_file_write(w->key, &file);

	if (rc < 0) {
		return tell_not_written(w->key, -rc);
	}
	file.at = made->certificate;
	file.len = made->certificate_len;
	file.mode = 0644;
	rc = new_file_write(w->certificate, &file);
	return rc < 0 ? tell_not_written(w->certificate, -rc) : EX_OK;
}

static int make_files(const struct wanted *w)
{
	struct certificate_made made;
	int rc = check_places(w);

	if (rc != EX_OK) {
		return rc;
	}
	if (certificate_make(w->names, w->count, DAYS, &made) !=
	    CERTIFICATE_OK) {
		fputs("restantectl: OpenSSL cannot make a certificate\n",
		      stderr);
		return EX_OSERR;
	}
	rc = write_files(w, &made);
	certificate_made_finish(&made);
	return rc;
}

static void tell_made(const struct wanted *w)
{
	fputs("restantectl: made a certificate for", stderr);
	for (size_t i = 0; i < w->count; i++) {
		fprintf(stderr, "%s %s", i == 0 ? "" : ",", w->names[i]);
	}
	fprintf(stderr,
		", good for %u days.\nNobody vouches for it: clients must be "
		"told to trust it.  In restanted.conf:\n",
		DAYS);
	fflush(stderr);
	printf("tls_certificate = \"%s\"\ntls_key = \"%s\"\n", w->certificate,
	       w->key);
}

int command_cert_make(const struct request *r)
{
	struct wanted w = { .count = 0 };
	int rc = take_arguments(r, &w);

	if (rc == EX_OK && w.count == 0) {
		rc = name_by_configuration(r, &w);
	}
	if (rc == EX_OK) {
		rc = find_directory(r, &w);
	}
	if (rc == EX_OK &&
	    (!put_path(w.certificate, w.own_dir, "certificate.pem") ||
	     !put_path(w.key, w.own_dir, "key.pem"))) {
		rc = tell_not_written(w.own_dir, ENAMETOOLONG);
	}
	if (rc == EX_OK) {
		rc = make_files(&w);
	}
	if (rc == EX_OK) {
		tell_made(&w);
	}
	return rc;
}
