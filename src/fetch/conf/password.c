// SPDX-License-Identifier: ISC
/*
 * password.c - where an account's password comes from (password.h).
 * Runs in: restante.  Trusts: the command and the file that its user named; the
 * terminal.
 */
#include "fetch/conf/password.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch/conf/config_check.h"
#include "fetch/limits.h"
#include "os/fd.h"
#include "os/prompt.h"
#include "os/run.h"

bool password_is_needed(const struct account *a)
{
	return !config_is_external_only(a);
}

bool password_is_asked_for(const struct account *a)
{
	return password_is_needed(a) && a->password == NULL &&
	       a->password_command == NULL && a->password_file == NULL;
}

void password_forget(struct account *a)
{
	if (a->password != NULL) {
		wipe(a->password, strlen(a->password));
		free(a->password);
		a->password = NULL;
	}
}

/* The first line of what was read.  source: as "password_file of work". */
static int take_line(const char *at, size_t len, const char *source,
		     struct secret *secret_r, struct why *why)
{
	const char *end = memchr(at, '\n', len);
	size_t line = end != NULL ? (size_t)(end - at) : len;

	line -= line > 0 && at[line - 1] == '\r' ? 1 : 0;
	if (line == 0) {
		why_set(why, WHY_CONFIG,
			"%s: the first line is empty, and "
			"that is where the password is to be",
			source);
		return -1;
	}
	if (line > SECRET_MAX) {
		why_set(why, WHY_CONFIG,
			"%s: the first line is longer than %u octets", source,
			SECRET_MAX);
		return -1;
	}
	if (memchr(at, '\0', line) != NULL || memchr(at, '\r', line) != NULL) {
		why_set(why, WHY_CONFIG,
			"%s: the first line has an octet in it that no "
			"password can have",
			source);
		return -1;
	}
	(void)secret_set(secret_r, at, line);
	return 0;
}

static int tell_runner_gone(const char *source, struct why *why)
{
	why_set(why, WHY_TEMP,
		"%s: the process that gets it is gone; start restante again",
		source);
	return -1;
}

static int tell_run(enum run_result result, int code, const char *program,
		    const char *source, struct why *why)
{
	switch (result) {
	case RUN_OK:
		return 0;
	case RUN_EXITED:
		why_set(why, WHY_CONFIG,
			"%s: %s exited with status %d; run it "
			"by hand to see why",
			source, program, code);
		break;
	case RUN_SIGNALLED:
		why_set(why, WHY_CONFIG,
			"%s: %s was ended by signal %d (%s); run it "
			"by hand to see why",
			source, program, code, strsignal(code));
		break;
	case RUN_LATE:
		why_set(why, WHY_TEMP,
			"%s: %s took longer than %u seconds; "
			"run it by hand to see what it waits for",
			source, program, PASSWORD_COMMAND_S);
		break;
	case RUN_ERROR:
		if (code == EOWNERDEAD) {
			return tell_runner_gone(source, why);
		}
		why_errno(why, WHY_CONFIG, code, "%s: cannot run %s", source,
			  program);
		break;
	}
	return -1;
}

static enum run_result run_for(const struct account *a, char *out,
			       size_t *len_r, int *code_r)
{
	struct run_end end = { 0 };
	enum run_result result;
	int rc;

	if (a->gets_password.runner == NULL) {
		return run_for_output(a->password_command,
				      PASSWORD_COMMAND_S * 1000, out,
				      PASSWORD_OUTPUT_MAX, len_r, code_r);
	}
	rc = runner_run(&a->gets_password, -1, out, PASSWORD_OUTPUT_MAX, &end);
	result = run_judge(rc, end.status, code_r);
	*len_r = end.len;
	return result;
}

static int run_command(const struct account *a, const char *source,
		       struct secret *secret_r, struct why *why)
{
	char *out = malloc(PASSWORD_OUTPUT_MAX);
	enum run_result result;
	size_t len = 0;
	int code;
	int rc;

	if (out == NULL) {
		why_set(why, WHY_INTERNAL, "out of memory");
		return -1;
	}
	result = run_for(a, out, &len, &code);
	rc = tell_run(result, code, a->password_command[0], source, why);
	if (rc == 0) {
		rc = take_line(out, len, source, secret_r, why);
	}
	wipe(out, PASSWORD_OUTPUT_MAX);
	free(out);
	return rc;
}

/* Ours, and nobody else's to read. */
static int check_file(int fd, const char *path, const char *source,
		      struct why *why)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		why_errno(why, WHY_CONFIG, errno, "%s: %s", source, path);
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		why_set(why, WHY_CONFIG, "%s: %s is no file", source, path);
		return -1;
	}
	if (st.st_uid != geteuid()) {
		why_set(why, WHY_CONFIG, "%s: %s belongs to another user",
			source, path);
		return -1;
	}
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		why_set(why, WHY_CONFIG,
			"%s: others may read or write %s; type: chmod 600 %s",
			source, path, path);
		return -1;
	}
	return 0;
}

static int read_line_of(int fd, const char *path, const char *source,
			struct secret *secret_r, struct why *why)
{
	char text[SECRET_MAX + 2]; /* with CRLF a line that just fits */
	size_t len = 0;
	ssize_t n;
	int rc;

