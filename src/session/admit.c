// SPDX-License-Identifier: ISC
/*
 * admit.c - who is let in (admit.h).
 * Runs in: session.  Trusts: the kernel's word about a peer's address, and the
 * word of peers among settings.proxies about their clients'.
 */
#include "session/admit.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/secret.h"
#include "os/net.h"
#include "session/offer.h"
#include "session/proxy.h"
#include "session/table.h"

/* --- counting --- */

static bool is_proxy(const struct process *p, const uint8_t *address)
{
	for (uint32_t i = 0; i < p->settings.proxy_count; i++) {
		if (net_contains(&p->settings.proxies[i], address)) {
			return true;
		}
	}
	return false;
}

enum counters_verdict admit_enter(struct conn *c)
{
	struct process *p = c->process;
	const struct session_settings *s = &p->settings;

	c->awaits_header = is_proxy(p, c->address);
	c->is_nobody = c->awaits_header;
	return c->is_nobody ? counters_enter_total(p->counters, s->slot,
						   s->connections_max)
			    : counters_enter(p->counters, s->slot, c->address,
					     s->connections_max,
					     s->connections_per_address);
}

void admit_leave(struct conn *c)
{
	struct process *p = c->process;

	if (c->is_nobody) {
		counters_leave_total(p->counters, p->settings.slot);
	} else {
		counters_leave(p->counters, p->settings.slot, c->address);
	}
}

/* It has been one of all before. */
static bool count_client(struct conn *c)
{
	struct process *p = c->process;
	const struct session_settings *s = &p->settings;

	if (counters_enter(p->counters, s->slot, c->address, UINT32_MAX,
			   s->connections_per_address) != COUNTERS_ENTERED) {
		return false;
	}
	counters_leave_total(p->counters, s->slot);
	c->is_nobody = false;
	return true;
}

/* --- the header --- */

/* What a proxy does for itself, a check of our health, is counted under no
 * address: it must not keep its clients out. */
static void take_header(struct conn *c, const struct proxy_header *h)
{
	c->awaits_header = false;
	if (!h->is_local) {
		memcpy(c->address, h->address, sizeof(c->address));
		c->port = h->port;
		if (!count_client(c)) {
			table_say_full(c);
			conn_drop(c, REPORT_ADDRESS_FULL);
			return;
		}
	}
	if (h->is_tls) {
		c->is_proxied_by_tls = true;
		c->report.tls_version = "proxy";
	}
	if (offer_begin(c) < 0) {
		conn_drop(c, REPORT_LOST);
	} else {
		conn_greet(c);
	}
}

/* Of what was looked at takes off the socket what belongs to the header; it is
 * there, since nobody else reads. */
static bool consume(struct conn *c, size_t len)
{
	return recv(c->fd, c->process->in, len, 0) == (ssize_t)len;
}

/* Of in, the first kept octets are off the socket already. */
static void judge(struct conn *c, struct pop3_slice in, size_t kept)
{
	struct proxy_header h;
	int rc = proxy_parse(in, &h);
	bool is_sound = rc >= 0;

	rest_free(&c->in);
	if (rc == 0) {
		is_sound = rest_keep(&c->in, in) && consume(c, in.len - kept);
	} else if (rc > 0) {
		is_sound = consume(c, (size_t)rc - kept);
	}
	if (!is_sound) {
		conn_drop(c, REPORT_PROXY);
	} else if (rc > 0) {
		take_header(c, &h);
	}
}

/* What follows the header is for others to read, and may be a secret. */
void admit_read_header(struct conn *c)
{
	struct process *p = c->process;
	size_t kept = c->in.len;
	ssize_t n;

	conn_watch(c,
		   LOOP_READABLE); /* after an error, too: see conn_on_ready */
	if (kept != 0) {
		memcpy(p->in, c->in.at + c->in.off, kept);
	}
	n = recv(c->fd, p->in + kept, PROXY_MAX - kept, MSG_PEEK);
	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		return;
	}
	if (n <= 0) {
		conn_drop(c, REPORT_LOST);
		return;
	}
	judge(c, pop3_slice_of(p->in, kept + (size_t)n), kept);
	wipe(p->in, PROXY_MAX);
}
