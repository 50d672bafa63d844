// SPDX-License-Identifier: ISC
/*
 * session_load.c - many POP3 clients in one process, which keep a server at
 * work while a test does something to it (what measures is restante-bench):
 *	session_load poll HOW PORT CLIENTS SESSIONS
 *		sessions, CLIENTS at once, each connect, USER, PASS, STAT, QUIT;
 *		prints "sessions seconds"
 *	session_load hold HOW PORT CLIENTS
 *		logs CLIENTS in, prints "held", and stays until its standard
 *		input ends
 * HOW is clear, stls, tls (TLS 1.3, a whole handshake each time), or resumed.
 * Client i is the user "u<i>" with the password "p<i>", on 127.0.0.1.
 * Trusts: the server it was pointed at; any surprise ends it with a message.
 */
#include "wire.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS_MAX 20000u
#define EVENTS_MAX  256

struct line {
	const char *text;
	bool has_number; /* the client's, and CRLF, follow */
};

/* What a session says, to one reply each. */
static const struct line script[] = {
	{ "STLS\r\n", false }, { "USER u", true },    { "PASS p", true },
	{ "STAT\r\n", false }, { "QUIT\r\n", false },
};
#define SCRIPT_LEN  (sizeof(script) / sizeof(script[0]))
#define SCRIPT_HOLD 3u /* who stays says no more */

struct client {
	struct wire wire;
	unsigned user;
	unsigned next;   /* line of the script */
	bool starts_tls; /* then that goes on */
};

struct load {
	struct client clients[CLIENTS_MAX];
	struct sockaddr_in server;
	struct wire_side side;
	unsigned clients_count;
	unsigned long begun;
	unsigned long done;
	unsigned long wanted;
	unsigned script_end;
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

	c->next = load.side.how == WIRE_STLS ? 0 : 1;
	wire_connect(&c->wire, &load.server);
	if (epoll_ctl(load.epoll, EPOLL_CTL_ADD, c->wire.fd, &ev) != 0) {
		err(1, "epoll_ctl");
	}
	if (load.side.how == WIRE_TLS || load.side.how == WIRE_RESUMED) {
		(void)wire_start_tls(&c->wire, &load.side);
	}
	load.begun++;
}

static void end(struct client *c)
{
	load.done++;
	if (load.script_end == SCRIPT_HOLD) {
		return;
	}
	wire_close(&c->wire);
	if (load.begun < load.wanted) {
		begin(c);
	}
}

static void say_next(struct client *c)
{
	const struct line *line = &script[c->next];
	char text[64];
	int len =
	    line->has_number
		? snprintf(text, sizeof(text), "%s%u\r\n", line->text, c->user)
		: snprintf(text, sizeof(text), "%s", line->text);

	c->next++;
	wire_send(&c->wire, text, (size_t)len);
}

static bool is_one_reply(const char *text, size_t len)
{
	return text[0] == '+' && memchr(text, '\n', len) == text + len - 1;
}

static void on_reply(struct client *c)
{
	if (c->next == load.script_end) {
		end(c);
		return;
	}
	if (load.side.how == WIRE_STLS && c->next == 1) {
		c->starts_tls = !wire_start_tls(&c->wire, &load.side);
	}
	if (!c->starts_tls) {
		say_next(c);
	}
}

static void on_readable(struct client *c)
{
	char text[1024];
	bool is_ready;
	size_t len = wire_receive(&c->wire, text, sizeof(text), &is_ready);

	if (len != 0) {
		if (!is_one_reply(text, len)) {
			errx(1, "u%u, line %u: %.*s", c->user, c->next,
			     (int)len, text);
		}
		on_reply(c);
	} else if (c->starts_tls && is_ready) {
		c->starts_tls = false;
		say_next(c);
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
			on_readable(events[i].data.ptr);
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

static enum wire_how how_of(const char *word)
{
	static const char *const words[WIRE_HOWS] = { "clear", "stls", "tls",
						      "resumed" };

	for (unsigned i = 0; i < WIRE_HOWS; i++) {
		if (strcmp(word, words[i]) == 0) {
			return (enum wire_how)i;
		}
	}
	errx(2, "%s: not clear, stls, tls or resumed", word);
}

static void init(char **argv, unsigned script_end)
{
	raise_descriptor_limit();
	wire_side_init(&load.side, how_of(argv[2]));
	load.script_end = script_end;
	load.server.sin_family = AF_INET;
	load.server.sin_port = htons((uint16_t)number(argv[3], UINT16_MAX));
	load.server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	load.clients_count = (unsigned)number(argv[4], CLIENTS_MAX);
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (load.epoll < 0) {
		err(1, "epoll_create1");
	}
}

/* The handshakes were what was asked for, each of them. */
static void check_handshakes(void)
{
	unsigned long whole = 0;

	if (load.side.how == WIRE_STLS || load.side.how == WIRE_TLS) {
		whole = load.done;
	} else if (load.side.how == WIRE_RESUMED) {
		whole = load.clients_count;
	}
	if (load.side.whole != whole) {
		errx(1, "%lu whole handshakes, not %lu; %lu were resumed",
		     load.side.whole, whole, load.side.resumed);
	}
}

static void poll_sessions(char **argv)
{
	double begun;

	init(argv, SCRIPT_LEN);
	load.wanted = number(argv[5], 100000000);
	if (load.clients_count > load.wanted) {
		load.clients_count = (unsigned)load.wanted;
	}
	begun = seconds_now();
	run();
	check_handshakes();
	printf("%lu %.6f\n", load.done, seconds_now() - begun);
}

static void hold_sessions(char **argv)
{
	char octet;

	init(argv, SCRIPT_HOLD);
	load.wanted = load.clients_count;
	run();
	printf("held\n");
	fflush(stdout);
	while (read(STDIN_FILENO, &octet, 1) > 0) {
	}
}

int main(int argc, char **argv)
{
	if (argc == 6 && strcmp(argv[1], "poll") == 0) {
		poll_sessions(argv);
	} else if (argc == 5 && strcmp(argv[1], "hold") == 0) {
		hold_sessions(argv);
	} else {
		fprintf(stderr, "session_load poll HOW PORT CLIENTS SESSIONS\n"
				"session_load hold HOW PORT CLIENTS\n");
		return 2;
	}
	return 0;
}
