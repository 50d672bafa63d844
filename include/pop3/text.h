// SPDX-License-Identifier: ISC
/*
 * pop3/text.h - the text of a message on the wire (RFC 1939, section 3).
 *
 * Stored text becomes wire text thus:
 *   - an LF that no CR stands before becomes CRLF (a bare LF is a line end);
 *   - a bare CR stays as it is and ends no line;
 *   - every other octet passes, NUL and 8-bit ones too;
 *   - a last line without an end gets CRLF; no text stays no text;
 *   - a line that begins with a dot gets one more dot ("stuffing"), which is
 *     counted nowhere.
 * What pop3_measure counts is what LIST announces, and always equals what
 * pop3_stuff sends less stuffing and terminator.
 *
 * No state below holds a pointer; any cut of the text gives the same result.
 */
#ifndef POP3_TEXT_H
#define POP3_TEXT_H

#include "pop3/base.h"

/* Counts a text's octets on the wire.  Place it anywhere; init before use. */
struct pop3_measure {
	uint64_t octets; /* so far; with the last CRLF only after _end */
	bool is_wire;    /* so far stored exactly as it would be sent */
	bool after_cr;   /* the last octet was a CR */
	bool at_line;    /* the next octet begins a line */
};

void pop3_measure_init(struct pop3_measure *m);
void pop3_measure_add(struct pop3_measure *m, struct pop3_slice text);

/*
 * Ends the text and returns its octets on the wire.  After it, m->is_wire says
 * whether the stored text can be sent as it stands: every line ends in CRLF,
 * the last one too, and none begins with a dot.
 */
uint64_t pop3_measure_end(struct pop3_measure *m);

/* Turns stored text into wire text.  Place it anywhere; init before use. */
struct pop3_stuff {
	uint64_t octets;     /* sent so far, less stuffing */
	uint64_t lines_left; /* of the body; TOP */
	bool is_top;
	bool in_body;  /* the empty line behind the header was sent */
	uint8_t line;  /* TOP: what the line holds so far; see text.c */
	bool after_cr; /* as in struct pop3_measure */
	bool at_line;
	bool is_done; /* TOP has all that it wants: read no further */
};

void pop3_stuff_init(struct pop3_stuff *st);

/* As for TOP: the header, the empty line and body_lines lines of the body. */
void pop3_stuff_init_top(struct pop3_stuff *st, uint64_t body_lines);

/*
 * Moves text from *in, which is advanced, to out until in is empty, out has
 * fewer than 4 octets of room, or st->is_done.
 */
void pop3_stuff_run(struct pop3_stuff *st, struct pop3_slice *in,
		    struct pop3_writer *out);

/*
 * Ends the message: the CRLF that the last line may lack, and the terminator
 * ".CRLF".  POP3_ENOSPC, and nothing is written, if out has not 5 octets of
 * room.  For stored text that was sent without pop3_stuff_run, see is_wire,
 * pop3_stuff_init is state enough.
 */
POP3_MUST_USE int pop3_stuff_end(struct pop3_stuff *st,
				 struct pop3_writer *out);

/*
 * Turns wire text, its dots unstuffed, into the form that Unix stores: each
 * CRLF becomes LF.  A bare CR and a bare LF stay as they are, as does all else.
 * Place it anywhere; init before use.
 */
struct pop3_unwire {
	bool after_cr; /* a CR came, and was not put yet */
};

void pop3_unwire_init(struct pop3_unwire *un);

/*
 * Moves text from *in, which is advanced, to out, which it must not overlap,
 * until in is empty or out has no room.  No more octets are put than there were
 * in in, and one that came before.
 */
void pop3_unwire_run(struct pop3_unwire *un, struct pop3_slice *in,
		     struct pop3_writer *out);

/* Ends the text: puts the CR that may have come last.  POP3_ENOSPC, and nothing
 * is put, if there is one and out has no room. */
POP3_MUST_USE int pop3_unwire_end(struct pop3_unwire *un,
				  struct pop3_writer *out);

#endif
