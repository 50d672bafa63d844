// SPDX-License-Identifier: ISC
/*
 * test_scram_message.c - what SCRAM clients say: the forms of RFC 5802, and
 * nothing else.
 */
#include "unit.h"

#include <string.h>

#include "auth/scram_message.h"
#include "guard.h"

static struct guard guard;

static struct text guarded(const char *text, size_t len)
{
	struct pop3_slice s = guard_copy(&guard, pop3_slice_of(text, len));

	return (struct text){ (const char *)s.at, s.len };
}

static void assert_is(struct text is, const char *want)
{
	assert_text(pop3_slice_of(is.at, is.len), want);
}

static void a_first_message_is_taken_apart(void **state)
{
	const char *m = "p=tls-exporter,a=al=2Cice,n=b=3Dob,r=aB+/,x=1,y=a=b";
	struct scram_first f;

	(void)state;
	assert_true(scram_first_parse(guarded(m, strlen(m)), &f));
	assert_int_equal(f.flag, 'p');
	assert_is(f.binding, "tls-exporter");
	assert_is(f.authzid, "al=2Cice");
	assert_is(f.header, "p=tls-exporter,a=al=2Cice,");
	assert_is(f.bare, "n=b=3Dob,r=aB+/,x=1,y=a=b");
	assert_is(f.user, "b=3Dob");
	assert_is(f.nonce, "aB+/");
	m = "n,,n=user,r=fyko";
	assert_true(scram_first_parse(guarded(m, strlen(m)), &f));
	assert_int_equal(f.flag, 'n');
	assert_is(f.header, "n,,");
	assert_is(f.binding, "");
	assert_is(f.authzid, "");
}

static void what_is_no_first_message_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		",",
		",,n=u,r=n",
		"n",
		"n,,",
		"n,n=u,r=n",
		"N,,n=u,r=n",
		"x,,n=u,r=n",
		"nn,,n=u,r=n",
		"n=,,n=u,r=n",
		"p,,n=u,r=n",
		"p=,,n=u,r=n",
		"p=tls unique,,n=u,r=n",
		"p=tls_unique,,n=u,r=n",
		"n,u,n=u,r=n",
		"n,a,n=u,r=n",
		"n,a=,n=u,r=n",
		"n,a==,n=u,r=n",
		"n,a=u,r=n",
		"n,,m=1,n=u,r=n",
		"n,,u,r=n",
		"n,,n=,r=n",
		"n,,n=u",
		"n,,n=u,",
		"n,,n=u,r=",
		"n,,n=u,r=,x=1",
		"n,,n=u,r=a b",
		"n,,n=u,r=a\x7f",
		"n,,n=u,r=n,",
		"n,,n=u,r=n,,x=1",
		"n,,n=u,r=n,x",
		"n,,n=u,r=n,x=",
		"n,,n=u,r=n,1=2",
		"n,,n=u,r=n,x=1,",
		"n,,n=a=b,r=n",
		"n,,n=a=2,r=n",
		"n,,n=a=2c,r=n",
		"n,,n=a=,r=n",
		"n,,n=a=2B,r=n",
	};
	struct scram_first f = { .flag = 'z' };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		if (scram_first_parse(guarded(bad[i], strlen(bad[i])), &f)) {
			fail_msg("taken: \"%s\"", bad[i]);
		}
		assert_int_equal(f.flag, 'z');
	}
}

static void a_nul_is_refused_wherever_it_stands(void **state)
{
	static const char first[] = "p=tls-exporter,a=x,n=u,r=n,x=1";
	static const char final[] = "c=biws,r=n,x=1,p=cA==";
	char m[sizeof(first)];
	struct scram_first f;
	struct scram_final g;

	(void)state;
	for (size_t i = 0; i < strlen(first); i++) {
		memcpy(m, first, sizeof(first));
		m[i] = '\0';
		assert_false(scram_first_parse(guarded(m, strlen(first)), &f));
	}
	for (size_t i = 0; i < strlen(final); i++) {
		memcpy(m, final, sizeof(final));
		m[i] = '\0';
		assert_false(scram_final_parse(guarded(m, strlen(final)), &g));
	}
}

