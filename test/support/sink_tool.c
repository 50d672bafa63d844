// SPDX-License-Identifier: ISC
/*
 * sink_tool.c - a collector without a server, for tests: delivers files to a
 * destination by way of sink.h, in groups, with a record that says how far each
 * is, and goes by that record when it is run again.
 *
 * sink_tool [-f FOLDER] [-g GROUP] [-r RECIPIENT] [-s SENDER] RECORD
 *	DESTINATION FILE...
 *
 * DESTINATION is as restante's; the words of a command are parted by blanks.
 * Lines of RECORD: "FETCHED file place", "DELIVERED file", "ASIDE file why",
 * "FOUND file 0..2".  Exit code: 0, or 10 and the kind of what stopped it.
 */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fetch/sink/sink.h"
#include "os/clock.h"

#define GROUP_MAX 2000
#define WORDS_MAX 20

struct row {
	const char *path;
	const char *name;
	char place[SINK_PLACE_MAX];
	bool is_fetched, is_done;
	struct sink_item *item;
};

struct tool {
	FILE *record;
	const char *folder;
	size_t group;
	struct destination to;
	char *words[WORDS_MAX + 1];
	struct sink *sink;
	struct why why;
	struct row *rows;
	size_t count;
};

static void must(bool is, const char *what)
{
	if (!is) {
		fprintf(stderr, "sink_tool: %s\n", what);
		exit(2);
	}
}

/* What stopped it. */
static void must_go(const struct tool *t, int rc)
{
	if (rc != 0) {
		fprintf(stderr, "sink_tool: %s\n", t->why.text);
		exit(10 + (int)t->why.kind);
	}
}

static void note(const struct tool *t, const char *word, const char *name,
		 const char *more)
{
	must(fprintf(t->record, "%s %s%s%s\n", word, name,
		     more[0] == '\0' ? "" : " ", more) > 0 &&
		 fflush(t->record) == 0,
	     "cannot write the record");
}

/* HOST:PORT behind the last colon. */
static void set_host(struct tool *t, char *text)
{
	char *colon = strrchr(text, ':');

	must(colon != NULL, "HOST:PORT");
	*colon = '\0';
	t->to.host = text;
	t->to.port = (uint16_t)strtoul(colon + 1, NULL, 10);
}

static void set_words(struct tool *t, char *text)
{
	size_t count = 0;

	for (char *at = text; at != NULL && count < WORDS_MAX; count++) {
		t->words[count] = strsep(&at, " ");
	}
	t->to.argv = t->words;
}

static void set_destination(struct tool *t, char *text)
{
	static const struct {
		const char *name;
		enum destination_kind kind;
	} kinds[] = { { "maildir:", DESTINATION_MAILDIR },
		      { "mbox:", DESTINATION_MBOX },
		      { "command:", DESTINATION_COMMAND },
		      { "lmtp:", DESTINATION_LMTP },
		      { "smtp:", DESTINATION_SMTP },
		      { "stdout", DESTINATION_OUTPUT } };
	size_t i = 0;

	while (i < 6 &&
	       strncmp(text, kinds[i].name, strlen(kinds[i].name)) != 0) {
		i++;
	}
	must(i < 6, "DESTINATION");
	text += strlen(kinds[i].name);
	t->to.kind = kinds[i].kind;
	t->to.path = text;
	if (t->to.kind == DESTINATION_COMMAND) {
		set_words(t, text);
	} else if (t->to.kind == DESTINATION_SMTP ||
		   (t->to.kind == DESTINATION_LMTP && text[0] != '/')) {
		set_host(t, text);
	}
}

static struct row *row_named(const struct tool *t, const char *name)
{
	for (size_t i = 0; i < t->count; i++) {
		if (strcmp(t->rows[i].name, name) == 0) {
			return &t->rows[i];
		}
	}
	return NULL;
}

static void read_line(struct tool *t, char *line)
{
	char *at = line;
	const char *word = strsep(&at, " \n");
	const char *name = at == NULL ? NULL : strsep(&at, " \n");
	struct row *row = name == NULL ? NULL : row_named(t, name);

	if (row == NULL || strcmp(word, "FOUND") == 0) {
		return;
	}
	row->is_fetched = strcmp(word, "FETCHED") == 0;
	row->is_done =
	    strcmp(word, "DELIVERED") == 0 || strcmp(word, "ASIDE") == 0;
	if (row->is_fetched) {
		snprintf(row->place, sizeof(row->place), "%s",
			 strsep(&at, "\n"));
	}
}

/* A line without its end is of a run that was killed: not written. */
static void read_record(struct tool *t, const char *path)
{
	FILE *f = fopen(path, "r");
	char line[2 * SINK_PLACE_MAX];

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strchr(line, '\n') != NULL) {
			read_line(t, line);
		}
	}
	if (f != NULL) {
		fclose(f);
	}
}

