// SPDX-License-Identifier: ISC
/*
 * look_show.c - messages that are shown: as they are, or, to a terminal, so
 * that they have no power over it.
 * Runs in: the collector's loop.  Trusts: never the server.
 */
#include <string.h>

#include "fetch/run/look_impl.h"
#include "fetch/show/escape.h"
#include "os/fd.h"

static void put_octets(struct look *l, const uint8_t *at, size_t len)
{
	int rc = fd_write_all(l->options->out, at, len);
	struct why why;

	if (rc < 0) {
		why_errno(&why, WHY_DELIVERY, -rc,
			  "standard output takes no more");
		look_fail(l, &why);
	}
}

/* What a terminal gets has no power over it. */
static void put_shown(struct look *l, const uint8_t *at, size_t len)
{
	if (l->is_terminal) {
		struct text shown = { 0 };

		while (len > 0) {
			const uint8_t *lf = memchr(at, '\n', len);
			size_t n = lf != NULL ? (size_t)(lf - at) : len;

			escape_put(&shown, at, n, true);
			if (lf != NULL) {
				text_put(&shown, "\n", 1);
				n += 1;
			}
			at += n;
			len -= n;
		}
		put_octets(l, (const uint8_t *)text_of(&shown), shown.len);
		text_finish(&shown);
	} else {
		put_octets(l, at, len);
	}
}

void look_text(struct look *l, struct pop3_slice in)
{
	while (in.len > 0 && l->why.kind == WHY_NONE) {
		struct pop3_writer out =
		    pop3_writer_of(l->text, sizeof(l->text));

		pop3_unwire_run(&l->unwire, &in, &out);
		put_shown(l, out.at, out.len);
	}
}

void look_text_end(struct look *l)
{
	struct pop3_writer out = pop3_writer_of(l->text, sizeof(l->text));

	if (pop3_unwire_end(&l->unwire, &out) == 0) {
		put_shown(l, out.at, out.len);
	}
	pop3_unwire_init(&l->unwire);
}
