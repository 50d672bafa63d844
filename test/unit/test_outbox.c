// SPDX-License-Identifier: ISC
/*
 * test_outbox.c - packets to a role that takes its time: none is lost, none
 * overtakes another, and none is left in memory.
 */
#include "unit.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "os/fd.h"
#include "session/outbox.h"

#define PACKETS 500

static struct outbox o;
static int near, far;
static struct packet p;

static int setup(void **state)
{
	int pair[2];

	(void)state;
	assert_int_equal(fd_channel_pair(pair, 4096), 0);
	near = pair[0];
	far = pair[1];
	assert_int_equal(fd_set_nonblocking(near, true), 0);
	assert_int_equal(fd_set_nonblocking(far, true), 0);
	outbox_init(&o);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	outbox_finish(&o);
	assert_true(outbox_is_empty(&o));
	fd_close(&near);
	fd_close(&far);
	return 0;
}

/* Of odd lengths, so that a wrong one would be seen. */
static void make(uint32_t i)
{
	uint8_t tail[200];

	memset(tail, (int)i, sizeof(tail));
	packet_init(&p, PACKET_FETCH);
	p.as.fetch.idx = i;
	p.as.fetch.count = 1;
	assert_true(packet_put(&p, tail, i % sizeof(tail)));
}

static int send_one(uint32_t i)
{
	make(i);
	return outbox_send(&o, near, &p);
}

/* Receives all there is; the next is to be number next.  Returns the one to be
 * next then. */
static uint32_t receive_from(uint32_t next)
{
	static struct packet got;

	while (channel_receive(far, &got) == CHANNEL_OK) {
		make(next);
		assert_int_equal(got.len, p.len);
		assert_memory_equal(got.as.octets, p.as.octets, p.len);
		next++;
	}
	return next;
}

static void test_with_room_nothing_waits(void **state)
{
	(void)state;
	assert_int_equal(send_one(0), CHANNEL_OK);
	assert_true(outbox_is_empty(&o));
	assert_int_equal(receive_from(0), 1);
	assert_int_equal(outbox_flush(&o, near), CHANNEL_OK);
}

static void test_without_room_order_is_kept(void **state)
{
	uint32_t next;

	(void)state;
	for (uint32_t i = 0; i < PACKETS; i++) {
		assert_int_equal(send_one(i), CHANNEL_OK);
	}
	assert_false(outbox_is_empty(&o));
	assert_int_equal(outbox_flush(&o, near), CHANNEL_OK); /* no room */
	assert_false(outbox_is_empty(&o));
	next = receive_from(0);
	assert_true(next > 0 && next < PACKETS);
	/* there is room now, but others were first */
	assert_int_equal(send_one(PACKETS), CHANNEL_OK);
	while (!outbox_is_empty(&o)) {
		assert_int_equal(outbox_flush(&o, near), CHANNEL_OK);
		next = receive_from(next);
	}
	assert_int_equal(next, PACKETS + 1);
	/* and it starts anew */
	assert_int_equal(send_one(next), CHANNEL_OK);
	assert_true(outbox_is_empty(&o));
	assert_int_equal(receive_from(next), next + 1);
}

static void test_a_role_that_is_gone(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < PACKETS; i++) {
		assert_int_equal(send_one(i), CHANNEL_OK);
	}
	fd_close(&far);
	assert_int_equal(outbox_flush(&o, near), CHANNEL_EOF);
	assert_false(outbox_is_empty(&o)); /* the process ends now */
	outbox_finish(&o);
	assert_int_equal(send_one(0), CHANNEL_EOF);
	assert_true(outbox_is_empty(&o));
}

/* free() takes all memory of the outbox here; before it does, it looks. */
static const char secret[] = "correct horse battery staple";
static bool looks;
static unsigned freed_with_secret, freed;

void __real_free(void *at);
void __wrap_free(void *at);

void __wrap_free(void *at)
{
	if (looks && at != NULL) {
		freed++;
		freed_with_secret += memmem(at, malloc_usable_size(at), secret,
					    sizeof(secret) - 1) != NULL;
	}
	__real_free(at);
}

static void keep_logins(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		packet_init(&p, PACKET_LOGIN);
		p.as.login.secret_len = sizeof(secret);
		assert_true(packet_put(&p, secret, sizeof(secret)));
		assert_int_equal(outbox_send(&o, near, &p), CHANNEL_OK);
	}
	assert_false(outbox_is_empty(&o));
}

static void test_what_waited_is_wiped(void **state)
{
	static struct packet got;

	(void)state;
	keep_logins(PACKETS);
	freed = freed_with_secret = 0;
	looks = true;
	while (!outbox_is_empty(&o)) {
		assert_int_equal(channel_receive(far, &got), CHANNEL_OK);
		assert_int_equal(outbox_flush(&o, near), CHANNEL_OK);
	}
	looks = false;
	assert_true(freed > 0);
	assert_int_equal(freed_with_secret, 0);
}

static void test_what_is_given_up_is_wiped(void **state)
{
	(void)state;
	keep_logins(PACKETS);
	freed = freed_with_secret = 0;
	looks = true;
	outbox_finish(&o);
	looks = false;
	assert_true(freed > 0);
	assert_int_equal(freed_with_secret, 0);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		ROW(test_with_room_nothing_waits),
		ROW(test_without_room_order_is_kept),
		ROW(test_a_role_that_is_gone),
		ROW(test_what_waited_is_wiped),
		ROW(test_what_is_given_up_is_wiped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
