// SPDX-License-Identifier: ISC
/*
 * test_maildrop.c - the maildrop role without its process: grants from auth and
 * requests of two sessions over real channels, what they get, and how the role
 * meets a session that says what it may not.
 */
#include "unit.h"

#include <errno.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "mail_dir.h"
#include "os/fd.h"
#include "serve.h"

#define THREADS 3u

static struct mail_dir d;
static struct maildrop_settings settings;
static struct serve_context serve;
static int auth, session[2]; /* our ends */

static int add_peer(enum role role, uint32_t id)
{
	struct timeval limit = { 20, 0 };
	int pair[2];

	assert_int_equal(fd_channel_pair(pair, 1 << 20), 0);
	assert_int_equal(service_add(&serve.service, pair[1], role, id), 0);
	assert_int_equal(
	    setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)),
	    0);
	return pair[0];
}

static void begin_role(void)
{
	char path[160];

	serve = (struct serve_context){ 0 };
	serve.drops.store = &store_maildir;
	serve.drops.settings = &settings;
	serve.drops.root_fd = d.root_fd;
	serve.drops.locks_fd = -1;
	snprintf(path, sizeof(path), "%s/sizes", d.cache);
	serve.drops.cache = cache_open(path, 64u << 20, false);
	assert_non_null(serve.drops.cache);
	if (settings.shared_lock) {
		serve.drops.tally = tally_create(settings.sessions_per_user);
	}
	service_init(&serve.service, ROLE_MAILDROP, -1, THREADS, &serve_ops,
		     &serve);
	auth = add_peer(ROLE_AUTH, 0);
	session[0] = add_peer(ROLE_SESSION, 1);
	session[1] = add_peer(ROLE_SESSION, 2);
}

static int begin_test(void **state)
{
	(void)state;
	mail_dir_init(&d);
	memset(&settings, 0, sizeof(settings));
	begin_role();
	return 0;
}

static void end_role(void)
{
	fd_close(&auth);
	fd_close(&session[0]);
	fd_close(&session[1]);
	pthread_mutex_lock(&serve.service.lock);
	while (serve.service.peers != NULL) {
		pthread_cond_wait(&serve.service.gone, &serve.service.lock);
	}
	pthread_mutex_unlock(&serve.service.lock);
	cache_close(&serve.drops.cache);
	tally_destroy(&serve.drops.tally);
}

static int end_test(void **state)
{
	(void)state;
	end_role();
	mail_dir_finish(&d);
	return 0;
}

static void send_packet(int fd, struct packet *p)
{
	assert_int_equal(channel_send(fd, p), CHANNEL_OK);
}

static void receive(int fd, struct packet *p, enum packet_type type)
{
	assert_int_equal(
	    channel_receive_checked(fd, p, ROLE_MAILDROP, ROLE_SESSION),
	    CHANNEL_OK);
	assert_int_equal(p->as.head.type, type);
}

static void assert_dropped(int fd)
{
	struct packet p;

	assert_int_equal(channel_receive(fd, &p), CHANNEL_EOF);
}

static void grant(uint32_t id, uint64_t conn, const char *path)
{
	struct packet p;

	packet_init(&p, PACKET_GRANT);
	p.as.grant.conn = conn;
	p.as.grant.session = id;
	p.as.grant.uid = 1000;
	p.as.grant.gid = 1000;
	p.as.grant.user_len = 5;
	p.as.grant.path_len = (uint16_t)strlen(path);
	assert_true(packet_put(&p, "alice", 5));
	assert_true(packet_put(&p, path, strlen(path)));
	send_packet(auth, &p);
}

static enum packet_status try_open(uint32_t id, uint64_t conn, const char *path,
				   struct packet *p)
{
	grant(id, conn, path);
	receive(session[id - 1], p, PACKET_OPENED);
	assert_int_equal(p->as.opened.conn, conn);
	return (enum packet_status)p->as.opened.status;
}

static uint64_t open_box(uint32_t id, uint64_t conn, uint32_t count)
{
	struct packet p;

	assert_int_equal(try_open(id, conn, "box", &p), STATUS_OK);
	assert_int_equal(p.as.opened.count, count);
	return p.as.opened.handle;
}

