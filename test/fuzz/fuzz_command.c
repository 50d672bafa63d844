// SPDX-License-Identifier: ISC
/*
 * fuzz_command.c - what a client may send: however it is cut, the server does
 * and says the same, and what it says is always POP3.
 *
 * The input's first two octets pick how the server is set up, the rest is what
 * the client sends.
 */
#include "fuzz.h"
#include "memserver.h"
#include "must.h"

struct played {
	struct octets sent, trace;
	bool is_closed;
};

#define HEAD_LEN 2u

static struct memserver_options options_of(uint8_t octet, uint8_t more)
{
	return (struct memserver_options){
		.out_cap = POP3_OUT_MIN + ((octet & 1) != 0 ? 4096u : 0u),
		.lists_late = (octet & 2) != 0,
		.list_fails = (octet & 2) != 0 && (octet & 4) != 0,
		.reveal_users = (octet & 8) != 0,
		.refuse = (octet & 16) != 0 ? POP3_CODE_IN_USE : POP3_CODE_NONE,
		.sasl = (more & 1) != 0,
		.stls = (more & 2) != 0,
		.no_plaintext = (more & 4) != 0,
		.utf8 = (more & 8) != 0,
		.login_delay_s = (more & 16) != 0 ? UINT32_MAX : 0,
		.stamp = (more & 32) != 0 ? MEMSERVER_STAMP : NULL,
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

/* How long a piece of in is fed at a time. */
typedef size_t cut(struct pop3_slice in);

static size_t all(struct pop3_slice in)
{
	return in.len;
}

static size_t one_octet(struct pop3_slice in)
{
	(void)in;
	return 1;
}

static size_t one_line(struct pop3_slice in)
{
	const uint8_t *lf = memchr(in.at, '\n', in.len);

	return lf == NULL ? in.len : (size_t)(lf - in.at) + 1;
}

static struct played play(const uint8_t head[HEAD_LEN], struct pop3_slice in,
			  cut *next_len)
{
	struct memdrop drop = { 0 };
	struct memserver ms;
	struct played p;

	fill(&drop, head[0]);
	memserver_begin(&ms, &drop, options_of(head[0], head[1]));
	/* most inputs would never get beyond the log-in */
	if ((head[0] & 128) != 0) {
		memserver_feed(&ms, POP3_LITERAL("USER test\r\n"
						 "PASS secret\r\n"));
	}
	while (in.len != 0) {
		size_t len = next_len(in);

		memserver_feed(&ms, pop3_slice_of(in.at, len));
		in = pop3_slice_tail(in, len);
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

static void must_be_alike(const struct played *a, const struct played *b)
{
	must(pop3_slice_equal(octets_all(&a->sent), octets_all(&b->sent)),
	     "says the same, however it is cut");
	must(pop3_slice_equal(octets_all(&a->trace), octets_all(&b->trace)),
	     "does the same, however it is cut");
	must(a->is_closed == b->is_closed, "ends alike");
}

/* Where STLS is offered, what comes together with it ends the connection: there
 * only the cuts between lines may make no difference. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pop3_slice in;
	struct played at_once, by_lines, by_octets;

	if (size < HEAD_LEN) {
		return 0;
	}
	in = pop3_slice_of(data + HEAD_LEN, size - HEAD_LEN);
	at_once = play(data, in, all);
	by_lines = play(data, in, one_line);
	by_octets = play(data, in, one_octet);
	check_lines(octets_all(&at_once.sent));
	check_lines(octets_all(&by_octets.sent));
	must_be_alike(&by_lines, &by_octets);
	if (!options_of(data[0], data[1]).stls) {
		must_be_alike(&at_once, &by_octets);
	}
	played_finish(&at_once);
	played_finish(&by_lines);
	played_finish(&by_octets);
	return 0;
}
