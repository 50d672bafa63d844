// SPDX-License-Identifier: ISC
/*
 * memserver.c - a whole POP3 server in memory.
 * Runs in: tests.  Trusts: the test, but not the engine.
 */
#include "memserver.h"
#include "must.h"

/* As test/script/README.md has it. */
static const struct {
	const char *name, *secret;
} users[] = {
	{ "test", "secret" },
	{ "blank", "two  words " },
	{ "latin", "\xE9t\xE9" },
};

static bool is_str(struct pop3_slice s, const char *str)
{
	return pop3_slice_equal(s, pop3_slice_of(str, strlen(str)));
}

static bool is_user(struct pop3_slice name)
{
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		if (is_str(name, users[i].name)) {
			return true;
		}
	}
	return false;
}

static bool may_log_in(struct pop3_slice name, struct pop3_slice secret)
{
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		if (is_str(name, users[i].name) &&
		    is_str(secret, users[i].secret)) {
			return true;
		}
	}
	return false;
}

/* No digest is made here: test's is known. */
static bool may_log_in_by_digest(struct pop3_slice name,
				 struct pop3_slice digest)
{
	return is_str(name, users[0].name) && is_str(digest, MEMSERVER_DIGEST);
}

static void log_in(struct memserver *ms, struct pop3_slice user,
		   struct pop3_slice secret, bool is_apop)
{
	bool may = is_apop ? may_log_in_by_digest(user, secret)
			   : may_log_in(user, secret);

	if (ms->options.refuse != POP3_CODE_NONE) {
		pop3_server_login_refused(&ms->engine, ms->options.refuse,
					  "Not now");
	} else if (!may) {
		pop3_server_login_refused(&ms->engine, POP3_CODE_AUTH,
					  "Log-in failed");
	} else {
		memdrop_snapshot_init(&ms->snapshot, ms->drop);
		ms->has_snapshot = true;
		pop3_server_login_ok(
		    &ms->engine, ms->snapshot.count, ms->snapshot.octets,
		    !ms->options.lists_late, &memdrop_ops, &ms->snapshot);
	}
}

/* A step of an exchange. */
static void authenticate(struct memserver *ms, const struct pop3_event *ev)
{
	struct pop3_slice user = { 0 }, secret = { 0 };

	switch (memsasl_go(&ms->sasl, ev, &user, &secret)) {
	case MEMSASL_CHALLENGE:
		pop3_server_auth_challenge(&ms->engine, ms->sasl.challenge);
		return;
	case MEMSASL_VERIFY:
		log_in(ms, user, secret, false);
		break;
	case MEMSASL_REFUSE:
		pop3_server_login_refused(&ms->engine, POP3_CODE_NONE,
					  "Not as the mechanism has it");
		break;
	}
	memsasl_forget(&ms->sasl);
}

static void list(struct memserver *ms)
{
	must(ms->options.lists_late, "the listing was not there yet");
	if (ms->options.list_fails) {
		pop3_server_listing_failed(&ms->engine, POP3_CODE_SYS_TEMP,
					   "No listing");
	} else {
		pop3_server_listing_ready(&ms->engine);
	}
}

static void open_message(struct memserver *ms, uint32_t idx)
{
	if (memdrop_get(&ms->snapshot, idx)->is_missing) {
		pop3_server_message_failed(&ms->engine, POP3_CODE_SYS_TEMP,
					   "Message cannot be read");
	} else {
		pop3_server_message_ok(&ms->engine);
	}
}

static void flush_body(struct memserver *ms, struct pop3_writer *w)
{
	octets_add(&ms->sent, pop3_slice_of(w->at, w->len));
	w->len = 0;
}

static void send_body(struct memserver *ms, const struct pop3_event *ev)
{
	const struct memdrop_message *m = memdrop_get(&ms->snapshot, ev->idx);
	struct pop3_slice text = pop3_slice_of(m->text, m->len);
	struct pop3_stuff st;
	struct pop3_writer w = pop3_writer_of(
	    guard_tail(&ms->out, ms->options.out_cap), ms->options.out_cap);

	if (ev->is_top) {
		pop3_stuff_init_top(&st, ev->body_lines);
	} else {
		pop3_stuff_init(&st);
	}
	while (text.len != 0 && !st.is_done) {
		pop3_stuff_run(&st, &text, &w);
		flush_body(ms, &w);
	}
	must(pop3_stuff_end(&st, &w) == 0, "room for the terminator");
	flush_body(ms, &w);
	must(ev->is_top || st.octets == m->octets, "sent what was announced");
	pop3_server_body_sent(&ms->engine);
}

static void commit(struct memserver *ms)
{
	uint32_t removed, stayed;

	memdrop_commit(&ms->snapshot, &removed, &stayed);
	pop3_server_committed(&ms->engine, removed, stayed);
}

static void note(struct memserver *ms, const char *what, struct pop3_slice a,
		 struct pop3_slice b)
{
	octets_add_str(&ms->trace, what);
	octets_add_str(&ms->trace, " ");
	octets_add(&ms->trace, a);
	octets_add_str(&ms->trace, "|");
	octets_add(&ms->trace, b);
	octets_add_str(&ms->trace, "\n");
}

static void note_message(struct memserver *ms, const char *what,
			 const struct pop3_event *ev)
{
	octets_add_str(&ms->trace, what);
	octets_add_str(&ms->trace, ev->is_top ? " top " : " all ");
	octets_add_u64(&ms->trace, ev->idx);
	octets_add_str(&ms->trace, " ");
	octets_add_u64(&ms->trace, ev->body_lines);
	octets_add_str(&ms->trace, "\n");
}

