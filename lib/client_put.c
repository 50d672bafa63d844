// SPDX-License-Identifier: ISC
/*
 * client_put.c - a client's commands (RFC 1939; RFC 2449, section 4; RFC 5034).
 * Runs in: the client.  Trusts: nothing that it is given as an argument.
 * Allocates: never.
 */
#include "client_impl.h"
#include "pop3/base64.h"

#define ARGS_MAX 2u

struct args {
	struct pop3_slice at[ARGS_MAX];
	size_t count;
};

/* --- what may be said --- */

static enum pop3_verb_asked last_asked(const struct pop3_client *c)
{
	uint32_t last =
	    (c->asked_first + c->asked_count - 1) % POP3_CLIENT_QUEUE_MAX;

	return c->asked_count == 0 ? POP3_ASK_COUNT
				   : (enum pop3_verb_asked)c->asked[last].verb;
}

/*
 * [rfc2595/4/wait-client] "Once a client issues a STLS command, it MUST NOT
 * issue further commands until a server response is seen and the TLS
 * negotiation is complete."
 * What stands behind AUTH would be taken for a response.
 */
static bool may_follow(enum pop3_verb_asked last)
{
	return last != POP3_ASK_GREETING && last != POP3_ASK_STLS &&
	       last != POP3_ASK_AUTH && last != POP3_ASK_QUIT;
}

static int check_queue(const struct pop3_client *c)
{
	if (c->phase == CLIENT_TLS || c->phase == CLIENT_BROKEN ||
	    c->state == POP3_ST_CLOSED || !may_follow(last_asked(c))) {
		return POP3_EINVAL;
	}
	return c->asked_count < POP3_CLIENT_QUEUE_MAX ? 0 : POP3_ENOSPC;
}

/* A line that its reader would take for two is how commands are smuggled. */
static bool has_octet(struct pop3_slice s, char octet)
{
	return s.len != 0 && memchr(s.at, octet, s.len) != NULL;
}

static bool is_argument(struct pop3_slice s)
{
	return s.len != 0 && !has_octet(s, '\r') && !has_octet(s, '\n') &&
	       !has_octet(s, '\0');
}

static bool is_word(struct pop3_slice s)
{
	return is_argument(s) && !has_octet(s, ' ') && !has_octet(s, '\t');
}

/* Nothing is put unless all of it can be: the octets may be of a secret.
 * [rfc2449/4/command-client] "The maximum length of a command is increased ...
 * to 255 octets, including the terminating CRLF." */
static int check_room(const struct pop3_writer *out, size_t len, size_t max)
{
	if (len > max) {
		return POP3_ELINE;
	}
	return out->full || len > pop3_writer_room(out) ? POP3_ENOSPC : 0;
}

static void ask(struct pop3_client *c, enum pop3_verb_asked verb, uint32_t msn)
{
	uint32_t next =
	    (c->asked_first + c->asked_count) % POP3_CLIENT_QUEUE_MAX;

	c->asked[next] = (struct pop3_client_asked){ msn, (uint8_t)verb };
	c->asked_count++;
}

/* --- a command --- */

static size_t command_len(const char *name, const struct args *args)
{
	size_t len = strlen(name) + 2;

	for (size_t i = 0; i < args->count; i++) {
		/* compared below with what is far less than SIZE_MAX */
		len += 1 + args->at[i].len;
	}
	return len;
}

/* [rfc1939/3/crlf] "Commands in the POP3 consist of a case-insensitive keyword,
 * possibly followed by one or more arguments.  All commands are terminated by a
 * CRLF pair." */
static int put(struct pop3_client *c, struct pop3_writer *out,
	       enum pop3_verb_asked verb, uint32_t msn, const struct args *args)
{
	const char *name = pop3_client_verbs[verb].name;
	int rc = check_queue(c);

