// SPDX-License-Identifier: ISC
/*
 * client_capa.c - what a server says that it can do (RFC 2449, sections 5, 6;
 * RFC 2595, 3206, 5034, 6856).
 * Runs in: the client.  Trusts: nothing that the server says.
 * Allocates: never.
 */
#include "client_impl.h"

static bool is_word(struct pop3_slice word, const char *str)
{
	return pop3_slice_equal_fold(word, pop3_slice_of(str, strlen(str)));
}

/* A number that is too large for a field is as large as one can be. */
static bool read_u32(struct pop3_slice word, uint32_t *n_r)
{
	uint64_t n = 0;

	if (pop3_slice_u64(word, &n) < 0) {
		return false;
	}
	*n_r = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
	return true;
}

/* --- what has arguments --- */

static void read_login_delay(struct pop3_capabilities *caps,
			     struct pop3_slice rest)
{
	caps->has_login_delay =
	    read_u32(pop3_client_word(&rest), &caps->login_delay_s);
	caps->login_delay_per_user =
	    caps->has_login_delay && is_word(pop3_client_word(&rest), "USER");
}

static void read_expire(struct pop3_capabilities *caps, struct pop3_slice rest)
{
	struct pop3_slice word = pop3_client_word(&rest);

	caps->expire_never = is_word(word, "NEVER");
	caps->has_expire =
	    caps->expire_never || read_u32(word, &caps->expire_days);
	caps->expire_per_user =
	    caps->has_expire && is_word(pop3_client_word(&rest), "USER");
}

static void read_utf8(struct pop3_capabilities *caps, struct pop3_slice rest)
{
	caps->utf8 = true;
	caps->utf8_user = is_word(pop3_client_word(&rest), "USER");
}

static uint8_t upper(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

/* RFC 4422, section 3.1: 1 to 20 of A-Z, 0-9, hyphen and underscore. */
static bool is_mechanism(struct pop3_slice word)
{
	for (size_t i = 0; i < word.len; i++) {
		uint8_t c = upper(word.at[i]);

		if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '-' && c != '_') {
			return false;
		}
	}
	return word.len >= 1 && word.len <= 20;
}

static void add_mechanism(struct pop3_capabilities *caps,
			  struct pop3_slice name)
{
	size_t room = sizeof(caps->mechanisms) - caps->mechanisms_len;

	if (!is_mechanism(name) || room < name.len + 1) {
		return;
	}
	if (caps->mechanisms_len != 0) {
		caps->mechanisms[caps->mechanisms_len++] = ' ';
	}
	for (size_t i = 0; i < name.len; i++) {
		caps->mechanisms[caps->mechanisms_len++] = upper(name.at[i]);
	}
}

/* A server may have several such lines. */
static void read_sasl(struct pop3_capabilities *caps, struct pop3_slice rest)
{
	caps->sasl = true;
	while (rest.len != 0) {
		add_mechanism(caps, pop3_client_word(&rest));
	}
}

static void read_implementation(struct pop3_capabilities *caps,
				struct pop3_slice rest)
{
	struct pop3_slice text = pop3_client_trim(rest);

	caps->implementation_len = 0;
	for (size_t i = 0; i < text.len && i < sizeof(caps->implementation) &&
			   text.at[i] >= ' ' && text.at[i] < 0x7F;
	     i++) {
		caps->implementation[caps->implementation_len++] = text.at[i];
	}
}

/* --- what has none --- */

static void read_top(struct pop3_capabilities *caps, struct pop3_slice rest)
{
	(void)rest;
	caps->top = true;
}

static void read_uidl(struct pop3_capabilities *caps, struct pop3_slice rest)
{
	(void)rest;
	caps->uidl = true;
}

static void read_user(struct pop3_capabilities *caps, struct pop3_slice rest)
{
	(void)rest;
	caps->user = true;
}

static void read_stls(struct pop3_capabilities *caps, struct pop3_slice rest)
{
	(void)rest;
	caps->stls = true;
}

static void read_pipelining(struct pop3_capabilities *caps,
			    struct pop3_slice rest)
{
	(void)rest;
	caps->pipelining = true;
}

static void read_resp_codes(struct pop3_capabilities *caps,
			    struct pop3_slice rest)
{
	(void)rest;
	caps->resp_codes = true;
}

static void read_auth_resp_code(struct pop3_capabilities *caps,
				struct pop3_slice rest)
{
	(void)rest;
	caps->auth_resp_code = true;
}

static void read_lang(struct pop3_capabilities *caps, struct pop3_slice rest)
{
	(void)rest;
	caps->lang = true;
}

static const struct {
	const char *name;
	void (*read)(struct pop3_capabilities *caps, struct pop3_slice rest);
} known[] = {
	{ "TOP", read_top },
	{ "UIDL", read_uidl },
	{ "USER", read_user },
	{ "SASL", read_sasl },
	{ "STLS", read_stls },
	{ "PIPELINING", read_pipelining },
	{ "RESP-CODES", read_resp_codes },
	{ "AUTH-RESP-CODE", read_auth_resp_code },
	{ "LOGIN-DELAY", read_login_delay },
	{ "EXPIRE", read_expire },
	{ "UTF8", read_utf8 },
	{ "LANG", read_lang },
	{ "IMPLEMENTATION", read_implementation },
};

/* A new list begins. */
void pop3_client_read_capa(struct pop3_client *c, struct pop3_client_event *ev)
{
	(void)ev;
	memset(&c->capabilities, 0, sizeof(c->capabilities));
}

void pop3_client_capability(struct pop3_client *c, struct pop3_slice line,
			    struct pop3_client_event *ev)
{
	struct pop3_slice rest = line;
	struct pop3_slice name = pop3_client_word(&rest);

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (is_word(name, known[i].name)) {
			known[i].read(&c->capabilities, rest);
		}
	}
	ev->type = POP3_CEV_CAPABILITY;
	ev->text = line;
}
