// SPDX-License-Identifier: ISC
/*
 * sasl.c - the AUTH command and the exchange behind it (RFC 5034).  What a
 * mechanism says is the caller's; here are the lines that carry it.
 * Runs in: session.  Trusts: nothing that the client says; the caller about
 * who may log in.  Allocates: never.
 */
#include "bug.h"
#include "config.h"
#include "handlers.h"
#include "reply.h"
#include "pop3/base64.h"

/* The challenge fits into its line: "+ ", base64, CRLF. */
_Static_assert(POP3_BASE64_LEN(POP3_CHALLENGE_MAX) + 4 <= POP3_REPLY_MAX,
	       "a challenge is a line");

/*
 * [rfc5034/4/unsupported] "If the requested authentication mechanism is not
 * supported, the server rejects the AUTH command with an -ERR reply."  Where
 * the configuration leaves it out because it sends a secret in clear text, the
 * client should learn why.
 */
static enum pop3_step refuse_mechanism(const struct pop3_server *s,
				       struct pop3_slice name,
				       struct pop3_writer *out)
{
	if (s->config->no_plaintext && pop3_is_plaintext(name)) {
		return pop3_refuse_plaintext(s, out);
	}
	pop3_reply_err(out, POP3_CODE_NONE, "No such mechanism");
	return POP3_STEP_ERR;
}

/*
 * [rfc5034/4/initial] "If present, this response MUST be encoded as Base64
 * (specified in Section 4 of [RFC4648]), or consist only of the single
 * character "=", which represents an empty initial response."
 */
static struct pop3_slice initial_response(struct pop3_slice arg)
{
	return pop3_slice_equal(arg, POP3_LITERAL("="))
		   ? pop3_slice_tail(arg, 1)
		   : arg;
}

/*
 * Something may have been given away, or been tried: so it counts as a try.
 * [rfc5034/4/base64] "If the server cannot Base64 decode a client response, it
 * MUST reject the AUTH command with an -ERR reply.  ... servers and clients
 * MUST reject (and not ignore) any character not explicitly allowed by the
 * Base64 alphabet, and MUST reject any sequence of Base64 characters that
 * contains the pad character ('=') anywhere other than the end of the string"
 */
static enum pop3_step fail(struct pop3_server *s, struct pop3_writer *out,
			   const char *text)
{
	pop3_reply_err(out, POP3_CODE_NONE, text);
	return pop3_after_failure(s);
}

/*
 * The command is a line as any other: [rfc5034/4/limit] "For the purposes of
 * the initial client response, the 255-octet limit on the length of a single
 * command, defined in Section 4 of [RFC2449], still applies."
 */
enum pop3_step pop3_on_auth(struct pop3_server *s,
			    const struct pop3_command *cmd,
			    struct pop3_writer *out, struct pop3_event *ev)
{
	struct pop3_slice name = pop3_config_mechanism(s->config, cmd->args[0]);
	struct pop3_slice response = pop3_slice_of(NULL, 0);

	if (name.len == 0) {
		return refuse_mechanism(s, cmd->args[0], out);
	}
	if (cmd->argc == 2) {
		response = initial_response(cmd->args[1]);
	}
	if (!pop3_base64_is_sound(response)) {
		return fail(s, out, "The response is not base64");
	}
	s->has_tried = true;
	ev->type = POP3_EV_AUTH;
	ev->mechanism = name;
	ev->has_response = cmd->argc == 2;
	ev->response = response;
	return POP3_STEP_ASK;
}

/*
 * [rfc5034/4/challenge] "A server challenge is sent as a line consisting of a
 * "+" character, followed by a single space and a string encoded using Base64
 * ... This line MUST NOT contain any text other than the BASE64-encoded
 * challenge."
 * [rfc5034/4/empty] "an empty server challenge is defined as a line with only a
 * "+", followed by a single space."
 */
static enum pop3_step challenge(struct pop3_server *s, struct pop3_writer *out)
{
	pop3_put_str(out, "+ ");
	pop3_put_base64(out, s->challenge);
	pop3_put_str(out, "\r\n");
	s->challenge = pop3_slice_of(NULL, 0);
	return POP3_STEP_MORE;
}

/* [rfc5034/4/fails] "If the server is unable to authenticate the client, it
 * MUST reject the AUTH command with an -ERR reply." */
enum pop3_step pop3_after_auth(struct pop3_server *s, struct pop3_writer *out)
{
	return s->has_challenge ? challenge(s, out) : pop3_after_login(s, out);
}

static const char *fault_of_response(const struct pop3_slice *line)
{
	if (line == NULL) {
		return "The response is too long";
	}
	if (pop3_slice_equal(*line, POP3_LITERAL("*"))) {
		return "Cancelled";
	}
	return pop3_base64_is_sound(*line) ? NULL
					   : "The response is not base64";
}

/* [rfc5034/4/cancel] "If the client wishes to cancel the authentication
 * exchange, it issues a line with a single "*".  If the server receives such a
 * response, it MUST reject the AUTH command by sending an -ERR reply." */
enum pop3_step pop3_on_response(struct pop3_server *s,
				const struct pop3_slice *line,
				struct pop3_writer *out, struct pop3_event *ev)
{
	const char *fault = fault_of_response(line);

	if (fault != NULL) {
		ev->type = POP3_EV_AUTH_CANCEL;
		return fail(s, out, fault);
	}
	ev->type = POP3_EV_RESPONSE;
	ev->response = *line;
	return POP3_STEP_ASK;
}