static void a_final_message_is_taken_apart(void **state)
{
	const char *m = "c=biws,r=aB,x=1,y=2,p=cHJvb2Y=";
	struct scram_final f;

	(void)state;
	assert_true(scram_final_parse(guarded(m, strlen(m)), &f));
	assert_is(f.binding, "biws");
	assert_is(f.nonce, "aB");
	assert_is(f.proof, "cHJvb2Y=");
	assert_is(f.without_proof, "c=biws,r=aB,x=1,y=2");
	m = "c=biws,r=aB,p=cA==";
	assert_true(scram_final_parse(guarded(m, strlen(m)), &f));
	assert_is(f.without_proof, "c=biws,r=aB");
}

static void what_is_no_final_message_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"c",
		"c=",
		"c=biws",
		"c=biws,",
		"c=biws,r=n",
		"c=biws,r=n,",
		"c=biws,r=n,p",
		"c=biws,r=n,p=",
		"c=biws,r=n,p=-",
		"c=biws,r=n,p=cA==,",
		"c=biws,r=n,p=cA==,x=1",
		"c=biws,r=n,p=cA==,p=cA==",
		"c=biws,r=n,,p=cA==",
		"c=biws,r=n,x,p=cA==",
		"c=biws,r=,p=cA==",
		"c=,r=n,p=cA==",
		"c=bi ws,r=n,p=cA==",
		"d=biws,r=n,p=cA==",
		"r=n,c=biws,p=cA==",
		"c=biws,p=cA==",
		"c=biws,r=n,q=cA==",
	};
	struct scram_final f = { .proof = { "z", 1 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		if (scram_final_parse(guarded(bad[i], strlen(bad[i])), &f)) {
			fail_msg("taken: \"%s\"", bad[i]);
		}
		assert_is(f.proof, "z");
	}
}

/* A cut is refused, or leaves a message whose last part is shorter. */
static void every_cut_stays_inside(void **state)
{
	static const char first[] = "p=tls-exporter,a=x=2C,n=u=3D,r=nonce";
	static const char final[] = "c=biws,r=nonce,x=1,p=cA==";
	struct scram_first f;
	struct scram_final g;

	(void)state;
	for (size_t cut = 0; cut <= strlen(first); cut++) {
		assert_int_equal(scram_first_parse(guarded(first, cut), &f),
				 cut > strlen(first) - strlen("nonce"));
	}
	for (size_t cut = 0; cut <= strlen(final); cut++) {
		assert_int_equal(scram_final_parse(guarded(final, cut), &g),
				 cut > strlen(final) - strlen("cA=="));
	}
}

static void names_are_decoded(void **state)
{
	char long_name[256], name[256];
	size_t len = 99;

	(void)state;
	assert_true(
	    scram_name_decode(guarded("a=2Cb=3Dc=2C", 12), name, 6, &len));
	assert_text(pop3_slice_of(name, len), "a,b=c,");
	assert_false(
	    scram_name_decode(guarded("a=2Cb=3Dc=2C", 12), name, 5, &len));
	assert_int_equal(len, 6);
	memset(long_name, 'a', sizeof(long_name));
	assert_true(
	    scram_name_decode(guarded(long_name, 255), name, 255, &len));
	assert_int_equal(len, 255);
	assert_false(
	    scram_name_decode(guarded(long_name, 256), name, 255, &len));
}

static int set_up(void **state)
{
	(void)state;
	guard_init(&guard, 4096);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	guard_finish(&guard);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_first_message_is_taken_apart),
		cmocka_unit_test(what_is_no_first_message_is_refused),
		cmocka_unit_test(a_nul_is_refused_wherever_it_stands),
		cmocka_unit_test(a_final_message_is_taken_apart),
		cmocka_unit_test(what_is_no_final_message_is_refused),
		cmocka_unit_test(every_cut_stays_inside),
		cmocka_unit_test(names_are_decoded),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
