// SPDX-License-Identifier: ISC
/*
 * add_play.h - a person at a terminal of their own, with a home of their own,
 * who sets an account up, and servers that are played.
 */
#ifndef TEST_ADD_PLAY_H
#define TEST_ADD_PLAY_H

#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "fetch/add/add.h"
#include "unit.h"

#define PLAY_SAID_MAX (64u * 1024u)
#define PLAY_WAIT_MS  20000

/* One that answers: other hosts are none, other ports are silent. */
struct played_server {
	const char *host;
	uint16_t port;
	enum account_tls tls;
	enum probe_outcome outcome;
};

/* Behind the last server. */
#define NO_MORE                                                                \
	{                                                                      \
		NULL, 0, ACCOUNT_TLS_NONE, PROBE_NO_HOST                       \
	}

/* Its fingerprint, and that of all others. */
#define PIN                                                                    \
	"sha256:abababababababababababababababababababababababababababababab"  \
	"abab"

/* What a person waits for, and types then. */
struct turn {
	const char *until;
	const char *answer; /* NULL: closes the terminal */
};

/* Shared with the child. */
struct played {
	char tried[4096]; /* "host:port:tls " for each */
	unsigned visits;
	char user[256]; /* of the last visit */
};

struct play {
	char home[64];
	const struct played_server *servers; /* the last one has no host */
	bool is_dull;                        /* CAPA is not known */
	const char *name;
	struct options_account options;
	struct played *played;
	char said[PLAY_SAID_MAX]; /* by the dialogue */
};

