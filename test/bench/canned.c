// SPDX-License-Identifier: ISC
/*
 * canned.c - the ceiling: a POP3 server with no work behind its replies.
 *	canned [-j PROCESSES] [-n MESSAGES] [-o OCTETS]
 *	       [-m sendfile|copy -f FILE...]
 * Whoever logs in finds the same MESSAGES of OCTETS each, from memory; with -f
 * the messages are FILEs of wire text (CRLF, no line begins with a dot), which
 * go by sendfile, or by pread and write.  Prints its port on 127.0.0.1, and
 * serves until it is killed or its standard input ends.  DELE changes nothing.
 * Runs in: ./dev bench.  Trusts: its arguments; a client has -ERR or an end.
 */
#include "canned_text.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#define PROCESSES_MAX 64u
#define EVENTS_MAX    256
#define INPUT_MAX     2048u
#define PIECES_MAX    48u /* of one writev; a command makes at most three */
#define PIECES_OF_ONE 3u
#define FILE_STEP     (1u << 18) /* of a file, then the others get their turn */

enum body_way {
	WAY_MEMORY,
	WAY_SENDFILE,
	WAY_COPY
};

struct conn {
	int fd;
	bool ends;       /* after what is pending */
	bool awaits_out; /* is in epoll for output */
	size_t in_len;
	size_t first; /* piece that is not sent yet */
	size_t count;
	struct piece pieces[PIECES_MAX];
	char in[INPUT_MAX];
};

struct server {
	struct canned_text text;
	enum body_way way;
	unsigned processes;
	int listeners[PROCESSES_MAX];
	int epoll;
	char *copied; /* FILE_STEP octets */
};

static void put(struct conn *c, struct piece p)
{
	if (p.len > 0) {
		c->pieces[c->count++] = p;
	}
}

static void put_text(struct conn *c, const char *text)
{
	put(c, (struct piece){ .octets = text, .len = strlen(text), .fd = -1 });
}

static void answer_retr(const struct server *s, struct conn *c,
			const char *argument)
{
	unsigned long n = strtoul(argument, NULL, 10);

	if (n < 1 || n > s->text.messages) {
		put_text(c, "-ERR no such message\r\n");
		return;
	}
	put_text(c, "+OK\r\n");
	put(c, canned_message(&s->text, n - 1));
	put_text(c, ".\r\n");
}

static bool is_verb(const char *line, const char *verb)
{
	return strncasecmp(line, verb, 4) == 0;
}

static void answer(const struct server *s, struct conn *c, const char *line)
{
	if (is_verb(line, "USER") || is_verb(line, "PASS") ||
	    is_verb(line, "DELE") || is_verb(line, "NOOP")) {
		put_text(c, "+OK\r\n");
	} else if (is_verb(line, "STAT")) {
		put(c, s->text.stat);
	} else if (is_verb(line, "LIST")) {
		put(c, s->text.list);
	} else if (is_verb(line, "UIDL")) {
		put(c, s->text.uidl);
	} else if (is_verb(line, "RETR")) {
		answer_retr(s, c, line + strcspn(line, " "));
	} else if (is_verb(line, "CAPA")) {
		put_text(c, "+OK\r\nUSER\r\nUIDL\r\nPIPELINING\r\n.\r\n");
	} else if (is_verb(line, "QUIT")) {
		put_text(c, "+OK\r\n");
		c->ends = true;
	} else {
		put_text(c, "-ERR\r\n");
	}
}

/* Answers what lines there are, as far as there is room for pieces. */
static void take_lines(const struct server *s, struct conn *c)
{
	size_t at = 0;

	while (!c->ends && c->count + PIECES_OF_ONE <= PIECES_MAX) {
		char *end = memchr(c->in + at, '\n', c->in_len - at);

		if (end == NULL) {
			break;
		}
		*end = '\0';
		answer(s, c, c->in + at);
		at = (size_t)(end + 1 - c->in);
	}
	memmove(c->in, c->in + at, c->in_len - at);
	c->in_len -= at;
}

/* How many octets of the first piece, a file's, went; or -1. */
static ssize_t send_file(struct server *s, struct conn *c)
{
	struct piece *p = &c->pieces[c->first];
	size_t step = p->len < FILE_STEP ? p->len : FILE_STEP;
	ssize_t got;

	if (s->way == WAY_SENDFILE) {
		off_t at = p->at;

		return sendfile(c->fd, p->fd, &at, step);
	}
	got = pread(p->fd, s->copied, step, p->at);
	return got > 0 ? send(c->fd, s->copied, (size_t)got, MSG_NOSIGNAL) : -1;
}

/* As send_file, of as many pieces in memory as there are in a row. */
static ssize_t send_memory(struct conn *c)
{
	struct iovec parts[PIECES_MAX];
	struct msghdr message = { .msg_iov = parts };
	size_t i = c->first;

	for (; i < c->count && c->pieces[i].fd < 0; i++) {
		parts[i - c->first].iov_base = (void *)c->pieces[i].octets;
		parts[i - c->first].iov_len = c->pieces[i].len;
	}
	message.msg_iovlen = i - c->first;
	return sendmsg(c->fd, &message,
		       MSG_NOSIGNAL | (i < c->count ? MSG_MORE : 0));
}

static void went(struct conn *c, size_t octets)
{
	while (octets > 0) {
		struct piece *p = &c->pieces[c->first];
		size_t part = octets < p->len ? octets : p->len;

		p->len -= part;
		p->octets = p->octets == NULL ? NULL : p->octets + part;
		p->at += (off_t)part;
		octets -= part;
		c->first += p->len == 0;
	}
	if (c->first == c->count) {
		c->first = c->count = 0;
	}
}

