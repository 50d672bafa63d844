// SPDX-License-Identifier: ISC
/*
 * maildrop_role.h - the maildrop role without its process, with a channel from
 * auth and two to sessions, for its tests.
 */
#ifndef TEST_MAILDROP_ROLE_H
#define TEST_MAILDROP_ROLE_H

#include <errno.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "mail_dir.h"
#include "os/fd.h"
#include "serve.h"

#define THREADS 3u
#define GIB     UINT64_C(1073741824)

static struct mail_dir d;
static struct maildrop_settings settings;
static struct serve_context serve;
static int auth, session[2]; /* our ends */

static inline int add_peer(enum role role, uint32_t id)
{
	struct timeval limit = { 120, 0 }; /* the machine may be busy */
	int pair[2];

	assert_int_equal(fd_channel_pair(pair, 1 << 20), 0);
	assert_int_equal(service_add(&serve.service, pair[1], role, id), 0);
	assert_int_equal(
	    setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)),
	    0);
	return pair[0];
}

static inline void begin_role(void)
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
	assert_int_equal(serve_start(&serve), 0);
	auth = add_peer(ROLE_AUTH, 0);
	session[0] = add_peer(ROLE_SESSION, 1);
	session[1] = add_peer(ROLE_SESSION, 2);
}

static inline int begin_test(void **state)
{
	(void)state;
	mail_dir_init(&d);
	memset(&settings, 0, sizeof(settings));
	begin_role();
	return 0;
}

static inline void await_peers(bool with_auth)
{
	struct service *s = &serve.service;

	pthread_mutex_lock(&s->lock);
	while (with_auth ? s->peers != NULL
			 : s->peers != NULL && (s->peers->next != NULL ||
						s->peers->role != ROLE_AUTH)) {
		pthread_cond_wait(&s->gone, &s->lock);
	}
	pthread_mutex_unlock(&s->lock);
}

/* The sessions first: a channel from auth that ends before them is a fault that
 * its thread waits for. */
static inline void end_role(void)
{
	fd_close(&session[0]);
	fd_close(&session[1]);
	await_peers(false);
	fd_close(&auth);
	await_peers(true);
	assert_true(serve_stop(&serve));
	cache_close(&serve.drops.cache);
	tally_destroy(&serve.drops.tally);
}

static inline int end_test(void **state)
{
	(void)state;
	end_role();
	mail_dir_finish(&d);
	return 0;
}

static inline void send_packet(int fd, struct packet *p)
{
	assert_int_equal(channel_send(fd, p), CHANNEL_OK);
}

static inline void receive_any(int fd, struct packet *p)
{
	assert_int_equal(
	    channel_receive_checked(fd, p, ROLE_MAILDROP, ROLE_SESSION),
	    CHANNEL_OK);
}

static inline void receive(int fd, struct packet *p, enum packet_type type)
{
	receive_any(fd, p);
	assert_int_equal(p->as.head.type, type);
}

static inline void assert_dropped(int fd)
{
	struct packet p;

	assert_int_equal(channel_receive(fd, &p), CHANNEL_EOF);
}

static inline void grant(uint32_t id, uint64_t conn, const char *path)
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

static inline enum packet_status try_open(uint32_t id, uint64_t conn,
					  const char *path, struct packet *p)
{
	grant(id, conn, path);
	receive(session[id - 1], p, PACKET_OPENED);
	assert_int_equal(p->as.opened.conn, conn);
	return (enum packet_status)p->as.opened.status;
}

static inline uint64_t open_box(uint32_t id, uint64_t conn, uint32_t count)
{
	struct packet p;

	assert_int_equal(try_open(id, conn, "box", &p), STATUS_OK);
	assert_int_equal(p.as.opened.count, count);
	return p.as.opened.handle;
}

static inline void ask_fetch(int fd, uint64_t conn, uint64_t handle,
			     uint32_t idx, uint32_t count)
{
	struct packet p;

	packet_init(&p, PACKET_FETCH);
	p.as.fetch.conn = conn;
	p.as.fetch.handle = handle;
	p.as.fetch.idx = idx;
	p.as.fetch.count = count;
	send_packet(fd, &p);
}

