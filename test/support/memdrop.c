// SPDX-License-Identifier: ISC
/*
 * memdrop.c - a maildrop in memory.
 * Runs in: tests.  Trusts: the test.
 */
#include "memdrop.h"
#include "must.h"
#include <stdlib.h>

static uint64_t wire_octets(struct pop3_slice text)
{
	struct pop3_measure m;

	pop3_measure_init(&m);
	pop3_measure_add(&m, text);
	return pop3_measure_end(&m);
}

struct memdrop_message *memdrop_add(struct memdrop *drop, const char *uid,
				    struct pop3_slice text)
{
	size_t uid_len = strlen(uid);
	struct memdrop_message *m;

	must(uid_len >= 1 && uid_len <= POP3_UID_MAX, "a unique-id");
	drop->messages = realloc(drop->messages, (drop->count + (size_t)1) *
						     sizeof(*drop->messages));
	must(drop->messages != NULL, "memory");
	m = &drop->messages[drop->count++];
	memset(m, 0, sizeof(*m));
	m->text = malloc(text.len + 1);
	must(m->text != NULL, "memory");
	if (text.len != 0) {
		memcpy(m->text, text.at, text.len);
	}
	m->len = text.len;
	memcpy(m->uid, uid, uid_len);
	m->octets = wire_octets(text);
	return m;
}

void memdrop_finish(struct memdrop *drop)
{
	for (uint32_t i = 0; i < drop->count; i++) {
		free(drop->messages[i].text);
	}
	free(drop->messages);
	*drop = (struct memdrop){ NULL, 0 };
}

void memdrop_snapshot_init(struct memdrop_snapshot *sn, struct memdrop *drop)
{
	memset(sn, 0, sizeof(*sn));
	sn->drop = drop;
	sn->at = calloc((size_t)drop->count + 1, sizeof(*sn->at));
	sn->marked = calloc((size_t)drop->count + 1, sizeof(*sn->marked));
	must(sn->at != NULL && sn->marked != NULL, "memory");
	for (uint32_t i = 0; i < drop->count; i++) {
		if (!drop->messages[i].is_gone) {
			sn->at[sn->count++] = i;
			sn->octets += drop->messages[i].octets;
		}
	}
}

void memdrop_snapshot_finish(struct memdrop_snapshot *sn)
{
	free(sn->at);
	free(sn->marked);
	memset(sn, 0, sizeof(*sn));
}

struct memdrop_message *memdrop_get(const struct memdrop_snapshot *sn,
				    uint32_t idx)
{
	must(idx < sn->count, "an index of the snapshot");
	return &sn->drop->messages[sn->at[idx]];
}

void memdrop_commit(struct memdrop_snapshot *sn, uint32_t *removed_r,
		    uint32_t *stayed_r)
{
	uint32_t removed = 0, stayed = 0;

	for (uint32_t i = 0; i < sn->count; i++) {
		struct memdrop_message *m = memdrop_get(sn, i);

		if (!sn->marked[i]) {
			continue;
		}
		m->is_gone = !m->is_stuck;
		removed += m->is_gone;
		stayed += m->is_stuck;
	}
	*removed_r = removed;
	*stayed_r = stayed;
}

static uint64_t octets_of(void *ctx, uint32_t idx)
{
	return memdrop_get(ctx, idx)->octets;
}

static struct pop3_slice uid_of(void *ctx, uint32_t idx)
{
	const struct memdrop_message *m = memdrop_get(ctx, idx);

	return pop3_slice_of(m->uid, strlen(m->uid));
}

static bool is_marked(void *ctx, uint32_t idx)
{
	const struct memdrop_snapshot *sn = ctx;

	must(idx < sn->count, "an index of the snapshot");
	return sn->marked[idx];
}

static bool mark(void *ctx, uint32_t idx)
{
	struct memdrop_snapshot *sn = ctx;

	must(idx < sn->count, "an index of the snapshot");
	sn->marked[idx] = !sn->has_no_memory;
	return !sn->has_no_memory;
}

static void unmark_all(void *ctx)
{
	struct memdrop_snapshot *sn = ctx;

	memset(sn->marked, 0, sn->count * sizeof(*sn->marked));
}

const struct pop3_maildrop_ops memdrop_ops = { octets_of, uid_of, is_marked,
					       mark, unmark_all };
