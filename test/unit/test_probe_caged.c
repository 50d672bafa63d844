// SPDX-License-Identifier: ISC
/*
 * test_probe_caged.c - a server is asked by a child: an honest one is believed,
 * one that was captured has no rights, and whatever it does in the end is an
 * error that tells.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/add/probe_answer.h"
#include "fetch/add/probe_caged.h"
#include "os/clock.h"
#include "os/fd.h"

/* Where the child says its answer: fd_keep_one. */
#define ANSWER_FD 3

static char home[64];
static struct place place;

/* -- an inner probe that does one thing before it answers */

typedef void (*deed)(struct probe_answer *answer);

static enum probe_outcome inner_try(void *ctx, const struct account *a,
				    struct probe_offer *offer_r,
				    struct why *why_r)
{
	struct probe_answer answer = { .outcome = PROBE_READY };

	assert_string_equal(a->host, "pop.test");
	(*(deed *)ctx)(&answer);
	*offer_r = answer.offer;
	*why_r = answer.why;
	return answer.outcome;
}

static int inner_visit(void *ctx, const struct account *a,
		       struct probe_visit *visit_r, struct why *why_r)
{
	struct probe_answer answer = { .outcome = PROBE_READY };

	assert_string_equal(a->password, "right");
	assert_null(a->password_file);
	assert_null(a->password_command);
	(*(deed *)ctx)(&answer);
	if (answer.outcome != PROBE_READY) {
		*why_r = answer.why;
		return -1;
	}
	*visit_r = answer.visit;
	return 0;
}

/* -- what came of it */

struct came {
	enum probe_outcome outcome;
	struct probe_offer offer;
	struct why why, visit_why;
	struct probe_visit visit;
	int rc;
	unsigned lacks;
};

static struct came asked(deed does)
{
	const struct probe inner = { &does, inner_try, inner_visit };
	struct probe_caged caged = { &inner, &place, 1, 0 };
	const struct probe probe = probe_caged(&caged);
	char *words[] = { (char *)(uintptr_t) "pass", NULL };
	const struct account a = {
		.host = (char *)(uintptr_t) "pop.test",
		.port = 995,
		.password = (char *)(uintptr_t) "right",
		.password_command = words,
		.password_file = home,
		.timeout_s = 1,
	};
	size_t before = fd_count_open();
	struct came c = { 0 };

