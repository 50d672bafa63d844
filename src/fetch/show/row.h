// SPDX-License-Identifier: ISC
/*
 * row.h - the row of an account under way: its cells, and which of them fit.
 *
 *	work  [######      ]  51%  123/240  12.3/45.6 MB  1.2 MB/s  0:27
 */
#ifndef FETCH_SHOW_ROW_H
#define FETCH_SHOW_ROW_H

#include "fetch/show/human.h"
#include "fetch/show/report_impl.h"

/* From left to right behind the name and the bar. */
enum row_cell {
	CELL_PERCENT,
	CELL_MESSAGES,
	CELL_OCTETS,
	CELL_RATE,
	CELL_LEFT,
};

#define ROW_CELLS (CELL_LEFT + 1)

struct row {
	const char *name;   /* the account's, as it is */
	char state[64];     /* instead of all below, unless it is "" */
	const char *detail; /* behind it; foreign */
	uint32_t permille;
	char cells[ROW_CELLS][2 * HUMAN_MAX];
};

struct row_widths {
	size_t name;
	size_t bar;              /* with its ends; 0: none */
	size_t cells[ROW_CELLS]; /* 0: does not fit */
};

void row_fill(struct row *row, const struct report_account *a, uint64_t now_ms);
/* Widens widths, which begin as 0, to what row has. */
void row_measure(struct row_widths *widths, const struct row *row,
		 bool is_utf8);
/* Leaves out and cuts until it fits into columns. */
void row_choose(struct row_widths *widths, size_t columns);
/* Appends it.  Returns the columns that it takes: never more than columns. */
size_t row_put(struct text *t, const struct row *row,
	       const struct row_widths *widths, size_t columns,
	       const struct terminal *to);

#endif