static enum packet_status fetch(int fd, uint64_t conn, uint64_t handle,
				uint32_t idx, char *text_r, size_t cap)
{
	struct packet p;
	ssize_t n;

	packet_init(&p, PACKET_FETCH);
	p.as.fetch.conn = conn;
	p.as.fetch.handle = handle;
	p.as.fetch.idx = idx;
	send_packet(fd, &p);
	receive(fd, &p, PACKET_MESSAGE);
	assert_int_equal(p.as.message.conn, conn);
	assert_int_equal(p.as.message.idx, idx);
	if (p.as.message.status == STATUS_OK) {
		n = read(p.fd, text_r, cap - 1);
		assert_int_equal(n, p.as.message.stored);
		text_r[n] = '\0';
		fd_close(&p.fd);
	}
	return (enum packet_status)p.as.message.status;
}

static void send_handle(int fd, enum packet_type type, uint64_t conn,
			uint64_t handle)
{
	struct packet p;

	packet_init(&p, type);
	p.as.handle.conn = conn;
	p.as.handle.handle = handle;
	send_packet(fd, &p);
}

static void send_mark(int fd, uint64_t conn, uint64_t handle, uint32_t first,
		      const void *bits, uint32_t octets)
{
	struct packet p;

	packet_init(&p, PACKET_MARK);
	p.as.mark.conn = conn;
	p.as.mark.handle = handle;
	p.as.mark.first = first;
	p.as.mark.octets = octets;
	assert_true(packet_put(&p, bits, octets));
	send_packet(fd, &p);
}

static void send_commit(int fd, uint64_t conn, uint64_t handle, uint32_t marked)
{
	struct packet p;

	packet_init(&p, PACKET_COMMIT);
	p.as.commit.conn = conn;
	p.as.commit.handle = handle;
	p.as.commit.marked = marked;
	send_packet(fd, &p);
}

static void commit(int fd, uint64_t conn, uint64_t handle, uint32_t marked,
		   uint32_t removed, uint32_t stayed)
{
	struct packet p;

	send_commit(fd, conn, handle, marked);
	receive(fd, &p, PACKET_COMMITTED);
	assert_int_equal(p.as.committed.conn, conn);
	assert_int_equal(p.as.committed.removed, removed);
	assert_int_equal(p.as.committed.stayed, stayed);
}

/* Whether anybody holds the lock of the box. */
static bool is_locked(void)
{
	int fd = open(d.box, O_RDONLY | O_DIRECTORY);
	bool is_free = flock(fd, LOCK_EX | LOCK_NB) == 0;

	close(fd);
	return !is_free;
}

static void await_unlock(void)
{
	for (unsigned i = 0; i < 2000 && is_locked(); i++) {
		usleep(5000);
	}
	assert_false(is_locked());
}

static void put_three(void)
{
	mail_dir_put(&d, "new/1.a", "one\n");
	mail_dir_put(&d, "new/2.b", "two\n");
	mail_dir_put(&d, "cur/3.c:2,S", "three\n");
}

static void test_a_session(void **state)
{
	const uint8_t marks[] = { 0x05 };
	struct snapshot s;
	struct packet p;
	char text[32];
	uint64_t handle;
	int fd = session[0];

	(void)state;
	put_three();
	assert_int_equal(try_open(1, 77, "box", &p), STATUS_OK);
	assert_int_equal(p.as.opened.count, 3);
	assert_int_equal(p.as.opened.octets, 17);
	assert_true(snapshot_view(packet_tail(&p), packet_tail_len(&p), &s));
	assert_int_equal(s.head->count, 3);
	handle = p.as.opened.handle;
	assert_true(is_locked());
	assert_int_equal(fetch(fd, 77, handle, 2, text, sizeof(text)),
			 STATUS_OK);
	assert_string_equal(text, "three\n");
	mail_dir_unlink(&d, "new/2.b");
	assert_int_equal(fetch(fd, 77, handle, 1, text, sizeof(text)),
			 STATUS_GONE);
	send_mark(fd, 77, handle, 0, marks, 1);
	commit(fd, 77, handle, 2, 2, 0);
	assert_false(is_locked());
	assert_false(mail_dir_has(&d, "new/1.a"));
	assert_false(mail_dir_has(&d, "cur/3.c:2,S"));
	handle = open_box(1, 78, 0);
	commit(fd, 78, handle, 0, 0, 0);
}

