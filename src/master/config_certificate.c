// SPDX-License-Identifier: ISC
/*
 * config_certificate.c - the files of TLS (config_certificate.h).
 * Runs in: master, restantectl.  Trusts: the files to be the operator's; what
 * is in them is judged by tls/certificate.h.
 */
#include "master/config_certificate.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "os/fd.h"
#include "tls/certificate.h"
#include "tls/certificate_authorities.h"
#include "tls/certificate_file.h"

#define DAY_S (24 * 60 * 60)

struct check {
	const char *path;
	const struct config_entries *entries;
	const struct config *config;
	struct conf_faults *faults;
};

/* Of the n-th value of that setting. */
static unsigned line_of(const struct check *c, const char *setting, size_t n)
{
	const struct conf_entry *e;

	if (c->entries == NULL) {
		return 0;
	}
	e = config_entries_find(c->entries, setting);
	return n < e->count ? e->value[n].line : e->line;
}

static const char *why_not_open(int error)
{
	return error == EINVAL ? "is no file" : strerror(error);
}

static void tell_not_open(const struct check *c, const char *setting, size_t n,
			  const char *file, int error)
{
	unsigned line = line_of(c, setting, n);

	/* Not for a key: its certificate is there, and would be replaced. */
	if (error == ENOENT && strcmp(setting, "tls_certificate") == 0) {
		conf_fault_add(c->faults, line,
			       "%s: %.80s: %s; a first one is made by: "
			       "restantectl -c %.60s cert make",
			       setting, file, strerror(error), c->path);
	} else {
		conf_fault_add(c->faults, line, "%s: %.120s: %s", setting, file,
			       why_not_open(error));
	}
}

/* The descriptor, or -1, with a fault. */
static int open_file(const struct check *c, const char *setting, size_t n,
		     const char *file)
{
	int fd = certificate_open(file);

	if (fd < 0) {
		tell_not_open(c, setting, n, file, -fd);
		return -1;
	}
	return fd;
}

/* Where there is no tls_key the keys are in the certificates' files. */
static const char *key_setting(const struct check *c)
{
	const struct config *config = c->config;

	return c->entries == NULL ||
		       config_entries_find(c->entries, "tls_key")->line != 0 ||
		       strcmp(config->certificate.path[0],
			      config->private_key.path[0]) != 0
		   ? "tls_key"
		   : "tls_certificate";
}

static void check_pair(const struct check *c, size_t n, int chain_fd,
		       int key_fd)
{
	int rc = certificate_try(chain_fd, key_fd);
	int error = errno;

	if (rc != CERTIFICATE_OK) {
		bool is_read =
		    rc == CERTIFICATE_EREAD || rc == CERTIFICATE_EKEYREAD;
		bool is_key = certificate_is_of_key(rc);
		const char *setting =
		    is_key ? key_setting(c) : "tls_certificate";
		const char *file = is_key ? c->config->private_key.path[n]
					  : c->config->certificate.path[n];

		conf_fault_add(c->faults, line_of(c, setting, n),
			       "%s: %.100s: %s", setting, file,
			       is_read ? strerror(error) : certificate_why(rc));
	}
}

static void check_certificate(const struct check *c, size_t n)
{
	const struct config *config = c->config;
	int chain_fd =
	    open_file(c, "tls_certificate", n, config->certificate.path[n]);
	int key_fd = -1;

	if (chain_fd < 0) {
		return;
	}
	/* A key too few, or too many, has its fault already. */
	if (config->private_key.count == config->certificate.count) {
		key_fd = open_file(c, key_setting(c), n,
				   config->private_key.path[n]);
		if (key_fd < 0) {
			fd_close(&chain_fd);
			return;
		}
	}
	check_pair(c, n, chain_fd, key_fd);
	fd_close(&key_fd);
	fd_close(&chain_fd);
}

static void check_client_ca(const struct check *c)
{
	const char *file = c->config->client_ca;
	int fd = open_file(c, "tls_client_ca", 0, file);
	int rc;

	if (fd < 0) {
		return;
	}
	rc = certificate_check_authorities(fd);
	if (rc != CERTIFICATE_OK) {
		conf_fault_add(c->faults, line_of(c, "tls_client_ca", 0),
			       "tls_client_ca: %.120s: %s", file,
			       rc == CERTIFICATE_EREAD ? strerror(errno)
						       : certificate_why(rc));
	}
	fd_close(&fd);
}

void config_certificate_check(const char *path,
			      const struct config_entries *entries,
			      const struct config *config,
			      struct conf_faults *faults)
{
	const struct check c = { path, entries, config, faults };

	for (size_t i = 0; i < config->certificate.count; i++) {
		check_certificate(&c, i);
	}
	if (config->client_ca[0] != '\0') {
		check_client_ca(&c);
	}
}

void config_certificate_day(int64_t unix, char text_r[16])
{
	time_t t = (time_t)unix;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(text_r, 16, "%Y-%m-%d", &tm) == 0) {
		memcpy(text_r, "?", 2);
	}
}

int64_t config_certificate_days(int64_t unix, int64_t now_unix)
{
	return (unix - now_unix) / DAY_S;
}

/* Whether there is anything to tell. */
static bool judge_time(const struct certificate *c, int64_t now_unix,
		       struct config_worry *w)
{
	int64_t until = certificate_not_after(c);
	int64_t days = config_certificate_days(until, now_unix);
	char day[16];

	config_certificate_day(until, day);
	switch (certificate_time(c, now_unix)) {
	case CERTIFICATE_EXPIRED:
		w->is_grave = true;
		snprintf(w->text, sizeof(w->text), "expired on %s", day);
		return true;
	case CERTIFICATE_NOT_YET:
		w->is_grave = true;
		config_certificate_day(certificate_not_before(c), day);
		snprintf(w->text, sizeof(w->text), "is not valid before %s",
			 day);
		return true;
	case CERTIFICATE_VALID:
		break;
	}
	snprintf(w->text, sizeof(w->text), "expires on %s, in %d day%s", day,
		 (int)days, days == 1 ? "" : "s");
	return days < CONFIG_EXPIRES_SOON_DAYS;
}

static bool is_open_to_others(const char *file)
{
	struct stat st;

	return stat(file, &st) == 0 && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0;
}

void config_certificate_worry(const struct config *config, int64_t now_unix,
			      void (*tell)(void *ctx,
					   const struct config_worry *worry),
			      void *ctx)
{
	for (size_t i = 0; i < config->certificate.count; i++) {
		struct config_worry w = { .file = config->certificate.path[i] };
		int fd = certificate_open(w.file);
		struct certificate *c = NULL;
		const char *why;

		if (fd >= 0 && certificate_read(fd, -1, &c, &why) == 0 &&
		    judge_time(c, now_unix, &w)) {
			tell(ctx, &w);
		}
		certificate_destroy(&c);
		if (fd >= 0) {
			fd_close(&fd);
		}
		w.is_grave = false;
		w.file = config->private_key.path[i];
		if (is_open_to_others(w.file)) {
			snprintf(w.text, sizeof(w.text),
				 "holds a private key, and not only its owner "
				 "may read it; try: chmod 600");
			tell(ctx, &w);
		}
	}
}
