// SPDX-License-Identifier: ISC
/*
 * command.h - the verbs: what each is called, where it is allowed, what it
 * takes, and what does it.
 */
#ifndef LIB_COMMAND_H
#define LIB_COMMAND_H

#include "pop3/base.h"
#include "pop3/server.h"

enum pop3_verb {
	POP3_VERB_NONE, /* no such command */
	POP3_VERB_USER,
	POP3_VERB_PASS,
	POP3_VERB_APOP,
	POP3_VERB_AUTH,
	POP3_VERB_STLS,
	POP3_VERB_UTF8,
	POP3_VERB_LANG,
	POP3_VERB_CAPA,
	POP3_VERB_QUIT,
	POP3_VERB_STAT,
	POP3_VERB_LIST,
	POP3_VERB_UIDL,
	POP3_VERB_RETR,
	POP3_VERB_TOP,
	POP3_VERB_DELE,
	POP3_VERB_RSET,
	POP3_VERB_NOOP,
	POP3_VERB_COUNT
};

#define POP3_ARGS_MAX 2u

/* A line taken apart; the arguments point into it. */
struct pop3_command {
	enum pop3_verb verb;
	size_t argc; /* may be more than POP3_ARGS_MAX, args then are not all */
	struct pop3_slice args[POP3_ARGS_MAX];
};

/* What became of a command so far; with verb and state it picks the next
 * state. */
enum pop3_step {
	POP3_STEP_OK,    /* +OK was said */
	POP3_STEP_ERR,   /* -ERR was said */
	POP3_STEP_FATAL, /* -ERR was said, and the connection is to end */
	POP3_STEP_LINES, /* +OK was said, lines follow */
	POP3_STEP_BODY,  /* +OK was said, the text of a message follows */
	POP3_STEP_ASK,   /* an event was set; its answer will be handled */
	POP3_STEP_MORE,  /* a challenge was put; the response will be handled */
	POP3_STEP_TLS,   /* nothing was said; TLS may begin if no more octets of
			  * clear text are here */
};

/*
 * Does a command: puts exactly one reply's first line to out, or sets *ev.
 * cmd is NULL when a listing that the verb waited for has come.
 */
typedef enum pop3_step pop3_handler(struct pop3_server *s,
				    const struct pop3_command *cmd,
				    struct pop3_writer *out,
				    struct pop3_event *ev);

#define POP3_IN(state) (1u << (state))

enum pop3_verb_flag {
	POP3_TAKES_MSN = 1,     /* its first argument is a message-number */
	POP3_WANTS_LISTING = 2, /* needs octets or unique-ids */
	POP3_TAKES_REST = 4,    /* its argument is all that follows */
};

struct pop3_verb_row {
	const char *name;
	unsigned states; /* POP3_IN(...) | ... */
	unsigned flags;
	size_t argc_min, argc_max;
	pop3_handler *handler;
};

extern const struct pop3_verb_row pop3_verbs[POP3_VERB_COUNT];

/*
 * Takes a line without its end apart.  Arguments are separated by blanks, and
 * blanks at the end are ignored, but for a verb that takes the rest: its one
 * argument is what stands behind the first blank.
 */
struct pop3_command pop3_command_parse(struct pop3_slice line);

#endif
