// SPDX-License-Identifier: ISC
/*
 * test_fetch_password.c - passwords come from commands, files and the terminal,
 * and from nowhere that others could read.
 * Runs in: the tests.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "fetch/conf/password.h"

static char path[64];

static int setup(void **state)
{
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/restante-unit-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	return close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static void put(const void *octets, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(octets, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

static int get_of_file(char password[SECRET_MAX + 1], struct why *why)
{
	struct account a = { .name = "work", .password_file = path };
	int rc = password_get(&a, why);

	if (rc == 0) {
		snprintf(password, SECRET_MAX + 1, "%s", a.password);
	} else {
		assert_null(a.password);
	}
	password_forget(&a);
	assert_null(a.password);
	return rc;
}

#define FILE_WITH(text) (text), sizeof(text) - 1

static void takes_the_first_line(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *password;
	} files[] = {
		{ FILE_WITH("secret"), "secret" },
		{ FILE_WITH("secret\n"), "secret" },
		{ FILE_WITH("secret\r\n"), "secret" },
		{ FILE_WITH(" se cret \nlogin: me\n"), " se cret " },
		{ FILE_WITH("s\xc3\xa9\tcret\n"), "s\xc3\xa9\tcret" },
		{ FILE_WITH("secret\n\0\0\0"), "secret" },
	};
	char password[SECRET_MAX + 1];
	char longest[SECRET_MAX + 1];
	struct why why;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		put(files[i].text, files[i].len);
		assert_int_equal(get_of_file(password, &why), 0);
		assert_string_equal(password, files[i].password);
	}
	memset(longest, 'x', SECRET_MAX);
	longest[SECRET_MAX] = '\n';
	put(longest, sizeof(longest));
	assert_int_equal(get_of_file(password, &why), 0);
	assert_int_equal(strlen(password), SECRET_MAX);
}

static void refuse(const char *words)
{
	char password[SECRET_MAX + 1];
	struct why why = { WHY_NONE, "" };

	assert_int_equal(get_of_file(password, &why), -1);
	assert_int_equal(why.kind, WHY_CONFIG);
	assert_memory_equal(why.text, "password_file of work: ", 23);
	if (strstr(why.text, words) == NULL) {
		fail_msg("%s", why.text);
	}
}

static void refuses_odd_files(void **state)
{
	static const mode_t open_modes[] = { 0640, 0604, 0660, 0610, 0666 };
	char want[128];
	char longer[SECRET_MAX + 2];

	(void)state;
	put("secret", 6);
	for (size_t i = 0; i < COUNT_OF(open_modes); i++) {
		assert_int_equal(chmod(path, open_modes[i]), 0);
		snprintf(want, sizeof(want), "type: chmod 600 %s", path);
		refuse(want);
	}
	put("", 0);
	refuse("the first line is empty");
	put("\nsecret", 7);
	refuse("the first line is empty");
	put("se\0cret", 7);
	refuse("no password can have");
	put("se\rcret", 7);
	refuse("no password can have");
	memset(longer, 'x', sizeof(longer));
	put(longer, SECRET_MAX + 1);
	refuse("longer than 1024 octets");
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 65534, 65534), 0);
		refuse("belongs to another user");
	}
	assert_int_equal(unlink(path), 0);
	refuse("No such file or directory");
	assert_int_equal(mkfifo(path, 0600), 0);
	refuse("is no file");
}

static int get_of_command(const char *script, char password[SECRET_MAX + 1],
			  struct why *why)
{
	char *argv[] = { "sh", "-c", (char *)(uintptr_t)script, NULL };
	struct account a = { .name = "work", .password_command = argv };
	int rc = password_get(&a, why);

	if (rc == 0) {
		snprintf(password, SECRET_MAX + 1, "%s", a.password);
	}
	password_forget(&a);
	return rc;
}

static void runs_commands(void **state)
{
	static const struct {
		const char *script;
		const char *words;
	} odd[] = {
		{ "echo secret; exit 3",
		  "sh exited with status 3; run it by hand" },
		{ "echo secret; kill -9 $$",
		  "(Killed); run it by hand to see why" },
		{ "exit 0", "the first line is empty" },
		{ "echo", "the first line is empty" },
		{ "printf 'se\\000cret'", "no password can have" },
		{ "head -c 2000 /dev/zero | tr '\\0' x", "longer than 1024" },
	};
	char *nothing[] = { "/nowhere/at all", NULL };
	struct account a = { .name = "work", .password_command = nothing };
	char password[SECRET_MAX + 1];
	struct why why;

	(void)state;
	assert_int_equal(
	    get_of_command("echo 'se cret'; echo more", password, &why), 0);
	assert_string_equal(password, "se cret");
	for (size_t i = 0; i < COUNT_OF(odd); i++) {
		assert_int_equal(get_of_command(odd[i].script, password, &why),
				 -1);
		assert_int_equal(why.kind, WHY_CONFIG);
		assert_memory_equal(why.text, "password_command of work: ", 26);
		if (strstr(why.text, odd[i].words) == NULL) {
			fail_msg("%s: %s", odd[i].script, why.text);
		}
		assert_null(strstr(why.text, "secret"));
	}
	assert_int_equal(password_get(&a, &why), -1);
	assert_string_equal(why.text,
			    "password_command of work: cannot run "
			    "/nowhere/at all: No such file or directory");
}

static void knows_when_none_is_needed(void **state)
{
	char external[] = "EXTERNAL";
	char both[] = "EXTERNAL PLAIN";
	char known[] = "secret";
	struct account a = { .name = "work", .mechanisms = external };
	struct why why;

	(void)state;
	assert_false(password_is_needed(&a));
	assert_false(password_is_asked_for(&a));
	assert_int_equal(password_get(&a, &why), 0);
	assert_null(a.password);
	a.mechanisms = both;
	assert_true(password_is_needed(&a));
	assert_true(password_is_asked_for(&a));
	a.password_file = path;
	assert_false(password_is_asked_for(&a));
	a.password = known;
	assert_int_equal(password_get(&a, &why), 0);
	assert_ptr_equal(a.password, known);
}

/* What the child exits with: what password_get returned, or a signal. */
static void child(bool has_terminal)
{
	struct account a = { .name = "work", .host = "h", .user = "u" };
	struct why why = { WHY_NONE, "" };
	int rc;

	signal(SIGINT, SIG_DFL);
	signal(SIGTSTP, SIG_DFL);
	if (!has_terminal) {
		(void)setsid();
	}
	rc = password_get(&a, &why);
	if (rc == 0 && strcmp(a.password, "tell-nobody") == 0) {
		password_forget(&a);
		_exit(0);
	}
	_exit(why.kind == WHY_LOGIN ? 7 : 8);
}

