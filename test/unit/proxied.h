// SPDX-License-Identifier: ISC
/*
 * proxied.h - a header of the PROXY protocol, tried at every cut.
 */
#ifndef TEST_PROXIED_H
#define TEST_PROXIED_H

#include "unit.h"

#include <string.h>

#include "guard.h"
#include "session/proxy.h"

static struct guard guard;

/* Of octets that end at a page that nobody may touch. */
static inline int parse(struct pop3_slice in, struct proxy_header *h)
{
	return proxy_parse(guard_copy(&guard, in), h);
}

/* Every cut of it wants more, or is as bad as the whole, and sets nothing; what
 * follows it does not matter. */
static inline int parse_at_each_cut(struct pop3_slice all,
				    struct proxy_header *h)
{
	uint8_t longer[2 * PROXY_MAX];
	int rc = parse(all, h);

	for (size_t len = 0; len < all.len; len++) {
		struct proxy_header none = { .port = 7 };
		int cut = parse(pop3_slice_of(all.at, len), &none);

		assert_true(cut == 0 || (cut == PROXY_BAD && rc == PROXY_BAD));
		assert_int_equal(none.port, 7);
	}
	memset(longer, ' ', sizeof(longer));
	memcpy(longer, all.at, all.len);
	if (rc != 0) {
		struct proxy_header again = { .port = 7 };

		assert_int_equal(
		    parse(pop3_slice_of(longer, sizeof(longer)), &again), rc);
		assert_true(rc < 0 || memcmp(h, &again, sizeof(again)) == 0);
	}
	return rc;
}

static inline struct proxy_header sound(struct pop3_slice all)
{
	struct proxy_header h;

	memset(&h, 0, sizeof(h));
	assert_int_equal(parse_at_each_cut(all, &h), all.len);
	return h;
}

static inline void assert_bad(struct pop3_slice all)
{
	struct proxy_header h = { .port = 7 };

	if (parse_at_each_cut(all, &h) != PROXY_BAD) {
		print_error("is sound: \"%.*s\"\n", (int)all.len,
			    (const char *)all.at);
	}
	assert_int_equal(parse(all, &h), PROXY_BAD);
	assert_int_equal(h.port, 7);
}

#define text_of(s) pop3_slice_of((s), strlen(s))

static inline void assert_four(const struct proxy_header *h, const char *octets)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	assert_memory_equal(h->address, mapped, sizeof(mapped));
	assert_memory_equal(h->address + 12, octets, 4);
	assert_false(h->is_local);
}

#endif
