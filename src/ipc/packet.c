// SPDX-License-Identifier: ISC
/*
 * packet.c - what one role may say to another (packet.h).
 * Runs in: every role.  Trusts: nothing that was received.  Allocates: never.
 */
#include "ipc/packet.h"

#include <string.h>

#include "ipc/packet_fields.h"

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
	TAIL_SASL_BEGIN,
	TAIL_SASL_STEP,
	TAIL_SASL_CHALLENGE,
	TAIL_SIGN,
	TAIL_SIGNATURE,
	TAIL_TEXTS,
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
#define ANY_ROLE                                                               \
	(BIT(ROLE_SESSION) | BIT(ROLE_AUTH) | BIT(ROLE_MAILDROP) |             \
	 BIT(ROLE_KEY))
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
	FORM(TEXTS, texts, TAIL_TEXTS, FD_NEVER, BIT(ROLE_MAILDROP),
	     BIT(ROLE_SESSION)),
	FORM(MARK, mark, TAIL_MARK, FD_NEVER, BIT(ROLE_SESSION),
	     BIT(ROLE_MAILDROP)),
	FORM(COMMIT, commit, TAIL_NONE, FD_NEVER, BIT(ROLE_SESSION),
	     BIT(ROLE_MAILDROP)),
	FORM(COMMITTED, committed, TAIL_NONE, FD_NEVER, BIT(ROLE_MAILDROP),
	     BIT(ROLE_SESSION)),
	FORM(CLOSE, close, TAIL_NONE, FD_NEVER, BIT(ROLE_SESSION),
	     BIT(ROLE_MAILDROP)),
	FORM(FILE, file, TAIL_NONE, FD_ALWAYS, BIT(ROLE_MASTER),
	     BIT(ROLE_KEY) | BIT(ROLE_AUTH)),
	FORM(SASL_BEGIN, sasl_begin, TAIL_SASL_BEGIN, FD_NEVER,
	     BIT(ROLE_SESSION), BIT(ROLE_AUTH)),
	FORM(SASL_STEP, sasl_step, TAIL_SASL_STEP, FD_NEVER, BIT(ROLE_SESSION),
	     BIT(ROLE_AUTH)),
	FORM(SASL_CANCEL, sasl_cancel, TAIL_NONE, FD_NEVER, BIT(ROLE_SESSION),
	     BIT(ROLE_AUTH)),
	FORM(SASL_CHALLENGE, sasl_challenge, TAIL_SASL_CHALLENGE, FD_NEVER,
	     BIT(ROLE_AUTH), BIT(ROLE_SESSION)),
	FORM(IDENTITY, identity, TAIL_NONE, FD_ALWAYS, BIT(ROLE_KEY),
	     BIT(ROLE_SESSION)),
	FORM(GET_TICKET_KEYS, bare, TAIL_NONE, FD_NEVER, BIT(ROLE_SESSION),
	     BIT(ROLE_KEY)),
	FORM(TICKET_KEY_SET, ticket_keys, TAIL_NONE, FD_NEVER, BIT(ROLE_KEY),
	     BIT(ROLE_SESSION)),
	FORM(SIGN, sign, TAIL_SIGN, FD_NEVER, BIT(ROLE_SESSION), BIT(ROLE_KEY)),
	FORM(SIGNATURE, signature, TAIL_SIGNATURE, FD_NEVER, BIT(ROLE_KEY),
	     BIT(ROLE_SESSION)),
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

static bool is_login_sound(const struct packet_login *l, size_t len)
{
	return l->user_len <= PACKET_USER_MAX &&
	       l->stamp_len <= PACKET_STAMP_MAX &&
	       len == (size_t)l->user_len + l->secret_len + l->stamp_len;
}

/* The mechanism to which alone a proof belongs; the client may have named it in
 * small letters. */
static bool is_external(const uint8_t *name, size_t len)
{
	static const char external[] = "EXTERNAL";
	size_t i = 0;

	if (len != sizeof(external) - 1) {
		return false;
	}
	while (i < len && (name[i] == external[i] ||
			   name[i] == (uint8_t)(external[i] | 0x20))) {
		i++;
	}
	return i == len;
}