static void note_auth(struct memserver *ms, const struct pop3_event *ev)
{
	note(ms, ev->has_response ? "AUTH with" : "AUTH", ev->mechanism,
	     ev->response);
	authenticate(ms, ev);
}

/* Does what ev wants.  Returns false if more input is needed, or none ever. */
static bool obey(struct memserver *ms, const struct pop3_event *ev)
{
	switch (ev->type) {
	case POP3_EV_INPUT:
		return false;
	case POP3_EV_OUTPUT:
		break;
	case POP3_EV_USER:
		note(ms, "USER", ev->user, ev->secret);
		pop3_server_user_is(&ms->engine, is_user(ev->user));
		break;
	case POP3_EV_LOGIN:
		note(ms, ev->is_apop ? "APOP" : "LOGIN", ev->user, ev->secret);
		log_in(ms, ev->user, ev->secret, ev->is_apop);
		break;
	case POP3_EV_STLS:
		octets_add_str(&ms->trace, "STLS\n");
		pop3_server_tls_begun(&ms->engine, &ms->config_tls);
		break;
	case POP3_EV_AUTH:
		note_auth(ms, ev);
		break;
	case POP3_EV_RESPONSE:
		note(ms, "RESPONSE", ev->response, pop3_slice_of(NULL, 0));
		authenticate(ms, ev);
		break;
	case POP3_EV_AUTH_CANCEL:
		octets_add_str(&ms->trace, "CANCEL\n");
		must(ms->sasl.is_begun, "an exchange to be cancelled");
		memsasl_forget(&ms->sasl);
		break;
	case POP3_EV_LISTING:
		octets_add_str(&ms->trace, "LISTING\n");
		list(ms);
		break;
	case POP3_EV_MESSAGE:
		note_message(ms, "MESSAGE", ev);
		open_message(ms, ev->idx);
		break;
	case POP3_EV_BODY:
		note_message(ms, "BODY", ev);
		send_body(ms, ev);
		break;
	case POP3_EV_COMMIT:
		octets_add_str(&ms->trace, "COMMIT\n");
		commit(ms);
		break;
	case POP3_EV_CLOSE:
		octets_add_str(&ms->trace, "CLOSE\n");
		ms->is_closed = true;
		return false;
	}
	return true;
}

/* One call of run: what it put is sent before its event is obeyed. */
static bool step(struct memserver *ms, struct pop3_slice *in)
{
	struct pop3_writer out = pop3_writer_of(
	    guard_tail(&ms->out, ms->options.out_cap), ms->options.out_cap);
	size_t in_len = in->len;
	struct pop3_event ev;
	enum pop3_event_type type;

	type = pop3_server_run(&ms->engine, in, &out, &ev);
	must(type == ev.type && !out.full, "run keeps to its room");
	must(type != POP3_EV_OUTPUT || out.len != 0,
	     "an empty output has room enough");
	must(type != POP3_EV_INPUT ||
		 in_len < pop3_server_line_max(&ms->engine) || in->len < in_len,
	     "a full line is progress");
	must(type != POP3_EV_STLS || in->len == 0, "nothing behind STLS");
	if (type != POP3_EV_OUTPUT) {
		memsasl_spoil(&ms->sasl);
	}
	octets_add(&ms->sent, pop3_slice_of(out.at, out.len));
	return obey(ms, &ev);
}

void memserver_feed(struct memserver *ms, struct pop3_slice octets)
{
	struct pop3_slice in;

	if (ms->is_closed) {
		return;
	}
	octets_add(&ms->pending, octets);
	if (ms->pending.len > ms->in.cap) {
		guard_finish(&ms->in);
		guard_init(&ms->in, 2 * ms->pending.len);
	}
	in = guard_copy(&ms->in, octets_all(&ms->pending));
	while (step(ms, &in)) {
	}
	must(ms->is_closed || in.len < pop3_server_line_max(&ms->engine),
	     "no more than a line");
	ms->pending.len = 0;
	octets_add(&ms->pending, in);
}

static const char *mechanisms(bool has_sasl, bool no_plaintext)
{
	if (!has_sasl) {
		return NULL;
	}
	return no_plaintext ? MEMSASL_HIDDEN_MECHANISMS : MEMSASL_MECHANISMS;
}

void memserver_begin(struct memserver *ms, struct memdrop *drop,
		     struct memserver_options options)
{
	memset(ms, 0, sizeof(*ms));
	ms->drop = drop;
	ms->options = options;
	ms->config = (struct pop3_server_config){
		.implementation = "restante-test",
		.greeting = "restante ready",
		.login_tries_max = MEMSERVER_TRIES_MAX,
		.reveal_users = options.reveal_users,
		.no_plaintext = options.no_plaintext,
		.offers_stls = options.stls,
		.mechanisms = mechanisms(options.sasl, options.no_plaintext),
		.login_delay_s = options.login_delay_s,
		.utf8 = options.utf8,
	};
	ms->config_tls = ms->config;
	ms->config_tls.offers_stls = ms->config_tls.no_plaintext = false;
	ms->config_tls.mechanisms = mechanisms(options.sasl, false);
	must(options.out_cap >= POP3_OUT_MIN, "room for a reply");
	guard_init(&ms->in, 4096);
	guard_init(&ms->out, options.out_cap);
	must(pop3_server_init(&ms->engine, &ms->config, options.stamp) == 0,
	     "a good configuration");
	memserver_feed(ms, pop3_slice_of(NULL, 0));
}

void memserver_end(struct memserver *ms)
{
	pop3_server_finish(&ms->engine);
	if (ms->has_snapshot) {
		memdrop_snapshot_finish(&ms->snapshot);
	}
	guard_finish(&ms->in);
	guard_finish(&ms->out);
	octets_finish(&ms->pending);
	octets_finish(&ms->sent);
	octets_finish(&ms->trace);
}
