// SPDX-License-Identifier: ISC
/*
 * test_channel.c - packets over a channel: whose descriptors are whose, what a
 * hostile peer can send, and what happens when there is no room or no peer.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "ipc/channel.h"
#include "os/clock.h"
#include "os/fd.h"

static int near, far;
static struct packet p;
static size_t fds_before;

static int setup(void **state)
{
	int pair[2];

	(void)state;
	fds_before = fd_count_open();
	assert_int_equal(fd_channel_pair(pair, 4 * PACKET_MAX), 0);
	near = pair[0];
	far = pair[1];
	return 0;
}

/* No test leaves a descriptor behind. */
static int teardown(void **state)
{
	(void)state;
	fd_close(&near);
	fd_close(&far);
	assert_int_equal(fd_count_open(), fds_before);
	return 0;
}

static int open_null(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

/* What no channel_send would send. */
static void send_raw(const void *at, size_t len, const int *fds, size_t count)
{
	union {
		struct cmsghdr align;
		uint8_t octets[CMSG_SPACE(8 * sizeof(int))];
	} room = { .octets = { 0 } };
	struct iovec iov = { (void *)(uintptr_t)at, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (count != 0) {
		struct cmsghdr *c;

		msg.msg_control = room.octets;
		msg.msg_controllen = CMSG_SPACE(count * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(c), fds, count * sizeof(int));
	}
	assert_int_equal(sendmsg(far, &msg, MSG_NOSIGNAL), len);
}

static void test_a_packet_arrives_as_it_was(void **state)
{
	uint8_t tail[PACKET_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(tail); i++) {
		tail[i] = (uint8_t)(i * 7);
	}
	packet_init(&p, PACKET_OPENED);
	assert_true(packet_put(&p, tail, PACKET_MAX - p.len));
	assert_int_equal(channel_send(far, &p), CHANNEL_OK);
	memset(&p, 0, sizeof(p));
	assert_int_equal(channel_receive(near, &p), CHANNEL_OK);
	assert_int_equal(p.len, PACKET_MAX);
	assert_int_equal(p.fd, -1);
	assert_memory_equal(packet_tail(&p), tail, packet_tail_len(&p));
}

static void test_packets_keep_their_order_and_bounds(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 20; i++) {
		packet_init(&p, PACKET_FETCH);
		p.as.fetch.idx = i;
		p.as.fetch.count = 1;
		assert_int_equal(channel_send(far, &p), CHANNEL_OK);
	}
	for (uint32_t i = 0; i < 20; i++) {
		assert_int_equal(channel_receive(near, &p), CHANNEL_OK);
		assert_int_equal(p.len, sizeof(struct packet_fetch));
		assert_int_equal(p.as.fetch.idx, i);
	}
}

static void test_a_descriptor_changes_its_owner(void **state)
{
	int fd = open_null();
	char c;

	(void)state;
	packet_init(&p, PACKET_COUNTERS);
	p.fd = fd;
	assert_int_equal(channel_send(far, &p), CHANNEL_OK);
	assert_int_equal(p.fd, -1);
	assert_int_equal(fcntl(fd, F_GETFD), -1); /* closed here */
	assert_int_equal(channel_receive(near, &p), CHANNEL_OK);
	assert_true(p.fd >= 0);
	assert_int_equal(fcntl(p.fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(read(p.fd, &c, 1), 0); /* it is /dev/null */
	fd_close(&p.fd);
}

static void test_a_descriptor_stays_ours_on_failure(void **state)
{
	int fd = open_null();

	(void)state;
	fd_close(&near);
	packet_init(&p, PACKET_COUNTERS);
	p.fd = fd;
	assert_int_equal(channel_send(far, &p), CHANNEL_EOF);
	assert_int_equal(p.fd, fd);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	fd_close(&fd);
}

static void test_descriptors_in_flight_end_with_the_channel(void **state)
{
	int pipe_ends[2];
	char c;

	(void)state;
	assert_int_equal(pipe2(pipe_ends, O_CLOEXEC), 0);
	packet_init(&p, PACKET_COUNTERS);
	p.fd = pipe_ends[1];
	assert_int_equal(channel_send(far, &p), CHANNEL_OK);
	fd_close(&near);
	fd_close(&far);
	assert_int_equal(read(pipe_ends[0], &c, 1), 0); /* no writer is left */
	fd_close(&pipe_ends[0]);
}

static void test_more_than_one_descriptor_is_bad(void **state)
{
	int fds[8];

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		fds[i] = open_null();
	}
	packet_init(&p, PACKET_COUNTERS);
	for (size_t count = 2; count <= 8; count++) {
		size_t before = fd_count_open();

		packet_init(&p, PACKET_COUNTERS);
		send_raw(p.as.octets, p.len, fds, count);
		assert_int_equal(channel_receive(near, &p), CHANNEL_BAD);
		assert_int_equal(p.fd, -1);
		assert_int_equal(fd_count_open(), before);
	}
	for (size_t i = 0; i < 8; i++) {
		fd_close(&fds[i]);
	}
}

static void test_a_packet_too_long_is_bad(void **state)
{
	static uint8_t octets[2 * PACKET_MAX];
	int fd = open_null();
	size_t before = fd_count_open();

	(void)state;
	for (size_t over = 1; over <= PACKET_MAX; over *= 2) {
		send_raw(octets, PACKET_MAX + over, &fd, over % 2);
		assert_int_equal(channel_receive(near, &p), CHANNEL_BAD);
		assert_int_equal(p.fd, -1);
		assert_int_equal(fd_count_open(), before);
	}
	/* and the next one is whole */
	packet_init(&p, PACKET_READY);
	send_raw(p.as.octets, p.len, NULL, 0);
	assert_int_equal(channel_receive(near, &p), CHANNEL_OK);
	assert_int_equal(p.len, sizeof(struct packet_bare));
	fd_close(&fd);
}

static void test_an_empty_packet_with_a_descriptor(void **state)
{
	int fd = open_null();

	(void)state;
	send_raw("", 0, &fd, 1);
	assert_int_equal(channel_receive(near, &p), CHANNEL_OK);
	assert_int_equal(p.len, 0);
	assert_true(p.fd >= 0);
	fd_close(&p.fd);
	send_raw("", 0, &fd, 1);
	assert_int_equal(
	    channel_receive_checked(near, &p, ROLE_MASTER, ROLE_SESSION),
	    CHANNEL_BAD);
	assert_int_equal(p.fd, -1);
	fd_close(&fd);
}

/* The kernel closes a descriptor for which the process has no room. */
static void test_no_room_for_a_descriptor_is_bad(void **state)
{
	struct rlimit limit, none;
	int fd = open_null();

	(void)state;
	packet_init(&p, PACKET_COUNTERS);
	p.fd = fd;
	assert_int_equal(channel_send(far, &p), CHANNEL_OK);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = (struct rlimit){ 0, limit.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(channel_receive(near, &p), CHANNEL_BAD);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(p.fd, -1);
}

static void test_an_unsound_packet_takes_its_descriptor_along(void **state)
{
	size_t before;
	int fd = open_null();

	(void)state;
	before = fd_count_open();
	packet_init(&p, PACKET_COUNTERS);
	p.as.head.zero = 1;
	send_raw(p.as.octets, p.len, &fd, 1);
	assert_int_equal(
	    channel_receive_checked(near, &p, ROLE_MASTER, ROLE_SESSION),
	    CHANNEL_BAD);
	assert_int_equal(p.fd, -1);
	assert_int_equal(fd_count_open(), before);
	packet_init(&p, PACKET_COUNTERS);
	send_raw(p.as.octets, p.len, &fd, 1);
	assert_int_equal(
	    channel_receive_checked(near, &p, ROLE_AUTH, ROLE_SESSION),
	    CHANNEL_BAD);
	assert_int_equal(fd_count_open(), before);
	packet_init(&p, PACKET_COUNTERS);
	send_raw(p.as.octets, p.len, &fd, 1);
	assert_int_equal(
	    channel_receive_checked(near, &p, ROLE_MASTER, ROLE_SESSION),
	    CHANNEL_OK);
	fd_close(&p.fd);
	fd_close(&fd);
}

static void test_the_end_comes_after_what_was_sent(void **state)
{
	(void)state;
	packet_init(&p, PACKET_READY);
	assert_int_equal(channel_send(far, &p), CHANNEL_OK);
	fd_close(&far);
	assert_int_equal(channel_receive(near, &p), CHANNEL_OK);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(channel_receive(near, &p), CHANNEL_EOF);
		assert_int_equal(p.fd, -1);
	}
	packet_init(&p, PACKET_READY);
	assert_int_equal(channel_send(near, &p), CHANNEL_EOF); /* no signal */
}

/* Returns how many packets went. */
static unsigned fill(void)
{
	unsigned count = 0;
	int rc = CHANNEL_OK;

	while (rc == CHANNEL_OK) {
		packet_init(&p, PACKET_FETCH);
		p.as.fetch.idx = count;
		p.as.fetch.count = 1;
		rc = channel_send(far, &p);
		count += rc == CHANNEL_OK;
	}
	assert_int_equal(rc, CHANNEL_AGAIN);
	return count;
}

static void test_none_and_no_room_without_waiting(void **state)
{
	unsigned sent;

	(void)state;
	assert_int_equal(fd_set_nonblocking(near, true), 0);
	assert_int_equal(fd_set_nonblocking(far, true), 0);
	assert_int_equal(channel_receive(near, &p), CHANNEL_AGAIN);
	assert_int_equal(p.fd, -1);
	sent = fill();
	assert_true(sent > 0);
	for (unsigned i = 0; i < sent; i++) {
		assert_int_equal(channel_receive(near, &p), CHANNEL_OK);
		assert_int_equal(p.as.fetch.idx, i);
	}
	assert_int_equal(channel_receive(near, &p), CHANNEL_AGAIN);
	assert_true(fill() > 0); /* there is room again */
}

static void test_waiting_for_room_has_an_end(void **state)
{
	struct timeval limit = { 0, 100000 };
	int fd = open_null();
	uint64_t begun_ms;

	(void)state;
	assert_int_equal(
	    setsockopt(far, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)), 0);
	(void)fill();
	packet_init(&p, PACKET_COUNTERS);
	p.fd = fd;
	begun_ms = clock_ms();
	assert_int_equal(channel_send(far, &p), CHANNEL_AGAIN);
	assert_true(clock_ms() - begun_ms >= 90);
	assert_int_equal(p.fd, fd); /* still ours */
	fd_close(&fd);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		ROW(test_a_packet_arrives_as_it_was),
		ROW(test_packets_keep_their_order_and_bounds),
		ROW(test_a_descriptor_changes_its_owner),
		ROW(test_a_descriptor_stays_ours_on_failure),
		ROW(test_descriptors_in_flight_end_with_the_channel),
		ROW(test_more_than_one_descriptor_is_bad),
		ROW(test_a_packet_too_long_is_bad),
		ROW(test_an_empty_packet_with_a_descriptor),
		ROW(test_no_room_for_a_descriptor_is_bad),
		ROW(test_an_unsound_packet_takes_its_descriptor_along),
		ROW(test_the_end_comes_after_what_was_sent),
		ROW(test_none_and_no_room_without_waiting),
		ROW(test_waiting_for_room_has_an_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
