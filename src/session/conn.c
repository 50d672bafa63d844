// SPDX-License-Identifier: ISC
/*
 * conn.c - a connection's turns (conn.h).
 * Runs in: session.  Trusts: nothing that the client sends.
 */
#include "session/conn.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/secret.h"
#include "os/fd.h"
#include "session/admit.h"
#include "session/offer.h"
#include "session/pace.h"
#include "session/step.h"
#include "session/table.h"

/* --- what it waits for --- */

void conn_watch(struct conn *c, uint32_t events)
{
	if (c->watched == events) {
		return;
	}
	if (loop_watch(&c->process->loop, c->fd, c->id, c->watched, events) <
	    0) {
		process_fail("a descriptor cannot be watched");
	}
	c->watched = (uint8_t)events;
}

void conn_time(struct conn *c, enum timing timing)
{
	struct process *p = c->process;

	if (!c->report.is_logged_in && c->timed == TIMING_LOGIN) {
		return; /* its time runs from the connection's begin */
	}
	c->timed = (uint8_t)timing;
	c->touched_ms = p->loop.now_ms;
	if (timing == TIMING_STALL) {
		output_begin_stall(c);
	}
	list_append(&p->timing[timing], &c->timing);
}

/* --- its end --- */

/* Ends the client's side. */
static void hang_up(struct conn *c)
{
	if (c->fd != -1) {
		if (c->tls != NULL) {
			(void)!tls_close(c->tls);
			tls_detach(c->tls);
		}
		list_remove(&c->resting);
		fd_close(&c->fd); /* which ends its being watched */
		c->watched = 0;
	}
}

static void end(struct conn *c)
{
	struct process *p = c->process;

	if (c->handle != 0) {
		request_close(p, c->id, c->handle,
			      c->report.end == REPORT_BROKEN);
	}
	if (c->is_in_exchange) {
		request_sasl_cancel(c);
	}
	report_write(&c->report, c->address, c->port, p->loop.now_ms);
	admit_leave(c);
	table_remove(p, c);
	list_remove(&c->timing);
	list_remove(&c->queue);
	hang_up(c);
	tls_destroy(&c->tls);
	fd_close(&c->body.fd);
	ahead_drop(c);
	rest_free(&c->in);
	rest_free(&c->out);
	view_finish(&c->view);
	pop3_server_finish(&c->engine);
	free(c);
}

void conn_drop(struct conn *c, enum report_end why)
{
	c->report.end = (uint8_t)why;
	if (c->waits == CONN_WAITS_NOT) {
		end(c);
		return;
	}
	c->is_dropped = true; /* the answer is on its way */
	hang_up(c);
	list_append(&c->process->timing[TIMING_NONE], &c->timing);
}

/* --- turns --- */

/* The engine wants a command: so the output is out, and time runs anew if the
 * client has said something whole. */
static void await_command(struct conn *c, bool was_heard)
{
	if (c->process->is_stopping) {
		conn_abort(c, REPORT_STOP, POP3_CODE_SYS_TEMP,
			   "The server is stopping");
		return;
	}
	if (was_heard || c->timed != TIMING_IDLE) {
		conn_time(c,
			  c->report.is_logged_in ? TIMING_IDLE : TIMING_LOGIN);
	}
	/* a socket is writable most of the time, so the loop comes at once */
	conn_watch(c, c->tls != NULL && tls_may_have_more(c->tls)
			  ? LOOP_READABLE | LOOP_WRITABLE
			  : LOOP_READABLE);
}

static void fail(struct conn *c)
{
	conn_drop(c, c->report.end == REPORT_QUIT
			 ? REPORT_LOST
			 : (enum report_end)c->report.end);
}

/* Settles what a turn has led to.  Whoever waits for another role goes on being
 * watched, which costs nothing unless the client does say something. */
static void settle(struct conn *c, enum step step, bool was_heard)
{
	switch (step) {
	case STEP_GO_ON:
	case STEP_INPUT:
		await_command(c, was_heard);
		break;
	case STEP_OUTPUT:
		pace_await_room(c);
		break;
	case STEP_WAITS:
		conn_time(c, TIMING_NONE);
		break;
	case STEP_SECURE:
		secure_begin(c);
		break;
	case STEP_FINISH:
		conn_drop(c, (enum report_end)c->report.end);
		break;
	case STEP_FAIL:
		fail(c);
		break;
	}
}

/* All is said; but TLS has an end of its own. */
static enum step finish(struct conn *c)
{
	if (c->tls == NULL || tls_close(c->tls) == 0 || errno != EAGAIN) {
		return STEP_FINISH;
	}
	return STEP_OUTPUT;
}

/* Sends what the turn has put out; a step that wants input or the end has to
 * wait when not all of it could be sent. */
static enum step flush(struct conn *c, struct turn *t, enum step step)
{
	enum output_result sent;

	if (step == STEP_FAIL) {
		return step;
	}
	if (step == STEP_WAITS && output_hold(c, &t->out)) {
		return step;
	}
	if (step == STEP_FINISH && c->tls != NULL) {
		tls_hold(c->tls); /* for the end of TLS to go with it */
	}
	sent = output_flush(c, &t->out);
	if (sent == OUTPUT_FAILED) {
		return step == STEP_FINISH ? step : STEP_FAIL;
	}
	if (sent == OUTPUT_WAITS) {
		return step == STEP_WAITS ? step : STEP_OUTPUT;
	}
	return step == STEP_FINISH ? finish(c) : step;
}

