// SPDX-License-Identifier: ISC
/*
 * row.c - the row of an account under way (row.h).
 * Runs in: restante, any thread, with the report's lock.  Trusts: nothing in
 * strings.  Allocates: the text.
 */
#include "fetch/show/row.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fetch/show/escape.h"

#define NAME_MAX_COLUMNS 20u /* wider ones are cut; and at a quarter of all */
#define BAR_MIN_COLUMNS  10u
#define BAR_MAX_COLUMNS  60u
#define GAP              2u

static const char *state_of(const struct report_account *a)
{
	if (a->report->is_stopping) {
		return "stopping";
	}
	switch (a->step) {
	case STEP_WAITING:
		return "next visit at ";
	case STEP_BEGUN:
		return "beginning";
	case STEP_CONNECTING:
		return "connecting to ";
	case STEP_LOGGED_IN:
		return "logged in to ";
	case STEP_LISTED:
		break;
	}
	return a->listing.new_count == 0 ? "no new mail" : "";
}

static uint32_t permille_of(const struct report_account *a)
{
	uint64_t total = a->listing.new_octets, position = count_position(a);

	if (count_finished(a) >= a->listing.new_count || total == 0) {
		return 1000;
	}
	return (uint32_t)((double)position / (double)total * 1000.0);
}

static void fill_left(struct row *row, const struct report_account *a,
		      uint64_t now_ms)
{
	char *cell = row->cells[CELL_LEFT], left[HUMAN_MAX];
	uint64_t seconds;

	if (count_finished(a) >= a->listing.new_count) {
		snprintf(cell, sizeof(row->cells[0]), "closing");
	} else if (pace_is_stalled(a, now_ms)) {
		snprintf(cell, sizeof(row->cells[0]), "stalled");
	} else if (pace_left(a, &seconds)) {
		human_left(seconds, left);
		snprintf(cell, sizeof(row->cells[0]), "%-7s", left);
	} else {
		snprintf(cell, sizeof(row->cells[0]), "%-7s", "-:--");
	}
}

/* Cells are as wide at the beginning as at the end: the bar between them must
 * not move. */
void row_fill(struct row *row, const struct report_account *a, uint64_t now_ms)
{
	char rate[HUMAN_MAX], total[HUMAN_MAX];

	*row = (struct row){ .name = a->name, .detail = "" };
	snprintf(row->state, sizeof(row->state), "%s", state_of(a));
	if (row->state[0] != 0) {
		bool has_host = row->state[strlen(row->state) - 1] == ' ';

		row->detail = has_host ? text_of(&a->host) : "";
		return;
	}
	row->permille = permille_of(a);
	snprintf(total, sizeof(total), "%" PRIu32, a->listing.new_count);
	snprintf(row->cells[CELL_PERCENT], sizeof(row->cells[0]),
		 "%3" PRIu32 "%%", row->permille / 10);
	snprintf(row->cells[CELL_MESSAGES], sizeof(row->cells[0]),
		 "%*" PRIu32 "/%s", (int)strlen(total), count_finished(a),
		 total);
	human_share(count_position(a), a->listing.new_octets,
		    row->cells[CELL_OCTETS]);
	human_octets(a->pace.octets_per_s, rate);
	snprintf(row->cells[CELL_RATE], sizeof(row->cells[0]), "%6s/s", rate);
	fill_left(row, a, now_ms);
}

void row_measure(struct row_widths *widths, const struct row *row, bool is_utf8)
{
	size_t name = escape_columns(row->name, is_utf8);

	widths->name = name > widths->name ? name : widths->name;
	for (size_t i = 0; i < ROW_CELLS; i++) {
		size_t len = strlen(row->cells[i]);

		if (len > widths->cells[i]) {
			widths->cells[i] = len;
		}
	}
	widths->bar = BAR_MIN_COLUMNS;
}

