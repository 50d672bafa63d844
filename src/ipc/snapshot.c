// SPDX-License-Identifier: ISC
/*
 * snapshot.c - the list that a POP3 session is about (snapshot.h).
 * Runs in: maildrop, which builds; session, which reads.
 * Trusts: what it builds from; never the memory that it views.
 * Allocates: never.
 */
#include "ipc/snapshot.h"

#include <string.h>

static size_t texts_off(uint32_t count)
{
	return sizeof(struct snapshot_head) +
	       (size_t)count * sizeof(struct snapshot_entry);
}

bool snapshot_view(const void *memory, size_t len, struct snapshot *s_r)
{
	const struct snapshot_head *head = memory;

	if ((uintptr_t)memory % 8 != 0 || len < sizeof(*head)) {
		return false;
	}
	if (head->magic != SNAPSHOT_MAGIC || head->len != len ||
	    head->zero != 0) {
		return false;
	}
	if (texts_off(head->count) > len) {
		return false;
	}
	*s_r = (struct snapshot){
		.head = head,
		.entries = (const void *)(head + 1),
		.len = len,
	};
	return true;
}

static struct snapshot_text text_at(const struct snapshot *s, uint32_t off,
				    size_t len)
{
	const uint8_t *memory = (const uint8_t *)s->head;

	if (off > s->len || len > s->len - off) {
		return (struct snapshot_text){ memory, 0 };
	}
	return (struct snapshot_text){ memory + off, len };
}

struct snapshot_text snapshot_name(const struct snapshot *s, uint32_t idx)
{
	return text_at(s, s->entries[idx].name_off, s->entries[idx].name_len);
}

struct snapshot_text snapshot_uid(const struct snapshot *s, uint32_t idx)
{
	return text_at(s, s->entries[idx].uid_off, s->entries[idx].uid_len);
}

/* [rfc1939/7/uidl] "The unique-id of a message is an arbitrary
 * server-determined string, consisting of one to 70 characters in the range
 * 0x21 to 0x7E" */
static bool is_uid(struct snapshot_text uid)
{
	bool is_bad = false;

	if (uid.len < 1 || uid.len > SNAPSHOT_UID_MAX) {
		return false;
	}
	for (size_t i = 0; i < uid.len; i++) {
		is_bad |= (uint8_t)(uid.at[i] - 0x21) > 0x7e - 0x21;
	}
	return !is_bad; /* most are good, and this has no jumps */
}

bool snapshot_is_sound(const struct snapshot *s)
{
	uint64_t octets = 0;

	for (uint32_t i = 0; i < s->head->count; i++) {
		const struct snapshot_entry *e = &s->entries[i];

		if ((e->flags & ~(unsigned)SNAPSHOT_IS_WIRE) != 0 ||
		    __builtin_add_overflow(octets, e->octets, &octets)) {
			return false;
		}
		if (snapshot_name(s, i).len != e->name_len ||
		    !is_uid(snapshot_uid(s, i))) {
			return false;
		}
	}
	return octets == s->head->octets;
}

/* Where in the name the uid stands, or name_len if it does not. */
static size_t uid_in_name(const struct snapshot_item *item)
{
	uintptr_t name = (uintptr_t)item->name;
	uintptr_t uid = (uintptr_t)item->uid;

	if (uid < name || uid - name + item->uid_len > item->name_len) {
		return item->name_len;
	}
	return uid - name;
}

static size_t text_len(const struct snapshot_item *item)
{
	bool inside = uid_in_name(item) != item->name_len;

	return (size_t)item->name_len + (inside ? 0 : item->uid_len);
}

bool snapshot_size(const struct snapshot_item *items, uint32_t count,
		   size_t *len_r)
{
	size_t len = texts_off(count);

	/* a size_t holds 2^32 items of at most 2^17 octets: no overflow */
	for (uint32_t i = 0; i < count; i++) {
		len += text_len(&items[i]);
	}
	if (len > UINT32_MAX) {
		return false;
	}
	*len_r = len;
	return true;
}

static size_t put_text(uint8_t *memory, size_t off, const uint8_t *text,
		       size_t len)
{
	if (len != 0) {
		memcpy(memory + off, text, len);
	}
	return off + len;
}

void snapshot_build(void *memory, size_t len, const struct snapshot_item *items,
		    uint32_t count)
{
	struct snapshot_head *head = memory;
	struct snapshot_entry *entries = (void *)(head + 1);
	size_t off = texts_off(count);

	*head = (struct snapshot_head){
		.magic = SNAPSHOT_MAGIC,
		.len = len,
		.count = count,
	};
	for (uint32_t i = 0; i < count; i++) {
		const struct snapshot_item *item = &items[i];
		size_t uid_off = off + uid_in_name(item);
		bool inside = uid_off != off + item->name_len;

		entries[i] = (struct snapshot_entry){
			.octets = item->octets,
			.stored = item->stored,
			.name_off = (uint32_t)off,
			.uid_off = (uint32_t)uid_off,
			.name_len = item->name_len,
			.uid_len = item->uid_len,
			.flags = item->flags,
			.stamp = item->stamp,
		};
		head->octets += item->octets;
		off = put_text(memory, off, item->name, item->name_len);
		if (!inside) {
			off = put_text(memory, off, item->uid, item->uid_len);
		}
	}
}

/* The texts are not cut: what is behind those of the others is of no use to
 * anybody, and does no harm. */
size_t snapshot_cut_size(const struct snapshot *s, uint32_t count)
{
	return s->len - (texts_off(s->head->count) - texts_off(count));
}

void snapshot_cut(void *memory, const struct snapshot *s, uint32_t count)
{
	size_t from = texts_off(s->head->count);
	uint32_t less = (uint32_t)(from - texts_off(count));
	struct snapshot_head *head = memory;
	struct snapshot_entry *entries = (void *)(head + 1);

	*head = *s->head;
	head->len -= less;
	head->count = count;
	head->octets = 0;
	for (uint32_t i = 0; i < count; i++) {
		entries[i] = s->entries[i];
		entries[i].name_off -= less;
		entries[i].uid_off -= less;
		head->octets += entries[i].octets;
	}
	memcpy(entries + count, (const uint8_t *)s->head + from, s->len - from);
}
