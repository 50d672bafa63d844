// SPDX-License-Identifier: ISC
/*
 * memclient.c - a client in memory.
 * Runs in: tests.  Trusts: the test, but not the engine.
 */
#include "memclient.h"
#include "must.h"
#include <stdio.h>

static const char *const code_names[POP3_CODE_COUNT] = {
	[POP3_CODE_NONE] = "",
	[POP3_CODE_AUTH] = " [AUTH]",
	[POP3_CODE_IN_USE] = " [IN-USE]",
	[POP3_CODE_LOGIN_DELAY] = " [LOGIN-DELAY]",
	[POP3_CODE_SYS_TEMP] = " [SYS/TEMP]",
	[POP3_CODE_SYS_PERM] = " [SYS/PERM]",
	[POP3_CODE_UTF8] = " [UTF8]",
};

static const char *const fault_names[POP3_FAULT_COUNT] = {
	[POP3_FAULT_NONE] = "NONE",
	[POP3_FAULT_LINE] = "LINE",
	[POP3_FAULT_REPLY] = "REPLY",
	[POP3_FAULT_UNASKED] = "UNASKED",
	[POP3_FAULT_BEHIND_STLS] = "BEHIND_STLS",
	[POP3_FAULT_CHALLENGE] = "CHALLENGE",
};

/* --- words --- */

static void add(struct memclient *mc, const char *str)
{
	octets_add_str(&mc->trace, str);
}

static void add_octet(struct memclient *mc, uint8_t octet)
{
	char word[8];

	if (octet == '\r' || octet == '\n') {
		add(mc, octet == '\r' ? "\\r" : "\\n");
	} else if (octet < ' ' || octet >= 0x7F || octet == '\\') {
		must(snprintf(word, sizeof(word), "\\x%02X", octet) == 4,
		     "room");
		add(mc, word);
	} else {
		octets_add(&mc->trace, pop3_slice_of(&octet, 1));
	}
}

static void add_quoted(struct memclient *mc, struct pop3_slice s)
{
	add(mc, " \"");
	for (size_t i = 0; i < s.len; i++) {
		add_octet(mc, s.at[i]);
	}
	add(mc, "\"");
}

static void add_number(struct memclient *mc, const char *what, uint64_t n)
{
	add(mc, what);
	octets_add_u64(&mc->trace, n);
}

static void add_verb(struct memclient *mc, enum pop3_verb_asked verb)
{
	add(mc, " ");
	if (verb == POP3_ASK_GREETING) {
		add(mc, "GREETING");
	} else {
		add(mc, verb == POP3_ASK_COUNT ? "REST"
					       : pop3_client_verb_name(verb));
	}
}

static void add_sign(struct memclient *mc, const struct pop3_client_event *ev)
{
	add(mc, ev->is_ok ? " +" : " -");
	add(mc, code_names[ev->code]);
}

static void add_numbers(struct memclient *mc,
			const struct pop3_client_event *ev)
{
	if (ev->is_malformed) {
		add(mc, " malformed");
	}
	if (ev->has_count) {
		add_number(mc, " count=", ev->count);
	}
	if (ev->has_octets) {
		add_number(mc, " octets=", ev->octets);
	}
	if (ev->uid.len != 0) {
		add(mc, " uid");
		add_quoted(mc, ev->uid);
	}
}

/* --- events --- */

static void flush_text(struct memclient *mc)
{
	if (mc->text.len != 0) {
		add(mc, "TEXT");
		add_verb(mc, mc->text_verb);
		add_number(mc, " ", mc->text_msn);
		add_quoted(mc, octets_all(&mc->text));
		add(mc, "\n");
		mc->text.len = 0;
	}
}

static void note_text(struct memclient *mc, const struct pop3_client_event *ev)
{
	must(ev->octets_of_text.len != 0, "a text that is not empty");
	must(mc->text.len == 0 ||
		 (mc->text_msn == ev->msn && mc->text_verb == ev->verb),
	     "a text of the same message");
	mc->text_msn = ev->msn;
	mc->text_verb = ev->verb;
	octets_add(&mc->text, ev->octets_of_text);
	octets_add(&mc->all_text, ev->octets_of_text);
}

static void note_entry(struct memclient *mc, const struct pop3_client_event *ev)
{
	must(ev->is_malformed == (ev->msn == 0), "a number, or none");
	must(ev->uid.len <= POP3_CLIENT_UID_MAX, "a uid that is not too long");
	add(mc, "ENTRY");
	add_verb(mc, ev->verb);
	if (!ev->is_malformed) {
		add_number(mc, " ", ev->msn);
	}
	add_numbers(mc, ev);
}

static void note_reply(struct memclient *mc, const struct pop3_client_event *ev)
{
	add(mc, "REPLY");
	add_verb(mc, ev->verb);
	if (ev->msn != 0) {
		add_number(mc, " ", ev->msn);
	}
	add_sign(mc, ev);
	add_numbers(mc, ev);
	add_quoted(mc, ev->text);
}

