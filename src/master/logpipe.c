// SPDX-License-Identifier: ISC
/*
 * logpipe.c - log lines for syslog (logpipe.h).
 * Runs in: master.  Trusts: nothing in a line: it is passed on as text.
 */
#include "master/logpipe.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "os/fd.h"

#define READ_OCTETS 16384

/* The write end never blocks: a role does not wait for syslog, its line is lost
 * when 64 KiB of others are under way. */
int logpipe_open(void)
{
	int ends[2];
	int rc;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
		return -errno;
	}
	if (dup2(ends[1], STDERR_FILENO) < 0) {
		rc = -errno;
		fd_close(&ends[0]);
		fd_close(&ends[1]);
		return rc;
	}
	fd_close(&ends[1]);
	openlog("restanted", LOG_NDELAY, LOG_MAIL);
	return ends[0];
}

/* "<6>name: text": the level becomes syslog's, the rest stays as it is. */
static void pass_on(const char *line, size_t len)
{
	int level = LOG_WARNING; /* not one of our lines: a library's */

	if (len > 3 && line[0] == '<' && line[1] >= '0' && line[1] <= '7' &&
	    line[2] == '>') {
		level = line[1] - '0';
		line += 3;
		len -= 3;
	}
	syslog(level, "%.*s", (int)len, line);
}

/* Takes whole lines off the front; returns how many octets they were. */
static size_t pass_lines(const char *text, size_t len)
{
	size_t done = 0;
	const char *lf = memchr(text, '\n', len);

	while (lf != NULL) {
		size_t n = (size_t)(lf - text) - done;

		if (n != 0) {
			pass_on(text + done, n);
		}
		done += n + 1;
		lf = memchr(text + done, '\n', len - done);
	}
	return done;
}

/* Lines are written whole, so what is read ends in the middle of one only if
 * there was more: the rest then follows at once. */
void logpipe_relay(int fd)
{
	char text[READ_OCTETS];
	size_t len = 0;
	ssize_t n = read(fd, text, sizeof(text));

	while (n > 0) {
		size_t done;

		len += (size_t)n;
		done = pass_lines(text, len);
		if (done == 0 && len == sizeof(text)) {
			done = len; /* no line of ours is as long */
			pass_on(text, len);
		}
		len -= done;
		memmove(text, text + done, len);
		if (len == 0) {
			return;
		}
		n = read(fd, text + len, sizeof(text) - len);
	}
	if (len != 0) {
		pass_on(text, len);
	}
}
