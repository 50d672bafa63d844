// SPDX-License-Identifier: ISC
/*
 * haul_text.c - messages as they come: line ends become LF, the digest grows,
 * octets go to the sink; and headers, where a rule waits for them.
 * Runs in: the carrier's thread.  Trusts: the loop; never the server.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/run/haul_impl.h"

/* -- what is in hand */

void haul_text_begin(struct haul *h, struct plan_item *item)
{
	haul_forget_incoming(h);
	h->in = (struct haul_incoming){ .item = item, .head = h->head };
	pop3_unwire_init(&h->in.unwire);
	digest_begin(h->digest);
}

void haul_forget_incoming(struct haul *h)
{
	if (h->in.out != NULL) {
		sink_release(h->sink, &h->in.out);
	}
	h->in = (struct haul_incoming){ 0 };
}

/* The rest is of no use; what failed is told by the caller. */
static void drop(struct haul *h)
{
	if (h->in.out != NULL) {
		sink_release(h->sink, &h->in.out);
	}
	h->in.is_dropped = true;
}

/* The sink did not take it: that is this message's fault, or no other one has a
 * chance either. */
static void fail_message(struct haul *h, const struct why *why)
{
	struct haul_load *load;

	drop(h);
	if (why->kind != WHY_MESSAGE) {
		haul_settle(h); /* what it did take */
		haul_fail(h, why);
		return;
	}
	load = haul_load_next(h);
	if (load != NULL) {
		plan_entry(h->in.item, &load->fresh);
		load->item = h->in.item;
		load->row = &load->fresh;
		load->fresh.stage = RECORD_SET_ASIDE;
		load->fresh.tries = FETCH_TRIES_MAX;
		load->news = HAUL_ASIDE;
		load->why = *why;
		load->fresh.reason = load->why.text;
		haul_load_done(h, load);
	}
}

static bool open_sink(struct haul *h)
{
	struct sink_about about = {
		.folder = h->in.item->folder,
		.account = h->account->name,
		.now_unix = haul_now(h),
	};
	struct why why;

	if (sink_begin(h->sink, &about, &h->in.out, &why) < 0) {
		fail_message(h, &why);
		return false;
	}
	return true;
}

static void to_sink(struct haul *h, const uint8_t *at, size_t len)
{
	struct why why;

	if (h->in.is_dropped || h->in.is_left || len == 0) {
		return;
	}
	if (h->in.out == NULL && !open_sink(h)) {
		return;
	}
	if (sink_write(h->sink, h->in.out, at, len, &why) < 0) {
		fail_message(h, &why);
	}
}

/* -- the header */

/* Whether the header ends in the first len octets of text with LF; in the first
 * known of them it does not. */
static bool has_header_end(const uint8_t *at, size_t known, size_t len)
{
	size_t from = known > 0 ? known - 1 : 0;

	return (len > 0 && at[0] == '\n') ||
	       memmem(at + from, len - from, "\n\n", 2) != NULL;
}

size_t haul_keep_head(struct haul *h, const uint8_t *at, size_t len)
{
	size_t room = HAUL_HEAD_MAX - h->in.head_len;
	size_t n = len < room ? len : room;

	memcpy(h->in.head + h->in.head_len, at, n);
	h->in.head_len += n;
	return n;
}

/* The header is here, or as much as will be. */
static void judge(struct haul *h)
{
	h->in.is_judging = false;
	plan_rule(&h->plan, h->in.item, h->in.head, h->in.head_len);
	h->in.is_left = h->in.item->action != PLAN_FETCH;
	to_sink(h, h->in.head, h->in.head_len);
}

static void put_judged(struct haul *h, const uint8_t *at, size_t len)
{
	size_t known = h->in.head_len;
	size_t kept;

	if (!h->in.is_judging) {
		to_sink(h, at, len);
		return;
	}
	kept = haul_keep_head(h, at, len);
	if (has_header_end(h->in.head, known, h->in.head_len) || kept < len) {
		judge(h);
		to_sink(h, at + kept, len - kept);
	}
}

/* -- text */

static void put_lf(struct haul *h, const uint8_t *at, size_t len)
{
	if (len == 0 || h->in.is_dropped) {
		return;
	}
	h->in.octets += len;
	if (h->in.octets > h->octets_max) {
		struct why why;

		why_set(&why, WHY_MESSAGE,
			"the message does not end after %" PRIu64 " octets",
			h->octets_max);
		fail_message(h, &why);
		return;
	}
	digest_put(h->digest, at, len);
	put_judged(h, at, len);
}

