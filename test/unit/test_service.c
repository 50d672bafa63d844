// SPDX-License-Identifier: ISC
/*
 * test_service.c - the frame of a threaded role: many peers and threads at
 * once, and a bad packet that costs its sender only.  Meant to be run under
 * ThreadSanitizer too.
 */
#include "played_role.h"

#define REQUESTS 200

static void *be_a_session(void *arg)
{
	int fd = *(int *)arg;
	bool had[REQUESTS] = { false };
	uint32_t sent = 0, got = 0;

	while (got < REQUESTS) {
		while (sent < REQUESTS && sent - got < 16) {
			assert_int_equal(send_fetch(fd, (uint64_t)fd, sent),
					 CHANNEL_OK);
			sent++;
		}
		expect_message(fd, (uint64_t)fd, had);
		got++;
	}
	return NULL;
}

static void test_many_peers_and_threads_at_once(void **state)
{
	pthread_t threads[PEERS];
	int fds[PEERS];

	(void)state;
	for (uint32_t i = 0; i < PEERS; i++) {
		fds[i] = join(ROLE_SESSION, i + 1);
	}
	for (size_t i = 0; i < PEERS; i++) {
		assert_int_equal(
		    pthread_create(&threads[i], NULL, be_a_session, &fds[i]),
		    0);
	}
	for (size_t i = 0; i < PEERS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		fd_close(&fds[i]);
	}
	assert_true(has_come(&seen.ended, PEERS));
	assert_int_equal(get(&seen.packets), PEERS * REQUESTS);
	assert_int_equal(get(&seen.threads), PEERS * THREADS);
}

static void test_threads_of_a_peer_work_at_once(void **state)
{
	bool had[THREADS] = { false };
	uint64_t begun_ms = clock_ms();
	int fd;

	(void)state;
	seen.hold_ms = 300;
	fd = join(ROLE_SESSION, 1);
	for (uint32_t i = 0; i < THREADS; i++) {
		assert_int_equal(send_fetch(fd, 9, i), CHANNEL_OK);
	}
	for (uint32_t i = 0; i < THREADS; i++) {
		expect_message(fd, 9, had);
	}
	assert_true(clock_ms() - begun_ms < THREADS * 300);
	fd_close(&fd);
}

static void test_a_bad_packet_drops_its_sender_only(void **state)
{
	bool had[2] = { false };
	int bad = join(ROLE_SESSION, 1);
	int refused = join(ROLE_SESSION, 2);
	int good = join(ROLE_SESSION, 3);
	struct packet p;

	(void)state;
	assert_int_equal(send_fetch(good, 4, 0), CHANNEL_OK);
	expect_message(good, 4, had);
	packet_init(&p, PACKET_GRANT); /* which only auth may send */
	assert_int_equal(channel_send(bad, &p), CHANNEL_OK);
	expect_dropped(bad);
	packet_init(&p, PACKET_CLOSE); /* sound, but not to on_packet */
	assert_int_equal(channel_send(refused, &p), CHANNEL_OK);
	expect_dropped(refused);
	assert_true(has_come(&seen.ended, 2));
	assert_int_equal(send_fetch(good, 4, 1), CHANNEL_OK);
	expect_message(good, 4, had);
	assert_int_equal(get(&seen.ended), 2);
	fd_close(&bad);
	fd_close(&refused);
	fd_close(&good);
}

static void test_every_cut_of_a_packet_drops(void **state)
{
	struct packet p;

	(void)state;
	for (size_t len = 1; len < sizeof(struct packet_fetch); len += 5) {
		int fd = join(ROLE_SESSION, (uint32_t)len);

		packet_init(&p, PACKET_FETCH);
		p.len = len;
		assert_int_equal(channel_send(fd, &p), CHANNEL_OK);
		expect_dropped(fd);
		fd_close(&fd);
	}
	assert_true(has_come(&seen.ended, get(&seen.begun)));
	assert_int_equal(get(&seen.packets), 0);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		ROW(test_many_peers_and_threads_at_once),
		ROW(test_threads_of_a_peer_work_at_once),
		ROW(test_a_bad_packet_drops_its_sender_only),
		ROW(test_every_cut_of_a_packet_drops),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
