// SPDX-License-Identifier: ISC
/*
 * attacks_on_roles.c - getting at other users' mail by what is said to auth,
 * maildrop and the master (attack.h).  Each says something that no honest
 * session process says, and looks whether it is given anything for it.
 */
#include "attack.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "os/clock.h"

/* How long an answer is waited for: turning round, for there is no sleeping in
 * the sandbox. */
#define ANSWER_MS 1000u

int attack_hear(int fd, struct packet *p)
{
	uint64_t until_ms = clock_ms() + ANSWER_MS;
	int rc;

	do {
		rc = channel_receive(fd, p);
	} while (rc == CHANNEL_AGAIN && clock_ms() < until_ms);
	return rc == CHANNEL_OK ? 0 : rc == CHANNEL_AGAIN ? -ETIME : -EPIPE;
}

/* Sends p to maildrop; a breach is any descriptor, or a status OK. */
static int ask_maildrop(struct conn *c, struct packet *p)
{
	int fd = c->process->maildrop.source.fd;

	int rc =
	    channel_send(fd, p) == CHANNEL_OK ? attack_hear(fd, p) : -EPIPE;

	if (rc < 0) {
		return rc;
	}
	return p->fd != -1 || p->as.head.type == PACKET_OPENED ||
		       p->as.head.type == PACKET_TEXTS ||
		       p->as.head.type == PACKET_COMMITTED
		   ? 0
		   : -EACCES;
}

static int put_grant(struct packet *p, const struct conn *c, const char *user)
{
	packet_init(p, PACKET_GRANT);
	p->as.grant.conn = c->id;
	p->as.grant.session = 1;
	p->as.grant.user_len = (uint16_t)strlen(user);
	p->as.grant.path_len = (uint16_t)strlen(user);
	return packet_put(p, user, strlen(user)) &&
		       packet_put(p, user, strlen(user))
		   ? 0
		   : -EMSGSIZE;
}

/* "This is the maildrop of bob, let me in": only auth may say so. */
static int forge_grant(struct conn *c, const char *arg)
{
	struct packet p;

	return put_grant(&p, c, arg) < 0 ? -EMSGSIZE : ask_maildrop(c, &p);
}

static int grant_by_way_of_auth(struct conn *c, const char *arg)
{
	int fd = c->process->auth.source.fd;
	struct packet p;

	if (put_grant(&p, c, arg) < 0 || channel_send(fd, &p) != CHANNEL_OK) {
		return -EPIPE;
	}
	return attack_hear(c->process->maildrop.source.fd, &p);
}

/* Log-ins without the secret: an empty one, the name, a wrong one. */
static int guess(struct conn *c, const char *user, const char *secret)
{
	struct packet p;
	int rc;

	packet_init(&p, PACKET_LOGIN);
	p.as.login.conn = c->id;
	p.as.login.user_len = (uint16_t)strlen(user);
	p.as.login.secret_len = (uint16_t)strlen(secret);
	if (!packet_put(&p, user, strlen(user)) ||
	    !packet_put(&p, secret, strlen(secret)) ||
	    channel_send(c->process->auth.source.fd, &p) != CHANNEL_OK) {
		return -EPIPE;
	}
	rc = attack_hear(c->process->auth.source.fd, &p);
	return rc == 0 && p.as.head.type == PACKET_REFUSED ? -EACCES : rc;
}

static int log_in_without_secret(struct conn *c, const char *arg)
{
	int rc = guess(c, arg, "");

	if (rc == -EACCES) {
		rc = guess(c, arg, arg);
	}
	return rc == -EACCES ? guess(c, arg, "wrong") : rc;
}

/* A name that leads out of the mail root, or into somebody's maildrop. */
static int log_in_with_path(struct conn *c, const char *arg)
{
	int rc = guess(c, "../../etc", "x");

	return rc == -EACCES ? guess(c, arg, "x") : rc;
}

static void put_fetch(struct packet *p, struct conn *c, uint64_t handle,
		      uint32_t idx)
{
	packet_init(p, PACKET_FETCH);
	p->as.fetch.conn = c->id;
	p->as.fetch.handle = handle;
	p->as.fetch.idx = idx;
	p->as.fetch.count = 1;
}

/* ARG: a handle, as a number, that was issued on another channel. */
static int foreign_handle(struct conn *c, const char *arg)
{
	struct packet p;

	put_fetch(&p, c, strtoull(arg, NULL, 10), 0);
	return ask_maildrop(c, &p);
}

static int handles_at_random(struct conn *c, const char *arg)
{
	struct packet p;
	int rc = -EACCES;

	(void)arg;
	for (uint64_t i = 1; i < 64 && rc == -EACCES; i++) {
		put_fetch(&p, c, c->handle + (i << 32) + i, 0);
		rc = ask_maildrop(c, &p);
	}
	return rc;
}

static int commit_foreign_handle(struct conn *c, const char *arg)
{
	struct packet p;

	packet_init(&p, PACKET_COMMIT);
	p.as.commit.conn = c->id;
	p.as.commit.handle = strtoull(arg, NULL, 10);
	return ask_maildrop(c, &p);
}

/* The own handle once more after it was closed. */
static int replay_closed_handle(struct conn *c, const char *arg)
{
	struct packet p;

	(void)arg;
	packet_init(&p, PACKET_CLOSE);
	p.as.close.conn = c->id;
	p.as.close.handle = c->handle;
	if (channel_send(c->process->maildrop.source.fd, &p) != CHANNEL_OK) {
		return -EPIPE;
	}
	/* nothing answers a CLOSE, and it may be overtaken: give it time */
	if (attack_hear(c->process->maildrop.source.fd, &p) != -ETIME) {
		return -EPIPE;
	}
	put_fetch(&p, c, c->handle, 0);
	return ask_maildrop(c, &p);
}

