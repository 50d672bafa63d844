// SPDX-License-Identifier: ISC
/*
 * text_sse2.c - the text kernel for every 64-bit x86.
 * Runs in: session, maildrop, the client.  Trusts: nothing that is in the text.
 */
#include <emmintrin.h>
#include <stdint.h>

#define KERNEL_TARGET /* nothing: it is the base line */

struct found {
	uint64_t lf, cr, dot;
};

static inline uint64_t equal(__m128i part, char octet)
{
	__m128i is_equal = _mm_cmpeq_epi8(part, _mm_set1_epi8(octet));

	return (uint64_t)(unsigned)_mm_movemask_epi8(is_equal);
}

static inline struct found find(const uint8_t *at)
{
	struct found f = { 0, 0, 0 };

	for (unsigned i = 0; i < 4; i++) {
		__m128i part =
		    _mm_loadu_si128((const __m128i *)(const void *)at + i);

		f.lf |= equal(part, '\n') << 16 * i;
		f.cr |= equal(part, '\r') << 16 * i;
		f.dot |= equal(part, '.') << 16 * i;
	}
	return f;
}

/* Without the popcnt instruction; few bits are set in a block of mail. */
static inline unsigned ones(uint64_t bits)
{
	unsigned n = 0;

	for (; bits != 0; bits &= bits - 1) {
		n++;
	}
	return n;
}

#include "text_kernel.inc"

static bool is_here(void)
{
	return true;
}

const struct text_impl pop3_text_sse2 = { "sse2", is_here,  measure,
					  stuff,  find_dot, unwire };
