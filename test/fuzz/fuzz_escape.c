// SPDX-License-Identifier: ISC
/*
 * fuzz_escape.c - whatever octets a server puts into a text: what is shown of
 * them is printable and UTF-8, fits where it is to fit, and is as wide as is
 * reckoned; as JSON it is printable ASCII and comes back.  The first octet
 * chooses a width and whether there is UTF-8.
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "fetch/show/escape.h"
#include "fetch/show/json.h"
#include "fetch/show/tell.h"
#include "fuzz.h"
#include "guard.h"
#include "must.h"

#define SIZE_MAX_ 4096u

static struct guard guard;

/* What a terminal may be given as it is. */
static void must_be_fit(const struct text *t, bool is_utf8)
{
	size_t done = 0;

	while (done < t->len) {
		int32_t code;

		done += escape_take((const uint8_t *)t->at + done,
				    t->len - done, &code);
		must(code >= 0x20 && code != 0x7f, "no control of ASCII");
		must(is_utf8 || code < 0x80, "only ASCII");
		must(code < 0x80 || code >= 0xa0, "no control of Latin-1");
		must(code < 0x202a || code > 0x202e, "nothing turned round");
		must(code < 0x2066 || code > 0x2069, "nothing isolated");
		must(wcwidth((wchar_t)code) >= 0, "a width");
	}
}

static void try_escape(const uint8_t *at, size_t len, bool is_utf8)
{
	struct text once = { 0 }, twice = { 0 };

	escape_put(&once, at, len, is_utf8);
	must(!once.has_failed, "room");
	must_be_fit(&once, is_utf8);
	escape_put(&twice, text_of(&once), once.len, is_utf8);
	must(once.len == twice.len &&
		 memcmp(text_of(&once), text_of(&twice), once.len) == 0,
	     "what was escaped stays as it is");
	text_finish(&once);
	text_finish(&twice);
}

static void try_fit(const char *s, size_t columns, bool is_utf8)
{
	struct text t = { 0 };
	size_t taken = escape_fit(&t, s, columns, is_utf8);

	must(taken <= columns, "it fits");
	must(taken == escape_columns(text_of(&t), is_utf8), "it is so wide");
	must_be_fit(&t, is_utf8);
	text_finish(&t);
}

static void try_json(const char *s)
{
	json_t *o = json_begin("note", 0, s), *back;
	struct text t = { 0 };

	json_set_text(o, "text", s);
	json_put(&t, o);
	must(!t.has_failed && t.len > 0, "an object");
	for (size_t i = 0; i + 1 < t.len; i++) {
		must(t.at[i] >= 0x20 && t.at[i] < 0x7f, "printable ASCII");
	}
	must(t.at[t.len - 1] == '\n', "a line");
	back = json_loadb(t.at, t.len, 0, NULL);
	must(back != NULL, "it is JSON");
	must(json_equal(json_object_get(back, "text"),
			json_object_get(back, "account")),
	     "the same text twice");
	json_decref(back);
	text_finish(&t);
}

static void try_failure(const char *s, bool is_utf8)
{
	struct why why = { .kind = WHY_LOGIN };
	struct text t = { 0 };

	strncpy(why.text, s, sizeof(why.text) - 1);
	tell_failure(&t, s, &why, is_utf8);
	must_be_fit(&t, is_utf8);
	text_finish(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pop3_slice wire;
	bool is_utf8;
	char *s;

	if (size < 1 || size > SIZE_MAX_) {
		return 0;
	}
	if (guard.cap == 0) {
		guard_init(&guard, SIZE_MAX_);
		must(setlocale(LC_CTYPE, "C.UTF-8") != NULL, "a locale");
	}
	is_utf8 = (data[0] & 1) != 0;
	wire = guard_copy(&guard, pop3_slice_of(data + 1, size - 1));
	try_escape(wire.at, wire.len, is_utf8);
	s = strndup((const char *)data + 1, size - 1);
	must(s != NULL, "memory");
	try_fit(s, data[0] / 2, is_utf8);
	try_json(s);
	try_failure(s, is_utf8);
	free(s);
	return 0;
}
