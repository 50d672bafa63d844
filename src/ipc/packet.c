// SPDX-License-Identifier: ISC
/*
 * packet.c - what one role may say to another (packet.h).
 * Runs in: every role.  Trusts: nothing that was received.  Allocates: never.
 */
#include "ipc/packet.h"

#include <string.h>

/* Whether a packet comes with a descriptor. */
enum fd_rule {
	FD_NEVER,
	FD_ALWAYS,
	FD_IF_OK, /* if its status is STATUS_OK */
};

/* What may follow the fixed part; its length must be exact. */
enum tail_rule {
	TAIL_NONE,
	TAIL_SETTINGS,
	TAIL_LOGIN,
	TAIL_KNOWN,
	TAIL_GRANT,
	TAIL_OPENED,
	TAIL_MARK,
};

struct form {
	const char *name;
	uint16_t fixed; /* octets */
	uint8_t tail;
	uint8_t fd;
	uint8_t from; /* bit set of enum role */
	uint8_t to;
};

#define BIT(role) (1u << (role))
#define ANY_ROLE  (BIT(ROLE_SESSION) | BIT(ROLE_AUTH) | BIT(ROLE_MAILDROP))
#define FORM(type, member, tail, fd, from, to)                                 \
	[PACKET_##type] = { #type, sizeof(((struct packet *)0)->as.member),    \
			    tail,  fd,                                         \
			    from,  to }

static const struct form forms[PACKET_TYPE_COUNT] = {
	FORM(SETTINGS, settings, TAIL_SETTINGS, FD_NEVER, BIT(ROLE_MASTER),
	     ANY_ROLE),
	FORM(CHANNEL, channel, TAIL_NONE, FD_ALWAYS, BIT(ROLE_MASTER),
	     ANY_ROLE),
	FORM(LISTENER, listener, TAIL_NONE, FD_ALWAYS, BIT(ROLE_MASTER),
	     BIT(ROLE_SESSION)),
	FORM(COUNTERS, bare, TAIL_NONE, FD_ALWAYS, BIT(ROLE_MASTER),
	     BIT(ROLE_SESSION)),
	FORM(START, bare, TAIL_NONE, FD_NEVER, BIT(ROLE_MASTER), ANY_ROLE),
	FORM(SERVE, bare, TAIL_NONE, FD_NEVER, BIT(ROLE_MASTER),
	     BIT(ROLE_SESSION)),
	FORM(RETIRE, bare, TAIL_NONE, FD_NEVER, BIT(ROLE_MASTER), ANY_ROLE),
	FORM(READY, bare, TAIL_NONE, FD_NEVER, ANY_ROLE, BIT(ROLE_MASTER)),
	FORM(LOGIN, login, TAIL_LOGIN, FD_NEVER, BIT(ROLE_SESSION),
	     BIT(ROLE_AUTH)),
	FORM(KNOWN, known, TAIL_KNOWN, FD_NEVER, BIT(ROLE_SESSION),
	     BIT(ROLE_AUTH)),
	FORM(REFUSED, refused, TAIL_NONE, FD_NEVER, BIT(ROLE_AUTH),
	     BIT(ROLE_SESSION)),
	FORM(KNOWN_ANSWER, known_answer, TAIL_NONE, FD_NEVER, BIT(ROLE_AUTH),
	     BIT(ROLE_SESSION)),
	FORM(GRANT, grant, TAIL_GRANT, FD_NEVER, BIT(ROLE_AUTH),
	     BIT(ROLE_MAILDROP)),
	FORM(OPENED, opened, TAIL_OPENED, FD_NEVER, BIT(ROLE_MAILDROP),
	     BIT(ROLE_SESSION)),
	FORM(GET_LISTING, handle, TAIL_NONE, FD_NEVER, BIT(ROLE_SESSION),
	     BIT(ROLE_MAILDROP)),
	FORM(LISTING, listing, TAIL_NONE, FD_IF_OK, BIT(ROLE_MAILDROP),
	     BIT(ROLE_SESSION)),
	FORM(FETCH, fetch, TAIL_NONE, FD_NEVER, BIT(ROLE_SESSION),
	     BIT(ROLE_MAILDROP)),
	FORM(MESSAGE, message, TAIL_NONE, FD_IF_OK, BIT(ROLE_MAILDROP),
	     BIT(ROLE_SESSION)),
	FORM(MARK, mark, TAIL_MARK, FD_NEVER, BIT(ROLE_SESSION),
	     BIT(ROLE_MAILDROP)),
	FORM(COMMIT, commit, TAIL_NONE, FD_NEVER, BIT(ROLE_SESSION),
	     BIT(ROLE_MAILDROP)),
	FORM(COMMITTED, committed, TAIL_NONE, FD_NEVER, BIT(ROLE_MAILDROP),
	     BIT(ROLE_SESSION)),
	FORM(CLOSE, close, TAIL_NONE, FD_NEVER, BIT(ROLE_SESSION),
	     BIT(ROLE_MAILDROP)),
};

static const struct form *form_of(uint32_t type)
{
	bool is_known = type < PACKET_TYPE_COUNT && forms[type].name != NULL;

	return is_known ? &forms[type] : NULL;
}

const char *packet_name(uint32_t type)
{
	const struct form *form = form_of(type);

	return form == NULL ? "?" : form->name;
}