/* 1 if all is sent, 0 if the socket takes no more now, -1 if it failed. */
static int send_pending(struct server *s, struct conn *c)
{
	while (c->first < c->count) {
		ssize_t n = c->pieces[c->first].fd >= 0 ? send_file(s, c)
							: send_memory(c);

		if (n <= 0) {
			return n < 0 && errno == EAGAIN ? 0 : -1;
		}
		went(c, (size_t)n);
	}
	return 1;
}

static void watch(struct server *s, struct conn *c, bool for_out)
{
	struct epoll_event ev = { .events = for_out ? EPOLLOUT : EPOLLIN,
				  .data.ptr = c };

	if (c->awaits_out != for_out) {
		c->awaits_out = for_out;
		if (epoll_ctl(s->epoll, EPOLL_CTL_MOD, c->fd, &ev) != 0) {
			err(1, "epoll_ctl");
		}
	}
}

static void end(struct conn *c)
{
	close(c->fd);
	free(c);
}

/* Answers and sends until the one or the other can go no further. */
static void go_on(struct server *s, struct conn *c)
{
	int sent;

	do {
		take_lines(s, c);
		sent = send_pending(s, c);
	} while (sent == 1 && !c->ends &&
		 memchr(c->in, '\n', c->in_len) != NULL);
	if (sent < 0 || (sent == 1 && c->ends)) {
		end(c);
		return;
	}
	watch(s, c, sent == 0);
}

static void on_input(struct server *s, struct conn *c)
{
	ssize_t n = recv(c->fd, c->in + c->in_len, INPUT_MAX - c->in_len, 0);

	if (n <= 0) {
		if (n == 0 || errno != EAGAIN) {
			end(c);
		}
		return;
	}
	c->in_len += (size_t)n;
	go_on(s, c);
}

static void on_connections(struct server *s, int listener)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct conn *c;

	if (fd < 0) {
		return;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		err(1, "calloc");
	}
	c->fd = fd;
	ev.data.ptr = c;
	if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &ev) != 0) {
		err(1, "epoll_ctl");
	}
	put_text(c, "+OK canned\r\n");
	go_on(s, c);
}

static void serve(struct server *s, int listener)
{
	struct epoll_event events[EVENTS_MAX];
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = NULL };

	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll < 0 ||
	    epoll_ctl(s->epoll, EPOLL_CTL_ADD, listener, &ev) != 0) {
		err(1, "epoll");
	}
	for (;;) {
		int n = epoll_wait(s->epoll, events, EVENTS_MAX, -1);

		for (int i = 0; i < n; i++) {
			struct conn *c = events[i].data.ptr;

			if (c == NULL) {
				on_connections(s, listener);
			} else if (c->awaits_out) {
				go_on(s, c);
			} else {
				on_input(s, c);
			}
		}
	}
}

static int listen_on(struct sockaddr_in *address)
{
	socklen_t len = sizeof(*address);
	int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0 ||
	    bind(fd, (struct sockaddr *)address, len) != 0 ||
	    listen(fd, SOMAXCONN) != 0 ||
	    getsockname(fd, (struct sockaddr *)address, &len) != 0) {
		err(1, "listen");
	}
	return fd;
}

static unsigned number(const char *text, unsigned long max)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (end == text || *end != '\0' || n > max) {
		errx(2, "%s: not a number up to %lu", text, max);
	}
	return (unsigned)n;
}

/* What an option makes of the server; *messages, *octets: as it says. */
static void take_option(struct server *s, int option, unsigned *messages,
			unsigned *octets)
{
	if (option == 'j') {
		s->processes = number(optarg, PROCESSES_MAX);
	} else if (option == 'n') {
		*messages = number(optarg, CANNED_MESSAGES_MAX);
	} else if (option == 'o') {
		*octets = number(optarg, CANNED_OCTETS_MAX);
	} else if (option == 'f') {
		canned_add_file(&s->text, optarg);
	} else if (option == 'm') {
		s->way = strcmp(optarg, "copy") == 0 ? WAY_COPY : WAY_SENDFILE;
	} else {
		errx(2, "see the head of canned.c");
	}
}

static void take_arguments(struct server *s, int argc, char **argv)
{
	unsigned messages = 0;
	unsigned octets = 0;
	int option = getopt(argc, argv, "j:n:o:m:f:");

	while (option != -1) {
		take_option(s, option, &messages, &octets);
		option = getopt(argc, argv, "j:n:o:m:f:");
	}
	canned_make(&s->text, messages, octets);
}

static void serve_in_child(struct server *s, unsigned i)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child < 0) {
		err(1, "fork");
	}
	if (child == 0) {
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 ||
		    getppid() != parent) {
			_exit(1);
		}
		serve(s, s->listeners[i]);
	}
	close(s->listeners[i]);
}

int main(int argc, char **argv)
{
	struct server s = { .processes = 2 };
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr =
					   htonl(INADDR_LOOPBACK) };
	char end_of_input;

	take_arguments(&s, argc, argv);
	s.copied = malloc(FILE_STEP);
	for (unsigned i = 0; i < s.processes; i++) {
		s.listeners[i] = listen_on(&address);
	}
	for (unsigned i = 0; i < s.processes; i++) {
		serve_in_child(&s, i);
	}
	printf("%u\n", (unsigned)ntohs(address.sin_port));
	fflush(stdout);
	while (read(STDIN_FILENO, &end_of_input, 1) > 0) {
	}
	return 0;
}
