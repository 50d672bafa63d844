// SPDX-License-Identifier: ISC
/*
 * sink_command.c - delivery by another program, which reads the message on its
 * standard input and says by its exit code what became of it (sink.h).
 * Runs in: a carrier thread.  Trusts: the program.  Allocates: the sink and
 * its items.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/limits.h"
#include "fetch/sink/command_run.h"
#include "fetch/sink/exit_code.h"
#include "fetch/sink/sink_command.h"
#include "fetch/sink/sink_impl.h"
#include "fetch/sink/spool.h"
#include "os/fd.h"

struct command_item {
	struct sink_item item;
	struct spool_text text;
	char *account; /* its name */
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

static struct sink_item *
command_begin(struct sink *s, const struct sink_about *about, struct why *why)
{
	struct command_item *it = calloc(1, sizeof(*it));

	if (it != NULL) {
		it->account =
		    strdup(about->account == NULL ? "" : about->account);
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

/* In this process: there is no runner. */
static int run_here(struct sink *s, const struct command_item *it, int fd,
		    char said[COMMAND_SAID_MAX], struct run_end *end_r)
{
	struct command_run c;
	int rc = command_run_init(&c, s->to, it->account);

	if (rc == 0) {
		c.run.input_fd = fd;
		c.run.limit_ms = command_of(s)->limit_ms;
		c.run.out = said;
		rc = run_program(&c.run, end_r);
	}
	command_run_finish(&c);
	return rc;
}

static int run(struct sink *s, const struct command_item *it, int fd,
	       struct why *why)
{
	char said[COMMAND_SAID_MAX];
	struct run_end end = { 0 };
	int rc = s->to->runs.runner == NULL
		     ? run_here(s, it, fd, said, &end)
		     : runner_run(&s->to->runs, fd, said, sizeof(said), &end);

	if (rc == -ETIMEDOUT) {
		why_set(why, WHY_TEMP,
			"%s was killed because it took longer than %u seconds",
			s->to->argv[0],
			(unsigned)(command_of(s)->limit_ms / 1000));
	} else if (rc == -EOWNERDEAD) {
		why_set(why, WHY_TEMP,
			"the process that runs %s is gone; what it was at "
			"comes again next time",
			s->to->argv[0]);
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
	int rc;

	if (fd < 0) {
		return failed(why, fd, "keep a message for", s);
	}
	rc = run(s, it, fd, why);
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
