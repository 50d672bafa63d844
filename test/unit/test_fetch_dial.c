// SPDX-License-Identifier: ISC
/*
 * test_fetch_dial.c - dial.c on real sockets: which address wins, and how long
 * it takes.
 */
#include "linked.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>

#include "fetch/net/address.h"
#include "fetch/net/dial.h"
#include "fetch/net/watched.h"
#include "os/fd.h"

static uv_loop_t loop;
static uv_timer_t guard;
static struct dial *dial;
static unsigned done;
static int fd;
static struct sockaddr_storage reached;
static struct why why;
static size_t open_before;

static void on_done(void *ctx, int won, const struct sockaddr_storage *to,
		    const struct why *reason)
{
	assert_ptr_equal(ctx, &done);
	done++;
	dial = NULL;
	fd = won;
	if (won == -1) {
		why = *reason;
	} else {
		reached = *to;
	}
}

static int begin(void **state)
{
	(void)state;
	done = 0;
	fd = -1;
	assert_int_equal(uv_loop_init(&loop), 0);
	uv_timer_init(&loop, &guard);
	uv_timer_start(&guard, linked_on_guard, GUARD_MS, 0);
	uv_unref((uv_handle_t *)&guard);
	open_before = fd_count_open();
	return 0;
}

static int end(void **state)
{
	(void)state;
	uv_run(&loop, UV_RUN_DEFAULT);
	fd_close(&fd);
	assert_int_equal(fd_count_open(), open_before);
	uv_close((uv_handle_t *)&guard, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	return 0;
}

static void start(const char *host, const struct sockaddr_storage *to,
		  size_t count, uint64_t limit_ms)
{
	struct dial_options o = {
		.loop = &loop,
		.host = host,
		.port = 110,
		.addresses = to,
		.addresses_count = count,
		.limit_ms = limit_ms,
		.done = on_done,
		.ctx = &done,
	};

	assert_int_equal(dial_start(&o, &dial), 0);
	assert_int_equal(done, 0);
}

static void dial_to(const struct sockaddr_storage *to, size_t count,
		    uint64_t limit_ms)
{
	start("pop.test", to, count, limit_ms);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, 1);
}

static void assert_says(const char *words)
{
	assert_int_equal(fd, -1);
	assert_int_equal(why.kind, WHY_NETWORK);
	if (strstr(why.text, words) == NULL) {
		print_error("says: %s\n", why.text);
	}
	assert_non_null(strstr(why.text, words));
}

static void assert_reached(const struct sockaddr_storage *to)
{
	assert_int_not_equal(fd, -1);
	assert_memory_equal(&reached, to, address_len(to));
}

