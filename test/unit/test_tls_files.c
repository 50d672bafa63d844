// SPDX-License-Identifier: ISC
/*
 * test_tls_files.c - the files of certificates, opened and sent to roles.
 */
#include "pem_dir.h"

#include <errno.h>

#include "base/log.h"
#include "master/tls_files.h"
#include "os/fd.h"
#include "stderr_pipe.h"

static struct pem_dir dir;
static struct config config;
static struct child role;
static int far_end;
static struct stderr_pipe out;

static int setup(void **state)
{
	int pair[2];

	(void)state;
	log_init("unit", LOG_FORM_LEVEL, LOG_INFO);
	memset(&config, 0, sizeof(config));
	pem_dir_init(&dir);
	config.certificate.count = 2;
	config.private_key.count = 2;
	for (size_t i = 0; i < 2; i++) {
		pem_dir_put_path(&dir, "c.pem", config.certificate.path[i],
				 sizeof(config.certificate.path[i]));
		pem_dir_put_path(&dir, "k.pem", config.private_key.path[i],
				 sizeof(config.private_key.path[i]));
	}
	pem_dir_put_path(&dir, "ca.pem", config.client_ca,
			 sizeof(config.client_ca));
	pem_dir_write(&dir, "c.pem", &dir.one, NULL);
	pem_dir_write(&dir, "k.pem", NULL, &dir.one);
	pem_dir_write(&dir, "ca.pem", &dir.other, NULL);
	assert_int_equal(fd_channel_pair(pair, 65536), 0);
	child_init(&role, ROLE_KEY);
	role.control = pair[0];
	far_end = pair[1];
	stderr_begin(&out);
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = { "c.pem", "k.pem", "ca.pem", NULL };

	(void)state;
	stderr_end(&out);
	fd_close(&role.control);
	fd_close(&far_end);
	return pem_dir_finish(&dir, names);
}

/* The next packet is that file, which roles read by pread. */
static void expect_file(enum role self, enum file_kind kind, uint32_t idx,
			const char *begin)
{
	struct packet p;
	char text[65536];
	ssize_t len;

	assert_int_equal(
	    channel_receive_checked(far_end, &p, ROLE_MASTER, self),
	    CHANNEL_OK);
	assert_int_equal(p.as.head.type, PACKET_FILE);
	assert_int_equal(p.as.file.kind, kind);
	assert_int_equal(p.as.file.idx, idx);
	len = pread(p.fd, text, sizeof(text) - 1, 0);
	assert_true(len > 0);
	text[len] = '\0';
	assert_ptr_equal(strstr(text, begin), text);
	assert_non_null(strstr(text, "-----END "));
	assert_int_equal(fcntl(p.fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	fd_close(&p.fd);
}

static void expect_all_of_key(const struct tls_files *f)
{
	assert_int_equal(tls_files_send_to_key(f, &role), 0);
	for (uint32_t i = 0; i < 2; i++) {
		expect_file(ROLE_KEY, FILE_CERTIFICATE, i,
			    "-----BEGIN CERTIFICATE-----");
		expect_file(ROLE_KEY, FILE_PRIVATE_KEY, i,
			    "-----BEGIN PRIVATE KEY-----");
	}
	expect_file(ROLE_KEY, FILE_CLIENT_CA, 0, "-----BEGIN CERTIFICATE-----");
}

/* A second role, which replaces the first, gets the same, though the files are
 * gone. */
static void roles_get_all_of_what_is_for_them(void **state)
{
	size_t fds = fd_count_open();
	struct tls_files f;

	(void)state;
	assert_int_equal(tls_files_open(&config, &f), 0);
	expect_all_of_key(&f);
	pem_dir_remove(&dir, "c.pem");
	pem_dir_write(&dir, "k.pem", NULL, NULL);
	pem_dir_remove(&dir, "ca.pem");
	expect_all_of_key(&f);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(tls_files_send_to_auth(&f, &role), 0);
		expect_file(ROLE_AUTH, FILE_CLIENT_CA, 0,
			    "-----BEGIN CERTIFICATE-----");
	}
	tls_files_close(&f);
	assert_int_equal(fd_count_open(), fds);
	tls_files_close(&f); /* again: nothing is closed */
}

static void each_file_is_open_once(void **state)
{
	size_t fds = fd_count_open();
	struct tls_files f;

	(void)state;
	assert_int_equal(tls_files_open(&config, &f), 0);
	assert_int_equal(fd_count_open(), fds + 2 * 2 + 1);
	tls_files_close(&f);
}

static void without_tls_nothing_is_sent(void **state)
{
	size_t fds = fd_count_open();
	struct tls_files f;
	struct packet p;

	(void)state;
	memset(&config, 0, sizeof(config));
	assert_int_equal(tls_files_open(&config, &f), 0);
	assert_int_equal(fd_count_open(), fds);
	assert_int_equal(tls_files_send_to_auth(&f, &role), 0);
	assert_int_equal(tls_files_send_to_key(&f, &role), 0);
	fd_close(&role.control);
	assert_int_equal(
	    channel_receive_checked(far_end, &p, ROLE_MASTER, ROLE_KEY),
	    CHANNEL_EOF);
}

static void one_that_is_missing_leaves_none_open(void **state)
{
	size_t fds = fd_count_open();
	struct tls_files f = { .count = 77 };

	(void)state;
	pem_dir_remove(&dir, "ca.pem");
	assert_int_equal(tls_files_open(&config, &f), -ENOENT);
	assert_int_equal(f.count, 77);
	assert_int_equal(fd_count_open(), fds);
	stderr_end(&out);
	assert_non_null(strstr(out.text, "cannot open"));
	assert_non_null(strstr(out.text, "/ca.pem"));
	stderr_begin(&out);
}

static void stamps_are_of_what_is_open(void **state)
{
	struct tls_stamps now;
	struct tls_files f;

	(void)state;
	assert_int_equal(tls_files_open(&config, &f), 0);
	tls_stamps_look(&config, &now);
	assert_true(tls_stamps_are_equal(&now, &f.stamps));
	pem_dir_write(&dir, "ca.pem", &dir.one, NULL);
	tls_stamps_look(&config, &now);
	assert_false(tls_stamps_are_equal(&now, &f.stamps));
	tls_files_close(&f);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		ROW(roles_get_all_of_what_is_for_them),
		ROW(each_file_is_open_once),
		ROW(without_tls_nothing_is_sent),
		ROW(one_that_is_missing_leaves_none_open),
		ROW(stamps_are_of_what_is_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
