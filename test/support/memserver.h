// SPDX-License-Identifier: ISC
/*
 * memserver.h - a whole POP3 server in memory: the engine of libpop3 over a
 * maildrop in memory, with a small table of users.  Octets are fed, octets and
 * a trace of the events come out.  It keeps the rules of pop3/server.h as
 * strictly as it can: the engine gets its input and its room each between
 * pages that it may not touch, and a challenge is spoilt as soon as it may be.
 * TLS is played: behind STLS the same octets count as secured.
 */
#ifndef TEST_MEMSERVER_H
#define TEST_MEMSERVER_H

#include "guard.h"
#include "memdrop.h"
#include "memsasl.h"
#include "octets.h"

struct memserver_options {
	size_t out_cap;  /* of the output that the engine gets at a time */
	bool lists_late; /* octets and unique-ids come only when asked for */
	bool list_fails; /* and then they do not come */
	bool reveal_users;
	const char *stamp;
	enum pop3_code refuse; /* every log-in, unless it is POP3_CODE_NONE */
	bool sasl;         /* memsasl.h's mechanisms, where they are allowed */
	bool stls;         /* offered until TLS has begun */
	bool no_plaintext; /* until TLS has begun */
	bool utf8;
	uint32_t login_delay_s;
};

#define MEMSERVER_TRIES_MAX 3u
/* Of the user test, as APOP has it: MD5 of "<1.2@example.com>secret", which is
 * the stamp that a server which is to know it must be given. */
#define MEMSERVER_STAMP  "<1.2@example.com>"
#define MEMSERVER_DIGEST "023347fd04cfb930651d31384231e202"

struct memserver {
	struct pop3_server engine;
	struct pop3_server_config config;
	struct pop3_server_config config_tls; /* once TLS has begun */
	struct memserver_options options;
	struct memsasl sasl;
	struct memdrop *drop;
	struct memdrop_snapshot snapshot;
	bool has_snapshot;
	bool is_closed;
	struct guard in, out;
	struct octets pending; /* came, and was not consumed yet */
	struct octets sent;    /* all that the client got */
	struct octets trace;   /* one line for each event but INPUT, OUTPUT */
};

/* Begins a connection on drop, which must outlive it, and lets it greet. */
void memserver_begin(struct memserver *ms, struct memdrop *drop,
		     struct memserver_options options);

/* Octets from the client.  After the close they are ignored. */
void memserver_feed(struct memserver *ms, struct pop3_slice octets);

/* The client is gone: what was marked stays. */
void memserver_end(struct memserver *ms);

#endif
