// SPDX-License-Identifier: ISC
/*
 * main.c - the auth role: verifies who callers are, and grants them their
 * maildrops.
 * Runs as: restanted-auth, started by the master.  May: read the directory of
 * the users file; write below state_dir's app-passwords, and in the guard's
 * memory.  Trusts: the master, the users file; of a session process nothing: a
 * sound packet from one is a stranger's claim.
 */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/apop.h"
#include "auth/app_use.h"
#include "auth/attempt.h"
#include "auth/external.h"
#include "auth/login.h"
#include "auth/sasl_serve.h"
#include "auth/scheme.h"
#include "base/log.h"
#include "ipc/service.h"
#include "ipc/startup.h"
#include "os/fd.h"
#include "os/sandbox.h"

struct auth {
	struct auth_settings settings;
	struct login_files files;
	struct login *login;
	struct attempts attempts;
	struct external *external; /* NULL: no EXTERNAL */
	struct sasl_serve sasl;
	struct service service;
};

static struct auth auth = { .files = { .guard = -1, .apps = -1 } };

/* Takes what a LOGIN says out of its packet, which is wiped.  A secret that is
 * too long becomes an empty one, which is nobody's. */
static void take_claim(struct claim *c, struct packet *p)
{
	const struct packet_login *l = &p->as.login;
	const uint8_t *tail = packet_tail(p);

	c->conn = l->conn;
	memcpy(c->address, l->address, sizeof(c->address));
	c->user_len = l->user_len;
	memcpy(c->user, tail, l->user_len);
	(void)secret_set(&c->secret, tail + l->user_len, l->secret_len);
	c->stamp_len = l->stamp_len;
	memcpy(c->stamp, tail + l->user_len + l->secret_len, l->stamp_len);
	wipe(p->as.octets, p->len);
}

static int on_login(struct peer *peer, struct packet *p)
{
	bool has_stamp = p->as.login.stamp_len != 0;
	struct claim claim;

	take_claim(&claim, p);
	if (has_stamp && !auth.settings.apop) {
		wipe(&claim, sizeof(claim));
		return -EPROTO; /* no greeting had a stamp */
	}
	return attempt_make(&auth.attempts, peer, &claim);
}

static int on_sasl_begin(struct peer *peer, struct packet *p)
{
	return sasl_serve_begin(&auth.sasl, peer, p);
}

static int on_sasl_step(struct peer *peer, struct packet *p)
{
	return sasl_serve_step(&auth.sasl, peer, p);
}

static int on_sasl_cancel(struct peer *peer, struct packet *p)
{
	sasl_serve_cancel(peer, p);
	return 0;
}

static int on_known(struct peer *peer, struct packet *p)
{
	struct text user = { (const char *)packet_tail(p),
			     p->as.known.user_len };
	uint64_t conn = p->as.known.conn;
	bool is_known = login_knows(auth.login, user);

	packet_init(p, PACKET_KNOWN_ANSWER);
	p->as.known_answer.conn = conn;
	p->as.known_answer.is_known = is_known;
	return service_send(peer, p);
}

/* packet_check lets nothing through that has no row here. */
static int (*const handlers[PACKET_TYPE_COUNT])(struct peer *peer,
						struct packet *p) = {
	[PACKET_LOGIN] = on_login,
	[PACKET_KNOWN] = on_known,
	[PACKET_SASL_BEGIN] = on_sasl_begin,
	[PACKET_SASL_STEP] = on_sasl_step,
	[PACKET_SASL_CANCEL] = on_sasl_cancel,
};

static int on_packet(void *ctx, struct peer *peer, struct packet *p)
{
	uint32_t type = p->as.head.type;

	(void)ctx;
	return handlers[type] == NULL ? -EPROTO : handlers[type](peer, p);
}

static int on_peer_begin(void *ctx, struct peer *peer)
{
	(void)ctx;
	if (peer->role == ROLE_SESSION) {
		return sasl_serve_peer_begin(&auth.sasl, peer);
	}
	return peer->role == ROLE_MAILDROP ? 0 : -EPROTO;
}

static void on_peer_end(void *ctx, struct peer *peer)
{
	(void)ctx;
	if (peer->role == ROLE_SESSION) {
		sasl_serve_peer_end(peer);
	}
}

static const struct service_ops ops = {
	.peer_begin = on_peer_begin,
	.on_packet = on_packet,
	.peer_end = on_peer_end,
};

/* Where it is noted when app passwords were used; without it they work all the
 * same. */
