// SPDX-License-Identifier: ISC
/*
 * cage_tasks.c - what the runner does (cage_impl.h) for this run's accounts,
 * with all of the user's rights: commands, and what mboxes in the home folder
 * need that for.
 * Runs in: main.  Trusts: the configuration.  Allocates: the tasks, while it
 * works.
 */
#include <errno.h>
#include <stdlib.h>

#include "fetch/cage/cage_impl.h"
#include "fetch/conf/password.h"
#include "fetch/sink/command_run.h"
#include "fetch/sink/mbox_reach.h"
#include "os/runner.h"

/* An account's, and where it is told of each. */
struct works {
	struct run password;
	struct command_run command;
	struct mbox_task mbox;
};

struct tasks {
	struct works *works; /* one an account */
	struct runner_task *at;
	struct runner_way **ways;
	size_t count;
};

#define TASKS_OF_ONE 2u

static void add(struct tasks *t, const struct runner_task *task,
		struct runner_way *way)
{
	t->at[t->count] = *task;
	t->ways[t->count] = way;
	t->count++;
}

/* A password's file is read at once; only who waits for one to come, or to be
 * put right, looks where it may be another file by then. */
static void add_password(const struct cage_options *o, struct tasks *t,
			 struct account *a, struct works *w)
{
	struct runner_task task;

	if ((a->password_command != NULL || o->is_watching) &&
	    password_task(a, &w->password, &task)) {
		add(t, &task, &a->gets_password);
	}
}

static int add_command(const struct cage_options *o, struct tasks *t,
		       struct account *a, struct works *w)
{
	struct runner_task task;
	int rc;

	if (!o->delivers || a->deliver.kind != DESTINATION_COMMAND) {
		return 0;
	}
	rc = command_run_init(&w->command, &a->deliver, a->name);
	task = runner_program(&w->command.run);
	add(t, &task, &a->deliver.runs);
	return rc;
}

/* Or the mbox's folder would be open, and with it the user's whole home. */
static void add_mbox(const struct cage_options *o, struct tasks *t,
		     struct account *a, struct works *w)
{
	struct runner_task task;

	if (!o->delivers || a->deliver.kind != DESTINATION_MBOX ||
	    !cage_is_above_home(o, a->deliver.path)) {
		return;
	}
	task = mbox_reach_task(a, &w->mbox);
	a->deliver.rules = a->rules;
	a->deliver.rules_count = a->rules_count;
	add(t, &task, &a->deliver.runs);
}

static int add_all(const struct cage_options *o, struct tasks *t)
{
	int rc = 0;

	for (size_t i = 0; i < o->accounts->count && rc == 0; i++) {
		struct account *a = &o->accounts->account[i];

		add_password(o, t, a, &t->works[i]);
		add_mbox(o, t, a, &t->works[i]);
		rc = add_command(o, t, a, &t->works[i]);
	}
	return rc;
}

static int start(const struct cage_options *o, struct tasks *t,
		 struct runner **runner_r)
{
	struct runner *runner = NULL;
	int rc = add_all(o, t);

	if (rc == 0 && t->count != 0) {
		rc = runner_start(t->at, t->count, &runner);
	}
	if (rc < 0) {
		return rc;
	}
	for (size_t i = 0; i < t->count; i++) {
		*t->ways[i] = (struct runner_way){ runner, (uint32_t)i };
	}
	*runner_r = runner;
	return 0;
}

int cage_start_runner(const struct cage_options *o, struct runner **runner_r)
{
	size_t count = o->accounts->count + 1;
	struct tasks t = {
		.works = calloc(count, sizeof(*t.works)),
		.at = calloc(count, TASKS_OF_ONE * sizeof(*t.at)),
		.ways = calloc(count, TASKS_OF_ONE * sizeof(*t.ways)),
	};
	int rc = t.works == NULL || t.at == NULL || t.ways == NULL
		     ? -ENOMEM
		     : start(o, &t, runner_r);

	for (size_t i = 0; t.works != NULL && i < count; i++) {
		command_run_finish(&t.works[i].command);
	}
	free(t.works);
	free(t.at);
	free(t.ways);
	return rc;
}
