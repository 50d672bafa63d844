// SPDX-License-Identifier: ISC
/*
 * linked.h - a link (fetch/net/link.h) in a loop of its own, what it told, and
 * a server for it: a thread that plays one connection, blocking, on loopback.
 */
#ifndef TEST_LINKED_H
#define TEST_LINKED_H

#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fetch/limits.h"
#include "fetch/net/link.h"
#include "issuer.h"
#include "must.h"
#include "octets.h"

#define GUARD_MS 60000u

/* --- the server --- */

struct played {
	int listener, fd;
	SSL_CTX *context; /* of its certificate */
	SSL *ssl;
	void (*play)(struct played *p);
	pthread_t thread;
	struct sockaddr_storage address;
	bool was_tls; /* what played_tls returned */
	bool was_resumed;
	atomic_bool is_over; /* the client has seen enough */
};

static inline void *played_run(void *arg)
{
	struct played *p = arg;
	struct pollfd pfd = { .fd = p->listener, .events = POLLIN };

	must(poll(&pfd, 1, (int)GUARD_MS) == 1, "a client");
	p->fd = accept(p->listener, NULL, NULL);
	must(p->fd != -1, "accept");
	p->play(p);
	SSL_free(p->ssl);
	p->ssl = NULL;
	close(p->fd);
	return NULL;
}

/* A socket that listens on a port of its own. */
static inline int listen_on(const char *address, int backlog,
			    struct sockaddr_storage *to_r)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)to_r;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to_r;
	socklen_t len = sizeof(*to_r);
	int fd;

	memset(to_r, 0, sizeof(*to_r));
	to_r->ss_family = AF_INET;
	if (inet_pton(AF_INET, address, &v4->sin_addr) != 1) {
		to_r->ss_family = AF_INET6;
		must(inet_pton(AF_INET6, address, &v6->sin6_addr) == 1,
		     "an address");
	}
	fd = socket(to_r->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(fd != -1 &&
		 bind(fd, (struct sockaddr *)to_r,
		      to_r->ss_family == AF_INET ? sizeof(*v4) : sizeof(*v6)) ==
		     0 &&
		 listen(fd, backlog) == 0 &&
		 getsockname(fd, (struct sockaddr *)to_r, &len) == 0,
	     "a port to listen on");
	return fd;
}

static inline void played_begin(struct played *p, SSL_CTX *context,
				void (*play)(struct played *p))
{
	*p = (struct played){ .context = context, .play = play };
	p->listener = listen_on("127.0.0.1", 8, &p->address);
	must(pthread_create(&p->thread, NULL, played_run, p) == 0, "a thread");
}

static inline void played_end(struct played *p)
{
	atomic_store(&p->is_over, true);
	pthread_join(p->thread, NULL);
	close(p->listener);
}

/* For a play: begins TLS. */
static inline bool played_tls(struct played *p)
{
	p->ssl = SSL_new(p->context);
	must(p->ssl != NULL && SSL_set_fd(p->ssl, p->fd) == 1, "SSL");
	p->was_tls = SSL_accept(p->ssl) == 1;
	p->was_resumed = SSL_session_reused(p->ssl) == 1;
	return p->was_tls;
}

static inline void played_say_octets(struct played *p, const void *at,
				     size_t len)
{
	const char *octets = at;

	while (len != 0) {
		size_t n = len < INT32_MAX ? len : INT32_MAX;
		ssize_t rc = p->ssl != NULL
				 ? SSL_write(p->ssl, octets, (int)n)
				 : send(p->fd, octets, n, MSG_NOSIGNAL);

		if (rc <= 0) {
			return;
		}
		octets += rc;
		len -= (size_t)rc;
	}
}

static inline void played_say(struct played *p, const char *text)
{
	played_say_octets(p, text, strlen(text));
}

/* As many octets, each of which tells its place. */
static inline void played_say_many(struct played *p, size_t count)
{
	uint8_t *octets = malloc(count);

	must(octets != NULL, "memory");
	for (size_t i = 0; i < count; i++) {
		octets[i] = (uint8_t)(i % 251);
	}
	played_say_octets(p, octets, count);
	free(octets);
}

/* A line without its end; "" if the client is gone. */
static inline void played_hear(struct played *p, char *line_r, size_t cap)
{
	size_t len = 0;

	while (len < cap - 1) {
		ssize_t rc = p->ssl != NULL ? SSL_read(p->ssl, line_r + len, 1)
					    : read(p->fd, line_r + len, 1);

		if (rc != 1 || line_r[len] == '\n') {
			break;
		}
		len++;
	}
	line_r[len > 0 ? len - 1 : 0] = '\0';
}

/* Until the client is done, or closes. */
static inline void played_wait(struct played *p)
{
	struct pollfd pfd = { .fd = p->fd, .events = POLLRDHUP };

	while (!atomic_load(&p->is_over) && poll(&pfd, 1, 10) == 0) {
	}
}

/* A context that shows the certificate. */
static inline SSL_CTX *played_context(const struct issued *own)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	must(context != NULL && SSL_CTX_use_certificate(context, own->x) == 1 &&
		 SSL_CTX_use_PrivateKey(context, own->key) == 1,
	     "a server's certificate");
	SSL_CTX_set_session_id_context(context, (const uint8_t *)"t", 1);
	return context;
}

/* --- the client --- */

struct linked {
	uv_loop_t loop;
	uv_timer_t guard;
	uint64_t begun_ms;
	struct block_pool *pool;
	struct account account;
	struct trust *trust;
	struct link *link;
	struct link_peer peer; /* when it ended, or was ready */
	unsigned ready, drained, ended;
	enum link_end end;
	struct why why;
	struct octets came;
	uint64_t octets_count; /* also of those that were not kept */
	bool keeps_none;
	void (*on_ready)(struct linked *k);
	void (*on_octets)(struct linked *k, struct block *block, size_t offset,
			  size_t len);
};