static void test_close_removes_nothing(void **state)
{
	const uint8_t marks[] = { 0x07 };
	uint64_t handle;

	(void)state;
	put_three();
	handle = open_box(1, 1, 3);
	send_mark(session[0], 1, handle, 0, marks, 1);
	send_handle(session[0], PACKET_CLOSE, 1, handle);
	await_unlock();
	assert_true(mail_dir_has(&d, "new/1.a"));
	/* late ones are no offence */
	send_handle(session[0], PACKET_CLOSE, 1, handle);
	send_mark(session[0], 1, handle, 0, marks, 1);
	handle = open_box(1, 2, 3);
	/* a session process that ends */
	send_mark(session[0], 2, handle, 0, marks, 1);
	fd_close(&session[0]);
	await_unlock();
	(void)open_box(2, 3, 3);
}

static void test_locked(void **state)
{
	struct packet p;
	uint64_t handle;

	(void)state;
	handle = open_box(1, 1, 0);
	assert_int_equal(try_open(1, 2, "box", &p), STATUS_IN_USE);
	assert_int_equal(p.as.opened.handle, 0);
	assert_int_equal(try_open(2, 3, "box", &p), STATUS_IN_USE);
	commit(session[0], 1, handle, 0, 0, 0);
	(void)open_box(2, 4, 0);
}

static void test_shared(void **state)
{
	struct packet p;
	uint64_t handle;

	(void)state;
	end_role();
	settings.shared_lock = true;
	settings.sessions_per_user = 2;
	begin_role();
	handle = open_box(1, 1, 0);
	(void)open_box(2, 2, 0);
	assert_int_equal(try_open(1, 3, "box", &p), STATUS_IN_USE);
	commit(session[0], 1, handle, 0, 0, 0);
	(void)open_box(1, 4, 0);
}

static void test_what_cannot_be_opened(void **state)
{
	struct packet p;

	(void)state;
	assert_int_equal(try_open(1, 1, "../box", &p), STATUS_PERM);
	assert_int_equal(try_open(1, 2, "no/body", &p), STATUS_TEMP);
	assert_int_equal(try_open(1, 3, "nobody", &p), STATUS_OK);
	assert_int_equal(p.as.opened.count, 0);
	commit(session[0], 3, p.as.opened.handle, 0, 0, 0);
	grant(9, 4, "box"); /* of a session process that is gone */
	(void)open_box(2, 5, 0);
}

static void deliver_many(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		char name[64];

		snprintf(name, sizeof(name), "new/%u.M%uP1.host", 1000 + i, i);
		mail_dir_put(&d, name, "text\n");
	}
}

static void get_listing(int fd, uint64_t conn, uint64_t handle, uint32_t count)
{
	struct snapshot s;
	struct packet p;
	void *memory;

	send_handle(fd, PACKET_GET_LISTING, conn, handle);
	receive(fd, &p, PACKET_LISTING);
	assert_int_equal(p.as.listing.status, STATUS_OK);
	assert_int_equal(fcntl(p.fd, F_GET_SEALS), F_SEAL_SEAL | F_SEAL_SHRINK |
						       F_SEAL_GROW |
						       F_SEAL_WRITE);
	assert_ptr_equal(mmap(NULL, p.as.listing.len, PROT_READ | PROT_WRITE,
			      MAP_SHARED, p.fd, 0),
			 MAP_FAILED);
	memory = mmap(NULL, p.as.listing.len, PROT_READ, MAP_PRIVATE, p.fd, 0);
	assert_ptr_not_equal(memory, MAP_FAILED);
	assert_true(snapshot_view(memory, p.as.listing.len, &s));
	assert_true(snapshot_is_sound(&s));
	assert_int_equal(s.head->count, count);
	munmap(memory, p.as.listing.len);
	fd_close(&p.fd);
}

static void test_a_large_list(void **state)
{
	uint8_t marks[125];
	uint64_t handle;
	char text[32];

	(void)state;
	deliver_many(1000);
	for (uint64_t conn = 1; conn < 4; conn++) {
		if (conn == 2) {
			mail_dir_age(&d);
		}
		handle = open_box(1, conn, 1000);
		get_listing(session[0], conn, handle, 1000);
		get_listing(session[0], conn, handle, 1000);
		assert_int_equal(fetch(session[0], conn, handle, 999, text, 32),
				 STATUS_OK);
		commit(session[0], conn, handle, 0, 0, 0);
	}
	memset(marks, 0xff, sizeof(marks));
	handle = open_box(1, 4, 1000);
	for (uint32_t first = 0; first < 1000; first += 200) {
		send_mark(session[0], 4, handle, first, marks, 25);
	}
	commit(session[0], 4, handle, 1000, 1000, 0);
	(void)open_box(1, 5, 0);
}

