// SPDX-License-Identifier: ISC
/*
 * phase.h - what is due next on a connection, within its state: kept in struct
 * pop3_server, moved on by run.c and by the answers in server.c.
 */
#ifndef LIB_PHASE_H
#define LIB_PHASE_H

enum phase {
	PH_GREETING, /* greet */
	PH_COMMAND,  /* take the next command */
	PH_RESPONSE, /* take the client's next response within AUTH */
	PH_ASKED,    /* nothing: the caller owes an answer */
	PH_ANSWERED, /* go on with the answer that came */
	PH_LINES,    /* go on with an answer of many lines */
	PH_BODY,     /* hand over to the caller for the text of a message */
	PH_ABORT,    /* say why the connection ends */
	PH_CLOSE,    /* nothing more, ever */
	PH_COUNT
};

#endif
