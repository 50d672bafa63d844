// SPDX-License-Identifier: ISC
/*
 * test_certificate.c - certificates and keys read from PEM files.
 */
#include "unit.h"

#include <errno.h>
#include <openssl/x509.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "issuer.h"
#include "tls/certificate.h"

#define DAY 86400

static struct issued root, middle, server, other;
static const char *why;

static int file(void)
{
	int fd = memfd_create("pem", MFD_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static void put(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* Closes both, and says what came of it. */
static int read_both(int chain, int key, struct certificate **c_r)
{
	int rc;

	why = NULL;
	rc = certificate_read(chain, key, c_r, &why);
	if (rc != 0) {
		assert_string_equal(why, certificate_why(rc));
	}
	close(chain);
	if (key != -1 && key != chain) {
		close(key);
	}
	return rc;
}

static void expect_refused(int chain, int key, int want)
{
	struct certificate *c = (void *)&why;

	assert_int_equal(read_both(chain, key, &c), want);
	assert_ptr_equal(c, &why);
}

static int certificate_file(const struct issued *issued)
{
	int fd = file();

	issued_write_certificate(issued, fd);
	return fd;
}

static int key_file(const struct issued *issued)
{
	int fd = file();

	issued_write_key(issued, NULL, fd);
	return fd;
}

static void a_chain_and_its_key_are_read(void **state)
{
	struct certificate *c;
	int chain = certificate_file(&server);
	uint8_t print[CERTIFICATE_FINGERPRINT_LEN], want[EVP_MAX_MD_SIZE];
	unsigned len;

	(void)state;
	put(chain, "text between is nobody's\n");
	issued_write_certificate(&middle, chain);
	assert_int_equal(read_both(chain, key_file(&server), &c), 0);
	assert_int_equal(certificate_count(c), 2);
	assert_int_equal(X509_cmp(certificate_x509(c, 1), middle.x), 0);
	assert_int_equal(EVP_PKEY_eq(certificate_key(c), server.key), 1);
	assert_int_equal(certificate_type(c), CERTIFICATE_EC);
	assert_string_equal(certificate_type_name(c), "ECDSA P-256");
	assert_string_equal(certificate_issuer(c), "A middle one");
	assert_false(certificate_is_self_signed(c));
	assert_int_equal(certificate_name_count(c), 3);
	assert_string_equal(certificate_name(c, 0), "pop.example.org");
	assert_string_equal(certificate_name(c, 1), "*.example.net");
	assert_string_equal(certificate_name(c, 2), "192.0.2.1");
	certificate_fingerprint(c, print);
	assert_int_equal(X509_digest(server.x, EVP_sha256(), want, &len), 1);
	assert_int_equal(len, sizeof(print));
	assert_memory_equal(print, want, len);
	certificate_destroy(&c);
	assert_null(c);
	certificate_destroy(&c);
}

static void the_der_is_the_certificate(void **state)
{
	struct certificate *c;
	const uint8_t *at;
	X509 *x;

	(void)state;
	assert_int_equal(read_both(certificate_file(&server), -1, &c), 0);
	at = certificate_der(c, 0).at;
	x = d2i_X509(NULL, &at, (long)certificate_der(c, 0).len);
	assert_int_equal(X509_cmp(x, server.x), 0);
	assert_null(certificate_key(c));
	X509_free(x);
	certificate_destroy(&c);
}

/* And the descriptor's offset does not matter. */
static void one_file_may_hold_both(void **state)
{
	struct certificate *c;
	int fd = file();

	(void)state;
	issued_write_key(&server, NULL, fd);
	issued_write_certificate(&server, fd);
	assert_int_equal(read_both(fd, fd, &c), 0);
	assert_non_null(certificate_key(c));
	certificate_destroy(&c);
}

static void every_supported_kind_of_key_is_read(void **state)
{
	static const char *const kinds[][2] = {
		{ "P-256", "ECDSA P-256" },
		{ "P-384", "ECDSA P-384" },
		{ "P-521", "ECDSA P-521" },
		{ "RSA 2048", "RSA 2048" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct issue what = { .kind = kinds[i][0],
				      .common_name = "A.Example" };
		struct certificate *c;
		struct issued made;

		issue(&what, &made);
		assert_int_equal(
		    read_both(certificate_file(&made), key_file(&made), &c), 0);
		assert_string_equal(certificate_type_name(c), kinds[i][1]);
		assert_int_equal(certificate_type(c) == CERTIFICATE_RSA,
				 i == 3);
		assert_true(certificate_is_self_signed(c));
		assert_int_equal(certificate_name_count(c), 1);
		assert_string_equal(certificate_name(c, 0), "a.example");
		certificate_destroy(&c);
		issued_finish(&made);
	}
}

static void other_kinds_of_keys_are_refused(void **state)
{
	static const struct {
		const char *kind;
		int want;
	} rows[] = {
		{ "RSA 1024", CERTIFICATE_EWEAK },
		{ "ED25519", CERTIFICATE_ETYPE },
		{ "secp256k1", CERTIFICATE_ETYPE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct issue what = { .kind = rows[i].kind };
		struct issued made;

		issue(&what, &made);
		expect_refused(certificate_file(&made), key_file(&made),
			       rows[i].want);
		issued_finish(&made);
	}
}

static void a_common_name_counts_only_alone(void **state)
{
	struct issue what = { .kind = "P-256",
			      .common_name = "a.example",
			      .alt_names = "email:a@a.example" };
	struct certificate *c;
	struct issued made;

	(void)state;
	issue(&what, &made);
	assert_int_equal(read_both(certificate_file(&made), -1, &c), 0);
	assert_int_equal(certificate_name_count(c), 0);
	certificate_destroy(&c);
	issued_finish(&made);
}

static void odd_octets_in_names_are_no_names(void **state)
{
	struct issue what = { .kind = "P-256",
			      .common_name = "a\033[2J\nb.example" };
	struct certificate *c;
	struct issued made;

	(void)state;
	issue(&what, &made);
	assert_int_equal(read_both(certificate_file(&made), -1, &c), 0);
	assert_int_equal(certificate_name_count(c), 0);
	assert_string_equal(certificate_issuer(c), "a?[2J?b.example");
	certificate_destroy(&c);
	issued_finish(&made);
}

static void its_time_is_told(void **state)
{
	struct issue what = { .kind = "P-256",
			      .from_days = -3,
			      .until_days = -1 };
	int64_t now = time(NULL);
	struct certificate *c;
	struct issued made;

	(void)state;
	issue(&what, &made);
	assert_int_equal(read_both(certificate_file(&made), -1, &c), 0);
	assert_in_range(now - certificate_not_before(c), 3 * DAY - 60,
			3 * DAY + 60);
	assert_in_range(now - certificate_not_after(c), DAY - 60, DAY + 60);
	assert_int_equal(certificate_time(c, now), CERTIFICATE_EXPIRED);
	assert_int_equal(certificate_time(c, certificate_not_after(c)),
			 CERTIFICATE_VALID);
	assert_int_equal(certificate_time(c, certificate_not_after(c) + 1),
			 CERTIFICATE_EXPIRED);
	assert_int_equal(certificate_time(c, certificate_not_before(c)),
			 CERTIFICATE_VALID);
	assert_int_equal(certificate_time(c, now - 4 * DAY),
			 CERTIFICATE_NOT_YET);
	certificate_destroy(&c);
	issued_finish(&made);
}

static void files_without_a_certificate_are_refused(void **state)
{
	int fd;

	(void)state;
	expect_refused(file(), -1, CERTIFICATE_ENONE);
	fd = file();
	put(fd, "no PEM at all\n");
	expect_refused(fd, -1, CERTIFICATE_ENONE);
	expect_refused(key_file(&server), -1, CERTIFICATE_ENONE);
	fd = file();
	put(fd, "-----BEGIN CERTIFICATE-----\nAAAA\n"
		"-----END CERTIFICATE-----\n");
	expect_refused(fd, -1, CERTIFICATE_EBROKEN);
	fd = file();
	issued_write_certificate(&server, fd);
	put(fd, "-----BEGIN CERTIFICATE-----\n%%%%\n");
	expect_refused(fd, -1, CERTIFICATE_EBROKEN);
	fd = file();
	assert_int_equal(ftruncate(fd, CERTIFICATE_FILE_MAX + 1), 0);
	expect_refused(fd, -1, CERTIFICATE_ESIZE);
}

static void unreadable_files_say_why(void **state)
{
	struct certificate *c;
	int pair[2];

	(void)state;
	assert_int_equal(pipe(pair), 0);
	close(pair[1]);
	assert_int_equal(certificate_read(pair[0], -1, &c, &why),
			 CERTIFICATE_EREAD);
	assert_int_equal(errno, ESPIPE);
	expect_refused(certificate_file(&server), pair[0],
		       CERTIFICATE_EKEYREAD);
}

static void chains_out_of_order_are_refused(void **state)
{
	int fd = certificate_file(&server);

	(void)state;
	issued_write_certificate(&root, fd);
	issued_write_certificate(&middle, fd);
	expect_refused(fd, -1, CERTIFICATE_EORDER);
	fd = certificate_file(&server);
	issued_write_certificate(&other, fd);
	expect_refused(fd, -1, CERTIFICATE_EORDER);
	fd = file();
	for (unsigned i = 0; i <= CERTIFICATE_CHAIN_MAX; i++) {
		issued_write_certificate(&root, fd);
	}
	expect_refused(fd, -1, CERTIFICATE_ELONG);
}

static void keys_that_do_not_fit_are_refused(void **state)
{
	int fd;

	(void)state;
	expect_refused(certificate_file(&server), key_file(&other),
		       CERTIFICATE_EMISMATCH);
	expect_refused(certificate_file(&server), certificate_file(&server),
		       CERTIFICATE_ENOKEY);
	fd = file();
	put(fd, "-----BEGIN PRIVATE KEY-----\nAAAA\n"
		"-----END PRIVATE KEY-----\n");
	expect_refused(certificate_file(&server), fd, CERTIFICATE_ENOKEY);
	fd = file();
	issued_write_key(&server, "secret", fd);
	expect_refused(certificate_file(&server), fd, CERTIFICATE_EENCRYPTED);
	fd = certificate_file(&middle);
	issued_write_certificate(&root, fd);
	expect_refused(fd, key_file(&root), CERTIFICATE_EPLACE);
	assert_true(certificate_is_of_key(CERTIFICATE_EMISMATCH));
	assert_false(certificate_is_of_key(CERTIFICATE_EORDER));
}

/* A file that is being written looks like this. */
static void cut_files_are_refused_or_whole(void **state)
{
	char text[16384];
	int whole = certificate_file(&server);
	ssize_t len;

	(void)state;
	issued_write_key(&server, NULL, whole);
	len = pread(whole, text, sizeof(text), 0);
	assert_in_range(len, 1, sizeof(text) - 1);
	close(whole);
	for (ssize_t cut = 0; cut < len - 1; cut++) {
		int fd = file();
		struct certificate *c = NULL;

		assert_int_equal(write(fd, text, (size_t)cut), cut);
		assert_int_not_equal(read_both(fd, fd, &c), 0);
		assert_null(c);
	}
}

static int make(void **state)
{
	struct issue what = { .kind = "P-256", .common_name = "A root" };

	(void)state;
	issue(&what, &root);
	what.common_name = "A middle one";
	what.by = &root;
	issue(&what, &middle);
	what.common_name = "not.a.name";
	what.alt_names = "DNS:POP.example.org,DNS:*.example.net,IP:192.0.2.1,"
			 "email:a@example.org";
	what.by = &middle;
	issue(&what, &server);
	what = (struct issue){ .kind = "P-256", .common_name = "another" };
	issue(&what, &other);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	issued_finish(&root);
	issued_finish(&middle);
	issued_finish(&server);
	issued_finish(&other);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_and_its_key_are_read),
		cmocka_unit_test(the_der_is_the_certificate),
		cmocka_unit_test(one_file_may_hold_both),
		cmocka_unit_test(every_supported_kind_of_key_is_read),
		cmocka_unit_test(other_kinds_of_keys_are_refused),
		cmocka_unit_test(a_common_name_counts_only_alone),
		cmocka_unit_test(odd_octets_in_names_are_no_names),
		cmocka_unit_test(its_time_is_told),
		cmocka_unit_test(files_without_a_certificate_are_refused),
		cmocka_unit_test(unreadable_files_say_why),
		cmocka_unit_test(chains_out_of_order_are_refused),
		cmocka_unit_test(keys_that_do_not_fit_are_refused),
		cmocka_unit_test(cut_files_are_refused_or_whole),
	};

	return cmocka_run_group_tests(tests, make, finish);
}
