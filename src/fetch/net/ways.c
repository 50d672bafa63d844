// SPDX-License-Identifier: ISC
/*
 * ways.c - the ways to log in, and which of them will do (login_impl.h).
 * Runs in: the collector's loop.  Trusts: nothing that a server announces, but
 * that it cannot do what it does not announce.  Allocates: never.
 */
#include "fetch/net/login_impl.h"

#include <string.h>
#include <strings.h>

#define SCRAM (WAY_SASL | WAY_FIRST | WAY_SCRAM | WAY_PASSWORD)

/* The best first; those that are only asked for stand last.  Bearers of tokens
 * (OAUTHBEARER, XOAUTH2) are rows like these: a begin, and what they need. */
static const struct way ways[] = {
	{ "SCRAM-SHA-256-PLUS", SCRAM | WAY_PLUS, login_begin_scram },
	{ "SCRAM-SHA-256", SCRAM, login_begin_scram },
	{ "SCRAM-SHA-1-PLUS", SCRAM | WAY_PLUS, login_begin_scram },
	{ "SCRAM-SHA-1", SCRAM, login_begin_scram },
	{ "EXTERNAL", WAY_SASL | WAY_FIRST | WAY_CERTIFICATE,
	  login_begin_gsasl },
	{ "PLAIN", WAY_SASL | WAY_FIRST | WAY_SECRET | WAY_PASSWORD,
	  login_begin_gsasl },
	{ "LOGIN", WAY_SASL | WAY_SECRET | WAY_PASSWORD, login_begin_gsasl },
	{ "USER", WAY_SECRET | WAY_PASSWORD, login_begin_user },
	{ "APOP", WAY_PASSWORD | WAY_STAMP | WAY_ASKED, login_begin_apop },
	{ "CRAM-MD5", WAY_SASL | WAY_PASSWORD | WAY_ASKED, login_begin_gsasl },
};

#define WAYS_COUNT (sizeof(ways) / sizeof(ways[0]))

/* The next word of names with blanks between; its length is 0 at the end. */
static struct pop3_slice next_word(struct pop3_slice *rest)
{
	struct pop3_slice word;
	size_t from = 0;
	size_t len = 0;

	while (from < rest->len && rest->at[from] == ' ') {
		from++;
	}
	word = pop3_slice_tail(*rest, from);
	while (len < word.len && word.at[len] != ' ') {
		len++;
	}
	*rest = pop3_slice_tail(word, len);
	word.len = len;
	return word;
}

static bool is_called(struct pop3_slice word, const char *name)
{
	return word.len == strlen(name) &&
	       strncasecmp((const char *)word.at, name, word.len) == 0;
}

static bool has_word(struct pop3_slice words, const char *name)
{
	struct pop3_slice word = next_word(&words);

	while (word.len != 0 && !is_called(word, name)) {
		word = next_word(&words);
	}
	return word.len != 0;
}

static const struct way *find_way(struct pop3_slice word)
{
	for (size_t i = 0; i < WAYS_COUNT; i++) {
		if (is_called(word, ways[i].name)) {
			return &ways[i];
		}
	}
	return NULL;
}

bool login_knows(const char *mechanisms, struct pop3_slice *word_r)
{
	struct pop3_slice rest = pop3_slice_of(mechanisms, strlen(mechanisms));
	struct pop3_slice word = next_word(&rest);

	while (word.len != 0) {
		if (find_way(word) == NULL) {
			*word_r = word;
			return false;
		}
		word = next_word(&rest);
	}
	return true;
}

/* --- what the server has --- */

static const struct pop3_capabilities *caps(const struct login *l)
{
	return &l->options.client->capabilities;
}

static struct pop3_slice announced(const struct login *l)
{
	return pop3_slice_of(caps(l)->mechanisms, caps(l)->mechanisms_len);
}

bool ways_is_announced(const struct login *l, const struct way *way)
{
	return caps(l)->is_known && (way->flags & WAY_SASL) != 0 &&
	       has_word(announced(l), way->name);
}

bool ways_announces_plus(const struct login *l)
{
	return has_word(announced(l), "SCRAM-SHA-256-PLUS") ||
	       has_word(announced(l), "SCRAM-SHA-1-PLUS");
}

bool ways_can_bind(const struct login *l)
{
	return l->options.exporter_len != 0 || l->options.end_point_len != 0;
}

/* USER is the oldest way: servers are known that have it without a word about
 * it.  Who announces mechanisms but not USER means that. */
