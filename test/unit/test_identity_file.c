// SPDX-License-Identifier: ISC
/*
 * test_identity_file.c - key reads the files that the master sent, tells what
 * is in them, and refuses what is not sound.
 */
#include "pem_dir.h"

#include <openssl/x509.h>

#include "base/log.h"
#include "key/identity_file.h"
#include "os/fd.h"
#include "stderr_pipe.h"
#include "tls/certificate_authorities.h"

static struct pem_dir dir;
static struct startup startup;
static struct identity_file f;
static struct stderr_pipe out;
static size_t fds;

static void give(const char *name, enum file_kind kind)
{
	struct startup_item *item = &startup.items[startup.count++];
	char path[128];

	pem_dir_put_path(&dir, name, path, sizeof(path));
	item->type = PACKET_FILE;
	item->kind = kind;
	item->id = 0;
	item->fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(item->fd >= 0);
	/* as another role left it, who has the same descriptor */
	assert_true(lseek(item->fd, 0, SEEK_END) >= 0);
}

static void append(const char *name, const void *at, size_t len)
{
	char path[128];
	int fd;

	pem_dir_put_path(&dir, name, path, sizeof(path));
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, at, len), len);
	close(fd);
}

static int setup(void **state)
{
	(void)state;
	log_init("unit", LOG_FORM_LEVEL, LOG_INFO);
	memset(&f, 0, sizeof(f));
	startup.count = 0;
	fds = fd_count_open();
	pem_dir_init(&dir);
	pem_dir_write(&dir, "c.pem", &dir.one, NULL);
	pem_dir_write(&dir, "k.pem", NULL, &dir.one);
	pem_dir_write(&dir, "ca.pem", &dir.other, NULL);
	give("c.pem", FILE_CERTIFICATE);
	give("k.pem", FILE_PRIVATE_KEY);
	stderr_begin(&out);
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = { "c.pem", "k.pem", "ca.pem", NULL };

	(void)state;
	stderr_end(&out);
	for (uint32_t i = 0; i < f.count; i++) {
		certificate_destroy(&f.certificates[i]);
	}
	fd_close(&f.fd);
	assert_int_equal(fd_count_open(), fds);
	return pem_dir_finish(&dir, names);
}

static void expect_blob(struct identity_reader *r, const struct issued *issued)
{
	uint8_t *der = NULL;
	int want = i2d_X509(issued->x, &der);
	const uint8_t *at;
	size_t len;

	at = identity_blob(r, &len);
	assert_int_equal(len, want);
	assert_memory_equal(at, der, len);
	OPENSSL_free(der);
}

/* One certificate, and those CAs. */
static void expect_identity(const struct issued *const *cas, uint32_t count)
{
	uint8_t octets[16384];
	ssize_t len = pread(f.fd, octets, sizeof(octets), 0);
	struct identity_reader r = { octets, (size_t)len, true };

	assert_true(len > 0);
	assert_int_equal(identity_number(&r, 16), 1);
	assert_int_equal(identity_number(&r, 8), 1);
	expect_blob(&r, &dir.one);
	assert_int_equal(identity_number(&r, IDENTITY_CLIENT_CAS_MAX), count);
	for (uint32_t i = 0; i < count; i++) {
		expect_blob(&r, cas[i]);
	}
	assert_true(r.is_sound);
	assert_int_equal(r.left, 0);
}

static void expect_refusal(const char *why)
{
	give("ca.pem", FILE_CLIENT_CA);
	assert_true(identity_file_create(&f, &startup, 1) < 0);
	assert_int_equal(f.fd, -1);
	stderr_end(&out);
	assert_non_null(strstr(out.text, "client certificate authorities"));
	assert_non_null(strstr(out.text, why));
	assert_ptr_equal(strchr(out.text, '\n'), out.text + out.len - 1);
	stderr_begin(&out);
}

static void without_client_cas_there_are_none(void **state)
{
	(void)state;
	assert_int_equal(identity_file_create(&f, &startup, 1), 0);
	expect_identity(NULL, 0);
	assert_non_null(certificate_key(f.certificates[0]));
}

/* Whatever else is in the file but certificates is not looked at. */
static void all_client_cas_are_told(void **state)
{
	static const char remark[] = "\n# the other one:\n";
	const struct issued *const cas[] = { &dir.other, &dir.one };
	char path[128];
	int fd;

	(void)state;
	append("ca.pem", remark, sizeof(remark) - 1);
	pem_dir_put_path(&dir, "ca.pem", path, sizeof(path));
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	issued_write_certificate(&dir.one, fd);
	close(fd);
	give("ca.pem", FILE_CLIENT_CA);
	assert_int_equal(identity_file_create(&f, &startup, 1), 0);
	expect_identity(cas, 2);
}

static void broken_client_cas_are_refused(void **state)
{
	static const char broken[] = "-----BEGIN CERTIFICATE-----\nAAAA\n"
				     "-----END CERTIFICATE-----\n";

	(void)state;
	append("ca.pem", broken, sizeof(broken) - 1);
	expect_refusal("holds a certificate that is broken");
}

static void a_file_without_any_is_refused(void **state)
{
	(void)state;
	pem_dir_write(&dir, "ca.pem", NULL, NULL);
	expect_refusal("holds no certificate");
}

static void a_file_that_cannot_be_read_is_refused(void **state)
{
	int ends[2];

	(void)state;
	give("ca.pem", FILE_CLIENT_CA);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	fd_close(&ends[1]);
	fd_close(&startup.items[startup.count - 1].fd);
	startup.items[startup.count - 1].fd = ends[0];
	assert_true(identity_file_create(&f, &startup, 1) < 0);
	stderr_end(&out);
	assert_non_null(strstr(out.text, "cannot be read"));
	stderr_begin(&out);
}

static void write_many(uint32_t count)
{
	char path[128];
	int fd;

	pem_dir_put_path(&dir, "ca.pem", path, sizeof(path));
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	assert_true(fd >= 0);
	for (uint32_t i = 0; i < count; i++) {
		issued_write_certificate(&dir.one, fd);
	}
	close(fd);
}

static int nothing(void *ctx, X509 *x)
{
	(void)ctx, (void)x;
	return CERTIFICATE_OK;
}

static void there_is_a_limit(void **state)
{
	char path[128];
	int fd;

	(void)state;
	pem_dir_put_path(&dir, "ca.pem", path, sizeof(path));
	write_many(CERTIFICATE_AUTHORITIES_MAX);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(certificate_check_authorities(fd), CERTIFICATE_OK);
	write_many(CERTIFICATE_AUTHORITIES_MAX + 1);
	assert_int_equal(certificate_check_authorities(fd), CERTIFICATE_ELONG);
	assert_int_equal(certificate_authorities(fd, nothing, NULL),
			 CERTIFICATE_ELONG);
	close(fd);
	assert_int_equal(certificate_check_authorities(-1), CERTIFICATE_EREAD);
	expect_refusal("too many");
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		ROW(without_client_cas_there_are_none),
		ROW(all_client_cas_are_told),
		ROW(broken_client_cas_are_refused),
		ROW(a_file_without_any_is_refused),
		ROW(a_file_that_cannot_be_read_is_refused),
		ROW(there_is_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
