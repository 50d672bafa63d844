// SPDX-License-Identifier: ISC
/*
 * test_service_ends.c - the ends of peers, threads and the service itself: each
 * peer ends exactly once, and not while somebody uses it.  Meant to be run
 * under ThreadSanitizer too.
 */
#include "played_role.h"

static void test_a_borrowed_peer_outlives_its_channel(void **state)
{
	int asker = join(ROLE_SESSION, 1);
	int target = join(ROLE_SESSION, 2);
	struct peer *borrowed = NULL;

	(void)state;
	for (int i = 0; i < 5000 && borrowed == NULL; i++) {
		borrowed = service_borrow(&service, ROLE_SESSION, 2);
		usleep(borrowed == NULL ? 1000 : 0);
	}
	assert_non_null(borrowed);
	assert_null(service_borrow(&service, ROLE_SESSION, 3));
	assert_null(service_borrow(&service, ROLE_AUTH, 2));
	assert_true(service_has(&service, ROLE_SESSION, 2));
	assert_false(service_has(&service, ROLE_SESSION, 3));
	assert_false(service_has(&service, ROLE_AUTH, 2));
	fd_close(&target);
	usleep(50000); /* its threads leave */
	assert_int_equal(get(&seen.ended), 0);
	assert_false(service_has(&service, ROLE_SESSION, 2));
	assert_non_null(borrowed->state);
	service_give_back(borrowed);
	assert_true(has_come(&seen.ended, 1));
	fd_close(&asker);
}

static void test_sending_to_a_borrowed_peer_that_is_gone(void **state)
{
	struct peer *borrowed = NULL;
	int target = join(ROLE_SESSION, 2);
	struct packet p;

	(void)state;
	for (int i = 0; i < 5000 && borrowed == NULL; i++) {
		borrowed = service_borrow(&service, ROLE_SESSION, 2);
		usleep(borrowed == NULL ? 1000 : 0);
	}
	assert_non_null(borrowed);
	fd_close(&target);
	packet_init(&p, PACKET_MESSAGE);
	p.fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_true(service_send(borrowed, &p) < 0);
	assert_int_equal(p.fd, -1); /* closed in any case */
	service_give_back(borrowed);
}

/* As in the triangle: one peer's request is answered to another, which comes
 * and goes meanwhile. */
static void test_answers_across_while_peers_end(void **state)
{
	int asker = join(ROLE_SESSION, 1);
	struct packet p;

	(void)state;
	for (uint32_t i = 0; i < 50; i++) {
		int target = join(ROLE_SESSION, 100 + i);

		for (int j = 0; j < 4; j++) {
			packet_init(&p, PACKET_COMMIT);
			p.as.commit.marked = 100 + i;
			assert_int_equal(channel_send(asker, &p), CHANNEL_OK);
		}
		if (i % 2 == 0) {
			usleep(500);
		}
		fd_close(&target);
	}
	assert_true(has_come(&seen.packets, 200));
	fd_close(&asker);
	assert_true(has_come(&seen.ended, 51));
}

static void test_retiring_waits_for_the_sessions(void **state)
{
	bool had[1] = { false };
	int session = join(ROLE_SESSION, 1);
	int auth = join(ROLE_AUTH, 0);
	struct packet p;

	(void)state;
	packet_init(&p, PACKET_RETIRE);
	assert_int_equal(channel_send(control, &p), CHANNEL_OK);
	assert_int_equal(send_fetch(session, 5, 0), CHANNEL_OK);
	expect_message(session, 5, had); /* it still serves */
	assert_int_equal(get(&seen.ended), 0);
	fd_close(&session);
	assert_int_equal(pthread_join(main_thread, NULL), 0);
	assert_int_equal(main_result, 0);
	assert_int_equal(get(&seen.ended), 1); /* auth need not be gone */
	fd_close(&auth);
	assert_true(has_come(&seen.ended, 2));
	is_over = true;
}

static void test_the_masters_end_is_like_retiring(void **state)
{
	int session = join(ROLE_SESSION, 1);

	(void)state;
	assert_true(has_come(&seen.begun, 1));
	fd_close(&control);
	usleep(20000);
	assert_int_equal(get(&seen.ended), 0);
	fd_close(&session);
	assert_int_equal(pthread_join(main_thread, NULL), 0);
	assert_int_equal(main_result, 0);
	is_over = true;
}

static void test_a_master_that_breaks_the_protocol(void **state)
{
	struct packet p;

	(void)state;
	packet_init(&p, PACKET_START); /* sound, but too late */
	assert_int_equal(channel_send(control, &p), CHANNEL_OK);
	assert_int_equal(pthread_join(main_thread, NULL), 0);
	assert_int_equal(main_result, -EPROTO);
	is_over = true;
}

static void test_a_peer_may_be_refused(void **state)
{
	int fd;

	(void)state;
	seen.refuse_peers = true;
	fd = join(ROLE_SESSION, 1);
	expect_dropped(fd);
	fd_close(&fd);
	assert_int_equal(get(&seen.begun), 0);
}

static void test_a_thread_that_cannot_begin_serves_nothing(void **state)
{
	struct packet p;
	int pair[2];

	(void)state;
	seen.refuse_threads = true;
	assert_int_equal(fd_channel_pair(pair, 65536), 0);
	for (uint32_t i = 0; i < 20; i++) { /* they wait for its threads */
		assert_int_equal(send_fetch(pair[0], 1, i), CHANNEL_OK);
	}
	packet_init(&p, PACKET_CHANNEL);
	p.as.channel.role = ROLE_SESSION;
	p.fd = pair[1];
	assert_int_equal(channel_send(control, &p), CHANNEL_OK);
	expect_dropped(pair[0]);
	assert_true(has_come(&seen.ended, 1));
	assert_int_equal(get(&seen.packets), 0);
	fd_close(&pair[0]);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		ROW(test_a_borrowed_peer_outlives_its_channel),
		ROW(test_sending_to_a_borrowed_peer_that_is_gone),
		ROW(test_answers_across_while_peers_end),
		ROW(test_retiring_waits_for_the_sessions),
		ROW(test_the_masters_end_is_like_retiring),
		ROW(test_a_master_that_breaks_the_protocol),
		ROW(test_a_peer_may_be_refused),
		ROW(test_a_thread_that_cannot_begin_serves_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
