// SPDX-License-Identifier: ISC
/*
 * prompt.c - asking a person for what nobody is to see (prompt.h).
 * Runs in: restantectl, restante.  Trusts: the terminal.
 */
#include "os/prompt.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "os/fd.h"

/* signals: a descriptor that is readable if a signal waits; or -1. */
static enum prompt_result read_octet(int fd, int signals, uint8_t *octet_r)
{
	struct pollfd waits[] = { { .fd = signals, .events = POLLIN },
				  { .fd = fd, .events = POLLIN } };
	ssize_t n;

	if (poll(waits, 2, -1) < 0) {
		return errno == EINTR ? PROMPT_SIGNAL : PROMPT_ERROR;
	}
	if (waits[0].revents != 0) {
		return PROMPT_SIGNAL;
	}
	n = read(fd, octet_r, 1);
	if (n < 0) {
		return PROMPT_ERROR;
	}
	return n == 0 ? PROMPT_NONE : PROMPT_OK;
}

/* One octet at a time: what follows the line belongs to somebody else. */
static enum prompt_result read_line(int fd, int signals, struct secret *secret)
{
	enum prompt_result result;
	uint8_t octet = 0;

	secret_wipe(secret);
	for (;;) {
		result = read_octet(fd, signals, &octet);
		if (result != PROMPT_OK || octet == '\n') {
			break;
		}
		if (secret->len == SECRET_MAX) {
			return PROMPT_LONG;
		}
		secret->octets[secret->len++] = octet;
	}
	if (result == PROMPT_NONE && secret->len > 0) {
		result = PROMPT_OK;
	}
	if (secret->len > 0 && secret->octets[secret->len - 1] == '\r') {
		secret->octets[--secret->len] = 0;
	}
	return result;
}

enum prompt_result prompt_read_line(int fd, struct secret *secret)
{
	return read_line(fd, -1, secret);
}

/* What cannot be shown is asked for all the same. */
static void show(int fd, const char *text)
{
	size_t len = strlen(text);
	ssize_t n = write(fd, text, len);

	while (n > 0 && (size_t)n < len) {
		text += n;
		len -= (size_t)n;
		n = write(fd, text, len);
	}
}

static enum prompt_result ask(int terminal, int signals,
			      const char *const *texts, struct secret *secrets,
			      size_t count)
{
	enum prompt_result result = PROMPT_OK;

	for (size_t i = 0; i < count && result == PROMPT_OK; i++) {
		show(terminal, texts[i]);
		result = read_line(terminal, signals, &secrets[i]);
		show(terminal, "\n");
	}
	return result;
}

static bool echo_off(int terminal, struct termios *before)
{
	struct termios quiet;

	if (tcgetattr(terminal, before) < 0) {
		return false;
	}
	quiet = *before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	return tcsetattr(terminal, TCSAFLUSH, &quiet) == 0;
}

static enum prompt_result ask_quietly(int terminal, int signals,
				      const char *const *texts,
				      struct secret *secrets, size_t count)
{
	struct termios before;
	enum prompt_result result = PROMPT_ERROR;
	int error;

	if (echo_off(terminal, &before)) {
		result = ask(terminal, signals, texts, secrets, count);
		error = errno;
		(void)tcsetattr(terminal, TCSAFLUSH, &before);
		errno = error;
	}
	return result;
}

/* Whether, of the signals that wait, one would end us. */
static bool only_stops(void)
{
	static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	sigset_t waiting;

	if (sigpending(&waiting) < 0) {
		return false;
	}
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++) {
		if (sigismember(&waiting, ending[i]) == 1) {
			return false;
		}
	}
	return sigismember(&waiting, SIGTSTP) == 1;
}

enum prompt_result prompt_secrets(int terminal, const char *const *texts,
				  struct secret *secrets, size_t count)
{
	enum prompt_result result = PROMPT_ERROR;
	sigset_t set;
	sigset_t before;
	int signals;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTSTP);
	pthread_sigmask(SIG_BLOCK, &set, &before);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (signals >= 0) {
		result = ask_quietly(terminal, signals, texts, secrets, count);
	}
	if (result == PROMPT_SIGNAL && only_stops()) {
		result = PROMPT_STOPPED;
	}
	fd_close(&signals);
	/* here it ends if it was to end; a stopped one comes back */
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}
