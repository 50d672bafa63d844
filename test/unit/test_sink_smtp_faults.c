// SPDX-License-Identifier: ISC
/*
 * test_sink_smtp_faults.c - delivery to mail servers that break, say nothing,
 * or say what is no reply.
 */
#include "played_smtp.h"

#include "fetch/sink/smtp_line.h"
#include "fetch/sink/smtp_talk.h"

static void test_greeting_refused(void **state)
{
	static const char *const no[] = { "A", "S: 554 go away", "X", NULL };
	static const char *const later[] = { "A", "S: 421 busy", "X", NULL };
	static const char *const hello[] = { "A",         "S: 220 a",
					     "C* LHLO *", "S: 500 no",
					     "X",         NULL };
	struct played_smtp m;

	(void)state;
	played_init(&m, DESTINATION_SMTP, no);
	played_expect(&m, "a\n", WHY_DELIVERY, "go away");
	played_finish(&m);
	played_init(&m, DESTINATION_SMTP, later);
	played_expect(&m, "a\n", WHY_TEMP, "busy");
	played_finish(&m);
	played_init(&m, DESTINATION_LMTP, hello);
	played_expect(&m, "a\n", WHY_DELIVERY, "our name: 500");
	played_finish(&m);
}

/* The line breaks, in either way, after each step of the script. */
static void test_broken_at_each_step(void **state)
{
	static const char *const whole[] = {
		SMTP_HELLO, "C: MAIL FROM:<me@example.org>",
		"S: 250 a", "C: RCPT TO:<you@example.net>",
		"S: 250 b", "C: DATA",
		"S: 354 c", "C: a"
	};

	(void)state;
	for (size_t steps = 1; steps <= COUNT_OF(whole); steps++) {
		for (int way = 0; way < 2; way++) {
			const char *script[COUNT_OF(whole) + 2] = { 0 };
			struct played_smtp m;

			memcpy(script, whole, steps * sizeof(script[0]));
			script[steps] = way == 0 ? "X" : "R";
			played_init(&m, DESTINATION_SMTP, script);
			/* reset at once: it may look like no connection */
			played_expect(&m, "a\n", WHY_TEMP,
				      steps == 1 && way == 1 ? "connect"
							     : "broke");
			played_finish(&m);
		}
	}
}

static void test_no_replies(void **state)
{
	static const char *const says[] = {
		"S: hello", "S: ",          "S: 22",    "S: 2200 x",
		"S: 100 x", "S: 600 x",     "S: 22a x", "S: +OK POP3 ready",
		"S: 220x",  "S: * OK IMAP4"
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(says); i++) {
		const char *const script[] = { "A", says[i], NULL };
		struct played_smtp m;

		played_init(&m, DESTINATION_SMTP, script);
		played_expect(&m, "a\n", WHY_DELIVERY, "is no reply");
		played_finish(&m);
	}
}

static void test_endless_replies(void **state)
{
	char line[SMTP_IN_MAX + 3];
	const char *const long_line[] = { "A", line, NULL };
	static const char *const many_lines[] = { "A", "L 5000", NULL };
	struct played_smtp m;

	(void)state;
	memset(line, '2', sizeof(line) - 1);
	line[0] = 'J';
	line[1] = ' ';
	line[sizeof(line) - 1] = '\0';
	played_init(&m, DESTINATION_SMTP, long_line);
	played_expect(&m, "a\n", WHY_DELIVERY, "endless");
	played_finish(&m);
	played_init(&m, DESTINATION_SMTP, many_lines);
	played_expect(&m, "a\n", WHY_DELIVERY, "never ends");
	played_finish(&m);
}

/* What a server that says nothing, or takes nothing, costs. */
static void test_silence(void **state)
{
	static const char *const silent[] = { "A", "C: never", NULL };
	static const char *const deaf[] = { "A", "W", NULL };
	static struct smtp_talk t;
	struct played_smtp m;

	(void)state;
	for (int i = 0; i < 2; i++) {
		static const char octets[SMTP_OUT_MAX];

		played_init(&m, DESTINATION_LMTP, i == 0 ? silent : deaf);
		t.to = &m.p.to;
		t.line.fd = -1;
		t.line.wait_max_ms = 100;
		if (i == 0) {
			assert_int_equal(smtp_talk_begin(&t, &m.p.why), -1);
		} else {
			play_ok(&m.p, smtp_line_open(&t.line, t.to, &m.p.why));
			while (smtp_line_put(&t.line, octets, sizeof(octets),
					     &m.p.why) == 0) {
			}
		}
		assert_int_equal(m.p.why.kind, WHY_TEMP);
		assert_non_null(strstr(m.p.why.text, "does not answer"));
		assert_int_equal(t.line.fd, -1);
		kill(m.pid, SIGKILL);
		assert_int_equal(waitpid(m.pid, NULL, 0), m.pid);
		sink_close(&m.p.sink);
		play_finish(&m.p);
	}
}

static void test_no_server(void **state)
{
	struct sink_play p;
	struct sink_item *item;

	(void)state;
	play_init(&p, DESTINATION_LMTP);
	p.to.recipient = (char *)(uintptr_t) "you@example.net";
	play_open(&p);
	item = play_put(&p, "a\n");
	play_not_ready(&p, &item, 1, WHY_TEMP, "No such file");
	sink_release(p.sink, &item);
	play_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_greeting_refused),
		cmocka_unit_test(test_broken_at_each_step),
		cmocka_unit_test(test_no_replies),
		cmocka_unit_test(test_endless_replies),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_no_server),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
