// SPDX-License-Identifier: ISC
/*
 * test_base64.c - base64: what is taken, what is not, there and back.
 */
#include "unit.h"
#include "guard.h"
#include "pop3/base64.h"

static struct pop3_slice of(const char *s)
{
	return pop3_slice_of(s, strlen(s));
}

/* RFC 4648, section 10, and some more. */
static const struct {
	struct pop3_slice octets;
	const char *text;
} pairs[] = {
	{ { (const uint8_t *)"", 0 }, "" },
	{ { (const uint8_t *)"f", 1 }, "Zg==" },
	{ { (const uint8_t *)"fo", 2 }, "Zm8=" },
	{ { (const uint8_t *)"foo", 3 }, "Zm9v" },
	{ { (const uint8_t *)"foob", 4 }, "Zm9vYg==" },
	{ { (const uint8_t *)"fooba", 5 }, "Zm9vYmE=" },
	{ { (const uint8_t *)"foobar", 6 }, "Zm9vYmFy" },
	{ { (const uint8_t *)"\0", 1 }, "AA==" },
	{ { (const uint8_t *)"\xFB\xFF\xBF", 3 }, "+/+/" },
	{ { (const uint8_t *)"\xFF\xFF\xFF\xFF", 4 }, "/////w==" },
};

static void both_ways_as_the_rfc_has_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(pairs); i++) {
		uint8_t at[16];
		struct pop3_writer w = pop3_writer_of(at, sizeof(at));

		pop3_put_base64(&w, pairs[i].octets);
		assert_text(pop3_slice_of(at, w.len), pairs[i].text);
		assert_int_equal(w.len, POP3_BASE64_LEN(pairs[i].octets.len));
		w = pop3_writer_of(at, sizeof(at));
		assert_int_equal(pop3_base64_decode(of(pairs[i].text), &w), 0);
		assert_same(pop3_slice_of(at, w.len), pairs[i].octets);
	}
}

static void what_is_no_base64_is_refused(void **state)
{
	static const char *const bad[] = {
		"A",
		"AA",
		"AAA",
		"AAAAA",
		"=",
		"==",
		"===",
		"====",
		"A===",
		"=AAA",
		"AA=A",
		"AA=",
		"AAA=BBB=",
		"AAA=BBB",
		"AA==AAAA",
		"AAA ",
		" AAA",
		"AAA\n",
		"AA\tA",
		"AAA-",
		"AAA_",
		"AAA*",
		"AAA\x7F",
		"AAAAAA===",
		"AAAA====",
		/* bits that nothing is made of */
		"Zh==",
		"Zm9=",
		"AB==",
		"AAB=",
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		uint8_t at[16];
		struct pop3_writer w = pop3_writer_of(at, sizeof(at));

		assert_false(pop3_base64_is_sound(of(bad[i])));
		assert_int_equal(pop3_base64_decode(of(bad[i]), &w),
				 POP3_EINVAL);
		assert_int_equal(w.len, 0);
		assert_false(w.full);
	}
}

static int value_of(int c)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz"
				       "0123456789+/";
	const char *at = c == 0 ? NULL : strchr(alphabet, c);

	return at == NULL ? -1 : (int)(at - alphabet);
}

/* Every octet at each place, alone and as the last before padding. */
static void every_octet_is_judged_alone(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		int value = value_of(c);

		for (size_t place = 0; place < 4; place++) {
			uint8_t text[4] = { 'A', 'A', 'A', 'A' };
			uint8_t at[3];
			struct pop3_writer w = pop3_writer_of(at, 3);
			bool is_pad = c == '=' && place == 3;
			int rc;

			text[place] = (uint8_t)c;
			rc = pop3_base64_decode(pop3_slice_of(text, 4), &w);
			assert_int_equal(rc, value < 0 && !is_pad ? POP3_EINVAL
								  : 0);
			if (value >= 0) {
				uint32_t bits = (uint32_t)at[0] << 16 |
						(uint32_t)at[1] << 8 | at[2];

				assert_int_equal(bits, (uint32_t)value
							   << (18 - 6 * place));
			}
		}
		{
			uint8_t two[4] = { 'A', (uint8_t)c, '=', '=' };
			uint8_t one[4] = { 'A', 'A', (uint8_t)c, '=' };

			assert_int_equal(
			    pop3_base64_is_sound(pop3_slice_of(two, 4)),
			    value >= 0 && value % 16 == 0);
			assert_int_equal(
			    pop3_base64_is_sound(pop3_slice_of(one, 4)),
			    (value >= 0 && value % 4 == 0) || c == '=');
		}
	}
}

static void there_and_back_at_every_length(void **state)
{
	struct guard plain, text, back;
	(void)state;

	guard_init(&plain, 512);
	guard_init(&text, 1024);
	guard_init(&back, 512);
	for (size_t len = 0; len <= 300; len++) {
		uint8_t *at = guard_tail(&plain, len);
		size_t text_len = POP3_BASE64_LEN(len);
		struct pop3_writer w =
		    pop3_writer_of(guard_tail(&text, text_len), text_len);
		struct pop3_slice base64;

		for (size_t i = 0; i < len; i++) {
			at[i] = (uint8_t)(i * 167 + len);
		}
		pop3_put_base64(&w, pop3_slice_of(at, len));
		assert_false(w.full);
		assert_int_equal(w.len, text_len);
		base64 = pop3_slice_of(w.at, w.len);
		w = pop3_writer_of(guard_tail(&back, len), len);
		assert_int_equal(pop3_base64_decode(base64, &w), 0);
		assert_same(pop3_slice_of(w.at, w.len), pop3_slice_of(at, len));
		/* and no octet of its room is needed beyond */
		base64 = guard_copy_front(&text, base64);
		w = pop3_writer_of(guard_tail(&back, len), len);
		assert_int_equal(pop3_base64_decode(base64, &w), 0);
	}
	guard_finish(&plain);
	guard_finish(&text);
	guard_finish(&back);
}

/* Every cut is a text of its own: whole groups are sound, nothing else is. */
static void only_whole_groups_are_sound(void **state)
{
	static const char text[] = "Zm9vYmFyZm9vYmFyZm9vYmE=";
	struct guard g;
	(void)state;

	guard_init(&g, sizeof(text));
	for (size_t len = 0; len < sizeof(text); len++) {
		struct pop3_slice cut =
		    guard_copy(&g, pop3_slice_of(text, len));

		assert_int_equal(pop3_base64_is_sound(cut), len % 4 == 0);
	}
	guard_finish(&g);
}

static void too_little_room_writes_nothing(void **state)
{
	uint8_t at[8] = { 0 };
	(void)state;

	for (size_t cap = 0; cap < 6; cap++) {
		struct pop3_writer w = pop3_writer_of(at, cap);

		assert_int_equal(pop3_base64_decode(of("Zm9vYmFy"), &w),
				 POP3_ENOSPC);
		assert_int_equal(w.len, 0);
		assert_false(w.full);
	}
	for (size_t cap = 0; cap < 8; cap++) {
		struct pop3_writer w = pop3_writer_of(at, cap);

		pop3_put_base64(&w, of("foobar"));
		assert_int_equal(w.len, 0);
		assert_true(w.full);
	}
	assert_int_equal(at[0], 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_as_the_rfc_has_it),
		cmocka_unit_test(what_is_no_base64_is_refused),
		cmocka_unit_test(every_octet_is_judged_alone),
		cmocka_unit_test(there_and_back_at_every_length),
		cmocka_unit_test(only_whole_groups_are_sound),
		cmocka_unit_test(too_little_room_writes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
