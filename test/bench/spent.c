// SPDX-License-Identifier: ISC
/*
 * spent.c - what a command takes: whatever starts it lends it its own peak of
 * memory, as Linux counts; this here is small.
 *	spent FILE COMMAND [ARGUMENT...]
 * Writes to FILE: seconds from start to end, seconds of processor time, and the
 * peak of memory in KiB (of the largest process, of all that were waited for).
 * Exits as the command does, with 127 if it could not be run.
 * Runs in: ./dev bench --collect.  Trusts: its arguments.
 */
#include <err.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NANO  1e9
#define MICRO 1e6

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / NANO;
}

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / MICRO;
}

static void tell(const char *path, double seconds, const struct rusage *used)
{
	FILE *out = fopen(path, "we");
	if (out == NULL) {
		err(127, "%s", path);
	}
	fprintf(out, "%.6f %.6f %ld\n", seconds,
		seconds_of(used->ru_utime) + seconds_of(used->ru_stime),
		used->ru_maxrss);
	if (fclose(out) != 0) {
		err(127, "%s", path);
	}
}

int main(int argc, char **argv)
{
	struct rusage used;
	int status = 0;
	if (argc < 3) {
		errx(127, "usage: spent FILE COMMAND [ARGUMENT...]");
	}
	double begin = now_s();
	pid_t child = fork();
	if (child < 0) {
		err(127, "fork");
	}
	if (child == 0) {
		execvp(argv[2], argv + 2);
		err(127, "%s", argv[2]);
	}
	if (wait4(child, &status, 0, &used) < 0) {
		err(127, "wait4");
	}
	tell(argv[1], now_s() - begin, &used);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
