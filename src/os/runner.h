// SPDX-License-Identifier: ISC
/*
 * runner.h - a process that does, for one that confines itself, what that one
 * may not: tasks that were fixed before, and no others.
 *
 * It is forked while there is one thread, before anything of a network is read,
 * and asked by number, from any thread, over a SOCK_SEQPACKET socket.  Whoever
 * asks is taken for captured: a packet that is not as it should be ends the
 * runner.  It does many tasks at once, each in a thread, and ends with who
 * started it; programs that it runs then go on.
 */
#ifndef OS_RUNNER_H
#define OS_RUNNER_H

#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

/* Tasks at once; who asks for more gets -EAGAIN. */
#define RUNNER_AT_ONCE_MAX 64u
/* Octets that a task may say: what a socket takes at once by default is more
 * than three times that. */
#define RUNNER_SAID_MAX (64u * 1024u)

struct run;
struct run_end;
struct runner;

struct runner_ask {
	uint32_t verb; /* what the task makes of it */
	int fd;        /* goes along, and stays the asker's; or -1 */
};

/* The asker gives said and cap. */
struct runner_answer {
	int result; /* 0, or a negative errno */
	int status;
	int fd; /* comes along, and is the asker's; or -1 */
	void *said;
	size_t cap;
	size_t len;
};

struct runner_task {
	/* In a thread of the runner's.  *answer has a said of its cap octets,
	 * is all 0 else, and its fd -1; one that is set there is closed. */
	void (*work)(const void *arg, const struct runner_ask *ask,
		     struct runner_answer *answer);
	const void *arg; /* as it is when the runner starts */
	size_t cap;      /* octets that it says; up to RUNNER_SAID_MAX */
};

/* A task, for who may have to ask; runner NULL: it is done in this process. */
struct runner_way {
	struct runner *runner;
	uint32_t index;
};

/* Forks.  What tasks point to may go then.  0, or a negative errno. */
MUST_USE int runner_start(const struct runner_task *tasks, size_t count,
			  struct runner **runner_r);

/* Ends it, and waits for that.  Nobody may ask any more.  Takes NULL. */
void runner_stop(struct runner **runner);

/* Asks, and waits for the answer: its result.  Or -EOWNERDEAD: the runner is
 * gone, and how far it came is not known; -EBADMSG: the answer does not fit. */
MUST_USE int runner_do(const struct runner_way *way,
		       const struct runner_ask *ask,
		       struct runner_answer *answer);

/* A task that runs a program.  arg: a struct run whose out is not used; if its
 * input_fd is not -1 a plain file must come along, and else none. */
struct runner_task runner_program(const struct run *run);

/* Has such a task done, as run_program would, and with its results; or those of
 * runner_do. */
MUST_USE int runner_run(const struct runner_way *way, int input_fd, void *out,
			size_t cap, struct run_end *end_r);

#endif
