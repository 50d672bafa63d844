// SPDX-License-Identifier: ISC
/*
 * fuzz_login.c - what a server may say in a log-in: nothing that it says
 * brings out a secret where somebody listens, makes SCRAM believe in a server
 * that does not know the password, or gets control characters into what a
 * person reads; and it does not matter how it is cut.
 *
 * The input's first octet says what the account asks for, the second what the
 * connection is like; the rest is what the server says.
 */
#include "fuzz.h"
#include "must.h"
#include "octets.h"

#include <string.h>

#include "fetch/net/login.h"
#include "pop3/pop3.h"

#define HEAD_LEN        2u

#define IS_PRIVATE      1u
#define HAS_EXPORTER    2u
#define HAS_CERTIFICATE 4u
#define HAS_NO_PASSWORD 8u
#define IS_CLEAR_TEXT   16u

static const char *const asked[] = {
	NULL,
	"PLAIN LOGIN USER",
	"SCRAM-SHA-256",
	"APOP",
	"CRAM-MD5",
	"SCRAM-SHA-1 PLAIN",
	"EXTERNAL",
	"LOGIN",
	"SCRAM-SHA-256-PLUS SCRAM-SHA-256",
	"USER",
};

struct run {
	struct account account;
	struct secret password;
	struct pop3_client client;
	struct login_options options;
	struct login *login;
	enum login_step step;
	struct why why;
	uint8_t at[65536];
	struct pop3_writer out;
	struct octets sent;
	uint8_t stamp[POP3_STAMP_MAX];
	bool is_broken, has_capa;
};

static bool has_sent(const struct run *r, const char *text)
{
	return r->sent.len != 0 &&
	       memmem(r->sent.at, r->sent.len, text, strlen(text)) != NULL;
}

static void send_out(struct run *r)
{
	octets_add(&r->sent, pop3_slice_of(r->out.at, r->out.len));
	r->out.len = 0;
}

static void begin(struct run *r, const uint8_t *head)
{
	unsigned how = head[1];

	memset(r, 0, sizeof(*r));
	r->account.host = (char *)(uintptr_t) "pop.test";
	r->account.user = (char *)(uintptr_t) "u";
	r->account.mechanisms = (char *)(uintptr_t)
	    asked[head[0] % (sizeof(asked) / sizeof(asked[0]))];
	r->account.clear_text = (how & IS_CLEAR_TEXT) != 0;
	must(secret_set(&r->password, "secret", 6), "a password");
	r->options.account = &r->account;
	r->options.password =
	    (how & HAS_NO_PASSWORD) != 0 ? NULL : &r->password;
	r->options.client = &r->client;
	r->options.is_private = (how & IS_PRIVATE) != 0;
	r->options.has_certificate = (how & HAS_CERTIFICATE) != 0;
	r->options.exporter_len = (how & HAS_EXPORTER) != 0 ? 32 : 0;
	r->out = pop3_writer_of(r->at, sizeof(r->at));
	pop3_client_init(&r->client);
}

/* The greeting is answered by CAPA, that by the log-in. */
static void react(struct run *r, const struct pop3_client_event *ev)
{
	if (ev->type == POP3_CEV_GREETING && ev->is_ok) {
		if (ev->stamp.len != 0 && ev->stamp.len <= sizeof(r->stamp)) {
			memcpy(r->stamp, ev->stamp.at, ev->stamp.len);
			r->options.stamp =
			    pop3_slice_of(r->stamp, ev->stamp.len);
		}
		must(pop3_client_capa(&r->client, &r->out) == 0, "CAPA");
	} else if (ev->type == POP3_CEV_REPLY && ev->verb == POP3_ASK_CAPA &&
		   !r->has_capa) {
		r->has_capa = true;
		r->step = login_begin(&r->options, &r->out, &r->login, &r->why);
	} else if (r->login != NULL && r->step == LOGIN_GOES_ON) {
		r->step = login_go_on(r->login, ev, &r->out, &r->why);
	}
	r->is_broken = ev->type == POP3_CEV_BROKEN;
	send_out(r);
}

static void hear(struct run *r, struct pop3_slice in)
{
	struct pop3_client_event ev;

	while (!r->is_broken &&
	       pop3_client_run(&r->client, &in, &ev) != POP3_CEV_INPUT) {
		react(r, &ev);
	}
}

static void judge_words(const struct run *r)
{
	if (!r->has_capa || r->step != LOGIN_REFUSED) {
		return;
	}
	must(r->why.kind != WHY_NONE, "a refusal has a reason");
	must(memchr(r->why.text, '\0', sizeof(r->why.text)) != NULL, "an end");
	for (const char *c = r->why.text; *c != '\0'; c++) {
		must((uint8_t)*c >= 0x20 && *c != 0x7f, "no controls");
	}
}

static void judge(const struct run *r)
{
	const char *way = login_way(r->login);
	bool is_clear = r->options.is_private || r->account.clear_text;

	/* by itself, and in the base64 of LOGIN and PLAIN */
	must(is_clear || !(has_sent(r, "secret") || has_sent(r, "c2VjcmV0") ||
			   has_sent(r, "AHUAc2VjcmV0")),
	     "no secret where somebody listens");
	must(r->login == NULL || r->step != LOGIN_DONE || way == NULL ||
		 strncmp(way, "SCRAM", 5) != 0,
	     "SCRAM only with who knows the password");
	judge_words(r);
}

static void end(struct run *r)
{
	login_destroy(&r->login);
	pop3_client_finish(&r->client);
	octets_finish(&r->sent);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct run whole, cut;
	struct pop3_slice said;

	if (size < HEAD_LEN) {
		return 0;
	}
	said = pop3_slice_of(data + HEAD_LEN, size - HEAD_LEN);
	begin(&whole, data);
	hear(&whole, said);
	judge(&whole);
	begin(&cut, data);
	for (size_t i = 0; i < said.len; i++) {
		hear(&cut, pop3_slice_of(said.at + i, 1));
	}
	judge(&cut);
	must(whole.step == cut.step && whole.has_capa == cut.has_capa,
	     "it does not matter how it is cut");
	end(&whole);
	end(&cut);
	return 0;
}
