// SPDX-License-Identifier: ISC
/*
 * test_maildrop_lies.c - how the maildrop role meets a session process that
 * says what it may not.
 */
#include "unit.h"

#include "maildrop_role.h"

/* Each is said to a session of its own, with alice's maildrop open on the other
 * one; it ends the liar, and nobody else. */
struct lie {
	const char *what;
	void (*tell)(int fd, uint64_t own, uint64_t other);
};

static void tell_foreign_handle(int fd, uint64_t own, uint64_t other)
{
	(void)own;
	send_handle(fd, PACKET_CLOSE, 1, other + 1000);
}

static void tell_foreign_conn(int fd, uint64_t own, uint64_t other)
{
	(void)other;
	send_handle(fd, PACKET_GET_LISTING, 1, own);
}

static void tell_next_generation(int fd, uint64_t own, uint64_t other)
{
	(void)other;
	send_handle(fd, PACKET_CLOSE, 2, own + (UINT64_C(1) << 32));
}

static void tell_no_handle(int fd, uint64_t own, uint64_t other)
{
	(void)own;
	(void)other;
	send_handle(fd, PACKET_GET_LISTING, 2, 0);
}

static void tell_bad_index(int fd, uint64_t own, uint64_t other)
{
	struct packet p;

	(void)other;
	packet_init(&p, PACKET_FETCH);
	p.as.fetch.conn = 2;
	p.as.fetch.handle = own;
	p.as.fetch.idx = 3;
	p.as.fetch.count = 1;
	send_packet(fd, &p);
}

static void tell_run(int fd, uint64_t own, uint32_t idx, uint32_t count)
{
	struct packet p;

	packet_init(&p, PACKET_FETCH);
	p.as.fetch.conn = 2;
	p.as.fetch.handle = own;
	p.as.fetch.idx = idx;
	p.as.fetch.count = count;
	send_packet(fd, &p);
}

/* Beyond the end, and so far beyond it that a sum would wrap. */
static void tell_run_beyond(int fd, uint64_t own, uint64_t other)
{
	(void)other;
	tell_run(fd, own, 1, 3);
}

static void tell_run_far_beyond(int fd, uint64_t own, uint64_t other)
{
	(void)other;
	tell_run(fd, own, UINT32_MAX, 4);
}

static void tell_run_of_none(int fd, uint64_t own, uint64_t other)
{
	(void)other;
	tell_run(fd, own, 0, 0);
}

static void tell_run_too_long(int fd, uint64_t own, uint64_t other)
{
	(void)other;
	tell_run(fd, own, 0, PACKET_TEXTS_MAX + 1);
}

static void tell_mark_beyond(int fd, uint64_t own, uint64_t other)
{
	(void)other;
	send_mark(fd, 2, own, 0, "\x08", 1);
}

static void tell_mark_far_beyond(int fd, uint64_t own, uint64_t other)
{
	(void)other;
	send_mark(fd, 2, own, UINT32_MAX - 7, "\x01", 1);
}

static void tell_fewer_marks(int fd, uint64_t own, uint64_t other)
{
	(void)other;
	send_mark(fd, 2, own, 0, "\x03", 1);
	send_mark(fd, 2, own, 0, "\x03", 1);
	usleep(100000);
	send_commit(fd, 2, own, 1);
}

static void tell_more_marks(int fd, uint64_t own, uint64_t other)
{
	(void)other;
	send_mark(fd, 2, own, 0, "\x03", 1);
	send_commit(fd, 2, own, 4);
}

static void tell_commit_again(int fd, uint64_t own, uint64_t other)
{
	struct packet p;

	(void)other;
	send_commit(fd, 2, own, 0);
	receive(fd, &p, PACKET_COMMITTED);
	send_commit(fd, 2, own, 0);
}

static void tell_grant(int fd, uint64_t own, uint64_t other)
{
	struct packet p;

	(void)own;
	(void)other;
	packet_init(&p, PACKET_GRANT);
	p.as.grant.conn = 9;
	p.as.grant.session = 2;
	p.as.grant.path_len = 3;
	assert_true(packet_put(&p, "box", 3));
	send_packet(fd, &p);
}

static void tell_with_descriptor(int fd, uint64_t own, uint64_t other)
{
	struct packet p;

	(void)other;
	packet_init(&p, PACKET_CLOSE);
	p.as.close.conn = 2;
	p.as.close.handle = own;
	p.fd = open("/dev/null", O_RDONLY);
	send_packet(fd, &p);
}

static const struct lie lies[] = {
	{ "another channel's handle", tell_foreign_handle },
	{ "another connection", tell_foreign_conn },
	{ "a handle to come", tell_next_generation },
	{ "no handle", tell_no_handle },
	{ "an index out of range", tell_bad_index },
	{ "messages beyond the last", tell_run_beyond },
	{ "messages far beyond the last", tell_run_far_beyond },
	{ "no message", tell_run_of_none },
	{ "too many messages", tell_run_too_long },
	{ "a mark out of range", tell_mark_beyond },
	{ "a mark far out of range", tell_mark_far_beyond },
	{ "fewer marks than it made", tell_fewer_marks },
	{ "more marks than it made", tell_more_marks },
	{ "a commit twice", tell_commit_again },
	{ "a grant of its own", tell_grant },
	{ "a descriptor", tell_with_descriptor },
};

static void test_lies(void **state)
{
	size_t fds;

	(void)state;
	put_three();
	mail_dir_make_box(&d, "other");
	fds = fd_count_open();
	for (size_t i = 0; i < COUNT_OF(lies); i++) {
		uint64_t other, own;
		struct packet p;

		print_message("lie: %s\n", lies[i].what);
		assert_int_equal(try_open(1, 1, "other", &p), STATUS_OK);
		other = p.as.opened.handle;
		own = open_box(2, 2, 3);
		lies[i].tell(session[1], own, other);
		assert_dropped(session[1]);
		await_unlock();
		assert_true(mail_dir_has(&d, "new/1.a"));
		assert_true(mail_dir_has(&d, "cur/3.c:2,S"));
		commit(session[0], 1, other, 0, 0, 0);
		fd_close(&session[1]);
		session[1] = add_peer(ROLE_SESSION, 2);
	}
	assert_int_equal(fd_count_open(), fds);
}

/* A handle of the other channel that would be in range here is this channel's
 * own, of another connection, or none. */
static void test_a_handle_is_of_its_channel(void **state)
{
	struct packet p;
	uint64_t first, second;

	(void)state;
	put_three();
	mail_dir_make_box(&d, "other");
	assert_int_equal(try_open(2, 5, "other", &p), STATUS_OK);
	second = p.as.opened.handle;
	first = open_box(1, 5, 3);
	assert_int_equal(first, second); /* both are the first of a channel */
	send_handle(session[1], PACKET_GET_LISTING, 5, first);
	receive(session[1], &p, PACKET_LISTING);
	assert_true(p.as.listing.len < 100); /* of "other", which is empty */
	fd_close(&p.fd);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lies),
		TEST(test_a_handle_is_of_its_channel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
