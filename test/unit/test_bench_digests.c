// SPDX-License-Identifier: ISC
/*
 * test_bench_digests.c - what restante-bench remembers of messages, and what it
 * makes of a Maildir's files.
 */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/evp.h>

#include "bench/digests.h"

static char root[] = "/tmp/restante-test-digests-XXXXXX";
static struct why why;

static const struct {
	const char *name;
	const char *stored;
	const char *wire;
} files[] = {
	{ "new/lf", "a\n\nb\n", "a\r\n\r\nb\r\n" },
	{ "new/crlf", "a\r\n\r\nc\r\n", "a\r\n\r\nc\r\n" },
	{ "cur/mixed:2,S", "a\r\nb\nc", "a\r\nb\r\nc\r\n" },
	{ "cur/empty:2,", "", "" },
};

static void in_root(char *path, size_t cap, const char *name)
{
	snprintf(path, cap, "%s/0/%s", root, name);
}

static void write_file(const char *name, const char *text)
{
	char path[128];
	int fd;

	in_root(path, sizeof(path), name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static int make_maildir(void **state)
{
	static const char *const folders[] = { "", "new", "cur" };
	char path[128];

	(void)state;
	assert_non_null(mkdtemp(root));
	for (size_t i = 0; i < COUNT_OF(folders); i++) {
		in_root(path, sizeof(path), folders[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		write_file(files[i].name, files[i].stored);
	}
	write_file("new/.hidden", "no mail");
	return 0;
}

static int remove_maildir(void **state)
{
	static const char *const rest[] = { "new/.hidden", "new", "cur", "" };
	char path[128];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		in_root(path, sizeof(path), files[i].name);
		unlink(path);
	}
	for (size_t i = 0; i < COUNT_OF(rest); i++) {
		in_root(path, sizeof(path), rest[i]);
		remove(path);
	}
	return rmdir(root);
}

static struct digest digest_of_text(const char *text)
{
	uint8_t whole[EVP_MAX_MD_SIZE];

	assert_int_equal(
	    EVP_Digest(text, strlen(text), whole, NULL, EVP_sha256(), NULL), 1);
	return digest_of(whole);
}

static void test_the_same_every_time(void **state)
{
	struct digests *d = digests_create(2, NULL, &why);
	struct digest a = digest_of_text("a"), b = digest_of_text("b");

	(void)state;
	assert_non_null(d);
	assert_true(digests_check(d, 0, 1, a, &why));
	assert_true(digests_check(d, 0, 1000, b, &why));
	assert_true(digests_check(d, 1, 1, b, &why));
	assert_true(digests_check(d, 0, 1, a, &why));
	assert_false(digests_check(d, 0, 1, b, &why));
	assert_non_null(strstr(why.text, "the last time"));
	assert_false(digests_check(d, 0, 1000, a, &why));
	assert_true(digests_check_all(d, 0, 7, 0, &why));
	digests_destroy(&d);
	assert_null(d);
	digests_destroy(&d);
}

static struct digests *digests_of_maildir(void)
{
	char maildir[64];
	struct digests *d;

	snprintf(maildir, sizeof(maildir), "%s/%%d", root);
	d = digests_create(1, maildir, &why);
	assert_non_null(d);
	return d;
}

static void test_files_with_crlf(void **state)
{
	struct digests *d = digests_of_maildir();
	uint64_t sum = 0;

	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(files); i++) {
		struct digest digest = digest_of_text(files[i].wire);

		assert_true(digests_check(d, 0, i + 1, digest, &why));
		sum += digest.high;
	}
	assert_true(digests_check_all(d, 0, COUNT_OF(files), sum, &why));
	assert_false(digests_check_all(d, 0, COUNT_OF(files) - 1, sum, &why));
	assert_non_null(strstr(why.text, "3 messages, but 4 files"));
	assert_false(digests_check_all(d, 0, COUNT_OF(files), sum + 1, &why));
	assert_non_null(strstr(why.text, "twice"));
	digests_destroy(&d);
}

static void test_no_file_of_the_maildir(void **state)
{
	struct digests *d = digests_of_maildir();

	(void)state;
	assert_false(
	    digests_check(d, 0, 1, digest_of_text(files[0].stored), &why));
	assert_non_null(strstr(why.text, "any file"));
	digests_destroy(&d);
}

static void test_no_maildir(void **state)
{
	(void)state;
	assert_null(digests_create(1, "/nonexistent/%d", &why));
	assert_non_null(strstr(why.text, "/nonexistent/0/new: No such file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_every_time),
		cmocka_unit_test(test_files_with_crlf),
		cmocka_unit_test(test_no_file_of_the_maildir),
		cmocka_unit_test(test_no_maildir),
	};

	return cmocka_run_group_tests(tests, make_maildir, remove_maildir);
}
