// SPDX-License-Identifier: ISC
/*
 * test_external_names.c - the user's name in a certificate, and the file of
 * certificate authorities.
 */
#include "played_clients.h"

#include <errno.h>
#include <stdio.h>

static struct external *by_common_name;

static int set_up_both(void **state)
{
	int rc = set_up(state);

	by_common_name = external_of(&root, CERTIFICATE_COMMON_NAME);
	return rc;
}

static int tear_down_both(void **state)
{
	external_destroy(&by_common_name);
	return tear_down(state);
}

static void assert_email(const char *alt_names, const char *want)
{
	struct issue what = client_of("P-256");

	what.alt_names = alt_names;
	assert_int_equal(verify_issued(by_email, &what, &with_p256),
			 want != NULL ? EXTERNAL_OK : EXTERNAL_ENAME);
	assert_user(want != NULL ? want : "");
}

static void the_first_email_is_the_user(void **state)
{
	(void)state;
	assert_email("email:a@example.org", "a@example.org");
	assert_email("DNS:x.example,email:a@example.org,email:b@example.org",
		     "a@example.org");
	assert_email("email:A@example.org", "A@example.org");
	assert_email(NULL, NULL);
	assert_email("DNS:a.example.org", NULL);
	assert_email("URI:mailto:a@example.org", NULL);
	assert_email("email:a/b@example.org", NULL);
	/* what would be another user's must not stand in for it */
	assert_email("email:a:b@example.org,email:c@example.org", NULL);
}

static void put_email_with_nul(X509 *x)
{
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *text = ASN1_IA5STRING_new();

	assert_int_equal(ASN1_STRING_set(text, "root\0@example.org", 17), 1);
	GENERAL_NAME_set0_value(name, GEN_EMAIL, text);
	assert_int_equal(sk_GENERAL_NAME_push(names, name), 1);
	assert_int_equal(
	    X509_add1_ext_i2d(x, NID_subject_alt_name, names, 0, 0), 1);
	GENERAL_NAMES_free(names);
}

static void an_email_with_a_nul_is_nobodys(void **state)
{
	struct issue what = client_of("P-256");

	(void)state;
	what.alt_names = NULL;
	what.change = put_email_with_nul;
	assert_int_equal(verify_issued(by_email, &what, &with_p256),
			 EXTERNAL_ENAME);
}

static void put_common_name(X509 *x, int type, const char *text, int len)
{
	assert_int_equal(
	    X509_NAME_add_entry_by_NID(X509_get_subject_name(x), NID_commonName,
				       type, (const uint8_t *)text, len, -1, 0),
	    1);
}

static void second_name(X509 *x)
{
	put_common_name(x, MBSTRING_UTF8, "root", -1);
}

static void name_with_nul(X509 *x)
{
	put_common_name(x, V_ASN1_UTF8STRING, "carol\0", 6);
}

static void name_in_two_octets(X509 *x)
{
	put_common_name(x, V_ASN1_BMPSTRING, "\0Z\0o\0\xeb", 6);
}

static void name_in_latin_1(X509 *x)
{
	put_common_name(x, V_ASN1_T61STRING, "zo\xeb", 3);
}

static void name_of_256(X509 *x)
{
	static char text[256];

	memset(text, 'a', sizeof(text));
	put_common_name(x, V_ASN1_UTF8STRING, text, sizeof(text));
}

static void assert_common_name(const char *name, void (*change)(X509 *),
			       const char *want)
{
	struct issue what = client_of("P-256");

	what.common_name = name;
	what.change = change;
	assert_int_equal(verify_issued(by_common_name, &what, &with_p256),
			 want != NULL ? EXTERNAL_OK : EXTERNAL_ENAME);
	assert_user(want != NULL ? want : "");
}

static void the_one_common_name_is_the_user(void **state)
{
	(void)state;
	assert_common_name("carol", NULL, "carol");
	assert_common_name("zo\xc3\xab", NULL, "zo\xc3\xab");
	assert_common_name(NULL, name_in_two_octets, "Zo\xc3\xab");
	assert_common_name(NULL, NULL, NULL);
	assert_common_name("carol", second_name, NULL);
	assert_common_name(NULL, name_with_nul, NULL);
	assert_common_name(NULL, name_in_latin_1, "zo\xc3\xab");
	assert_common_name(NULL, name_of_256, NULL);
	assert_common_name("../carol", NULL, NULL);
	assert_common_name(" carol", NULL, NULL);
}

static int read_authorities(const char *before, const struct issued *issued,
			    const char *after)
{
	int fd = memfd_create("ca", MFD_CLOEXEC);
	struct external *e = (void *)&said;
	int rc;

	assert_int_equal(write(fd, before, strlen(before)), strlen(before));
	if (issued != NULL) {
		issued_write_certificate(issued, fd);
	}
	assert_int_equal(write(fd, after, strlen(after)), strlen(after));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	rc = external_create(fd, CERTIFICATE_EMAIL, &e);
	close(fd);
	assert_true(rc == 0 || e == (void *)&said);
	if (rc == 0) {
		external_destroy(&e);
	}
	return rc;
}

static void a_file_of_authorities_has_certificates(void **state)
{
	(void)state;
	assert_int_equal(read_authorities("", &root, ""), 0);
	assert_int_equal(read_authorities("# ours\n", &root, "\n"), 0);
	assert_int_equal(read_authorities("", NULL, ""), -EINVAL);
	assert_int_equal(read_authorities("no PEM\n", NULL, ""), -EINVAL);
	assert_int_equal(
	    read_authorities("", &root, "-----BEGIN CERTIFICATE-----\nMII\n"),
	    -EINVAL);
	assert_int_equal(read_authorities("", &root,
					  "-----BEGIN CERTIFICATE-----\nAAAA\n"
					  "-----END CERTIFICATE-----\n"),
			 -EINVAL);
}

static void a_file_that_cannot_be_read_is_refused(void **state)
{
	struct external *e = NULL;

	(void)state;
	assert_int_equal(external_create(-1, CERTIFICATE_EMAIL, &e), -EINVAL);
	assert_null(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_email_is_the_user),
		cmocka_unit_test(an_email_with_a_nul_is_nobodys),
		cmocka_unit_test(the_one_common_name_is_the_user),
		cmocka_unit_test(a_file_of_authorities_has_certificates),
		cmocka_unit_test(a_file_that_cannot_be_read_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up_both, tear_down_both);
}
