// SPDX-License-Identifier: ISC
/*
 * packet_fields.c - the numbers in a packet's fixed part (packet_fields.h).
 * Runs in: every role.  Trusts: nothing that was received.  Allocates: never.
 */
#include "ipc/packet_fields.h"

uint32_t packet_status_of(const struct packet *p)
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

/* A maildrop that was not opened has nothing. */
static bool is_opened_sound(const struct packet_opened *o)
{
	bool is_empty = (o->handle | o->octets) == 0 &&
			(o->count | o->listing_len | o->user_len) == 0;

	return o->status == STATUS_OK || is_empty;
}

static uint32_t any_set(const uint8_t *at, size_t len)
{
	uint8_t all = 0;

	for (size_t i = 0; i < len; i++) {
		all |= at[i];
	}
	return all;
}

/* A binding that there is not, and what one leaves of its room, is 0. */
static bool is_binding_sound(const struct packet_sasl_begin *b)
{
	size_t len = b->end_point_len;

	if (b->has_exporter > 1 || len > sizeof(b->end_point)) {
		return false;
	}
	return (b->has_exporter == 1 ||
		any_set(b->exporter, sizeof(b->exporter)) == 0) &&
	       any_set(b->end_point + len, sizeof(b->end_point) - len) == 0;
}

static bool is_response_sound(const struct packet_sasl_begin *b)
{
	return b->has_response == 1 ||
	       (b->has_response == 0 && b->response_len == 0);
}

static bool is_signature_sound(const struct packet_signature *s)
{
	return s->status == STATUS_OK
		   ? s->signature_len != 0
		   : s->status == STATUS_PERM && s->signature_len == 0;
}

static bool is_count_sound(uint32_t messages)
{
	return messages >= 1 && messages <= PACKET_TEXTS_MAX;
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
	case PACKET_FETCH:
		return is_count_sound(p->as.fetch.count);
	case PACKET_TEXTS:
		return is_count_sound(p->as.texts.count);
	case PACKET_MARK:
		return p->as.mark.first % 8 == 0;
	case PACKET_CLOSE:
		return p->as.close.is_broken <= 1;
	case PACKET_FILE:
		return p->as.file.kind < FILE_KIND_COUNT;
	case PACKET_SASL_BEGIN:
		return is_binding_sound(&p->as.sasl_begin) &&
		       is_response_sound(&p->as.sasl_begin);
	case PACKET_SIGNATURE:
		return is_signature_sound(&p->as.signature);
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
	case PACKET_SASL_BEGIN:
		return any_set(p->as.sasl_begin.zero,
			       sizeof(p->as.sasl_begin.zero));
	case PACKET_SASL_STEP:
		return p->as.sasl_step.zero;
	case PACKET_SASL_CHALLENGE:
		return p->as.sasl_challenge.zero;
	case PACKET_KNOWN:
		return p->as.known.zero;
	case PACKET_KNOWN_ANSWER:
		return p->as.known_answer.zero;
	case PACKET_LISTING:
		return p->as.listing.zero;
	case PACKET_COMMIT:
		return p->as.commit.zero;
	case PACKET_CLOSE:
		return p->as.close.zero;
	default: /* the others have no such field */
		return 0;
	}
}

/* No role gets a file that is another's. */
static bool is_file_for(const struct packet *p, enum role to)
{
	static const uint8_t readers[FILE_KIND_COUNT] = {
		[FILE_CERTIFICATE] = 1u << ROLE_KEY,
		[FILE_PRIVATE_KEY] = 1u << ROLE_KEY,
		[FILE_CLIENT_CA] = 1u << ROLE_KEY | 1u << ROLE_AUTH,
		[FILE_GUARD] = 1u << ROLE_AUTH,
	};

	return p->as.head.type != PACKET_FILE ||
	       (readers[p->as.file.kind] & 1u << to) != 0;
}

bool packet_fields_are_sound(const struct packet *p, enum role to)
{
	return packet_status_of(p) < STATUS_COUNT && zero_of(p) == 0 &&
	       are_numbers_sound(p) && is_file_for(p, to);
}
