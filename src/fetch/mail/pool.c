// SPDX-License-Identifier: ISC
/*
 * pool.c - strings that live and die together (pool.h).
 * Runs in: the collector.  Trusts: its caller.  Allocates: pieces, which grow
 * with what is copied.
 */
#include "fetch/mail/pool.h"

#include <stdlib.h>
#include <string.h>

#define PIECE_LEN ((size_t)64 * 1024)

struct pool_piece {
	struct pool_piece *next;
	size_t cap;
	char octets[];
};

static bool add_piece(struct pool *p, size_t least)
{
	size_t cap = least > PIECE_LEN ? least : PIECE_LEN;
	struct pool_piece *piece;
	size_t all;

	if (!checked_add(sizeof(*piece), cap, &all)) {
		return false;
	}
	piece = malloc(all);
	if (piece == NULL) {
		return false;
	}
	piece->next = p->pieces;
	piece->cap = cap;
	p->pieces = piece;
	p->left = cap;
	return true;
}

const char *pool_copy(struct pool *p, const void *at, size_t len)
{
	size_t need;
	char *to;

	if (len == 0) {
		return "";
	}
	if (!checked_add(len, 1, &need) ||
	    (need > p->left && !add_piece(p, need))) {
		return NULL;
	}
	to = p->pieces->octets + (p->pieces->cap - p->left);
	memcpy(to, at, len);
	to[len] = '\0';
	p->left -= need;
	return to;
}

void pool_finish(struct pool *p)
{
	while (p->pieces != NULL) {
		struct pool_piece *next = p->pieces->next;

		free(p->pieces);
		p->pieces = next;
	}
	p->left = 0;
}
