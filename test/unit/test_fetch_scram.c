// SPDX-License-Identifier: ISC
/*
 * test_fetch_scram.c - scram.c by the RFCs' own examples, and with servers
 * that say what none may.
 */
#include "unit.h"

#include <string.h>

#include "fetch/limits.h"
#include "fetch/net/scram.h"

static struct scram scram;
static struct secret password;

static struct scram_options options;

static int setup(void **state)
{
	(void)state;
	memset(&scram, 0, sizeof(scram));
	options = (struct scram_options){
		.is_sha256 = true,
		.user = "user",
		.nonce = "rOprNGfwEbeRWgbNEkqO",
		.rounds_min = 1,
		.rounds_max = FETCH_SCRAM_ROUNDS_MAX,
	};
	assert_true(secret_set(&password, "pencil", 6));
	return 0;
}

static struct pop3_slice put(const struct pop3_writer *w)
{
	return pop3_slice_of(w->at, w->len);
}

static enum scram_result answer(const char *said)
{
	return scram_answer(&scram, pop3_slice_of(said, strlen(said)),
			    &password);
}

static enum scram_result verify(const char *said)
{
	return scram_verify(&scram, pop3_slice_of(said, strlen(said)));
}

static void begin(const char *first)
{
	assert_int_equal(scram_begin(&scram, &options), SCRAM_OK);
	assert_text(put(&scram.first), first);
}

#define SERVER_FIRST                                                           \
	"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"                \
	"s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"