static bool is_sasl_begin_sound(const struct packet *p, size_t len)
{
	const struct packet_sasl_begin *b = &p->as.sasl_begin;

	return b->mechanism_len >= 1 &&
	       b->mechanism_len <= PACKET_MECHANISM_MAX &&
	       b->response_len <= PACKET_RESPONSE_MAX &&
	       b->proof_len <= PACKET_PROOF_MAX &&
	       len ==
		   (size_t)b->mechanism_len + b->response_len + b->proof_len &&
	       (b->proof_len == 0 ||
		is_external(packet_tail(p), b->mechanism_len));
}

static bool is_opened_sound(const struct packet_opened *o, size_t len)
{
	return o->user_len <= PACKET_USER_MAX &&
	       o->listing_len <= PACKET_INLINE_LISTING_MAX &&
	       len == (size_t)o->user_len + o->listing_len;
}

bool packet_take_text(const uint8_t **at, size_t *len,
		      struct packet_text *text_r)
{
	uint32_t said;

	if (*len < sizeof(said)) {
		return false;
	}
	memcpy(&said, *at, sizeof(said));
	if (said > PACKET_TEXT_MAX || said > *len - sizeof(said)) {
		return false;
	}
	*text_r = (struct packet_text){ *at + sizeof(said), said };
	*at += sizeof(said) + said;
	*len -= sizeof(said) + said;
	return true;
}

static bool are_texts_sound(const struct packet *p, size_t len)
{
	const uint8_t *at = packet_tail(p);
	struct packet_text text;

	for (uint32_t i = 0; i < p->as.texts.count; i++) {
		if (!packet_take_text(&at, &len, &text)) {
			return false;
		}
	}
	return len == 0;
}

/* A tail of one part. */
static bool is_part_sound(uint32_t said, uint32_t max, size_t len)
{
	return said <= max && len == said;
}

/* Tails of more than one part, and the settings'. */
static bool is_mixed_tail_sound(const struct packet *p, enum tail_rule rule,
				size_t len)
{
	const struct packet_grant *g = &p->as.grant;

	if (rule == TAIL_SETTINGS) {
		return len >= sizeof(struct settings_common);
	}
	if (rule == TAIL_LOGIN) {
		return is_login_sound(&p->as.login, len);
	}
	if (rule == TAIL_SASL_BEGIN) {
		return is_sasl_begin_sound(p, len);
	}
	return g->user_len <= PACKET_USER_MAX &&
	       g->path_len <= PACKET_PATH_MAX &&
	       len == (size_t)g->user_len + g->path_len;
}

static bool is_tail_sound(const struct packet *p, enum tail_rule rule)
{
	size_t len = packet_tail_len(p);

	switch (rule) {
	case TAIL_NONE:
		return len == 0;
	case TAIL_SETTINGS:
	case TAIL_LOGIN:
	case TAIL_GRANT:
	case TAIL_SASL_BEGIN:
		return is_mixed_tail_sound(p, rule, len);
	case TAIL_KNOWN:
		return is_part_sound(p->as.known.user_len, PACKET_USER_MAX,
				     len);
	case TAIL_OPENED:
		return is_opened_sound(&p->as.opened, len);
	case TAIL_MARK:
		return len != 0 && is_part_sound(p->as.mark.octets,
						 PACKET_MARK_OCTETS_MAX, len);
	case TAIL_SASL_STEP:
		return is_part_sound(p->as.sasl_step.response_len,
				     PACKET_RESPONSE_MAX, len);
	case TAIL_SASL_CHALLENGE:
		return is_part_sound(p->as.sasl_challenge.challenge_len,
				     PACKET_CHALLENGE_MAX, len);
	case TAIL_SIGN:
		return is_part_sound(p->as.sign.to_sign_len, PACKET_TO_SIGN_MAX,
				     len);
	case TAIL_SIGNATURE:
		return is_part_sound(p->as.signature.signature_len,
				     PACKET_SIGNATURE_MAX, len);
	case TAIL_TEXTS:
		return are_texts_sound(p, len);
	}
	return false;
}

static bool is_fd_sound(const struct packet *p, enum fd_rule rule)
{
	bool wanted = rule == FD_ALWAYS ||
		      (rule == FD_IF_OK && packet_status_of(p) == STATUS_OK);

	return wanted == (p->fd != -1);
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
	return packet_fields_are_sound(p, to) &&
	       is_tail_sound(p, (enum tail_rule)form->tail) &&
	       is_fd_sound(p, (enum fd_rule)form->fd);
}
