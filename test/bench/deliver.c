// SPDX-License-Identifier: ISC
/*
 * deliver.c - the least that delivers into a Maildir safely, as the MDA of
 * those who have none: standard input to tmp/, synced, renamed into new/.
 *	deliver MAILDIR
 * Exits with EX_TEMPFAIL if it could not.
 * Runs in: ./dev bench --collect.  Trusts: its argument.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define PIECE    (1u << 18)
#define PATH_CAP 4096

static void copy_all(int from, int to)
{
	static char piece[PIECE];
	for (;;) {
		ssize_t n = read(from, piece, sizeof(piece));
		if (n < 0) {
			err(EX_TEMPFAIL, "read");
		}
		if (n == 0) {
			return;
		}
		for (ssize_t at = 0; at < n;) {
			ssize_t put = write(to, piece + at, (size_t)(n - at));
			if (put < 0) {
				err(EX_TEMPFAIL, "write");
			}
			at += put;
		}
	}
}

static void make_path(char *path, const char *maildir, const char *folder)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	int len =
	    snprintf(path, PATH_CAP, "%s/%s/%lld.%ld_%d.bench", maildir, folder,
		     (long long)now.tv_sec, now.tv_nsec, (int)getpid());
	if (len < 0 || len >= PATH_CAP) {
		errx(EX_USAGE, "%s: too long", maildir);
	}
}

int main(int argc, char **argv)
{
	static char from[PATH_CAP], to[PATH_CAP];
	if (argc != 2) {
		errx(EX_USAGE, "usage: deliver MAILDIR");
	}
	make_path(from, argv[1], "tmp");
	make_path(to, argv[1], "new");
	int fd = open(from, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		err(EX_TEMPFAIL, "%s", from);
	}
	copy_all(STDIN_FILENO, fd);
	if (fsync(fd) < 0 || close(fd) < 0 || rename(from, to) < 0) {
		err(EX_TEMPFAIL, "%s", to);
	}
	return 0;
}