static void note_greeting(struct memclient *mc,
			  const struct pop3_client_event *ev)
{
	add(mc, "GREETING");
	add_sign(mc, ev);
	add_quoted(mc, ev->text);
	if (ev->stamp.len != 0) {
		add(mc, " ");
		octets_add(&mc->trace, ev->stamp);
	}
}

static void note_broken(struct memclient *mc,
			const struct pop3_client_event *ev)
{
	mc->is_broken = true;
	add(mc, "BROKEN ");
	add(mc, fault_names[ev->fault]);
	add(mc, " at");
	add_verb(mc, ev->verb);
	add_quoted(mc, ev->text);
}

static void note(struct memclient *mc, const struct pop3_client_event *ev)
{
	flush_text(mc);
	switch (ev->type) {
	case POP3_CEV_INPUT:
	case POP3_CEV_TEXT:
		must(false, "noted elsewhere");
		break;
	case POP3_CEV_GREETING:
		note_greeting(mc, ev);
		break;
	case POP3_CEV_CAPABILITY:
		add(mc, "CAPABILITY");
		add_quoted(mc, ev->text);
		break;
	case POP3_CEV_ENTRY:
		note_entry(mc, ev);
		break;
	case POP3_CEV_CHALLENGE:
		add(mc, ev->is_malformed ? "CHALLENGE malformed" : "CHALLENGE");
		add_quoted(mc, ev->challenge);
		break;
	case POP3_CEV_REPLY:
		note_reply(mc, ev);
		break;
	case POP3_CEV_BROKEN:
		note_broken(mc, ev);
		break;
	}
	add(mc, "\n");
}

/* Stays broken, and takes nothing any more. */
static void must_stay_broken(struct memclient *mc, struct pop3_slice in)
{
	struct pop3_client_event ev;
	uint8_t room[16];
	struct pop3_writer out = pop3_writer_of(room, sizeof(room));
	size_t len = in.len;

	must(pop3_client_run(&mc->engine, &in, &ev) == POP3_CEV_BROKEN &&
		 in.len == len,
	     "broken for good");
	must(pop3_client_noop(&mc->engine, &out) == POP3_EINVAL && out.len == 0,
	     "no command any more");
}

static void hear_piece(struct memclient *mc, struct pop3_slice piece)
{
	struct pop3_slice in = mc->is_front ? guard_copy_front(&mc->in, piece)
					    : guard_copy(&mc->in, piece);
	struct pop3_client_event ev;

	mc->heard += piece.len;
	while (!mc->is_broken) {
		enum pop3_client_event_type type =
		    pop3_client_run(&mc->engine, &in, &ev);

		must(type == ev.type, "one type");
		if (type == POP3_CEV_INPUT) {
			must(in.len == 0, "all was taken");
			return;
		}
		if (type == POP3_CEV_TEXT) {
			note_text(mc, &ev);
		} else {
			note(mc, &ev);
		}
		if (mc->react != NULL) {
			mc->react(mc, &ev);
		}
	}
	must_stay_broken(mc, in);
}

static size_t next_len(const struct memclient *mc, size_t len)
{
	size_t until = mc->cut_at > mc->heard ? mc->cut_at - mc->heard : len;

	switch (mc->cut) {
	case MEMCLIENT_WHOLE:
		break;
	case MEMCLIENT_OCTETS:
		return len < 1 ? len : 1;
	case MEMCLIENT_AT:
		return len < until ? len : until;
	}
	return len;
}

void memclient_hear(struct memclient *mc, struct pop3_slice octets)
{
	if (octets.len > mc->in.cap) {
		guard_finish(&mc->in);
		guard_init(&mc->in, octets.len);
	}
	do {
		size_t len = next_len(mc, octets.len);

		if (mc->is_broken) {
			return;
		}
		hear_piece(mc, pop3_slice_of(octets.at, len));
		octets = pop3_slice_tail(octets, len);
	} while (octets.len != 0);
}

struct pop3_slice memclient_trace(struct memclient *mc)
{
	flush_text(mc);
	return octets_all(&mc->trace);
}

struct pop3_slice memclient_said(struct memclient *mc)
{
	struct pop3_slice said = pop3_slice_of(mc->out.at, mc->out.len);

	must(!mc->out.full, "all was put");
	mc->out.len = 0;
	return said;
}

void memclient_begin(struct memclient *mc)
{
	memset(mc, 0, sizeof(*mc));
	guard_init(&mc->in, 8192);
	mc->out = pop3_writer_of(mc->out_at, sizeof(mc->out_at));
	pop3_client_init(&mc->engine);
}

void memclient_finish(struct memclient *mc)
{
	pop3_client_finish(&mc->engine);
	guard_finish(&mc->in);
	octets_finish(&mc->trace);
	octets_finish(&mc->text);
	octets_finish(&mc->all_text);
}
