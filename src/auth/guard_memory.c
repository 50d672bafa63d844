// SPDX-License-Identifier: ISC
/*
 * guard_memory.c - the guard's memory (guard_memory.h).
 * Runs in: auth, before it confines itself.  Trusts: nothing in the file.
 */
#include "auth/guard_memory.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/mman.h>

#include "ipc/guard_file.h"
#include "os/random.h"

static const char magic[8] = "rstguard";

#define VERSION 1u

_Static_assert(sizeof(struct guard_head) == 4096, "a page");
_Static_assert(sizeof(struct guard_memory) == GUARD_FILE_OCTETS, "the file");
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "processes share the words");
_Static_assert(GUARD_KEY_LEN == crypto_shorthash_KEYBYTES, "SipHash");

static uint64_t check_of(const struct guard_head *h)
{
	uint64_t check;

	crypto_shorthash((uint8_t *)&check, (const uint8_t *)h,
			 offsetof(struct guard_head, check), h->key);
	return check;
}

static bool is_sound(const struct guard_head *h)
{
	return memcmp(h->magic, magic, sizeof(magic)) == 0 &&
	       h->version == VERSION && h->octets == GUARD_FILE_OCTETS &&
	       h->check == check_of(h);
}

/* Another generation may have it mapped: it then goes on with the new key. */
static void make_anew(struct guard_memory *m)
{
	_Atomic uint64_t *word = m->failures;
	size_t words = (sizeof(*m) - sizeof(m->head)) / sizeof(*word);

	for (size_t i = 0; i < words; i++) {
		if (atomic_load_explicit(&word[i], memory_order_relaxed) != 0) {
			atomic_store_explicit(&word[i], 0,
					      memory_order_relaxed);
		}
	}
	memset(&m->head, 0, sizeof(m->head));
	memcpy(m->head.magic, magic, sizeof(magic));
	m->head.version = VERSION;
	m->head.octets = GUARD_FILE_OCTETS;
	random_fill(m->head.key, sizeof(m->head.key));
	m->head.check = check_of(&m->head);
}

int guard_memory_map(int fd, struct guard_memory **memory_r, bool *is_new_r)
{
	int flags = fd == -1 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
	struct guard_memory *m;

	if (fd != -1) {
		int rc = guard_file_fill(fd);

		if (rc < 0) {
			return rc;
		}
	}
	m = mmap(NULL, sizeof(*m), PROT_READ | PROT_WRITE, flags, fd, 0);
	if (m == MAP_FAILED) {
		return -errno;
	}
	*is_new_r = !is_sound(&m->head);
	if (*is_new_r) {
		make_anew(m);
	}
	*memory_r = m;
	return 0;
}

void guard_memory_unmap(struct guard_memory **memory)
{
	if (*memory != NULL) {
		(void)munmap(*memory, sizeof(**memory));
	}
	*memory = NULL;
}
