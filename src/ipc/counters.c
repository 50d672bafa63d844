// SPDX-License-Identifier: ISC
/*
 * counters.c - connections counted in shared memory (counters.h).
 * Runs in: master, session.  Trusts: the other session processes not to lie
 * about more than their own number; a captured one could deny service, which it
 * could do without this too.
 */
#include "ipc/counters.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/fd.h"
#include "os/random.h"

int counters_create(void)
{
	int fd = memfd_create("restante-counters", MFD_CLOEXEC);
	uint64_t key[2];
	int rc = 0;

	if (fd < 0) {
		return -errno;
	}
	random_fill(key, sizeof(key));
	if (ftruncate(fd, sizeof(struct counters)) < 0 ||
	    pwrite(fd, key, sizeof(key), 0) != (ssize_t)sizeof(key)) {
		rc = -errno;
		fd_close(&fd);
	}
	return rc < 0 ? rc : fd;
}

struct counters *counters_map(int fd)
{
	struct stat st;
	void *at;

	if (fstat(fd, &st) < 0 ||
	    st.st_size != (off_t)sizeof(struct counters)) {
		return NULL;
	}
	at = mmap(NULL, sizeof(struct counters), PROT_READ | PROT_WRITE,
		  MAP_SHARED, fd, 0);
	return at == MAP_FAILED ? NULL : at;
}

int counters_take_column(struct counters *c)
{
	for (uint32_t i = 0; i < COUNTERS_COLUMNS; i++) {
		if (!c->in_use[i]) {
			memset(&c->column[i], 0, sizeof(c->column[i]));
			__atomic_store_n(&c->in_use[i], 1, __ATOMIC_RELEASE);
			return (int)i;
		}
	}
	return -1;
}

void counters_free_column(struct counters *c, uint32_t column)
{
	__atomic_store_n(&c->in_use[column], 0, __ATOMIC_RELEASE);
}

/* The finalizer of MurmurHash3, a permutation of 64 bits, keyed twice. */
static uint64_t mix(uint64_t x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdULL;
	x ^= x >> 33;
	x *= 0xc4ceb9fe1a85ec53ULL;
	return x ^ (x >> 33);
}

static uint32_t bucket_of(const struct counters *c, const uint8_t *address)
{
	static const uint8_t v4_prefix[12] = { [10] = 0xff, [11] = 0xff };
	bool is_v4 = memcmp(address, v4_prefix, sizeof(v4_prefix)) == 0;
	uint64_t number;

	memcpy(&number, address + (is_v4 ? 8 : 0), sizeof(number));
	return (uint32_t)(mix(mix(number ^ c->key[0]) ^ c->key[1]) %
			  COUNTERS_BUCKETS);
}

static uint64_t sum(const struct counters *c, bool of_bucket, uint32_t bucket)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < COUNTERS_COLUMNS; i++) {
		if (!__atomic_load_n(&c->in_use[i], __ATOMIC_ACQUIRE)) {
			continue;
		}
		total += of_bucket
			     ? __atomic_load_n(&c->column[i].bucket[bucket],
					       __ATOMIC_SEQ_CST)
			     : __atomic_load_n(&c->column[i].total,
					       __ATOMIC_SEQ_CST);
	}
	return total;
}

/* Counted first and judged then, so that two processes at once never let one
 * too many in. */
enum counters_verdict counters_enter_total(struct counters *c, uint32_t column,
					   uint32_t all_max)
{
	__atomic_add_fetch(&c->column[column].total, 1, __ATOMIC_SEQ_CST);
	if (sum(c, false, 0) <= all_max) {
		return COUNTERS_ENTERED;
	}
	counters_leave_total(c, column);
	return COUNTERS_FULL;
}

void counters_leave_total(struct counters *c, uint32_t column)
{
	__atomic_sub_fetch(&c->column[column].total, 1, __ATOMIC_SEQ_CST);
}

enum counters_verdict counters_enter(struct counters *c, uint32_t column,
				     const uint8_t *address, uint32_t all_max,
				     uint32_t address_max)
{
	uint32_t bucket = bucket_of(c, address);
	uint16_t *own = &c->column[column].bucket[bucket];
	enum counters_verdict verdict;

	if (*own == UINT16_MAX) {
		return COUNTERS_ADDRESS_FULL;
	}
	verdict = counters_enter_total(c, column, all_max);
	if (verdict != COUNTERS_ENTERED) {
		return verdict;
	}
	__atomic_add_fetch(own, 1, __ATOMIC_SEQ_CST);
	if (sum(c, true, bucket) <= address_max) {
		return COUNTERS_ENTERED;
	}
	counters_leave(c, column, address);
	return COUNTERS_ADDRESS_FULL;
}

void counters_leave(struct counters *c, uint32_t column, const uint8_t *address)
{
	uint16_t *own = &c->column[column].bucket[bucket_of(c, address)];

	__atomic_sub_fetch(own, 1, __ATOMIC_SEQ_CST);
	counters_leave_total(c, column);
}