static void turn(struct conn *c, struct pop3_slice in)
{
	struct process *p = c->process;
	struct turn t = { .in = in,
			  .out = pop3_writer_of(p->out, sizeof(p->out)),
			  .budget = SESSION_TURN_OCTETS };
	enum step step;

	output_take_held(c, &t.out);
	step = c->is_finished ? STEP_FINISH : step_go(c, &t);
	if (t.budget == 0) {
		pace_note_much(c);
	}
	c->is_finished = step == STEP_FINISH;
	if (c->is_finished &&
	    c->engine.login_tries >= p->settings.login_tries_max &&
	    p->settings.login_tries_max != 0 && !c->report.is_logged_in) {
		c->report.end = REPORT_TRIES;
	}
	c->report.octets_in += in.len - t.in.len;
	if (!rest_keep(&c->in, t.in)) {
		step = STEP_FAIL;
	}
	settle(c, flush(c, &t, step), in.len != t.in.len);
}

/* A turn on what is left of earlier input. */
static void turn_on_rest(struct conn *c)
{
	struct pop3_slice none = { NULL, 0 };

	turn(c, c->in.len == 0
		    ? none
		    : pop3_slice_of(c->in.at + c->in.off, c->in.len));
}

void conn_resume(struct conn *c)
{
	if (c->is_dropped) {
		end(c);
	} else if (c->out.len == 0 || c->is_out_held) {
		turn_on_rest(c);
	} else {
		pace_await_room(c);
	}
}

bool conn_is_idle(const struct conn *c)
{
	bool is_shaking = c->tls != NULL && !tls_is_ready(c->tls);

	return c->watched == LOOP_READABLE && c->waits == CONN_WAITS_NOT &&
	       !is_shaking && !c->awaits_header;
}

/* A port that begins with TLS has a new engine; that of STLS forgets all that
 * it has heard. */
void conn_secured(struct conn *c)
{
	if (c->is_stls) {
		offer_secured(c);
		(void)!tls_release(
		    c->tls); /* the ticket; no greeting follows */
	} else if (offer_begin(c) < 0) {
		conn_drop(c, REPORT_TLS);
		return;
	}
	turn(c, pop3_slice_of(NULL, 0));
}

void conn_abort(struct conn *c, enum report_end why, enum pop3_code code,
		const char *text)
{
	c->report.end = (uint8_t)why;
	pop3_server_abort(&c->engine, code, text);
	turn(c, pop3_slice_of(NULL, 0));
}

/* --- what the loop says --- */

static ssize_t receive(struct conn *c, uint8_t *at, size_t cap)
{
	return c->tls == NULL ? recv(c->fd, at, cap, 0)
			      : tls_receive(c->tls, at, cap);
}

/* Until a log-in any input may hold a password, also input that was refused;
 * what is kept of it is wiped when it is freed. */
static void read_more(struct conn *c)
{
	struct process *p = c->process;
	size_t kept = c->in.len;
	bool may_be_secret = !c->report.is_logged_in;
	struct pop3_slice in;
	ssize_t n;

	if (kept != 0) {
		memcpy(p->in, c->in.at + c->in.off, kept);
	}
	n = receive(c, p->in + kept, sizeof(p->in) - kept);
	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		conn_watch(c, LOOP_READABLE);
		return;
	}
	if (n <= 0) {
		conn_drop(c, REPORT_LOST);
		return;
	}
	rest_free(&c->in);
	in = pop3_slice_of(p->in, kept + (size_t)n);
	if (p->on_input != NULL && p->on_input(c, in)) {
		return;
	}
	turn(c, in);
	if (may_be_secret) {
		wipe(p->in, in.len);
	}
}

static void send_more(struct conn *c)
{
	switch (output_flush_rest(c)) {
	case OUTPUT_DONE:
		if (c->is_tls_due) {
			secure_begin(c);
		} else {
			turn_on_rest(c);
		}
		break;
	case OUTPUT_WAITS:
		break;
	case OUTPUT_FAILED:
		conn_drop(c, REPORT_LOST);
		break;
	}
}

/* Of an error the next recv or send says which, and what had come before it is
 * still read. */
void conn_on_ready(struct conn *c, uint32_t events)
{
	bool sends = c->watched == LOOP_WRITABLE;

	(void)events;
	if (c->watched == 0) {
		return; /* its turn came too late */
	}
	if (!sends) {
		pace_note_asked(c);
	}
	if (c->tls != NULL) {
		tls_note_readable(c->tls);
	}
	if (c->waits != CONN_WAITS_NOT) {
		conn_watch(c, 0);
	} else if (c->awaits_header) {
		admit_read_header(c);
	} else if (c->tls != NULL && !tls_is_ready(c->tls)) {
		secure_go_on(c);
	} else if (sends) {
		send_more(c);
	} else {
		read_more(c);
	}
}

void conn_greet(struct conn *c)
{
	if (c->is_tls_due) {
		secure_begin(c);
	} else {
		turn(c, pop3_slice_of(NULL, 0));
	}
}

void conn_begin(struct conn *c)
{
	if (c->awaits_header) {
		conn_watch(c, LOOP_READABLE);
	} else {
		conn_greet(c);
	}
}
