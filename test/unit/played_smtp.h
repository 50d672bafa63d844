// SPDX-License-Identifier: ISC
/*
 * played_smtp.h - a mail server that plays a script, for tests: a line of it is
 * "A" (accept a connection), "S: text" (say it with CRLF), "C: text" (hear just
 * that), "C* pattern" (hear what fnmatch says is that), "J octets" (say them
 * without an end), "L count" (say "250-x" that often), "X" (close), "R"
 * (reset), "W" (wait to be killed).
 */
#ifndef TEST_PLAYED_SMTP_H
#define TEST_PLAYED_SMTP_H

#include <arpa/inet.h>
#include <fnmatch.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "sink_play.h"

/* Parts of scripts. */
#define LMTP_HELLO                                                             \
	"A", "S: 220 lmtp ready", "C* LHLO ?*", "S: 250-lmtp",                 \
	    "S: 250-PIPELINING", "S: 250 ENHANCEDSTATUSCODES"
#define SMTP_HELLO "A", "S: 220 smtp ready", "C* EHLO ?*", "S: 250 smtp"
#define ASK                                                                    \
	"C: MAIL FROM:<me@example.org>", "C: RCPT TO:<you@example.net>",       \
	    "C: DATA"
#define GRANTED "S: 250 a", "S: 250 b", "S: 354 c"
#define MESSAGE "C: a", "C: ."
#define QUIT    "C: QUIT", "S: 221 bye", "X", NULL

struct played_smtp {
	struct sink_play p;
	int fd; /* that listens */
	pid_t pid;
};

struct played_peer {
	int listen_fd;
	int fd;
	size_t len;
	char in[16384];
};

/* The child's way to fail: the test sees its exit code. */
static inline void peer_must(bool is, const char *what, const char *line)
{
	if (!is) {
		fprintf(stderr, "server: %s: %s\n", what, line);
		_exit(1);
	}
}

static inline void peer_hear(struct played_peer *s, char *line_r, size_t cap)
{
	char *lf = memchr(s->in, '\n', s->len);
	size_t len;

	while (lf == NULL) {
		ssize_t n = read(s->fd, s->in + s->len, sizeof(s->in) - s->len);

		peer_must(n > 0, "nothing to hear", "");
		s->len += (size_t)n;
		lf = memchr(s->in, '\n', s->len);
	}
	len = (size_t)(lf - s->in);
	peer_must(len > 0 && len < cap && lf[-1] == '\r', "no CRLF", s->in);
	memcpy(line_r, s->in, len - 1);
	line_r[len - 1] = '\0';
	memmove(s->in, lf + 1, s->len - len - 1);
	s->len -= len + 1;
}

static inline void peer_say(struct played_peer *s, const char *text, size_t len)
{
	peer_must(send(s->fd, text, len, MSG_NOSIGNAL) == (ssize_t)len,
		  "cannot say", text);
}

static inline void peer_close(struct played_peer *s, bool resets)
{
	struct linger now = { 1, 0 };

	if (resets) {
		setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	}
	close(s->fd);
	s->fd = -1;
	s->len = 0;
}

static inline void peer_step(struct played_peer *s, const char *line)
{
	char heard[4096];

	if (strcmp(line, "A") == 0) {
		s->fd = accept(s->listen_fd, NULL, NULL);
		peer_must(s->fd >= 0, "accept", line);
	} else if (strncmp(line, "S: ", 3) == 0) {
		peer_say(s, line + 3, strlen(line + 3));
		peer_say(s, "\r\n", 2);
	} else if (line[0] == 'J') {
		peer_say(s, line + 2, strlen(line + 2));
	} else if (line[0] == 'W') {
		pause();
	} else if (line[0] == 'L') {
		for (long n = strtol(line + 2, NULL, 10); n > 0; n--) {
			(void)!send(s->fd, "250-x\r\n", 7, MSG_NOSIGNAL);
		}
	} else if (line[0] == 'C') {
		peer_hear(s, heard, sizeof(heard));
		peer_must(line[1] == '*' ? fnmatch(line + 3, heard, 0) == 0
					 : strcmp(line + 3, heard) == 0,
			  line, heard);
	} else {
		peer_close(s, line[0] == 'R');
	}
}

static inline void peer_play(int listen_fd, const char *const *script)
{
	struct played_peer s = { .listen_fd = listen_fd, .fd = -1 };

	alarm(60);
	for (size_t i = 0; script[i] != NULL; i++) {
		peer_step(&s, script[i]);
	}
	_exit(0);
}

static inline void played_listen_unix(struct played_smtp *m)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", m->p.path);
	m->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
	    bind(m->fd, (struct sockaddr *)(void *)&at, sizeof(at)), 0);
	assert_int_equal(listen(m->fd, 5), 0);
}

static inline void played_listen_tcp(struct played_smtp *m)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	m->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(m->fd, (struct sockaddr *)(void *)&at, len), 0);
	assert_int_equal(listen(m->fd, 5), 0);
	assert_int_equal(
	    getsockname(m->fd, (struct sockaddr *)(void *)&at, &len), 0);
	m->p.to.host = (char *)(uintptr_t) "127.0.0.1";
	m->p.to.port = ntohs(at.sin_port);
}

/* LMTP listens on a path, SMTP on a port. */
static inline void played_init(struct played_smtp *m,
			       enum destination_kind kind,
			       const char *const *script)
{
	play_init(&m->p, kind);
	m->p.to.sender = (char *)(uintptr_t) "me@example.org";
	m->p.to.recipient = (char *)(uintptr_t) "you@example.net";
	if (kind == DESTINATION_LMTP) {
		played_listen_unix(m);
	} else {
		played_listen_tcp(m);
	}
	m->pid = fork();
	assert_true(m->pid >= 0);
	if (m->pid == 0) {
		peer_play(m->fd, script);
	}
	close(m->fd);
	play_open(&m->p);
}

/* The script was played to its end. */
static inline void played_finish(struct played_smtp *m)
{
	int status;

	sink_close(&m->p.sink);
	assert_int_equal(waitpid(m->pid, &status, 0), m->pid);
	assert_int_equal(status, 0);
	play_finish(&m->p);
}

/* One group of one message: what deliver, or ready before it, said. */
static inline int played_send(struct played_smtp *m, const char *text)
{
	struct sink_item *item = play_put(&m->p, text);
	int rc = sink_ready(m->p.sink, &item, 1, &m->p.why);

	if (rc == 0) {
		assert_string_equal(sink_place(item), "");
		rc = sink_deliver(m->p.sink, item, &m->p.why);
	}
	if (rc == 0) {
		rc = sink_settle(m->p.sink, &item, 1, &m->p.why);
	}
	sink_release(m->p.sink, &item);
	return rc;
}

static inline void played_expect(struct played_smtp *m, const char *text,
				 enum why_kind kind, const char *said)
{
	memset(&m->p.why, 0, sizeof(m->p.why));
	assert_int_equal(played_send(m, text), kind == WHY_NONE ? 0 : -1);
	if (kind == WHY_NONE) {
		return;
	}
	if (m->p.why.kind != kind || strstr(m->p.why.text, said) == NULL) {
		print_error("%d: %s\n", (int)m->p.why.kind, m->p.why.text);
	}
	assert_int_equal(m->p.why.kind, kind);
	assert_non_null(strstr(m->p.why.text, said));
}

#endif
