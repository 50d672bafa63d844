// SPDX-License-Identifier: ISC
/*
 * text_neon.c - the text kernel for every 64-bit ARM.
 * Runs in: session, maildrop, the client.  Trusts: nothing that is in the text.
 */
#include <arm_neon.h>
#include <stdint.h>

#define KERNEL_TARGET /* nothing: it is the base line */

struct found {
	uint64_t lf, cr, dot;
};

/* Which of 64 octets are the one: each keeps one bit of its lane, and adding
 * neighbours three times packs the lanes' bits, in order, into one word. */
static inline uint64_t equal(uint8x16x4_t part, char octet)
{
	static const uint8_t bits[16] = { 1, 2, 4, 8, 16, 32, 64, 128,
					  1, 2, 4, 8, 16, 32, 64, 128 };
	uint8x16_t bit = vld1q_u8(bits);
	uint8x16_t like = vdupq_n_u8((uint8_t)octet);
	uint8x16_t a = vandq_u8(vceqq_u8(part.val[0], like), bit);
	uint8x16_t b = vandq_u8(vceqq_u8(part.val[1], like), bit);
	uint8x16_t c = vandq_u8(vceqq_u8(part.val[2], like), bit);
	uint8x16_t d = vandq_u8(vceqq_u8(part.val[3], like), bit);
	uint8x16_t sum = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));

	return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)), 0);
}

static inline struct found find(const uint8_t *at)
{
	uint8x16x4_t part = { { vld1q_u8(at), vld1q_u8(at + 16),
				vld1q_u8(at + 32), vld1q_u8(at + 48) } };

	return (struct found){
		.lf = equal(part, '\n'),
		.cr = equal(part, '\r'),
		.dot = equal(part, '.'),
	};
}

static inline unsigned ones(uint64_t bits)
{
	return (unsigned)__builtin_popcountll(bits);
}

#include "text_kernel.inc"

static bool is_here(void)
{
	return true;
}

const struct text_impl pop3_text_neon = { "neon", is_here,  measure,
					  stuff,  find_dot, unwire };
