// SPDX-License-Identifier: ISC
/*
 * test_mboxrd.c - messages as an mbox has them: quoting at every cut, against a
 * model that looks at whole lines.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "fetch/sink/mboxrd.h"

#define CAP 4096u

struct got {
	size_t len;
	uint8_t at[CAP];
	size_t fails_at; /* put refuses beyond so many octets; 0: never */
};

static int put(void *arg, const uint8_t *at, size_t len)
{
	struct got *g = arg;

	if (g->fails_at != 0 && g->len + len > g->fails_at) {
		return -5;
	}
	assert_true(g->len + len <= CAP);
	memcpy(g->at + g->len, at, len);
	g->len += len;
	return 0;
}

static void add(struct got *g, const void *at, size_t len)
{
	assert_int_equal(put(g, at, len), 0);
}

/* The definition: lines, one by one. */
static void model(const char *text, size_t len, struct got *want)
{
	size_t at = 0;

	want->len = 0;
	while (at < len) {
		const char *lf = memchr(text + at, '\n', len - at);
		size_t end = lf == NULL ? len : (size_t)(lf - text);
		size_t from = at;

		while (from < end && text[from] == '>') {
			from++;
		}
		if (end - from >= 5 && memcmp(text + from, "From ", 5) == 0) {
			add(want, ">", 1);
		}
		add(want, text + at, end - at);
		add(want, "\n", 1);
		at = end + 1;
	}
	add(want, "\n", 1);
}

static void expect_as_model(const char *text, size_t len, size_t cut,
			    size_t again)
{
	struct got want = { 0 };
	struct got is = { 0 };
	struct mboxrd m;

	model(text, len, &want);
	mboxrd_init(&m, put, &is);
	assert_int_equal(mboxrd_write(&m, (const uint8_t *)text, cut), 0);
	for (size_t at = cut; at < len; at += again) {
		size_t n = len - at < again ? len - at : again;

		assert_int_equal(
		    mboxrd_write(&m, (const uint8_t *)text + at, n), 0);
	}
	assert_int_equal(mboxrd_end(&m), 0);
	assert_same(pop3_slice_of(is.at, is.len),
		    pop3_slice_of(want.at, want.len));
}

static const char *const texts[] = {
	"",
	"\n",
	"From ",
	"From",
	"From a\n",
	">From a",
	">>>From a\nFrom\nFrom \n",
	"Subject: x\n\nFrom here\n>From there\nFroma\nfrom \n>> From \n",
	" From a\nFFrom a\nFrFrom a\n>F\n>Fr\n>",
	"no end",
	">>",
	"a\n\n\nFrom \n\n",
	"\n>\n>F",
};

static void test_every_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		size_t len = strlen(texts[i]);

		for (size_t cut = 0; cut <= len; cut++) {
			expect_as_model(texts[i], len, cut, len + 1);
			expect_as_model(texts[i], len, cut, 1);
		}
	}
}

/* Texts of few letters, in which everything happens soon. */
static void test_random_texts(void **state)
{
	static const char letters[] = "\n>From x\n>";
	unsigned seed = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char text[64];
		size_t len = (size_t)rand_r(&seed) % sizeof(text);

		for (size_t at = 0; at < len; at++) {
			text[at] = letters[(size_t)rand_r(&seed) %
					   (sizeof(letters) - 1)];
		}
		if (len > 20 && i % 2 == 0) {
			memcpy(text + 8, "\n>From ", 7);
		}
		expect_as_model(text, len, len / 2, 3);
	}
}

/* More than the stretch of quotes that is put at once. */
static void test_many_quotes(void **state)
{
	char text[1000];

	(void)state;
	memset(text, '>', sizeof(text));
	memcpy(text + sizeof(text) - 7, "From a\n", 7);
	expect_as_model(text, sizeof(text), 0, 13);
	memcpy(text + sizeof(text) - 7, "Frim a\n", 7);
	expect_as_model(text, sizeof(text), 500, 1000);
}

static void test_failure_is_passed_on(void **state)
{
	static const char text[] = "a\n>>From b\nc\nFrom d";

	(void)state;
	for (size_t limit = 1; limit <= sizeof(text) + 2; limit++) {
		struct got is = { .fails_at = limit };
		struct mboxrd m;
		int rc;

		mboxrd_init(&m, put, &is);
		rc = mboxrd_write(&m, (const uint8_t *)text, sizeof(text) - 1);
		rc = rc == 0 ? mboxrd_end(&m) : rc;
		assert_int_equal(rc, -5);
	}
}

static void test_from_line(void **state)
{
	char line[MBOXRD_FROM_MAX];
	size_t len = mboxrd_from_line(line, 1764129600, "0123456789abcdef");

	(void)state;
	assert_slice(
	    pop3_slice_of(line, len),
	    "From restante-0123456789abcdef Wed Nov 26 04:00:00 2025\n");
	len = mboxrd_from_line(line, INT64_MAX, "0123456789abcdef");
	assert_true(len < sizeof(line));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_random_texts),
		cmocka_unit_test(test_many_quotes),
		cmocka_unit_test(test_failure_is_passed_on),
		cmocka_unit_test(test_from_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
