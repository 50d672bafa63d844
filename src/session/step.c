// SPDX-License-Identifier: ISC
/*
 * step.c - what the engine's events lead to (step.h).
 * Runs in: session.  Trusts: the limits of the engine's events; nothing that
 * the client said.
 */
#include "session/step.h"

static enum step on_input(struct conn *c, const struct pop3_event *ev,
			  struct turn *t)
{
	(void)c, (void)ev, (void)t;
	return STEP_INPUT;
}

static enum step step_of(enum output_result result)
{
	switch (result) {
	case OUTPUT_DONE:
		return STEP_GO_ON;
	case OUTPUT_WAITS:
		return STEP_OUTPUT;
	case OUTPUT_FAILED:
		break;
	}
	return STEP_FAIL;
}

static enum step on_output(struct conn *c, const struct pop3_event *ev,
			   struct turn *t)
{
	size_t len = t->out.len * SESSION_COPY_COST;
	enum step step = step_of(output_flush(c, &t->out));

	(void)ev;
	t->budget -= len < t->budget ? len : t->budget;
	return step == STEP_GO_ON && t->budget == 0 ? STEP_OUTPUT : step;
}

static enum step on_user(struct conn *c, const struct pop3_event *ev,
			 struct turn *t)
{
	(void)t;
	request_known(c, ev);
	return STEP_WAITS;
}

static void remember_method(struct report *r, struct pop3_slice method)
{
	r->method = method.at;
	r->method_len = (uint8_t)method.len;
}

static enum step on_login(struct conn *c, const struct pop3_event *ev,
			  struct turn *t)
{
	(void)t;
	report_user(&c->report, ev->user.at, ev->user.len);
	remember_method(&c->report, ev->is_apop ? POP3_LITERAL("APOP")
						: POP3_LITERAL("PASS"));
	request_login(c, ev);
	return STEP_WAITS;
}

static enum step on_auth(struct conn *c, const struct pop3_event *ev,
			 struct turn *t)
{
	(void)t;
	remember_method(&c->report, ev->mechanism);
	request_sasl(c, ev);
	return STEP_WAITS;
}

static enum step on_response(struct conn *c, const struct pop3_event *ev,
			     struct turn *t)
{
	(void)t;
	request_sasl_step(c, ev);
	return STEP_WAITS;
}

/* auth forgets it when the next begins, or the connection ends: what follows
 * must not be overtaken by word of this. */
static enum step on_auth_cancel(struct conn *c, const struct pop3_event *ev,
				struct turn *t)
{
	(void)c, (void)ev, (void)t;
	return STEP_GO_ON;
}

static enum step on_stls(struct conn *c, const struct pop3_event *ev,
			 struct turn *t)
{
	(void)ev, (void)t;
	c->is_tls_due = true;
	c->is_stls = true;
	return STEP_SECURE;
}

static enum step on_listing(struct conn *c, const struct pop3_event *ev,
			    struct turn *t)
{
	(void)ev, (void)t;
	request_listing(c);
	return STEP_WAITS;
}

static uint64_t number_at(const uint8_t *at, const uint8_t *end)
{
	uint64_t number = 0;

	while (at < end && *at >= '0' && *at <= '9' && number <= UINT32_MAX) {
		number = number * 10 + (uint64_t)(*at++ - '0');
	}
	return number;
}

/* A guess, no more: the engine will read what the client says. */
static enum ahead_next next_of(struct pop3_slice in, uint32_t idx)
{
	static const char *const verbs[] = { "RETR ", "TOP " };

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		size_t len = strlen(verbs[i]);

		if (in.len > len &&
		    pop3_slice_equal_fold(pop3_slice_of(in.at, len),
					  pop3_slice_of(verbs[i], len))) {
			return number_at(in.at + len, in.at + in.len) ==
				       (uint64_t)idx + 2
				   ? AHEAD_FOLLOWS
				   : AHEAD_OTHER;
		}
	}
	return AHEAD_UNKNOWN;
}

static enum step on_message(struct conn *c, const struct pop3_event *ev,
			    struct turn *t)
{
	return message_want(c, ev->idx, next_of(t->in, ev->idx)) ? STEP_GO_ON
								 : STEP_WAITS;
}

static enum step go_on_with_body(struct conn *c, struct turn *t)
{
	struct conn_body *b = &c->body;
	enum step step = step_of(output_body(c, &t->out, &t->budget));

	if (step != STEP_GO_ON) {
		return step;
	}
	message_end(c);
	if (b->is_top) {
		c->report.top++;
	} else {
		c->report.retr++;
		c->report.retr_octets += b->octets;
	}
	pop3_server_body_sent(&c->engine);
	return STEP_GO_ON;
}

static enum step on_body(struct conn *c, const struct pop3_event *ev,
			 struct turn *t)
{
	struct conn_body *b = &c->body;

	b->read = 0;
	b->is_top = ev->is_top;
	b->is_begun = true;
	if (ev->is_top) {
		pop3_stuff_init_top(&b->stuff, ev->body_lines);
	} else {
		pop3_stuff_init(&b->stuff);
	}
	return go_on_with_body(c, t);
}

static enum step on_commit(struct conn *c, const struct pop3_event *ev,
			   struct turn *t)
{
	(void)ev, (void)t;
	ahead_drop(c);
	request_commit(c);
	return STEP_WAITS;
}

static enum step on_close(struct conn *c, const struct pop3_event *ev,
			  struct turn *t)
{
	(void)c, (void)ev, (void)t;
	return STEP_FINISH;
}

static enum step (*const on_event[])(struct conn *c,
				     const struct pop3_event *ev,
				     struct turn *t) = {
	[POP3_EV_INPUT] = on_input,
	[POP3_EV_OUTPUT] = on_output,
	[POP3_EV_USER] = on_user,
	[POP3_EV_LOGIN] = on_login,
	[POP3_EV_STLS] = on_stls,
	[POP3_EV_AUTH] = on_auth,
	[POP3_EV_RESPONSE] = on_response,
	[POP3_EV_AUTH_CANCEL] = on_auth_cancel,
	[POP3_EV_LISTING] = on_listing,
	[POP3_EV_MESSAGE] = on_message,
	[POP3_EV_BODY] = on_body,
	[POP3_EV_COMMIT] = on_commit,
	[POP3_EV_CLOSE] = on_close,
};

enum step step_go(struct conn *c, struct turn *t)
{
	enum step step = STEP_GO_ON;
	struct pop3_event ev;

	if (c->body.is_begun) {
		step = go_on_with_body(c, t);
	}
	while (step == STEP_GO_ON) {
		enum pop3_event_type type =
		    pop3_server_run(&c->engine, &t->in, &t->out, &ev);

		step = on_event[type](c, &ev, t);
	}
	return step;
}
