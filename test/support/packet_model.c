// SPDX-License-Identifier: ISC
/*
 * packet_model.c - the rules of packets (packet_model.h), with packet_rows.c
 * written from the words of ipc/packet*.h alone.
 */
#include "packet_model.h"

#include <string.h>
#include <strings.h>

#include "packet_rows.h"

/* More than any fixed part, and what stands right behind it. */
#define SAMPLED 1024u

/* Behind the names of enum file_kind: who may have such a file. */
static const unsigned file_readers[] = {
	1u << ROLE_KEY,
	1u << ROLE_KEY,
	1u << ROLE_KEY | 1u << ROLE_AUTH,
	1u << ROLE_AUTH,
};

/* The machine's own order of octets, as on the channel. */
static uint32_t number(const uint8_t *at, uint8_t size)
{
	uint16_t two;
	uint32_t four;

	if (size == 1) {
		return *at;
	}
	if (size == 2) {
		memcpy(&two, at, 2);
		return two;
	}
	memcpy(&four, at, 4);
	return four;
}

static bool is_in_range(const uint8_t *octets, const struct packet_range *f)
{
	uint32_t n = number(octets + f->at, f->size);

	return n >= f->least && n <= f->most && n % f->step == 0;
}

static size_t tail_wanted(const uint8_t *octets, const struct packet_row *row)
{
	size_t sum = 0;

	for (int i = 0; i < PACKET_PARTS_MAX; i++) {
		for (int j = 0; j < PACKET_RANGES_MAX; j++) {
			const struct packet_range *f = &row->fields[j];

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

/* All zero, "where unused". */
static bool is_unused(const uint8_t *octets, size_t begin, size_t end)
{
	while (begin < end && octets[begin] == 0) {
		begin++;
	}
	return begin == end;
}

/* A response only if there is one, the bindings as far as there are any, and a
 * proof "for EXTERNAL alone"; in capitals or not, as SASL has it. */
static bool is_sasl_begin_right(const uint8_t *octets, size_t len)
{
	char name[9] = "";

	if (len < 144 + number(octets + 128, 2)) {
		return false;
	}
	if (octets[134] == 0 && number(octets + 130, 2) != 0) {
		return false;
	}
	if (octets[135] == 0 && !is_unused(octets, 32, 64)) {
		return false;
	}
	if (!is_unused(octets, 64 + octets[136], 128)) {
		return false;
	}
	if (number(octets + 128, 2) == 8) {
		memcpy(name, octets + 144, 8);
	}
	return number(octets + 132, 2) == 0 ||
	       strcasecmp(name, "EXTERNAL") == 0;
}

/* What no range of one field says. */
static bool is_whole_right(const uint8_t *octets, size_t len, uint32_t type,
			   enum role to)
{
	switch (type) {
	case PACKET_OPENED:
		return is_rest_of_opened_zero(octets);
	case PACKET_FILE:
		return (file_readers[number(octets + 8, 4)] & 1u << to) != 0;
	case PACKET_SASL_BEGIN:
		return is_sasl_begin_right(octets, len);
	case PACKET_SIGNATURE:
		return (number(octets + 16, 4) == 0) ==
		       (number(octets + 20, 4) != 0);
	default:
		return true;
	}
}

/* "each behind its length", as many as said, and nothing else */
static bool are_texts_right(const uint8_t *octets, size_t len)
{
	uint32_t left = number(octets + 20, 4);
	size_t at = 24;

	for (; left != 0 && len - at >= 4; left--) {
		uint32_t text = number(octets + at, 4);

		if (text > 32768 || text > len - at - 4) {
			return false;
		}
		at += 4 + text;
	}
	return left == 0 && at == len;
}

static bool is_length_right(const uint8_t *octets, size_t len, uint32_t type)
{
	const struct packet_row *row = &packet_rows[type];

	if (type == PACKET_SETTINGS) {
		return len >= 8 + sizeof(struct settings_common);
	}
	if (type == PACKET_TEXTS) {
		return are_texts_right(octets, len);
	}
	return len == row->fixed + tail_wanted(octets, row);
}

static bool are_fields_right(const uint8_t *octets, uint32_t type)
{
	const struct packet_row *row = &packet_rows[type];

	for (int i = 0; i < PACKET_RANGES_MAX && row->fields[i].size != 0;
	     i++) {
		if (!is_in_range(octets, &row->fields[i])) {
			return false;
		}
	}
	return true;
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
	const struct packet_row *row = &packet_rows[type];
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
	return has_fd == wants_fd && is_length_right(octets, len, type) &&
	       is_whole_right(octets, len, type, to);
}

static void put(uint8_t *at, uint8_t size, uint32_t n)
{
	uint16_t two = (uint16_t)n;

	if (size == 1) {
		*at = (uint8_t)n;
	} else if (size == 2) {
		memcpy(at, &two, 2);
	} else {
		memcpy(at, &n, 4);
	}
}

size_t packet_model_sample(uint32_t type, uint8_t octets[PACKET_MAX])
{
	const struct packet_row *row = &packet_rows[type];

	memset(octets, 0xc8, SAMPLED); /* a multiple of 8 as a number too */
	put(octets, 4, type);
	put(octets + 4, 4, 0);
	for (int i = 0; i < PACKET_RANGES_MAX && row->fields[i].size != 0;
	     i++) {
		const struct packet_range *f = &row->fields[i];

		if (f->most != UINT32_MAX) {
			put(octets + f->at, f->size, f->least);
		}
	}
	if (type == PACKET_SASL_BEGIN) {
		memset(octets + 32, 0, 96); /* no bindings */
	}
	if (type == PACKET_SIGNATURE) {
		put(octets + 16, 4, 4); /* none */
	}
	if (type == PACKET_TEXTS) {
		put(octets + 24, 4, 0); /* one that is empty */
		return 28;
	}
	return type == PACKET_SETTINGS ? 8 + sizeof(struct settings_common)
				       : row->fixed + tail_wanted(octets, row);
}

/* The sample of FILE is a certificate, which key may have and auth may not. */
static enum role last_of(unsigned set)
{
	unsigned role = ROLE_COUNT - 1;

	while ((set & 1u << role) == 0) {
		role--;
	}
	return (enum role)role;
}

bool packet_model_has_fd(uint32_t type)
{
	return packet_rows[type].has_fd;
}

enum role packet_model_from(uint32_t type)
{
	return last_of(packet_rows[type].from);
}

enum role packet_model_to(uint32_t type)
{
	return last_of(packet_rows[type].to);
}

size_t packet_model_fixed(uint32_t type)
{
	return packet_rows[type].fixed;
}
