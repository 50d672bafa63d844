// SPDX-License-Identifier: ISC
/*
 * test_guess.c - where a server may be, what is known of providers, and how a
 * person is asked.
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fetch/add/ask.h"
#include "fetch/add/guess.h"
#include "fetch/limits.h"
#include "unit.h"

/* "host:port:tls " of each. */
static const char *written(const struct guesses *g, char text_r[4096])
{
	size_t len = 0;

	text_r[0] = 0;
	for (size_t i = 0; i < g->count; i++) {
		len += (size_t)snprintf(text_r + len, 4096 - len, "%s:%u:%d ",
					g->guess[i].host, g->guess[i].port,
					(int)g->guess[i].tls);
	}
	return text_r;
}

static void tls_at_once_comes_first(void **state)
{
	struct guesses g;
	char text[4096];

	(void)state;
	guess_domain(&g, "a.b");
	assert_string_equal(written(&g, text),
			    "pop.a.b:995:0 mail.a.b:995:0 pop3.a.b:995:0 "
			    "a.b:995:0 pop.a.b:110:1 mail.a.b:110:1 "
			    "pop3.a.b:110:1 a.b:110:1 ");
	guess_domain(&g, "localhost");
	assert_string_equal(written(&g, text),
			    "localhost:995:0 localhost:110:1 localhost:110:2 ");
}

static void a_named_server_is_itself(void **state)
{
	const enum account_tls stls = ACCOUNT_TLS_STLS, none = ACCOUNT_TLS_NONE;
	struct guesses g;
	char text[4096];

	(void)state;
	guess_server(&g, "a.b", 0, NULL);
	assert_string_equal(written(&g, text), "a.b:995:0 a.b:110:1 ");
	guess_server(&g, "A.b", 110, NULL);
	assert_string_equal(written(&g, text), "a.b:110:1 ");
	guess_server(&g, "a.b", 995, NULL);
	assert_string_equal(written(&g, text), "a.b:995:0 ");
	guess_server(&g, "a.b", 1995, NULL);
	assert_string_equal(written(&g, text), "a.b:1995:0 a.b:1995:1 ");
	guess_server(&g, "127.0.0.1", 1110, NULL);
	assert_string_equal(
	    written(&g, text),
	    "127.0.0.1:1110:0 127.0.0.1:1110:1 127.0.0.1:1110:2 ");
	guess_server(&g, "a.b", 0, &stls);
	assert_string_equal(written(&g, text), "a.b:110:1 ");
	guess_server(&g, "a.b", 8110, &none);
	assert_string_equal(written(&g, text), "a.b:8110:2 ");
}

static void no_name_is_too_long(void **state)
{
	char domain[300];
	struct guesses g;

	(void)state;
	for (size_t len = 240; len < sizeof(domain); len++) {
		memset(domain, 'a', len);
		domain[len] = 0;
		guess_domain(&g, domain);
		for (size_t i = 0; i < g.count; i++) {
			assert_non_null(strstr(g.guess[i].host, domain));
		}
		assert_int_equal(g.count == 0, len > 253);
	}
}

static void providers_are_found_by_domain(void **state)
{
	static const char *const found[] = {
		"gmail.com", "GMAIL.com",   "yahoo.co.jp", "outlook.de",
		"me.com",    "t-online.de", "gmx.net",
	};
	static const char *const unknown[] = {
		"",          "gmail",        "gmail.com.example.org",
		"mail.com.", "notgmail.com", "yahoo.",
		"yahoo",     "example.org",  "com",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(found); i++) {
		assert_non_null(provider_find(found[i]));
	}
	for (size_t i = 0; i < COUNT_OF(unknown); i++) {
		assert_null(provider_find(unknown[i]));
	}
}

/* A domain stands in one row, and each row says something. */
static void providers_are_sound(void **state)
{
	(void)state;
	for (const struct provider *p = providers; p->domains != NULL; p++) {
		char domains[256], *rest = domains, *domain;

		snprintf(domains, sizeof(domains), "%s", p->domains);
		domain = strsep(&rest, " ");
		while (domain != NULL) {
			char *star = strchr(domain, '*');

			if (star != NULL) {
				assert_string_equal(star - 1, ".*");
				memcpy(star, "x", 2);
			}
			assert_ptr_equal(provider_find(domain), p);
			domain = strsep(&rest, " ");
		}
		assert_true(p->host != NULL || p->note != NULL);
	}
}

