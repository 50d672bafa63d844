// SPDX-License-Identifier: ISC
/*
 * test_passwd_line.c - lines of a users file, good and bad, as Dovecot's
 * documentation shows them and as nobody should write them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "auth/limits.h"
#include "auth/passwd_line.h"

static struct passwd_user parsed(const char *line)
{
	struct passwd_user user;

	assert_null(passwd_line_parse(text_of(line), &user));
	return user;
}

#define assert_text(t, s) assert_true(text_equal((t), text_of(s)))

static void all_fields_are_read(void **state)
{
	struct passwd_user u = parsed("alice@example.com:{PLAIN}pass:1000:1001:"
				      "A. Smith:/home/alice:/bin/sh:"
				      "userdb_mail=maildir:~/Maildir x=y");

	(void)state;
	assert_text(u.name, "alice@example.com");
	assert_text(u.stored, "{PLAIN}pass");
	assert_text(u.home, "/home/alice");
	assert_int_equal(u.uid, 1000);
	assert_int_equal(u.gid, 1001);
	assert_false(u.is_disabled);
	assert_int_equal(u.allow_nets.len, 0);
}

static void missing_fields_are_empty(void **state)
{
	static const char *const lines[] = {
		"bob", "bob:", "bob::", "bob:::", "bob:::::", "bob:::::::"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct passwd_user u = parsed(lines[i]);

		assert_text(u.name, "bob");
		assert_int_equal(u.stored.len, 0);
		assert_int_equal(u.home.len, 0);
		assert_int_equal(u.uid, PASSWD_NO_ID);
		assert_int_equal(u.gid, PASSWD_NO_ID);
	}
}

static void bad_lines_are_named(void **state)
{
	static const char *const lines[] = {
		":x:1:1::::",     "a/b:x",
		"..:x",           "a:x:1a:1",
		"a:x:-1:1",       "a:x:1:+1",
		"a:x: 1:1",       "a:x:4294967295",
		"a:x:4294967296", "a:x:1:99999999999999999999999",
		"a b\x01:x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct passwd_user user = { .uid = 7 };

		assert_non_null(passwd_line_parse(text_of(lines[i]), &user));
		assert_int_equal(user.uid, 7);
		assert_null(user.name.at);
	}
}

static void a_nul_is_a_mistake(void **state)
{
	struct passwd_user user;

	(void)state;
	assert_non_null(passwd_line_parse((struct text){ "a:b\0c", 5 }, &user));
}

static void lengths_are_limited(void **state)
{
	static char line[PASSWD_LINE_MAX + 1];
	struct passwd_user user;

	(void)state;
	memset(line, 'x', sizeof(line));
	memcpy(line, "a::::", 5);
	assert_null(
	    passwd_line_parse((struct text){ line, PASSWD_LINE_MAX }, &user));
	assert_non_null(passwd_line_parse(
	    (struct text){ line, PASSWD_LINE_MAX + 1 }, &user));
	memcpy(line, "a:xxx", 5);
	assert_null(passwd_line_parse(
	    (struct text){ line, PASSWD_STORED_MAX + 2 }, &user));
	assert_non_null(passwd_line_parse(
	    (struct text){ line, PASSWD_STORED_MAX + 3 }, &user));
}

static void what_forbids_a_login_is_obeyed(void **state)
{
	(void)state;
	assert_true(parsed("a:x::::::nologin").is_disabled);
	assert_true(parsed("a:x::::::b=c  nologin=y").is_disabled);
	assert_false(parsed("a:x::::::nologins=y").is_disabled);
	assert_text(
	    parsed("a:x::::::allow_nets=192.0.2.0/24,::1 b=c").allow_nets,
	    "192.0.2.0/24,::1");
	assert_true(parsed("a:x::::::allow_nets=").is_disabled);
	assert_false(parsed("a:x::::nologin:nologin:x=nologin").is_disabled);
}

static void verifiers_are_found_among_the_extra_fields(void **state)
{
	struct passwd_user u =
	    parsed("a:x::::::b=c  restante_scram_sha_256=4096,a=,b:c "
		   "restante_scram_sha_1=1 restante_scram_sha_256=2 nologin");
	struct text rest = u.extra;
	struct passwd_extra e;

	(void)state;
	assert_text(u.scram_sha_256, "4096,a=,b:c");
	assert_text(u.scram_sha_1, "1");
	assert_true(u.is_disabled);
	assert_true(passwd_next_extra(&rest, &e));
	assert_text(e.word, "b=c");
	assert_text(e.key, "b");
	assert_text(e.value, "c");
	assert_true(passwd_next_extra(&rest, &e));
	assert_text(e.value, "4096,a=,b:c");
	assert_true(passwd_next_extra(&rest, &e));
	assert_true(passwd_next_extra(&rest, &e));
	assert_true(passwd_next_extra(&rest, &e));
	assert_text(e.key, "nologin");
	assert_int_equal(e.value.len, 0);
	assert_false(passwd_next_extra(&rest, &e));
	u = parsed("a:x::::::restante_scram_sha_256 restante_scram_sha_1=");
	assert_int_equal(u.scram_sha_256.len, 0);
	assert_int_equal(u.scram_sha_1.len, 0);
	u = parsed("a:x:::::restante_scram_sha_1=x");
	assert_int_equal(u.scram_sha_1.len, 0);
}

static void lines_end_in_lf_crlf_or_nothing(void **state)
{
	struct text in = text_of("a\nb\r\n\n\r\nc\rd\ne"), line;
	static const char *const want[] = { "a", "b", "", "", "c\rd", "e" };

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		assert_true(passwd_next_line(&in, &line));
		assert_text(line, want[i]);
	}
	assert_false(passwd_next_line(&in, &line));
}

static void blanks_and_comments(void **state)
{
	(void)state;
	assert_true(passwd_line_is_blank(text_of("")));
	assert_true(passwd_line_is_blank(text_of(" \t")));
	assert_true(passwd_line_is_blank(text_of("# a:b")));
	assert_false(passwd_line_is_blank(text_of(" # a:b")));
	assert_false(passwd_line_is_blank(text_of("a")));
}

/* Any octets, in memory that ends where they end. */
static void any_cut_of_a_line_is_safe(void **state)
{
	static const char whole[] = "al@ex.com:{PLAIN}p:10:11:g:/h:/s:"
				    "allow_nets=1.2.3.4 nologin "
				    "restante_scram_sha_256=1,a=,b=,c= "
				    "restante_app=x,1,0,h";

	(void)state;
	for (size_t len = 0; len < sizeof(whole); len++) {
		char *copy = malloc(len + !len);
		struct passwd_user user;

		assert_non_null(copy);
		memcpy(copy, whole, len);
		if (passwd_line_parse((struct text){ copy, len }, &user) ==
		    NULL) {
			assert_true(user.name.len <= len);
			assert_true(user.name.len > 0);
		}
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_fields_are_read),
		cmocka_unit_test(missing_fields_are_empty),
		cmocka_unit_test(bad_lines_are_named),
		cmocka_unit_test(a_nul_is_a_mistake),
		cmocka_unit_test(lengths_are_limited),
		cmocka_unit_test(what_forbids_a_login_is_obeyed),
		cmocka_unit_test(verifiers_are_found_among_the_extra_fields),
		cmocka_unit_test(lines_end_in_lf_crlf_or_nothing),
		cmocka_unit_test(blanks_and_comments),
		cmocka_unit_test(any_cut_of_a_line_is_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
