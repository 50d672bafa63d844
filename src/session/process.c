// SPDX-License-Identifier: ISC
/*
 * process.c - a session process from its start to its end (process.h).
 * Runs in: session.  Trusts: the master, and what packet_check passes of the
 * other roles.
 */
#include "session/process.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "os/fd.h"
#include "os/sandbox.h"
#include "session/offer.h"
#include "session/pace.h"
#include "session/table.h"
#include "session/trim.h"

_Noreturn void process_fail(const char *why)
{
	log_event_str(LOG_ERROR, "session process ends", "why", why);
	_exit(EXIT_FAILURE);
}

/* --- its end --- */

static void stop_if_done(struct process *p)
{
	if (p->conn_count == 0 && (p->is_retired || p->is_stopping)) {
		p->loop.is_over = true;
	}
}

static void retire(struct process *p)
{
	p->is_retired = true;
	listeners_close(p);
	stop_if_done(p);
}

/* The master is gone, or wants us to be. */
static void stop(struct process *p)
{
	p->is_stopping = true;
	p->stop_ms = p->loop.now_ms + p->settings.stop_ms;
	(void)!source_watch(&p->control, 0);
	listeners_close(p);
	table_stop(p);
	stop_if_done(p);
}

/* All of our generation is ready. */
static void serve(struct process *p)
{
	if (!p->is_retired && listeners_start(p) < 0) {
		process_fail("a listener cannot be watched");
	}
}

static void on_control(struct source *source, uint32_t events)
{
	struct process *p = source->process;
	int rc = channel_receive_checked(STARTUP_FD, &p->packet, ROLE_MASTER,
					 ROLE_SESSION);

	(void)events;
	if (rc == CHANNEL_AGAIN) {
		return;
	}
	if (rc != CHANNEL_OK) {
		stop(p);
	} else if (p->packet.as.head.type == PACKET_SERVE) {
		serve(p);
	} else {
		retire(p);
	}
}

/* --- its loop --- */

static void tick(struct process *p)
{
	listeners_tick(p);
	table_tick(p);
	trim_tick(p);
	if (p->is_stopping && p->loop.now_ms >= p->stop_ms) {
		table_drop_all(p, REPORT_STOP);
		p->loop.is_over = true;
	}
}

/* Whoever has no connection sleeps. */
static int time_to_tick(const struct process *p)
{
	uint64_t now = p->loop.now_ms;

	if (p->conn_count == 0 && p->accept_ms == 0) {
		return -1;
	}
	if (!list_is_empty(&p->resting)) {
		return p->rested_ms > now ? (int)(p->rested_ms - now) : 0;
	}
	return p->tick_ms > now ? (int)(p->tick_ms - now) : 0;
}

static void hand_out(struct process *p, const struct epoll_event *e)
{
	uint64_t number = e->data.u64;
	struct source *source;
	struct conn *c;

	if (number >= SOURCES_MAX) {
		c = table_find(p, number);
		if (c != NULL) {
			conn_on_ready(c, e->events);
		}
		return;
	}
	source = p->sources[number];
	if (source->watched != 0) { /* or its turn came too late */
		source->on_ready(source, e->events);
	}
}

/* Whoever asks for something goes before those who only take what is sent. */
static void hand_out_all(struct process *p, int count)
{
	for (int i = 0; i < count; i++) {
		if (p->loop.events[i].events != LOOP_WRITABLE) {
			hand_out(p, &p->loop.events[i]);
		}
	}
	for (int i = 0; i < count; i++) {
		if (p->loop.events[i].events == LOOP_WRITABLE) {
			hand_out(p, &p->loop.events[i]);
		}
	}
}

static void loop(struct process *p)
{
	while (!p->loop.is_over) {
		int n = loop_wait(&p->loop, time_to_tick(p));

		if (n < 0) {
			process_fail("the loop cannot wait");
		}
		hand_out_all(p, n);
		pace_tick(p);
		if (p->loop.now_ms >= p->tick_ms) {
			p->tick_ms = p->loop.now_ms + SESSION_TICK_MS;
			tick(p);
		}
	}
}

void process_note_begin(struct process *p)
{
	if (p->conn_count == 1) {
		p->tick_ms = p->loop.now_ms + SESSION_TICK_MS;
	}
}

void process_note_end(struct process *p)
{
	stop_if_done(p);
}

int source_init(struct source *source, struct process *process, int fd,
		void (*on_ready)(struct source *, uint32_t events))
{
	if (process->source_count == SOURCES_MAX) {
		return -EPROTO;
	}
	*source = (struct source){ .on_ready = on_ready,
				   .process = process,
				   .number = process->source_count,
				   .fd = fd };
	process->sources[process->source_count++] = source;
	return 0;
}

int source_watch(struct source *source, uint32_t events)
{
	int rc = 0;

	if (source->watched != events) {
		rc = loop_watch(&source->process->loop, source->fd,
				source->number, source->watched, events);
		source->watched = events;
	}
	return rc;
}

/* --- its start --- */

static int take_listener(struct process *p, const struct startup_item *item)
{
	struct listener *l = &p->listeners[p->listener_count++];

	l->kind = (enum listener_kind)item->kind;
	return source_init(&l->source, p, item->fd, listener_on_ready);
}

/* key tells first of all who we are; OpenSSL is made ready with it before the
 * sandbox closes. */