static bool may_have(const struct login *l, const struct way *way,
		     bool is_asked)
{
	if ((way->flags & WAY_STAMP) != 0) {
		return l->stamp_len != 0;
	}
	if ((way->flags & WAY_SASL) == 0) {
		return !caps(l)->is_known || caps(l)->user ||
		       caps(l)->mechanisms_len == 0 || is_asked;
	}
	return ways_is_announced(l, way) || (is_asked && !caps(l)->is_known);
}

/* --- which will do --- */

/* Why a way was left out, for the words if all are. */
enum left_out {
	LEFT_NONE,
	LEFT_UNKNOWN, /* the server has it not */
	LEFT_WITHOUT, /* a password, or a certificate */
	LEFT_CLEAR,   /* the secret would go out in clear text */
	LEFT_UNBOUND, /* no channel to bind to */
};

static bool may_be_clear(const struct login *l)
{
	return l->options.is_private || l->options.account->clear_text;
}

static enum left_out judge(const struct login *l, const struct way *way,
			   bool is_asked)
{
	unsigned f = way->flags;

	if (!may_have(l, way, is_asked) ||
	    ((f & WAY_ASKED) != 0 && !is_asked)) {
		return LEFT_UNKNOWN;
	}
	if (((f & WAY_PASSWORD) != 0 && l->options.password == NULL) ||
	    ((f & WAY_CERTIFICATE) != 0 && !l->options.has_certificate)) {
		return LEFT_WITHOUT;
	}
	if ((f & WAY_CERTIFICATE) != 0 && !is_asked &&
	    l->options.password != NULL) {
		return LEFT_UNKNOWN;
	}
	if ((f & WAY_PLUS) != 0 && !ways_can_bind(l)) {
		return LEFT_UNBOUND;
	}
	if ((f & WAY_SECRET) != 0 && !may_be_clear(l)) {
		return LEFT_CLEAR;
	}
	return LEFT_NONE;
}

/* The reason that is nearest to being none is told. */
static void consider(struct login *l, const struct way *way, bool is_asked,
		     enum left_out *most)
{
	enum left_out left = judge(l, way, is_asked);

	if (left == LEFT_NONE && l->count < LOGIN_WAYS_MAX) {
		l->ways[l->count] = way;
		l->count++;
	} else if (left > *most) {
		*most = left;
	}
}

static void explain(const struct login *l, enum left_out most,
		    struct why *why_r)
{
	const struct account *a = l->options.account;
	struct pop3_slice has = announced(l);

	if (most == LEFT_CLEAR) {
		why_set(why_r, WHY_LOGIN,
			"%s wants the password in clear text, and there is no "
			"TLS: set tls = implicit or stls",
			a->host);
		return;
	}
	if (most == LEFT_WITHOUT) {
		why_set(why_r, WHY_LOGIN,
			"%s: there is no password for %s (nor a certificate "
			"that it takes)",
			a->host, a->user);
		return;
	}
	if (most == LEFT_UNBOUND) {
		why_set(why_r, WHY_LOGIN,
			"%s: a -PLUS mechanism is asked for, and this "
			"connection cannot be bound to",
			a->host);
		return;
	}
	why_set(
	    why_r, WHY_LOGIN, "%s has none of the ways to log in%s%s", a->host,
	    a->mechanisms != NULL ? " that are asked for: " : " that are safe",
	    a->mechanisms != NULL ? a->mechanisms : "");
	if (has.len != 0) {
		why_add(why_r, "; it has");
		why_octets(why_r, has.at, has.len);
	}
}

static bool take_asked(struct login *l, enum left_out *most, struct why *why_r)
{
	const char *text = l->options.account->mechanisms;
	struct pop3_slice rest = pop3_slice_of(text, strlen(text));
	struct pop3_slice word;

	if (!login_knows(text, &word)) {
		why_set(why_r, WHY_CONFIG, "auth: there is no such way:");
		why_octets(why_r, word.at, word.len);
		return false;
	}
	word = next_word(&rest);
	while (word.len != 0) {
		consider(l, find_way(word), true, most);
		word = next_word(&rest);
	}
	return true;
}

bool ways_choose(struct login *l, struct why *why_r)
{
	enum left_out most = LEFT_NONE;

	if (l->options.account->mechanisms != NULL) {
		if (!take_asked(l, &most, why_r)) {
			return false;
		}
	} else {
		for (size_t i = 0; i < WAYS_COUNT; i++) {
			consider(l, &ways[i], false, &most);
		}
	}
	if (l->count == 0) {
		explain(l, most, why_r);
	}
	return l->count != 0;
}
