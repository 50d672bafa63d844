// SPDX-License-Identifier: ISC
/*
 * packet_model.c - the rules of packets, written from the words of ipc/packet.h
 * alone (packet_model.h).
 */
#include "packet_model.h"

#include <string.h>

#define M          (1u << ROLE_MASTER)
#define S          (1u << ROLE_SESSION)
#define A          (1u << ROLE_AUTH)
#define D          (1u << ROLE_MAILDROP)

#define FIELDS_MAX 6

/* A number in the fixed part: at, octets, least, most, a multiple of. */
struct field {
	uint8_t at, size;
	uint32_t least, most, step;
};

struct row {
	unsigned from, to;
	uint8_t fixed;
	bool has_fd;
	uint8_t status_at;  /* a descriptor only if this is 0 */
	uint8_t tail_at[2]; /* fields whose sum is the tail's length */
	struct field fields[FIELDS_MAX];
};

#define ZERO(at, size)                                                         \
	{                                                                      \
		at, size, 0, 0, 1                                              \
	}
#define STATUS(at, least)                                                      \
	{                                                                      \
		at, 4, least, 6, 1                                             \
	}

static const struct row rows[PACKET_TYPE_COUNT] = {
	[PACKET_SETTINGS] = { .from = M, .to = S | A | D, .fixed = 8 },
	[PACKET_CHANNEL] = { .from = M,
			     .to = S | A | D,
			     .fixed = 16,
			     .has_fd = true,
			     .fields = { { 8, 4, 0, 3, 1 } } },
	[PACKET_LISTENER] = { .from = M,
			      .to = S,
			      .fixed = 16,
			      .has_fd = true,
			      .fields = { ZERO(8, 4), ZERO(12, 4) } },
	[PACKET_COUNTERS] = { .from = M, .to = S, .fixed = 8, .has_fd = true },
	[PACKET_START] = { .from = M, .to = S | A | D, .fixed = 8 },
	[PACKET_RETIRE] = { .from = M, .to = S | A | D, .fixed = 8 },
	[PACKET_SERVE] = { .from = M, .to = S, .fixed = 8 },
	[PACKET_READY] = { .from = S | A | D, .to = M, .fixed = 8 },
	[PACKET_LOGIN] = { .from = S,
			   .to = A,
			   .fixed = 40,
			   .tail_at = { 34, 36 },
			   .fields = { { 34, 2, 0, 255, 1 },
				       { 36, 2, 0, 65535, 1 },
				       ZERO(38, 2) } },
	[PACKET_KNOWN] = { .from = S,
			   .to = A,
			   .fixed = 24,
			   .tail_at = { 16 },
			   .fields = { { 16, 4, 0, 255, 1 }, ZERO(20, 4) } },
	[PACKET_REFUSED] = { .from = A,
			     .to = S,
			     .fixed = 24,
			     .fields = { STATUS(16, 1), ZERO(20, 4) } },
	[PACKET_KNOWN_ANSWER] = { .from = A,
				  .to = S,
				  .fixed = 24,
				  .fields = { { 16, 4, 0, 1, 1 },
					      ZERO(20, 4) } },
	[PACKET_GRANT] = { .from = A,
			   .to = D,
			   .fixed = 32,
			   .tail_at = { 28, 30 },
			   .fields = { { 28, 2, 0, 255, 1 },
				       { 30, 2, 0, 2048, 1 } } },
	[PACKET_OPENED] = { .from = D,
			    .to = S,
			    .fixed = 48,
			    .tail_at = { 40 },
			    .fields = { STATUS(36, 0),
					{ 40, 4, 0, 4096, 1 },
					ZERO(44, 4) } },
	[PACKET_GET_LISTING] = { .from = S, .to = D, .fixed = 24 },
	[PACKET_LISTING] = { .from = D,
			     .to = S,
			     .fixed = 32,
			     .has_fd = true,
			     .status_at = 24,
			     .fields = { STATUS(24, 0), ZERO(28, 4) } },
	[PACKET_FETCH] = { .from = S,
			   .to = D,
			   .fixed = 32,
			   .fields = { ZERO(28, 4) } },
	[PACKET_MESSAGE] = { .from = D,
			     .to = S,
			     .fixed = 32,
			     .has_fd = true,
			     .status_at = 28,
			     .fields = { STATUS(28, 0) } },
	[PACKET_MARK] = { .from = S,
			  .to = D,
			  .fixed = 32,
			  .tail_at = { 28 },
			  .fields = { { 24, 4, 0, UINT32_MAX, 8 },
				      { 28, 4, 1, 4096, 1 } } },
	[PACKET_COMMIT] = { .from = S,
			    .to = D,
			    .fixed = 32,
			    .fields = { ZERO(28, 4) } },
	[PACKET_COMMITTED] = { .from = D, .to = S, .fixed = 24 },
	[PACKET_CLOSE] = { .from = S,
			   .to = D,
			   .fixed = 32,
			   .fields = { { 24, 4, 0, 1, 1 }, ZERO(28, 4) } },
};

