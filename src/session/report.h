// SPDX-License-Identifier: ISC
/*
 * report.h - what is remembered of a session for its one log line.
 */
#ifndef SESSION_REPORT_H
#define SESSION_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPORT_USER_MAX 64u /* octets of a name that the log shows */

enum report_end {
	REPORT_QUIT, /* the client said QUIT */
	REPORT_LOST, /* the client went away */
	REPORT_LOGIN_TIME,
	REPORT_IDLE,
	REPORT_STALL,  /* it took no output */
	REPORT_TRIES,  /* too many failed log-ins */
	REPORT_BROKEN, /* a message could not be sent to its end */
	REPORT_STOP,   /* the server stops */
	REPORT_PROXY,  /* a proxy that does not say for whom it comes */
	REPORT_FULL,   /* too many connections */
	REPORT_ADDRESS_FULL,
	REPORT_TLS, /* no TLS came of it */
	REPORT_END_COUNT
};

struct report {
	uint64_t begun_ms;
	uint64_t octets_in; /* of commands */
	uint64_t octets_out;
	uint64_t retr_octets; /* on the wire, less stuffing */
	uint32_t retr;        /* messages sent whole */
	uint32_t top;
	uint32_t removed;
	uint32_t stayed;
	uint32_t count;          /* messages in the maildrop */
	const char *tls_version; /* NULL: none */
	const char *detail;      /* of the end; or NULL */
	const uint8_t *method;   /* how it logs in; outlives the session */
	uint8_t method_len;
	uint8_t user_len;
	bool is_logged_in;
	uint8_t end;                   /* enum report_end */
	uint8_t user[REPORT_USER_MAX]; /* last tried, cut */
};

/* Who it is, as far as is known; a long name is cut. */
void report_user(struct report *r, const uint8_t *name, size_t len);

/* Writes the line.  address is 16 octets as in struct packet_login. */
void report_write(const struct report *r, const uint8_t *address, uint16_t port,
		  uint64_t now_ms);

#endif
