// SPDX-License-Identifier: ISC
/*
 * test_fetch_login_wiped.c - login.c leaves no secret behind: neither in
 * memory that it frees, nor in what it has taken.
 */
#include "scram_site.h"

#include <malloc.h>

#define SECRET "correct-horse-battery-staple"

/* It, its base64 at each of three places in a group, and the key that SCRAM
 * makes of it in any case go through what is freed here. */
static const char *const traces[] = {
	SECRET,
	"Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5LXN0YXBsZ",
	"NvcnJlY3QtaG9yc2UtYmF0dGVyeS1zdGFwbG",
	"jb3JyZWN0LWhvcnNlLWJhdHRlcnktc3RhcGxl",
};

static bool looks;
static unsigned freed, freed_with_trace;

void __real_free(void *at);
void __wrap_free(void *at);
void __real_gsasl_free(void *at);
void __wrap_gsasl_free(void *at);

static void look(const void *at)
{
	if (!looks || at == NULL) {
		return;
	}
	freed++;
	for (size_t i = 0; i < COUNT_OF(traces); i++) {
		freed_with_trace +=
		    memmem(at, malloc_usable_size((void *)(uintptr_t)at),
			   traces[i], strlen(traces[i])) != NULL;
	}
}

void __wrap_free(void *at)
{
	look(at);
	__real_free(at);
}

void __wrap_gsasl_free(void *at)
{
	look(at);
	__real_gsasl_free(at);
}

static void begin(const char *mechanisms)
{
	assert_true(secret_set(&g.password, SECRET, strlen(SECRET)));
	g.account.mechanisms = (char *)(uintptr_t)mechanisms;
	freed = freed_with_trace = 0;
	looks = true;
}

/* What the writer has is the link's to wipe (link.h). */
static void end(void)
{
	octets_finish(&g.sent);
	login_destroy(&g.login);
	looks = false;
	assert_true(freed != 0);
	assert_int_equal(freed_with_trace, 0);
}

/* octets_finish frees what the test itself has kept of what was sent. */
static void run_list(const char *const *answers, enum login_step want)
{
	g.answers = answers;
	looks = false;
	g.step = login_begin(&g.options, &g.out, &g.login, &g.why);
	while (g.step == LOGIN_GOES_ON) {
		assert_non_null(*g.answers);
		g.out.len = 0;
		looks = true;
		hear_text(*g.answers);
		looks = false;
		g.answers++;
	}
	looks = true;
	assert_int_equal(g.step, want);
}

static void test_that_it_would_be_seen(void **state)
{
	struct octets copy = { NULL, 0, 0 };

	(void)state;
	begin(NULL);
	octets_add_str(&copy, "x" SECRET);
	octets_finish(&copy);
	looks = false;
	assert_int_equal(freed_with_trace, 1);
}

static void test_plain(void **state)
{
	static const char *const answers[] = { "+OK\r\n", NULL };

	(void)state;
	announce("PLAIN");
	begin("PLAIN");
	run_list(answers, LOGIN_DONE);
	end();
}

/* The response is kept until it is asked for; and is never. */
static void test_plain_that_is_not_asked_for(void **state)
{
	static const char *const answers[] = { "-ERR what?\r\n", NULL };

	(void)state;
	without_capa();
	begin("PLAIN");
	run_list(answers, LOGIN_REFUSED);
	end();
}

static void test_login(void **state)
{
	static const char *const answers[] = { "+ \r\n", "+ \r\n",
					       "-ERR no\r\n", NULL };

	(void)state;
	announce("LOGIN");
	begin("LOGIN");
	run_list(answers, LOGIN_REFUSED);
	end();
}

static void test_given_up_in_the_middle(void **state)
{
	(void)state;
	announce("LOGIN");
	begin("LOGIN");
	looks = false;
	g.step = login_begin(&g.options, &g.out, &g.login, &g.why);
	g.out.len = 0;
	hear_text("+ \r\n");
	g.out.len = 0;
	hear_text("+ \r\n");
	looks = true;
	end();
}

static void test_scram(void **state)
{
	(void)state;
	memset(&site, 0, sizeof(site));
	site.password = SECRET;
	begin("SCRAM-SHA-256");
	looks = false;
	begin_site("SCRAM-SHA-256");
	g.step = login_begin(&g.options, &g.out, &g.login, &g.why);
	while (g.step == LOGIN_GOES_ON) {
		struct octets answer = { NULL, 0, 0 };

		serve_site(&g, pop3_slice_of(g.out.at, g.out.len), &answer);
		g.out.len = 0;
		looks = true;
		logged_hear(octets_all(&answer));
		looks = false;
		octets_finish(&answer);
	}
	assert_int_equal(g.step, LOGIN_DONE);
	looks = true;
	end();
	gsasl_done(site.library);
	pop3_server_finish(&site.engine);
	octets_finish(&site.challenge);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_login(test_that_it_would_be_seen),
		with_login(test_plain),
		with_login(test_plain_that_is_not_asked_for),
		with_login(test_login),
		with_login(test_given_up_in_the_middle),
		with_login(test_scram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
