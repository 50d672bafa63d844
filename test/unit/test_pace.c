// SPDX-License-Identifier: ISC
/*
 * test_pace.c - who takes much rests while others ask, and only then; and goes
 * on.
 */
#include "unit.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "session/pace.h"
#include "session/table.h"

static struct process *process;
static struct conn *greedy, *other;
static int pair[2];

static struct conn *make(int fd)
{
	struct conn *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	c->process = process;
	c->fd = fd;
	c->timed = TIMING_STALL;
	list_init(&c->timing);
	list_init(&c->queue);
	list_init(&c->resting);
	return c;
}

static int begin_test(void **state)
{
	(void)state;
	process = calloc(1, sizeof(*process));
	assert_non_null(process);
	table_init(process);
	assert_int_equal(loop_init(&process->loop), 0);
	process->loop.now_ms = 100000;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	greedy = make(pair[0]);
	other = make(pair[1]);
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	close(process->loop.epoll);
	close(pair[0]);
	close(pair[1]);
	free(greedy);
	free(other);
	free(process);
	return 0;
}

static void use_up_a_turn(void)
{
	pace_note_much(greedy);
	pace_await_room(greedy);
}

static void test_alone_it_never_rests(void **state)
{
	(void)state;
	use_up_a_turn();
	assert_int_equal(greedy->watched, LOOP_WRITABLE);
	pace_note_asked(greedy); /* its own next command */
	use_up_a_turn();
	assert_int_equal(greedy->watched, LOOP_WRITABLE);
	assert_true(list_is_empty(&process->resting));
}

static void test_it_rests_while_others_ask_and_goes_on(void **state)
{
	(void)state;
	pace_note_asked(other);
	use_up_a_turn();
	assert_int_equal(greedy->watched, 0);
	pace_tick(process); /* too early */
	assert_int_equal(greedy->watched, 0);
	process->loop.now_ms += SESSION_REST_MS;
	pace_tick(process);
	assert_int_equal(greedy->watched, LOOP_WRITABLE);
	assert_true(list_is_empty(&process->resting));
}

static void test_what_was_asked_long_ago_does_not_count(void **state)
{
	(void)state;
	pace_note_asked(other);
	process->loop.now_ms += SESSION_ASKED_MS;
	use_up_a_turn();
	assert_int_equal(greedy->watched, LOOP_WRITABLE);
}

/* A socket without room, not a turn that is used up. */
static void test_who_is_slow_does_not_rest(void **state)
{
	(void)state;
	pace_note_asked(other);
	pace_await_room(greedy);
	assert_int_equal(greedy->watched, LOOP_WRITABLE);
}

static void test_who_took_much_asks_again_after_a_time(void **state)
{
	(void)state;
	use_up_a_turn();
	process->loop.now_ms += SESSION_TAKES_MUCH_MS - 1;
	pace_note_asked(greedy);
	assert_int_equal(process->asked_ms, 0);
	process->loop.now_ms++;
	pace_note_asked(greedy);
	assert_int_equal(process->asked_ms, process->loop.now_ms);
}

#define PACE_TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PACE_TEST(test_alone_it_never_rests),
		PACE_TEST(test_it_rests_while_others_ask_and_goes_on),
		PACE_TEST(test_what_was_asked_long_ago_does_not_count),
		PACE_TEST(test_who_is_slow_does_not_rest),
		PACE_TEST(test_who_took_much_asks_again_after_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
