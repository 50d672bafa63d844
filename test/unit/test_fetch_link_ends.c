// SPDX-License-Identifier: ISC
/*
 * test_fetch_link_ends.c - link.c in clear text: how a connection ends, and
 * that nothing is left of it.
 */
#include "linked_clear.h"

#include "os/fd.h"

static void play_last_words(struct played *s)
{
	struct linger hard = { .l_onoff = 1, .l_linger = 0 };

	played_say(s, "-ERR [SYS/TEMP] going down\r\n");
	usleep(100000);
	setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
}

static void test_reset(void **state)
{
	(void)state;
	open_to(play_last_words);
	linked_until(&k, false);
	assert_slice(octets_all(&k.came), "-ERR [SYS/TEMP] going down\r\n");
	assert_int_equal(k.end, LINK_END_FAILED);
	assert_why(&k, WHY_NETWORK,
		   "the connection to pop.test broke: Connection reset");
	played_end(&p);
}

static void play_bye(struct played *s)
{
	played_say(s, "-ERR go away\r\n");
}

/* What the server said before it went is heard though nothing can be sent. */
static void test_last_words_are_heard(void **state)
{
	(void)state;
	open_to(play_bye);
	linked_until(&k, k.ready == 1);
	link_pause(k.link);
	for (unsigned i = 0; i < 20; i++) {
		usleep(10000);
		linked_say(&k, "NOOP\r\n");
		uv_run(&k.loop, UV_RUN_NOWAIT);
	}
	assert_int_equal(k.ended, 0);
	link_resume(k.link);
	linked_until(&k, false);
	assert_slice(octets_all(&k.came), "-ERR go away\r\n");
	assert_int_equal(k.ended, 1);
	played_end(&p);
}

/* The end is told behind the octets, and not while they are not wanted. */
static void test_the_end_waits_for_a_pause(void **state)
{
	(void)state;
	open_to(play_bye);
	k.on_octets = linked_pause_on_octets;
	linked_until(&k, k.came.len != 0);
	played_end(&p);
	for (unsigned i = 0; i < 10; i++) {
		uv_run(&k.loop, UV_RUN_NOWAIT);
		usleep(1000);
	}
	assert_int_equal(k.ended, 0);
	link_resume(k.link);
	linked_until(&k, false);
	assert_int_equal(k.end, LINK_END_CLOSED);
}

static void close_it(struct linked *l)
{
	link_close(&l->link);
}

static void close_it_on_octets(struct linked *l, struct block *block,
			       size_t offset, size_t len)
{
	(void)block;
	(void)offset;
	(void)len;
	link_close(&l->link);
}

static void test_closed_in_its_own_events(void **state)
{
	(void)state;
	k.on_ready = close_it;
	open_to(play_bye);
	linked_until(&k, k.ready == 1);
	uv_run(&k.loop, UV_RUN_NOWAIT);
	played_end(&p);
	k.on_ready = NULL;
	k.on_octets = close_it_on_octets;
	open_to(play_bye);
	linked_until(&k, k.came.len != 0);
	uv_run(&k.loop, UV_RUN_NOWAIT);
	played_end(&p);
	assert_int_equal(k.ended, 0);
	/* and before anything happened */
	played_begin(&p, NULL, play_silence);
	linked_open(&k, &p.address, 1);
	linked_close(&k);
	{
		struct sockaddr_storage to = p.address;
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		(void)connect(fd, (struct sockaddr *)&to,
			      sizeof(struct sockaddr_in));
		played_end(&p);
		close(fd);
	}
}

static void test_refused_port(void **state)
{
	struct sockaddr_storage to;

	(void)state;
	close(listen_on("127.0.0.1", 1, &to));
	linked_open(&k, &to, 1);
	linked_until(&k, false);
	assert_int_equal(k.ready, 0);
	assert_int_equal(k.end, LINK_END_FAILED);
	assert_why(&k, WHY_NETWORK, "Connection refused");
}

static void test_no_descriptor_stays(void **state)
{
	size_t before;

	(void)state;
	uv_run(&k.loop, UV_RUN_NOWAIT);
	before = fd_count_open();
	for (unsigned i = 0; i < 5; i++) {
		open_to(play_dialogue);
		linked_say(&k, "QUIT\r\n");
		linked_until(&k, false);
		linked_close(&k);
		played_end(&p);
		assert_int_equal(fd_count_open(), before);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_link(test_reset),
		with_link(test_last_words_are_heard),
		with_link(test_the_end_waits_for_a_pause),
		with_link(test_closed_in_its_own_events),
		with_link(test_refused_port),
		with_link(test_no_descriptor_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
