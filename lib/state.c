// SPDX-License-Identifier: ISC
/*
 * state.c - the states of a POP3 session.
 * Runs in: session, the client.  Trusts: nothing.  Allocates: never.
 */
#include "state.h"

/*
 * The diagram of RFC 1939.  What is not here leaves the state as it is, but
 * POP3_STEP_FATAL, which ends all; which verb is allowed in which state stands
 * in command.c's table.
 */
static const struct edge {
	enum pop3_state from;
	enum pop3_verb verb;
	enum pop3_step step;
	enum pop3_state to;
} edges[] = {
	{ POP3_ST_AUTHORIZATION, POP3_VERB_PASS, POP3_STEP_OK,
	  POP3_ST_TRANSACTION },
	{ POP3_ST_AUTHORIZATION, POP3_VERB_APOP, POP3_STEP_OK,
	  POP3_ST_TRANSACTION },
	{ POP3_ST_AUTHORIZATION, POP3_VERB_AUTH, POP3_STEP_OK,
	  POP3_ST_TRANSACTION },
	{ POP3_ST_AUTHORIZATION, POP3_VERB_QUIT, POP3_STEP_OK, POP3_ST_CLOSED },
	{ POP3_ST_TRANSACTION, POP3_VERB_QUIT, POP3_STEP_ASK, POP3_ST_UPDATE },
	{ POP3_ST_UPDATE, POP3_VERB_QUIT, POP3_STEP_OK,
	  POP3_ST_CLOSED }, /* all that was marked is gone */
	{ POP3_ST_UPDATE, POP3_VERB_QUIT, POP3_STEP_ERR,
	  POP3_ST_CLOSED }, /* some of it stayed */
};

enum pop3_state pop3_state_after(enum pop3_state from, enum pop3_verb verb,
				 enum pop3_step step)
{
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		const struct edge *e = &edges[i];

		if (e->from == from && e->verb == verb && e->step == step) {
			return e->to;
		}
	}
	return step == POP3_STEP_FATAL ? POP3_ST_CLOSED : from;
}
