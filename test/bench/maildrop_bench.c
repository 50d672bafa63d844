// SPDX-License-Identifier: ISC
/*
 * maildrop_bench.c - what it costs to open a maildrop of so many messages: for
 * the first time ever, unchanged, and with one message more; in milliseconds of
 * processor time, user and system together, without the client's part of it.
 *
 *   maildrop_bench [DIRECTORY [MESSAGES]...]
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drop.h"
#include "os/fd.h"

#define MESSAGE_OCTETS 2048u
#define REPEATS        20u

static struct maildrop_settings settings;
static struct drop_context ctx;
static char message[MESSAGE_OCTETS];

static void die(const char *what)
{
	fprintf(stderr, "maildrop_bench: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static double cpu_ms(void)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e3 +
	       (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e3;
}

static void make_message(void)
{
	memset(message, 'x', sizeof(message));
	for (size_t i = 63; i < sizeof(message); i += 64) {
		message[i] = '\n';
	}
	memcpy(message, "Subject: bench\n\n", 16);
}

static void put_message(const char *box, const char *subdir, unsigned n)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s/%u.M%uP%u.mail.example.org%s", box,
		 subdir, 1700000000 + n / 3, n * 7919 % 1000000, 1000 + n % 5,
		 subdir[0] == 'c' ? ":2,S" : "");
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 ||
	    write(fd, message, sizeof(message)) != (ssize_t)sizeof(message)) {
		die(path);
	}
	close(fd);
}

static void make_box(const char *box, const char *subdir, unsigned messages)
{
	static const char *const parts[] = { "", "/new", "/cur", "/tmp" };
	char path[512];

	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s%s", box, parts[i]);
		if (mkdir(path, 0700) < 0) {
			die(path);
		}
	}
	for (unsigned n = 0; n < messages; n++) {
		put_message(box, subdir, n);
	}
}

/* One log-in: opened, listed if with_list, closed. */
static void visit(const char *box, unsigned messages, bool with_list)
{
	struct drop_grant grant = {
		.user = (const uint8_t *)"bench",
		.path = (const uint8_t *)box,
		.user_len = 5,
		.path_len = (uint16_t)strlen(box),
	};
	struct drop *d;
	uint64_t len;
	int fd = -1;

	if (drop_open(&ctx, &grant, &d) != STATUS_OK ||
	    drop_count_mail(d, NULL) != STATUS_OK ||
	    drop_count(d) != messages) {
		errno = 0;
		die("open");
	}
	if (with_list && (drop_load(d, NULL) != STATUS_OK ||
			  drop_listing(d, &fd, &len) != STATUS_OK)) {
		die("list");
	}
	fd_close(&fd);
	drop_shut(d);
	drop_release(d);
}

static double visits(const char *box, unsigned messages, bool with_list,
		     unsigned times)
{
	double begin = cpu_ms();

	for (unsigned i = 0; i < times; i++) {
		visit(box, messages, with_list);
	}
	return (cpu_ms() - begin) / times;
}

/* In cur/: seen once by a mail reader.  In new/: by nobody, so that the
 * directory to which mail comes is the large one. */
static void measure(const char *dir, const char *subdir, unsigned messages)
{
	char name[64];
	char box[256];
	double first, opened, listed, more;

	snprintf(name, sizeof(name), "%s-%u", subdir, messages);
	snprintf(box, sizeof(box), "%s/%s", dir, name);
	make_box(box, subdir, messages);
	sleep(3); /* its time stamps can be trusted from now on */
	first = visits(name, messages, true, 1);
	opened = visits(name, messages, false, REPEATS);
	listed = visits(name, messages, true, REPEATS);
	more = 0;
	for (unsigned i = 0; i < 3; i++) {
		put_message(box, "new", messages + i);
		more += visits(name, messages + i + 1, true, 1) / 3;
	}
	printf("%9u in %s %12.3f %12.3f %12.3f %12.3f\n", messages, subdir,
	       first, opened, listed, more);
	fflush(stdout);
}

static void open_context(const char *dir)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/cache", dir);
	ctx.store = &store_maildir;
	ctx.settings = &settings;
	ctx.locks_fd = -1;
	ctx.root_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ctx.cache = cache_open(path, UINT64_C(1) << 30, true);
	if (ctx.root_fd < 0 || ctx.cache == NULL) {
		die(dir);
	}
}

int main(int argc, char **argv)
{
	char made[] = "/tmp/maildrop-bench-XXXXXX";
	const char *dir = argc > 1 ? argv[1] : mkdtemp(made);
	static const unsigned usual[] = { 10, 1000, 100000 };

	if (dir == NULL) {
		die(made);
	}
	make_message();
	open_context(dir);
	printf("CPU ms             first ever    unchanged  and its list     "
	       "one more\n");
	for (int i = 2; i < argc; i++) {
		measure(dir, "cur", (unsigned)strtoul(argv[i], NULL, 10));
		measure(dir, "new", (unsigned)strtoul(argv[i], NULL, 10));
	}
	for (size_t i = 0; argc <= 2 && i < 3; i++) {
		measure(dir, "cur", usual[i]);
		measure(dir, "new", usual[i]);
	}
	cache_close(&ctx.cache);
	printf("left behind: %s\n", dir);
	return EXIT_SUCCESS;
}
