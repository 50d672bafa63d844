// SPDX-License-Identifier: ISC
/*
 * digests.c - the SHA-256 of users' messages (digests.h).
 * Runs in: restante-bench.  Trusts: nothing the server says.  Allocates: 16
 * octets a message, for up to BENCH_DIGESTS_MAX.
 */
#include "bench/digests.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bench/limits.h"
#include "bench/maildir_files.h"

struct known {
	uint32_t cap;
	struct digest *at;    /* by message number */
	struct digest *files; /* sorted */
	size_t files_count;
	uint64_t files_sum;
};

struct digests {
	uint32_t users;
	bool has_files;
	uint64_t count; /* of all */
	struct known *known;
};

struct digest digest_of(const uint8_t sha256[32])
{
	struct digest d;

	memcpy(&d.high, sha256, sizeof(d.high));
	memcpy(&d.low, sha256 + sizeof(d.high), sizeof(d.low));
	return d;
}

static int compare(const void *a, const void *b)
{
	const struct digest *x = a, *y = b;

	if (x->high != y->high) {
		return x->high < y->high ? -1 : 1;
	}
	return x->low == y->low ? 0 : (x->low < y->low ? -1 : 1);
}

static bool read_files(struct known *k, const char *maildir, uint32_t user,
		       struct why *why)
{
	if (!maildir_files_digest(maildir, user, &k->files, &k->files_count,
				  why)) {
		return false;
	}
	if (k->files_count > 0) {
		qsort(k->files, k->files_count, sizeof(*k->files), compare);
	}
	for (size_t i = 0; i < k->files_count; i++) {
		k->files_sum += k->files[i].high;
	}
	return true;
}

struct digests *digests_create(uint32_t users, const char *maildir,
			       struct why *why)
{
	struct digests *d = calloc(1, sizeof(*d));

	if (d == NULL) {
		why_not(why, "no memory");
		return NULL;
	}
	d->users = users;
	d->has_files = maildir != NULL;
	d->known = calloc(users, sizeof(*d->known));
	if (d->known == NULL) {
		why_not(why, "no memory");
		digests_destroy(&d);
		return NULL;
	}
	for (uint32_t i = 0; i < users && maildir != NULL; i++) {
		if (!read_files(&d->known[i], maildir, i, why)) {
			digests_destroy(&d);
			return NULL;
		}
	}
	return d;
}

void digests_destroy(struct digests **d)
{
	if (*d == NULL) {
		return;
	}
	for (uint32_t i = 0; (*d)->known != NULL && i < (*d)->users; i++) {
		free((*d)->known[i].at);
		free((*d)->known[i].files);
	}
	free((*d)->known);
	free(*d);
	*d = NULL;
}

static bool make_room(struct digests *d, struct known *k, uint32_t msn,
		      struct why *why)
{
	uint32_t cap = k->cap == 0 ? 16 : k->cap;
	struct digest *at;

	while (cap < msn) {
		cap *= 2;
	}
	if (d->count + (cap - k->cap) > BENCH_DIGESTS_MAX) {
		return why_not(why, "more messages than --verify hash can "
				    "remember");
	}
	at = reallocarray(k->at, cap, sizeof(*at));
	if (at == NULL) {
		return why_not(why, "no memory");
	}
	memset(at + k->cap, 0, (cap - k->cap) * sizeof(*at));
	d->count += cap - k->cap;
	k->at = at;
	k->cap = cap;
	return true;
}

bool digests_check(struct digests *d, uint32_t user, uint32_t msn,
		   struct digest digest, struct why *why)
{
	struct known *k = &d->known[user];
	struct digest *was;

	if (d->has_files &&
	    (k->files_count == 0 || bsearch(&digest, k->files, k->files_count,
					    sizeof(digest), compare) == NULL)) {
		return why_not(why, "not the text of any file of the Maildir");
	}
	if (msn > k->cap && !make_room(d, k, msn, why)) {
		return false;
	}
	was = &k->at[msn - 1];
	if (was->high == 0 && was->low == 0) {
		*was = digest;
	}
	return compare(was, &digest) == 0 ||
	       why_not(why, "not the text that it was the last time");
}

bool digests_check_all(const struct digests *d, uint32_t user,
		       uint64_t messages, uint64_t sum, struct why *why)
{
	const struct known *k = &d->known[user];

	if (!d->has_files) {
		return true;
	}
	if (messages != k->files_count) {
		return why_not(why,
			       "%" PRIu64 " messages, but %zu files in the "
			       "Maildir",
			       messages, k->files_count);
	}
	return sum == k->files_sum ||
	       why_not(why, "one message came twice, another never");
}
