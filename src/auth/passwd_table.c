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

/* Those of all users whose hashes have the lowest ranks, sorted by rank: which
 * they are does not depend on where they stand in the file. */
struct decoys {
	size_t count;
	struct decoy {
		uint64_t hash;
		uint64_t offset; /* of the line */
	} at[DECOYS_MAX];
};

struct passwd_table {
	uint64_t *slots;
	uint64_t slot_count; /* under 2^32 */
	uint64_t count;
	struct text text;
	char *memory;
	struct passwd_options options;
	struct decoys decoys[PASSWD_DECOYS];
};

static uint64_t hash_of(const struct passwd_table *t, struct text name)
{
	uint8_t out[crypto_shorthash_BYTES];
	struct user_name_form form;
	uint64_t hash;

	user_name_form(name, t->options.is_folding, &form);
	crypto_shorthash(out, (const uint8_t *)form.octets, form.len,
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

/* The slot where name stands, or the free one where it would. */
static uint64_t slot_of(const struct passwd_table *t, struct text name,
			uint64_t hash, struct passwd_user *user_r)
{
	uint64_t slot = first_slot(t, hash);

	while (t->slots[slot] != 0) {
		struct passwd_user user;

		if (t->slots[slot] >> OFFSET_BITS == hash >> OFFSET_BITS &&
		    read_line(t, (t->slots[slot] & OFFSET_MASK) - 1, &user) &&
		    user_name_equal(user.name, name, t->options.is_folding)) {
			*user_r = user;
			break;
		}
		slot = next_slot(t, slot);
	}
	return slot;
}

static bool is_drawn(const struct decoys *d, uint64_t hash)
{
	return d->count < DECOYS_MAX || hash < d->at[DECOYS_MAX - 1].hash;
}

/* The highest rank gives way, if there is no room. */
static void draw(struct decoys *d, uint64_t hash, uint64_t offset)
{
	size_t n = d->count < DECOYS_MAX ? d->count++ : DECOYS_MAX - 1;

	while (n > 0 && d->at[n - 1].hash > hash) {
		d->at[n] = d->at[n - 1];
		n--;
	}
	d->at[n] = (struct decoy){ hash, offset };
}

static void draw_decoys(struct passwd_table *t, const struct passwd_user *user,
			uint64_t hash, uint64_t offset)
{
	for (size_t i = 0; i < PASSWD_DECOYS; i++) {
		struct decoys *d = &t->decoys[i];

		if (is_drawn(d, hash) &&
		    t->options.is_decoy(user, (enum passwd_decoy)i)) {
			draw(d, hash, offset);
		}
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
	draw_decoys(t, &user, hash, offset);
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

/* How well two hashes go together; the last steps of MurmurHash3. */
static uint64_t affinity(uint64_t a, uint64_t b)
{
	uint64_t x = a ^ b;

	x = (x ^ (x >> 33)) * UINT64_C(0xff51afd7ed558ccd);
	x = (x ^ (x >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
	return x ^ (x >> 33);
}

/* Rendezvous hashing: each is as likely, and one that comes takes names for
 * itself only, one that goes leaves only its own. */
bool passwd_table_decoy(const struct passwd_table *t, enum passwd_decoy which,
			struct text name, struct passwd_user *user_r)
{
	const struct decoys *d = &t->decoys[which];
	uint64_t hash = hash_of(t, name), best = 0;
	size_t at = 0;

	for (size_t i = 0; i < d->count; i++) {
		uint64_t n = affinity(hash, d->at[i].hash);

		if (n >= best) {
			best = n;
			at = i;
		}
	}
	return d->count != 0 && read_line(t, d->at[at].offset, user_r);
}
