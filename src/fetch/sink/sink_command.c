// SPDX-License-Identifier: ISC
/*
 * sink_command.c - delivery by another program, which reads the message on its
 * standard input and says by its exit code what became of it (sink.h).
 * Runs in: a carrier thread.  Trusts: the program.  Allocates: the sink, its
 * items and environment.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/limits.h"
#include "fetch/sink/exit_code.h"
#include "fetch/sink/sink_command.h"
#include "fetch/sink/sink_impl.h"
#include "fetch/sink/spool.h"
#include "os/fd.h"
#include "os/run.h"

/* What a program may find of our environment.  Everything else, as what a
 * desktop has put there, is not its business. */
static const char *const passed[] = { "HOME",     "LANG",           "LC_ALL",
				      "LC_CTYPE", "LOGNAME",        "PATH",
				      "SHELL",    "TMPDIR",         "TZ",
				      "USER",     "XDG_RUNTIME_DIR" };
/* What it is told: as deliverers of Postfix and getmail are. */
enum told {
	TOLD_SENDER,
	TOLD_RECIPIENT,
	TOLD_ACCOUNT,
	TOLD_COUNT
};

#define PASSED_COUNT (sizeof(passed) / sizeof(passed[0]))

#define SAID_MAX     1024u /* the first octets that it says */

struct command_item {
	struct sink_item item;
	struct spool_text text;
	char *account; /* "ACCOUNT=..." */
};

static struct sink_command *command_of(struct sink *s)
{
	return (struct sink_command *)(void *)s;
}

static struct command_item *item_of(struct sink_item *item)
{
	return (struct command_item *)(void *)item;
}

static int failed(struct why *why, int rc, const char *what,
		  const struct sink *s)
{
	why_errno(why, sink_kind_of_errno(-rc, WHY_DELIVERY), -rc, "cannot %s",
		  what);
	why_octets(why, s->to->argv[0], strlen(s->to->argv[0]));
	return -1;
}

static void command_close(struct sink *s)
{
	spool_finish(&command_of(s)->spool);
	free(s);
}

/* NAME=VALUE, allocated; NULL: no memory. */
static char *setting(const char *name, const char *value)
{
	size_t len = strlen(name) + 1 + strlen(value) + 1;
	char *text = malloc(len);

	if (text != NULL) {
		snprintf(text, len, "%s=%s", name, value);
	}
	return text;
}

static const char *or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

static struct sink_item *
command_begin(struct sink *s, const struct sink_about *about, struct why *why)
{
	struct command_item *it = calloc(1, sizeof(*it));

	if (it != NULL) {
		it->account = setting("ACCOUNT", or_empty(about->account));
	}
	if (it == NULL || it->account == NULL) {
		failed(why, -ENOMEM, "keep a message for", s);
		free(it);
		return NULL;
	}
	spool_begin(&command_of(s)->spool, &it->text);
	return &it->item;
}

static int command_write(struct sink *s, struct sink_item *item,
			 const uint8_t *at, size_t len, struct why *why)
{
	int rc =
	    spool_write(&command_of(s)->spool, &item_of(item)->text, at, len);

	return rc < 0 ? failed(why, rc, "keep a message for", s) : 0;
}

static int command_end(struct sink *s, struct sink_item *item, struct why *why)
{
	(void)s;
	(void)item;
	(void)why;
	return 0;
}

static int command_group(struct sink *s, struct sink_item **items, size_t count,
			 struct why *why)
{
	(void)s;
	(void)items;
	(void)count;
	(void)why;
	return 0;
}

struct environment {
	char *at[PASSED_COUNT + TOLD_COUNT + 1];
	size_t count;
};

static void environment_finish(struct environment *e)
{
	for (size_t i = 0; i < e->count; i++) {
		free(e->at[i]);
	}
}

static bool environment_add(struct environment *e, char *text)
{
	e->at[e->count] = text;
	e->count += text != NULL ? 1 : 0;
	return text != NULL;
}

