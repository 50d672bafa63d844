// SPDX-License-Identifier: ISC
/*
 * dispatch.c - from a line to the handler of its verb: what the table of verbs
 * demands is checked here, once, for all of them (RFC 1939, section 3).
 * Runs in: session.  Trusts: nothing that the client says.  Allocates: never.
 */
#include "dispatch.h"
#include "foreign.h"
#include "handlers.h"
#include "reply.h"

static enum pop3_step refuse(struct pop3_writer *out, const char *text)
{
	pop3_reply_err(out, POP3_CODE_NONE, text);
	return POP3_STEP_ERR;
}

/*
 * [rfc1939/4/numbers] "In POP3 commands and responses, all message-numbers and
 * message sizes are expressed in base-10 (i.e., decimal)."
 *
 * Whether the first argument is the number of a message that is there; sets
 * s->idx.  The number is read as 64 bits and compared as such, so that no large
 * one passes for a small one.
 *
 * [rfc1939/5/dele] "Any future reference to the message-number associated with
 * the message in a POP3 command generates an error."
 */
static const char *fault_of_msn(struct pop3_server *s, struct pop3_slice arg)
{
	uint64_t msn = 0;

	if (pop3_slice_u64(arg, &msn) < 0 || msn == 0 || msn > s->count) {
		return "No such message";
	}
	s->idx = (uint32_t)(msn - 1);
	s->has_msn = true;
	return s->ops->is_marked(s->ops_ctx, s->idx) ? "Message is deleted"
						     : NULL;
}

/* [rfc1939/3/unrecognized] "A server MUST respond to an unrecognized,
 * unimplemented, or syntactically invalid command by responding with a negative
 * status indicator.  A server MUST respond to a command issued when the session
 * is in an incorrect state by responding with a negative status indicator." */
static const char *fault_of(struct pop3_server *s,
			    const struct pop3_command *cmd)
{
	const struct pop3_verb_row *row = &pop3_verbs[cmd->verb];

	s->has_msn = false;
	if (cmd->verb == POP3_VERB_NONE) {
		return "Unknown command";
	}
	if ((row->states & POP3_IN(s->state)) == 0) {
		return s->state == POP3_ST_AUTHORIZATION ? "Log in first"
							 : "Already logged in";
	}
	if (cmd->argc < row->argc_min || cmd->argc > row->argc_max) {
		return "Wrong number of arguments";
	}
	if ((row->flags & POP3_TAKES_MSN) != 0 && cmd->argc != 0) {
		return fault_of_msn(s, cmd->args[0]);
	}
	return NULL;
}

static enum pop3_step do_command(struct pop3_server *s,
				 const struct pop3_command *cmd,
				 struct pop3_writer *out, struct pop3_event *ev)
{
	const struct pop3_verb_row *row = &pop3_verbs[cmd->verb];
	const char *fault = fault_of(s, cmd);

	s->verb = (uint8_t)cmd->verb;
	if (fault != NULL) {
		return refuse(out, fault);
	}
	if ((row->flags & POP3_WANTS_LISTING) != 0 && !s->has_listing) {
		ev->type = POP3_EV_LISTING;
		return POP3_STEP_ASK;
	}
	return row->handler(s, cmd, out, ev);
}

/* Nothing that a command may hold needs a NUL or a CR, and much that reads it
 * later, password hashes and logs above all, takes them for an end. */
static bool has_bad_octet(struct pop3_slice line)
{
	return line.len != 0 && (memchr(line.at, '\0', line.len) != NULL ||
				 memchr(line.at, '\r', line.len) != NULL);
}

/* One reply, and the connection ends: whatever else comes is no more meant for
 * us, even if it is a POP3 command that somebody hid in it. */
static enum pop3_step turn_away(struct pop3_server *s, struct pop3_writer *out,
				const char *text)
{
	s->verb = POP3_VERB_NONE;
	pop3_reply_err(out, POP3_CODE_NONE, text);
	return POP3_STEP_FATAL;
}

static const char *fault_of_protocol(const struct pop3_server *s,
				     struct pop3_slice line)
{
	static const char *const texts[] = {
		[FOREIGN_NOT] = NULL,
		[FOREIGN_HTTP] = "This is a POP3 server, and no web server",
		[FOREIGN_SMTP] = "This is a POP3 server; mail is sent to an "
				 "SMTP server, on another port",
	};

	return s->state == POP3_ST_AUTHORIZATION
		   ? texts[pop3_foreign_line(line)]
		   : NULL;
}

enum pop3_step pop3_dispatch_tls(struct pop3_server *s, struct pop3_writer *out)
{
	return turn_away(
	    s, out,
	    pop3_offers_stls(s)
		? "This port begins in clear text: begin TLS with STLS, or "
		  "connect to port 995"
		: "TLS does not begin here: connect to port 995");
}

enum pop3_step pop3_dispatch_long(struct pop3_server *s, struct pop3_slice head,
				  struct pop3_writer *out)
{
	const char *fault = fault_of_protocol(s, head);

	return fault != NULL ? turn_away(s, out, fault)
			     : refuse(out, "Command is too long");
}

enum pop3_step pop3_dispatch(struct pop3_server *s, struct pop3_slice line,
			     struct pop3_writer *out, struct pop3_event *ev)
{
	const char *fault = fault_of_protocol(s, line);
	struct pop3_command cmd;

	s->verb = POP3_VERB_NONE;
	if (fault != NULL) {
		return turn_away(s, out, fault);
	}
	if (has_bad_octet(line)) {
		return refuse(out, "Command has a forbidden octet");
	}
	cmd = pop3_command_parse(line);
	return do_command(s, &cmd, out, ev);
}

enum pop3_step pop3_dispatch_again(struct pop3_server *s,
				   struct pop3_writer *out,
				   struct pop3_event *ev)
{
	return pop3_verbs[s->verb].handler(s, NULL, out, ev);
}