/* -- ask.h */

struct pipes {
	int in[2];
	int out[2];
	struct ask ask;
};

static void pipes_open(struct pipes *p, const char *input)
{
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	assert_int_equal(pipe(p->in), 0);
	assert_int_equal(pipe(p->out), 0);
	assert_int_equal(write(p->in[1], input, strlen(input)), strlen(input));
	close(p->in[1]);
	ask_init(&p->ask, p->in[0], p->out[1], p->out[1]);
	assert_false(p->ask.is_terminal);
}

static void pipes_close(struct pipes *p, const char *said)
{
	char text[4096];
	ssize_t len;

	ask_finish(&p->ask);
	close(p->out[1]);
	len = read(p->out[0], text, sizeof(text) - 1);
	assert_true(len >= 0);
	text[len] = 0;
	assert_string_equal(text, said);
	close(p->in[0]);
	close(p->out[0]);
}

static void answers_are_lines(void **state)
{
	struct pipes p;

	(void)state;
	pipes_open(&p, "  a b\t\r\n\n\nlast");
	assert_string_equal(ask_line(&p.ask, "One", NULL), "a b");
	assert_string_equal(ask_line(&p.ask, "Two\x1b", "x\x1b"), "x\x1b");
	assert_string_equal(ask_line(&p.ask, "Three", NULL), "");
	/* without its end no line is an answer */
	assert_null(ask_line(&p.ask, "Four", NULL));
	assert_true(p.ask.has_ended);
	assert_null(ask_line(&p.ask, "Five", NULL));
	pipes_close(&p, "One: Two\\x1b [x\\x1b]: Three: Four: \n");
}

static void long_answers_are_none(void **state)
{
	char input[ASK_ANSWER_MAX + 100];
	struct pipes p;

	(void)state;
	memset(input, 'x', sizeof(input));
	memcpy(input + ASK_ANSWER_MAX + 1, "\nshort\n", 8);
	pipes_open(&p, input);
	assert_null(ask_line(&p.ask, "One", NULL));
	assert_false(p.ask.has_ended);
	assert_string_equal(ask_line(&p.ask, "Two", NULL), "short");
	pipes_close(&p, "One: \nTwo: ");
}

static void yes_and_no(void **state)
{
	struct pipes p;
	bool is_yes = false;

	(void)state;
	pipes_open(&p, "Y\nnO\n\n\nhm\nyes\nx");
	assert_true(ask_yes(&p.ask, "a", false, &is_yes) && is_yes);
	assert_true(ask_yes(&p.ask, "b", true, &is_yes) && !is_yes);
	assert_true(ask_yes(&p.ask, "c", false, &is_yes) && !is_yes);
	assert_true(ask_yes(&p.ask, "d", true, &is_yes) && is_yes);
	is_yes = false;
	assert_true(ask_yes(&p.ask, "e", false, &is_yes) && is_yes);
	is_yes = false;
	assert_false(ask_yes(&p.ask, "f", true, &is_yes));
	assert_false(is_yes);
	pipes_close(&p, "a [y/N]: b [Y/n]: c [y/N]: d [Y/n]: e [y/N]: Please "
			"answer yes or no.\ne [y/N]: f [Y/n]: \n");
}

static void what_is_said_is_escaped(void **state)
{
	struct pipes p;

	(void)state;
	pipes_open(&p, "");
	ask_say(&p.ask, "a %s\nb\n", "\x1b[2J\u202e");
	ask_fail(&p.ask, "c %s", "\x07\xff");
	ask_text(&p.ask, "\td\n");
	pipes_close(&p, "a \\x1b[2J\\u{202e}\nb\nrestante: c \\x07\\xff\n"
			"        d\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tls_at_once_comes_first),
		cmocka_unit_test(a_named_server_is_itself),
		cmocka_unit_test(no_name_is_too_long),
		cmocka_unit_test(providers_are_found_by_domain),
		cmocka_unit_test(providers_are_sound),
		cmocka_unit_test(answers_are_lines),
		cmocka_unit_test(long_answers_are_none),
		cmocka_unit_test(yes_and_no),
		cmocka_unit_test(what_is_said_is_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
