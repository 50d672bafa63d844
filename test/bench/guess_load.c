// SPDX-License-Identifier: ISC
/*
 * guess_load.c - many who guess passwords, from many addresses at once:
 *	guess_load PORT ADDRESSES USERS TRIES SECONDS
 * 127.0.1.1 and the following, each with CLIENTS_EACH connections, try
 * wrong passwords of u<i>, every other of whom there is not, until there have
 * been TRIES, or SECONDS are over.  Nobody waits long for an answer.
 * Prints "tries answers successes".
 * Trusts: the server it was pointed at.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS_EACH  4u
#define ADDRESSES_MAX 200u
#define PATIENCE_US   50000
#define STACK_OCTETS  65536u

struct flood {
	struct sockaddr_in server;
	unsigned users;
	unsigned long tries_max;
	time_t end;
	atomic_ulong tries;
	atomic_ulong answers;
	atomic_ulong successes;
};

struct client {
	struct flood *flood;
	unsigned number;
	unsigned long said;
};

static time_t seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* Connected, from the client's own address; -1 if not. */
static int connect_from(const struct client *c)
{
	struct timeval patience = { .tv_usec = PATIENCE_US };
	struct sockaddr_in own = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	own.sin_addr.s_addr =
	    htonl(INADDR_LOOPBACK + 256 + c->number / CLIENTS_EACH);
	if (fd < 0 ||
	    bind(fd, (const struct sockaddr *)&own, sizeof(own)) != 0 ||
	    connect(fd, (const struct sockaddr *)&c->flood->server,
		    sizeof(c->flood->server)) != 0) {
		if (fd >= 0) {
			close(fd);
		}
		return -1;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

/* A line, or two at once; 0 if none comes soon. */
static size_t hear(int fd, char *text, size_t cap)
{
	ssize_t n = recv(fd, text, cap - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

/* One try; false if there will be no other on this connection. */
static bool guess(struct client *c, int fd)
{
	char text[512];
	unsigned long n = c->said++ * 7919 + c->number;
	int len = snprintf(text, sizeof(text), "USER u%lu\r\nPASS wrong%lu\r\n",
			   n % (2ul * c->flood->users), n);

	if (send(fd, text, (size_t)len, MSG_NOSIGNAL) != len) {
		return false;
	}
	atomic_fetch_add(&c->flood->tries, 1);
	while (hear(fd, text, sizeof(text)) != 0) {
		const char *last = strstr(text, "\r\n-ERR");

		if (strncmp(text, "-ERR", 4) == 0 || last != NULL) {
			atomic_fetch_add(&c->flood->answers, 1);
			return true;
		}
		if (strstr(text, "\r\n+OK") != NULL) {
			atomic_fetch_add(&c->flood->successes, 1);
		}
	}
	return false;
}

static bool goes_on(const struct flood *f)
{
	return atomic_load(&f->tries) < f->tries_max && seconds_now() < f->end;
}

static void *run(void *arg)
{
	struct client *c = arg;
	char text[512];

	while (goes_on(c->flood)) {
		int fd = connect_from(c);

		if (fd < 0) {
			usleep(1000);
			continue;
		}
		if (hear(fd, text, sizeof(text)) == 0 || text[0] != '+') {
			atomic_fetch_add(&c->flood->tries, 1);
		} else {
			while (goes_on(c->flood) && guess(c, fd)) {
			}
		}
		close(fd);
	}
	return NULL;
}

static void start_all(struct flood *f, unsigned addresses)
{
	static struct client clients[ADDRESSES_MAX * CLIENTS_EACH];
	static pthread_t threads[ADDRESSES_MAX * CLIENTS_EACH];
	pthread_attr_t attr;
	unsigned count = addresses * CLIENTS_EACH;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_OCTETS);
	for (unsigned i = 0; i < count; i++) {
		clients[i] = (struct client){ .flood = f, .number = i };
		if (pthread_create(&threads[i], &attr, run, &clients[i]) != 0) {
			errx(1, "pthread_create");
		}
	}
	for (unsigned i = 0; i < count; i++) {
		pthread_join(threads[i], NULL);
	}
	pthread_attr_destroy(&attr);
}

int main(int argc, char **argv)
{
	static struct flood flood;
	unsigned long addresses;

	if (argc != 6) {
		errx(2, "usage: guess_load PORT ADDRESSES USERS TRIES SECONDS");
	}
	flood.server.sin_family = AF_INET;
	flood.server.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
	flood.server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	addresses = strtoul(argv[2], NULL, 10);
	flood.users = (unsigned)strtoul(argv[3], NULL, 10);
	flood.tries_max = strtoul(argv[4], NULL, 10);
	flood.end = seconds_now() + (time_t)strtoul(argv[5], NULL, 10);
	if (addresses == 0 || addresses > ADDRESSES_MAX || flood.users == 0) {
		errx(2, "at most %u addresses", ADDRESSES_MAX);
	}
	start_all(&flood, (unsigned)addresses);
	printf("%lu %lu %lu\n", atomic_load(&flood.tries),
	       atomic_load(&flood.answers), atomic_load(&flood.successes));
	return 0;
}
