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

/* Lines are written whole, and so are read whole but for a full buffer. */
void logpipe_relay(int fd)
{
	char text[READ_OCTETS];
	ssize_t n = read(fd, text, sizeof(text));
	const char *line = text;
	const char *end = text + (n > 0 ? n : 0);

	while (line < end) {
		const char *lf = memchr(line, '\n', (size_t)(end - line));
		const char *stop = lf != NULL ? lf : end;

		if (stop != line) {
			pass_on(line, (size_t)(stop - line));
		}
		line = stop + 1;
	}
}
