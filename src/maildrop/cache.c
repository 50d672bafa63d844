// SPDX-License-Identifier: ISC
/*
 * cache.c - the snapshots of maildrops, kept in LMDB (cache.h).
 * Runs in: maildrop, in any thread.
 * Trusts: nothing that it reads: each value has sums.  Damage to LMDB's own
 * pages can end the process; the master then starts the next with discard.
 */
#include "cache_impl.h"

#include <string.h>
#include <xxhash.h>

#include "base/log.h"

#define CACHE_MAGIC UINT64_C(0x3330534554534552) /* "RESTES03" */

static void warn_once(struct cache *c, const char *event, int rc)
{
	if (!atomic_exchange(&c->is_warned, true)) {
		log_event_str(LOG_WARNING, event, "why", mdb_strerror(rc));
	}
}

/* A look at the value of one maildrop, while its txn lasts. */
struct look {
	MDB_txn *txn;
	struct cache_head head;
	const uint8_t *body;
};

static uint64_t head_sum_of(const struct cache_head *head)
{
	size_t from = offsetof(struct cache_head, body_sum);

	return XXH3_64bits((const uint8_t *)head + from, sizeof(*head) - from);
}

static bool is_head_sound(const struct cache_head *head, struct cache_id id,
			  size_t len)
{
	return head->magic == CACHE_MAGIC &&
	       head->head_sum == head_sum_of(head) && head->id.dev == id.dev &&
	       head->id.ino == id.ino && head->body_len == len - sizeof(*head);
}

static void look_end(struct look *look)
{
	mdb_txn_abort(look->txn);
}

/* 0, MDB_NOTFOUND, or another of LMDB's codes; if 0, look_end must follow. */
static int look_begin(struct cache *c, struct cache_id id, struct look *look_r)
{
	MDB_val key = { sizeof(id), &id };
	MDB_val value;
	int rc = mdb_txn_begin(c->env, NULL, MDB_RDONLY, &look_r->txn);

	if (rc != 0) {
		return rc;
	}
	rc = mdb_get(look_r->txn, c->dbi, &key, &value);
	if (rc == 0 && value.mv_size < sizeof(look_r->head)) {
		rc = MDB_CORRUPTED;
	}
	if (rc == 0) {
		memcpy(&look_r->head, value.mv_data, sizeof(look_r->head));
		look_r->body =
		    (const uint8_t *)value.mv_data + sizeof(look_r->head);
		rc = is_head_sound(&look_r->head, id, value.mv_size)
			 ? 0
			 : MDB_CORRUPTED;
	}
	if (rc != 0) {
		look_end(look_r);
	}
	return rc;
}

bool cache_find(struct cache *c, struct cache_id id, struct cache_head *head_r)
{
	struct look look;
	int rc;

	if (c == NULL) {
		return false;
	}
	rc = look_begin(c, id, &look);
	if (rc != 0) {
		if (rc != MDB_NOTFOUND) {
			warn_once(c, "cache cannot be read", rc);
		}
		return false;
	}
	*head_r = look.head;
	look_end(&look);
	return true;
}

static bool is_body_sound(const struct cache_head *head,
			  const struct listing *l)
{
	struct snapshot s;

	return XXH3_64bits(l->memory, l->len) == head->body_sum &&
	       listing_view(l, &s) && s.head->count == head->count &&
	       s.head->octets == head->octets && snapshot_is_sound(&s);
}

/* A list that is too large for a packet is going to be shared. */
static int copy_out(const struct look *look, struct listing *l_r)
{
	size_t len = look->head.body_len;
	int rc;

	if (len > PACKET_INLINE_LISTING_MAX) {
		return listing_create_shared(l_r, look->body, len);
	}
	rc = listing_create(l_r, len);
	if (rc == 0) {
		memcpy(l_r->memory, look->body, len);
	}
	return rc;
}

/* Summed where nobody else can write any more, not in the map. */
bool cache_load(struct cache *c, const struct cache_head *head,
		struct listing *l_r)
{
	struct listing l = LISTING_NONE;
	struct look look;
	bool is_copied;

