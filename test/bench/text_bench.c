// SPDX-License-Identifier: ISC
/*
 * text_bench.c - how fast wire text is counted, stuffed, and on the other side
 * searched for dots and turned back: each implementation that this machine has,
 * on text like mail and on the worst there is.
 *
 * Prints a line for each: implementation, text, MB/s (10^6 octets of the text a
 * second) for measure, stuff, find_dot and unwire; and a line for what the
 * client's engine does with the text as the answer to RETR, in pieces as they
 * come from a socket.
 */
#include "texts.h"
#include "must.h"
#include "pop3/client.h"
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

static double find_speed(const struct text_impl *impl, struct pop3_slice text)
{
	double begin = now();

	for (int i = 0; i < PASSES; i++) {
		struct pop3_slice in = text;

		while (in.len != 0) {
			in = pop3_slice_tail(in,
					     impl->find_dot(in, false, false));
		}
	}
	return speed(begin);
}

static double unwire_speed(const struct text_impl *impl, struct pop3_slice text,
			   uint8_t *room)
{
	double begin = now();

	for (int i = 0; i < PASSES; i++) {
		struct pop3_slice in = text;
		struct pop3_unwire un;

		pop3_unwire_init(&un);
		while (in.len != 0) {
			struct pop3_writer w = pop3_writer_of(room, ROOM);

			impl->unwire(&un, &in, &w);
		}
	}
	return speed(begin);
}

/* --- the client's engine --- */

static void run_all(struct pop3_client *c, struct pop3_slice in,
		    uint64_t *octets)
{
	struct pop3_client_event ev;

	while (pop3_client_run(c, &in, &ev) != POP3_CEV_INPUT) {
		must(ev.type != POP3_CEV_BROKEN, "no fault");
		*octets += ev.octets_of_text.len;
	}
}

static double client_speed(struct pop3_slice text)
{
	struct pop3_client c;
	uint8_t room[64];
	uint64_t octets = 0;
	double begin;

	pop3_client_init(&c);
	run_all(&c, POP3_LITERAL("+OK\r\n"), &octets);
	begin = now();
	for (int i = 0; i < PASSES; i++) {
		struct pop3_writer w = pop3_writer_of(room, sizeof(room));

		must(pop3_client_retr(&c, &w, 1) == 0, "a command");
		run_all(&c, POP3_LITERAL("+OK\r\n"), &octets);
		for (size_t at = 0; at < text.len; at += ROOM) {
			run_all(&c, pop3_slice_of(text.at + at, ROOM), &octets);
		}
		run_all(&c, POP3_LITERAL("\r\n.\r\n"), &octets);
	}
	must(pop3_client_awaited(&c) == 0 && octets >= TEXT_LEN / 2 * PASSES,
	     "all came");
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
			       "stuff %7.0f MB/s  find_dot %7.0f MB/s  "
			       "unwire %7.0f MB/s\n",
			       impl->name, name, measure_speed(impl, text),
			       stuff_speed(impl, text, room),
			       find_speed(impl, text),
			       unwire_speed(impl, text, room));
		}
	}
	printf("client     %-24s RETR    %7.0f MB/s\n", name,
	       client_speed(text));
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
	for (size_t i = 0; i < TEXT_LEN; i++) {
		at[i] = (uint8_t) "\r\n.."[i % 4];
	}
	bench("nothing but dots", at, room);
	free(at);
	free(room);
	return 0;
}