static void judge_fetched(struct tool *t)
{
	for (size_t i = 0; i < t->count; i++) {
		struct row *row = &t->rows[i];
		enum sink_found found;
		char text[2] = "0";

		if (!row->is_fetched) {
			continue;
		}
		found = sink_find(t->sink, row->place);
		text[0] = (char)('0' + found);
		note(t, "FOUND", row->name, text);
		if (found == SINK_DELIVERED) {
			note(t, "DELIVERED", row->name, "");
			row->is_done = true;
		}
	}
}

static void take_file(struct tool *t, struct row *row)
{
	struct sink_about about = { t->folder, "account", clock_unix() };
	static uint8_t octets[1024 * 1024];
	FILE *f = fopen(row->path, "r");
	size_t n;

	must(f != NULL, row->path);
	must_go(t, sink_begin(t->sink, &about, &row->item, &t->why));
	do {
		n = fread(octets, 1, sizeof(octets), f);
		must_go(t, sink_write(t->sink, row->item, octets, n, &t->why));
	} while (n != 0);
	fclose(f);
	must_go(t, sink_end(t->sink, row->item, &t->why));
}

static void deliver(struct tool *t, struct row *row)
{
	if (sink_deliver(t->sink, row->item, &t->why) == 0) {
		row->is_done = true;
		return;
	}
	if (t->why.kind == WHY_LATER) {
		return; /* the next run takes it */
	}
	must_go(t, t->why.kind == WHY_MESSAGE ? 0 : -1);
	note(t, "ASIDE", row->name, t->why.text);
}

static void run_group(struct tool *t, struct row **rows, size_t count)
{
	static struct sink_item *items[GROUP_MAX];

	for (size_t i = 0; i < count; i++) {
		take_file(t, rows[i]);
		items[i] = rows[i]->item;
	}
	must_go(t, sink_ready(t->sink, items, count, &t->why));
	for (size_t i = 0; i < count; i++) {
		note(t, "FETCHED", rows[i]->name, sink_place(items[i]));
	}
	for (size_t i = 0; i < count; i++) {
		deliver(t, rows[i]);
	}
	must_go(t, sink_settle(t->sink, items, count, &t->why));
	for (size_t i = 0; i < count; i++) {
		if (rows[i]->is_done) {
			note(t, "DELIVERED", rows[i]->name, "");
		}
		sink_release(t->sink, &rows[i]->item);
	}
}

static void run(struct tool *t)
{
	static struct row *rows[GROUP_MAX];
	size_t count = 0;

	for (size_t i = 0; i < t->count; i++) {
		if (!t->rows[i].is_done) {
			rows[count++] = &t->rows[i];
		}
		if (count == t->group || (i + 1 == t->count && count != 0)) {
			run_group(t, rows, count);
			count = 0;
		}
	}
}

static void read_options(struct tool *t, int argc, char **argv)
{
	int option;

	for (option = getopt(argc, argv, "f:g:r:s:"); option != -1;
	     option = getopt(argc, argv, "f:g:r:s:")) {
		switch (option) {
		case 'f':
			t->folder = optarg;
			break;
		case 'g':
			t->group = strtoul(optarg, NULL, 10);
			break;
		case 'r':
			t->to.recipient = optarg;
			break;
		default:
			t->to.sender = optarg;
			break;
		}
	}
	must(argc - optind >= 2 && t->group > 0 && t->group <= GROUP_MAX,
	     "usage");
}

int main(int argc, char **argv)
{
	struct tool t = { .group = 10 };

	signal(SIGPIPE, SIG_IGN);
	read_options(&t, argc, argv);
	argv += optind;
	set_destination(&t, argv[1]);
	t.count = (size_t)(argc - optind - 2);
	t.rows = calloc(t.count + 1, sizeof(*t.rows));
	must(t.rows != NULL, "no memory");
	for (size_t i = 0; i < t.count; i++) {
		const char *slash = strrchr(argv[2 + i], '/');

		t.rows[i].path = argv[2 + i];
		t.rows[i].name = slash == NULL ? argv[2 + i] : slash + 1;
	}
	read_record(&t, argv[0]);
	t.record = fopen(argv[0], "ae");
	must(t.record != NULL, argv[0]);
	/* Ends what a run that was killed may have begun. */
	must(fputs("\n", t.record) >= 0, argv[0]);
	must_go(&t, sink_open(&t.to, &t.sink, &t.why));
	judge_fetched(&t);
	run(&t);
	sink_close(&t.sink);
	fclose(t.record);
	free(t.rows);
	return 0;
}
