// SPDX-License-Identifier: ISC
/*
 * config_check.c - a configuration against the machine that it is for.  What is
 * found here at leisure would else be found by a role while it starts.
 * Runs in: master, restantectl.  Trusts: the file system's answers for the
 * moment only: each role looks again when it opens.
 */
#include "master/config_check.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "master/config_certificate.h"
#include "os/fd.h"
#include "os/privilege.h"

struct check {
	const char *path;
	bool as_root;
	const struct config_entries *entries;
	struct config *config;
	struct conf_faults *faults;
};

static unsigned line_of(const struct check *c, const char *name)
{
	return config_entries_find(c->entries, name)->line;
}

/* What the file says, or the default. */
static const char *value_of(const struct check *c, const char *name)
{
	const struct conf_entry *e = config_entries_find(c->entries, name);

	return e->count != 0 ? e->value[0].text
			     : config_table_find(name)->standard;
}

static void find_account(const struct check *c, const char *setting,
			 struct settings_common *common)
{
	const char *name = value_of(c, setting);
	uid_t uid;
	gid_t gid;
	int rc = privilege_find_account(name, &uid, &gid);

	if (rc == -ENOENT) {
		conf_fault_add(c->faults, line_of(c, setting),
			       "%s = %s: no such account; make it with: "
			       "adduser --system --group --no-create-home "
			       "%s",
			       setting, name, name);
	} else if (rc < 0) {
		conf_fault_add(c->faults, line_of(c, setting),
			       "%s = %s: cannot look it up: %s", setting, name,
			       strerror(-rc));
	} else if (uid == 0) {
		conf_fault_add(c->faults, line_of(c, setting),
			       "%s = %s: is root; give it an account of its "
			       "own",
			       setting, name);
	} else {
		common->uid = uid;
		common->gid = gid;
	}
}

/* A role could signal and trace another one of its own account. */
static void check_distinct(const struct check *c, const char *setting,
			   uint32_t uid, const char *other, uint32_t other_uid)
{
	if (uid != 0 && uid == other_uid) {
		conf_fault_add(c->faults, line_of(c, setting),
			       "%s = %s: the same account as %s; each role "
			       "needs its own",
			       setting, value_of(c, setting), other);
	}
}

static void check_all_distinct(const struct check *c)
{
	const struct {
		const char *setting;
		uint32_t uid;
	} accounts[] = {
		{ "session_user", c->config->session.common.uid },
		{ "auth_user", c->config->auth.common.uid },
		{ "mail_user", c->config->maildrop.common.uid },
		{ "key_user", c->config->key.common.uid },
	};

	for (size_t i = 1; i < sizeof(accounts) / sizeof(accounts[0]); i++) {
		for (size_t j = 0; j < i; j++) {
			check_distinct(c, accounts[i].setting, accounts[i].uid,
				       accounts[j].setting, accounts[j].uid);
		}
	}
}

static void check_accounts(const struct check *c)
{
	struct config *config = c->config;

	if (!c->as_root) {
		config->auth.mail_uid = geteuid();
		config->auth.mail_gid = getegid();
		return;
	}
	find_account(c, "session_user", &config->session.common);
	find_account(c, "auth_user", &config->auth.common);
	find_account(c, "mail_user", &config->maildrop.common);
	if (config->session.has_tls) {
		find_account(c, "key_user", &config->key.common);
	}
	check_all_distinct(c);
	config->auth.mail_uid = config->maildrop.common.uid;
	config->auth.mail_gid = config->maildrop.common.gid;
	if (config->maildrop.common.uid != 0 &&
	    config->maildrop.common.uid < config->auth.uid_min) {
		conf_fault_add(c->faults, line_of(c, "mail_user"),
			       "mail_user = %s: its uid %u is below "
			       "uid_min = %u",
			       value_of(c, "mail_user"),
			       config->maildrop.common.uid,
			       config->auth.uid_min);
	}
}

static void check_mail_root(const struct check *c)
{
	const char *root = c->config->maildrop.mail_root;
	struct stat st;

	if (root[0] == '\0') {
		return; /* has its fault already */
	}
	if (stat(root, &st) != 0) {
		conf_fault_add(c->faults, line_of(c, "mail_root"),
			       "mail_root: %.120s: %s; make it with: mkdir "
			       "-p",
			       root, strerror(errno));
	} else if (!S_ISDIR(st.st_mode)) {
		conf_fault_add(c->faults, line_of(c, "mail_root"),
			       "mail_root: %.120s: is no directory", root);
	}
}

/* Whether the account may read the file, as a child that becomes it finds out:
 * directories above it, access lists and all.  0, or an errno. */