static int take_identity(struct process *p, int key)
{
	struct packet *packet = &p->packet;
	int rc = channel_receive_checked(key, packet, ROLE_KEY, ROLE_SESSION);

	if (rc != CHANNEL_OK || packet->as.head.type != PACKET_IDENTITY) {
		fd_close(&packet->fd);
		return -EPROTO;
	}
	p->tls.alpn_required = p->settings.alpn_required;
	p->tls.asks_certificate = p->settings.asks_certificate;
	p->tls.ticket_s = p->settings.ticket_s;
	rc = tls_context_init(&p->tls, packet->fd, packet->as.identity.len);
	fd_close(&packet->fd);
	if (rc < 0) {
		return rc;
	}
	if (channel_receive_checked(key, packet, ROLE_KEY, ROLE_SESSION) !=
		CHANNEL_OK ||
	    packet->as.head.type != PACKET_TICKET_KEY_SET) {
		return -EPROTO;
	}
	tls_context_take_tickets(&p->tls, &packet->as.ticket_keys);
	return 0;
}

static struct backend *backend_of(struct process *p, uint32_t role)
{
	switch (role) {
	case ROLE_AUTH:
		return &p->auth;
	case ROLE_MAILDROP:
		return &p->maildrop;
	case ROLE_KEY:
		return &p->key;
	default: /* a number from outside, not an enum */
		return NULL;
	}
}

static int take_channel(struct process *p, const struct startup_item *item)
{
	struct backend *b = backend_of(p, item->kind);
	int rc = b == NULL || b->source.process != NULL ? -EPROTO : 0;

	if (rc == 0 && item->kind == ROLE_KEY) {
		rc = take_identity(p, item->fd);
	}
	return rc < 0 ? rc
		      : backend_init(b, p, (enum role)item->kind, item->fd);
}

static int take_counters(struct process *p, int fd)
{
	p->counters = counters_map(fd);
	fd_close(&fd);
	return p->counters == NULL ? -EPROTO : 0;
}

static int take_item(struct process *p, const struct startup_item *item)
{
	switch (item->type) {
	case PACKET_CHANNEL:
		return take_channel(p, item);
	case PACKET_LISTENER:
		return take_listener(p, item);
	case PACKET_COUNTERS:
		return take_counters(p, item->fd);
	default: /* a number from outside, not an enum */
		return -EPROTO;
	}
}

static int init_loop(struct process *p)
{
	int rc = loop_init(&p->loop);

	if (rc == 0) {
		rc = fd_set_nonblocking(STARTUP_FD, true);
	}
	if (rc == 0) {
		rc = source_init(&p->control, p, STARTUP_FD, on_control);
	}
	return rc;
}

/* Without key there is no TLS, and none was promised. */
static bool has_all(const struct process *p)
{
	return p->auth.source.process != NULL &&
	       p->maildrop.source.process != NULL && p->counters != NULL &&
	       (p->key.source.process != NULL) == p->settings.has_tls;
}

int process_init(struct process *p, struct startup *startup)
{
	int rc;

	offer_init(p);
	table_init(p);
	rc = init_loop(p);
	for (size_t i = 0; i < startup->count && rc == 0; i++) {
		rc = take_item(p, &startup->items[i]);
	}
	if (rc == 0 && !has_all(p)) {
		rc = -EPROTO;
	}
	if (rc < 0) {
		log_event_errno(LOG_ERROR, "start", NULL, -rc);
	}
	return rc;
}

int process_run(struct process *p)
{
	int rc = source_watch(&p->control, LOOP_READABLE);

	if (rc < 0) {
		return rc;
	}
	packet_init(&p->packet, PACKET_READY);
	if (channel_send(STARTUP_FD, &p->packet) != CHANNEL_OK) {
		return -EPIPE;
	}
	loop(p);
	return 0;
}

static int enter_jail(const struct process *p)
{
	if (!p->settings.common.drop_privileges) {
		return 0;
	}
	if (chroot(p->settings.jail) < 0 || chdir("/") < 0) {
		log_event_errno(LOG_ERROR, "cannot enter the jail",
				p->settings.jail, errno);
		return -EPERM;
	}
	return 0;
}

/* Each connection may have a message beside it. */
static void count_descriptors(struct process *p)
{
	size_t limit = fd_limit_raise(SESSION_DESCRIPTORS_WANTED);
	size_t used = fd_count_open() + SESSION_DESCRIPTORS_SPARE;

	p->conn_max = limit > used + 2 ? (uint32_t)((limit - used) / 2) : 1;
}

int process_main(bool (*on_input)(struct conn *, struct pop3_slice))
{
	struct process *p = calloc(1, sizeof(*p));
	struct startup startup;

	if (p == NULL ||
	    startup_receive(ROLE_SESSION, "restanted-session", &p->settings,
			    sizeof(p->settings), &startup) < 0) {
		return EXIT_FAILURE;
	}
	p->on_input = on_input;
	if (process_init(p, &startup) < 0) {
		return EXIT_FAILURE;
	}
	count_descriptors(p);
	if (enter_jail(p) < 0 || startup_drop(&p->settings.common, false) < 0 ||
	    sandbox_confine(SANDBOX_SESSION, NULL, 0,
			    p->settings.common.sandbox_required) < 0) {
		return EXIT_FAILURE;
	}
	return process_run(p) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
