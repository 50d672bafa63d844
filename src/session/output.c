// SPDX-License-Identifier: ISC
/*
 * output.c - octets to the client: replies, and the text of messages (conn.h).
 * Runs in: session.  Trusts: nothing about a message's file: what does not have
 * the announced length is broken off, and never gets a terminator.
 */
#include "session/conn.h"

#include <errno.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

/* Below this room, text is not read for it: the output goes out first. */
#define ROOM_MIN 4096u

/*
 * What a client has taken is what it has acknowledged: the kernel reports room
 * for more only when a good part of its own large buffer is free, which a slow
 * line may take minutes for.
 */
static uint64_t taken(const struct conn *c)
{
	uint64_t sent = c->sent_clear + (c->tls == NULL ? 0 : tls_sent(c->tls));
	int waiting = 0;

	if (ioctl(c->fd, SIOCOUTQ, &waiting) < 0 || waiting < 0 ||
	    (uint64_t)waiting > sent) {
		return 0;
	}
	return sent - (uint64_t)waiting;
}

void output_begin_stall(struct conn *c)
{
	c->taken = taken(c);
}

bool output_is_stalled(const struct conn *c)
{
	return taken(c) < c->taken + SESSION_STALL_OCTETS;
}

/* Sends what it can of len octets; -1 if the client is gone. */
static ssize_t send_some(struct conn *c, const uint8_t *at, size_t len)
{
	ssize_t n;

	do {
		n = c->tls == NULL ? send(c->fd, at, len, MSG_NOSIGNAL)
				   : tls_send(c->tls, at, len);
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
	}
	c->report.octets_out += (uint64_t)n;
	c->sent_clear += c->tls == NULL ? (uint64_t)n : 0;
	return n;
}

static bool keep_rest(struct conn *c, const uint8_t *at, size_t len)
{
	c->out.at = malloc(len);
	if (c->out.at == NULL) {
		return false;
	}
	memcpy(c->out.at, at, len);
	c->out.off = 0;
	c->out.len = (uint32_t)len;
	return true;
}

enum output_result output_flush(struct conn *c, struct pop3_writer *w)
{
	size_t len = w->len;
	ssize_t n;

	if (len == 0) {
		return OUTPUT_DONE;
	}
	w->len = 0;
	n = send_some(c, w->at, len);
	if (n < 0) {
		return OUTPUT_FAILED;
	}
	if ((size_t)n == len) {
		return OUTPUT_DONE;
	}
	return keep_rest(c, w->at + n, len - (size_t)n) ? OUTPUT_WAITS
							: OUTPUT_FAILED;
}

enum output_result output_flush_rest(struct conn *c)
{
	ssize_t n;

	if (c->out.len == 0) {
		return OUTPUT_DONE;
	}
	n = send_some(c, c->out.at + c->out.off, c->out.len);
	if (n < 0) {
		return OUTPUT_FAILED;
	}
	c->out.off += (uint32_t)n;
	c->out.len -= (uint32_t)n;
	if (c->out.len != 0) {
		return OUTPUT_WAITS;
	}
	free(c->out.at);
	c->out.at = NULL;
	return OUTPUT_DONE;
}

bool output_hold(struct conn *c, struct pop3_writer *w)
{
	if (w->len == 0 || w->len > SESSION_HELD_REPLIES_MAX ||
	    c->out.len != 0 || !keep_rest(c, w->at, w->len)) {
		return false;
	}
	w->len = 0;
	c->is_out_held = true;
	return true;
}

void output_take_held(struct conn *c, struct pop3_writer *w)
{
	if (c->is_out_held) {
		memcpy(w->at, c->out.at, c->out.len);
		w->len = c->out.len;
		rest_free(&c->out);
		c->is_out_held = false;
	}
}

static void spend(size_t *budget, size_t octets)
{
	*budget -= octets < *budget ? octets : *budget;
}

/* Makes room in w by sending it; WAITS too when this turn's budget is spent. */
static enum output_result make_room(struct conn *c, struct pop3_writer *w,
				    size_t *budget)
{
	enum output_result result;

	spend(budget, w->len * SESSION_COPY_COST);
	result = output_flush(c, w);
	return result == OUTPUT_DONE && *budget == 0 ? OUTPUT_WAITS : result;
}