/* The machine's own order of octets, as on the channel. */
static uint32_t number(const uint8_t *at, uint8_t size)
{
	uint16_t two;
	uint32_t four;

	if (size == 2) {
		memcpy(&two, at, 2);
		return two;
	}
	memcpy(&four, at, 4);
	return four;
}

static bool is_in_range(const uint8_t *octets, const struct field *f)
{
	uint32_t n = number(octets + f->at, f->size);

	return n >= f->least && n <= f->most && n % f->step == 0;
}

static size_t tail_wanted(const uint8_t *octets, const struct row *row)
{
	size_t sum = 0;

	for (int i = 0; i < 2; i++) {
		for (int j = 0; j < FIELDS_MAX; j++) {
			const struct field *f = &row->fields[j];

			if (row->tail_at[i] != 0 && f->at == row->tail_at[i]) {
				sum += number(octets + f->at, f->size);
			}
		}
	}
	return sum;
}

/* "not OK: the rest is 0", but for the connection's number */
static bool is_rest_of_opened_zero(const uint8_t *octets)
{
	size_t i = 16;

	while (i < 48 && (octets[i] == 0 || (i >= 36 && i < 40))) {
		i++;
	}
	return i == 48 || number(octets + 36, 4) == 0;
}

static bool is_length_right(const uint8_t *octets, size_t len, uint32_t type)
{
	const struct row *row = &rows[type];

	if (type == PACKET_SETTINGS) {
		return len >= 8 + sizeof(struct settings_common);
	}
	return len == row->fixed + tail_wanted(octets, row);
}

static bool are_fields_right(const uint8_t *octets, uint32_t type)
{
	const struct row *row = &rows[type];

	for (int i = 0; i < FIELDS_MAX && row->fields[i].size != 0; i++) {
		if (!is_in_range(octets, &row->fields[i])) {
			return false;
		}
	}
	return type != PACKET_OPENED || is_rest_of_opened_zero(octets);
}

/* The type, or 0 if there is none. */
static uint32_t type_of(const uint8_t *octets, size_t len)
{
	uint32_t type = len >= 8 ? number(octets, 4) : 0;

	if (type >= PACKET_TYPE_COUNT || len > PACKET_MAX) {
		return 0;
	}
	return type != 0 && number(octets + 4, 4) == 0 ? type : 0;
}

bool packet_model_allows(const uint8_t *octets, size_t len, bool has_fd,
			 enum role from, enum role to)
{
	uint32_t type = type_of(octets, len);
	const struct row *row = &rows[type];
	bool wants_fd = row->has_fd;

	if (type == 0 || (row->from & 1u << from) == 0 ||
	    (row->to & 1u << to) == 0) {
		return false;
	}
	if (len < row->fixed || !are_fields_right(octets, type)) {
		return false;
	}
	if (row->status_at != 0 && number(octets + row->status_at, 4) != 0) {
		wants_fd = false;
	}
	return has_fd == wants_fd && is_length_right(octets, len, type);
}

static void put(uint8_t *at, uint8_t size, uint32_t n)
{
	uint16_t two = (uint16_t)n;

	if (size == 2) {
		memcpy(at, &two, 2);
	} else {
		memcpy(at, &n, 4);
	}
}

size_t packet_model_sample(uint32_t type, uint8_t octets[PACKET_MAX])
{
	const struct row *row = &rows[type];

	memset(octets, 0xc8, PACKET_MAX); /* a multiple of 8 as a number too */
	put(octets, 4, type);
	put(octets + 4, 4, 0);
	for (int i = 0; i < FIELDS_MAX && row->fields[i].size != 0; i++) {
		const struct field *f = &row->fields[i];

		if (f->most != UINT32_MAX) {
			put(octets + f->at, f->size, f->least);
		}
	}
	return type == PACKET_SETTINGS ? 8 + sizeof(struct settings_common)
				       : row->fixed + tail_wanted(octets, row);
}

static enum role first_of(unsigned set)
{
	unsigned role = 0;

	while ((set & 1u << role) == 0) {
		role++;
	}
	return (enum role)role;
}

bool packet_model_has_fd(uint32_t type)
{
	return rows[type].has_fd;
}

enum role packet_model_from(uint32_t type)
{
	return first_of(rows[type].from);
}

enum role packet_model_to(uint32_t type)
{
	return first_of(rows[type].to);
}

size_t packet_model_fixed(uint32_t type)
{
	return rows[type].fixed;
}
