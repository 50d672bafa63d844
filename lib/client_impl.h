// SPDX-License-Identifier: ISC
/*
 * client_impl.h - what the parts of the client engine say to one another.
 */
#ifndef LIB_CLIENT_IMPL_H
#define LIB_CLIENT_IMPL_H

#include "command.h"
#include "pop3/client.h"

enum client_phase {
	CLIENT_REPLY,  /* take a status line */
	CLIENT_LINES,  /* take a line of a listing, or its end */
	CLIENT_TEXT,   /* take octets of a message */
	CLIENT_PROBED, /* find out whether that was all of it */
	CLIENT_TLS,    /* nothing: the caller owes TLS */
	CLIENT_BROKEN, /* nothing, ever */
	CLIENT_PHASES
};

enum client_answer {
	CLIENT_ONE_LINE,
	CLIENT_MANY_LINES,
	CLIENT_MESSAGE
};

/* Takes a status line, the sign and text of which are in ev: as
 * client_phase_run, but for in, which is not consumed. */
typedef bool client_take_line(struct pop3_client *c, struct pop3_slice line,
			      const struct pop3_slice *in,
			      struct pop3_client_event *ev);

/* Sets what the event of a positive status line has of its text. */
typedef void client_read(struct pop3_client *c, struct pop3_client_event *ev);

/* Tells a line of the answer. */
typedef void client_tell_line(struct pop3_client *c, struct pop3_slice line,
			      struct pop3_client_event *ev);

struct client_verb {
	const char *name;
	enum client_answer answer; /* if it is positive */
	enum pop3_verb verb;       /* where a state may change */
	client_take_line *take;    /* NULL: as most are taken */
	client_read *read;
	client_tell_line *tell_line;
};

extern const struct client_verb pop3_client_verbs[POP3_ASK_COUNT];

/*
 * What a phase does: returns true when *ev is set, false when run is to go on
 * with the phase that is next; if *in has not what it takes, the event is
 * POP3_CEV_INPUT.
 */
typedef bool client_phase_run(struct pop3_client *c, struct pop3_slice *in,
			      struct pop3_client_event *ev);

/* client.c */
bool pop3_client_stop(struct pop3_client_event *ev,
		      enum pop3_client_event_type type);
bool pop3_client_break(struct pop3_client *c, struct pop3_client_event *ev,
		       enum pop3_client_fault fault);
/* The head of the queue; one must be awaited. */
struct pop3_client_asked pop3_client_head(const struct pop3_client *c);
/* The answer in hand is whole: takes it off the queue and tells it. */
bool pop3_client_answered(struct pop3_client *c, struct pop3_client_event *ev,
			  bool is_ok);

/* client_line.c: as pop3_line_next, but what is no whole line yet is taken into
 * c->line; *line_r points into in or c->line. */
POP3_MUST_USE int pop3_client_line(struct pop3_client *c, struct pop3_slice *in,
				   struct pop3_slice *line_r);
/* Appends to c->line what of *in belongs to its line, as far as there is room:
 * *in is used up to the LF, or all of it. */
void pop3_client_gather(struct pop3_client *c, struct pop3_slice *in);
/* Whether c->line is a whole one. */
bool pop3_client_has_line(const struct pop3_client *c);
/* The next word off the front of *rest, which blanks and tabs surround: empty
 * if there is none. */
struct pop3_slice pop3_client_word(struct pop3_slice *rest);
/* A word that is a number which fits into 32 bits, and is not 0. */
bool pop3_client_msn(struct pop3_slice word, uint32_t *msn_r);
struct pop3_slice pop3_client_trim(struct pop3_slice s);

/* client_read.c */
/* Takes a code that is known off the front of *text.  One that is not stays: a
 * person may make something of it. */
enum pop3_code pop3_client_take_code(struct pop3_slice *text);
/* With its angle brackets; empty if there is none. */
struct pop3_slice pop3_client_find_stamp(struct pop3_slice text);
client_read pop3_client_read_count_octets;
client_read pop3_client_read_list_one;
client_read pop3_client_read_uidl_one;
client_read pop3_client_read_retr;

/* client_reply.c */
client_phase_run pop3_client_take_reply;

/* client_lines.c */
client_phase_run pop3_client_take_lines;
client_tell_line pop3_client_list_entry;
client_tell_line pop3_client_uidl_entry;
bool pop3_client_read_uid(struct pop3_slice rest, struct pop3_slice *uid_r);

/* client_capa.c */
client_read pop3_client_read_capa;
client_tell_line pop3_client_capability;

/* client_text.c */
void pop3_client_begin_text(struct pop3_client *c);
client_phase_run pop3_client_take_text;
client_phase_run pop3_client_take_probed;

#endif
