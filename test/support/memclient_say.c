// SPDX-License-Identifier: ISC
/*
 * memclient_say.c - a command as it is written down, said by the client's
 * engine.
 * Runs in: tests.
 */
#include "memclient.h"
#include "pop3/base64.h"

struct words {
	struct pop3_slice rest; /* behind the verb and one blank */
	struct pop3_slice at[2];
	size_t count;
	bool has_msn;
	uint32_t msn;
};

static struct pop3_slice take_word(struct pop3_slice *rest)
{
	size_t len = 0;
	struct pop3_slice word;

	while (len < rest->len && rest->at[len] != ' ') {
		len++;
	}
	word = pop3_slice_of(rest->at, len);
	*rest = pop3_slice_tail(*rest, len + (len < rest->len));
	return word;
}

static struct words words_of(struct pop3_slice rest)
{
	struct words w = { .rest = rest };
	uint64_t msn;

	while (rest.len != 0) {
		struct pop3_slice word = take_word(&rest);

		if (w.count < 2) {
			w.at[w.count] = word;
		}
		w.count += word.len != 0;
	}
	w.has_msn = w.count != 0 && pop3_slice_u64(w.at[0], &msn) == 0 &&
		    msn <= UINT32_MAX;
	w.msn = w.has_msn ? (uint32_t)msn : 0;
	return w;
}

/* --- the verbs with arguments --- */

typedef int say(struct memclient *mc, const struct words *w);

static int say_user(struct memclient *mc, const struct words *w)
{
	return pop3_client_user(&mc->engine, &mc->out, w->rest);
}

static int say_pass(struct memclient *mc, const struct words *w)
{
	return pop3_client_pass(&mc->engine, &mc->out, w->rest);
}

static int say_apop(struct memclient *mc, const struct words *w)
{
	return pop3_client_apop(&mc->engine, &mc->out, w->at[0], w->at[1]);
}

static int say_list(struct memclient *mc, const struct words *w)
{
	return w->count == 0
		   ? pop3_client_list(&mc->engine, &mc->out)
		   : pop3_client_list_one(&mc->engine, &mc->out, w->msn);
}

static int say_uidl(struct memclient *mc, const struct words *w)
{
	return w->count == 0
		   ? pop3_client_uidl(&mc->engine, &mc->out)
		   : pop3_client_uidl_one(&mc->engine, &mc->out, w->msn);
}

static int say_retr(struct memclient *mc, const struct words *w)
{
	return pop3_client_retr(&mc->engine, &mc->out, w->msn);
}

static int say_top(struct memclient *mc, const struct words *w)
{
	uint64_t lines;

	return pop3_slice_u64(w->at[1], &lines) < 0
		   ? POP3_EINVAL
		   : pop3_client_top(&mc->engine, &mc->out, w->msn, lines);
}

static int say_dele(struct memclient *mc, const struct words *w)
{
	return pop3_client_dele(&mc->engine, &mc->out, w->msn);
}

/* --- the verbs without --- */

typedef int say_alone(struct pop3_client *c, struct pop3_writer *out);

static const struct {
	const char *name;
	say_alone *alone;
	say *go;
} verbs[] = {
	{ "CAPA", pop3_client_capa, NULL }, { "STLS", pop3_client_stls, NULL },
	{ "UTF8", pop3_client_utf8, NULL }, { "STAT", pop3_client_stat, NULL },
	{ "RSET", pop3_client_rset, NULL }, { "NOOP", pop3_client_noop, NULL },
	{ "QUIT", pop3_client_quit, NULL }, { "USER", NULL, say_user },
	{ "PASS", NULL, say_pass },         { "APOP", NULL, say_apop },
	{ "LIST", NULL, say_list },         { "UIDL", NULL, say_uidl },
	{ "RETR", NULL, say_retr },         { "TOP", NULL, say_top },
	{ "DELE", NULL, say_dele },
};

static int say_verb(struct memclient *mc, struct pop3_slice verb,
		    struct pop3_slice rest)
{
	struct words w = words_of(rest);

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		const char *name = verbs[i].name;

		if (!pop3_slice_equal_fold(verb,
					   pop3_slice_of(name, strlen(name)))) {
			continue;
		}
		return verbs[i].go == NULL
			   ? verbs[i].alone(&mc->engine, &mc->out)
			   : verbs[i].go(mc, &w);
	}
	return POP3_EINVAL;
}

/* --- AUTH --- */

#define DECODED_MAX 12288u

static int say_response(struct memclient *mc, struct pop3_slice line)
{
	uint8_t room[DECODED_MAX];
	struct pop3_writer raw = pop3_writer_of(room, sizeof(room));

	if (pop3_slice_equal(line, POP3_LITERAL("*"))) {
		return pop3_client_auth_cancel(&mc->engine, &mc->out);
	}
	return pop3_base64_decode(line, &raw) < 0
		   ? POP3_EINVAL
		   : pop3_client_auth_response(&mc->engine, &mc->out,
					       pop3_slice_of(raw.at, raw.len));
}

static int say_auth(struct memclient *mc, struct pop3_slice rest)
{
	uint8_t room[DECODED_MAX];
	struct pop3_writer raw = pop3_writer_of(room, sizeof(room));
	struct pop3_slice mechanism = take_word(&rest);
	struct pop3_slice response;

	if (rest.len == 0) {
		return pop3_client_auth(&mc->engine, &mc->out, mechanism, NULL);
	}
	if (!pop3_slice_equal(rest, POP3_LITERAL("=")) &&
	    pop3_base64_decode(rest, &raw) < 0) {
		return POP3_EINVAL;
	}
	response = pop3_slice_of(raw.at, raw.len);
	return pop3_client_auth(&mc->engine, &mc->out, mechanism, &response);
}

int memclient_say(struct memclient *mc, struct pop3_slice line)
{
	struct pop3_slice rest = line;
	struct pop3_slice verb;

	if (mc->engine.has_challenge) {
		return say_response(mc, line);
	}
	verb = take_word(&rest);
	return pop3_slice_equal_fold(verb, POP3_LITERAL("AUTH"))
		   ? say_auth(mc, rest)
		   : say_verb(mc, verb, rest);
}
