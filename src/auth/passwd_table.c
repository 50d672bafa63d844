// SPDX-License-Identifier: ISC
/*
 * passwd_table.c - a users file in memory (passwd_table.h).
 * Runs in: auth, restantectl.  Trusts: nothing in the text.  The hash is keyed,
 * so that nobody who may choose user names can make look-ups slow, or know
 * which user's hash a name of nobody is tried against.
 */
#include "auth/passwd_table.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "ipc/packet.h"

static_assert(PASSWD_KEY_LEN == crypto_shorthash_KEYBYTES, "one key for both");

/* A slot is 0 if it is free, else 24 bits of the hash above 40 bits of the
 * line's offset plus 1. */
#define OFFSET_BITS 40
#define OFFSET_MASK ((UINT64_C(1) << OFFSET_BITS) - 1)

static_assert(PASSWD_FILE_MAX < OFFSET_MASK, "any offset fits");

struct passwd_table {
	uint64_t *slots;
	uint64_t slot_count; /* under 2^32 */
	uint64_t count;
	struct text text;
	char *memory;
	struct passwd_options options;
	uint64_t decoys[DECOYS_MAX]; /* offsets of lines */
	uint64_t decoy_count;
};

static uint64_t hash_of(const struct passwd_table *t, struct text name)
{
	char folded[PACKET_USER_MAX];
	uint8_t out[crypto_shorthash_BYTES];
	uint64_t hash;

	if (t->options.is_folding && name.len <= sizeof(folded)) {
		memcpy(folded, name.at, name.len);
		user_name_lower(folded, name.len);
		name.at = folded;
	}
	crypto_shorthash(out, (const uint8_t *)name.at, name.len,
			 t->options.key);
	memcpy(&hash, out, sizeof(hash));
	return hash;
}

/* Maps 32 bits of the hash onto the slots without a division. */
static uint64_t first_slot(const struct passwd_table *t, uint64_t hash)
{
	return ((hash & UINT32_MAX) * t->slot_count) >> 32;
}

static uint64_t next_slot(const struct passwd_table *t, uint64_t slot)
{
	return slot + 1 == t->slot_count ? 0 : slot + 1;
}

static bool read_line(const struct passwd_table *t, uint64_t offset,
		      struct passwd_user *user_r)
{
	struct text rest = { t->text.at + offset, t->text.len - offset };
	struct text line;

	return passwd_next_line(&rest, &line) &&
	       passwd_line_parse(line, user_r) == NULL;
}

static bool name_equal(const struct passwd_table *t, struct text a,
		       struct text b)
{
	return t->options.is_folding ? text_equal_fold(a, b) : text_equal(a, b);
}

/* The slot where name stands, or the free one where it would. */
static uint64_t slot_of(const struct passwd_table *t, struct text name,
			uint64_t hash, struct passwd_user *user_r)
{
	uint64_t slot = first_slot(t, hash);

	while (t->slots[slot] != 0) {
		struct passwd_user user;

		if (t->slots[slot] >> OFFSET_BITS == hash >> OFFSET_BITS &&
		    read_line(t, (t->slots[slot] & OFFSET_MASK) - 1, &user) &&
		    name_equal(t, user.name, name)) {
			*user_r = user;
			break;
		}
		slot = next_slot(t, slot);
	}
	return slot;
}

/* Draws from all users so far, evenly: the first fill the places, each later
 * one takes a random place if its draw falls on one. */
static void draw_decoy(struct passwd_table *t, const struct passwd_user *user,
		       uint64_t offset, uint64_t hash)
{
	uint64_t place = t->decoy_count;

	if (place == DECOYS_MAX) {
		place = hash % t->count;
	}
	if (place < DECOYS_MAX && t->options.is_decoy(user)) {
		t->decoys[place] = offset;
		t->decoy_count += place == t->decoy_count;
	}
}

static const char *add_line(struct passwd_table *t, struct text line)
{
	struct passwd_user user, earlier;
	const char *what = passwd_line_parse(line, &user);
	uint64_t hash, slot, offset = (uint64_t)(line.at - t->text.at);

	if (what != NULL) {
		return what;
	}
	hash = hash_of(t, user.name);
	slot = slot_of(t, user.name, hash, &earlier);
	if (t->slots[slot] != 0) {
		return "the user stands in an earlier line, which counts";
	}
	t->slots[slot] = (hash & ~OFFSET_MASK) | (offset + 1);
	t->count++;
	draw_decoy(t, &user, offset, hash);
	return NULL;
}

static void add_lines(struct passwd_table *t, struct passwd_faults *faults)
{
	struct text rest = t->text, line;
	uint64_t number = 0;

	while (passwd_next_line(&rest, &line)) {
		const char *what = NULL;

		number++;
		if (!passwd_line_is_blank(line)) {
			what = add_line(t, line);
		}
		if (what == NULL) {
			continue;
		}
		if (faults->count < PASSWD_FAULTS_MAX) {
			faults->fault[faults->count].line = number;
			faults->fault[faults->count].what = what;
		}
		faults->count++;
	}
}

static uint64_t count_lines(struct text rest)
{
	struct text line;
	uint64_t count = 0;

	while (passwd_next_line(&rest, &line)) {
		count += !passwd_line_is_blank(line);
	}
	return count;
}

struct passwd_table *passwd_table_create(char *text, size_t len,
					 const struct passwd_options *options,
					 struct passwd_faults *faults_r)
{
	struct passwd_table *t;
	struct passwd_faults faults = { .count = 0 };
	/* one more, so that a search of what is not there ends */
	uint64_t slot_count = 2 * count_lines((struct text){ text, len }) + 1;

	if (len > PASSWD_FILE_MAX || slot_count > UINT32_MAX) {
		return NULL;
	}
	t = calloc(1, sizeof(*t));
	if (t == NULL) {
		return NULL;
	}
	t->slots = calloc(slot_count, sizeof(*t->slots));
	if (t->slots == NULL) {
		free(t);
		return NULL;
	}
	t->slot_count = slot_count;
	t->memory = text;
	t->text = (struct text){ text, len };
	t->options = *options;
	add_lines(t, &faults);
	*faults_r = faults;
	return t;
}

void passwd_table_destroy(struct passwd_table **table)
{
	struct passwd_table *t = *table;

	if (t != NULL) {
		wipe(t->memory, t->text.len);
		free(t->memory);
		free(t->slots);
		free(t);
	}
	*table = NULL;
}

uint64_t passwd_table_count(const struct passwd_table *t)
{
	return t->count;
}

bool passwd_table_find(const struct passwd_table *t, struct text name,
		       struct passwd_user *user_r)
{
	if (name.len == 0 || name.len > PACKET_USER_MAX) {
		return false;
	}
	return t->slots[slot_of(t, name, hash_of(t, name), user_r)] != 0;
}

bool passwd_table_decoy(const struct passwd_table *t, struct text name,
			struct passwd_user *user_r)
{
	if (t->decoy_count == 0) {
		return false;
	}
	return read_line(t, t->decoys[hash_of(t, name) % t->decoy_count],
			 user_r);
}
