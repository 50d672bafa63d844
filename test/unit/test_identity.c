// SPDX-License-Identifier: ISC
/*
 * test_identity.c - the form in which key tells who we are.
 */
#include "unit.h"

#include <sys/mman.h>
#include <unistd.h>

#include "guard.h"
#include "ipc/identity.h"

/* Writes a number and two blobs, and returns their octets. */
static size_t write_some(uint8_t *at, size_t cap)
{
	int fd = memfd_create("identity", MFD_CLOEXEC);
	ssize_t len;

	assert_int_equal(identity_put_number(fd, 2), 0);
	assert_int_equal(identity_put_blob(fd, "first", 5), 0);
	assert_int_equal(identity_put_blob(fd, "2nd", 3), 0);
	len = pread(fd, at, cap, 0);
	close(fd);
	assert_int_equal(len, 4 + 4 + 5 + 4 + 3);
	return (size_t)len;
}

/* Whether all of it can be read, and nothing is left. */
static bool read_some(const uint8_t *at, size_t len)
{
	struct identity_reader r = { at, len, true };
	size_t blob_len = 1;

	for (uint32_t left = identity_number(&r, 8); left > 0; left--) {
		(void)identity_blob(&r, &blob_len);
		assert_true(r.is_sound || blob_len == 0);
	}
	return r.is_sound && r.left == 0 && blob_len == 3;
}

static void test_what_is_written_is_read(void **state)
{
	uint8_t octets[64];
	size_t len = write_some(octets, sizeof(octets));
	struct identity_reader r = { octets, len, true };
	const uint8_t *blob;

	(void)state;
	assert_int_equal(identity_number(&r, 2), 2);
	blob = identity_blob(&r, &len);
	assert_slice(pop3_slice_of(blob, len), "first");
	blob = identity_blob(&r, &len);
	assert_slice(pop3_slice_of(blob, len), "2nd");
	assert_true(r.is_sound);
	assert_int_equal(r.left, 0);
}

static void test_every_cut(void **state)
{
	uint8_t octets[64];
	size_t whole = write_some(octets, sizeof(octets));
	struct guard g;

	(void)state;
	guard_init(&g, sizeof(octets));
	for (size_t len = 0; len <= whole; len++) {
		struct pop3_slice s =
		    guard_copy(&g, pop3_slice_of(octets, len));

		assert_int_equal(read_some(s.at, s.len), len == whole);
	}
	guard_finish(&g);
}

static void test_unsound_numbers(void **state)
{
	const uint32_t large[] = { 9, UINT32_MAX };
	const uint32_t empty[] = { 1, 0 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(large); i++) {
		struct identity_reader r = { (const uint8_t *)&large[i], 4,
					     true };

		assert_int_equal(identity_number(&r, 8), 0);
		assert_false(r.is_sound);
		assert_int_equal(identity_number(&r, 8), 0);
	}
	assert_false(read_some((const uint8_t *)empty, sizeof(empty)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_written_is_read),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_unsound_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
