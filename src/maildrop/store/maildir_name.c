// SPDX-License-Identifier: ISC
/*
 * maildir_name.c - the names of a Maildir's files (maildir_name.h).
 * Runs in: maildrop.  Trusts: no name.
 */
#include "store/maildir_name.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "limits.h"

#define UID_MAX     70u /* RFC 1939, section 7 */
#define MADE_PREFIX '~'

void maildir_names_finish(struct maildir_names *names)
{
	free(names->at);
	free(names->text);
	*names = (struct maildir_names){ 0 };
}

void maildir_names_drop_front(struct maildir_names *names, size_t count)
{
	names->count -= count;
	if (count != 0) {
		memmove(names->at, names->at + count,
			names->count * sizeof(names->at[0]));
	}
}

/* Room for one more element; the element's size and MESSAGES_MAX keep the
 * product far below a size_t. */
static int reserve_name(struct maildir_names *names)
{
	size_t cap = names->cap == 0 ? 64 : names->cap * 2;
	struct maildir_name *at;

	if (names->count < names->cap) {
		return 0;
	}
	if (names->count >=
	    (size_t)MAILDROP_MESSAGES_MAX * MAILDIR_PASSES_MAX) {
		return -E2BIG;
	}
	at = realloc(names->at, cap * sizeof(*at));
	if (at == NULL) {
		return -ENOMEM;
	}
	names->at = at;
	names->cap = cap;
	return 0;
}

static int reserve_text(struct maildir_names *names, size_t len)
{
	size_t cap = names->text_cap == 0 ? 4096 : names->text_cap * 2;
	uint8_t *text;

	if (len <= names->text_cap - names->text_len) {
		return 0;
	}
	if (names->text_len + len > UINT32_MAX) {
		return -E2BIG;
	}
	text = realloc(names->text, cap);
	if (text == NULL) {
		return -ENOMEM;
	}
	names->text = text;
	names->text_cap = cap;
	return 0;
}

int maildir_names_add(struct maildir_names *names, const char *subdir,
		      const char *name, size_t len, uint8_t pass)
{
	const uint8_t *octets = (const uint8_t *)name;
	uint8_t *text;
	int rc = reserve_name(names);

	if (rc == 0) {
		rc = reserve_text(names, MAILDIR_SUBDIR_LEN + len);
	}
	if (rc < 0) {
		return rc;
	}
	text = names->text + names->text_len;
	memcpy(text, subdir, MAILDIR_SUBDIR_LEN);
	memcpy(text + MAILDIR_SUBDIR_LEN, name, len);
	names->at[names->count] = (struct maildir_name){
		.time = maildir_time(octets, len),
		.off = (uint32_t)names->text_len,
		.len = (uint16_t)(MAILDIR_SUBDIR_LEN + len),
		.base_len = (uint8_t)maildir_base_len(octets, len),
		.pass = pass,
	};
	names->text_len += MAILDIR_SUBDIR_LEN + len;
	names->count++;
	return 0;
}

size_t maildir_base_len(const uint8_t *name, size_t len)
{
	const uint8_t *colon = len == 0 ? NULL : memchr(name, ':', len);

	return colon == NULL ? len : (size_t)(colon - name);
}

uint64_t maildir_time(const uint8_t *base, size_t len)
{
	uint64_t time = 0;

	for (size_t i = 0; i < len && base[i] >= '0' && base[i] <= '9'; i++) {
		if (__builtin_mul_overflow(time, 10, &time) ||
		    __builtin_add_overflow(time, base[i] - '0', &time)) {
			return UINT64_MAX;
		}
	}
	return time;
}

struct maildir_base maildir_base_in_path(const uint8_t *path, size_t len)
{
	const uint8_t *name = path + MAILDIR_SUBDIR_LEN;
	size_t base_len;

	if (len < MAILDIR_SUBDIR_LEN) {
		return (struct maildir_base){ 0, path, 0 };
	}
	base_len = maildir_base_len(name, len - MAILDIR_SUBDIR_LEN);
	return (struct maildir_base){ maildir_time(name, base_len), name,
				      base_len };
}

