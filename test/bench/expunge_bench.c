// SPDX-License-Identifier: ISC
/*
 * expunge_bench.c - what a QUIT costs that removes 1 or 100 messages of 2 KiB,
 * and what it would cost if new/ and cur/ were synced behind it, as
 * src/maildrop/store/STATES.md decides against: processor time and time, in
 * milliseconds, each the mean of REPEATS.
 *
 *   expunge_bench DIRECTORY      on the file system that is to be measured
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
#include "os/clock.h"

#define REPEATS    30u
#define REMOVE_MAX 100u

static struct maildrop_settings settings;
static struct drop_context ctx;
static char message[2048];

struct cost {
	double cpu_ms, ms;
};

static void die(const char *what)
{
	fprintf(stderr, "expunge_bench: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static double cpu_ms(void)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e3 +
	       (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e3;
}

static double wall_ms(void)
{
	return (double)clock_unix_ns() / 1e6;
}

static void make_box(void)
{
	static const char *const parts[] = { "box", "box/new", "box/cur" };

	for (size_t i = 0; i < 3; i++) {
		if (mkdirat(ctx.root_fd, parts[i], 0700) < 0 &&
		    errno != EEXIST) {
			die(parts[i]);
		}
	}
}

/* Older mail, on disk for long: what is removed is not just created. */
static void deliver(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		char name[64];
		int fd;

		snprintf(name, sizeof(name), "box/cur/%u.host:2,S", 1000 + i);
		fd = openat(ctx.root_fd, name, O_WRONLY | O_CREAT | O_CLOEXEC,
			    0600);
		if (fd < 0 || write(fd, message, sizeof(message)) < 0) {
			die(name);
		}
		close(fd);
	}
	sync();
}

static void sync_directory(const char *name)
{
	int fd = openat(ctx.root_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0) {
		die(name);
	}
	close(fd);
}

static struct drop *open_box(unsigned count)
{
	static const struct drop_grant grant = {
		.user = (const uint8_t *)"bench",
		.path = (const uint8_t *)"box",
		.user_len = 5,
		.path_len = 3,
	};
	struct drop *d;

	if (drop_open(&ctx, &grant, &d) != STATUS_OK ||
	    drop_count_mail(d, NULL) != STATUS_OK || drop_count(d) != count) {
		die("open");
	}
	return d;
}

static void quit_once(unsigned count, bool with_sync, struct cost *cost)
{
	uint8_t marks[(REMOVE_MAX + 7) / 8] = { 0 };
	uint32_t removed, stayed;
	struct drop *d;

	deliver(count);
	d = open_box(count);
	for (unsigned i = 0; i < count; i++) {
		marks[i / 8] |= (uint8_t)(1u << i % 8);
	}
	if (!drop_mark(d, 0, marks, sizeof(marks))) {
		die("mark");
	}
	cost->cpu_ms -= cpu_ms();
	cost->ms -= wall_ms();
	drop_expunge(d, &removed, &stayed);
	if (with_sync) {
		sync_directory("box/new");
		sync_directory("box/cur");
	}
	cost->cpu_ms += cpu_ms();
	cost->ms += wall_ms();
	drop_shut(d);
	drop_release(d);
	if (removed != count || stayed != 0) {
		die("remove");
	}
}

static void measure(unsigned count, bool with_sync)
{
	struct cost cost = { 0, 0 };

	for (unsigned i = 0; i < REPEATS; i++) {
		quit_once(count, with_sync, &cost);
	}
	printf("%8u %6s %9.3f %9.3f\n", count, with_sync ? "yes" : "no",
	       cost.cpu_ms / REPEATS, cost.ms / REPEATS);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: expunge_bench DIRECTORY\n");
		return EXIT_FAILURE;
	}
	ctx.store = &store_maildir;
	ctx.settings = &settings;
	ctx.locks_fd = -1;
	ctx.root_fd = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (ctx.root_fd < 0) {
		die(argv[1]);
	}
	make_box();
	printf(" removed synced    CPU ms        ms\n");
	for (unsigned count = 1; count <= REMOVE_MAX; count *= 100) {
		measure(count, false);
		measure(count, true);
	}
	return EXIT_SUCCESS;
}
