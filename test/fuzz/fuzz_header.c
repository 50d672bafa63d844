// SPDX-License-Identifier: ISC
/*
 * fuzz_header.c - whatever stands in front of a message: no octet beside it is
 * read, with CRLF line ends it says the same as with LF, and what is to be
 * shown is UTF-8 without a control.
 */
#include <string.h>

#include "fetch/mail/header.h"
#include "fetch/mail/rules.h"
#include "fetch/mail/words.h"
#include "fetch/mail/words_charset.h"
#include "fuzz.h"
#include "guard.h"
#include "must.h"

#define SIZE_MAX_ 4096u
/* 1970 and 9999, at zones of 99 hours */
#define DATE_MIN (-INT64_C(360000))
#define DATE_MAX (INT64_C(253402300800) + 360000)

static struct guard guard;

static void expect_shown(const char *text, size_t cap)
{
	size_t len = strlen(text);
	char again[SIZE_MAX_];

	must(len < cap, "it finds room");
	must(charset_is_utf8((const uint8_t *)text, len), "it is UTF-8");
	for (size_t i = 0; i < len; i++) {
		must((uint8_t)text[i] >= ' ' && text[i] != 0x7f,
		     "it may be shown");
	}
	if (strstr(text, "=?") == NULL) {
		words_decode(text, again, sizeof(again));
		must(strcmp(text, again) == 0, "it is decoded");
	}
}

static void read_value(struct header value, size_t cap)
{
	static char unfolded[SIZE_MAX_], shown[SIZE_MAX_];

	header_unfold(value, unfolded, cap);
	must(strlen(unfolded) < cap, "it finds room");
	must(strpbrk(unfolded, "\r\n") == NULL, "it is one line");
	words_decode(unfolded, shown, cap);
	expect_shown(shown, cap);
}

static unsigned read_fields(struct header rest)
{
	const uint8_t *end = rest.at + rest.len;
	struct header_field f;
	unsigned count = 0;

	while (header_next(&rest, &f)) {
		must(f.name.len > 0 && f.name.at + f.name.len < end,
		     "a name is within");
		must(f.value.at + f.value.len <= end, "a value is within");
		read_value(f.value, SIZE_MAX_);
		read_value(f.value, 1 + f.value.len / 2);
		count++;
	}
	return count;
}

static void read_known(struct header h, char *subject_r, int64_t *date_r)
{
	static struct rule rules[] = {
		{ "Subject", "*a*[b-d]?\\e*", RULE_SKIP, NULL },
		{ "From", "*", RULE_ACCEPT, NULL },
	};
	const struct account account = { .rules = rules, .rules_count = 2 };
	const struct rule *rule = rules_match(&account, h);
	char from[SIZE_MAX_];

	must(rule == NULL || rule == &rules[0] ||
		 header_find(h, "from", from, sizeof(from)),
	     "a rule is about a field");
	(void)header_find_shown(h, "Subject", subject_r, HEADER_VALUE_MAX + 1);
	expect_shown(subject_r, HEADER_VALUE_MAX + 1);
	*date_r = header_date(h);
	must(*date_r >= DATE_MIN && *date_r <= DATE_MAX, "a date is in time");
}

static size_t with_crlf(const uint8_t *at, size_t len, uint8_t *to)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (at[i] == '\n') {
			to[n++] = '\r';
		}
		to[n++] = at[i];
	}
	return n;
}

static void with_other_line_ends(const uint8_t *data, size_t size,
				 const char *subject, int64_t date)
{
	static uint8_t wire[2 * SIZE_MAX_];
	static char same[HEADER_VALUE_MAX + 1];
	int64_t same_date;
	size_t len = with_crlf(data, size, wire);

	/* a bare CR at the end of a line is part of that end */
	if (memchr(data, '\r', size) != NULL) {
		return;
	}
	read_known((struct header){ wire, len }, same, &same_date);
	must(date == same_date && strcmp(subject, same) == 0,
	     "CRLF says the same as LF");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char subject[HEADER_VALUE_MAX + 1];
	struct pop3_slice copy;
	struct header h;
	int64_t date;

	if (size == 0 || size > SIZE_MAX_) {
		return 0;
	}
	if (guard.at == NULL) {
		guard_init(&guard, SIZE_MAX_);
	}
	copy = guard_copy(&guard, pop3_slice_of(data, size));
	h = (struct header){ copy.at, copy.len };
	(void)read_fields(h);
	read_known(h, subject, &date);
	with_other_line_ends(data, size, subject, date);
	return 0;
}
