// SPDX-License-Identifier: ISC
/*
 * table.c - what list, check and account list print (table.h).
 * Runs in: restante.  Trusts: nothing in strings.
 * Allocates: a line at a time.
 */
#include "fetch/show/table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/show/escape.h"
#include "fetch/show/human.h"
#include "fetch/show/json.h"
#include "fetch/show/terminal.h"
#include "os/clock.h"

#define GAP          2u
#define OCTETS_WIDTH 6u  /* "999 kB" */
#define STATE_WIDTH  3u  /* "new" */
#define HEADER_LEAST 10u /* columns of From or Subject that are of use */
#define UID_LEAST    8u

struct list_widths {
	size_t number;
	size_t uid; /* 0: left out */
	size_t from;
	size_t subject;
};

struct table {
	struct table_options options;
	struct terminal out;
	struct table_list list;
	struct list_widths widths;
	struct text line;
	bool is_broken;
};

struct table *table_create(const struct table_options *options)
{
	struct table *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		return NULL;
	}
	t->options = *options;
	if (t->options.clock_unix_ms == NULL) {
		t->options.clock_unix_ms = clock_unix_ms;
	}
	terminal_look(&t->out, options->out);
	return t;
}

bool table_destroy(struct table **table)
{
	struct table *t = *table;
	bool is_whole;

	if (t == NULL) {
		return false;
	}
	is_whole = !t->is_broken;
	text_finish(&t->line);
	free(t);
	*table = NULL;
	return is_whole;
}

/* Writes the line, and begins another. */
static void put_line(struct table *t)
{
	if (t->line.has_failed ||
	    terminal_write(t->out.fd, text_of(&t->line), t->line.len) < 0) {
		t->is_broken = true;
	}
	text_reset(&t->line);
}

static void put_json(struct table *t, json_t *o)
{
	json_put(&t->line, o);
	put_line(t);
}

static void put_field(struct table *t, const char *foreign)
{
	escape_str(&t->line, foreign == NULL ? "" : foreign, t->out.is_utf8);
}

/* -- list */

static size_t digits_of(uint32_t n)
{
	size_t digits = 1;

	while (n >= 10) {
		n /= 10;
		digits++;
	}
	return digits;
}

/* What the rest of the line is for.  A unique-id gets at most a fifth of it if
 * there is more to be seen. */
static void share_out(struct list_widths *w, size_t rest, size_t uid_max,
		      bool has_headers)
{
	size_t most = has_headers ? rest / 5 : rest - GAP;

	if (uid_max > 0 && most >= UID_LEAST) {
		w->uid = uid_max < most ? uid_max : most;
		rest -= w->uid + GAP;
	}
	if (has_headers && rest >= 2 * (HEADER_LEAST + GAP)) {
		w->from = (rest - 2 * GAP) / 3;
		rest -= w->from + GAP;
	}
	if (has_headers && rest > GAP) {
		w->subject = rest - GAP;
	}
}

static void list_measure(struct table *t)
{
	struct list_widths *w = &t->widths;
	size_t columns, rows, fixed;

	*w = (struct list_widths){ .number = digits_of(t->list.count) };
	terminal_size(&t->out, &columns, &rows);
	fixed = w->number + GAP + STATE_WIDTH + GAP + OCTETS_WIDTH;
	/* the last column stays free: not all terminals do the same there */
	if (columns > fixed + 1 + GAP) {
		share_out(w, columns - fixed - 1, t->list.uid_max,
			  t->list.has_headers);
	}
}

/* Foreign text in so many columns, with a gap before it. */
static void put_cell(struct table *t, const char *foreign, size_t width)
{
	size_t taken;

	if (width > 0) {
		text_fill(&t->line, ' ', GAP);
		taken = escape_fit(&t->line, foreign == NULL ? "" : foreign,
				   width, t->out.is_utf8);
		text_fill(&t->line, ' ', width - taken);
	}
}

static void put_cells(struct table *t, const char *from, const char *subject,
		      const char *uid)
{
	put_cell(t, from, t->widths.from);
	put_cell(t, subject, t->widths.subject);
	put_cell(t, uid, t->widths.uid);
	while (t->line.len > 0 && t->line.at[t->line.len - 1] == ' ') {
		t->line.at[--t->line.len] = 0;
	}
}

void table_list(struct table *t, const struct table_list *list)
{
	bool has_colour = t->out.has_colour;

	t->list = *list;
	if (t->options.is_json || !t->out.is_terminal) {
		return;
	}
	list_measure(t);
	text_str(&t->line, has_colour ? "\x1b[1m" : "");
	text_printf(&t->line, "%*s  %*s  %*s", (int)t->widths.number, "#",
		    -(int)STATE_WIDTH, "", (int)OCTETS_WIDTH, "size");
	put_cells(t, "from", "subject", "unique-id");
	text_str(&t->line, has_colour ? "\x1b[0m\n" : "\n");
	put_line(t);
}

