// SPDX-License-Identifier: ISC
/*
 * test_bench_answer.c - restante-bench's parser of answers: every answer at
 * every cut, and what is none.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "bench/answer.h"
#include "guard.h"

#define TOLD_MAX 4096u

/* What a run tells, as text: "R..." reply, "L..." line, "E" end, "O" over,
 * errors; a message's octets joined in "T...". */
struct told {
	size_t len;
	char text[TOLD_MAX];
	bool is_in_text;
};

static void tell(struct told *t, const char *words, struct answer_part part)
{
	assert_true(t->len + strlen(words) + part.len + 1 < TOLD_MAX);
	memcpy(t->text + t->len, words, strlen(words));
	t->len += strlen(words);
	if (part.len > 0) {
		memcpy(t->text + t->len, part.at, part.len);
		t->len += part.len;
	}
	t->text[t->len] = '\0';
}

static void tell_event(struct told *t, int event, struct answer_part part)
{
	static const struct answer_part none = { NULL, 0 };

	if (event == ANSWER_OCTETS) {
		tell(t, t->is_in_text ? "" : "|T", part);
		t->is_in_text = true;
	} else if (event == ANSWER_REPLY) {
		tell(t, "|R", part);
	} else if (event == ANSWER_LINE) {
		tell(t, "|L", part);
	} else if (event == ANSWER_END) {
		tell(t, "|E", none);
	} else if (event == ANSWER_ELONG) {
		tell(t, "|long", none);
	} else if (event == ANSWER_EFORM) {
		tell(t, "|form", none);
	}
}

static struct guard guard;

/* False when there is nothing more to feed it: it is over or wrong. */
static bool feed(struct answer *a, struct told *t, const char *at, size_t len)
{
	struct pop3_slice copy = guard_copy(&guard, pop3_slice_of(at, len));
	struct answer_part in = { copy.at, len };
	int event = ANSWER_MORE;

	while (in.len > 0 && event >= 0 && !answer_is_over(a)) {
		struct answer_part part = { NULL, 0 };

		event = answer_next(a, &in, &part);
		tell_event(t, event, part);
	}
	if (answer_is_over(a)) {
		char left[32];

		snprintf(left, sizeof(left), "|left %zu", in.len);
		tell(t, left, (struct answer_part){ NULL, 0 });
	}
	return event >= 0 && !answer_is_over(a);
}

static void play(enum answer_kind kind, const char *wire, size_t cut,
		 struct told *t)
{
	size_t len = strlen(wire);
	static struct answer a;

	*t = (struct told){ .len = 0 };
	answer_begin(&a, kind);
	if (feed(&a, t, wire, cut)) {
		feed(&a, t, wire + cut, len - cut);
	}
}

static void expect(enum answer_kind kind, const char *wire, const char *want)
{
	static struct told t;
	static struct answer a;

	for (size_t cut = 0; cut <= strlen(wire); cut++) {
		play(kind, wire, cut, &t);
		assert_string_equal(t.text, want);
	}
	/* octet by octet */
	t = (struct told){ .len = 0 };
	answer_begin(&a, kind);
	for (const char *c = wire; *c != '\0' && feed(&a, &t, c, 1); c++) {
	}
	assert_string_equal(t.text, want);
}

static void test_replies(void **state)
{
	(void)state;
	expect(ANSWER_STATUS, "+OK 2 320\r\n", "|R+OK 2 320|left 0");
	expect(ANSWER_STATUS, "-ERR no\r\n", "|R-ERR no|left 0");
	expect(ANSWER_STATUS, "+\n", "|R+|left 0");
	expect(ANSWER_LISTING, "-ERR no\r\n", "|R-ERR no|left 0");
	expect(ANSWER_TEXT, "-ERR no\r\n", "|R-ERR no|left 0");
	expect(ANSWER_STATUS, "hello\r\n", "|form");
	expect(ANSWER_STATUS, "\r\n", "|form");
	expect(ANSWER_STATUS, "+OK never ended", "");
}

