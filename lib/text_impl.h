// SPDX-License-Identifier: ISC
/*
 * text_impl.h - the loops of wire text that are worth a vector unit, and
 * the table of those who can do them.  Private to lib/ and to its tests, which
 * set each against the others.
 */
#ifndef LIB_TEXT_IMPL_H
#define LIB_TEXT_IMPL_H

#include "pop3/text.h"

/* No stuff function begins with less room in out. */
#define TEXT_ROOM_MIN 4u

struct text_impl {
	const char *name;
	bool (*is_here)(void); /* has this CPU what it needs? */

	/* As pop3_measure_add. */
	void (*measure)(struct pop3_measure *m, struct pop3_slice text);

	/* As pop3_stuff_run for a whole message: it looks at none of the
	 * fields that are for TOP, and leaves them alone. */
	void (*stuff)(struct pop3_stuff *st, struct pop3_slice *in,
		      struct pop3_writer *out);

	/* Where in text the next dot begins a line that began within text, or
	 * text.len.  A line ends in CRLF, or, if lf_ends, in any LF.  after_cr:
	 * a CR stands right before text. */
	size_t (*find_dot)(struct pop3_slice text, bool after_cr, bool lf_ends);

	/* As pop3_unwire_run. */
	void (*unwire)(struct pop3_unwire *un, struct pop3_slice *in,
		       struct pop3_writer *out);
};

extern const struct text_impl pop3_text_portable;
extern const struct text_impl pop3_text_sse2;
extern const struct text_impl pop3_text_avx2;
extern const struct text_impl pop3_text_neon;

/* Those that were built for this machine, the best first, the portable one last
 * and then NULL. */
extern const struct text_impl *const pop3_text_impls[];

/* The best that this CPU has. */
const struct text_impl *pop3_text_best(void);

/* pop3_stuff_run by a certain one. */
void pop3_stuff_run_by(const struct text_impl *impl, struct pop3_stuff *st,
		       struct pop3_slice *in, struct pop3_writer *out);

#endif