	c.outcome = probe.try(probe.ctx, &a, &c.offer, &c.why);
	c.rc = probe.visit(probe.ctx, &a, &c.visit, &c.visit_why);
	c.lacks = caged.lacks;
	assert_int_equal(fd_count_open(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	return c;
}

static void assert_blamed(const struct why *why, const char *what)
{
	assert_int_equal(why->kind, WHY_INTERNAL);
	assert_true(why_may_be_shown(why->text, sizeof(why->text)));
	assert_non_null(strstr(why->text, "pop.test, port 995, "));
	if (strstr(why->text, what) == NULL) {
		print_error("not %s: %s\n", what, why->text);
		fail();
	}
}

/* Both questions fail so. */
static void fails(deed does, const char *what)
{
	struct came c = asked(does);

	assert_int_equal(c.outcome, PROBE_FAILED);
	assert_blamed(&c.why, what);
	assert_int_equal(c.rc, -1);
	assert_blamed(&c.visit_why, what);
}

/* -- an honest one */

static void be_honest(struct probe_answer *a)
{
	a->offer =
	    (struct probe_offer){ .mechanisms = "PLAIN", .has_top = true };
	a->visit = (struct probe_visit){ "PLAIN", 12, 1ull << 40, true, false };
}

static void refuse(struct probe_answer *a)
{
	a->outcome = PROBE_NO_POP3;
	why_set(&a->why, WHY_LOGIN, "it said");
	why_octets(&a->why, "\x1b[2Jno", 6);
}

static void test_an_honest_one_is_believed(void **state)
{
	struct came c = asked(be_honest);
	(void)state;

	assert_int_equal(c.outcome, PROBE_READY);
	assert_int_equal(c.why.kind, WHY_NONE);
	assert_string_equal(c.offer.mechanisms, "PLAIN");
	assert_true(c.offer.has_top);
	assert_int_equal(c.rc, 0);
	assert_string_equal(c.visit.mechanism, "PLAIN");
	assert_int_equal(c.visit.messages, 12);
	assert_true(c.visit.octets == 1ull << 40);
	assert_true(c.visit.has_uidl && !c.visit.has_top);
	c = asked(refuse);
	assert_int_equal(c.outcome, PROBE_NO_POP3);
	assert_string_equal(c.why.text, "it said \"\\x1b[2Jno\"");
	assert_int_equal(c.rc, -1);
	assert_int_equal(c.visit_why.kind, WHY_LOGIN);
	assert_string_equal(c.visit_why.text, "it said \"\\x1b[2Jno\"");
}

/* -- captured ones */

static void break_off(struct probe_answer *a)
{
	(void)a;
	_exit(0);
}

static void break_off_in_the_middle(struct probe_answer *a)
{
	(void)!fd_write_all(ANSWER_FD, a, sizeof(*a) - 1);
	_exit(0);
}

static void fail_it(struct probe_answer *a)
{
	(void)a;
	_exit(3);
}

static void say_more(struct probe_answer *a)
{
	(void)!fd_write_all(ANSWER_FD, "", 1);
	(void)a;
}

static void say_much_more(struct probe_answer *a)
{
	for (int i = 0; i < 100; i++) {
		(void)!fd_write_all(ANSWER_FD, a, sizeof(*a));
	}
}

static void be_wild(struct probe_answer *a)
{
	a->outcome = (enum probe_outcome)77;
	a->why.kind = (enum why_kind)77;
}

static void colour_the_terminal(struct probe_answer *a)
{
	a->outcome = PROBE_NO_POP3;
	a->why = (struct why){ WHY_LOGIN, "\x1b[2Jgone" };
}

static void end_no_text(struct probe_answer *a)
{
	memset(a->offer.mechanisms, 'x', sizeof(a->offer.mechanisms));
	memset(a->visit.mechanism, 'x', sizeof(a->visit.mechanism));
}

static void test_wild_answers_are_none(void **state)
{
	const char *const what = "said what no such process says";
	(void)state;

	fails(break_off, what);
	fails(break_off_in_the_middle, what);
	fails(say_more, what);
	fails(say_much_more, what);
	fails(be_wild, what);
	fails(colour_the_terminal, what);
	fails(end_no_text, what);
}

static void die(struct probe_answer *a)
{
	(void)a;
	(void)signal(SIGSEGV, SIG_DFL);
	(void)raise(SIGSEGV);
}

/* The honest answer is there already. */
static void die_late(struct probe_answer *a)
{
	(void)!fd_write_all(ANSWER_FD, a, sizeof(*a));
	die(a);
}

static void run_a_program(struct probe_answer *a)
{
	char *words[] = { (char *)(uintptr_t) "/bin/true", NULL };

	(void)a;
	(void)execv(words[0], words);
}

static void test_deaths_are_told(void **state)
{
	(void)state;
	fails(die, "was ended by a signal: Segmentation fault; ");
	fails(die_late, "was ended by a signal: Segmentation fault; ");
	fails(fail_it, "broke off; ");
	fails(run_a_program, "was ended by a signal: Bad system call; ");
}

static void hang(struct probe_answer *a)
{
	(void)a;
	(void)signal(SIGTERM, SIG_IGN);
	for (;;) {
		(void)pause();
	}
}

static void test_one_that_hangs_is_ended(void **state)
{
	(void)state;
	fails(hang, "was spoken with for too long; ");
}

/* -- what it may not */

static int error_of(int fd)
{
	return fd < 0 ? errno : 0;
}

/* Errors instead of a count: ~/secret, ~/new, /dev/tty; and a power. */
static void look_round(struct probe_answer *a)
{
	char path[128];
	int errors[4];

	snprintf(path, sizeof(path), "%s/secret", home);
	errors[0] = error_of(open(path, O_RDONLY));
	snprintf(path, sizeof(path), "%s/new", home);
	errors[1] = error_of(open(path, O_WRONLY | O_CREAT, 0600));
	errors[2] = error_of(open("/dev/tty", O_RDWR));
	errors[3] = error_of(open("/etc/hosts", O_RDONLY));
	snprintf(a->offer.tls, sizeof(a->offer.tls), "%d %d %d %d", errors[0],
		 errors[1], errors[2], errors[3]);
	memcpy(a->visit.mechanism, a->offer.tls, sizeof(a->visit.mechanism));
}

static void test_it_is_confined(void **state)
{
	struct came c = asked(look_round);
	char want[64];
	(void)state;

	snprintf(want, sizeof(want), "%d %d %d 0", EACCES, EACCES, EACCES);
	if ((c.lacks & 1) != 0) {
		skip();
	}
	assert_string_equal(c.offer.tls, want);
	assert_string_equal(c.visit.mechanism, want);
}

static int make_home(void **state)
{
	struct conf_reason why;
	char path[128];
	int fd;
	(void)state;

	snprintf(home, sizeof(home), "/tmp/restante-caged-XXXXXX");
	assert_non_null(mkdtemp(home));
	setenv("HOME", home, 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_STATE_HOME");
	snprintf(path, sizeof(path), "%s/secret", home);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	fd_close(&fd);
	return place_init(&place, NULL, &why);
}

static int remove_home(void **state)
{
	char path[128];
	(void)state;

	snprintf(path, sizeof(path), "%s/secret", home);
	assert_int_equal(unlink(path), 0);
	/* nothing else is in it */
	return rmdir(home);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_honest_one_is_believed),
		cmocka_unit_test(test_wild_answers_are_none),
		cmocka_unit_test(test_deaths_are_told),
		cmocka_unit_test(test_one_that_hangs_is_ended),
		cmocka_unit_test(test_it_is_confined),
	};

	return cmocka_run_group_tests(tests, make_home, remove_home);
}
