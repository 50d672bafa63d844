// SPDX-License-Identifier: ISC
/*
 * test_template.c - paths of maildrops: no name and no home leads out of the
 * mail root.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "auth/template.h"

#define ROOT "/var/mail"

static enum template_result expand(const char *template, const char *user,
				   const char *home, char path[256])
{
	return template_expand(template, ROOT, text_of(user), text_of(home),
			       path, 256);
}

static void templates_become_paths(void **state)
{
	static const struct {
		const char *template, *user, *home, *path;
	} rows[] = {
		{ "%u", "alice", "", "alice" },
		{ "%u/Maildir", "al@ex.com", "", "al@ex.com/Maildir" },
		{ "%d/%n", "al@ex.com", "", "ex.com/al" },
		{ "%d/%n/Maildir/", "a@b@c", "", "b@c/a/Maildir" },
		{ "%h/Maildir", "al", ROOT "/x/al", "x/al/Maildir" },
		{ "%h", "al", ROOT "//x/./al/", "x/al" },
		{ ROOT "/%n", "al", "", "al" },
		{ "/var//mail/./%n", "al", "", "al" },
		{ "%h", "al", "x/al", "x/al" },
		{ "100%%/%u", "a", "", "100%/a" },
		{ "x//y/./%u", "a", "", "x/y/a" },
		{ "%u", "%d%h", "", "%d%h" },
		{ "%u", ".hidden", "", ".hidden" },
		{ "%n", "...a", "", "...a" },
	};
	char path[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(
		    expand(rows[i].template, rows[i].user, rows[i].home, path),
		    TEMPLATE_OK);
		assert_string_equal(path, rows[i].path);
	}
}

static void hostile_names_are_refused(void **state)
{
	static const char *const names[] = {
		"",      ".",    "..",       "../x", "a/b", "/etc/passwd",
		"..@..", "a@..", "..@a",     "@",    "a@",  "@a",
		"a@.",   "a\n",  "a@b/../c", "\x7f", "...", "a@...",
	};
	static const char *const templates[] = { "%u", "%n", "%d/%n",
						 ROOT "/%d/%n", "x%n" };
	char path[256];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (size_t t = 0; t < 5; t++) {
			assert_int_equal(
			    expand(templates[t], names[i], "", path),
			    TEMPLATE_ENAME);
		}
	}
	assert_int_equal(template_expand("%u", ROOT, (struct text){ "a\0b", 3 },
					 text_of(""), path, sizeof(path)),
			 TEMPLATE_ENAME);
}

/* Parts that are harmless alone and not together. */
static void components_are_judged_whole(void **state)
{
	char path[256];

	(void)state;
	assert_int_equal(expand(".%n", "a@b", "", path), TEMPLATE_OK);
	assert_string_equal(path, ".a");
	assert_int_equal(expand("%u/..", "a", "", path), TEMPLATE_EOUTSIDE);
	assert_int_equal(expand("../%u", "a", "", path), TEMPLATE_EOUTSIDE);
	assert_int_equal(expand("%u/../../b", "a", "", path),
			 TEMPLATE_EOUTSIDE);
}

static void homes_stay_below_the_root(void **state)
{
	static const char *const homes[] = {
		"/home/alice", "/var/mailx/a",
		"/var",        "/",
		ROOT,          ROOT "/",
		ROOT "/..",    ROOT "/a/../../../etc",
		ROOT "/.",     "/var/../var/mail/a",
		"..",          "a/../..",
	};
	char path[256];

	(void)state;
	for (size_t i = 0; i < sizeof(homes) / sizeof(homes[0]); i++) {
		assert_int_equal(expand("%h", "a", homes[i], path),
				 TEMPLATE_EOUTSIDE);
	}
	assert_int_equal(expand("%h", "a", "", path), TEMPLATE_EHOME);
	assert_int_equal(expand("%h", "a", ROOT "/\x01", path), TEMPLATE_ENAME);
}

static void operators_mistakes_are_told(void **state)
{
	char path[256];

	(void)state;
	assert_int_equal(expand("%d/%n", "a", "", path), TEMPLATE_EDOMAIN);
	assert_int_equal(expand("%x", "a", "", path), TEMPLATE_ESYNTAX);
	assert_int_equal(expand("%u%", "a", "", path), TEMPLATE_ESYNTAX);
	assert_int_equal(expand("", "a", "", path), TEMPLATE_EOUTSIDE);
	assert_int_equal(expand("/", "a", "", path), TEMPLATE_EOUTSIDE);
	assert_int_equal(expand(ROOT, "a", "", path), TEMPLATE_EOUTSIDE);
	assert_int_equal(expand("/srv/%u", "a", "", path), TEMPLATE_EOUTSIDE);
	for (int r = TEMPLATE_ELENGTH; r <= TEMPLATE_OK; r++) {
		assert_true(strlen(template_why((enum template_result)r)) > 1);
	}
}

static void lengths_are_limited(void **state)
{
	char user[256], path[600];

	(void)state;
	memset(user, 'u', 255);
	user[255] = '\0';
	assert_int_equal(template_expand("%u", ROOT, text_of(user), text_of(""),
					 path, sizeof(path)),
			 TEMPLATE_OK);
	assert_int_equal(strlen(path), 255);
	assert_int_equal(template_expand("x%u", ROOT, text_of(user),
					 text_of(""), path, sizeof(path)),
			 TEMPLATE_ELENGTH);
	assert_int_equal(
	    template_expand("%u", ROOT, text_of(user), text_of(""), path, 256),
	    TEMPLATE_OK);
	for (size_t cap = 1; cap < 256; cap++) {
		assert_int_equal(template_expand("%u", ROOT, text_of(user),
						 text_of(""), path, cap),
				 TEMPLATE_ELENGTH);
	}
}

/* Each name of up to four octets from an alphabet that could hurt: whatever is
 * accepted has no component that leads up, and is not absolute. */
static void no_short_name_escapes(void **state)
{
	static const char alphabet[] = {
		'.', '/', '@', 'a', '%', 0, ' ', '\n'
	};
	size_t n = sizeof(alphabet), accepted = 0;
	char name[4], path[64], padded[70];

	(void)state;
	for (size_t code = 0; code < n * n * n * n * 4; code++) {
		size_t rest = code / 4, len = code % 4 + 1;

		for (size_t i = 0; i < len; i++, rest /= n) {
			name[i] = alphabet[rest % n];
		}
		if (template_expand("%n/%u/m", ROOT, (struct text){ name, len },
				    text_of(""), path, sizeof(path)) != 0) {
			continue;
		}
		accepted++;
		snprintf(padded, sizeof(padded), "/%s/", path);
		assert_null(strstr(padded, "/../"));
		assert_null(strstr(padded, "/./"));
		assert_null(strstr(padded, "//"));
		assert_true(path[0] != '/');
	}
	assert_true(accepted > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(templates_become_paths),
		cmocka_unit_test(hostile_names_are_refused),
		cmocka_unit_test(components_are_judged_whole),
		cmocka_unit_test(homes_stay_below_the_root),
		cmocka_unit_test(operators_mistakes_are_told),
		cmocka_unit_test(lengths_are_limited),
		cmocka_unit_test(no_short_name_escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