static void message_json(struct table *t, const struct report_message *m,
			 bool is_new)
{
	json_t *o =
	    json_begin("list", t->options.clock_unix_ms(), t->list.account);
	json_t *message = json_of_message(m);

	json_set_value(message, "new", json_boolean(is_new));
	json_set_value(o, "message", message);
	put_json(t, o);
}

static void message_tabs(struct table *t, const struct report_message *m,
			 bool is_new)
{
	text_printf(&t->line, "%" PRIu32 "\t%" PRIu64 "\t", m->number,
		    m->octets);
	put_field(t, m->uid);
	text_str(&t->line, is_new ? "\tnew\t" : "\tknown\t");
	put_field(t, m->from);
	text_str(&t->line, "\t");
	put_field(t, m->subject);
	text_str(&t->line, "\n");
	put_line(t);
}

static void message_columns(struct table *t, const struct report_message *m,
			    bool is_new)
{
	char octets[HUMAN_MAX];

	human_octets(m->octets, octets);
	text_printf(&t->line, "%*" PRIu32 "  %-3s  %*s", (int)t->widths.number,
		    m->number, is_new ? "new" : "", (int)OCTETS_WIDTH, octets);
	put_cells(t, m->from, m->subject, m->uid);
	text_str(&t->line, "\n");
	put_line(t);
}

void table_message(struct table *t, const struct report_message *m, bool is_new)
{
	if (t->options.is_json) {
		message_json(t, m, is_new);
	} else if (t->out.is_terminal) {
		message_columns(t, m, is_new);
	} else {
		message_tabs(t, m, is_new);
	}
}

/* -- check */

static void check_json(struct table *t, const struct table_check *c)
{
	json_t *o = json_begin("check", t->options.clock_unix_ms(), c->account);

	json_set_count(o, "messages", c->messages);
	json_set_count(o, "new", c->new_count);
	json_set_count(o, "octets", c->new_octets);
	put_json(t, o);
}

void table_check(struct table *t, const struct table_check *c)
{
	char octets[HUMAN_MAX];

	if (t->options.is_json) {
		check_json(t, c);
		return;
	}
	put_field(t, c->account);
	if (!t->out.is_terminal) {
		text_printf(&t->line,
			    "\t%" PRIu32 "\t%" PRIu32 "\t%" PRIu64 "\n",
			    c->new_count, c->messages, c->new_octets);
	} else {
		human_octets(c->new_octets, octets);
		text_printf(&t->line, ": %" PRIu32 " new of %" PRIu32 "%s%s\n",
			    c->new_count, c->messages,
			    c->new_count > 0 ? ", " : "",
			    c->new_count > 0 ? octets : "");
	}
	put_line(t);
}

/* -- account list */

static const char *const tls_names[] = {
	[ACCOUNT_TLS_IMPLICIT] = "implicit",
	[ACCOUNT_TLS_STLS] = "stls",
	[ACCOUNT_TLS_NONE] = "none",
};

static void account_json(struct table *t, const struct account *a,
			 const char *destination)
{
	json_t *o = json_begin("account", t->options.clock_unix_ms(), a->name);

	json_set_text(o, "host", a->host);
	json_set_count(o, "port", a->port);
	json_set_text(o, "tls", tls_names[a->tls]);
	json_set_text(o, "user", a->user);
	json_set_text(o, "deliver", destination);
	json_set_text(o, "after", a->deletes ? "delete" : "keep");
	put_json(t, o);
}

static void account_columns(struct table *t, const struct account *a,
			    const char *destination)
{
	put_field(t, a->name);
	text_str(&t->line, ": ");
	put_field(t, a->user);
	text_str(&t->line, " at ");
	put_field(t, a->host);
	text_printf(&t->line, ", port %u, to ", a->port);
	put_field(t, destination);
	if (a->deletes && a->delete_days > 0) {
		text_printf(&t->line, ", deleted after %" PRIu32 " days\n",
			    a->delete_days);
	} else {
		text_str(&t->line,
			 a->deletes ? ", then deleted\n" : ", and kept\n");
	}
	put_line(t);
}

static void account_tabs(struct table *t, const struct account *a,
			 const char *destination)
{
	const char *const fields[] = { a->user, a->host };

	put_field(t, a->name);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		text_str(&t->line, "\t");
		put_field(t, fields[i]);
	}
	text_printf(&t->line, "\t%u\t%s\t", a->port, tls_names[a->tls]);
	put_field(t, destination);
	text_str(&t->line, a->deletes ? "\tdelete\n" : "\tkeep\n");
	put_line(t);
}

void table_account(struct table *t, const struct account *a,
		   const char *destination)
{
	if (t->options.is_json) {
		account_json(t, a, destination);
	} else if (t->out.is_terminal) {
		account_columns(t, a, destination);
	} else {
		account_tabs(t, a, destination);
	}
}