	if (rc == 0) {
		rc = check_room(out, command_len(name, args), POP3_LINE_MAX);
	}
	if (rc < 0) {
		return rc;
	}
	pop3_put_str(out, name);
	for (size_t i = 0; i < args->count; i++) {
		pop3_put_str(out, " ");
		pop3_put_slice(out, args->at[i]);
	}
	pop3_put_str(out, "\r\n");
	ask(c, verb, msn);
	return 0;
}

static int put_alone(struct pop3_client *c, struct pop3_writer *out,
		     enum pop3_verb_asked verb)
{
	return put(c, out, verb, 0, &(struct args){ .count = 0 });
}

/* [rfc1939/4/numbers-client] "In POP3 commands and responses, all
 * message-numbers and message sizes are expressed in base-10 (i.e., decimal)."
 */
static int put_numbers(struct pop3_client *c, struct pop3_writer *out,
		       enum pop3_verb_asked verb, uint32_t msn,
		       const uint64_t *more)
{
	uint8_t digits[2][20];
	struct pop3_writer first = pop3_writer_of(digits[0], 20);
	struct pop3_writer second = pop3_writer_of(digits[1], 20);

	if (msn == 0) {
		return POP3_EINVAL;
	}
	pop3_put_u64(&first, msn);
	pop3_put_u64(&second, more == NULL ? 0 : *more);
	return put(c, out, verb, msn,
		   &(struct args){ { pop3_slice_of(digits[0], first.len),
				     pop3_slice_of(digits[1], second.len) },
				   more == NULL ? 1 : 2 });
}

static int put_msn(struct pop3_client *c, struct pop3_writer *out,
		   enum pop3_verb_asked verb, uint32_t msn)
{
	return put_numbers(c, out, verb, msn, NULL);
}

/* --- AUTHORIZATION --- */

int pop3_client_capa(struct pop3_client *c, struct pop3_writer *out)
{
	return put_alone(c, out, POP3_ASK_CAPA);
}

int pop3_client_stls(struct pop3_client *c, struct pop3_writer *out)
{
	return put_alone(c, out, POP3_ASK_STLS);
}

int pop3_client_utf8(struct pop3_client *c, struct pop3_writer *out)
{
	return put_alone(c, out, POP3_ASK_UTF8);
}

int pop3_client_user(struct pop3_client *c, struct pop3_writer *out,
		     struct pop3_slice user)
{
	return is_word(user) ? put(c, out, POP3_ASK_USER, 0,
				   &(struct args){ { user }, 1 })
			     : POP3_EINVAL;
}

/* [rfc1939/7/pass-client] "Since the PASS command has exactly one argument, a
 * POP3 server may treat spaces in the argument as part of the password, instead
 * of as argument separators." */
int pop3_client_pass(struct pop3_client *c, struct pop3_writer *out,
		     struct pop3_slice secret)
{
	return is_argument(secret) ? put(c, out, POP3_ASK_PASS, 0,
					 &(struct args){ { secret }, 1 })
				   : POP3_EINVAL;
}

int pop3_client_apop(struct pop3_client *c, struct pop3_writer *out,
		     struct pop3_slice user, struct pop3_slice digest)
{
	return is_word(user) && is_word(digest)
		   ? put(c, out, POP3_ASK_APOP, 0,
			 &(struct args){ { user, digest }, 2 })
		   : POP3_EINVAL;
}

/* --- AUTH --- */

/* What a response is on the wire, less its line end. */
static size_t response_len(const struct pop3_slice *response)
{
	/* no line holds more, and the sum below cannot overflow */
	if (response->len > POP3_SASL_LINE_MAX) {
		return POP3_SASL_LINE_MAX;
	}
	return response->len == 0 ? 1 : POP3_BASE64_LEN(response->len);
}

static void put_initial(struct pop3_writer *out,
			const struct pop3_slice *response)
{
	if (response == NULL) {
		return;
	}
	pop3_put_str(out, " ");
	if (response->len == 0) {
		pop3_put_str(out, "=");
	} else {
		pop3_put_base64(out, *response);
	}
}

