// SPDX-License-Identifier: ISC
/*
 * client_lines.c - a server's answers of many lines that are no message: CAPA,
 * LIST and UIDL (RFC 1939, sections 5 and 7).
 * Runs in: the client.  Trusts: nothing that the server says.
 * Allocates: never.
 */
#include "client_impl.h"

/* --- an entry --- */

/*
 * RFC 1939, section 7: "one to 70 characters in the range 0x21 to 0x7E".  We
 * take what cannot be mistaken for something else.  All that is behind the
 * number belongs to it, also behind a blank: cut there, two could become one,
 * and one message pass for another that is here already.
 */
bool pop3_client_read_uid(struct pop3_slice rest, struct pop3_slice *uid_r)
{
	struct pop3_slice uid = pop3_client_trim(rest);

	if (uid.len == 0 || uid.len > POP3_CLIENT_UID_MAX) {
		return false;
	}
	for (size_t i = 0; i < uid.len; i++) {
		if (uid.at[i] < ' ' || uid.at[i] == 0x7F) {
			return false;
		}
	}
	*uid_r = uid;
	return true;
}

static void tell_entry(struct pop3_client_event *ev, bool is_sound,
		       uint32_t msn)
{
	ev->type = POP3_CEV_ENTRY;
	ev->is_malformed = !is_sound;
	ev->msn = is_sound ? msn : 0;
}

/* [rfc1939/5/scan] "A scan listing consists of the message-number of the
 * message, followed by a single space and the exact size of the message in
 * octets.  ... no information follows": whatever follows is ignored. */
void pop3_client_list_entry(struct pop3_client *c, struct pop3_slice line,
			    struct pop3_client_event *ev)
{
	uint32_t msn = 0;
	bool is_sound =
	    pop3_client_msn(pop3_client_word(&line), &msn) &&
	    pop3_slice_u64(pop3_client_word(&line), &ev->octets) == 0;

	(void)c;
	tell_entry(ev, is_sound, msn);
	ev->has_octets = is_sound;
}

void pop3_client_uidl_entry(struct pop3_client *c, struct pop3_slice line,
			    struct pop3_client_event *ev)
{
	uint32_t msn = 0;
	bool is_sound = pop3_client_msn(pop3_client_word(&line), &msn) &&
			pop3_client_read_uid(line, &ev->uid);

	(void)c;
	tell_entry(ev, is_sound, msn);
}

/* --- the answer --- */

static bool end(struct pop3_client *c, struct pop3_client_event *ev)
{
	ev->has_octets = c->has_octets;
	ev->octets = c->octets;
	ev->has_count = c->has_count;
	ev->count = c->count;
	if (pop3_client_head(c).verb == POP3_ASK_CAPA) {
		c->capabilities.is_known = true;
	}
	return pop3_client_answered(c, ev, true);
}

/*
 * [rfc1939/3/unstuffing] "When examining a multi-line response, the client
 * checks to see if the line begins with the termination octet.  If so and if
 * octets other than CRLF follow, the first octet of the line (the termination
 * octet) is stripped away."  No entry begins with a dot, so one with blanks
 * behind it ends them as well.
 */
static bool take_line(struct pop3_client *c, struct pop3_slice line,
		      struct pop3_client_event *ev)
{
	enum pop3_verb_asked verb = pop3_client_awaits(c);

	if (pop3_slice_equal(pop3_client_trim(line), POP3_LITERAL("."))) {
		return end(c, ev);
	}
	if (line.len != 0 && line.at[0] == '.') {
		line = pop3_slice_tail(line, 1);
	}
	ev->verb = verb;
	pop3_client_verbs[verb].tell_line(c, line, ev);
	return true;
}

bool pop3_client_take_lines(struct pop3_client *c, struct pop3_slice *in,
			    struct pop3_client_event *ev)
{
	struct pop3_slice line;
	int rc = pop3_client_line(c, in, &line);

	if (rc < 0) {
		return pop3_client_break(c, ev, POP3_FAULT_LINE);
	}
	return rc == 0 ? pop3_client_stop(ev, POP3_CEV_INPUT)
		       : take_line(c, line, ev);
}
