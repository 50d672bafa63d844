// SPDX-License-Identifier: ISC
/*
 * guard.c - memory between two pages that nobody may touch.
 * Runs in: tests.  Trusts: the test.
 */
#include "guard.h"
#include "must.h"
#include <sys/mman.h>
#include <unistd.h>

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

void guard_init(struct guard *g, size_t cap)
{
	size_t page = page_size();
	size_t pages = cap / page + 1;
	uint8_t *map = mmap(NULL, (pages + 2) * page, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(map != MAP_FAILED, "mmap");
	g->at = map + page;
	g->cap = pages * page;
	must(mprotect(g->at, g->cap, PROT_READ | PROT_WRITE) == 0, "mprotect");
}

void guard_finish(struct guard *g)
{
	size_t page = page_size();

	must(munmap(g->at - page, g->cap + 2 * page) == 0, "munmap");
	*g = (struct guard){ NULL, 0 };
}

uint8_t *guard_tail(const struct guard *g, size_t len)
{
	must(len <= g->cap, "too long for its guard");
	return g->at + g->cap - len;
}

static struct pop3_slice copy_to(uint8_t *at, struct pop3_slice s)
{
	if (s.len != 0) {
		memcpy(at, s.at, s.len);
	}
	return pop3_slice_of(at, s.len);
}

struct pop3_slice guard_copy(const struct guard *g, struct pop3_slice s)
{
	return copy_to(guard_tail(g, s.len), s);
}

struct pop3_slice guard_copy_front(const struct guard *g, struct pop3_slice s)
{
	must(s.len <= g->cap, "too long for its guard");
	return copy_to(g->at, s);
}