/*
 * [rfc5034/4/initial-client] An initial response of no octets is sent as "=".
 * [rfc5034/4/limit-client] One that would make the command longer than 255
 * octets must not be sent with it: POP3_ELINE says so, and the response then
 * follows the empty challenge.
 */
int pop3_client_auth(struct pop3_client *c, struct pop3_writer *out,
		     struct pop3_slice mechanism,
		     const struct pop3_slice *response)
{
	size_t len = strlen("AUTH \r\n") + mechanism.len;
	int rc = is_word(mechanism) ? check_queue(c) : POP3_EINVAL;

	if (response != NULL) {
		len += 1 + response_len(response);
	}
	if (rc == 0) {
		rc = check_room(out, len, POP3_LINE_MAX);
	}
	if (rc < 0) {
		return rc;
	}
	pop3_put_str(out, "AUTH ");
	pop3_put_slice(out, mechanism);
	put_initial(out, response);
	pop3_put_str(out, "\r\n");
	ask(c, POP3_ASK_AUTH, 0);
	return 0;
}

int pop3_client_auth_response(struct pop3_client *c, struct pop3_writer *out,
			      struct pop3_slice response)
{
	size_t len = response.len == 0 ? 0 : response_len(&response);
	int rc = c->has_challenge ? check_room(out, len + 2, POP3_SASL_LINE_MAX)
				  : POP3_EINVAL;

	if (rc < 0) {
		return rc;
	}
	pop3_put_base64(out, response);
	pop3_put_str(out, "\r\n");
	c->has_challenge = false;
	return 0;
}

/* [rfc5034/4/cancel-client] "If the client wishes to cancel the authentication
 * exchange, it issues a line with a single "*"." */
int pop3_client_auth_cancel(struct pop3_client *c, struct pop3_writer *out)
{
	int rc =
	    c->has_challenge ? check_room(out, 3, POP3_LINE_MAX) : POP3_EINVAL;

	if (rc < 0) {
		return rc;
	}
	pop3_put_str(out, "*\r\n");
	c->has_challenge = false;
	c->is_cancelled = true;
	return 0;
}

/* --- TRANSACTION --- */

int pop3_client_stat(struct pop3_client *c, struct pop3_writer *out)
{
	return put_alone(c, out, POP3_ASK_STAT);
}

int pop3_client_list(struct pop3_client *c, struct pop3_writer *out)
{
	return put_alone(c, out, POP3_ASK_LIST);
}

int pop3_client_list_one(struct pop3_client *c, struct pop3_writer *out,
			 uint32_t msn)
{
	return put_msn(c, out, POP3_ASK_LIST_ONE, msn);
}

int pop3_client_uidl(struct pop3_client *c, struct pop3_writer *out)
{
	return put_alone(c, out, POP3_ASK_UIDL);
}

int pop3_client_uidl_one(struct pop3_client *c, struct pop3_writer *out,
			 uint32_t msn)
{
	return put_msn(c, out, POP3_ASK_UIDL_ONE, msn);
}

int pop3_client_retr(struct pop3_client *c, struct pop3_writer *out,
		     uint32_t msn)
{
	return put_msn(c, out, POP3_ASK_RETR, msn);
}

int pop3_client_top(struct pop3_client *c, struct pop3_writer *out,
		    uint32_t msn, uint64_t body_lines)
{
	return put_numbers(c, out, POP3_ASK_TOP, msn, &body_lines);
}

int pop3_client_dele(struct pop3_client *c, struct pop3_writer *out,
		     uint32_t msn)
{
	return put_msn(c, out, POP3_ASK_DELE, msn);
}

int pop3_client_rset(struct pop3_client *c, struct pop3_writer *out)
{
	return put_alone(c, out, POP3_ASK_RSET);
}

int pop3_client_noop(struct pop3_client *c, struct pop3_writer *out)
{
	return put_alone(c, out, POP3_ASK_NOOP);
}

int pop3_client_quit(struct pop3_client *c, struct pop3_writer *out)
{
	return put_alone(c, out, POP3_ASK_QUIT);
}
