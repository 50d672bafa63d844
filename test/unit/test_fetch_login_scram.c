// SPDX-License-Identifier: ISC
/*
 * test_fetch_login_scram.c - login.c by SCRAM, against our own engine with GNU
 * SASL as its server: bound and not, wrong passwords, a hidden -PLUS, and
 * servers that do not know the password.
 */
#include "scram_site.h"

static void bind_client(void)
{
	g.options.exporter_len = 32;
	memcpy(g.options.exporter, EXPORTER, 32);
}

static void ask_for(const char *mechanisms)
{
	g.account.mechanisms = (char *)(uintptr_t)mechanisms;
}

static void assert_ends(enum login_step want, const char *way)
{
	if (logged_run() != want) {
		print_error("says: %s\n", g.why.text);
	}
	assert_int_equal(g.step, want);
	assert_string_equal(login_way(g.login), way);
	assert_int_equal(site.engine.state == POP3_ST_TRANSACTION,
			 want == LOGIN_DONE);
	assert_false(has_sent("secret"));
}

#define ALL                                                                    \
	"SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-1 PLAIN"
#define UNBOUND "SCRAM-SHA-256 SCRAM-SHA-1 PLAIN"

/* The begin of a first message in base64: "n,,n=test", "y,,n=tes". */
#define FLAG_N "biwsbj10ZXN0"
#define FLAG_Y "eSwsbj10ZXN0"

static void test_every_mechanism(void **state)
{
	static const char *const names[] = { "SCRAM-SHA-256", "SCRAM-SHA-1",
					     "SCRAM-SHA-256-PLUS",
					     "SCRAM-SHA-1-PLUS" };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		ask_for(names[i]);
		bind_client();
		site.binds = true;
		begin_site(ALL);
		assert_ends(LOGIN_DONE, names[i]);
		teardown(state);
		setup(state);
	}
}

/* Letters beyond ASCII go through SASLprep on both sides, as do blanks. */
static void test_passwords_of_all_sorts(void **state)
{
	static const char *const passwords[] = {
		"p\xc3\xa4\xc3\x9fw\xc3\xb6rt",
		" two  words ",
		"\xe2\x85\xa8", /* IX as one character: prepared as two */
		"a,b=c",
	};

	for (size_t i = 0; i < COUNT_OF(passwords); i++) {
		site.password = passwords[i];
		assert_true(secret_set(&g.password, passwords[i],
				       strlen(passwords[i])));
		begin_site(UNBOUND);
		assert_ends(LOGIN_DONE, "SCRAM-SHA-256");
		teardown(state);
		setup(state);
	}
}

static void test_a_wrong_password(void **state)
{
	(void)state;
	assert_true(secret_set(&g.password, "wrong", 5));
	begin_site(UNBOUND);
	assert_ends(LOGIN_REFUSED, "SCRAM-SHA-256");
	assert_why(WHY_LOGIN, "pop.test refuses the log-in");
	assert_false(has_sent("PLAIN"));
}

/* --- channel binding --- */

static void test_another_channel(void **state)
{
	(void)state;
	bind_client();
	site.binds = true;
	site.exporter = "another channel of another client";
	begin_site(ALL);
	assert_ends(LOGIN_REFUSED, "SCRAM-SHA-256-PLUS");
	assert_false(has_sent("AUTH SCRAM-SHA-256 "));
}

/* Without an exporter it is the certificate: GNU SASL's server has not that,
 * so what is seen is that it is said. */
static void test_bound_to_the_certificate(void **state)
{
	(void)state;
	g.options.end_point_len = 32;
	memcpy(g.options.end_point, EXPORTER, 32);
	begin_site(ALL);
	assert_ends(LOGIN_REFUSED, "SCRAM-SHA-256-PLUS");
	/* "p=tls-server-end-point,,n=" */
	assert_true(has_sent("AUTH SCRAM-SHA-256-PLUS "
			     "cD10bHMtc2VydmVyLWVuZC1wb2ludCwsbj"));
}

/* The server can bind, and somebody has taken -PLUS out of what it says: the
 * client says that it could, too, and the server finds out. */
static void test_a_hidden_plus(void **state)
{
	(void)state;
	bind_client();
	site.binds = true;
	begin_site(UNBOUND);
	assert_ends(LOGIN_REFUSED, "SCRAM-SHA-256");
	assert_true(has_sent("AUTH SCRAM-SHA-256 " FLAG_Y));
}

static void test_no_plus_on_either_side(void **state)
{
	(void)state;
	begin_site(UNBOUND);
	assert_ends(LOGIN_DONE, "SCRAM-SHA-256");
	assert_true(has_sent("AUTH SCRAM-SHA-256 " FLAG_N));
}

