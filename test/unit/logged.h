// SPDX-License-Identifier: ISC
/*
 * logged.h - a log-in (fetch/net/login.h) in memory: the client's engine on one
 * side, and on the other whatever a test plays: a list of lines, or a server.
 */
#ifndef TEST_LOGGED_H
#define TEST_LOGGED_H

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/net/login.h"
#include "must.h"
#include "octets.h"
#include "pop3/pop3.h"

struct logged {
	struct account account;
	struct secret password;
	struct login_options options;
	struct pop3_client client;
	struct login *login;
	enum login_step step;
	struct why why;
	struct octets sent; /* all that was, behind CAPA */
	uint8_t at[65536];
	struct pop3_writer out;
	/* Answers what was sent. */
	void (*serve)(struct logged *g, struct pop3_slice said,
		      struct octets *answer);
	const char *const *answers; /* of serve_list */
};

static struct logged g;

/* One answer for each line; NULL behind the last, which is to be all. */
static inline void serve_list(struct logged *l, struct pop3_slice said,
			      struct octets *answer)
{
	(void)said;
	must(*l->answers != NULL, "no more is said than is answered");
	octets_add_str(answer, *l->answers);
	octets_add_str(answer, "\r\n");
	l->answers++;
}

static inline void logged_begin(void)
{
	memset(&g, 0, sizeof(g));
	g.account.host = (char *)(uintptr_t) "pop.test";
	g.account.user = (char *)(uintptr_t) "test";
	must(secret_set(&g.password, "secret", 6), "a password");
	g.options.account = &g.account;
	g.options.password = &g.password;
	g.options.client = &g.client;
	g.options.is_private = true;
	g.out = pop3_writer_of(g.at, sizeof(g.at));
	g.serve = serve_list;
	pop3_client_init(&g.client);
}

static inline void logged_end(void)
{
	login_destroy(&g.login);
	pop3_client_finish(&g.client);
	octets_finish(&g.sent);
}

/* What the client makes of octets; the log-in sees its events. */
static inline void logged_hear(struct pop3_slice in)
{
	struct pop3_client_event ev;

	while (pop3_client_run(&g.client, &in, &ev) != POP3_CEV_INPUT) {
		must(ev.type != POP3_CEV_BROKEN, "the server is sound");
		if (ev.type == POP3_CEV_GREETING && ev.stamp.len != 0) {
			static uint8_t stamp[POP3_STAMP_MAX];

			memcpy(stamp, ev.stamp.at, ev.stamp.len);
			g.options.stamp = pop3_slice_of(stamp, ev.stamp.len);
		}
		if (g.login != NULL && g.step == LOGIN_GOES_ON) {
			g.step = login_go_on(g.login, &ev, &g.out, &g.why);
		}
	}
}

static inline void hear_text(const char *text)
{
	logged_hear(pop3_slice_of(text, strlen(text)));
}

/* A server that has these capabilities: lines with their ends. */
static inline void greet(const char *greeting, const char *capa)
{
	hear_text(greeting);
	must(pop3_client_capa(&g.client, &g.out) == 0, "CAPA");
	g.out.len = 0;
	hear_text(capa);
}

/* With those mechanisms, and USER. */
static inline void announce(const char *mechanisms)
{
	char capa[600];

	snprintf(capa, sizeof(capa), "+OK\r\nUSER\r\nUIDL\r\nSASL %s\r\n.\r\n",
		 mechanisms);
	greet("+OK hello <1.2@example.com>\r\n", capa);
}

static inline void without_capa(void)
{
	greet("+OK hello\r\n", "-ERR what?\r\n");
}

static inline enum login_step logged_run(void)
{
	g.step = login_begin(&g.options, &g.out, &g.login, &g.why);
	while (g.step == LOGIN_GOES_ON) {
		struct pop3_slice said = pop3_slice_of(g.out.at, g.out.len);
		struct octets answer = { NULL, 0, 0 };

		must(said.len != 0, "it goes on by saying something");
		octets_add(&g.sent, said);
		g.serve(&g, said, &answer);
		g.out.len = 0;
		logged_hear(octets_all(&answer));
		octets_finish(&answer);
	}
	/* what it has to say at last, as a cancel */
	octets_add(&g.sent, pop3_slice_of(g.out.at, g.out.len));
	return g.step;
}

#define assert_log_in(...)                                                     \
	do {                                                                   \
		static const char *const answers_[] = { __VA_ARGS__, NULL };   \
                                                                               \
		g.answers = answers_;                                          \
		if (logged_run() != LOGIN_DONE) {                              \
			print_error("says: %s\n", g.why.text);                 \
		}                                                              \
		assert_int_equal(g.step, LOGIN_DONE);                          \
		assert_null(*g.answers);                                       \
	} while (0)

#define assert_no_log_in(...)                                                  \
	do {                                                                   \
		static const char *const answers_[] = { __VA_ARGS__, NULL };   \
                                                                               \
		g.answers = answers_;                                          \
		assert_int_equal(logged_run(), LOGIN_REFUSED);                 \
		assert_null(*g.answers);                                       \
	} while (0)

#define assert_why(wanted, words)                                              \
	do {                                                                   \
		if (strstr(g.why.text, (words)) == NULL) {                     \
			print_error("says: %s\n", g.why.text);                 \
		}                                                              \
		assert_int_equal(g.why.kind, (wanted));                        \
		assert_non_null(strstr(g.why.text, (words)));                  \
	} while (0)

/* Whether the octets are anywhere in what was sent. */
static inline bool has_sent(const char *text)
{
	return g.sent.len != 0 &&
	       memmem(g.sent.at, g.sent.len, text, strlen(text)) != NULL;
}

static inline int logged_setup(void **state)
{
	(void)state;
	logged_begin();
	return 0;
}

static inline int logged_teardown(void **state)
{
	(void)state;
	logged_end();
	return 0;
}

#define with_login(test)                                                       \
	cmocka_unit_test_setup_teardown(test, logged_setup, logged_teardown)

#endif