static inline enum packet_status fetch(int fd, uint64_t conn, uint64_t handle,
				       uint32_t idx, char *text_r, size_t cap)
{
	struct packet p;
	struct packet_text text;
	const uint8_t *at;
	size_t len;

	ask_fetch(fd, conn, handle, idx, 1);
	receive_any(fd, &p);
	if (p.as.head.type == PACKET_MESSAGE) { /* none of them is large */
		assert_int_equal(p.as.message.conn, conn);
		assert_int_equal(p.as.message.idx, idx);
		assert_int_not_equal(p.as.message.status, STATUS_OK);
		return (enum packet_status)p.as.message.status;
	}
	assert_int_equal(p.as.head.type, PACKET_TEXTS);
	assert_int_equal(p.as.texts.conn, conn);
	assert_int_equal(p.as.texts.idx, idx);
	assert_int_equal(p.as.texts.count, 1);
	at = packet_tail(&p);
	len = packet_tail_len(&p);
	assert_true(packet_take_text(&at, &len, &text));
	assert_true(text.len < cap);
	memcpy(text_r, text.at, text.len);
	text_r[text.len] = '\0';
	return STATUS_OK;
}

static inline void send_handle(int fd, enum packet_type type, uint64_t conn,
			       uint64_t handle)
{
	struct packet p;

	packet_init(&p, type);
	p.as.handle.conn = conn;
	p.as.handle.handle = handle;
	send_packet(fd, &p);
}

static inline void send_close(int fd, uint64_t conn, uint64_t handle,
			      bool is_broken)
{
	struct packet p;

	packet_init(&p, PACKET_CLOSE);
	p.as.close.conn = conn;
	p.as.close.handle = handle;
	p.as.close.is_broken = is_broken;
	send_packet(fd, &p);
}

static inline void send_mark(int fd, uint64_t conn, uint64_t handle,
			     uint32_t first, const void *bits, uint32_t octets)
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

static inline void send_commit(int fd, uint64_t conn, uint64_t handle,
			       uint32_t marked)
{
	struct packet p;

	packet_init(&p, PACKET_COMMIT);
	p.as.commit.conn = conn;
	p.as.commit.handle = handle;
	p.as.commit.marked = marked;
	send_packet(fd, &p);
}

static inline void commit(int fd, uint64_t conn, uint64_t handle,
			  uint32_t marked, uint32_t removed, uint32_t stayed)
{
	struct packet p;

	send_commit(fd, conn, handle, marked);
	receive(fd, &p, PACKET_COMMITTED);
	assert_int_equal(p.as.committed.conn, conn);
	assert_int_equal(p.as.committed.removed, removed);
	assert_int_equal(p.as.committed.stayed, stayed);
}

/* Its stamps can be trusted then. */
static inline void age_box(void)
{
	mail_dir_age(&d);
	usleep(2100000); /* the ctime of new/ too is old then */
}

static inline void deliver_many(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		char name[64];

		snprintf(name, sizeof(name), "new/%u.M%uP1.host", 1000 + i, i);
		mail_dir_put(&d, name, "text\n");
	}
}

static inline void get_listing(int fd, uint64_t conn, uint64_t handle,
			       uint32_t count)
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

/* Whether anybody holds the lock of the box. */
static inline bool is_locked(void)
{
	int fd = open(d.box, O_RDONLY | O_DIRECTORY);
	bool is_free = flock(fd, LOCK_EX | LOCK_NB) == 0;

	close(fd);
	return !is_free;
}

static inline void await_unlock(void)
{
	for (unsigned i = 0; i < 2000 && is_locked(); i++) {
		usleep(5000);
	}
	assert_false(is_locked());
}

/* A message that takes no disk, but has to be read to its end. */
static inline void put_hole(const char *box, const char *name, uint64_t octets)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s/new/%s", d.root, box, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)octets), 0);
	close(fd);
}

static inline void put_three(void)
{
	mail_dir_put(&d, "new/1.a", "one\n");
	mail_dir_put(&d, "new/2.b", "two\n");
	mail_dir_put(&d, "cur/3.c:2,S", "three\n");
}

#endif
