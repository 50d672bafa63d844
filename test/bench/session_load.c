// SPDX-License-Identifier: ISC
/*
 * session_load.c - many POP3 clients in one process, for run.py to measure the
 * server by:
 *	session_load poll PORT CLIENTS SESSIONS
 *		sessions, CLIENTS at once, each connect, USER, PASS, STAT, QUIT;
 *		prints "sessions seconds"
 *	session_load hold PORT CLIENTS
 *		logs CLIENTS in, prints "held", and stays until its standard
 *		input ends
 * Client i is the user "u<i>" with the password "p<i>", on 127.0.0.1.
 * Trusts: the server it was pointed at; any surprise ends it with a message.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS_MAX 20000u
#define EVENTS_MAX  256

struct client {
	int fd;
	unsigned user;
	unsigned step; /* replies that have come */
};

struct load {
	struct client clients[CLIENTS_MAX];
	struct sockaddr_in server;
	unsigned clients_count;
	unsigned long begun;
	unsigned long done;
	unsigned long wanted;
	unsigned steps; /* replies of a whole session */
	int epoll;
};

static struct load load;

static unsigned long number(const char *text, unsigned long max)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || n == 0 || n > max) {
		errx(2, "%s: not a number from 1 to %lu", text, max);
	}
	return n;
}

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void begin(struct client *c)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };
	int on = 1;

	c->step = 0;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0) {
		err(1, "socket");
	}
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(c->fd, (const struct sockaddr *)&load.server,
		    sizeof(load.server)) != 0) {
		err(1, "connect");
	}
	if (epoll_ctl(load.epoll, EPOLL_CTL_ADD, c->fd, &ev) != 0) {
		err(1, "epoll_ctl");
	}
	load.begun++;
}

static void say(const struct client *c, const char *text, size_t len)
{
	if (send(c->fd, text, len, MSG_NOSIGNAL) != (ssize_t)len) {
		err(1, "send");
	}
}

/* What a client says to the step-th reply. */
static void answer(const struct client *c)
{
	char line[64];
	int len = 0;

	switch (c->step) {
	case 1:
		len = snprintf(line, sizeof(line), "USER u%u\r\n", c->user);
		break;
	case 2:
		len = snprintf(line, sizeof(line), "PASS p%u\r\n", c->user);
		break;
	case 3:
		len = snprintf(line, sizeof(line), "STAT\r\n");
		break;
	case 4:
		len = snprintf(line, sizeof(line), "QUIT\r\n");
		break;
	}
	say(c, line, (size_t)len);
}

static void end(struct client *c)
{
	load.done++;
	if (load.steps < 5) {
		return; /* hold: it stays */
	}
	close(c->fd);
	if (load.begun < load.wanted) {
		begin(c);
	}
}

static void on_reply(struct client *c)
{
	char text[1024];
	ssize_t n = recv(c->fd, text, sizeof(text), 0);

	if (n <= 0 || text[0] != '+' || text[n - 1] != '\n') {
		errx(1, "u%u, reply %u: %.*s", c->user, c->step,
		     n > 0 ? (int)n : 0, text);
	}
	c->step++;
	if (c->step == load.steps) {
		end(c);
	} else {
		answer(c);
	}
}

static void run(void)
{
	struct epoll_event events[EVENTS_MAX];

	for (unsigned i = 0; i < load.clients_count; i++) {
		load.clients[i].user = i;
		begin(&load.clients[i]);
	}
	while (load.done < load.wanted) {
		int n = epoll_wait(load.epoll, events, EVENTS_MAX, 30000);

		if (n <= 0) {
			errx(1, "the server says nothing for 30 s");
		}
		for (int i = 0; i < n; i++) {
			on_reply(events[i].data.ptr);
		}
	}
}

static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static void init(char **argv, unsigned steps)
{
	raise_descriptor_limit();
	load.steps = steps;
	load.server.sin_family = AF_INET;
	load.server.sin_port = htons((uint16_t)number(argv[2], UINT16_MAX));
	load.server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	load.clients_count = (unsigned)number(argv[3], CLIENTS_MAX);
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (load.epoll < 0) {
		err(1, "epoll_create1");
	}
}

static void poll_sessions(char **argv)
{
	double begun;

	init(argv, 5);
	load.wanted = number(argv[4], 100000000);
	if (load.clients_count > load.wanted) {
		load.clients_count = (unsigned)load.wanted;
	}
	begun = seconds_now();
	run();
	printf("%lu %.6f\n", load.done, seconds_now() - begun);
}

static void hold_sessions(char **argv)
{
	char octet;

	init(argv, 3);
	load.wanted = load.clients_count;
	run();
	printf("held\n");
	fflush(stdout);
	while (read(STDIN_FILENO, &octet, 1) > 0) {
	}
}

int main(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "poll") == 0) {
		poll_sessions(argv);
	} else if (argc == 4 && strcmp(argv[1], "hold") == 0) {
		hold_sessions(argv);
	} else {
		fprintf(stderr, "session_load poll PORT CLIENTS SESSIONS\n"
				"session_load hold PORT CLIENTS\n");
		return 2;
	}
	return 0;
}
