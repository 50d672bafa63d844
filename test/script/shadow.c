// SPDX-License-Identifier: ISC
/*
 * shadow.c - a client that goes along with a transcript.
 * Runs in: tests.  Trusts: nobody.
 */
#include "shadow.h"
#include "must.h"

static void react(struct memclient *mc, const struct pop3_client_event *ev)
{
	struct shadow *sh = mc->ctx;

	sh->owes_tls = ev->type == POP3_CEV_REPLY &&
		       ev->verb == POP3_ASK_STLS && ev->is_ok;
	if (ev->type == POP3_CEV_REPLY && ev->is_ok &&
	    (ev->verb == POP3_ASK_RETR || ev->verb == POP3_ASK_TOP)) {
		must(sh->messages < SHADOW_MESSAGES_MAX, "fewer messages");
		sh->ends[sh->messages++] = mc->all_text.len;
	}
}

void shadow_begin(struct shadow *sh)
{
	shadow_end(sh);
	memclient_begin(&sh->client);
	sh->client.react = react;
	sh->client.ctx = sh;
	sh->is_here = true;
	sh->is_lost = false;
	sh->owes_tls = false;
	sh->heard = 0;
	sh->messages = sh->taken = 0;
}

void shadow_end(struct shadow *sh)
{
	if (sh->is_here) {
		memclient_finish(&sh->client);
		sh->is_here = false;
	}
}

void shadow_get_lost(struct shadow *sh)
{
	sh->is_lost = true;
}

void shadow_say(struct shadow *sh, struct pop3_slice line)
{
	if (!sh->is_lost && memclient_say(&sh->client, line) < 0) {
		sh->is_lost = true;
	}
	if (!sh->is_lost) {
		(void)memclient_said(&sh->client);
	}
}

/* In two pieces at some place, so that whole lines and cut ones come. */
void shadow_hear(struct shadow *sh, struct pop3_slice sent)
{
	struct pop3_slice more = pop3_slice_tail(sent, sh->heard);
	size_t cut = more.len / 3;

	sh->heard = sent.len;
	if (sh->is_lost || more.len == 0) {
		return;
	}
	memclient_hear(&sh->client, pop3_slice_of(more.at, cut));
	memclient_hear(&sh->client, pop3_slice_tail(more, cut));
	must(!sh->client.is_broken, "a client understands the server");
}

void shadow_begin_tls(struct shadow *sh)
{
	if (!sh->is_lost) {
		must(sh->owes_tls, "a client that was told to begin TLS");
		pop3_client_tls_begun(&sh->client.engine);
		sh->owes_tls = false;
	}
}

bool shadow_take_message(struct shadow *sh, struct pop3_slice text)
{
	while (sh->taken < sh->messages) {
		size_t from = sh->taken == 0 ? 0 : sh->ends[sh->taken - 1];
		size_t len = sh->ends[sh->taken++] - from;

		if (pop3_slice_equal(
			pop3_slice_of(sh->client.all_text.at + from, len),
			text)) {
			return true;
		}
	}
	return sh->is_lost;
}