static int compare_octets(const uint8_t *a, size_t a_len, const uint8_t *b,
			  size_t b_len)
{
	size_t len = a_len < b_len ? a_len : b_len;
	int order = len == 0 ? 0 : memcmp(a, b, len);

	if (order != 0) {
		return order;
	}
	return (a_len > b_len) - (a_len < b_len);
}

int maildir_compare(const struct maildir_base *a, const struct maildir_base *b)
{
	if (a->time != b->time) {
		return a->time < b->time ? -1 : 1;
	}
	return compare_octets(a->at, a->len, b->at, b->len);
}

/* Of one message's names the one to keep comes first. */
static int compare_names(const struct maildir_names *names,
			 const struct maildir_name *a,
			 const struct maildir_name *b)
{
	struct maildir_base a_base = maildir_base_at(names, a);
	struct maildir_base b_base = maildir_base_at(names, b);
	int order = maildir_compare(&a_base, &b_base);

	if (order != 0) {
		return order;
	}
	if (a->pass != b->pass) {
		return a->pass > b->pass ? -1 : 1;
	}
	order = memcmp(maildir_path_of(names, a), maildir_path_of(names, b),
		       MAILDIR_SUBDIR_LEN);
	if (order != 0) {
		return order;
	}
	return compare_octets(maildir_path_of(names, b), b->len,
			      maildir_path_of(names, a), a->len);
}

static bool is_same_message(const struct maildir_names *names,
			    const struct maildir_name *a,
			    const struct maildir_name *b)
{
	return a->base_len == b->base_len &&
	       memcmp(maildir_base_of(names, a), maildir_base_of(names, b),
		      a->base_len) == 0;
}

static void drop_twins(struct maildir_names *names)
{
	size_t kept = 0;

	for (size_t i = 1; i < names->count; i++) {
		if (!is_same_message(names, &names->at[kept], &names->at[i])) {
			names->at[++kept] = names->at[i];
		}
	}
	names->count = kept + 1;
}

int maildir_names_order(struct maildir_names *names)
{
	struct maildir_name *spare;

	if (names->count < 2) {
		return 0;
	}
	spare = malloc(names->count * sizeof(*spare));
	if (spare == NULL) {
		return -ENOMEM;
	}
	maildir_sort(names, names->at, spare, names->count, compare_names);
	free(spare);
	drop_twins(names);
	return 0;
}

const struct maildir_name *maildir_names_find(const struct maildir_names *names,
					      const struct maildir_base *base)
{
	size_t from = 0;
	size_t to = names->count;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		struct maildir_base here =
		    maildir_base_at(names, &names->at[mid]);
		int order = maildir_compare(base, &here);

		if (order == 0) {
			return &names->at[mid];
		}
		if (order < 0) {
			to = mid;
		} else {
			from = mid + 1;
		}
	}
	return NULL;
}

static bool is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool looks_made(const uint8_t *base, size_t len)
{
	if (len != MAILDIR_MADE_UID_LEN || base[0] != MADE_PREFIX) {
		return false;
	}
	for (size_t i = 1; i < len; i++) {
		if (!is_hex(base[i])) {
			return false;
		}
	}
	return true;
}

bool maildir_is_uid(const uint8_t *base, size_t len)
{
	if (len < 1 || len > UID_MAX) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (base[i] < 0x21 || base[i] > 0x7e) {
			return false;
		}
	}
	return !looks_made(base, len);
}

void maildir_make_uid(const uint8_t *base, size_t len, uint64_t again,
		      uint8_t uid_r[MAILDIR_MADE_UID_LEN])
{
	static const char hex[] = "0123456789abcdef";
	XXH128_hash_t hash = XXH3_128bits_withSeed(base, len, again);
	XXH128_canonical_t canonical;

	XXH128_canonicalFromHash(&canonical, hash);
	uid_r[0] = MADE_PREFIX;
	for (size_t i = 0; i < sizeof(canonical.digest); i++) {
		uid_r[1 + 2 * i] = (uint8_t)hex[canonical.digest[i] >> 4];
		uid_r[2 + 2 * i] = (uint8_t)hex[canonical.digest[i] & 15];
	}
}
