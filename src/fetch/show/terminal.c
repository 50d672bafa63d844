// SPDX-License-Identifier: ISC
/*
 * terminal.c - what there is to write to (terminal.h).
 * Runs in: restante.  Trusts: the environment to be its user's.
 * Allocates: never.
 */
#include "fetch/show/terminal.h"

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define USUAL_COLUMNS 80
#define USUAL_ROWS    24
/* What a pipe takes at once when it is ready: PIPE_BUF. */
#define WRITE_MAX 4096u
/* Once a signal came. */
#define GRACE_MS 1000

void terminal_look(struct terminal *t, int fd)
{
	const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");

	t->fd = fd;
	t->is_terminal = isatty(fd) == 1;
	t->is_able = t->is_terminal && term != NULL && term[0] != 0 &&
		     strcmp(term, "dumb") != 0;
	t->is_utf8 = strcasecmp(nl_langinfo(CODESET), "UTF-8") == 0;
	t->has_colour = t->is_able && (no_colour == NULL || no_colour[0] == 0);
}

void terminal_size(const struct terminal *t, size_t *columns_r, size_t *rows_r)
{
	struct winsize size = { 0 };

	if (ioctl(t->fd, TIOCGWINSZ, &size) < 0) {
		size.ws_col = size.ws_row = 0;
	}
	*columns_r = size.ws_col == 0 ? USUAL_COLUMNS : size.ws_col;
	*rows_r = size.ws_row == 0 ? USUAL_ROWS : size.ws_row;
}

bool terminal_is_ready(const struct terminal *t)
{
	struct pollfd wait = { .fd = t->fd, .events = POLLOUT };

	return poll(&wait, 1, 0) > 0;
}

bool terminal_is_ours(const struct terminal *t)
{
	pid_t group = tcgetpgrp(t->fd);

	/* one that controls nobody has no background */
	return group < 0 || group == getpgrp();
}

/* A signal that the process has a handler for ends it: who handles it is to
 * have its turn, though nobody reads.  0, or -EINTR. */
static int wait_for(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLOUT };

	return poll(&wait, 1, -1) < 0 && errno == EINTR &&
		       poll(&wait, 1, GRACE_MS) <= 0
		   ? -EINTR
		   : 0;
}

int terminal_write(int fd, const char *at, size_t len)
{
	size_t done = 0;

	while (done < len) {
		size_t part = len - done < WRITE_MAX ? len - done : WRITE_MAX;
		ssize_t n;
		int rc = wait_for(fd);

		if (rc < 0) {
			return rc;
		}
		n = write(fd, at + done, part);
		if (n >= 0) {
			done += (size_t)n;
		} else if (errno != EAGAIN && errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}
