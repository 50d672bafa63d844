// SPDX-License-Identifier: ISC
/*
 * fuzz_answer.c - whatever a server may answer restante-bench: cut in two
 * anywhere, and octet by octet, it tells the same as at once, takes the same
 * octets, and never reads beside them.  The first octet chooses what was asked.
 */
#include <string.h>

#include "bench/answer.h"
#include "bench/claims.h"
#include "fuzz.h"
#include "guard.h"
#include "must.h"

#define SIZE_MAX_ 4096u

/* All that was told, one after the other: each event's number before its
 * octets, but a message's octets together. */
struct told {
	size_t len;
	size_t taken;
	int last; /* event */
	uint8_t text[4 * SIZE_MAX_];
};

static struct guard guard;

static void tell(struct told *t, int event, struct answer_part part)
{
	must(t->len + part.len + 1 <= sizeof(t->text), "no more than came");
	if (event != ANSWER_OCTETS || t->last != ANSWER_OCTETS) {
		t->text[t->len++] = (uint8_t)event;
	}
	if (part.len > 0) {
		memcpy(t->text + t->len, part.at, part.len);
		t->len += part.len;
	}
	t->last = event;
}

/* Whether it wants more. */
static bool feed(struct answer *a, const uint8_t *at, size_t len,
		 struct told *t)
{
	struct pop3_slice copy = guard_copy(&guard, pop3_slice_of(at, len));
	struct answer_part in = { copy.at, copy.len };

	while (in.len > 0 && !answer_is_over(a)) {
		struct answer_part part = { NULL, 0 };
		int event = answer_next(a, &in, &part);

		if (event != ANSWER_MORE) {
			tell(t, event, part);
		}
		if (event < 0) {
			t->taken = 0; /* how much no longer matters */
			return false;
		}
	}
	t->taken += len - in.len;
	return !answer_is_over(a);
}

static void play(enum answer_kind kind, const uint8_t *data, size_t size,
		 size_t piece, struct told *t)
{
	static struct answer a;

	t->len = t->taken = 0;
	t->last = ANSWER_MORE;
	answer_begin(&a, kind);
	for (size_t at = 0; at < size; at += piece) {
		size_t len = size - at < piece ? size - at : piece;

		if (!feed(&a, data + at, len, t)) {
			return;
		}
	}
}

static void expect_same(const struct told *a, const struct told *b)
{
	must(a->taken == b->taken && a->last == b->last, "the same end");
	must(a->len == b->len && memcmp(a->text, b->text, a->len) == 0,
	     "the same events");
}

/* Every line that comes is judged, whatever it is. */
static void judge_lines(const uint8_t *data, size_t size)
{
	struct claims c = { .keeps_sizes = true };
	struct answer_part line = { data, size };
	struct why why;

	claims_listing_begin(&c);
	if (claims_list_line(&c, line, &why)) {
		must(c.lines == 1 && c.sizes[0] == c.sum, "its size");
	}
	claims_listing_begin(&c);
	(void)!claims_uidl_line(&c, line, &why);
	(void)!claims_stat(&c, line, &why);
	must(c.count <= BENCH_MESSAGES_MAX, "a count in bounds");
	claims_finish(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct told whole, cut;
	enum answer_kind kind;

	if (size < 1 || size > SIZE_MAX_) {
		return 0;
	}
	if (guard.cap == 0) {
		guard_init(&guard, SIZE_MAX_);
	}
	kind = (enum answer_kind)(data[0] % 3);
	data++;
	size--;
	play(kind, data, size, SIZE_MAX_, &whole);
	must(whole.taken <= size, "no more than there is");
	for (size_t piece = 1; piece <= 3; piece++) {
		play(kind, data, size, piece, &cut);
		expect_same(&whole, &cut);
	}
	play(kind, data, size, size / 2 + 1, &cut);
	expect_same(&whole, &cut);
	judge_lines(data, size);
	return 0;
}