static inline void play_init(struct play *p,
			     const struct played_server *servers)
{
	*p = (struct play){ .servers = servers };
	snprintf(p->home, sizeof(p->home), "/tmp/restante-add-XXXXXX");
	assert_non_null(mkdtemp(p->home));
	p->played = mmap(NULL, sizeof(*p->played), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(p->played != MAP_FAILED);
}

/* A file below home; false if it is not there. */
static inline bool play_read(const struct play *p, const char *name,
			     char text_r[PLAY_SAID_MAX])
{
	char path[512];
	FILE *file;
	size_t len;

	snprintf(path, sizeof(path), "%s/%s", p->home, name);
	file = fopen(path, "re");
	if (file == NULL) {
		return false;
	}
	len = fread(text_r, 1, PLAY_SAID_MAX - 1, file);
	text_r[len] = 0;
	fclose(file);
	return true;
}

#define PLAY_CONFIG ".config/restante/restante.conf"

static inline bool play_wrote_nothing(const struct play *p)
{
	char text[PLAY_SAID_MAX];

	return !play_read(p, PLAY_CONFIG, text) &&
	       !play_read(p, ".config/restante/example.password", text);
}

static inline void play_finish(struct play *p)
{
	char command[128];

	munmap(p->played, sizeof(*p->played));
	snprintf(command, sizeof(command), "rm -rf %s", p->home);
	if (fork() == 0) {
		execl("/bin/rm", "rm", "-rf", p->home, (char *)NULL);
		_exit(127);
	}
	wait(NULL);
}

static inline enum probe_outcome played_try(void *ctx, const struct account *a,
					    struct probe_offer *offer,
					    struct why *why)
{
	struct play *p = ctx;
	size_t len = strlen(p->played->tried);
	enum probe_outcome other = PROBE_NO_HOST;

	snprintf(p->played->tried + len, sizeof(p->played->tried) - len,
		 "%s:%u:%d ", a->host, a->port, (int)a->tls);
	why->kind = WHY_NETWORK;
	snprintf(why->text, sizeof(why->text), "played \x1b[31m");
	for (const struct played_server *s = p->servers; s->host != NULL; s++) {
		if (strcmp(s->host, a->host) != 0) {
			continue;
		}
		other = PROBE_NO_ANSWER;
		if (s->port != a->port || s->tls != a->tls) {
			continue;
		}
		*offer = (struct probe_offer){
			.has_fingerprint = true,
			.has_capa = !p->is_dull,
			.capabilities = "TOP UIDL \x1b]0;x\x07",
			.mechanisms = "SCRAM-SHA-256 PLAIN",
			.tls = "TLSv1.3",
		};
		memset(offer->fingerprint, 0xab, sizeof(offer->fingerprint));
		why->kind = WHY_TLS;
		return s->outcome;
	}
	return other;
}

static inline int played_visit(void *ctx, const struct account *a,
			       struct probe_visit *visit, struct why *why)
{
	struct play *p = ctx;

	p->played->visits++;
	snprintf(p->played->user, sizeof(p->played->user), "%s", a->user);
	if (a->password == NULL || strcmp(a->password, "right") != 0) {
		*why = (struct why){ WHY_LOGIN, "\x1b[2Jwrong password" };
		return -1;
	}
	*visit =
	    (struct probe_visit){ "SCRAM-SHA-256", 12, 3400000, true, true };
	return 0;
}

/* The dialogue itself. */
static inline int play_on(struct play *p, int in, int out, int err)
{
	const struct probe probe = { p, played_try, played_visit };
	struct place place;
	struct conf_reason why;
	struct add add = {
		.name = p->name,
		.options = &p->options,
		.place = &place,
		.probe = &probe,
		.in = in,
		.out = out,
		.err = err,
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	setenv("HOME", p->home, 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_STATE_HOME");
	if (place_init(&place, NULL, &why) < 0) {
		return EX_SOFTWARE;
	}
	return add_account(&add);
}

static inline int play_child(struct play *p)
{
	alarm(60);
	return play_on(p, STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO);
}

/* Reads until it is said, behind from; false: the end came before. */
static inline bool play_hear(struct play *p, int fd, size_t *len, size_t from,
			     const char *until)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	while (until == NULL || strstr(p->said + from, until) == NULL) {
		ssize_t n;

		assert_true(*len + 1 < sizeof(p->said));
		if (poll(&wait, 1, PLAY_WAIT_MS) != 1) {
			print_error("silent: %s\n", p->said);
			fail();
		}
		n = read(fd, p->said + *len, sizeof(p->said) - 1 - *len);
		if (n <= 0) {
			return false;
		}
		*len += (size_t)n;
		p->said[*len] = 0;
	}
	return true;
}

static inline int play_end(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* The dialogue on a terminal, turn by turn.  Returns its exit code. */
static inline int play_turns(struct play *p, const struct turn *turns,
			     size_t count)
{
	size_t len = 0, from = 0;
	int master;
	pid_t child = forkpty(&master, NULL, NULL, NULL);

	assert_true(child >= 0);
	if (child == 0) {
		_exit(play_child(p));
	}
	for (size_t i = 0; i < count; i++) {
		const char *answer = turns[i].answer;

		if (!play_hear(p, master, &len, from, turns[i].until)) {
			print_error("not asked: %s\n%s\n", turns[i].until,
				    p->said);
			fail();
		}
		from = len;
		answer = answer == NULL ? "\x04" : answer;
		assert_int_equal(write(master, answer, strlen(answer)),
				 strlen(answer));
		if (turns[i].answer != NULL) {
			assert_int_equal(write(master, "\n", 1), 1);
		}
	}
	(void)play_hear(p, master, &len, from, NULL);
	close(master);
	return play_end(child);
}

/* The dialogue where there is no terminal. */
static inline int play_alone(struct play *p)
{
	size_t len = 0;
	int pair[2];
	pid_t child;

	assert_int_equal(pipe(pair), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		int null = open("/dev/null", O_RDONLY);

		dup2(null, STDIN_FILENO);
		dup2(pair[1], STDOUT_FILENO);
		dup2(pair[1], STDERR_FILENO);
		close(pair[0]);
		close(pair[1]);
		_exit(play_child(p));
	}
	close(pair[1]);
	(void)play_hear(p, pair[0], &len, 0, NULL);
	close(pair[0]);
	return play_end(child);
}

#endif
