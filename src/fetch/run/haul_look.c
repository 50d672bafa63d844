// SPDX-License-Identifier: ISC
/*
 * haul_look.c - the answer to TOP: rules, age and proof, before the text.
 * Runs in: the carrier's thread.  Trusts: never the server.
 */
#include "fetch/run/haul_impl.h"

static void put_head(struct haul *h, const uint8_t *at, size_t len)
{
	digest_put(h->digest, at, len);
	(void)haul_keep_head(h, at, len);
}

/* A row that says that it is left, or that it is known after all. */
static void load_decided(struct haul *h, struct plan_item *item)
{
	struct haul_load *load = haul_load_next(h);

	if (load == NULL) {
		return;
	}
	if (item->is_changed) {
		item->is_changed = false;
		load->row = item->row;
	} else if (plan_skipped(&h->plan, item, &load->fresh)) {
		load->row = &load->fresh;
	} else {
		return;
	}
	load->item = item;
	load->is_silent = true;
	haul_load_done(h, load);
}

static void decide(struct haul *h, struct plan_item *item,
		   const struct digest_sum *sum)
{
	bool is_whole = sum != NULL && h->in.head_len < HAUL_HEAD_MAX;

	plan_looked(&h->plan, item, sum != NULL ? h->in.head : NULL,
		    h->in.head_len, is_whole ? sum->head : NULL);
	load_decided(h, item);
	haul_tell(h, haul_news_of(HAUL_DECIDED, item, NULL));
}

void haul_look(struct haul *h, uint32_t msn, unsigned part, const uint8_t *at,
	       size_t len)
{
	struct digest_sum sum;
	struct why why;

	if ((part & HAUL_FIRST) != 0) {
		haul_text_begin(h, haul_item(h, msn));
	}
	if (h->in.item == NULL || h->has_failed) {
		return;
	}
	haul_text_take(h, at, len, put_head);
	if ((part & HAUL_LAST) == 0) {
		return;
	}
	haul_text_end(h, put_head);
	if (digest_end(h->digest, &sum, &why) < 0) {
		haul_fail(h, &why);
		return;
	}
	decide(h, h->in.item, &sum);
	haul_forget_incoming(h);
}

void haul_unlooked(struct haul *h, uint32_t msn)
{
	struct plan_item *item = haul_item(h, msn);

	if (item != NULL && !h->has_failed) {
		h->in.head_len = 0;
		decide(h, item, NULL);
	}
}
