// SPDX-License-Identifier: ISC
/*
 * test_proof.c - the octets of a proof of possession: what is written is read,
 * and nothing else is.
 */
#include "unit.h"

#include <string.h>

#include "guard.h"
#include "ipc/proof.h"

static const uint8_t octets[PACKET_PROOF_MAX] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static struct proof proof_of(size_t hash, size_t signature, size_t count,
			     size_t certificate)
{
	struct proof p = { .scheme = 0x0804,
			   .hash = { octets, hash },
			   .signature = { octets + 1, signature },
			   .count = count };

	for (size_t i = 0; i < count && i < PROOF_CERTIFICATES_MAX; i++) {
		p.certificates[i] =
		    (struct proof_part){ octets + i, certificate };
	}
	return p;
}

static void assert_part(struct proof_part is, struct proof_part want)
{
	assert_same(pop3_slice_of(is.at, is.len),
		    pop3_slice_of(want.at, want.len));
}

static void what_is_written_is_read(void **state)
{
	static const size_t counts[] = { 1, 2, PROOF_CERTIFICATES_MAX };
	uint8_t out[PACKET_PROOF_MAX];
	struct proof p, q;
	size_t len;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(counts); i++) {
		p = proof_of(32, 70, counts[i], 900);
		assert_true(proof_put(&p, out, &len));
		assert_int_equal(len, 2 + 33 + 72 + counts[i] * 902);
		assert_true(proof_parse(out, len, &q));
		assert_int_equal(q.scheme, 0x0804);
		assert_part(q.hash, p.hash);
		assert_part(q.signature, p.signature);
		assert_int_equal(q.count, p.count);
		for (size_t c = 0; c < p.count; c++) {
			assert_part(q.certificates[c], p.certificates[c]);
		}
	}
}

static void what_is_too_much_is_not_written(void **state)
{
	const struct proof bad[] = {
		proof_of(0, 70, 1, 900),
		proof_of(PROOF_HASH_MAX + 1, 70, 1, 900),
		proof_of(32, 0, 1, 900),
		proof_of(32, PROOF_SIGNATURE_MAX + 1, 1, 900),
		proof_of(32, 70, 0, 900),
		proof_of(32, 70, PROOF_CERTIFICATES_MAX + 1, 9),
		proof_of(32, 70, 1, 0),
		proof_of(32, 70, 1, PACKET_PROOF_MAX - 2 - 33 - 72 - 2 + 1),
		proof_of(32, 70, 8, 1600),
		proof_of(32, 70, 1, PACKET_PROOF_MAX),
	};
	const struct proof most =
	    proof_of(32, 70, 1, PACKET_PROOF_MAX - 2 - 33 - 72 - 2);
	uint8_t out[PACKET_PROOF_MAX];
	size_t len = 17;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		assert_false(proof_put(&bad[i], out, &len));
		assert_int_equal(len, 17);
	}
	assert_true(proof_put(&most, out, &len));
	assert_int_equal(len, PACKET_PROOF_MAX);
}

/* Certificates end where another would begin, so a cut there is sound. */
static bool is_boundary(size_t cut)
{
	return cut == 2 + 33 + 72 + 102 || cut == 2 + 33 + 72 + 204;
}

static void every_cut_is_refused(void **state)
{
	const struct proof p = proof_of(32, 70, 2, 100);
	uint8_t out[PACKET_PROOF_MAX];
	struct proof q = { .count = 5 };
	struct pop3_slice s;
	struct guard g;
	size_t len;

	(void)state;
	guard_init(&g, PACKET_PROOF_MAX);
	assert_true(proof_put(&p, out, &len));
	for (size_t cut = 0; cut <= len; cut++) {
		s = guard_copy(&g, pop3_slice_of(out, cut));
		q.count = 5;
		assert_int_equal(proof_parse(s.at, s.len, &q),
				 is_boundary(cut));
		assert_true(is_boundary(cut) || q.count == 5);
	}
	guard_finish(&g);
}

/* Whatever is read is written again as it was. */
static void every_change_is_refused_or_read_as_it_is(void **state)
{
	const struct proof p = proof_of(32, 70, 2, 100);
	uint8_t out[PACKET_PROOF_MAX], again[PACKET_PROOF_MAX];
	size_t len, again_len, sound = 0;
	struct pop3_slice s;
	struct proof q;
	struct guard g;

	(void)state;
	guard_init(&g, PACKET_PROOF_MAX);
	assert_true(proof_put(&p, out, &len));
	for (size_t bit = 0; bit < len * 8; bit++) {
		out[bit / 8] ^= (uint8_t)(1u << bit % 8);
		s = guard_copy(&g, pop3_slice_of(out, len));
		if (proof_parse(s.at, s.len, &q)) {
			assert_true(proof_put(&q, again, &again_len));
			assert_same(pop3_slice_of(again, again_len), s);
			sound++;
		}
		out[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(sound >= (2 + 32 + 70 + 200) * 8);
	assert_true(sound < len * 8);
	guard_finish(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(what_is_too_much_is_not_written),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(every_change_is_refused_or_read_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
