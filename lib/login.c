// SPDX-License-Identifier: ISC
/*
 * login.c - the commands of the AUTHORIZATION state but AUTH, and QUIT (RFC
 * 1939, sections 4, 6 and 7; RFC 2595, section 4; RFC 3206; RFC 6856).
 * Runs in: session.  Trusts: nothing that the client says; the caller about
 * who may log in.  Allocates: never.
 */
#include "handlers.h"
#include "reply.h"

#define DIGEST_LEN 32u /* of MD5, in hexadecimal */

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

enum pop3_step pop3_after_failure(struct pop3_server *s)
{
	s->has_tried = true;
	if (s->login_tries < UINT32_MAX) {
		s->login_tries++;
	}
	return s->config->login_tries_max != 0 &&
		       s->login_tries >= s->config->login_tries_max
		   ? POP3_STEP_FATAL
		   : POP3_STEP_ERR;
}

enum pop3_step pop3_refuse_plaintext(const struct pop3_server *s,
				     struct pop3_writer *out)
{
	return err(out, POP3_CODE_SYS_PERM,
		   pop3_offers_stls(s)
		       ? "A password in clear text is not accepted here; begin "
			 "TLS first, with STLS"
		       : "A password in clear text is not accepted here");
}

/* The line's limit keeps the name shorter than s->user. */
static void remember_user(struct pop3_server *s, struct pop3_slice name)
{
	forget_user(s);
	memcpy(s->user, name.at, name.len);
	s->user_len = (uint8_t)name.len;
}

/* --- USER, PASS, APOP --- */

/* A second USER before PASS replaces the first. */
enum pop3_step pop3_on_user(struct pop3_server *s,
			    const struct pop3_command *cmd,
			    struct pop3_writer *out, struct pop3_event *ev)
{
	struct pop3_slice name = cmd->args[0];

	forget_user(s);
	if (s->config->no_plaintext) { /* before the secret is sent */
		return pop3_refuse_plaintext(s, out);
	}
	remember_user(s, name);
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
	return pop3_after_failure(s);
}

static void ask_login(struct pop3_server *s, struct pop3_slice secret,
		      struct pop3_event *ev)
{
	s->has_tried = true;
	ev->type = POP3_EV_LOGIN;
	ev->user = pop3_slice_of(s->user, s->user_len);
	ev->secret = secret;
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
	ask_login(s, cmd->args[0], ev);
	return POP3_STEP_ASK;
}

static bool is_hexadecimal(struct pop3_slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.at[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f') &&
		    !(c >= 'A' && c <= 'F')) {
			return false;
		}
	}
	return true;
}

/* [rfc1939/7/apop] "The `digest' parameter itself is a 16-octet value which is
 * sent in hexadecimal format, using lower-case ASCII characters."  We take
 * capitals too.  Only whom the greeting gave a stamp can have made a digest. */
enum pop3_step pop3_on_apop(struct pop3_server *s,
			    const struct pop3_command *cmd,
			    struct pop3_writer *out, struct pop3_event *ev)
{
	struct pop3_slice digest = cmd->args[1];

	if (s->stamp_len == 0) {
		return err(out, POP3_CODE_NONE, "APOP is not offered here");
	}
	if (digest.len != DIGEST_LEN || !is_hexadecimal(digest)) {
		return err(out, POP3_CODE_NONE,
			   "A digest has 32 hexadecimal digits");
	}
	remember_user(s, cmd->args[0]);
	ask_login(s, digest, ev);
	ev->is_apop = true;
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
		   ? pop3_after_failure(s)
		   : POP3_STEP_ERR;
}

/* --- STLS, UTF8 --- */

/* [rfc2595/4/capa] "The capability name "STLS" indicates this command is
 * present and permitted in the current state."  RFC 5034, section 4: "STLS can
 * only be issued before AUTH in any case". */
bool pop3_offers_stls(const struct pop3_server *s)
{
	return s->config->offers_stls && !s->has_tried &&
	       s->state == POP3_ST_AUTHORIZATION;
}

/* [rfc2595/4/active] "A -ERR response MAY result if a security layer is already
 * active." */
enum pop3_step pop3_on_stls(struct pop3_server *s,
			    const struct pop3_command *cmd,
			    struct pop3_writer *out, struct pop3_event *ev)
{
	(void)cmd, (void)ev;
	if (s->has_tls) {
		return err(out, POP3_CODE_NONE, "TLS has begun already");
	}
	if (!s->config->offers_stls) {
		return err(out, POP3_CODE_NONE,
			   "TLS is not offered here, or here already");
	}
	return pop3_offers_stls(s) ? POP3_STEP_TLS
				   : err(out, POP3_CODE_NONE,
					 "STLS must come before any log-in");
}

/* [rfc6856/2.1/utf8] "The "UTF8" command enables UTF-8 mode."  A second one is
 * as good as the first. */
enum pop3_step pop3_on_utf8(struct pop3_server *s,
			    const struct pop3_command *cmd,
			    struct pop3_writer *out, struct pop3_event *ev)
{
	(void)cmd, (void)ev;
	if (!s->config->utf8) {
		return err(out, POP3_CODE_NONE, "UTF8 is not offered here");
	}
	s->is_utf8 = true;
	pop3_reply_ok(out, "UTF-8 it is");
	return POP3_STEP_OK;
}

/* --- QUIT --- */

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
