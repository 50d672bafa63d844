// SPDX-License-Identifier: ISC
/*
 * child.c - one role process (child.h).
 * Runs in: master.  Trusts: the programs that were installed with it.
 */
#include "master/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"
#include "ipc/startup.h"
#include "os/fd.h"

/* A control channel carries a few small packets. */
#define CONTROL_OCTETS 65536u

static const struct {
	const char *name;
	const char *program; /* where it is installed */
	const char *beside;  /* where it was built, from the master's folder */
} roles[ROLE_COUNT] = {
	[ROLE_SESSION] = { "session", LIBEXEC_DIR "/restanted-session",
			   "/../session/restanted-session" },
	[ROLE_AUTH] = { "auth", LIBEXEC_DIR "/restanted-auth",
			"/../auth/restanted-auth" },
	[ROLE_MAILDROP] = { "maildrop", LIBEXEC_DIR "/restanted-maildrop",
			    "/../maildrop/restanted-maildrop" },
	[ROLE_KEY] = { "key", LIBEXEC_DIR "/restanted-key",
		       "/../key/restanted-key" },
};

const char *child_name(const struct child *c)
{
	return roles[c->role].name;
}

void child_init(struct child *c, enum role role)
{
	*c = (struct child){ .role = role, .control = -1, .column = -1 };
}

/* The folder of this program; false if it cannot be known. */
static bool find_self(char *self, size_t cap)
{
	ssize_t len = readlink("/proc/self/exe", self, cap - 1);
	char *slash;

	if (len <= 0) {
		return false;
	}
	self[len] = '\0';
	slash = strrchr(self, '/');
	if (slash == NULL) {
		return false;
	}
	*slash = '\0';
	return true;
}

/* The program that was installed with this one; in a build tree, or a copy of
 * one, that of the same build.  An installed master looks nowhere else. */
static void find_program(enum role role, char *path, size_t cap)
{
	char self[PATH_MAX];

	if (find_self(self, sizeof(self)) && strcmp(self, SBIN_DIR) != 0) {
		snprintf(path, cap, "%s%s", self, roles[role].beside);
		if (access(path, X_OK) == 0) {
			return;
		}
	}
	snprintf(path, cap, "%s", roles[role].program);
}

/* A process group of its own keeps the terminal's Ctrl-C from the roles: the
 * master stops them in order. */
static int set_attributes(posix_spawnattr_t *attr)
{
	sigset_t none;
	int rc;

	sigemptyset(&none);
	rc = posix_spawnattr_setsigmask(attr, &none);
	if (rc == 0) {
		rc = posix_spawnattr_setpgroup(attr, 0);
	}
	if (rc == 0) {
		rc = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETPGROUP |
							POSIX_SPAWN_SETSIGMASK);
	}
	return rc;
}

static int spawn(pid_t *pid_r, const char *program, int control)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	char *argv[] = { (char *)(uintptr_t)program, NULL };
	char *envp[] = { NULL };
	int rc;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	rc = set_attributes(&attr);
	if (rc == 0) {
		rc = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null",
						      O_RDWR, 0);
	}
	if (rc == 0) {
		rc = posix_spawn_file_actions_adddup2(&actions, 0, 1);
	}
	if (rc == 0) {
		rc = posix_spawn_file_actions_adddup2(&actions, control,
						      STARTUP_FD);
	}
	if (rc == 0) {
		rc = posix_spawn(pid_r, program, &actions, &attr, argv, envp);
	}
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return -rc;
}

int child_start(struct child *c)
{
	char program[PATH_MAX + 64];
	int pair[2];
	int rc = fd_channel_pair(pair, CONTROL_OCTETS);

	if (rc < 0) {
		log_event_errno(LOG_ERROR, "cannot make a channel", NULL, -rc);
		return rc;
	}
	find_program(c->role, program, sizeof(program));
	rc = spawn(&c->pid, program, pair[1]);
	fd_close(&pair[1]);
	if (rc < 0) {
		log_event_errno(LOG_ERROR, "cannot start a role", program, -rc);
		fd_close(&pair[0]);
		c->pid = 0;
		return rc;
	}
	c->control = pair[0];
	c->is_ready = false;
	c->is_serving = false;
	return 0;
}

static int deliver(struct child *c, struct packet *p)
{
	int rc = channel_send(c->control, p);

	fd_close(&p->fd);
	if (rc != CHANNEL_OK) {
		log_event_str(LOG_WARNING, "a role takes nothing", "role",
			      child_name(c));
	}
	return rc;
}

int child_send_settings(struct child *c, const void *settings, size_t len)
{
	struct packet p;
	int rc;

	packet_init(&p, PACKET_SETTINGS);
	if (!packet_put(&p, settings, len)) {
		return -EMSGSIZE;
	}
	rc = deliver(c, &p);
	wipe(p.as.octets, p.len); /* key's have a secret */
	return rc;
}

int child_send_bare(struct child *c, enum packet_type type)
{
	struct packet p;

	packet_init(&p, type);
	return deliver(c, &p);
}

int child_send_channel(struct child *c, int fd, enum role role, uint32_t id)
{
	struct packet p;

	packet_init(&p, PACKET_CHANNEL);
	p.as.channel.role = role;
	p.as.channel.id = id;
	p.fd = fd;
	return deliver(c, &p);
}

int child_send_listener(struct child *c, int fd, enum listener_kind kind)
{
	struct packet p;

	packet_init(&p, PACKET_LISTENER);
	p.as.listener.kind = kind;
	p.fd = fd;
	return deliver(c, &p);
}

int child_send_file(struct child *c, int fd, enum file_kind kind, uint32_t idx)
{
	struct packet p;

	packet_init(&p, PACKET_FILE);
	p.as.file.kind = kind;
	p.as.file.idx = idx;
	p.fd = fd;
	return deliver(c, &p);
}

int child_send_counters(struct child *c, int fd)
{
	struct packet p;

	packet_init(&p, PACKET_COUNTERS);
	p.fd = fd;
	return deliver(c, &p);
}

void child_stop(struct child *c)
{
	fd_close(&c->control);
}

void child_kill(const struct child *c)
{
	if (c->pid > 0) {
		kill(c->pid, SIGKILL);
	}
}
