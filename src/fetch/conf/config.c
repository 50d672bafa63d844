// SPDX-License-Identifier: ISC
/*
 * config.c - restante.conf(5), read and checked (config.h).
 * Runs in: restante.  Trusts: nothing of the file but that its owner is this
 * user or root, and that nobody else may write it, which is looked at.
 */
#include "fetch/conf/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/file.h"
#include "conf/name.h"
#include "conf/tree.h"
#include "fetch/conf/config_account.h"
#include "fetch/conf/config_table.h"
#include "fetch/conf/url.h"
#include "fetch/limits.h"

bool config_is_name(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				      "-_.@+";
	size_t len = strlen(name);
	bool begins_well = name[0] != '\0' && strchr("-_.@+", name[0]) == NULL;

	return begins_well && len <= CONFIG_NAME_MAX &&
	       strspn(name, letters) == len &&
	       strspn(name, "0123456789-") != len;
}

void config_finish(struct config *config)
{
	for (size_t i = 0; i < config->count; i++) {
		account_finish(&config->account[i]);
	}
	free(config->account);
	*config = (struct config){ NULL, 0 };
}

struct account *config_find(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->count; i++) {
		if (strcmp(config->account[i].name, name) == 0) {
			return &config->account[i];
		}
	}
	return NULL;
}

const char *config_nearest(const struct config *config, const char *name)
{
	const char *names[FETCH_ACCOUNTS_MAX];

	for (size_t i = 0; i < config->count; i++) {
		names[i] = config->account[i].name;
	}
	return conf_name_nearest(name, names, config->count);
}

static void check_name(const struct conf_section *s, struct conf_faults *faults)
{
	if (!config_is_name(s->title)) {
		conf_fault_add(faults, s->line,
			       "account \"%.64s\": not a name: up to %u "
			       "letters, digits and - _ . @ +, the first a "
			       "letter or digit, and not digits alone",
			       s->title, CONFIG_NAME_MAX);
	}
}

/* Two accounts of one maildrop would be in each other's way. */
static void check_maildrop(const struct config *config,
			   struct conf_faults *faults)
{
	const struct account *last = &config->account[config->count - 1];

	for (size_t i = 0; i + 1 < config->count; i++) {
		const struct account *other = &config->account[i];

		if (account_is_same_maildrop(other, last)) {
			conf_fault_add(faults, last->line,
				       "account \"%.64s\" is the maildrop of "
				       "\"%.64s\" (line %u); leave one out",
				       last->name, other->name, other->line);
		}
	}
}

static const struct conf_section *find_defaults(const struct conf_section *root,
						struct conf_faults *faults)
{
	const struct conf_section *found = NULL;

	for (size_t i = 0; i < root->sections_count; i++) {
		const struct conf_section *s = root->section[i];

		if (strcmp(s->kind->name, CONFIG_DEFAULTS) != 0) {
			continue;
		}
		if (found != NULL) {
			conf_fault_add(faults, s->line,
				       "defaults { } is there twice, first on "
				       "line %u; make one of them",
				       found->line);
		}
		found = found == NULL ? s : found;
	}
	return found;
}

static void read_account(const struct conf_section *s,
			 const struct conf_section *defaults,
			 const struct place *place, struct config *config,
			 struct conf_faults *faults)
{
	if (config->count == FETCH_ACCOUNTS_MAX) {
		conf_fault_add(faults, s->line, "more than %u accounts",
			       FETCH_ACCOUNTS_MAX);
		return;
	}
	check_name(s, faults);
	account_init(&config->account[config->count]);
	config_account_read(s, defaults, place, &config->account[config->count],
			    faults);
	config->count++;
	check_maildrop(config, faults);
}

/* In a file, where a path starts is not to depend on who is where. */
static void read_accounts(const struct conf_section *root,
			  const struct place *place, struct config *config,
			  struct conf_faults *faults)
{
	const struct conf_section *defaults = find_defaults(root, faults);
	struct place of_file = *place;

	of_file.here[0] = '\0';
	if (defaults != NULL) {
		config_account_check_defaults(defaults, &of_file, faults);
	}
	for (size_t i = 0; i < root->sections_count; i++) {
		const struct conf_section *s = root->section[i];

		if (strcmp(s->kind->name, CONFIG_ACCOUNT) == 0) {
			read_account(s, defaults, &of_file, config, faults);
		}
	}
}

int config_load_text(char *text, const struct place *place,
		     struct config *config_r, struct conf_faults *faults_r)
{
	struct config config = { NULL, 0 };
	struct conf_section *root;

	faults_r->count = 0;
	conf_tree_read(text, &config_grammar, &root, faults_r);
	if (root != NULL) {
		size_t room = root->sections_count + 1;

		config.account = calloc(room, sizeof(*config.account));
	}
	if (config.account != NULL) {
		read_accounts(root, place, &config, faults_r);
	} else {
		conf_fault_add(faults_r, 0, "out of memory");
	}
	conf_tree_destroy(&root);
	if (faults_r->count != 0) {
		config_finish(&config);
		return -1;
	}
	*config_r = config;
	return 0;
}

/* Who can write it can have any program run as us. */
static void check_file(const char *path, const struct conf_file *file,
		       struct conf_faults *faults)
{
	if (file->uid != geteuid() && file->uid != 0) {
		conf_fault_add(faults, 0,
			       "belongs to another user, who could run any "
			       "program as you with it");
	}
	if ((file->mode & (S_IWGRP | S_IWOTH)) != 0) {
		conf_fault_add(faults, 0,
			       "others may write it, and so could run any "
			       "program as you; type: chmod go-w %.150s",
			       path);
	}
}

int config_load(const char *path, const struct place *place,
		struct config *config_r, struct conf_faults *faults_r)
{
	struct conf_file file;
	int rc = -1;

	faults_r->count = 0;
	if (access(path, F_OK) != 0 && errno == ENOENT) {
		conf_fault_add(faults_r, 0,
			       "is not there yet; to begin, type: restante "
			       "account add");
		return -1;
	}
	if (!conf_file_read(path, FETCH_CONFIG_OCTETS_MAX, &file, faults_r)) {
		return -1;
	}
	check_file(path, &file, faults_r);
	if (faults_r->count == 0) {
		rc = config_load_text(file.text, place, config_r, faults_r);
	}
	free(file.text);
	return rc;
}