/* Text that is stored as it is sent, from file to socket inside the kernel. */
static enum output_result send_file(struct conn *c, struct pop3_writer *w,
				    size_t *budget)
{
	struct conn_body *b = &c->body;

	while (b->read < b->stored) {
		enum output_result result = make_room(c, w, budget);
		uint64_t left = b->stored - b->read;
		off_t off = (off_t)b->read;
		ssize_t n;

		if (result != OUTPUT_DONE) {
			return result;
		}
		n = sendfile(c->fd, b->fd, &off,
			     left < *budget ? (size_t)left : *budget);
		if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
			return OUTPUT_WAITS;
		}
		if (n <= 0) {
			c->report.end = n == 0 ? REPORT_BROKEN : REPORT_LOST;
			return OUTPUT_FAILED;
		}
		b->read += (uint64_t)n;
		spend(budget, (size_t)n);
		c->report.octets_out += (uint64_t)n;
		c->sent_clear += (uint64_t)n;
	}
	b->stuff.octets = b->stored;
	return OUTPUT_DONE;
}

/* One piece of stored text through the stuffing into w.  False if it cannot be
 * read, or ends too early. */
static bool stuff_piece(struct conn *c, struct pop3_writer *w)
{
	struct conn_body *b = &c->body;
	uint64_t left = b->stored - b->read;
	size_t len = pop3_writer_room(w) / 2 - 2; /* each octet may double */
	struct pop3_slice text;
	ssize_t n;

	len = len < SESSION_READ_MAX ? len : SESSION_READ_MAX;
	len = left < len ? (size_t)left : len;
	do {
		n = pread(b->fd, c->process->text, len, (off_t)b->read);
	} while (n < 0 && errno == EINTR);
	if (n <= 0) {
		return false;
	}
	text = pop3_slice_of(c->process->text, (size_t)n);
	pop3_stuff_run(&b->stuff, &text, w);
	b->read += (uint64_t)n - text.len;
	return true;
}

static void stuff_held(struct conn *c, struct pop3_writer *w)
{
	struct conn_body *b = &c->body;
	uint32_t len;
	const uint8_t *at = ahead_text(c, &len);
	struct pop3_slice text =
	    pop3_slice_of(at + b->read, len - (size_t)b->read);

	pop3_stuff_run(&b->stuff, &text, w);
	b->read = len - text.len;
}

static enum output_result stuff_file(struct conn *c, struct pop3_writer *w,
				     size_t *budget)
{
	struct conn_body *b = &c->body;

	while (b->read < b->stored && !b->stuff.is_done) {
		if (pop3_writer_room(w) < ROOM_MIN) {
			enum output_result result = make_room(c, w, budget);

			if (result != OUTPUT_DONE) {
				return result;
			}
		}
		if (b->is_held) {
			stuff_held(c, w);
		} else if (!stuff_piece(c, w)) {
			c->report.end = REPORT_BROKEN;
			return OUTPUT_FAILED;
		}
	}
	return OUTPUT_DONE;
}

/* The last CRLF and the terminator; only behind as many octets as announced. */
static enum output_result end_body(struct conn *c, struct pop3_writer *w)
{
	struct conn_body *b = &c->body;

	if (pop3_stuff_end(&b->stuff, w) < 0) {
		enum output_result result = output_flush(c, w);

		if (result != OUTPUT_DONE) {
			return result;
		}
		if (pop3_stuff_end(&b->stuff, w) < 0) {
			return OUTPUT_FAILED;
		}
	}
	if (!b->is_top && b->stuff.octets != b->octets) {
		w->len = 0;
		c->report.end = REPORT_BROKEN;
		return OUTPUT_FAILED;
	}
	return OUTPUT_DONE;
}

enum output_result output_body(struct conn *c, struct pop3_writer *w,
			       size_t *budget)
{
	struct conn_body *b = &c->body;
	bool by_kernel = b->is_wire && !b->is_top && !b->is_held &&
			 c->tls == NULL && b->stored >= SESSION_SENDFILE_MIN;
	enum output_result result =
	    by_kernel ? send_file(c, w, budget) : stuff_file(c, w, budget);

	return result == OUTPUT_DONE ? end_body(c, w) : result;
}
