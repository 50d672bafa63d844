// SPDX-License-Identifier: ISC
/*
 * test_header.c - fields out of headers of any kind.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "fetch/mail/header.h"
#include "guard.h"

static struct header of(const char *text)
{
	return (struct header){ (const uint8_t *)text, strlen(text) };
}

static const struct {
	const char *header;
	const char *value; /* of Subject, or NULL */
} subjects[] = {
	{ "Subject: a\n", "a" },
	{ "Subject: a\r\n\r\n", "a" },
	{ "Subject: a", "a" },
	{ "Subject:a\n", "a" },
	{ "Subject :  a \t\n", "a" },
	{ "sUBJECT: a\n", "a" },
	{ "Subject:\n", "" },
	{ "Subject:", "" },
	{ "Subject: a\n b\n", "a b" },
	{ "Subject: a\r\n\tb\r\n  c\r\n", "a b c" },
	{ "Subject: a \n  b\n", "a b" },
	{ "Subject:\n a\n", "a" },
	{ "Subject: a\n \n b\n", "a b" },
	{ "Subject: a  b\n", "a  b" },
	{ "Subject: a\n\nSubject: b\n", "a" },
	{ "Subject: a\nSubject: b\n", "a" },
	{ "To: x\nSubject: a\n", "a" },
	{ "To: x\n\nSubject: a\n", NULL },
	{ "\nSubject: a\n", NULL },
	{ "\r\nSubject: a\n", NULL },
	{ "", NULL },
	{ "Subject", NULL },
	{ "Subject a\n", NULL },
	{ "Subjects: a\n", NULL },
	{ "Subjec: a\n", NULL },
	{ ": a\n", NULL },
	{ " Subject: a\n", NULL },
	{ "no field\nSubject: a\n", "a" },
	{ "From me Thu Nov 26\nSubject: a\n", "a" },
	{ ">From me Thu Nov 26 04:20:35\nSubject: a\n", "a" },
	{ "Sub ject: x\nSubject: a\n", "a" },
	{ "Subject: a\rb\n", "a b" },
	{ "Subject: a\r\r\n", "a" },
	{ "Subject: a:b\n", "a:b" },
	{ "Subject: \xff\xfe\n", "\xff\xfe" },
};

static void one_field(void **state)
{
	char value[64];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(subjects); i++) {
		bool found = header_find(of(subjects[i].header), "Subject",
					 value, sizeof(value));

		if (found != (subjects[i].value != NULL) ||
		    (found && strcmp(value, subjects[i].value) != 0)) {
			fail_msg("%zu, %s: %s", i, subjects[i].header, value);
		}
		assert_true(found || value[0] == '\0');
	}
}

static void nul_is_left_out(void **state)
{
	static const char text[] = "Subj\0ect: x\nSubject: a\0b\n";
	char value[64];

	(void)state;
	assert_true(header_find(
	    (struct header){ (const uint8_t *)text, sizeof(text) - 1 },
	    "Subject", value, sizeof(value)));
	assert_string_equal(value, "ab");
}

/* Values are cut to what finds room, and nothing is written behind it. */
static void any_room(void **state)
{
	struct guard g;

	(void)state;
	guard_init(&g, 64);
	for (size_t cap = 1; cap <= 32; cap++) {
		char *to = (char *)guard_tail(&g, cap);

		assert_true(header_find(of("Subject: a b\n c \xc3\xbc d  \n"),
					"Subject", to, cap));
		assert_true(strlen(to) < cap);
		assert_true(header_find_shown(
		    of("Subject: a b\n c \xc3\xbc =?utf-8?q?=C3=BC?=\n"),
		    "Subject", to, cap));
		assert_true(strlen(to) < cap);
	}
	guard_finish(&g);
}

/* Behind the text nothing is read. */
static void every_cut(void **state)
{
	struct guard g;
	char value[64];

	(void)state;
	guard_init(&g, 256);
	for (size_t i = 0; i < COUNT_OF(subjects); i++) {
		size_t len = strlen(subjects[i].header);

		for (size_t cut = 0; cut <= len; cut++) {
			struct pop3_slice s = guard_copy(
			    &g, (struct pop3_slice){
				    (const uint8_t *)subjects[i].header, cut });

			(void)header_find((struct header){ s.at, s.len },
					  "Subject", value, sizeof(value));
			(void)header_date((struct header){ s.at, s.len });
		}
	}
	guard_finish(&g);
}

static void dates(void **state)
{
	(void)state;
	assert_int_equal(header_date(of("Date: 1 Jan 1970 00:00:07 GMT\n")), 7);
	assert_int_equal(
	    header_date(of("Date: x\nDate: 1 Jan\n 1970 00:00:07 GMT\n")), 7);
	assert_int_equal(header_date(of("Date: never\n")), 0);
	assert_int_equal(header_date(of("\nDate: 1 Jan 1970 00:00:07 GMT\n")),
			 0);
	assert_int_equal(header_date(of("Resent-Date: 1 Jan 1970 0:0:7\n")), 0);
}

static void a_field_of_a_megabyte(void **state)
{
	const size_t len = (size_t)1 << 20;
	char *text = malloc(len + 1);
	char value[HEADER_VALUE_MAX + 1];

	(void)state;
	assert_non_null(text);
	memset(text, 'a', len);
	memcpy(text, "Subject:", 8);
	text[len] = '\0';
	assert_true(header_find(of(text), "Subject", value, sizeof(value)));
	assert_int_equal(strlen(value), HEADER_VALUE_MAX);
	assert_true(
	    header_find_shown(of(text), "Subject", value, sizeof(value)));
	assert_int_equal(strlen(value), HEADER_VALUE_MAX);
	/* and as many lines */
	for (size_t i = 8; i < len; i += 2) {
		memcpy(text + i, "\n ", 2);
	}
	assert_true(header_find(of(text), "Subject", value, sizeof(value)));
	assert_string_equal(value, "");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_field),
		cmocka_unit_test(nul_is_left_out),
		cmocka_unit_test(any_room),
		cmocka_unit_test(every_cut),
		cmocka_unit_test(dates),
		cmocka_unit_test(a_field_of_a_megabyte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
