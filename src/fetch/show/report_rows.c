// SPDX-License-Identifier: ISC
/*
 * report_rows.c - a row for each account under way, drawn in place
 * (report_impl.h).
 * Runs in: restante, any thread, with the report's lock.  Trusts: nothing in
 * strings.  Allocates: the report's texts.
 *
 * A frame is one write: the cursor, which rests at the start of the line below
 * the rows, goes up to the first row; lines that are to stand above are
 * written, then the rows, each ending in a line end.  The last column is never
 * used: what a terminal does there differs.
 */
#include "fetch/show/escape.h"
#include "fetch/show/report_impl.h"
#include "fetch/show/row.h"

/* Terminals break a row anew when they get narrower; then it has more lines. */
static size_t lines_drawn(const struct report *r, size_t columns)
{
	size_t lines = 0;

	for (size_t i = 0; i < r->drawn_count; i++) {
		size_t width = r->drawn_columns[i];

		lines += width == 0 ? 1 : (width + columns - 1) / columns;
	}
	return lines;
}

static void go_to_first(struct report *r, size_t columns, size_t rows)
{
	size_t up = lines_drawn(r, columns);

	if (up >= rows) {
		up = rows - 1;
	}
	if (up > 0) {
		text_printf(&r->frame, "\r\x1b[%zuA", up);
	} else if (r->drawn_ms != 0) {
		text_str(&r->frame, "\r");
	}
	r->drawn_count = 0;
}

static void put_row(struct report *r, const struct row *row, size_t columns,
		    const struct row_widths *widths)
{
	r->drawn_columns[r->drawn_count++] =
	    row_put(&r->frame, row, widths, columns, &r->where);
	text_str(&r->frame, "\x1b[K\n");
}

static void put_more(struct report *r, size_t more, size_t columns)
{
	struct text *t = &r->frame;
	struct text line = { 0 };

	text_printf(&line, "and %zu more accounts", more);
	r->drawn_columns[r->drawn_count++] =
	    escape_fit(t, text_of(&line), columns, r->where.is_utf8);
	text_str(t, "\x1b[K\n");
	text_finish(&line);
}

/* How many accounts there are, and how many of them have a row. */
static size_t count_rows(const struct report *r, size_t rows, size_t *more_r)
{
	size_t count = 0, most = rows > 1 ? rows - 1 : 1;

	for (const struct list *l = r->accounts.next; l != &r->accounts;
	     l = l->next) {
		count++;
	}
	if (most > SHOW_ROWS_MAX) {
		most = SHOW_ROWS_MAX;
	}
	*more_r = 0;
	if (count > most) {
		*more_r = count - (most - 1);
		count = most - 1;
	}
	return count;
}

static void put_rows(struct report *r, uint64_t now_ms, size_t columns,
		     size_t rows)
{
	struct row row[SHOW_ROWS_MAX];
	struct row_widths widths = { 0 };
	size_t more, count = count_rows(r, rows, &more);
	struct list *l = r->accounts.next;

	for (size_t i = 0; i < count; i++, l = l->next) {
		struct report_account *a =
		    LIST_OWNER(l, struct report_account, link);

		pace_update(a, now_ms);
		row_fill(&row[i], a, now_ms);
		row_measure(&widths, &row[i], r->where.is_utf8);
	}
	row_choose(&widths, columns);
	for (size_t i = 0; i < count; i++) {
		put_row(r, &row[i], columns, &widths);
	}
	if (more > 0) {
		put_more(r, more, columns);
	}
}

static void write_frame(struct report *r)
{
	/* a frame that was cut would leave half of a sequence */
	if (!r->frame.has_failed) {
		report_write(r, r->where.fd, &r->frame);
	}
	text_reset(&r->frame);
}

/* Lines for above the rows. */
static void put_pending(struct report *r)
{
	if (r->pending.has_failed) {
		/* something was not said */
		r->is_broken = true;
	}
	text_put(&r->frame, text_of(&r->pending), r->pending.len);
	text_reset(&r->pending);
}

/* In the background others use the terminal: lines may come between, rows not.
 */
static void draw_lines(struct report *r)
{
	r->drawn_count = 0;
	put_pending(r);
	write_frame(r);
}

void rows_draw(struct report *r, uint64_t now_ms)
{
	size_t columns, rows;

	if (list_is_empty(&r->accounts) && r->pending.len == 0 &&
	    r->drawn_count == 0) {
		return;
	}
	text_reset(&r->frame);
	if (!terminal_is_ours(&r->where)) {
		draw_lines(r);
		return;
	}
	terminal_size(&r->where, &columns, &rows);
	go_to_first(r, columns, rows);
	if (r->drawn_width != columns || r->pending.len > 0) {
		text_str(&r->frame, "\x1b[J");
	}
	r->drawn_width = columns;
	put_pending(r);
	put_rows(r, now_ms, columns - 1, rows);
	text_str(&r->frame, "\x1b[J");
	write_frame(r);
}

void rows_remove(struct report *r)
{
	size_t columns, rows;

	if (r->form != FORM_ROWS ||
	    (r->drawn_count == 0 && r->pending.len == 0)) {
		return;
	}
	text_reset(&r->frame);
	if (r->drawn_count > 0 && terminal_is_ours(&r->where)) {
		terminal_size(&r->where, &columns, &rows);
		go_to_first(r, columns, rows);
		text_str(&r->frame, "\x1b[J");
	}
	put_pending(r);
	write_frame(r);
}
