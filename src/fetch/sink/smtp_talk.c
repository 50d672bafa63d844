// SPDX-License-Identifier: ISC
/*
 * smtp_talk.c - the dialogue with a mail server (smtp_talk.h).
 * Runs in: a carrier thread.  Trusts: nothing that a server says.  Allocates:
 * never.
 */
#include "fetch/sink/smtp_talk.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fetch/limits.h"
#include "fetch/sink/sink_impl.h"
#include "fetch/sink/smtp_name.h"
#include "fetch/sink/smtp_reply.h"

/* MAIL FROM:<...> SIZE=... BODY=8BITMIME SMTPUTF8, and its CRLF. */
#define COMMAND_MAX (FETCH_SMTP_ADDRESS_MAX + 100u)

static int put_text(struct smtp_talk *t, const char *text, struct why *why)
{
	return smtp_line_put(&t->line, text, strlen(text), why);
}

/* The reply to what was asked: 0 if it is a good one; -1 and *why if not.
 * After 421 the server says no more. */
static int hear(struct smtp_talk *t, enum smtp_step step, uint64_t wait_ms,
		struct why *why)
{
	struct smtp_reply reply;

	if (smtp_line_reply(&t->line, wait_ms, NULL, NULL, &reply, why) < 0) {
		return -1;
	}
	if (smtp_reply_is_good(step, &reply)) {
		return 0;
	}
	smtp_reply_refused(step, &reply, why);
	if (reply.code == 421) {
		smtp_line_close(&t->line);
	}
	return -1;
}

static bool is_open(const struct smtp_talk *t)
{
	return t->line.fd != -1;
}

static bool is_word(const uint8_t *at, size_t len, const char *word)
{
	return pop3_slice_equal_fold(pop3_slice_of(at, len),
				     pop3_slice_of(word, strlen(word)));
}

/* A line of the reply to EHLO; the first is the server's name. */
static void on_extension(void *arg, const uint8_t *at, size_t len)
{
	struct smtp_talk *t = arg;
	const uint8_t *blank = memchr(at, ' ', len);
	size_t word = blank == NULL ? len : (size_t)(blank - at);

	if (t->lines_heard++ == 0) {
		return;
	}
	t->has_pipelining |= is_word(at, word, "PIPELINING");
	t->has_8bitmime |= is_word(at, word, "8BITMIME");
	t->has_smtputf8 |= is_word(at, word, "SMTPUTF8");
	if (is_word(at, word, "SIZE")) {
		t->has_size = true;
		if (blank == NULL ||
		    pop3_slice_u64(pop3_slice_of(blank + 1, len - word - 1),
				   &t->size_max) < 0) {
			t->size_max = 0;
		}
	}
}

/* EHLO, LHLO or HELO. */
static int say_hello(struct smtp_talk *t, const char *verb,
		     struct smtp_reply *reply_r, struct why *why)
{
	char line[SMTP_NAME_MAX + 16];
	char name[SMTP_NAME_MAX];

	smtp_name(&t->line, name);
	snprintf(line, sizeof(line), "%s %s\r\n", verb, name);
	t->lines_heard = 0;
	t->has_size = false;
	t->has_8bitmime = false;
	t->has_smtputf8 = false;
	t->has_pipelining = false;
	t->size_max = 0;
	if (put_text(t, line, why) < 0) {
		return -1;
	}
	return smtp_line_reply(&t->line, FETCH_SMTP_REPLY_MS, on_extension, t,
			       reply_r, why);
}

static int greet(struct smtp_talk *t, struct why *why)
{
	bool is_lmtp = t->to->kind == DESTINATION_LMTP;
	struct smtp_reply reply;

	if (hear(t, SMTP_GREETING, FETCH_SMTP_REPLY_MS, why) < 0 ||
	    say_hello(t, is_lmtp ? "LHLO" : "EHLO", &reply, why) < 0) {
		return -1;
	}
	if (!is_lmtp && reply.code >= 500 &&
	    say_hello(t, "HELO", &reply, why) < 0) {
		return -1;
	}
	if (!smtp_reply_is_good(SMTP_EHLO, &reply)) {
		smtp_reply_refused(SMTP_EHLO, &reply, why);
		return -1;
	}
	return 0;
}

static int reset(struct smtp_talk *t, struct why *why)
{
	return put_text(t, "RSET\r\n", why) < 0
		   ? -1
		   : hear(t, SMTP_RSET, FETCH_SMTP_REPLY_MS, why);
}

int smtp_talk_begin(struct smtp_talk *t, struct why *why)
{
	/* Since the last group it may have gone, with or without 421. */
	if (is_open(t) && reset(t, why) == 0) {
		return 0;
	}
	smtp_line_close(&t->line);
	if (smtp_line_open(&t->line, t->to, why) < 0) {
		return -1;
	}
	if (greet(t, why) < 0) {
		smtp_line_close(&t->line);
		return -1;
	}
	return 0;
}

static const char *sender(const struct smtp_talk *t)
{
	return t->to->sender == NULL ? "" : t->to->sender;
}

static bool is_ascii(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((*text & 0x80) != 0) {
			return false;
		}
	}
	return true;
}

/* An 8-bit message to a server that does not announce 8BITMIME goes as it is:
 * there is none left that would strip it, and to recode it would change it. */
