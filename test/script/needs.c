// SPDX-License-Identifier: ISC
/*
 * needs.c - what a transcript needs of the server that it is played against.
 * Runs in: tests.
 */
#include "needs.h"

static bool *need(struct needs *n, struct pop3_slice word)
{
	const struct {
		const char *word;
		bool *has;
	} known[] = {
		{ "sasl", &n->sasl },
		{ "stls", &n->stls },
		{ "no-plaintext", &n->no_plaintext },
		{ "login-delay", &n->login_delay },
		{ "whole", &n->whole },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const char *name = known[i].word;

		if (pop3_slice_equal(word, pop3_slice_of(name, strlen(name)))) {
			return known[i].has;
		}
	}
	return NULL;
}

bool needs_read(struct needs *needs, struct pop3_slice words)
{
	while (words.len != 0) {
		const uint8_t *blank = memchr(words.at, ' ', words.len);
		size_t len =
		    blank == NULL ? words.len : (size_t)(blank - words.at);
		bool *has = need(needs, pop3_slice_of(words.at, len));

		if (has == NULL) {
			return false;
		}
		*has = true;
		words = pop3_slice_tail(words, len + (blank != NULL));
	}
	return true;
}
