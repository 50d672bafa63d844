// SPDX-License-Identifier: ISC
/*
 * name.c - which name was meant (name.h).
 * Runs in: master, restantectl, restante.  Trusts: nothing of what was written.
 */
#include "conf/name.h"

#include <string.h>

#define NAME_MAX_COMPARED 40u /* the longest of a setting has 23 letters */

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* How many letters must be put in, left out, changed or swapped with their
 * neighbour to make one word of the other.  row[i] is row i of the table of
 * distances between beginnings of a and b; three rows are enough. */
static unsigned letters_apart(const char *a, const char *b)
{
	unsigned row[3][NAME_MAX_COMPARED + 1];
	size_t a_len = strlen(a);
	size_t b_len = strlen(b);

	for (size_t j = 0; j <= b_len; j++) {
		row[0][j] = (unsigned)j;
	}
	for (size_t i = 1; i <= a_len; i++) {
		unsigned *now = row[i % 3];
		const unsigned *last = row[(i - 1) % 3];

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= b_len; j++) {
			unsigned change = a[i - 1] == b[j - 1] ? 0 : 1;

			now[j] = least(least(last[j], now[j - 1]) + 1,
				       last[j - 1] + change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1]) {
				now[j] =
				    least(now[j], row[(i - 2) % 3][j - 2] + 1);
			}
		}
	}
	return row[a_len % 3][b_len];
}

/* The shortest name that begins so; NULL if none does, or few letters make it a
 * matter of chance. */
static const char *begun(const char *written, size_t len,
			 const char *const *names, size_t count)
{
	const char *shortest = NULL;

	for (size_t i = 0; i < count && len > 4; i++) {
		const char *name = names[i];

		if (strncmp(name, written, len) == 0 &&
		    (shortest == NULL || strlen(name) < strlen(shortest))) {
			shortest = name;
		}
	}
	return shortest;
}

const char *conf_name_nearest(const char *written, const char *const *names,
			      size_t count)
{
	size_t len = strlen(written);
	const char *nearest = begun(written, len, names, count);
	unsigned best;

	if (nearest != NULL || len > NAME_MAX_COMPARED) {
		return nearest;
	}
	/* A third of the letters may be wrong, but not all of a short name. */
	best = len < 3 ? 2 : (unsigned)len / 3 + 2;
	for (size_t i = 0; i < count; i++) {
		unsigned apart = strlen(names[i]) <= NAME_MAX_COMPARED
				     ? letters_apart(written, names[i])
				     : best;

		if (apart < best) {
			best = apart;
			nearest = names[i];
		}
	}
	return nearest;
}