	do {
		n = read(fd, text + len, sizeof(text) - len);
		len += n > 0 ? (size_t)n : 0;
	} while ((n > 0 && len < sizeof(text)) || (n < 0 && errno == EINTR));
	if (n < 0) {
		why_errno(why, WHY_CONFIG, errno, "%s: %s", source, path);
		rc = -1;
	} else {
		rc = take_line(text, len, source, secret_r, why);
	}
	wipe(text, sizeof(text));
	return rc;
}

/* O_NONBLOCK: a FIFO is to be a fault, not to be waited for. */
static int open_here(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	return fd < 0 ? -errno : fd;
}

/* The same, in the runner. */
static void open_there(const void *path, const struct runner_ask *ask,
		       struct runner_answer *answer)
{
	int fd = ask->verb == 0 && ask->fd == -1 ? open_here(path) : -EINVAL;

	answer->result = fd < 0 ? fd : 0;
	answer->fd = fd < 0 ? -1 : fd;
}

static int open_file(const struct account *a)
{
	struct runner_ask ask = { .fd = -1 };
	struct runner_answer answer = { .cap = 0 };
	int rc;

	if (a->gets_password.runner == NULL) {
		return open_here(a->password_file);
	}
	rc = runner_do(&a->gets_password, &ask, &answer);
	return rc < 0 ? rc : answer.fd;
}

static int read_file(const struct account *a, const char *source,
		     struct secret *secret_r, struct why *why)
{
	const char *path = a->password_file;
	int fd = open_file(a);
	int rc;

	if (fd == -EOWNERDEAD) {
		return tell_runner_gone(source, why);
	}
	if (fd < 0) {
		why_errno(why, WHY_CONFIG, -fd, "%s: %s", source, path);
		return -1;
	}
	rc = check_file(fd, path, source, why);
	if (rc == 0) {
		rc = read_line_of(fd, path, source, secret_r, why);
	}
	fd_close(&fd);
	return rc;
}

static int tell_prompt(enum prompt_result result, int error, struct why *why)
{
	switch (result) {
	case PROMPT_OK:
		return 0;
	case PROMPT_NONE:
		why_set(why, WHY_LOGIN, "no password was typed");
		break;
	case PROMPT_LONG:
		why_set(why, WHY_LOGIN, "a password has up to %u octets",
			SECRET_MAX);
		break;
	case PROMPT_STOPPED:
	case PROMPT_SIGNAL:
		why_set(why, WHY_LOGIN, "interrupted");
		break;
	case PROMPT_ERROR:
		why_errno(why, WHY_LOGIN, error, "cannot ask for the password");
		break;
	}
	return -1;
}

/* Ctrl-@ is in no password: what is behind it would be lost. */
static bool is_typed(const struct secret *secret)
{
	return secret->len > 0 &&
	       memchr(secret->octets, '\0', secret->len) == NULL;
}

int password_ask(const char *prompt, struct secret *secret_r, struct why *why)
{
	int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	enum prompt_result result;
	int error;
	int rc;

	if (terminal < 0) {
		why_set(why, WHY_LOGIN,
			"there is no terminal to ask for the password at; set "
			"password_command or password_file, or use "
			"--password-command or --password-file");
		return -1;
	}
	do {
		result = prompt_secrets(terminal, &prompt, secret_r, 1);
		error = errno;
	} while (result == PROMPT_STOPPED);
	fd_close(&terminal);
	if (result == PROMPT_OK && !is_typed(secret_r)) {
		result = PROMPT_NONE;
	}
	rc = tell_prompt(result, error, why);
	if (rc != 0) {
		secret_wipe(secret_r);
	}
	return rc;
}

static int ask_for(const struct account *a, struct secret *secret_r,
		   struct why *why)
{
	char prompt[512];

	snprintf(prompt, sizeof(prompt), "Password of %s at %s: ", a->user,
		 a->host);
	return password_ask(prompt, secret_r, why);
}

static int find(const struct account *a, struct secret *secret_r,
		struct why *why)
{
	char source[128];

	snprintf(source, sizeof(source), "password_%s of %.64s",
		 a->password_command != NULL ? "command" : "file", a->name);
	if (a->password_command != NULL) {
		return run_command(a, source, secret_r, why);
	}
	if (a->password_file != NULL) {
		return read_file(a, source, secret_r, why);
	}
	return ask_for(a, secret_r, why);
}

int password_get(struct account *a, struct why *why)
{
	struct secret secret = { .len = 0 };
	int rc = 0;

	if (!password_is_needed(a) || a->password != NULL) {
		return 0;
	}
	rc = find(a, &secret, why);
	if (rc == 0) {
		a->password = strndup((const char *)secret.octets, secret.len);
		if (a->password == NULL) {
			why_set(why, WHY_INTERNAL, "out of memory");
			rc = -1;
		}
	}
	secret_wipe(&secret);
	return rc;
}

bool password_task(const struct account *a, struct run *run,
		   struct runner_task *task_r)
{
	if (!password_is_needed(a) || a->password != NULL) {
		return false;
	}
	if (a->password_command != NULL) {
		*run =
		    run_plainly(a->password_command, PASSWORD_COMMAND_S * 1000);
		run->cap = PASSWORD_OUTPUT_MAX;
		*task_r = runner_program(run);
		return true;
	}
	*task_r = (struct runner_task){ open_there, a->password_file, 0 };
	return a->password_file != NULL;
}