static int option(int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	assert_int_equal(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

static void test_a_socket_as_wanted(void **state)
{
	struct sockaddr_storage to;
	int listener = listen_on("127.0.0.1", 8, &to);

	(void)state;
	dial_to(&to, 1, 10000);
	assert_reached(&to);
	assert_int_equal(option(IPPROTO_TCP, TCP_NODELAY), 1);
	assert_int_equal(option(SOL_SOCKET, SO_KEEPALIVE), 1);
	assert_int_equal(option(IPPROTO_TCP, TCP_KEEPIDLE), FETCH_KEEPALIVE_S);
	assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	close(listener);
}

/* A port where nobody listens. */
static struct sockaddr_storage refusing(const char *address)
{
	struct sockaddr_storage to;

	close(listen_on(address, 8, &to));
	return to;
}

static void test_refused(void **state)
{
	struct sockaddr_storage to = refusing("127.0.0.1");

	(void)state;
	dial_to(&to, 1, 10000);
	assert_says("cannot connect to pop.test (127.0.0.1) port 110: "
		    "Connection refused; is the port right?");
}

/* At once: with the pauses between attempts it would be three seconds. */
static void test_the_next_address_when_one_is_refused(void **state)
{
	struct sockaddr_storage to[13];
	int listener = listen_on("127.0.0.1", 8, &to[12]);
	uint64_t began;

	(void)state;
	for (size_t i = 0; i < 12; i++) {
		to[i] = refusing("127.0.0.1");
	}
	began = uv_hrtime();
	dial_to(to, 13, 30000);
	assert_reached(&to[12]);
	assert_true(uv_hrtime() - began < 2000 * 1000000ull);
	close(listener);
}

/* Addresses that answer to no SYN: the queues of their listeners are full. */
struct hole {
	int listener;
	int clients[8];
	struct sockaddr_storage address;
};

static void hole_begin(struct hole *h, const char *address)
{
	h->listener = listen_on(address, 0, &h->address);
	for (size_t i = 0; i < COUNT_OF(h->clients); i++) {
		h->clients[i] = socket(h->address.ss_family,
				       SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(h->clients[i], (struct sockaddr *)&h->address,
			      address_len(&h->address));
	}
	usleep(20000);
}

/* Room in the queue: the next SYN that is sent again is answered. */
static void hole_open(const struct hole *h)
{
	struct pollfd pfd = { .fd = h->listener, .events = POLLIN };
	int taken =
	    poll(&pfd, 1, 0) == 1 ? accept(h->listener, NULL, NULL) : -1;

	fd_close(&taken);
}

static void hole_end(struct hole *h)
{
	for (size_t i = 0; i < COUNT_OF(h->clients); i++) {
		close(h->clients[i]);
	}
	close(h->listener);
}

/* RFC 8305: IPv6 is tried first, gets a quarter of a second, and no more. */
static void test_dead_v6_and_living_v4(void **state)
{
	struct sockaddr_storage to[2];
	struct hole hole;
	int listener = listen_on("127.0.0.1", 8, &to[1]);
	uint64_t began;

	(void)state;
	hole_begin(&hole, "::1");
	to[0] = hole.address;
	began = uv_hrtime();
	dial_to(to, 2, 30000);
	assert_reached(&to[1]);
	assert_true(uv_hrtime() - began >= 240 * 1000000ull);
	hole_end(&hole);
	close(listener);
}

/* The first that answers wins, were it the one that was begun first: it is not
 * given up for the second. */
static void test_a_slow_one_still_wins(void **state)
{
	struct sockaddr_storage to[2];
	struct hole slow, never;

	(void)state;
	hole_begin(&slow, "::1");
	hole_begin(&never, "127.0.0.1");
	to[0] = slow.address;
	to[1] = never.address;
	start("pop.test", to, 2, 30000);
	for (unsigned i = 0; i < 40; i++) {
		uv_run(&loop, UV_RUN_NOWAIT);
		usleep(10000);
	}
	assert_int_equal(done, 0);
	do {
		hole_open(&slow);
		uv_run(&loop, UV_RUN_NOWAIT);
		usleep(1000);
	} while (done == 0);
	assert_reached(&to[0]);
	hole_end(&slow);
	hole_end(&never);
}

/* It was reached in time; it was we who had no time to see that. */
static void test_reached_while_busy(void **state)
{
	struct hole slow;

	(void)state;
	hole_begin(&slow, "127.0.0.1");
	start("pop.test", &slow.address, 1, 1500);
	uv_run(&loop, UV_RUN_NOWAIT);
	uv_run(&loop, UV_RUN_NOWAIT);
	for (unsigned i = 0; i < 2000; i++) {
		hole_open(&slow);
		usleep(1000);
	}
	assert_int_equal(done, 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, 1);
	assert_reached(&slow.address);
	hole_end(&slow);
}

/* We were stopped before the next address had its turn. */
static void test_away_before_the_next_address(void **state)
{
	struct sockaddr_storage to[2];
	struct hole never;
	int listener = listen_on("127.0.0.1", 1, &to[1]);

	(void)state;
	hole_begin(&never, "::1");
	to[0] = never.address;
	start("pop.test", to, 2, 2 * WATCHED_BEAT_MS);
	uv_run(&loop, UV_RUN_NOWAIT);
	uv_run(&loop, UV_RUN_NOWAIT);
	usleep((2 * WATCHED_BEAT_MS + 300) * 1000);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, 1);
	assert_reached(&to[1]);
	hole_end(&never);
	fd_close(&listener);
}

static void test_nobody_answers(void **state)
{
	struct sockaddr_storage to[2];
	struct hole v6, v4;

	(void)state;
	hole_begin(&v6, "::1");
	hole_begin(&v4, "127.0.0.1");
	to[0] = v6.address;
	to[1] = v4.address;
	dial_to(to, 2, 600);
	assert_says("pop.test does not answer at port 110 (2 addresses tried)");
	hole_end(&v6);
	hole_end(&v4);
}

static void test_names(void **state)
{
	(void)state;
	start("127.0.0.1", NULL, 0, 10000);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, 1);
	/* nobody is at port 110 here, or somebody: it was found */
	if (fd == -1) {
		assert_says("(127.0.0.1) port 110");
	}
}

#define LABEL "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* Names that no resolver has to be asked about. */
static void test_no_such_host(void **state)
{
	(void)state;
	start(LABEL ".invalid", NULL, 0, 10000);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, 1);
	assert_says(LABEL ".invalid");
}

static void test_given_up(void **state)
{
	struct hole hole;

	(void)state;
	hole_begin(&hole, "127.0.0.1");
	start("pop.test", &hole.address, 1, 30000);
	uv_run(&loop, UV_RUN_NOWAIT);
	dial_cancel(&dial);
	assert_null(dial);
	uv_run(&loop, UV_RUN_DEFAULT);
	start("localhost", NULL, 0, 30000);
	uv_run(&loop, UV_RUN_NOWAIT);
	dial_cancel(&dial);
	uv_run(&loop, UV_RUN_DEFAULT);
	start("localhost", NULL, 0, 30000);
	dial_cancel(&dial);
	uv_run(&loop, UV_RUN_DEFAULT);
	dial_cancel(&dial);
	assert_int_equal(done, 0);
	hole_end(&hole);
}

#define with_loop(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_loop(test_a_socket_as_wanted),
		with_loop(test_refused),
		with_loop(test_the_next_address_when_one_is_refused),
		with_loop(test_dead_v6_and_living_v4),
		with_loop(test_a_slow_one_still_wins),
		with_loop(test_reached_while_busy),
		with_loop(test_away_before_the_next_address),
		with_loop(test_nobody_answers),
		with_loop(test_names),
		with_loop(test_no_such_host),
		with_loop(test_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
