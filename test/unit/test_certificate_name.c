// SPDX-License-Identifier: ISC
/*
 * test_certificate_name.c - names in certificates, and of hosts.
 */
#include "unit.h"

#include <string.h>

#include "guard.h"
#include "tls/certificate_name.h"

static struct guard names;
static struct guard hosts;

/* Both at the end of what may be read. */
static enum certificate_match match(const char *name, const char *host)
{
	struct pop3_slice n =
	    guard_copy(&names, pop3_slice_of(name, strlen(name)));
	struct pop3_slice h =
	    guard_copy(&hosts, pop3_slice_of(host, strlen(host)));

	return certificate_name_match((const char *)n.at, n.len,
				      (const char *)h.at, h.len);
}

static void names_match_whatever_their_case(void **state)
{
	(void)state;
	assert_int_equal(match("mail.example.org", "Mail.EXAMPLE.org"),
			 CERTIFICATE_MATCH_EXACT);
	assert_int_equal(match("mail.example.org", "mail.example.org."),
			 CERTIFICATE_MATCH_EXACT);
	assert_int_equal(match("localhost", "localhost"),
			 CERTIFICATE_MATCH_EXACT);
	assert_int_equal(match("mail.example.org", "mail.example.or"),
			 CERTIFICATE_MATCH_NONE);
	assert_int_equal(match("mail.example.org", "mail_example.org"),
			 CERTIFICATE_MATCH_NONE);
	assert_int_equal(match("", ""), CERTIFICATE_MATCH_NONE);
	assert_int_equal(match("a", "."), CERTIFICATE_MATCH_NONE);
}

static void a_wildcard_is_exactly_one_label(void **state)
{
	(void)state;
	assert_int_equal(match("*.example.org", "mail.example.org"),
			 CERTIFICATE_MATCH_WILDCARD);
	assert_int_equal(match("*.example.org", "MAIL.Example.org."),
			 CERTIFICATE_MATCH_WILDCARD);
	assert_int_equal(match("*.example.org", "example.org"),
			 CERTIFICATE_MATCH_NONE);
	assert_int_equal(match("*.example.org", ".example.org"),
			 CERTIFICATE_MATCH_NONE);
	assert_int_equal(match("*.example.org", "a.mail.example.org"),
			 CERTIFICATE_MATCH_NONE);
	assert_int_equal(match("*.org", "example.org"), CERTIFICATE_MATCH_NONE);
	assert_int_equal(match("*", "example"), CERTIFICATE_MATCH_NONE);
	assert_int_equal(match("*.", "example."), CERTIFICATE_MATCH_NONE);
	assert_int_equal(match("m*.example.org", "mail.example.org"),
			 CERTIFICATE_MATCH_NONE);
	assert_int_equal(match("mail.*.org", "mail.example.org"),
			 CERTIFICATE_MATCH_NONE);
}

/* Whatever is cut off either name, nothing matches, and nothing else is
 * read. */
static void cut_names_do_not_match(void **state)
{
	static const char name[] = "*.mail.example.org";
	static const char host[] = "pop.mail.example.org";
	struct pop3_slice all = pop3_slice_of(name, strlen(name));

	(void)state;
	for (size_t cut = 0; cut < strlen(host); cut++) {
		struct pop3_slice n = guard_copy(&names, all);
		struct pop3_slice h =
		    guard_copy(&hosts, pop3_slice_of(host, cut));

		assert_int_equal(
		    certificate_name_match((const char *)n.at, n.len,
					   (const char *)h.at, h.len),
		    CERTIFICATE_MATCH_NONE);
	}
	for (size_t cut = 0; cut < strlen(name); cut++) {
		struct pop3_slice n =
		    guard_copy(&names, pop3_slice_of(name, cut));

		assert_int_equal(certificate_name_match((const char *)n.at,
							n.len, host,
							strlen(host)),
				 CERTIFICATE_MATCH_NONE);
	}
}

static bool is_sound(const char *name)
{
	struct pop3_slice n =
	    guard_copy(&names, pop3_slice_of(name, strlen(name)));

	return certificate_name_is_sound((const char *)n.at, n.len);
}

static void only_names_of_hosts_are_sound(void **state)
{
	char label[70];

	(void)state;
	assert_true(is_sound("mail.example.org"));
	assert_true(is_sound("*.example.org"));
	assert_true(is_sound("xn--bcher-kva_1.example"));
	assert_false(is_sound(""));
	assert_false(is_sound("*."));
	assert_false(is_sound("*"));
	assert_false(is_sound("a..b"));
	assert_false(is_sound(".a"));
	assert_false(is_sound("a."));
	assert_false(is_sound("a b"));
	assert_false(is_sound("a\n.b"));
	assert_false(is_sound("b\303\274cher.example"));
	assert_false(certificate_name_is_sound("a\0b", 3));
	memset(label, 'a', sizeof(label));
	assert_true(certificate_name_is_sound(label, 63));
	assert_false(certificate_name_is_sound(label, 64));
}

static int make_guards(void **state)
{
	(void)state;
	guard_init(&names, 1);
	guard_init(&hosts, 1);
	return 0;
}

static int free_guards(void **state)
{
	(void)state;
	guard_finish(&names);
	guard_finish(&hosts);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_match_whatever_their_case),
		cmocka_unit_test(a_wildcard_is_exactly_one_label),
		cmocka_unit_test(cut_names_do_not_match),
		cmocka_unit_test(only_names_of_hosts_are_sound),
	};

	return cmocka_run_group_tests(tests, make_guards, free_guards);
}