static int try_to_read(const char *path, const struct settings_common *as)
{
	int status;
	int error = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (as != NULL && privilege_drop(as->uid, as->gid,
						 PRIVILEGE_KEEP_NOTHING) < 0) {
			_exit(EPERM);
		}
		error = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) < 0
			    ? errno
			    : 0;
		_exit(error);
	}
	if (pid < 0) {
		return errno;
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR) {
			return 0; /* reaped elsewhere: auth will find out */
		}
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

static void tell_unreadable(const struct check *c, int error)
{
	const char *users = c->config->auth.users;

	if (error == ENOENT) {
		conf_fault_add(c->faults, line_of(c, "users"),
			       "users: %.80s: %s; make it with: restantectl "
			       "-c %.60s user add NAME",
			       users, strerror(error), c->path);
	} else if (error == EACCES && c->as_root) {
		conf_fault_add(c->faults, line_of(c, "users"),
			       "users: %.80s: %s for %s; try: chgrp %s and "
			       "chmod g+r",
			       users, strerror(error), value_of(c, "auth_user"),
			       value_of(c, "auth_user"));
	} else {
		conf_fault_add(c->faults, line_of(c, "users"),
			       "users: %.120s: %s", users, strerror(error));
	}
}

static void check_users(const struct check *c)
{
	const struct settings_common *as = &c->config->auth.common;
	const char *users = c->config->auth.users;
	struct stat st;
	int error = 0;

	if (users[0] == '\0') {
		return;
	}
	if (stat(users, &st) != 0) {
		tell_unreadable(c, errno);
		return;
	}
	if (!S_ISREG(st.st_mode)) {
		conf_fault_add(c->faults, line_of(c, "users"),
			       "users: %.120s: is no file", users);
		return;
	}
	if ((st.st_mode & S_IWOTH) != 0) {
		conf_fault_add(c->faults, line_of(c, "users"),
			       "users: %.120s: everybody may write it; try: "
			       "chmod o-w",
			       users);
	}
	if (!c->as_root || geteuid() != 0) {
		error = access(users, R_OK) == 0 ? 0 : errno;
	} else if (as->uid != 0) {
		error = try_to_read(users, as);
	}
	if (error != 0) {
		tell_unreadable(c, error);
	}
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A directory that the master makes if it is not there, in one that is. */
static void check_own_directory(const struct check *c, const char *setting,
				const char *path)
{
	char parent[SETTINGS_PATH_MAX];
	const char *slash = strrchr(path, '/');
	const char *place = path;

	if (slash == NULL) {
		return; /* empty: has its fault already */
	}
	if (access(path, F_OK) != 0) {
		size_t len = slash == path ? 1 : (size_t)(slash - path);

		memcpy(parent, path, len);
		parent[len] = '\0';
		place = parent;
	}
	if (!is_directory(place)) {
		conf_fault_add(c->faults, line_of(c, setting),
			       "%s: %.120s: no such directory; make it, or "
			       "set %s to another",
			       setting, place, setting);
	} else if (access(place, W_OK | X_OK) != 0) {
		conf_fault_add(c->faults, line_of(c, setting),
			       "%s: %.120s: %s; set %s to a directory that "
			       "this account may write",
			       setting, place, strerror(errno), setting);
	}
}

/* Binds to the address, with a port that the kernel picks. */
static int try_to_bind(const struct config_listen *l)
{
	struct sockaddr_storage address = l->address;
	int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int error = 0;

	if (fd < 0) {
		return errno;
	}
	/* The port is in the same place in both families. */
	((struct sockaddr_in *)(void *)&address)->sin_port = 0;
	if (bind(fd, (const void *)&address, l->len) != 0) {
		error = errno;
	}
	fd_close(&fd);
	return error;
}

static void check_addresses(const struct check *c)
{
	for (size_t i = 0; i < c->config->listen_count; i++) {
		const struct config_listen *l = &c->config->listen[i];
		const char *setting =
		    l->kind == LISTENER_TLS ? "listen_tls" : "listen";
		int error = try_to_bind(l);

		if (error != 0) {
			conf_fault_add(
			    c->faults, line_of(c, setting), "%s = %s: %s%s",
			    setting, l->text, strerror(error),
			    error == EADDRNOTAVAIL ? "; no interface of this "
						     "machine has that address"
						   : "");
		}
	}
}

void config_check(const char *path, bool as_root,
		  const struct config_entries *entries, struct config *config,
		  struct conf_faults *faults)
{
	const struct check c = { path, as_root, entries, config, faults };

	check_accounts(&c);
	check_mail_root(&c);
	check_users(&c);
	check_own_directory(&c, "cache_dir", config->maildrop.cache_dir);
	check_own_directory(&c, "run_dir", config->run_dir);
	check_addresses(&c);
	config_certificate_check(path, entries, config, faults);
}
