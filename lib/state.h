// SPDX-License-Identifier: ISC
/*
 * state.h - the states of a POP3 session (RFC 1939, section 3).  The table does
 * not know its role: a server asks it when it has made an answer, a client when
 * it has seen one.
 */
#ifndef LIB_STATE_H
#define LIB_STATE_H

#include "command.h"

enum pop3_state pop3_state_after(enum pop3_state from, enum pop3_verb verb,
				 enum pop3_step step);

#endif