void haul_text_take(struct haul *h, const uint8_t *at, size_t len,
		    haul_put *put)
{
	struct pop3_slice in = { at, len };

	while (in.len > 0) {
		struct pop3_writer out =
		    pop3_writer_of(h->text, sizeof(h->text));

		pop3_unwire_run(&h->in.unwire, &in, &out);
		put(h, out.at, out.len);
	}
}

void haul_text_end(struct haul *h, haul_put *put)
{
	struct pop3_writer out = pop3_writer_of(h->text, sizeof(h->text));

	if (pop3_unwire_end(&h->in.unwire, &out) < 0) {
		abort(); /* there is room for one octet */
	}
	put(h, out.at, out.len);
}

/* A message that is not to be delivered, by its header. */
static void load_left(struct haul *h)
{
	struct haul_load *load = haul_load_next(h);

	if (load == NULL) {
		return;
	}
	load->item = h->in.item;
	load->news = HAUL_LEFT;
	load->action = h->in.item->action;
	load->row = plan_skipped(&h->plan, h->in.item, &load->fresh)
			? &load->fresh
			: NULL;
	haul_load_done(h, load);
}

/* What we have already, under this unique-id or another one. */
static void load_known(struct haul *h, struct record_entry *row)
{
	struct haul_load *load;

	drop(h);
	load = haul_load_next(h);
	if (load == NULL) {
		return;
	}
	load->item = h->in.item;
	load->item->row = row;
	load->row = row;
	load->news = HAUL_CARRIED;
	load->is_known = true;
	load->octets = h->in.octets;
	haul_load_done(h, load);
}

static void load_new(struct haul *h, const struct digest_sum *sum)
{
	struct haul_load *load;
	struct why why;

	if (h->in.out == NULL && !open_sink(h)) {
		return; /* an empty message */
	}
	if (sink_end(h->sink, h->in.out, &why) < 0) {
		fail_message(h, &why);
		return;
	}
	load = haul_load_next(h);
	if (load == NULL) {
		return;
	}
	plan_entry(h->in.item, &load->fresh);
	load->fresh.has_sum = true;
	load->fresh.sum = *sum;
	load->item = h->in.item;
	load->row = &load->fresh;
	load->is_unsure = h->in.is_unsure;
	load->out = h->in.out;
	h->in.out = NULL;
	load->news = HAUL_CARRIED;
	load->octets = h->in.octets;
	haul_load_done(h, load);
}

/* LIST may count wrongly; but it lists no message without an octet, and none is
 * given as nothing. */
static bool is_nothing(const struct haul *h)
{
	return h->in.octets == 0 && h->in.item->octets > sizeof("\r\n") - 1;
}

static void finish_text(struct haul *h)
{
	struct digest_sum sum;
	struct record_entry *row;
	struct why why;

	haul_text_end(h, put_lf);
	if (is_nothing(h)) {
		why_set(&why, WHY_PROTOCOL,
			"the server says that it has %llu octets, and gives "
			"none",
			(unsigned long long)h->in.item->octets);
		haul_refused(h, h->in.item->msn, &why);
		return;
	}
	if (h->in.is_judging && !h->in.is_dropped) {
		judge(h);
	}
	if (h->in.is_dropped) {
		return;
	}
	if (h->in.is_left) {
		load_left(h);
		return;
	}
	if (digest_end(h->digest, &sum, &why) < 0) {
		haul_fail(h, &why);
		return;
	}
	row = plan_claim(&h->plan, &h->entries, h->in.item, &sum);
	if (row != NULL) {
		load_known(h, row);
	} else {
		load_new(h, &sum);
	}
}

/* We are to end: no more of it is taken in. */
static void leave(struct haul *h, unsigned part)
{
	drop(h);
	if ((part & HAUL_LAST) != 0) {
		haul_tell(h, haul_news_of(HAUL_POSTPONED, h->in.item, NULL));
		haul_forget_incoming(h);
	}
}

void haul_text(struct haul *h, uint32_t msn, unsigned part, const uint8_t *at,
	       size_t len)
{
	if ((part & HAUL_FIRST) != 0) {
		h->last = NULL;
		haul_text_begin(h, haul_item(h, msn));
		h->in.is_judging = h->in.item != NULL && h->in.item->is_unruled;
	}
	if (h->in.item == NULL || h->has_failed) {
		return;
	}
	if (haul_is_stopping(h)) {
		leave(h, part);
		return;
	}
	haul_text_take(h, at, len, put_lf);
	if ((part & HAUL_LAST) != 0) {
		h->in.is_unsure = (part & HAUL_UNSURE) != 0;
		h->last = h->in.item;
		finish_text(h);
		haul_forget_incoming(h);
	}
}
