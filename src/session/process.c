// SPDX-License-Identifier: ISC
/*
 * process.c - a session process from its start to its end (process.h).
 * Runs in: session.  Trusts: the master, and what packet_check passes of the
 * other roles.
 */
#include "session/process.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "os/fd.h"
#include "os/sandbox.h"
#include "session/offer.h"
#include "session/table.h"

_Noreturn void process_fail(const char *why)
{
	log_event_str(LOG_ERROR, "session process ends", "why", why);
	_exit(EXIT_FAILURE);
}

/* --- its end --- */

static void stop_if_done(struct process *p)
{
	if (p->conn_count == 0 && (p->is_retired || p->is_stopping)) {
		uv_stop(&p->loop);
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
	p->stop_ms = uv_now(&p->loop) + p->settings.stop_ms;
	uv_poll_stop(&p->control_poll);
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

static void on_control(uv_poll_t *poll, int status, int events)
{
	struct process *p = poll->data;
	int rc = status < 0
		     ? CHANNEL_EOF
		     : channel_receive_checked(STARTUP_FD, &p->packet,
					       ROLE_MASTER, ROLE_SESSION);

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

static void give_memory_back(struct process *p)
{
	if (p->handshakes >= SESSION_HANDSHAKES_PER_TRIM &&
	    uv_now(&p->loop) - p->given_back_ms >= SESSION_TRIM_MS) {
		malloc_trim(0);
		p->handshakes = 0;
		p->given_back_ms = uv_now(&p->loop);
	}
}

static void on_tick(uv_timer_t *timer)
{
	struct process *p = timer->data;

	table_tick(p);
	give_memory_back(p);
	if (p->is_stopping && uv_now(&p->loop) >= p->stop_ms) {
		table_drop_all(p, REPORT_STOP);
		uv_stop(&p->loop);
	}
}

/* Whoever has no connection sleeps. */
void process_note_begin(struct process *p)
{
	if (p->conn_count == 1) {
		uv_timer_start(&p->tick, on_tick, SESSION_TICK_MS,
			       SESSION_TICK_MS);
	}
}

void process_note_end(struct process *p)
{
	if (p->conn_count == 0) {
		uv_timer_stop(&p->tick);
	}
	stop_if_done(p);
}

/* --- its start --- */

static int take_listener(struct process *p, const struct startup_item *item)
{
	struct listener *l = &p->listeners[p->listener_count++];

	l->process = p;
	l->fd = item->fd;
	l->kind = (enum listener_kind)item->kind;
	l->poll.data = l;
	return uv_poll_init(&p->loop, &l->poll, l->fd);
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
	int rc = b == NULL || b->process != NULL ? -EPROTO : 0;

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
	int rc = uv_loop_init(&p->loop);

	if (rc == 0) {
		rc = uv_timer_init(&p->loop, &p->tick);
	}
	if (rc == 0) {
		rc = uv_timer_init(&p->loop, &p->accept_pause);
	}
	if (rc == 0) {
		rc = fd_set_nonblocking(STARTUP_FD, true);
	}
	if (rc == 0) {
		rc = uv_poll_init(&p->loop, &p->control_poll, STARTUP_FD);
	}
	p->tick.data = p;
	p->control_poll.data = p;
	return rc;
}

/* Without key there is no TLS, and none was promised. */
static bool has_all(const struct process *p)
{
	return p->auth.process != NULL && p->maildrop.process != NULL &&
	       p->counters != NULL &&
	       (p->key.process != NULL) == p->settings.has_tls;
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
	int rc = uv_poll_start(&p->control_poll, UV_READABLE, on_control);

	if (rc < 0) {
		return rc;
	}
	packet_init(&p->packet, PACKET_READY);
	if (channel_send(STARTUP_FD, &p->packet) != CHANNEL_OK) {
		return -EPIPE;
	}
	uv_run(&p->loop, UV_RUN_DEFAULT);
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