struct person {
	pid_t pid;
	int fd;
	char heard[512];
	size_t len;
};

static void sit_down(struct person *p)
{
	*p = (struct person){ .len = 0 };
	p->pid = forkpty(&p->fd, NULL, NULL, NULL);
	assert_true(p->pid >= 0);
	if (p->pid == 0) {
		child(true);
	}
}

static void hear(struct person *p, const char *words)
{
	while (strstr(p->heard, words) == NULL) {
		struct pollfd wait = { .fd = p->fd, .events = POLLIN };
		ssize_t n;

		assert_int_equal(poll(&wait, 1, 20000), 1);
		n = read(p->fd, p->heard + p->len,
			 sizeof(p->heard) - 1 - p->len);
		assert_true(n > 0);
		p->len += (size_t)n;
		p->heard[p->len] = '\0';
	}
}

static bool has_echo(const struct person *p)
{
	struct termios t;

	assert_int_equal(tcgetattr(p->fd, &t), 0);
	return (t.c_lflag & ECHO) != 0;
}

static void type(const struct person *p, const char *text)
{
	assert_int_equal(write(p->fd, text, strlen(text)),
			 (ssize_t)strlen(text));
}

static int leave(struct person *p)
{
	int status = 0;

	assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
	assert_true(has_echo(p)); /* however it ended */
	close(p->fd);
	return status;
}

static void asks_without_echo(void **state)
{
	struct person p;

	(void)state;
	sit_down(&p);
	hear(&p, "Password of u at h: ");
	assert_false(has_echo(&p));
	type(&p, "tell-nobody\n");
	hear(&p, ": \r\n");
	assert_int_equal(leave(&p), 0);
	assert_null(strstr(p.heard, "nobody"));

	sit_down(&p);
	hear(&p, "Password");
	type(&p, "\n");
	assert_int_equal(WEXITSTATUS(leave(&p)), 7);

	sit_down(&p);
	hear(&p, "Password");
	assert_int_equal(write(p.fd, "tell-nobody\0x\n", 14), 14);
	assert_int_equal(WEXITSTATUS(leave(&p)), 7);
}

/* Ctrl-C ends it, once the terminal is as it was. */
static void gives_the_terminal_back(void **state)
{
	struct person p;
	int status;

	(void)state;
	sit_down(&p);
	hear(&p, "Password of u at h: ");
	type(&p, "half\x03");
	status = leave(&p);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGINT);
}

static void asks_again_after_a_stop(void **state)
{
	struct person p;
	int status;

	(void)state;
	sit_down(&p);
	hear(&p, "Password of u at h: ");
	/* an orphaned group is not stopped: it just asks again */
	type(&p, "half\x1a");
	hear(&p, "h: \r\nPassword of u at h: ");
	assert_false(has_echo(&p));
	type(&p, "tell-nobody\n");
	status = leave(&p);
	assert_int_equal(status, 0);
}

static void asks_nobody_who_is_not_there(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		child(false);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(takes_the_first_line, setup,
						teardown),
		cmocka_unit_test_setup_teardown(refuses_odd_files, setup,
						teardown),
		cmocka_unit_test(runs_commands),
		cmocka_unit_test(knows_when_none_is_needed),
		cmocka_unit_test(asks_without_echo),
		cmocka_unit_test(gives_the_terminal_back),
		cmocka_unit_test(asks_again_after_a_stop),
		cmocka_unit_test(asks_nobody_who_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