static int put_mail(struct smtp_talk *t, const struct smtp_message *m,
		    struct why *why)
{
	bool needs_utf8 = !is_ascii(sender(t)) || !is_ascii(t->to->recipient);
	char line[COMMAND_MAX];
	char size[40] = "";

	if (needs_utf8 && !t->has_smtputf8) {
		why_set(why, WHY_CONFIG,
			"the mail server takes no addresses beyond ASCII");
		return -1;
	}
	if (t->has_size) {
		snprintf(size, sizeof(size), " SIZE=%" PRIu64, m->octets);
	}
	snprintf(line, sizeof(line), "MAIL FROM:<%s>%s%s%s\r\n", sender(t),
		 size, m->is_8bit && t->has_8bitmime ? " BODY=8BITMIME" : "",
		 needs_utf8 ? " SMTPUTF8" : "");
	return put_text(t, line, why);
}

static int put_rcpt(struct smtp_talk *t, struct why *why)
{
	char line[COMMAND_MAX];

	snprintf(line, sizeof(line), "RCPT TO:<%s>\r\n", t->to->recipient);
	return put_text(t, line, why);
}

static int ask_one_by_one(struct smtp_talk *t, const struct smtp_message *m,
			  struct why *why)
{
	if (put_mail(t, m, why) < 0 ||
	    hear(t, SMTP_MAIL, FETCH_SMTP_REPLY_MS, why) < 0 ||
	    put_rcpt(t, why) < 0 ||
	    hear(t, SMTP_RCPT, FETCH_SMTP_REPLY_MS, why) < 0 ||
	    put_text(t, "DATA\r\n", why) < 0) {
		return -1;
	}
	return hear(t, SMTP_DATA, FETCH_SMTP_DATA_MS, why);
}

/* [rfc2920/3.1] "the client MUST ... check for success or failure of each": all
 * that was asked is answered, whatever the first reply says. */
static int hear_all(struct smtp_talk *t, struct why *why)
{
	struct why later;
	int asked = hear(t, SMTP_MAIL, FETCH_SMTP_REPLY_MS, why);
	int data;

	if (is_open(t)) {
		asked |= hear(t, SMTP_RCPT, FETCH_SMTP_REPLY_MS,
			      asked < 0 ? &later : why);
	}
	if (!is_open(t)) {
		return -1;
	}
	data = hear(t, SMTP_DATA, FETCH_SMTP_DATA_MS, asked < 0 ? &later : why);
	if (asked < 0 && data == 0 && put_text(t, ".\r\n", &later) == 0) {
		/* It waits for a message to nobody. */
		(void)!hear(t, SMTP_END, FETCH_SMTP_END_MS, &later);
	}
	return asked < 0 ? -1 : data;
}

static int ask(struct smtp_talk *t, const struct smtp_message *m,
	       struct why *why)
{
	if (!t->has_pipelining) {
		return ask_one_by_one(t, m, why);
	}
	if (put_mail(t, m, why) < 0 || put_rcpt(t, why) < 0 ||
	    put_text(t, "DATA\r\n", why) < 0) {
		return -1;
	}
	return hear_all(t, why);
}

/* A message that ends in the middle is none: the connection is closed then, and
 * the server forgets what it had. */
static int send_text(struct smtp_talk *t, const struct smtp_message *m,
		     struct why *why)
{
	struct pop3_stuff st;
	const uint8_t *piece = NULL;
	uint64_t at = 0;
	size_t len;
	int rc;

	pop3_stuff_init(&st);
	do {
		rc = spool_piece(m->spool, m->text, at, &piece, &len);
		if (rc < 0) {
			why_errno(why, sink_kind_of_errno(-rc, WHY_INTERNAL),
				  -rc, "cannot read a message again");
			smtp_line_close(&t->line);
			return -1;
		}
		if (smtp_line_stuff(&t->line, &st, pop3_slice_of(piece, len),
				    why) < 0) {
			return -1;
		}
		at += len;
	} while (len != 0);
	return smtp_line_stuff_end(&t->line, &st, why);
}

/* Back to where the next message can begin, or the end of the connection. */
static void recover(struct smtp_talk *t)
{
	struct why why;

	if (is_open(t) && reset(t, &why) < 0) {
		smtp_line_close(&t->line);
	}
}

static int send_it(struct smtp_talk *t, const struct smtp_message *m,
		   struct why *why)
{
	if (ask(t, m, why) < 0 || send_text(t, m, why) < 0) {
		return -1;
	}
	return hear(t, SMTP_END, FETCH_SMTP_END_MS, why);
}

int smtp_talk_send(struct smtp_talk *t, const struct smtp_message *m,
		   struct why *why)
{
	if (!is_open(t) && smtp_talk_begin(t, why) < 0) {
		return -1;
	}
	if (t->size_max != 0 && m->octets > t->size_max) {
		why_set(why, WHY_MESSAGE,
			"the mail server takes messages of up to %" PRIu64
			" octets, this one has %" PRIu64,
			t->size_max, m->octets);
		return -1;
	}
	if (send_it(t, m, why) < 0) {
		recover(t);
		return -1;
	}
	return 0;
}

void smtp_talk_end(struct smtp_talk *t)
{
	struct smtp_reply reply;
	struct why why;

	if (is_open(t) && put_text(t, "QUIT\r\n", &why) == 0) {
		(void)!smtp_line_reply(&t->line, FETCH_SMTP_QUIT_MS, NULL, NULL,
				       &reply, &why);
	}
	smtp_line_close(&t->line);
}
