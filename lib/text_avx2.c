// SPDX-License-Identifier: ISC
/*
 * text_avx2.c - the text kernel for x86 of 2013 and later.
 * Runs in: session, maildrop, the client.  Trusts: nothing that is in the text.
 */
#include <immintrin.h>
#include <stdint.h>

/* The build is for any x86: only these functions are not. */
#define KERNEL_TARGET __attribute__((target("avx2,bmi,popcnt")))

struct found {
	uint64_t lf, cr, dot;
};

KERNEL_TARGET static inline uint64_t equal(__m256i part, char octet)
{
	__m256i is_equal = _mm256_cmpeq_epi8(part, _mm256_set1_epi8(octet));

	return (uint64_t)(unsigned)_mm256_movemask_epi8(is_equal);
}

KERNEL_TARGET static inline struct found find(const uint8_t *at)
{
	__m256i low = _mm256_loadu_si256((const __m256i *)(const void *)at);
	__m256i high =
	    _mm256_loadu_si256((const __m256i *)(const void *)at + 1);

	return (struct found){
		.lf = equal(low, '\n') | equal(high, '\n') << 32,
		.cr = equal(low, '\r') | equal(high, '\r') << 32,
		.dot = equal(low, '.') | equal(high, '.') << 32,
	};
}

KERNEL_TARGET static inline unsigned ones(uint64_t bits)
{
	return (unsigned)__builtin_popcountll(bits);
}

#include "text_kernel.inc"

static bool is_here(void)
{
	return __builtin_cpu_supports("avx2") &&
	       __builtin_cpu_supports("bmi") &&
	       __builtin_cpu_supports("popcnt");
}

const struct text_impl pop3_text_avx2 = { "avx2", is_here,  measure,
					  stuff,  find_dot, unwire };