static inline void linked_on_ready(void *ctx)
{
	struct linked *k = ctx;

	k->ready++;
	k->peer = *link_peer(k->link);
	if (k->on_ready != NULL) {
		k->on_ready(k);
	}
}

static inline void linked_on_octets(void *ctx, struct block *block,
				    size_t offset, size_t len)
{
	struct linked *k = ctx;

	must(len != 0 && offset + len <= FETCH_BLOCK_OCTETS, "within a block");
	k->octets_count += len;
	if (!k->keeps_none) {
		octets_add(&k->came,
			   pop3_slice_of(block->octets + offset, len));
	}
	if (k->on_octets != NULL) {
		k->on_octets(k, block, offset, len);
	}
}

static inline void linked_on_drained(void *ctx)
{
	((struct linked *)ctx)->drained++;
}

static inline void linked_on_ended(void *ctx, enum link_end end,
				   const struct why *why)
{
	struct linked *k = ctx;

	k->ended++;
	k->end = end;
	k->why = *why;
	k->peer = *link_peer(k->link);
}

static const struct link_events linked_events = {
	.ready = linked_on_ready,
	.octets = linked_on_octets,
	.drained = linked_on_drained,
	.ended = linked_on_ended,
};

/* It rings now and then, for a turn of the loop may end what is awaited as it
 * begins, and wait in vain then. */
#define GUARD_TURN_MS 100u

static inline void linked_on_guard(uv_timer_t *guard)
{
	struct linked *k = guard->data;

	must(uv_now(&k->loop) - k->begun_ms < GUARD_MS, "the loop goes on");
}

static inline void linked_begin(struct linked *k, enum account_tls tls)
{
	signal(SIGPIPE, SIG_IGN);
	*k = (struct linked){
		.account = { .host = (char *)(uintptr_t) "pop.test",
			     .port = 995,
			     .tls = tls,
			     .timeout_s = 20 },
	};
	must(uv_loop_init(&k->loop) == 0, "a loop");
	must(uv_timer_init(&k->loop, &k->guard) == 0, "a timer");
	k->guard.data = k;
	k->begun_ms = uv_now(&k->loop);
	uv_timer_start(&k->guard, linked_on_guard, GUARD_TURN_MS,
		       GUARD_TURN_MS);
	uv_unref((uv_handle_t *)&k->guard);
	must(block_pool_create(&k->loop, 4, &k->pool) == 0, "a pool");
}

static inline void linked_trust(struct linked *k)
{
	struct why why;

	if (trust_create(&k->account, &k->trust, &why) != 0) {
		print_error("%s\n", why.text);
		must(false, "trust");
	}
}

static inline void linked_open(struct linked *k,
			       const struct sockaddr_storage *to, size_t count)
{
	struct link_options options = {
		.loop = &k->loop,
		.pool = k->pool,
		.account = &k->account,
		.trust = k->trust,
		.events = &linked_events,
		.ctx = k,
		.addresses = to,
		.addresses_count = count,
	};

	k->ready = k->drained = k->ended = 0;
	k->octets_count = 0;
	octets_finish(&k->came);
	must(link_open(&options, &k->link) == 0, "a link");
}

#define linked_until(k, condition)                                             \
	while (!(condition) && (k)->ended == 0) {                              \
		uv_run(&(k)->loop, UV_RUN_ONCE);                               \
	}

static inline void linked_close(struct linked *k)
{
	link_close(&k->link);
	uv_run(&k->loop, UV_RUN_NOWAIT);
}

static inline void linked_end(struct linked *k)
{
	linked_close(k);
	block_pool_destroy(&k->pool);
	trust_destroy(&k->trust);
	uv_close((uv_handle_t *)&k->guard, NULL);
	uv_run(&k->loop, UV_RUN_DEFAULT);
	must(uv_loop_close(&k->loop) == 0, "nothing is left in the loop");
	octets_finish(&k->came);
}

/* Puts and sends a line. */
static inline void linked_say(struct linked *k, const char *text)
{
	pop3_put_str(link_out(k->link), text);
	must(!link_out(k->link)->full, "room");
	link_flush(k->link);
}

/* For on_octets: one block, and no more until the test resumes. */
static inline void linked_pause_on_octets(struct linked *l, struct block *block,
					  size_t offset, size_t len)
{
	(void)block;
	(void)offset;
	(void)len;
	link_pause(l->link);
}

/* A path of a file that has only this certificate, until fd is closed. */
static inline void path_of_certificate(const struct issued *issued, int *fd_r,
				       char path_r[64])
{
	*fd_r = memfd_create("certificate", MFD_CLOEXEC);
	must(*fd_r != -1, "memfd");
	issued_write_certificate(issued, *fd_r);
	snprintf(path_r, 64, "/proc/self/fd/%d", *fd_r);
}

/* They came as played_say_many said them. */
static inline void linked_assert_many(const struct linked *k, size_t count)
{
	assert_int_equal(k->came.len, count);
	for (size_t i = 0; i < count; i++) {
		if (k->came.at[i] != i % 251) {
			fail_msg("octet %zu", i);
		}
	}
}

#define assert_why(k, wanted_kind, words)                                      \
	do {                                                                   \
		if (strstr((k)->why.text, (words)) == NULL) {                  \
			print_error("says: %s\n", (k)->why.text);              \
		}                                                              \
		assert_int_equal((k)->why.kind, (wanted_kind));                \
		assert_non_null(strstr((k)->why.text, (words)));               \
	} while (0)

#endif
