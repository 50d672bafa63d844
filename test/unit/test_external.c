// SPDX-License-Identifier: ISC
/*
 * test_external.c - who a client is by its certificate: only who holds the key,
 * in this handshake, of a certificate of our authorities.
 */
#include "played_clients.h"

#include "sasl_site.h"

static void whoever_holds_the_key_is_taken(void **state)
{
	static const struct {
		const char *kind;
		struct signing signing;
	} cases[] = {
		{ "P-256", { 0x0403, "SHA256", 0, 32, CLIENT_CONTEXT } },
		{ "P-256", { 0x0403, "SHA256", 0, 48, CLIENT_CONTEXT } },
		{ "P-384", { 0x0503, "SHA384", 0, 48, CLIENT_CONTEXT } },
		{ "RSA 2048", { 0x0804, "SHA256", 32, 32, CLIENT_CONTEXT } },
		{ "RSA 2048", { 0x0805, "SHA384", 48, 48, CLIENT_CONTEXT } },
		{ "RSA 3072", { 0x0806, "SHA512", 64, 32, CLIENT_CONTEXT } },
		{ "ED25519", { 0x0807, NULL, 0, 32, CLIENT_CONTEXT } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct issue what = client_of(cases[i].kind);

		assert_int_equal(
		    verify_issued(by_email, &what, &cases[i].signing),
		    EXTERNAL_OK);
		assert_user("carol@example.org");
	}
}

static void other_signatures_are_refused(void **state)
{
	static const struct {
		const char *kind;
		struct signing signing;
		enum external_result want;
	} cases[] = {
		/* RFC 8446 has each for TLS 1.2 only, or not at all */
		{ "RSA 2048",
		  { 0x0401, "SHA256", 0, 32, CLIENT_CONTEXT },
		  EXTERNAL_EMALFORMED },
		{ "P-256",
		  { 0x0203, "SHA1", 0, 32, CLIENT_CONTEXT },
		  EXTERNAL_EMALFORMED },
		{ "P-256",
		  { 0, "SHA256", 0, 32, CLIENT_CONTEXT },
		  EXTERNAL_EMALFORMED },
		/* a hash that no cipher suite has */
		{ "P-256",
		  { 0x0403, "SHA256", 0, 20, CLIENT_CONTEXT },
		  EXTERNAL_EMALFORMED },
		/* a key that is not of the scheme */
		{ "P-384",
		  { 0x0403, "SHA256", 0, 32, CLIENT_CONTEXT },
		  EXTERNAL_ESIGNATURE },
		{ "RSA 2048",
		  { 0x0403, "SHA256", 32, 32, CLIENT_CONTEXT },
		  EXTERNAL_ESIGNATURE },
		{ "P-256",
		  { 0x0804, "SHA256", 0, 32, CLIENT_CONTEXT },
		  EXTERNAL_ESIGNATURE },
		{ "ED25519",
		  { 0x0403, NULL, 0, 32, CLIENT_CONTEXT },
		  EXTERNAL_ESIGNATURE },
		/* other parameters than the scheme's */
		{ "P-256",
		  { 0x0403, "SHA384", 0, 32, CLIENT_CONTEXT },
		  EXTERNAL_ESIGNATURE },
		{ "RSA 2048",
		  { 0x0804, "SHA256", 0, 32, CLIENT_CONTEXT },
		  EXTERNAL_ESIGNATURE },
		{ "RSA 2048",
		  { 0x0804, "SHA256", 20, 32, CLIENT_CONTEXT },
		  EXTERNAL_ESIGNATURE },
		/* what a server signs */
		{ "P-256",
		  { 0x0403, "SHA256", 0, 32,
		    "TLS 1.3, server CertificateVerify" },
		  EXTERNAL_ESIGNATURE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct issue what = client_of(cases[i].kind);

		assert_int_equal(
		    verify_issued(by_email, &what, &cases[i].signing),
		    cases[i].want);
		assert_int_equal(said.len, 0);
	}
}

/* The certificate is public: whoever sends it must hold its key. */
static void anothers_certificate_is_refused(void **state)
{
	struct issue what = client_of("P-256");
	uint8_t proof[PACKET_PROOF_MAX];
	struct issued carol, dave;
	size_t len;

	(void)state;
	issue(&what, &carol);
	what.alt_names = "email:dave@example.org";
	issue(&what, &dave);
	len = make_proof(&with_p256, dave.key, &carol, 1, proof);
	assert_int_equal(verify(by_email, proof, len), EXTERNAL_ESIGNATURE);
	issued_finish(&carol);
	issued_finish(&dave);
}

/* Nor is it enough to have seen one of its signatures. */
static void anothers_handshake_is_refused(void **state)
{
	struct issue what = client_of("P-256");
	uint8_t proof[PACKET_PROOF_MAX];
	struct issued carol;
	size_t len;

	(void)state;
	issue(&what, &carol);
	len = make_proof(&with_p256, carol.key, &carol, 1, proof);
	assert_int_equal(verify(by_email, proof, len), EXTERNAL_OK);
	proof[3] ^= 1; /* of the hash */
	assert_int_equal(verify(by_email, proof, len), EXTERNAL_ESIGNATURE);
	issued_finish(&carol);
}

static void no_cut_and_no_change_is_taken(void **state)
{
	struct issue what = client_of("P-256");
	uint8_t proof[PACKET_PROOF_MAX];
	struct issued carol;
	size_t len;

	(void)state;
	issue(&what, &carol);
	len = make_proof(&with_p256, carol.key, &carol, 1, proof);
	for (size_t cut = 0; cut < len; cut++) {
		assert_int_equal(verify(by_email, proof, cut),
				 EXTERNAL_EMALFORMED);
	}
	for (size_t at = 0; at < len; at++) {
		proof[at] ^= 1;
		assert_int_not_equal(verify(by_email, proof, len), EXTERNAL_OK);
		assert_int_equal(said.len, 0);
		proof[at] ^= 1;
	}
	assert_int_equal(verify(by_email, proof, len), EXTERNAL_OK);
	/* octets behind the certificate, inside its length */
	proof[len] = 0;
	proof[2 + 33 + 2 + proof[2 + 33 + 1] + 1] += 1;
	assert_int_equal(verify(by_email, proof, len + 1), EXTERNAL_EMALFORMED);
	issued_finish(&carol);
}

static void for_servers_only(X509 *x)
{
	put_extension(x, NID_ext_key_usage, "serverAuth");
}

static void only_our_authorities_count(void **state)
{
	const struct issue authority = { .kind = "P-256",
					 .common_name = "Authority",
					 .change = make_authority };
	struct issue what = client_of("P-256");
	struct issued other;

	(void)state;
	issue(&authority, &other); /* of the same name */
	what.by = &other;
	assert_int_equal(verify_issued(by_email, &what, &with_p256),
			 EXTERNAL_ECHAIN);
	what.by = NULL; /* itself */
	assert_int_equal(verify_issued(by_email, &what, &with_p256),
			 EXTERNAL_ECHAIN);
	issued_finish(&other);
}

static void only_sound_certificates_count(void **state)
{
	const struct signing with_rsa = { 0x0804, "SHA256", 32, 32,
					  CLIENT_CONTEXT };
	struct issue what = client_of("P-256");

	(void)state;
	what.from_days = -10;
	what.until_days = -1;
	assert_int_equal(verify_issued(by_email, &what, &with_p256),
			 EXTERNAL_ECHAIN);
	assert_string_equal(said.why, "certificate has expired");
	what = client_of("P-256");
	what.from_days = 1;
	assert_int_equal(verify_issued(by_email, &what, &with_p256),
			 EXTERNAL_ECHAIN);
	what = client_of("P-256");
	what.change = for_servers_only;
	assert_int_equal(verify_issued(by_email, &what, &with_p256),
			 EXTERNAL_ECHAIN);
	what = client_of("RSA 1024");
	assert_int_equal(verify_issued(by_email, &what, &with_rsa),
			 EXTERNAL_ECHAIN);
}

static enum external_result verify_chain(void (*change)(X509 *), size_t count)
{
	struct issue between = { .kind = "P-256",
				 .common_name = "Between",
				 .by = &root,
				 .change = change };
	struct issue what = client_of("P-256");
	uint8_t proof[PACKET_PROOF_MAX];
	struct issued chain[2];
	size_t len;

	issue(&between, &chain[1]);
	what.by = &chain[1];
	issue(&what, &chain[0]);
	len = make_proof(&with_p256, chain[0].key, chain, count, proof);
	issued_finish(&chain[0]);
	issued_finish(&chain[1]);
	return verify(by_email, proof, len);
}

static void an_authority_between_must_be_one(void **state)
{
	(void)state;
	assert_int_equal(verify_chain(make_authority, 2), EXTERNAL_OK);
	assert_user("carol@example.org");
	assert_int_equal(verify_chain(make_authority, 1), EXTERNAL_ECHAIN);
	assert_int_equal(verify_chain(NULL, 2), EXTERNAL_ECHAIN);
}

static struct sasl_site site;

/* wanted: the response; NULL for none. */
static enum sasl_result begin(const uint8_t *proof, size_t len,
			      const char *wanted)
{
	struct sasl_begin b = { .mechanism = text_of("EXTERNAL"),
				.address = site_address,
				.proof = proof,
				.proof_len = len };
	struct sasl_response r =
	    site_response(&site, wanted, wanted == NULL ? 0 : strlen(wanted));

	sasl_exchange_destroy(&site.x);
	b.initial = r;
	return sasl_begin(site.sasl, &b, &site.x, &site.o);
}

static void external_of_sasl_is_who_the_certificate_says(void **state)
{
	struct issue what = client_of("P-256");
	uint8_t proof[PACKET_PROOF_MAX];
	struct issued carol;
	size_t len;

	(void)state;
	site_init(&site, by_email, false);
	issue(&what, &carol);
	len = make_proof(&with_p256, carol.key, &carol, 1, proof);
	assert_int_equal(begin(proof, len, ""), SASL_PROVEN);
	assert_text(pop3_slice_of(site.o.user, site.o.user_len),
		    "carol@example.org");
	assert_int_equal(begin(proof, len, "carol@example.org"), SASL_PROVEN);
	assert_int_equal(begin(proof, len, "root"), SASL_WRONG);
	assert_int_equal(begin(proof, len, "carol"), SASL_WRONG);
	assert_int_equal(begin(proof, len, NULL), SASL_CHALLENGE);
	assert_int_equal(site.o.challenge_len, 0);
	assert_int_equal(
	    sasl_step(site.x, site_response(&site, "", 0), &site.o),
	    SASL_PROVEN);
	assert_int_equal(begin(proof, 0, ""), SASL_MALFORMED);
	proof[3] ^= 1;
	assert_int_equal(begin(proof, len, ""), SASL_WRONG);
	assert_int_equal(begin(proof, len, NULL), SASL_WRONG);
	assert_int_equal(begin(proof, len - 1, ""), SASL_MALFORMED);
	issued_finish(&carol);
	site_finish(&site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whoever_holds_the_key_is_taken),
		cmocka_unit_test(other_signatures_are_refused),
		cmocka_unit_test(anothers_certificate_is_refused),
		cmocka_unit_test(anothers_handshake_is_refused),
		cmocka_unit_test(no_cut_and_no_change_is_taken),
		cmocka_unit_test(only_our_authorities_count),
		cmocka_unit_test(only_sound_certificates_count),
		cmocka_unit_test(an_authority_between_must_be_one),
		cmocka_unit_test(external_of_sasl_is_who_the_certificate_says),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
