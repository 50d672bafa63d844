// SPDX-License-Identifier: ISC
/*
 * test_auth_external.c - EXTERNAL with restanted-auth itself, which has its
 * authorities from the master.
 */
#include "auth_sasl_played.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <sys/mman.h>

#include "ipc/proof.h"
#include "issuer.h"

static struct issued root, client;

static void make_authority(X509 *x)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(
	    NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");

	assert_int_equal(X509_add_ext(x, e, -1), 1);
	X509_EXTENSION_free(e);
}

static int begin_external(void **state)
{
	const struct issue authority = { .kind = "P-256",
					 .common_name = "Authority",
					 .change = make_authority };
	const struct issue what = { .kind = "P-256",
				    .common_name = "a",
				    .alt_names = "email:a",
				    .by = &root };
	int fd = memfd_create("ca", MFD_CLOEXEC);

	(void)state;
	set_up();
	issue(&authority, &root);
	issue(&what, &client);
	issued_write_certificate(&root, fd);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	begin_role_with(FILE_CLIENT_CA, fd);
	fd_close(&fd);
	return 0;
}

static int end_external(void **state)
{
	(void)state;
	issued_finish(&root);
	issued_finish(&client);
	end_role();
	users_dir_finish(&d);
	return 0;
}

static size_t make_proof(uint8_t proof_r[PACKET_PROOF_MAX])
{
	static const char context[] = "TLS 1.3, client CertificateVerify";
	uint8_t content[64 + sizeof(context) + 32], signature[128];
	uint8_t *der = NULL;
	struct proof proof = { .scheme = 0x0403, .count = 1 };
	size_t len = sizeof(signature);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	memset(content, ' ', 64);
	memcpy(content + 64, context, sizeof(context));
	memset(content + 64 + sizeof(context), 'h', 32);
	assert_int_equal(
	    EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, client.key), 1);
	assert_int_equal(
	    EVP_DigestSign(ctx, signature, &len, content, sizeof(content)), 1);
	EVP_MD_CTX_free(ctx);
	proof.hash = (struct proof_part){ content + 64 + sizeof(context), 32 };
	proof.signature = (struct proof_part){ signature, len };
	proof.certificates[0].len = (size_t)i2d_X509(client.x, &der);
	proof.certificates[0].at = der;
	assert_true(proof_put(&proof, proof_r, &len));
	OPENSSL_free(der);
	return len;
}

static void a_certificate_is_granted(void **state)
{
	uint8_t proof[PACKET_PROOF_MAX];
	struct begin b = { .conn = CONN,
			   .mechanism = "EXTERNAL",
			   .response = "",
			   .proof = proof,
			   .has_tls = true };

	(void)state;
	b.proof_len = make_proof(proof);
	send_begin(&b);
	expect_grant("aa/Maildir");
	b.response = "root";
	b.len = 4;
	send_begin(&b);
	expect_refused(STATUS_AUTH);
	b.response = "a";
	b.len = 1;
	proof[3] ^= 1; /* another handshake */
	send_begin(&b);
	expect_refused(STATUS_AUTH);
	b.proof_len = 0;
	send_begin(&b);
	expect_refused(STATUS_EXCHANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_certificate_is_granted,
						begin_external, end_external),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
