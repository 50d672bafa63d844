// SPDX-License-Identifier: ISC
/*
 * test_certificate_make.c - certificates that vouch for themselves are what
 * clients demand, and what the server takes.
 */
#include "unit.h"

#include <openssl/x509v3.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "tls/certificate.h"
#include "tls/certificate_make.h"

#define DAY 86400

static const char *const names[] = { "pop.example.org", "*.example.net",
				     "192.0.2.1", "2001:db8::1" };

static int file_of(const char *at, size_t len)
{
	int fd = memfd_create("pem", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, at, len), len);
	return fd;
}

/* What the server would read. */
static struct certificate *made_and_read(const char *const *for_names,
					 size_t count)
{
	struct certificate_made made;
	struct certificate *c;
	const char *why;
	int chain, key;

	assert_int_equal(certificate_make(for_names, count, 365, &made), 0);
	chain = file_of(made.certificate, made.certificate_len);
	key = file_of(made.key, made.key_len);
	assert_int_equal(certificate_read(chain, key, &c, &why), 0);
	close(chain);
	close(key);
	certificate_made_finish(&made);
	assert_null(made.key);
	certificate_made_finish(&made);
	return c;
}

static void it_is_for_its_names(void **state)
{
	struct certificate *c = made_and_read(names, COUNT_OF(names));
	int64_t now = time(NULL);

	(void)state;
	assert_int_equal(certificate_name_count(c), COUNT_OF(names));
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		assert_string_equal(certificate_name(c, i), names[i]);
	}
	assert_int_equal(certificate_count(c), 1);
	assert_string_equal(certificate_type_name(c), "ECDSA P-256");
	assert_string_equal(certificate_issuer(c), names[0]);
	assert_true(certificate_is_self_signed(c));
	assert_int_equal(certificate_time(c, now), CERTIFICATE_VALID);
	assert_in_range(now - certificate_not_before(c), 3600 - 60, 3600 + 60);
	assert_in_range(certificate_not_after(c) - now, 365 * DAY - 60,
			365 * DAY + 60);
	certificate_destroy(&c);
}

/* As OpenSSL judges a server that a client was told to trust. */
static void a_client_that_is_told_to_trusts_it(void **state)
{
	struct certificate *c = made_and_read(names, COUNT_OF(names));
	X509 *x = certificate_x509(c, 0);
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();

	(void)state;
	assert_int_equal(X509_STORE_add_cert(store, x), 1);
	assert_int_equal(X509_STORE_CTX_init(ctx, store, x, NULL), 1);
	assert_int_equal(
	    X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_SSL_SERVER), 1);
	X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(ctx),
				    X509_V_FLAG_X509_STRICT);
	assert_int_equal(X509_verify_cert(ctx), 1);
	assert_int_equal(X509_check_host(x, "pop.example.org", 0, 0, NULL), 1);
	assert_int_equal(X509_check_ip_asc(x, "2001:db8::1", 0), 1);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	certificate_destroy(&c);
}

/* It may not vouch for others, or be used by a client. */
static void it_is_for_nothing_else(void **state)
{
	struct certificate *c = made_and_read(names, 1);
	X509 *x = certificate_x509(c, 0);

	(void)state;
	assert_int_equal(X509_check_ca(x), 0);
	assert_int_equal(X509_check_purpose(x, X509_PURPOSE_SSL_CLIENT, 0), 0);
	assert_int_equal(X509_get_key_usage(x), KU_DIGITAL_SIGNATURE);
	certificate_destroy(&c);
}

static void no_two_are_alike(void **state)
{
	struct certificate *a = made_and_read(names, 1);
	struct certificate *b = made_and_read(names, 1);

	(void)state;
	assert_int_not_equal(
	    ASN1_INTEGER_cmp(X509_get0_serialNumber(certificate_x509(a, 0)),
			     X509_get0_serialNumber(certificate_x509(b, 0))),
	    0);
	assert_int_equal(EVP_PKEY_eq(certificate_key(a), certificate_key(b)),
			 0);
	certificate_destroy(&a);
	certificate_destroy(&b);
}

static void a_long_name_is_no_common_name(void **state)
{
	char name[200];
	const char *const one[] = { name };
	struct certificate *c;

	(void)state;
	memset(name, 'a', sizeof(name));
	for (size_t i = 50; i < sizeof(name) - 1; i += 50) {
		name[i] = '.';
	}
	name[sizeof(name) - 1] = '\0';
	c = made_and_read(one, 1);
	assert_string_equal(certificate_name(c, 0), name);
	assert_string_equal(certificate_issuer(c), "");
	certificate_destroy(&c);
}

static void only_names_and_addresses_are_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		assert_true(certificate_make_takes(names[i]));
	}
	assert_true(certificate_make_takes("localhost"));
	assert_false(certificate_make_takes(""));
	assert_false(certificate_make_takes("a b"));
	assert_false(certificate_make_takes("a@example.org"));
	assert_false(certificate_make_takes("http://a.example"));
	assert_false(certificate_make_takes("[::1]"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_for_its_names),
		cmocka_unit_test(a_client_that_is_told_to_trusts_it),
		cmocka_unit_test(it_is_for_nothing_else),
		cmocka_unit_test(no_two_are_alike),
		cmocka_unit_test(a_long_name_is_no_common_name),
		cmocka_unit_test(only_names_and_addresses_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
