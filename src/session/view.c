// SPDX-License-Identifier: ISC
/*
 * view.c - a session's view of its maildrop (view.h).
 * Runs in: session.  Trusts: maildrop; still, each text of a snapshot is
 * checked when it is read.
 */
#include "session/view.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "os/fd.h"

void view_init(struct view *v, uint32_t count)
{
	*v = (struct view){ .count = count };
}

static void drop_listing(struct view *v)
{
	if (v->is_mapped) {
		munmap(v->memory, v->len);
	} else {
		free(v->memory);
	}
	v->memory = NULL;
	v->is_mapped = false;
}

void view_finish(struct view *v)
{
	drop_listing(v);
	free(v->marks);
	view_init(v, 0);
}

static bool adopt(struct view *v, void *memory, size_t len, bool is_mapped)
{
	drop_listing(v);
	v->memory = memory;
	v->len = len;
	v->is_mapped = is_mapped;
	if (snapshot_view(memory, len, &v->snapshot) &&
	    v->snapshot.head->count == v->count) {
		return true;
	}
	drop_listing(v);
	return false;
}

bool view_copy(struct view *v, const uint8_t *at, size_t len)
{
	void *memory = malloc(len);

	if (memory == NULL) {
		return false;
	}
	memcpy(memory, at, len);
	return adopt(v, memory, len, false);
}

bool view_map(struct view *v, int fd, size_t len)
{
	void *memory;

	if (len > INT64_MAX || fd_size(fd) != (int64_t)len) {
		return false;
	}
	memory = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);
	return memory != MAP_FAILED && adopt(v, memory, len, true);
}

static uint64_t octets(void *ctx, uint32_t idx)
{
	const struct view *v = ctx;

	return v->snapshot.entries[idx].octets;
}

static struct pop3_slice uid(void *ctx, uint32_t idx)
{
	const struct view *v = ctx;
	struct snapshot_text text = snapshot_uid(&v->snapshot, idx);

	return pop3_slice_of(text.at, text.len);
}

static bool is_marked(void *ctx, uint32_t idx)
{
	const struct view *v = ctx;

	return v->marks != NULL && (v->marks[idx / 8] >> idx % 8 & 1) != 0;
}

static bool mark(void *ctx, uint32_t idx)
{
	struct view *v = ctx;

	if (v->marks == NULL) {
		v->marks = calloc(1, view_marks_len(v));
	}
	if (v->marks == NULL) {
		return false;
	}
	v->marks[idx / 8] |= (uint8_t)(1u << idx % 8);
	return true;
}

static void unmark_all(void *ctx)
{
	struct view *v = ctx;

	free(v->marks);
	v->marks = NULL;
}

const struct pop3_maildrop_ops view_ops = {
	.octets = octets,
	.uid = uid,
	.is_marked = is_marked,
	.mark = mark,
	.unmark_all = unmark_all,
};
