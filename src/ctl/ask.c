// SPDX-License-Identifier: ISC
/*
 * ask.c - asking for a new password (ask.h).
 * Runs in: restantectl.  Trusts: the terminal.
 *
 * While the echo is off the signals that would end or stop us are blocked and
 * only looked out for; unblocked again after the echo is back, they do what
 * they do.
 */
#include "ctl/ask.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

#include "os/fd.h"

enum line_result {
	LINE_OK,
	LINE_NONE, /* end of input before any octet */
	LINE_LONG,
	LINE_SIGNAL,
	LINE_ERROR,
};

/* signals: a descriptor that is readable if a signal waits; or -1. */
static enum line_result read_octet(int signals, uint8_t *octet_r)
{
	struct pollfd waits[] = { { .fd = signals, .events = POLLIN },
				  { .fd = STDIN_FILENO, .events = POLLIN } };
	ssize_t n;

	if (poll(waits, 2, -1) < 0) {
		return errno == EINTR ? LINE_SIGNAL : LINE_ERROR;
	}
	if (waits[0].revents != 0) {
		return LINE_SIGNAL;
	}
	n = read(STDIN_FILENO, octet_r, 1);
	if (n < 0) {
		return LINE_ERROR;
	}
	return n == 0 ? LINE_NONE : LINE_OK;
}

/* One octet at a time: what follows the line belongs to somebody else. */
static enum line_result read_line(int signals, struct secret *secret)
{
	enum line_result result;
	uint8_t octet = 0;

	secret_wipe(secret);
	for (;;) {
		result = read_octet(signals, &octet);
		if (result != LINE_OK || octet == '\n') {
			break;
		}
		if (secret->len == SECRET_MAX) {
			return LINE_LONG;
		}
		secret->octets[secret->len++] = octet;
	}
	if (result == LINE_NONE && secret->len > 0) {
		result = LINE_OK;
	}
	if (secret->len > 0 && secret->octets[secret->len - 1] == '\r') {
		secret->octets[--secret->len] = 0;
	}
	return result;
}

static enum line_result prompt(const char *text, int signals,
			       struct secret *secret)
{
	enum line_result result;

	fputs(text, stderr);
	result = read_line(signals, secret);
	fputc('\n', stderr);
	return result;
}

static bool echo_off(struct termios *before)
{
	struct termios quiet;

	if (tcgetattr(STDIN_FILENO, before) < 0) {
		return false;
	}
	quiet = *before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	return tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
}

static enum line_result ask_quietly(int signals, struct secret *first,
				    struct secret *second)
{
	struct termios before;
	enum line_result result = LINE_ERROR;

	if (echo_off(&before)) {
		result = prompt("New password: ", signals, first);
		if (result == LINE_OK) {
			result = prompt("Again: ", signals, second);
		}
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	}
	return result;
}

static enum line_result ask_terminal(struct secret *first,
				     struct secret *second)
{
	enum line_result result;
	sigset_t set, before;
	int signals;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTSTP);
	sigprocmask(SIG_BLOCK, &set, &before);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	result = signals < 0 ? LINE_ERROR : ask_quietly(signals, first, second);
	fd_close(&signals);
	/* here it ends if it was to end; a stopped one comes back */
	sigprocmask(SIG_SETMASK, &before, NULL);
	return result;
}

static int tell(enum line_result result)
{
	switch (result) {
	case LINE_OK:
		return EX_OK;
	case LINE_NONE:
		fputs("restantectl: no password was given\n", stderr);
		return EX_DATAERR;
	case LINE_LONG:
		fprintf(stderr,
			"restantectl: the password is longer than %u octets\n",
			SECRET_MAX);
		return EX_DATAERR;
	case LINE_SIGNAL:
	case LINE_ERROR:
		break;
	}
	fprintf(stderr, "restantectl: cannot read the password: %s\n",
		strerror(errno));
	return EX_IOERR;
}

static bool secret_equal(const struct secret *a, const struct secret *b)
{
	return a->len == b->len &&
	       equal_in_constant_time(a->octets, b->octets, a->len);
}

static int ask_twice(struct secret *secret)
{
	struct secret again;
	enum line_result result;
	int rc;

	do {
		secret_wipe(&again);
		result = ask_terminal(secret, &again);
	} while (result == LINE_SIGNAL);
	rc = tell(result);
	if (rc == EX_OK && !secret_equal(secret, &again)) {
		fputs("restantectl: the two are not the same; nothing was "
		      "changed\n",
		      stderr);
		rc = EX_DATAERR;
	}
	secret_wipe(&again);
	return rc;
}

int ask_new_password(struct secret *secret_r)
{
	int rc = isatty(STDIN_FILENO) ? ask_twice(secret_r)
				      : tell(read_line(-1, secret_r));

	if (rc == EX_OK && secret_r->len == 0) {
		fputs("restantectl: a password cannot be empty; to lock the "
		      "user, remove it with: restantectl user del\n",
		      stderr);
		rc = EX_DATAERR;
	}
	if (rc != EX_OK) {
		secret_wipe(secret_r);
	}
	return rc;
}
