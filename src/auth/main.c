// SPDX-License-Identifier: ISC
/*
 * main.c - the auth role: verifies who callers are, and grants them their
 * maildrops.
 * Runs as: restanted-auth, started by the master.  May: read the directory of
 * the users file.  Trusts: the master, the users file; of a session process
 * nothing: a sound packet from one is a stranger's claim.
 */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/login.h"
#include "auth/scheme.h"
#include "base/log.h"
#include "os/net.h"
#include "ipc/service.h"
#include "ipc/startup.h"
#include "os/sandbox.h"

struct auth {
	struct auth_settings settings;
	struct login *login;
	struct service service;
};

static struct auth auth;

static void log_refused(struct text user, const uint8_t address[16],
			const struct login_answer *answer)
{
	char text[NET_TEXT_MAX];
	struct log_line l;

	net_write(address, text);
	log_begin(&l, answer->is_mistake ? LOG_WARNING : LOG_INFO,
		  "login failed");
	log_octets(&l, "user", user.at, user.len);
	log_str(&l, "address", text);
	log_str(&l, "why", answer->why);
	log_end(&l);
}

static int send_refused(struct peer *peer, struct packet *p, uint64_t conn,
			enum packet_status status)
{
	packet_init(p, PACKET_REFUSED);
	p->as.refused.conn = conn;
	p->as.refused.status = status;
	return service_send(peer, p);
}

static int send_grant(struct peer *peer, struct packet *p, uint64_t conn,
		      const struct login_answer *answer)
{
	struct peer *maildrop = service_borrow(&auth.service, ROLE_MAILDROP, 0);
	size_t path_len = strlen(answer->path);
	int rc;

	if (maildrop == NULL) {
		return send_refused(peer, p, conn, STATUS_TEMP);
	}
	packet_init(p, PACKET_GRANT);
	p->as.grant.conn = conn;
	p->as.grant.session = peer->id;
	p->as.grant.uid = answer->uid;
	p->as.grant.gid = answer->gid;
	p->as.grant.user_len = answer->user_len;
	p->as.grant.path_len = (uint16_t)path_len;
	rc = packet_put(p, answer->user, answer->user_len) &&
		     packet_put(p, answer->path, path_len)
		 ? service_send(maildrop, p)
		 : -ENOSPC;
	service_give_back(maildrop);
	return rc < 0 ? send_refused(peer, p, conn, STATUS_TEMP) : 0;
}

/* What a LOGIN said, out of its packet, which is wiped. */
struct claim {
	uint64_t conn;
	uint8_t address[16];
	size_t user_len;
	char user[PACKET_USER_MAX];
	struct secret secret;
};

/* A secret that is too long becomes an empty one, which is nobody's. */
static void take_claim(struct claim *c, struct packet *p)
{
	const uint8_t *tail = packet_tail(p);

	c->conn = p->as.login.conn;
	memcpy(c->address, p->as.login.address, sizeof(c->address));
	c->user_len = p->as.login.user_len;
	memcpy(c->user, tail, c->user_len);
	(void)secret_set(&c->secret, tail + c->user_len,
			 p->as.login.secret_len);
	wipe(p->as.octets, p->len);
}

static int on_login(struct peer *peer, struct packet *p)
{
	struct login_answer answer;
	struct claim claim;
	struct login_request request = { .secret = &claim.secret,
					 .address = claim.address };

	take_claim(&claim, p);
	request.user = (struct text){ claim.user, claim.user_len };
	login_try(auth.login, &request, &answer);
	secret_wipe(&claim.secret);
	if (answer.status == STATUS_OK) {
		return send_grant(peer, p, claim.conn, &answer);
	}
	log_refused(request.user, claim.address, &answer);
	return send_refused(peer, p, claim.conn, answer.status);
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

static int on_packet(void *ctx, struct peer *peer, struct packet *p)
{
	(void)ctx;
	switch (p->as.head.type) {
	case PACKET_LOGIN:
		return on_login(peer, p);
	case PACKET_KNOWN:
		return on_known(peer, p);
	default:
		/* packet_check lets nothing else through */
		return -EPROTO;
	}
}

static int on_peer_begin(void *ctx, struct peer *peer)
{
	(void)ctx;
	return peer->role == ROLE_SESSION || peer->role == ROLE_MAILDROP
		   ? 0
		   : -EPROTO;
}

static void on_peer_end(void *ctx, struct peer *peer)
{
	(void)ctx;
	(void)peer;
}

static const struct service_ops ops = {
	.peer_begin = on_peer_begin,
	.on_packet = on_packet,
	.peer_end = on_peer_end,
};

/* The directory, since the file is replaced by another of its name; and, if the
 * file is a symbolic link, the one that it leads to. */
static int confine(const struct auth_settings *s)
{
	char named[SETTINGS_PATH_MAX], *target = realpath(s->users, NULL);
	struct sandbox_path paths[2];
	int rc;

	if (target == NULL) {
		return -errno;
	}
	snprintf(named, sizeof(named), "%s", s->users);
	paths[0] = (struct sandbox_path){ dirname(named), SANDBOX_READ };
	paths[1] = (struct sandbox_path){ dirname(target), SANDBOX_READ };
	rc =
	    sandbox_confine(SANDBOX_AUTH, paths, 2, s->common.sandbox_required);
	free(target);
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
	/* as the account that will read it again later */
	rc = startup_drop(&s->common, false);
	if (rc == 0) {
		rc = login_create(s, &auth.login);
	}
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
	for (size_t i = 0; i < startup->count && rc == 0; i++) {
		struct startup_item *item = &startup->items[i];

		rc = service_add(&auth.service, item->fd, (enum role)item->kind,
				 item->id);
	}
	return rc;
}

int main(void)
{
	static struct startup startup;

	if (startup_receive(ROLE_AUTH, "restanted-auth", &auth.settings,
			    sizeof(auth.settings), &startup) < 0 ||
	    begin(&startup) < 0) {
		return EXIT_FAILURE;
	}
	return service_run(&auth.service) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