static size_t needed(const struct row_widths *w)
{
	size_t sum = w->name + (w->bar > 0 ? GAP + w->bar : 0);

	for (size_t i = 0; i < ROW_CELLS; i++) {
		sum += w->cells[i] > 0 ? GAP + w->cells[i] : 0;
	}
	return sum;
}

/* The first to go is what can best be done without. */
static void leave_out(struct row_widths *w, size_t columns)
{
	size_t *const order[] = {
		&w->cells[CELL_OCTETS],   &w->cells[CELL_RATE],
		&w->cells[CELL_LEFT],     &w->bar,
		&w->cells[CELL_MESSAGES],
	};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (needed(w) <= columns) {
			return;
		}
		*order[i] = 0;
	}
}

void row_choose(struct row_widths *w, size_t columns)
{
	size_t quarter = columns / 4 > 4 ? columns / 4 : 4;
	size_t most = quarter < NAME_MAX_COLUMNS ? quarter : NAME_MAX_COLUMNS;
	size_t rest;

	w->name = w->name < most ? w->name : most;
	leave_out(w, columns);
	if (w->bar > 0) {
		rest = columns - needed(w);
		w->bar += rest;
		w->bar = w->bar < BAR_MAX_COLUMNS ? w->bar : BAR_MAX_COLUMNS;
	}
}

static void put_bar_ascii(struct text *t, size_t cells, uint32_t permille)
{
	size_t full = cells * permille / 1000;

	text_str(t, "[");
	text_fill(t, '#', full);
	text_fill(t, '-', cells - full);
	text_str(t, "]");
}

/* In eighths of a column. */
static void put_bar_utf8(struct text *t, size_t cells, uint32_t permille)
{
	static const char *const parts[] = {
		" ",      "\u258f", "\u258e", "\u258d",
		"\u258c", "\u258b", "\u258a", "\u2589",
	};
	size_t eighths = cells * 8 * permille / 1000, full = eighths / 8;

	text_str(t, "\u2595");
	for (size_t i = 0; i < full; i++) {
		text_str(t, "\u2588");
	}
	if (full < cells) {
		text_str(t, parts[eighths % 8]);
		text_fill(t, ' ', cells - full - 1);
	}
	text_str(t, "\u258f");
}

static void put_bar(struct text *t, size_t columns, uint32_t permille,
		    const struct terminal *to)
{
	text_str(t, to->has_colour ? "\x1b[32m" : "");
	if (to->is_utf8) {
		put_bar_utf8(t, columns - 2, permille);
	} else {
		put_bar_ascii(t, columns - 2, permille);
	}
	text_str(t, to->has_colour ? "\x1b[0m" : "");
}

static size_t put_state(struct text *t, const struct row *row, size_t columns,
			bool is_utf8)
{
	size_t taken = escape_fit(t, row->state, columns, is_utf8);

	return taken + escape_fit(t, row->detail, columns - taken, is_utf8);
}

size_t row_put(struct text *t, const struct row *row,
	       const struct row_widths *w, size_t columns,
	       const struct terminal *to)
{
	size_t name = w->name < columns ? w->name : columns;
	size_t taken = escape_fit(t, row->name, name, to->is_utf8);

	text_fill(t, ' ', name - taken);
	taken = name;
	if (row->state[0] != 0 && columns > taken + GAP) {
		text_fill(t, ' ', GAP);
		return taken + GAP +
		       put_state(t, row, columns - taken - GAP, to->is_utf8);
	}
	if (w->bar > 0) {
		text_fill(t, ' ', GAP);
		put_bar(t, w->bar, row->permille, to);
		taken += GAP + w->bar;
	}
	for (size_t i = 0; i < ROW_CELLS; i++) {
		size_t len = strlen(row->cells[i]);

		if (w->cells[i] == 0 || taken + GAP + w->cells[i] > columns) {
			continue;
		}
		text_fill(t, ' ', GAP + w->cells[i] - len);
		text_put(t, row->cells[i], len);
		taken += GAP + w->cells[i];
	}
	return taken;
}