static int message_out_of_range(struct conn *c, const char *arg)
{
	struct packet p;

	(void)arg;
	put_fetch(&p, c, c->handle, c->view.count);
	return ask_maildrop(c, &p);
}

/* The own messages, and on beyond the last: whatever stands behind the list. */
static int messages_out_of_range(struct conn *c, const char *arg)
{
	struct packet p;

	(void)arg;
	put_fetch(&p, c, c->handle, 0);
	p.as.fetch.count = PACKET_TEXTS_MAX;
	return ask_maildrop(c, &p);
}

/* So many that the first and the count wrap to less than there are. */
static int messages_around_the_end(struct conn *c, const char *arg)
{
	struct packet p;

	(void)arg;
	put_fetch(&p, c, c->handle, UINT32_MAX - 1);
	p.as.fetch.count = 3;
	return ask_maildrop(c, &p);
}

/* TEXTS, which maildrop sends and never takes. */
static int texts_the_wrong_way(struct conn *c, const char *arg)
{
	static const uint32_t len = 0;
	struct packet p;

	(void)arg;
	packet_init(&p, PACKET_TEXTS);
	p.as.texts.conn = c->id;
	p.as.texts.count = 1;
	return packet_put(&p, &len, sizeof(len)) ? ask_maildrop(c, &p)
						 : -EMSGSIZE;
}

static int marks_out_of_range(struct conn *c, const char *arg)
{
	struct packet p;
	uint8_t all = 0xff;

	(void)arg;
	packet_init(&p, PACKET_MARK);
	p.as.mark.conn = c->id;
	p.as.mark.handle = c->handle;
	p.as.mark.first = 1u << 30;
	p.as.mark.octets = 1;
	return packet_put(&p, &all, 1) ? ask_maildrop(c, &p) : -EMSGSIZE;
}

static int truncated_packet(struct conn *c, const char *arg)
{
	struct packet p;

	(void)arg;
	put_fetch(&p, c, c->handle, 0);
	p.len -= 5;
	return ask_maildrop(c, &p);
}

static int oversized_packet(struct conn *c, const char *arg)
{
	static uint8_t octets[PACKET_MAX + 64];
	int fd = c->process->maildrop.source.fd;
	struct packet p;

	(void)arg;
	put_fetch(&p, c, c->handle, 0);
	memcpy(octets, p.as.octets, p.len);
	if (send(fd, octets, sizeof(octets), MSG_NOSIGNAL) < 0) {
		return -errno;
	}
	return attack_hear(fd, &p);
}

static int lying_lengths(struct conn *c, const char *arg)
{
	struct packet p;

	(void)arg;
	packet_init(&p, PACKET_LOGIN);
	p.as.login.conn = c->id;
	p.as.login.user_len = 200;
	p.as.login.secret_len = 65535;
	if (channel_send(c->process->auth.source.fd, &p) != CHANNEL_OK) {
		return -EPIPE;
	}
	return attack_hear(c->process->auth.source.fd, &p);
}

static int unknown_type(struct conn *c, const char *arg)
{
	struct packet p;

	(void)arg;
	put_fetch(&p, c, c->handle, 0);
	p.as.head.type = 0xffffffffu;
	return ask_maildrop(c, &p);
}

/* A descriptor where none belongs: it must not pile up at the receiver. */
static int gift_of_descriptor(struct conn *c, const char *arg)
{
	struct packet p;

	(void)arg;
	put_fetch(&p, c, c->handle, 0);
	p.fd = c->fd;
	if (channel_send(c->process->maildrop.source.fd, &p) != CHANNEL_OK) {
		return -EPIPE;
	}
	c->fd = -1;
	return ask_maildrop(c, &p);
}

/* To the master: the only word it takes is READY. */
static int command_master(struct conn *c, const char *arg)
{
	struct packet p;

	(void)c;
	if (put_grant(&p, c, arg) < 0 ||
	    channel_send(STARTUP_FD, &p) != CHANNEL_OK) {
		return -EPIPE;
	}
	return attack_hear(STARTUP_FD, &p);
}

const struct attack attacks_on_roles[] = {
	{ "forge-grant", forge_grant },
	{ "grant-by-way-of-auth", grant_by_way_of_auth },
	{ "log-in-without-secret", log_in_without_secret },
	{ "log-in-with-path", log_in_with_path },
	{ "foreign-handle", foreign_handle },
	{ "handles-at-random", handles_at_random },
	{ "commit-foreign-handle", commit_foreign_handle },
	{ "replay-closed-handle", replay_closed_handle },
	{ "message-out-of-range", message_out_of_range },
	{ "messages-out-of-range", messages_out_of_range },
	{ "messages-around-the-end", messages_around_the_end },
	{ "texts-the-wrong-way", texts_the_wrong_way },
	{ "marks-out-of-range", marks_out_of_range },
	{ "truncated-packet", truncated_packet },
	{ "oversized-packet", oversized_packet },
	{ "lying-lengths", lying_lengths },
	{ "unknown-type", unknown_type },
	{ "gift-of-descriptor", gift_of_descriptor },
	{ "command-master", command_master },
};
const size_t attacks_on_roles_count =
    sizeof(attacks_on_roles) / sizeof(attacks_on_roles[0]);