/* [rfc7677/3] */
static void test_sha_256(void **state)
{
	(void)state;
	begin("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
	assert_int_equal(answer(SERVER_FIRST), SCRAM_OK);
	assert_slice(put(&scram.final),
		     "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)"
		     "hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
	assert_int_equal(
	    verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="), SCRAM_OK);
}

/* [rfc5802/5] */
static void test_sha_1(void **state)
{
	(void)state;
	options.is_sha256 = false;
	options.nonce = "fyko+d2lbbFgONRv9qkxdawL";
	begin("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
	assert_int_equal(answer("r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
				"s=QSXCR+Q6sek8bf92,i=4096"),
			 SCRAM_OK);
	assert_slice(put(&scram.final),
		     "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
		     "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
	assert_int_equal(verify("v=rmF9pqV8S7suAoZWja4dJRkFsKQ="), SCRAM_OK);
}

static void test_names_are_escaped(void **state)
{
	(void)state;
	options.user = "a=b,c";
	begin("n,,n=a=3Db=2Cc,r=rOprNGfwEbeRWgbNEkqO");
}

/* SASLprep maps a soft hyphen to nothing, and IX to two letters. */
static void test_names_are_prepared(void **state)
{
	(void)state;
	options.user = "I\xc2\xadX\xe2\x85\xa8";
	begin("n,,n=IXIX,r=rOprNGfwEbeRWgbNEkqO");
}

static void test_flags(void **state)
{
	static const uint8_t binding[] = "0123456789abcdef0123456789abcdef";

	(void)state;
	options.flag = SCRAM_FLAG_Y;
	begin("y,,n=user,r=rOprNGfwEbeRWgbNEkqO");
	assert_int_equal(answer(SERVER_FIRST), SCRAM_OK);
	assert_memory_equal(scram.final.at, "c=eSws,", 7);
	options.flag = SCRAM_FLAG_P;
	options.binding = LINK_BINDING_EXPORTER;
	options.binding_octets = binding;
	options.binding_len = 3;
	begin("p=tls-exporter,,n=user,r=rOprNGfwEbeRWgbNEkqO");
	assert_int_equal(answer(SERVER_FIRST), SCRAM_OK);
	/* "p=tls-exporter,,012" */
	assert_memory_equal(scram.final.at, "c=cD10bHMtZXhwb3J0ZXIsLDAxMg==,",
			    31);
	options.binding = LINK_BINDING_END_POINT;
	options.binding_len = 32;
	begin("p=tls-server-end-point,,n=user,r=rOprNGfwEbeRWgbNEkqO");
	assert_int_equal(answer(SERVER_FIRST), SCRAM_OK);
}

/* Two log-ins never have the same nonce. */
static void test_nonces_are_random(void **state)
{
	uint8_t before[SCRAM_MESSAGE_MAX];

	(void)state;
	options.nonce = NULL;
	assert_int_equal(scram_begin(&scram, &options), SCRAM_OK);
	memcpy(before, scram.first.at, scram.first.len);
	assert_true(scram.nonce_len >= 24);
	assert_int_equal(scram_begin(&scram, &options), SCRAM_OK);
	assert_memory_not_equal(before, scram.first.at, scram.first.len);
}

#define OURS "rOprNGfwEbeRWgbNEkqO"

static void test_what_no_server_may_say_first(void **state)
{
	static const char *const rows[] = {
		"",
		"r=",
		"r=" OURS "x",
		"r=" OURS "x,s=QSXC",
		"r=" OURS "x,s=QSXC,i=",
		"r=" OURS "x,i=4096,s=QSXC",
		"s=QSXC,r=" OURS "x,i=4096",
		"r=" OURS ",s=QSXC,i=4096",              /* adds nothing */
		"r=xOprNGfwEbeRWgbNEkqOx,s=QSXC,i=4096", /* another's */
		"r=short,s=QSXC,i=4096",
		"r=" OURS "x,s=,i=4096",
		"r=" OURS "x,s=Q,i=4096",
		"r=" OURS "x,s=QSX!,i=4096",
		"m=must,r=" OURS "x,s=QSXC,i=4096",
		"e=other-error",
		"R=" OURS "x,S=QSXC,I=4096",
		"r=" OURS "x, s=QSXC,i=4096",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		begin("n,,n=user,r=" OURS);
		if (answer(rows[i]) == SCRAM_OK) {
			fail_msg("%s", rows[i]);
		}
		assert_int_equal(scram.final.len, 0);
	}
	begin("n,,n=user,r=" OURS);
	assert_int_equal(
	    scram_answer(&scram, POP3_LITERAL("r=" OURS "x\0y,s=QSXC,i=4096"),
			 &password),
	    SCRAM_EMALFORMED);
}

static void test_rounds(void **state)
{
	static const struct {
		const char *rounds;
		enum scram_result result;
	} rows[] = {
		{ "0", SCRAM_EROUNDS },
		{ "-1", SCRAM_EROUNDS },
		{ "+5000", SCRAM_EROUNDS },
		{ " 5000", SCRAM_EROUNDS },
		{ "1e9", SCRAM_EROUNDS },
		{ "4095", SCRAM_EROUNDS },
		{ "4096", SCRAM_OK },
		{ "4096,x=an-extension", SCRAM_OK },
		{ "1000001", SCRAM_EROUNDS },
		{ "4294971392", SCRAM_EROUNDS },
		{ "18446744073709555712", SCRAM_EROUNDS },
	};
	char said[200];

	(void)state;
	options.rounds_min = FETCH_SCRAM_ROUNDS_MIN;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		begin("n,,n=user,r=" OURS);
		snprintf(said, sizeof(said), "r=" OURS "x,s=QSXC,i=%s",
			 rows[i].rounds);
		assert_int_equal(answer(said), rows[i].result);
	}
}

static void test_last_words(void **state)
{
	(void)state;
	begin("n,,n=user,r=" OURS);
	assert_int_equal(answer(SERVER_FIRST), SCRAM_OK);
	assert_int_equal(
	    verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=,x=y"),
	    SCRAM_OK);
	assert_int_equal(
	    verify("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="),
	    SCRAM_EWRONG);
	assert_int_equal(
	    verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5="),
	    SCRAM_EWRONG);
	assert_int_equal(verify("v="), SCRAM_EWRONG);
	assert_int_equal(verify("v=6rriTRBi23WpRR/wtup+mMhUZUk="),
			 SCRAM_EWRONG);
	assert_int_equal(verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5"
				"46rriTRBi23WpRR/w"),
			 SCRAM_EWRONG);
	assert_int_equal(verify(""), SCRAM_EMALFORMED);
	assert_int_equal(verify("v"), SCRAM_EMALFORMED);
	assert_int_equal(verify("x=6rri"), SCRAM_EMALFORMED);
	assert_int_equal(verify("e=invalid-proof"), SCRAM_EREFUSED);
}

static void test_lengths(void **state)
{
	static char user[SCRAM_MESSAGE_MAX + 1];
	static char said[SCRAM_MESSAGE_MAX];

	(void)state;
	memset(user, 'u', sizeof(user) - 1);
	options.user = user;
	assert_int_equal(scram_begin(&scram, &options), SCRAM_EINTERNAL);
	/* the longest line that a server may say */
	options.user = "user";
	begin("n,,n=user,r=" OURS);
	memset(said, 'x', sizeof(said));
	memcpy(said, "r=" OURS, 2 + strlen(OURS));
	memcpy(said + sizeof(said) - 15, ",s=QSXC,i=4096", 15);
	assert_int_equal(answer(said), SCRAM_EINTERNAL);
	memset(said, 'x', sizeof(said));
	memcpy(said, "r=" OURS, 2 + strlen(OURS));
	memcpy(said + 1800 - 15, ",s=QSXC,i=4096", 15);
	begin("n,,n=user,r=" OURS);
	assert_int_equal(answer(said), SCRAM_OK);
}

#define with_setup(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_setup(test_sha_256),
		with_setup(test_sha_1),
		with_setup(test_names_are_escaped),
		with_setup(test_names_are_prepared),
		with_setup(test_flags),
		with_setup(test_nonces_are_random),
		with_setup(test_what_no_server_may_say_first),
		with_setup(test_rounds),
		with_setup(test_last_words),
		with_setup(test_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