	if (c == NULL || look_begin(c, head->id, &look) != 0) {
		return false;
	}
	is_copied = look.head.body_sum == head->body_sum &&
		    look.head.body_len == head->body_len &&
		    copy_out(&look, &l) == 0;
	look_end(&look);
	if (!is_copied) {
		return false;
	}
	if (!is_body_sound(head, &l)) {
		log_event(LOG_WARNING, "cache: a damaged value is dropped");
		listing_finish(&l);
		cache_forget(c, head->id);
		return false;
	}
	*l_r = l;
	return true;
}

/* Old values make room all at once: which of them are of use is not known, and
 * each costs one reading of its maildrop. */
static void empty(struct cache *c)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(c->env, NULL, 0, &txn);

	if (rc == 0) {
		rc = mdb_drop(txn, c->dbi, 0);
		if (rc != 0) {
			mdb_txn_abort(txn);
		} else {
			rc = mdb_txn_commit(txn);
		}
	}
	if (rc == 0) {
		log_event(LOG_INFO, "cache was full and is emptied");
	} else {
		warn_once(c, "cache is full", rc);
	}
}

static int put(struct cache *c, const struct cache_head *head, const void *body)
{
	struct cache_id id = head->id;
	MDB_val key = { sizeof(id), &id };
	MDB_val value = { sizeof(*head) + head->body_len, NULL };
	MDB_txn *txn;
	int rc = mdb_txn_begin(c->env, NULL, 0, &txn);

	if (rc != 0) {
		return rc;
	}
	rc = mdb_put(txn, c->dbi, &key, &value, MDB_RESERVE);
	if (rc != 0) {
		mdb_txn_abort(txn);
		return rc;
	}
	memcpy(value.mv_data, head, sizeof(*head));
	memcpy((uint8_t *)value.mv_data + sizeof(*head), body, head->body_len);
	return mdb_txn_commit(txn);
}

/*
 * LMDB has one writer at a time, for which all others wait: not behind a thread
 * that stands back, and may be given the processor last of all while it writes
 * megabytes.  Those that stand back are let in before any more of the others.
 */
static bool begin_put(struct cache *c, bool stands_back)
{
	if (!stands_back) {
		return atomic_load(&c->slow) == 0 &&
		       pthread_rwlock_tryrdlock(&c->putting) == 0;
	}
	atomic_fetch_add(&c->slow, 1);
	pthread_rwlock_wrlock(&c->putting);
	return true;
}

static void end_put(struct cache *c, bool stands_back)
{
	pthread_rwlock_unlock(&c->putting);
	if (stands_back) {
		atomic_fetch_sub(&c->slow, 1);
	}
}

static void put_or_make_room(struct cache *c, const struct cache_head *head,
			     const void *body)
{
	int rc = put(c, head, body);

	if (rc == MDB_MAP_FULL) {
		empty(c);
	} else if (rc != 0) {
		warn_once(c, "cache cannot be written", rc);
	}
}

void cache_put(struct cache *c, struct cache_id id,
	       const struct store_list *list, bool stands_back)
{
	struct cache_head head = {
		.magic = CACHE_MAGIC,
		.body_len = list->listing.len,
		.id = id,
		.state = list->state,
		.settled = list->settled,
	};
	struct promise promise;
	struct snapshot s;

	if (c == NULL || !listing_view(&list->listing, &s)) {
		return;
	}
	if (head.body_len > c->body_len_max) {
		warn_once(c, "cache is too small for a maildrop's list",
			  MDB_MAP_FULL);
		return;
	}
	promise = promise_of(&s);
	head.octets = promise.octets;
	head.promise_sum = promise.sum;
	head.count = promise.count;
	head.body_sum = XXH3_64bits(list->listing.memory, list->listing.len);
	head.head_sum = head_sum_of(&head);
	if (begin_put(c, stands_back)) {
		put_or_make_room(c, &head, list->listing.memory);
		end_put(c, stands_back);
	}
}

/* Always: a wrong value would be believed. */
void cache_forget(struct cache *c, struct cache_id id)
{
	MDB_val key = { sizeof(id), &id };
	MDB_txn *txn;
	int rc;

	if (c == NULL || mdb_txn_begin(c->env, NULL, 0, &txn) != 0) {
		return;
	}
	rc = mdb_del(txn, c->dbi, &key, NULL);
	if (rc == 0) {
		rc = mdb_txn_commit(txn);
	} else {
		mdb_txn_abort(txn);
	}
	if (rc != 0 && rc != MDB_NOTFOUND) {
		warn_once(c, "cache cannot be written", rc);
	}
}
