// SPDX-License-Identifier: ISC
/*
 * config.c - the configuration file, read and checked (restanted.conf(5)).
 * Runs in: master, restantectl.  Trusts: nothing of the file but that root, or
 * whoever starts restanted, chose it.
 */
#include "master/config.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/file.h"
#include "master/config_check.h"
#include "master/config_parse.h"
#include "master/config_rules.h"
#include "master/config_value.h"

/* All that one loading needs; too much for a stack. */
struct loading {
	struct config config;
	struct config_entries entries;
	struct conf_file file;
	char base[SETTINGS_PATH_MAX]; /* where relative paths start */
};

/* The directory of the file, absolute. */
static bool find_base(const char *path, char base[SETTINGS_PATH_MAX],
		      struct conf_faults *faults)
{
	const char *slash = strrchr(path, '/');
	size_t dir_len = slash != NULL ? (size_t)(slash - path) : 0;
	char here[PATH_MAX] = "";
	int len;

	if (path[0] != '/' && getcwd(here, sizeof(here)) == NULL) {
		conf_fault_add(faults, 0, "current directory: %s",
			       strerror(errno));
		return false;
	}
	len = snprintf(base, SETTINGS_PATH_MAX, "%s%s%.*s", here,
		       path[0] != '/' && dir_len > 0 ? "/" : "", (int)dir_len,
		       path);
	if (len < 0 || (size_t)len >= SETTINGS_PATH_MAX) {
		conf_fault_add(faults, 0, "its path is too long");
		return false;
	}
	return true;
}

static void store_default(struct loading *l, const struct setting *s,
			  struct conf_faults *faults)
{
	struct conf_reason why;

	if (s->standard == NULL) {
		conf_fault_add(faults, 0,
			       "'%s' (%s) is not set; it has no default",
			       s->name, s->help);
	} else if (s->standard[0] != '\0' &&
		   config_value_store(s, s->standard, l->base, &l->config,
				      &why) != 0) {
		conf_fault_add(faults, 0, "default of %s = %s: %s", s->name,
			       s->standard, why.text);
	}
}

static void store_entry(struct loading *l, const struct setting *s,
			const struct conf_entry *e, struct conf_faults *faults)
{
	struct conf_reason why;

	for (size_t v = 0; v < e->count; v++) {
		const struct conf_value *value = &e->value[v];

		if (config_value_store(s, value->text, l->base, &l->config,
				       &why) != 0) {
			conf_fault_add(faults, value->line, "%s = %.60s: %s",
				       s->name, value->text, why.text);
		}
	}
}

static void store_all(struct loading *l, struct conf_faults *faults)
{
	for (size_t i = 0; i < config_settings_count; i++) {
		const struct setting *s = &config_settings[i];
		const struct conf_entry *e = config_entries_at(&l->entries, i);

		if (e->line == 0) {
			store_default(l, s, faults);
		} else {
			store_entry(l, s, e, faults);
		}
	}
}

static void place_jail(struct config *c, struct conf_faults *faults)
{
	int len = snprintf(c->session.jail, sizeof(c->session.jail), "%s/jail",
			   c->run_dir);

	if (len < 0 || (size_t)len >= sizeof(c->session.jail)) {
		conf_fault_add(faults, 0, "run_dir is too long");
	}
}

/* What the file says itself goes to faults, what the machine says to it to
 * machine_faults. */
static void load(struct loading *l, const char *path, bool as_root,
		 struct conf_faults *faults, struct conf_faults *machine_faults)
{
	if (find_base(path, l->base, faults) &&
	    conf_file_read(path, CONFIG_OCTETS_MAX, &l->file, faults)) {
		config_parse(l->file.text, &l->entries, faults);
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
		     struct conf_faults *faults_r,
		     struct conf_faults *machine_faults)
{
	struct loading *l = calloc(1, sizeof(*l));

	faults_r->count = 0;
	if (l == NULL) {
		conf_fault_add(faults_r, 0, "out of memory");
		return -1;
	}
	load(l, path, as_root, faults_r, machine_faults);
	if (faults_r->count == 0) {
		*config_r = l->config;
	}
	config_entries_finish(&l->entries);
	free(l->file.text);
	free(l);
	return faults_r->count == 0 ? 0 : -1;
}

int config_load(const char *path, bool as_root, struct config *config_r,
		struct conf_faults *faults_r)
{
	return load_into(path, as_root, config_r, faults_r, faults_r);
}

int config_read(const char *path, bool as_root, struct config *config_r,
		struct conf_faults *faults_r)
{
	struct conf_faults ignored = { .count = 0 };

	return load_into(path, as_root, config_r, faults_r, &ignored);
}
