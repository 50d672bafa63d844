// SPDX-License-Identifier: ISC
/*
 * fuzz_command.c - what a client may send: however it is cut, the server does
 * and says the same, and what it says is always POP3.
 *
 * The input's first octet picks how the server is set up, the rest is what the
 * client sends.
 */
#include "fuzz.h"
#include "memserver.h"
#include "must.h"

struct played {
	struct octets sent, trace;
	bool is_closed;
};

static struct memserver_options options_of(uint8_t octet)
{
	return (struct memserver_options){
		.out_cap = POP3_OUT_MIN + ((octet & 1) != 0 ? 4096u : 0u),
		.lists_late = (octet & 2) != 0,
		.list_fails = (octet & 2) != 0 && (octet & 4) != 0,
		.reveal_users = (octet & 8) != 0,
		.refuse = (octet & 16) != 0 ? POP3_CODE_IN_USE : POP3_CODE_NONE,
	};
}

static void fill(struct memdrop *drop, uint8_t octet)
{
	(void)memdrop_add(drop, "one", POP3_LITERAL("S: 1\n\n.dot\nlast"));
	(void)memdrop_add(drop, "two", POP3_LITERAL("S: 2\r\n\r\nbody\r\n"));
	(void)memdrop_add(drop, "three", POP3_LITERAL(""));
	drop->messages[0].is_stuck = (octet & 32) != 0;
	drop->messages[1].is_missing = (octet & 64) != 0;
}

static struct played play(uint8_t octet, struct pop3_slice in, size_t piece)
{
	struct memdrop drop = { 0 };
	struct memserver ms;
	struct played p;

	fill(&drop, octet);
	memserver_begin(&ms, &drop, options_of(octet));
	/* most inputs would never get beyond the log-in */
	if ((octet & 128) != 0) {
		memserver_feed(&ms, POP3_LITERAL("USER test\r\n"
						 "PASS secret\r\n"));
	}
	for (size_t i = 0; i < in.len; i += piece) {
		size_t len = in.len - i < piece ? in.len - i : piece;

		memserver_feed(&ms, pop3_slice_of(in.at + i, len));
	}
	p = (struct played){ ms.sent, ms.trace, ms.is_closed };
	ms.sent = ms.trace = (struct octets){ 0 };
	memserver_end(&ms);
	memdrop_finish(&drop);
	return p;
}

/* Only whole lines, none longer than POP3 allows, the first a status. */
static void check_lines(struct pop3_slice sent)
{
	must(sent.len >= 4 && memcmp(sent.at, "+OK ", 4) == 0, "a greeting");
	while (sent.len != 0) {
		const uint8_t *lf = memchr(sent.at, '\n', sent.len);
		size_t len;

		must(lf != NULL, "a last line with its end");
		len = (size_t)(lf - sent.at) + 1;
		must(len >= 2 && len <= POP3_REPLY_MAX && lf[-1] == '\r',
		     "a line as POP3 has it");
		sent = pop3_slice_tail(sent, len);
	}
}

static void played_finish(struct played *p)
{
	octets_finish(&p->sent);
	octets_finish(&p->trace);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pop3_slice in;
	struct played at_once, by_octets;

	if (size == 0) {
		return 0;
	}
	in = pop3_slice_of(data + 1, size - 1);
	at_once = play(data[0], in, size);
	by_octets = play(data[0], in, 1);
	must(pop3_slice_equal(octets_all(&at_once.sent),
			      octets_all(&by_octets.sent)),
	     "says the same, octet by octet");
	must(pop3_slice_equal(octets_all(&at_once.trace),
			      octets_all(&by_octets.trace)),
	     "does the same, octet by octet");
	must(at_once.is_closed == by_octets.is_closed, "ends alike");
	check_lines(octets_all(&at_once.sent));
	played_finish(&at_once);
	played_finish(&by_octets);
	return 0;
}