static void open_apps(const struct auth_settings *s)
{
	int fd =
	    s->state_dir[0] == '\0' ? -1 : app_use_open(s->state_dir, true);

	if (s->state_dir[0] != '\0' && fd < 0) {
		log_event_errno(LOG_WARNING,
				"the use of app passwords will not be noted",
				s->state_dir, -fd);
	}
	auth.files.apps = fd < 0 ? -1 : fd;
}

/* The directory, since the file is replaced by another of its name; and, if the
 * file is a symbolic link, the one that it leads to. */
static int confine(const struct auth_settings *s)
{
	char named[SETTINGS_PATH_MAX], apps[SETTINGS_PATH_MAX + 16];
	char *target = realpath(s->users, NULL);
	struct sandbox_path paths[3];
	int rc;

	if (target == NULL) {
		return -errno;
	}
	snprintf(named, sizeof(named), "%s", s->users);
	snprintf(apps, sizeof(apps), "%s/app-passwords", s->state_dir);
	paths[0] = (struct sandbox_path){ dirname(named), SANDBOX_READ };
	paths[1] = (struct sandbox_path){ dirname(target), SANDBOX_READ };
	paths[2] = (struct sandbox_path){ apps, SANDBOX_WRITE };
	rc = sandbox_confine(SANDBOX_AUTH, paths, auth.files.apps == -1 ? 2 : 3,
			     s->common.sandbox_required);
	free(target);
	return rc;
}

/* The certificate authorities of clients; closes fd. */
static int read_authorities(const struct auth_settings *s, int fd)
{
	int rc = external_create(fd, (enum certificate_name)s->certificate_name,
				 &auth.external);

	fd_close(&fd);
	return rc;
}

/* The files that the master sent. */
static int take_files(const struct auth_settings *s,
		      const struct startup *startup)
{
	int rc = 0;

	for (size_t i = 0; i < startup->count && rc == 0; i++) {
		const struct startup_item *item = &startup->items[i];

		if (item->type == PACKET_FILE && item->kind == FILE_GUARD) {
			auth.files.guard = item->fd;
		}
		if (item->type == PACKET_FILE && item->kind == FILE_CLIENT_CA) {
			rc = read_authorities(s, item->fd);
		}
	}
	return rc;
}

/* The guard has its file mapped now. */
static int open_all(const struct auth_settings *s,
		    const struct startup *startup)
{
	int rc = startup_drop(&s->common, false);

	if (rc == 0) {
		rc = take_files(s, startup);
	}
	/* as the account that will read and write it again later */
	if (rc == 0) {
		open_apps(s);
		rc = login_create(s, &auth.files, &auth.login);
		fd_close(&auth.files.guard);
	}
	if (rc == 0) {
		rc = attempts_init(&auth.attempts, auth.login,
				   s->hashes_at_once);
	}
	if (rc == 0) {
		rc = sasl_serve_init(&auth.sasl, &auth.attempts, s,
				     auth.external);
	}
	return rc;
}

static int add_channels(struct startup *startup)
{
	int rc = 0;

	for (size_t i = 0; i < startup->count && rc == 0; i++) {
		struct startup_item *item = &startup->items[i];

		if (item->type == PACKET_CHANNEL) {
			rc = service_add(&auth.service, item->fd,
					 (enum role)item->kind, item->id);
		}
	}
	return rc;
}

/* Everything up to READY; what fails is logged. */
static int begin(struct startup *startup)
{
	const struct auth_settings *s = &auth.settings;
	int rc;

	if (scheme_init() < 0) {
		log_event(LOG_ERROR, "libsodium does not work here");
		return -EIO;
	}
	if (apop_init() < 0 && s->apop) {
		log_event(LOG_ERROR, "libcrypto has no MD5 here: apop = no");
		return -EIO;
	}
	rc = open_all(s, startup);
	if (rc < 0) {
		return rc;
	}
	rc = confine(s);
	if (rc < 0) {
		log_event_errno(LOG_ERROR, "cannot confine", s->users, -rc);
		return rc;
	}
	service_init(&auth.service, ROLE_AUTH, STARTUP_FD,
		     s->threads_per_channel, &ops, NULL);
	rc = attempts_start(&auth.attempts);
	return rc < 0 ? rc : add_channels(startup);
}

static int run(struct startup *startup)
{
	int rc = begin(startup);

	if (rc == 0) {
		rc = service_run(&auth.service);
		refusals_flush(auth.attempts.refusals);
	}
	return rc;
}

int main(void)
{
	static struct startup startup;
	int rc = startup_receive(ROLE_AUTH, "restanted-auth", &auth.settings,
				 sizeof(auth.settings), &startup);

	if (rc == 0) {
		rc = run(&startup);
	}
	return rc < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