void packet_init(struct packet *p, enum packet_type type)
{
	p->len = forms[type].fixed;
	p->fd = -1;
	memset(p->as.octets, 0, p->len);
	p->as.head.type = type;
}

bool packet_put(struct packet *p, const void *at, size_t len)
{
	if (len > PACKET_MAX - p->len) {
		return false;
	}
	if (len != 0) {
		memcpy(p->as.octets + p->len, at, len);
		p->len += len;
	}
	return true;
}

const uint8_t *packet_tail(const struct packet *p)
{
	return p->as.octets + forms[p->as.head.type].fixed;
}

size_t packet_tail_len(const struct packet *p)
{
	return p->len - forms[p->as.head.type].fixed;
}

static bool is_tail_sound(const struct packet *p, enum tail_rule rule)
{
	size_t len = packet_tail_len(p);

	switch (rule) {
	case TAIL_NONE:
		return len == 0;
	case TAIL_SETTINGS:
		return len >= sizeof(struct settings_common);
	case TAIL_LOGIN:
		return p->as.login.user_len <= PACKET_USER_MAX &&
		       len == (size_t)p->as.login.user_len +
				  p->as.login.secret_len;
	case TAIL_KNOWN:
		return p->as.known.user_len <= PACKET_USER_MAX &&
		       len == p->as.known.user_len;
	case TAIL_GRANT:
		return p->as.grant.user_len <= PACKET_USER_MAX &&
		       p->as.grant.path_len <= PACKET_PATH_MAX &&
		       len ==
			   (size_t)p->as.grant.user_len + p->as.grant.path_len;
	case TAIL_OPENED:
		return p->as.opened.listing_len <= PACKET_INLINE_LISTING_MAX &&
		       len == p->as.opened.listing_len;
	case TAIL_MARK:
		return p->as.mark.octets >= 1 &&
		       p->as.mark.octets <= PACKET_MARK_OCTETS_MAX &&
		       len == p->as.mark.octets;
	}
	return false;
}

/* A status that a packet carries, or STATUS_OK where it has none. */
static uint32_t status_of(const struct packet *p)
{
	switch (p->as.head.type) {
	case PACKET_REFUSED:
		return p->as.refused.status;
	case PACKET_OPENED:
		return p->as.opened.status;
	case PACKET_LISTING:
		return p->as.listing.status;
	case PACKET_MESSAGE:
		return p->as.message.status;
	default: /* a number from outside, not an enum */
		return STATUS_OK;
	}
}

static bool is_fd_sound(const struct packet *p, enum fd_rule rule)
{
	bool wanted = rule == FD_ALWAYS ||
		      (rule == FD_IF_OK && status_of(p) == STATUS_OK);

	return wanted == (p->fd != -1);
}

/* A maildrop that was not opened has nothing. */
static bool is_opened_sound(const struct packet_opened *o)
{
	bool is_empty =
	    (o->handle | o->octets) == 0 && (o->count | o->listing_len) == 0;

	return o->status == STATUS_OK || is_empty;
}

/* The ranges of a type's own fields. */
static bool are_numbers_sound(const struct packet *p)
{
	switch (p->as.head.type) {
	case PACKET_CHANNEL:
		return p->as.channel.role < ROLE_COUNT;
	case PACKET_LISTENER:
		return p->as.listener.kind < LISTENER_KIND_COUNT;
	case PACKET_KNOWN_ANSWER:
		return p->as.known_answer.is_known <= 1;
	case PACKET_REFUSED:
		return p->as.refused.status != STATUS_OK;
	case PACKET_OPENED:
		return is_opened_sound(&p->as.opened);
	case PACKET_MARK:
		return p->as.mark.first % 8 == 0;
	case PACKET_CLOSE:
		return p->as.close.is_broken <= 1;
	default: /* the others have no such field */
		return true;
	}
}

/* What fills a type's fixed part up. */
static uint32_t zero_of(const struct packet *p)
{
	switch (p->as.head.type) {
	case PACKET_LISTENER:
		return p->as.listener.zero;
	case PACKET_LOGIN:
		return p->as.login.zero;
	case PACKET_KNOWN:
		return p->as.known.zero;
	case PACKET_KNOWN_ANSWER:
		return p->as.known_answer.zero;
	case PACKET_REFUSED:
		return p->as.refused.zero;
	case PACKET_OPENED:
		return p->as.opened.zero;
	case PACKET_LISTING:
		return p->as.listing.zero;
	case PACKET_FETCH:
		return p->as.fetch.zero;
	case PACKET_COMMIT:
		return p->as.commit.zero;
	case PACKET_CLOSE:
		return p->as.close.zero;
	default: /* the others have no such field */
		return 0;
	}
}

bool packet_check(const struct packet *p, enum role from, enum role to)
{
	const struct form *form;

	if (p->len < sizeof(p->as.head) || p->len > PACKET_MAX) {
		return false;
	}
	form = form_of(p->as.head.type);
	if (form == NULL || p->as.head.zero != 0 || p->len < form->fixed) {
		return false;
	}
	if ((form->from & BIT(from)) == 0 || (form->to & BIT(to)) == 0) {
		return false;
	}
	return status_of(p) < STATUS_COUNT && zero_of(p) == 0 &&
	       are_numbers_sound(p) &&
	       is_tail_sound(p, (enum tail_rule)form->tail) &&
	       is_fd_sound(p, (enum fd_rule)form->fd);
}