static bool environment_init(struct environment *e, const struct sink *s,
			     const struct command_item *it)
{
	bool is_whole = true;

	memset(e, 0, sizeof(*e));
	for (size_t i = 0; i < PASSED_COUNT && is_whole; i++) {
		const char *value = getenv(passed[i]);

		is_whole = value == NULL ||
			   environment_add(e, setting(passed[i], value));
	}
	return is_whole &&
	       environment_add(e, setting("SENDER", or_empty(s->to->sender))) &&
	       environment_add(
		   e, setting("RECIPIENT", or_empty(s->to->recipient))) &&
	       environment_add(e, strdup(it->account));
}

/* The first lines that it wrote, which are all that a person has to go by. */
static void add_said(struct why *why, const char *said, size_t len)
{
	while (len != 0 && (said[len - 1] == '\n' || said[len - 1] == ' ')) {
		len--;
	}
	if (len != 0) {
		why_octets(why, said, len);
	}
}

static int judge(const struct sink *s, int status, struct why *why)
{
	enum why_kind kind = exit_kind(status);
	char text[EXIT_TEXT_MAX];

	if (kind == WHY_NONE) {
		return 0;
	}
	exit_text(status, text);
	why_set(why, kind, "%s ended with %s", s->to->argv[0], text);
	return -1;
}

static int run(struct sink *s, int fd, const struct environment *e,
	       struct why *why)
{
	char said[SAID_MAX];
	struct run_end end;
	const struct run p = { .argv = s->to->argv,
			       .environment = e->at,
			       .input_fd = fd,
			       .hears_errors = true,
			       .is_apart = true,
			       .limit_ms = command_of(s)->limit_ms,
			       .grace_ms = FETCH_COMMAND_GRACE_MS,
			       .out = said,
			       .cap = sizeof(said) };
	int rc = run_program(&p, &end);

	if (rc == -ETIMEDOUT) {
		why_set(why, WHY_TEMP,
			"%s was killed because it took longer than %u seconds",
			s->to->argv[0],
			(unsigned)(command_of(s)->limit_ms / 1000));
	} else if (rc < 0) {
		return failed(why, rc, "run", s);
	} else {
		rc = judge(s, end.status, why);
	}
	if (rc < 0) {
		add_said(why, said, end.len);
	}
	return rc < 0 ? -1 : 0;
}

/* Its input is a file, not a pipe: a program that does not read all of it, or
 * wants to read it twice, is free to. */
static int command_deliver(struct sink *s, struct sink_item *item,
			   struct why *why)
{
	const struct command_item *it = item_of(item);
	int fd = spool_file(&command_of(s)->spool, &it->text);
	struct environment e;
	int rc;

	if (fd < 0) {
		return failed(why, fd, "keep a message for", s);
	}
	rc = environment_init(&e, s, it) ? run(s, fd, &e, why)
					 : failed(why, -ENOMEM, "run", s);
	environment_finish(&e);
	fd_close(&fd);
	return rc;
}

static void command_release(struct sink *s, struct sink_item *item)
{
	struct command_item *it = item_of(item);

	spool_drop(&command_of(s)->spool, &it->text);
	free(it->account);
	free(it);
}

static const struct sink_kind kind = {
	.close = command_close,
	.begin = command_begin,
	.write = command_write,
	.end = command_end,
	.ready = command_group,
	.deliver = command_deliver,
	.settle = command_group,
	.release = command_release,
};

struct sink *sink_command_open(const struct destination *d, struct why *why)
{
	struct sink_command *c;

	if (d->argv == NULL || d->argv[0] == NULL || d->argv[0][0] == '\0') {
		why_set(why, WHY_CONFIG, "no command to deliver to");
		return NULL;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL || spool_init(&c->spool) < 0) {
		why_errno(why, WHY_INTERNAL, ENOMEM, "cannot run %s",
			  d->argv[0]);
		free(c);
		return NULL;
	}
	c->sink.kind = &kind;
	c->limit_ms = FETCH_COMMAND_MS;
	return &c->sink;
}
