// SPDX-License-Identifier: ISC
/*
 * login.c - the commands of the AUTHORIZATION state, and QUIT (RFC 1939,
 * sections 4, 6 and 7; RFC 3206).
 * Runs in: session.  Trusts: nothing that the client says; the caller about
 * who may log in.  Allocates: never.
 */
#include "handlers.h"
#include "reply.h"

static enum pop3_step err(struct pop3_writer *out, enum pop3_code code,
			  const char *text)
{
	pop3_reply_err(out, code, text);
	return POP3_STEP_ERR;
}

static void forget_user(struct pop3_server *s)
{
	memset(s->user, 0, sizeof(s->user));
	s->user_len = 0;
}

/* A failed try was answered; was it one too many? */
static enum pop3_step after_failure(struct pop3_server *s)
{
	if (s->login_tries < UINT32_MAX) {
		s->login_tries++;
	}
	return s->config->login_tries_max != 0 &&
		       s->login_tries >= s->config->login_tries_max
		   ? POP3_STEP_FATAL
		   : POP3_STEP_ERR;
}

/* The line's limit keeps the name shorter than s->user.  A second USER before
 * PASS replaces the first. */
enum pop3_step pop3_on_user(struct pop3_server *s,
			    const struct pop3_command *cmd,
			    struct pop3_writer *out, struct pop3_event *ev)
{
	struct pop3_slice name = cmd->args[0];

	forget_user(s);
	if (s->config->no_plaintext) { /* before the secret is sent */
		pop3_reply_err(out, POP3_CODE_SYS_PERM,
			       "A password in clear text is not accepted here");
		return POP3_STEP_ERR;
	}
	memcpy(s->user, name.at, name.len);
	s->user_len = (uint8_t)name.len;
	if (s->config->reveal_users) {
		ev->type = POP3_EV_USER;
		ev->user = pop3_slice_of(s->user, s->user_len);
		return POP3_STEP_ASK;
	}
	/* [rfc1939/7/user] "The server may return a positive response even
	 * though no such mailbox exists."
	 * [rfc1939/13/user] "Servers that answer -ERR to the USER command are
	 * giving potential attackers clues about which names are valid." */
	pop3_reply_ok(out, "Send PASS");
	return POP3_STEP_OK;
}

enum pop3_step pop3_after_user(struct pop3_server *s, struct pop3_writer *out)
{
	if (s->is_ok) {
		pop3_reply_ok(out, "Send PASS");
		return POP3_STEP_OK;
	}
	forget_user(s);
	pop3_reply_err(out, POP3_CODE_AUTH, "No such user");
	return after_failure(s);
}

/* [rfc1939/7/pass-after-user] "may only be given in the AUTHORIZATION state
 * immediately after a successful USER command".  We are lenient where no secret
 * is at stake: CAPA, and commands that fail, may stand between. */
enum pop3_step pop3_on_pass(struct pop3_server *s,
			    const struct pop3_command *cmd,
			    struct pop3_writer *out, struct pop3_event *ev)
{
	if (s->user_len == 0) {
		return err(out, POP3_CODE_NONE, "Send USER first");
	}
	ev->type = POP3_EV_LOGIN;
	ev->user = pop3_slice_of(s->user, s->user_len);
	ev->secret = cmd->args[0];
	return POP3_STEP_ASK;
}

/*
 * [rfc3206/5/auth] [AUTH] says that the credentials are at fault, and only
 * that: so that counts as a try, and a refusal without a code does.  A
 * maildrop that is in use, or a fault of ours, may be asked for again without
 * end.
 * [rfc1939/4/refused] "If the server does not close the connection, the client
 * may either issue a new authentication command and start again, or the client
 * may issue the QUIT command."
 */
enum pop3_step pop3_after_login(struct pop3_server *s, struct pop3_writer *out)
{
	forget_user(s);
	if (s->is_ok) {
		pop3_reply_ok_maildrop(out, s->count, s->octets);
		return POP3_STEP_OK;
	}
	pop3_reply_err(out, (enum pop3_code)s->code, s->text);
	return s->code == POP3_CODE_AUTH || s->code == POP3_CODE_NONE
		   ? after_failure(s)
		   : POP3_STEP_ERR;
}

/* SASL mechanisms have their place here. */
enum pop3_step pop3_on_auth(struct pop3_server *s,
			    const struct pop3_command *cmd,
			    struct pop3_writer *out, struct pop3_event *ev)
{
	(void)s, (void)cmd, (void)ev;
	return err(out, POP3_CODE_NONE, "No such mechanism");
}

/*
 * [rfc1939/6/quit-early] "if the client issues the QUIT command from the
 * AUTHORIZATION state, the POP3 session terminates but does NOT enter the
 * UPDATE state".  From TRANSACTION the commit begins before a reply is
 * written, because Outlook closes the connection right behind its QUIT.
 */
enum pop3_step pop3_on_quit(struct pop3_server *s,
			    const struct pop3_command *cmd,
			    struct pop3_writer *out, struct pop3_event *ev)
{
	(void)cmd;
	if (s->state == POP3_ST_AUTHORIZATION) {
		pop3_reply_ok(out, "Goodbye");
		return POP3_STEP_OK;
	}
	ev->type = POP3_EV_COMMIT;
	return POP3_STEP_ASK;
}

/* [rfc1939/6/quit] "The POP3 server removes all messages marked as deleted
 * from the maildrop and replies as to the status of this operation.  If
 * there is an error, such as a resource shortage, encountered while removing
 * messages, the maildrop may result in having some or none of the messages
 * marked as deleted be removed." */
enum pop3_step pop3_after_commit(struct pop3_server *s, struct pop3_writer *out)
{
	if (s->stayed != 0) {
		pop3_reply_err_stayed(out, s->stayed, s->committed);
		return POP3_STEP_ERR;
	}
	pop3_reply_ok(out, "Goodbye");
	return POP3_STEP_OK;
}
