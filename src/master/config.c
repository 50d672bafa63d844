// SPDX-License-Identifier: ISC
/*
 * config.c - the configuration file, read and checked (restanted.conf(5)).
 * Runs in: master, restantectl.  Trusts: nothing of the file but that root, or
 * whoever starts restanted, chose it.
 */
#include "master/config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "master/config_check.h"
#include "master/config_fault.h"
#include "master/config_parse.h"
#include "master/config_rules.h"
#include "master/config_value.h"
#include "os/fd.h"

/* All that one loading needs; too much for a stack. */
struct loading {
	struct config config;
	struct config_entries entries;
	char text[CONFIG_OCTETS_MAX + 1];
	char base[SETTINGS_PATH_MAX]; /* where relative paths start */
};

static bool read_all(int fd, char *text, size_t *len_r)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(fd, text + len, CONFIG_OCTETS_MAX + 1 - len);
		if (n < 0 && errno != EINTR) {
			return false;
		}
		len += n > 0 ? (size_t)n : 0;
	} while (n != 0 && len <= CONFIG_OCTETS_MAX);
	*len_r = len;
	return true;
}

/* O_NONBLOCK: a FIFO is to be a fault, not to be waited for. */
static int open_file(const char *path, struct config_faults *faults)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0) {
		config_fault_add(faults, 0, "%s", strerror(errno));
		fd_close(&fd);
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		config_fault_add(faults, 0, "is no file");
		fd_close(&fd);
		return -1;
	}
	return fd;
}

/* False, with a fault, if there is no text to go on with. */
static bool read_file(const char *path, char *text,
		      struct config_faults *faults)
{
	int fd = open_file(path, faults);
	size_t len = 0;
	bool done;

	if (fd < 0) {
		return false;
	}
	done = read_all(fd, text, &len);
	if (!done) {
		config_fault_add(faults, 0, "%s", strerror(errno));
	}
	fd_close(&fd);
	if (len > CONFIG_OCTETS_MAX) {
		config_fault_add(faults, 0, "is larger than %u octets",
				 CONFIG_OCTETS_MAX);
		return false;
	}
	text[len] = '\0';
	if (strlen(text) != len) {
		config_fault_add(faults, 0, "holds a NUL octet: is no text");
		return false;
	}
	return done;
}

/* The directory of the file, absolute. */
static bool find_base(const char *path, char base[SETTINGS_PATH_MAX],
		      struct config_faults *faults)
{
	const char *slash = strrchr(path, '/');
	size_t dir_len = slash != NULL ? (size_t)(slash - path) : 0;
	char here[PATH_MAX] = "";
	int len;

	if (path[0] != '/' && getcwd(here, sizeof(here)) == NULL) {
		config_fault_add(faults, 0, "current directory: %s",
				 strerror(errno));
		return false;
	}
	len = snprintf(base, SETTINGS_PATH_MAX, "%s%s%.*s", here,
		       path[0] != '/' && dir_len > 0 ? "/" : "", (int)dir_len,
		       path);
	if (len < 0 || (size_t)len >= SETTINGS_PATH_MAX) {
		config_fault_add(faults, 0, "its path is too long");
		return false;
	}
	return true;
}

static void store_default(struct loading *l, const struct setting *s,
			  struct config_faults *faults)
{
	struct config_reason why;

	if (s->standard == NULL) {
		config_fault_add(faults, 0,
				 "'%s' (%s) is not set; it has no default",
				 s->name, s->help);
	} else if (s->standard[0] != '\0' &&
		   config_value_store(s, s->standard, l->base, &l->config,
				      &why) != 0) {
		config_fault_add(faults, 0, "default of %s = %s: %s", s->name,
				 s->standard, why.text);
	}
}

static void store_entry(struct loading *l, const struct setting *s,
			const struct config_entry *e,
			struct config_faults *faults)
{
	struct config_reason why;

	for (size_t v = 0; v < e->count; v++) {
		if (config_value_store(s, e->value[v], l->base, &l->config,
				       &why) != 0) {
			config_fault_add(faults, e->value_line[v],
					 "%s = %.60s: %s", s->name, e->value[v],
					 why.text);
		}
	}
}

static void store_all(struct loading *l, struct config_faults *faults)
{
	for (size_t i = 0; i < config_settings_count; i++) {
		const struct setting *s = &config_settings[i];
		const struct config_entry *e = &l->entries.entry[i];

		if (e->line == 0) {
			store_default(l, s, faults);
		} else {
			store_entry(l, s, e, faults);
		}
	}
}

static void place_jail(struct config *c, struct config_faults *faults)
{
	int len = snprintf(c->session.jail, sizeof(c->session.jail), "%s/jail",
			   c->run_dir);

	if (len < 0 || (size_t)len >= sizeof(c->session.jail)) {
		config_fault_add(faults, 0, "run_dir is too long");
	}
}

/* What the file says itself goes to faults, what the machine says to it to
 * machine_faults. */
static void load(struct loading *l, const char *path, bool as_root,
		 struct config_faults *faults,
		 struct config_faults *machine_faults)
{
	if (find_base(path, l->base, faults) &&
	    read_file(path, l->text, faults)) {
		config_parse(l->text, &l->entries, faults);
		store_all(l, faults);
		place_jail(&l->config, faults);
		config_rules_check(path, &l->entries, &l->config, faults,
				   machine_faults);
		config_rules_spread(&l->config, as_root);
		config_check(path, as_root, &l->entries, &l->config,
			     machine_faults);
	}
}

static int load_into(const char *path, bool as_root, struct config *config_r,
		     struct config_faults *faults_r,
		     struct config_faults *machine_faults)
{
	struct loading *l = calloc(1, sizeof(*l));

	faults_r->count = 0;
	if (l == NULL) {
		config_fault_add(faults_r, 0, "out of memory");
		return -1;
	}
	load(l, path, as_root, faults_r, machine_faults);
	if (faults_r->count == 0) {
		*config_r = l->config;
	}
	config_entries_finish(&l->entries);
	free(l);
	return faults_r->count == 0 ? 0 : -1;
}

int config_load(const char *path, bool as_root, struct config *config_r,
		struct config_faults *faults_r)
{
	return load_into(path, as_root, config_r, faults_r, faults_r);
}

int config_read(const char *path, bool as_root, struct config *config_r,
		struct config_faults *faults_r)
{
	struct config_faults ignored = { .count = 0 };

	return load_into(path, as_root, config_r, faults_r, &ignored);
}