/* Not wanted, though both could: that is not what "y" says. */
static void test_plus_not_asked_for(void **state)
{
	(void)state;
	bind_client();
	site.binds = true;
	ask_for("SCRAM-SHA-256");
	begin_site(ALL);
	assert_ends(LOGIN_DONE, "SCRAM-SHA-256");
	assert_true(has_sent("AUTH SCRAM-SHA-256 " FLAG_N));
}

/* --- servers that are not who they say --- */

static void forge(const char *word)
{
	site.forged = pop3_slice_of(word, strlen(word));
	begin_site(UNBOUND);
}

static void test_a_forged_signature(void **state)
{
	(void)state;
	forge("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
	assert_int_equal(logged_run(), LOGIN_REFUSED);
	assert_why(WHY_LOGIN, "does not prove that it knows the password");
	assert_true(has_sent("\r\n*\r\n"));
}

static void test_no_signature(void **state)
{
	(void)state;
	forge("v=");
	assert_int_equal(logged_run(), LOGIN_REFUSED);
	assert_true(has_sent("\r\n*\r\n"));
}

static void test_an_error_as_last_word(void **state)
{
	(void)state;
	forge("e=invalid-proof");
	assert_int_equal(logged_run(), LOGIN_REFUSED);
	assert_why(WHY_LOGIN, "refuses the log-in");
	assert_why(WHY_LOGIN, "\"e=invalid-proof\"");
}

/* Lines of a server that lets everybody in: once without a challenge, once
 * before its proof. */
static void test_let_in_without_proof(void **state)
{
	(void)state;
	announce("SCRAM-SHA-256");
	g.serve = serve_list;
	assert_no_log_in("+OK welcome");
	assert_why(WHY_LOGIN, "without a proof that it knows the password");
}

static void serve_then_let_in(struct logged *l, struct pop3_slice said,
			      struct octets *out)
{
	site.steps++;
	if (site.steps == 2) {
		octets_add_str(out, "+OK welcome\r\n");
	} else {
		serve_site(l, said, out);
	}
}

static void test_let_in_before_its_proof(void **state)
{
	(void)state;
	begin_site(UNBOUND);
	g.serve = serve_then_let_in;
	assert_int_equal(logged_run(), LOGIN_REFUSED);
	assert_why(WHY_LOGIN, "without a proof that it knows the password");
}

/* --- rounds --- */

/* A server could have us count until it is tired of it. */
static void test_too_many_rounds(void **state)
{
	(void)state;
	site.rounds = "1000001";
	begin_site(UNBOUND);
	assert_int_equal(logged_run(), LOGIN_REFUSED);
	assert_why(WHY_LOGIN, "a number of rounds that is not safe");
	assert_true(has_sent("\r\n*\r\n"));
}

/* Few rounds make guessing cheap for who listens, or poses as the server. */
static void test_few_rounds(void **state)
{
	site.rounds = "4095";
	g.options.is_private = false;
	begin_site(UNBOUND);
	assert_int_equal(logged_run(), LOGIN_REFUSED);
	assert_why(WHY_LOGIN, "a number of rounds that is not safe");
	teardown(state);
	setup(state);
	site.rounds = "1000";
	begin_site(UNBOUND);
	assert_ends(LOGIN_DONE, "SCRAM-SHA-256");
}

/* --- challenges that are none --- */

static void test_malformed_challenges(void **state)
{
	static const char *const rows[] = {
		"+ cj1ub25jZQ==",                 /* r=nonce */
		"+ cj1ub25jZSxzPVFRPT0saT00MDk2", /* another's nonce */
		"+ ",
		"+ AAAA",
		"+ PT09LD09",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *answers[] = { rows[i], "-ERR cancelled", NULL };

		announce("SCRAM-SHA-256");
		g.serve = serve_list;
		g.answers = answers;
		assert_int_equal(logged_run(), LOGIN_REFUSED);
		assert_true(has_sent("\r\n*\r\n"));
		assert_false(has_sent(",p="));
		logged_end();
		logged_begin();
	}
}

#define with_site(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_site(test_every_mechanism),
		with_site(test_passwords_of_all_sorts),
		with_site(test_a_wrong_password),
		with_site(test_another_channel),
		with_site(test_bound_to_the_certificate),
		with_site(test_a_hidden_plus),
		with_site(test_no_plus_on_either_side),
		with_site(test_plus_not_asked_for),
		with_site(test_a_forged_signature),
		with_site(test_no_signature),
		with_site(test_an_error_as_last_word),
		with_site(test_let_in_without_proof),
		with_site(test_let_in_before_its_proof),
		with_site(test_too_many_rounds),
		with_site(test_few_rounds),
		with_site(test_malformed_challenges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