/* The list that was counted at the log-in is still the one that is sent later,
 * or none is. */
static void test_a_list_that_the_cache_loses(void **state)
{
	struct cache_id id;
	struct packet p;
	struct stat st;
	uint64_t handle;

	(void)state;
	deliver_many(200);
	mail_dir_age(&d);
	handle = open_box(1, 1, 200);
	commit(session[0], 1, handle, 0, 0, 0);
	assert_int_equal(stat(d.box, &st), 0);
	id = (struct cache_id){ st.st_dev, st.st_ino };
	usleep(2100000); /* the ctime of new/ too is old then */
	handle = open_box(1, 2, 200);
	commit(session[0], 2, handle, 0, 0, 0);
	handle = open_box(1, 3, 200);
	cache_forget(serve.drops.cache, id);
	get_listing(session[0], 3, handle, 200);
	commit(session[0], 3, handle, 0, 0, 0);
	handle = open_box(1, 4, 200);
	cache_forget(serve.drops.cache, id);
	mail_dir_put(&d, "new/9999.late", "late\n");
	send_handle(session[0], PACKET_GET_LISTING, 4, handle);
	receive(session[0], &p, PACKET_LISTING);
	assert_int_equal(p.as.listing.status, STATUS_TEMP);
	commit(session[0], 4, handle, 0, 0, 0);
	handle = open_box(1, 5, 201);
	get_listing(session[0], 5, handle, 201);
}

static void test_a_size_that_was_wrong(void **state)
{
	char text[32];
	uint64_t handle;
	struct packet p;

	(void)state;
	put_three();
	handle = open_box(1, 1, 3);
	assert_int_equal(truncate(mail_dir_path(&d, "new/1.a"), 2), 0);
	assert_int_equal(fetch(session[0], 1, handle, 0, text, 32),
			 STATUS_CHANGED);
	commit(session[0], 1, handle, 0, 0, 0);
	handle = open_box(1, 2, 3);
	assert_int_equal(fetch(session[0], 2, handle, 0, text, 32), STATUS_OK);
	assert_string_equal(text, "on");
	/* cut while it is sent: the session closes in the middle */
	assert_int_equal(truncate(mail_dir_path(&d, "new/1.a"), 1), 0);
	send_handle(session[0], PACKET_CLOSE, 2, handle);
	await_unlock();
	assert_int_equal(try_open(1, 3, "box", &p), STATUS_OK);
	assert_int_equal(p.as.opened.octets, 15);
}

static void test_some_stay(void **state)
{
	const uint8_t marks[] = { 0x07 };
	uint64_t handle;

	(void)state;
	put_three();
	handle = open_box(1, 1, 3);
	mail_dir_unlink(&d, "new/2.b");
	assert_int_equal(mkdir(mail_dir_path(&d, "new/2.b"), 0700), 0);
	send_mark(session[0], 1, handle, 0, marks, 1);
	commit(session[0], 1, handle, 3, 2, 1);
	assert_false(mail_dir_has(&d, "cur/3.c:2,S"));
}

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
	send_packet(fd, &p);
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
	p.as.handle.conn = 2;
	p.as.handle.handle = own;
	p.fd = open("/dev/null", O_RDONLY);
	send_packet(fd, &p);
}

static const struct lie lies[] = {
	{ "another channel's handle", tell_foreign_handle },
	{ "another connection", tell_foreign_conn },
	{ "a handle to come", tell_next_generation },
	{ "no handle", tell_no_handle },
	{ "an index out of range", tell_bad_index },
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
		TEST(test_a_session),
		TEST(test_close_removes_nothing),
		TEST(test_locked),
		TEST(test_shared),
		TEST(test_what_cannot_be_opened),
		TEST(test_a_large_list),
		TEST(test_a_list_that_the_cache_loses),
		TEST(test_a_size_that_was_wrong),
		TEST(test_some_stay),
		TEST(test_lies),
		TEST(test_a_handle_is_of_its_channel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
