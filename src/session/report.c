// SPDX-License-Identifier: ISC
/*
 * report.c - the log line of a session (report.h).
 * Runs in: session.  Trusts: no name that a client gave: the log escapes it.
 */
#include "session/report.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "os/net.h"

static const char *const end_names[REPORT_END_COUNT] = {
	[REPORT_QUIT] = "quit",
	[REPORT_LOST] = "connection lost",
	[REPORT_LOGIN_TIME] = "no log-in in time",
	[REPORT_IDLE] = "idle too long",
	[REPORT_STALL] = "client takes no output",
	[REPORT_TRIES] = "too many failed log-ins",
	[REPORT_BROKEN] = "message could not be sent whole",
	[REPORT_STOP] = "server stops",
	[REPORT_PROXY] = "no PROXY header from a proxy",
	[REPORT_FULL] = "too many connections",
	[REPORT_ADDRESS_FULL] = "too many connections from this address",
	[REPORT_TLS] = "no TLS",
};

static void put_address(struct log_line *l, const uint8_t *address,
			uint16_t port)
{
	char text[NET_TEXT_MAX];

	net_write(address, text);
	log_str(l, "address", text);
	log_u64(l, "port", port);
}

static void put_pair(struct log_line *l, const char *key, uint64_t a,
		     uint64_t b)
{
	char text[48];

	snprintf(text, sizeof(text), "%llu/%llu", (unsigned long long)a,
		 (unsigned long long)b);
	log_str(l, key, text);
}

void report_user(struct report *r, const uint8_t *name, size_t len)
{
	r->user_len = (uint8_t)(len < REPORT_USER_MAX ? len : REPORT_USER_MAX);
	memcpy(r->user, name, r->user_len);
}

void report_write(const struct report *r, const uint8_t *address, uint16_t port,
		  uint64_t now_ms)
{
	struct log_line l;

	log_begin(&l, LOG_INFO, "session end");
	if (r->user_len != 0) {
		log_octets(&l, r->is_logged_in ? "user" : "tried", r->user,
			   r->user_len);
	}
	put_address(&l, address, port);
	if (r->tls_version != NULL) {
		log_str(&l, "tls", r->tls_version);
	}
	if (r->is_logged_in) {
		log_octets(&l, "method", r->method, r->method_len);
		log_u64(&l, "messages", r->count);
		put_pair(&l, "retr", r->retr, r->retr_octets);
		log_u64(&l, "top", r->top);
		put_pair(&l, "dele", r->removed,
			 (uint64_t)r->removed + r->stayed);
	}
	log_u64(&l, "in", r->octets_in);
	log_u64(&l, "out", r->octets_out);
	log_u64(&l, "ms", now_ms - r->begun_ms);
	log_str(&l, "why", end_names[r->end]);
	if (r->detail != NULL) {
		log_str(&l, "detail", r->detail);
	}
	log_end(&l);
}
