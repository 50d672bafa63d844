// SPDX-License-Identifier: ISC
/*
 * text_kernel.h - counting and stuffing, 64 octets at a time.  Included by one
 * file for each instruction set (text_sse2.c, text_avx2.c, text_neon.c), which
 * before that defines
 *
 *	KERNEL_TARGET  what to say before each function
 *	find()         where in 64 octets LF, CR and dots stand
 *	ones()         how many bits of a word are set
 *
 * Where a line begins and where an LF has no CR before it then follow from
 * shifts of 64-bit words: no octet is looked at by itself, however the text is
 * made.
 */
#ifndef LIB_TEXT_KERNEL_H
#define LIB_TEXT_KERNEL_H

#include "text_impl.h"

#define BLOCK 64u

/* Bit i of a block with carries from the block before. */
struct marks {
	uint64_t bare;             /* an LF without CR before it */
	uint64_t dots;             /* a dot that begins a line */
	uint64_t last_cr, last_lf; /* 1 if the block ends in one */
};

KERNEL_TARGET static inline struct marks
mark(const uint8_t *at, uint64_t after_cr, uint64_t at_line)
{
	struct found f = find(at);

	return (struct marks){
		.bare = f.lf & ~(f.cr << 1 | after_cr),
		.dots = f.dot & (f.lf << 1 | at_line),
		.last_cr = f.cr >> 63,
		.last_lf = f.lf >> 63,
	};
}

/*
 * The last octets, fewer than a block: behind a copy of them stand octets that
 * mean nothing, so that no octet behind the text is read.
 */
KERNEL_TARGET static void measure_rest(struct pop3_measure *m,
				       struct pop3_slice text)
{
	uint8_t block[BLOCK] = { 0 };
	struct marks k;

	if (text.len == 0) {
		return;
	}
	memcpy(block, text.at, text.len);
	k = mark(block, m->after_cr, m->at_line);
	m->octets += text.len + ones(k.bare);
	m->is_wire = m->is_wire && (k.bare | k.dots) == 0;
	m->after_cr = block[text.len - 1] == '\r';
	m->at_line = block[text.len - 1] == '\n';
}

KERNEL_TARGET static void measure(struct pop3_measure *m,
				  struct pop3_slice text)
{
	uint64_t after_cr = m->after_cr, at_line = m->at_line;
	uint64_t bare = 0, any = 0;
	size_t i = 0;

	for (; text.len - i >= BLOCK; i += BLOCK) {
		struct marks k = mark(text.at + i, after_cr, at_line);

		bare += ones(k.bare);
		any |= k.bare | k.dots;
		after_cr = k.last_cr;
		at_line = k.last_lf;
	}
	m->octets += i + bare;
	m->is_wire = m->is_wire && any == 0;
	m->after_cr = after_cr != 0;
	m->at_line = at_line != 0;
	measure_rest(m, pop3_slice_tail(text, i));
}

/*
 * Copies a block to out, with a CR before each bare LF and a dot before each
 * dot that begins a line.  What stands between two insertions is copied with 64
 * octets each time, whatever its length: the next copy overwrites what was too
 * much, and a copy of fixed length costs a few instructions only.  So up to 63
 * octets behind the block are read, and 64 behind the result written.
 */
KERNEL_TARGET static inline uint8_t *stuff_block(const uint8_t *at,
						 struct marks k, uint8_t *out)
{
	uint64_t insert = k.bare | k.dots;
	size_t from = 0;

	while (insert != 0) {
		size_t i = (size_t)__builtin_ctzll(insert);

		memcpy(out, at + from, BLOCK);
		out += i - from;
		*out++ = (k.bare >> i & 1) != 0 ? '\r' : '.';
		from = i;
		insert &= insert - 1;
	}
	memcpy(out, at + from, BLOCK);
	return out + (BLOCK - from);
}

#define STUFF_IN_MIN  (2 * BLOCK) /* a block, and what is read behind it */
#define STUFF_OUT_MIN (3 * BLOCK) /* a block of LF only, and one behind it */

KERNEL_TARGET static void stuff(struct pop3_stuff *st, struct pop3_slice *in,
				struct pop3_writer *out)
{
	uint64_t after_cr = st->after_cr, at_line = st->at_line;
	const uint8_t *at = in->at;
	size_t left = in->len;
	uint8_t *to = out->at + out->len;
	const uint8_t *to_end = out->at + out->cap;

	while (left >= STUFF_IN_MIN && (size_t)(to_end - to) >= STUFF_OUT_MIN) {
		struct marks k = mark(at, after_cr, at_line);

		to = stuff_block(at, k, to);
		st->octets += BLOCK + ones(k.bare);
		after_cr = k.last_cr;
		at_line = k.last_lf;
		at += BLOCK;
		left -= BLOCK;
	}
	st->after_cr = after_cr != 0;
	st->at_line = at_line != 0;
	out->len = (size_t)(to - out->at);
	*in = pop3_slice_of(at, left);
	pop3_text_portable.stuff(st, in, out);
}

#endif
