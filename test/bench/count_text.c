// SPDX-License-Identifier: ISC
/*
 * count_text.c - the loops of wire text, for counts.py to count the
 * instructions of: each implementation that this CPU has, on LF and on CRLF
 * text like mail.
 *
 * Prints a line for each: its name and how many KiB of stored text it was
 * given.  The instructions of each are those between count_begin and count_end,
 * by valgrind's --dump-before.
 */
#include "must.h"
#include "texts.h"

#include <stdio.h>
#include <stdlib.h>

#define TEXT_LEN ((size_t)256 << 10)
#define ROOM     ((size_t)64 << 10)

/* Nothing but their names matters; a compiler must not guess that. */
void count_begin(void);
void count_end(void);

__attribute__((noinline)) void count_begin(void)
{
	__asm__ volatile("");
}

__attribute__((noinline)) void count_end(void)
{
	__asm__ volatile("");
}

static void measure(const struct text_impl *impl, struct pop3_slice text)
{
	struct pop3_measure m;

	count_begin();
	pop3_measure_init(&m);
	impl->measure(&m, text);
	count_end();
	must(pop3_measure_end(&m) >= text.len, "all was counted");
}

static void stuff(const struct text_impl *impl, struct pop3_slice text,
		  uint8_t *room)
{
	struct pop3_slice in = text;
	struct pop3_stuff st;

	count_begin();
	pop3_stuff_init(&st);
	while (in.len != 0) {
		struct pop3_writer w = pop3_writer_of(room, ROOM);

		impl->stuff(&st, &in, &w);
	}
	count_end();
	must(st.octets >= text.len, "all was sent");
}

static void count(const struct text_impl *impl, const char *ends,
		  struct pop3_slice text, uint8_t *room)
{
	measure(impl, text);
	printf("%s-measure-%s %zu\n", impl->name, ends, text.len >> 10);
	stuff(impl, text, room);
	printf("%s-stuff-%s %zu\n", impl->name, ends, text.len >> 10);
}

/* Lines of 76 columns; each seventh begins with a dot. */
static void fill_lines(uint8_t *at, const char *ends)
{
	size_t line = 76 + strlen(ends);

	memset(at, 'x', TEXT_LEN);
	for (size_t i = line, n = 0; i <= TEXT_LEN; i += line, n++) {
		memcpy(at + i - strlen(ends), ends, strlen(ends));
		if (n % 7 == 0) {
			at[i - line] = '.';
		}
	}
}

int main(void)
{
	static const struct {
		const char *name, *ends;
	} texts[] = { { "LF", "\n" }, { "CRLF", "\r\n" } };
	uint8_t *at = malloc(TEXT_LEN);
	uint8_t *room = malloc(ROOM);

	must(at != NULL && room != NULL, "memory");
	for (size_t t = 0; t < 2; t++) {
		struct pop3_slice text = pop3_slice_of(at, TEXT_LEN);

		fill_lines(at, texts[t].ends);
		for (size_t i = 0; pop3_text_impls[i] != NULL; i++) {
			if (pop3_text_impls[i]->is_here()) {
				count(pop3_text_impls[i], texts[t].name, text,
				      room);
			}
		}
	}
	free(at);
	free(room);
	return 0;
}