static void test_listings(void **state)
{
	(void)state;
	expect(ANSWER_LISTING, "+OK\r\n.\r\n", "|R+OK|E|left 0");
	expect(ANSWER_LISTING, "+OK\r\n1 2\r\n2 4\r\n.\r\n",
	       "|R+OK|L1 2|L2 4|E|left 0");
	expect(ANSWER_LISTING, "+OK\r\n..x\r\n\r\n.\r\n",
	       "|R+OK|L.x|L|E|left 0");
}

static void test_messages(void **state)
{
	(void)state;
	expect(ANSWER_TEXT, "+OK\r\n.\r\n", "|R+OK|E|left 0");
	expect(ANSWER_TEXT, "+OK\r\na\r\n\r\nb\r\n.\r\n",
	       "|R+OK|Ta\r\n\r\nb\r\n|E|left 0");
	expect(ANSWER_TEXT, "+OK\r\n..\r\n...a\r\nb..\r\n..\r\n.\r\n",
	       "|R+OK|T.\r\n..a\r\nb..\r\n.\r\n|E|left 0");
	/* neither of these ends it: no CRLF before or behind the dot */
	expect(ANSWER_TEXT, "+OK\r\na\n.\nb\r.\r\n.\r\n",
	       "|R+OK|Ta\n.\nb\r.\r\n|E|left 0");
	expect(ANSWER_TEXT, "+OK\r\n.\rb\r\n.\r\r\n.\r\n",
	       "|R+OK|T\rb\r\n\r\r\n|E|left 0");
	expect(ANSWER_TEXT, "+OK\r\n.\n\r\n.\r\n", "|R+OK|T\n\r\n|E|left 0");
	expect(ANSWER_TEXT, "+OK\r\na\r\r\n.\r\n", "|R+OK|Ta\r\r\n|E|left 0");
}

/* What comes behind it belongs to the next one. */
static void test_the_rest_is_left(void **state)
{
	static struct told t;

	(void)state;
	play(ANSWER_TEXT, "+OK\r\na\r\n.\r\n+OK bye\r\n", 20, &t);
	assert_string_equal(t.text, "|R+OK|Ta\r\n|E|left 9");
	play(ANSWER_STATUS, "+OK\r\n-ERR\r\n", 11, &t);
	assert_string_equal(t.text, "|R+OK|left 6");
}

static void expect_of_length(enum answer_kind kind, const char *head,
			     size_t len, bool is_fine)
{
	static struct told t;
	char wire[2 * BENCH_LINE_MAX];
	size_t head_len = strlen(head);

	memset(wire, 'x', sizeof(wire));
	memcpy(wire, head, head_len);
	memcpy(wire + head_len, "+", 1);
	memcpy(wire + head_len + len - 2, "\r\n", 3);
	for (size_t cut = 0; cut < head_len + len; cut += 101) {
		play(kind, wire, cut, &t);
		assert_int_equal(strstr(t.text, "|long") == NULL, is_fine);
	}
}

static void test_lines_have_a_limit(void **state)
{
	(void)state;
	expect_of_length(ANSWER_STATUS, "", BENCH_LINE_MAX, true);
	expect_of_length(ANSWER_STATUS, "", BENCH_LINE_MAX + 1, false);
	expect_of_length(ANSWER_LISTING, "+OK\r\n", BENCH_LINE_MAX, true);
	expect_of_length(ANSWER_LISTING, "+OK\r\n", BENCH_LINE_MAX + 1, false);
	expect_of_length(ANSWER_TEXT, "+OK\r\n", BENCH_LINE_MAX + 500, true);
}

static int begin(void **state)
{
	(void)state;
	guard_init(&guard, 4096);
	return 0;
}

static int end(void **state)
{
	(void)state;
	guard_finish(&guard);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replies),
		cmocka_unit_test(test_listings),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_the_rest_is_left),
		cmocka_unit_test(test_lines_have_a_limit),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
