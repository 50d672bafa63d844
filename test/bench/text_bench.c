// SPDX-License-Identifier: ISC
/*
 * text_bench.c - how fast wire text is counted and stuffed: each implementation
 * that this machine has, on text like mail and on the worst there is.
 *
 * Prints a line for each: implementation, text, MB/s (10^6 octets of stored
 * text a second) for measure and for stuff.
 */
#include "texts.h"
#include "must.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TEXT_LEN ((size_t)4 << 20)
#define ROOM     ((size_t)64 << 10)
#define PASSES   64

static double now(void)
{
	struct timespec ts;

	must(clock_gettime(CLOCK_MONOTONIC, &ts) == 0, "a clock");
	return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

static double speed(double begin)
{
	return (double)TEXT_LEN * PASSES / (now() - begin) / 1e6;
}

static double measure_speed(const struct text_impl *impl,
			    struct pop3_slice text)
{
	uint64_t octets = 0;
	double begin = now();

	for (int i = 0; i < PASSES; i++) {
		struct pop3_measure m;

		pop3_measure_init(&m);
		impl->measure(&m, text);
		octets += pop3_measure_end(&m);
	}
	must(octets >= text.len * PASSES, "all was counted");
	return speed(begin);
}

static double stuff_speed(const struct text_impl *impl, struct pop3_slice text,
			  uint8_t *room)
{
	double begin = now();

	for (int i = 0; i < PASSES; i++) {
		struct pop3_slice in = text;
		struct pop3_stuff st;

		pop3_stuff_init(&st);
		while (in.len != 0) {
			struct pop3_writer w = pop3_writer_of(room, ROOM);

			impl->stuff(&st, &in, &w);
		}
		must(st.octets >= text.len, "all was sent");
	}
	return speed(begin);
}

/* Lines of len octets with their end. */
static void fill_lines(uint8_t *at, size_t len, bool has_cr)
{
	memset(at, 'x', TEXT_LEN);
	for (size_t i = len; i <= TEXT_LEN; i += len) {
		at[i - 1] = '\n';
		if (has_cr) {
			at[i - 2] = '\r';
		}
	}
}

static void bench(const char *name, const uint8_t *at, uint8_t *room)
{
	struct pop3_slice text = pop3_slice_of(at, TEXT_LEN);

	for (size_t i = 0; pop3_text_impls[i] != NULL; i++) {
		const struct text_impl *impl = pop3_text_impls[i];

		if (impl->is_here()) {
			printf("%-9s  %-24s measure %7.0f MB/s  "
			       "stuff %7.0f MB/s\n",
			       impl->name, name, measure_speed(impl, text),
			       stuff_speed(impl, text, room));
		}
	}
}

int main(void)
{
	uint8_t *at = malloc(TEXT_LEN);
	uint8_t *room = malloc(ROOM);

	must(at != NULL && room != NULL, "memory");
	fill_lines(at, 77, false);
	bench("76 columns, LF", at, room);
	fill_lines(at, 78, true);
	bench("76 columns, CRLF", at, room);
	fill_lines(at, 20, false);
	bench("short lines, LF", at, room);
	memset(at, '\n', TEXT_LEN);
	bench("nothing but LF", at, room);
	free(at);
	free(room);
	return 0;
}
