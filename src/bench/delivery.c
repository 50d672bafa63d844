// SPDX-License-Identifier: ISC
/*
 * delivery.c - messages that are delivered into users' Maildirs (delivery.h).
 * Runs in: restante-bench.  Trusts: the Maildirs it was pointed at.
 * Allocates: one message's body, twice.
 */
#include "bench/delivery.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "bench/limits.h"
#include "bench/template.h"
#include "os/clock.h"
#include "os/fd.h"

#define BODY_LINE 64u

struct delivery {
	const char *maildir;
	uint64_t serial;
	int64_t begun_unix;
	size_t header_len; /* of the file */
	char *body;        /* of the file */
	size_t body_len;
	char *wire; /* the same with CRLF */
	size_t wire_len;
};

/* Each is as long as any other. */
static size_t write_header(const struct delivery *d, char *at, size_t cap,
			   const char *end)
{
	return (size_t)snprintf(at, cap,
				"Subject: restante-bench %016" PRIx64
				".%016" PRIx64 "%s%s",
				(uint64_t)d->begun_unix, d->serial, end, end);
}

/* Lines, one of eight with a dot at its begin. */
static void fill_body(struct delivery *d)
{
	size_t column = 0, line = 0;

	for (size_t i = 0; i < d->body_len; i++) {
		bool is_end = column == BODY_LINE || i == d->body_len - 1;
		char c = (char)('a' + (line + column) % 26);

		if (column == 0 && line % 8 == 3) {
			c = '.';
		}
		d->body[i] = is_end ? '\n' : c;
		if (is_end) {
			d->wire[d->wire_len++] = '\r';
			line++;
		}
		d->wire[d->wire_len++] = d->body[i];
		column = is_end ? 0 : column + 1;
	}
}

struct delivery *delivery_create(const char *maildir, size_t octets,
				 struct why *why)
{
	struct delivery *d = calloc(1, sizeof(*d));
	char header[BENCH_DELIVERED_LEAST];

	if (d == NULL) {
		why_not(why, "no memory");
		return NULL;
	}
	d->maildir = maildir;
	d->begun_unix = clock_unix();
	d->header_len = write_header(d, header, sizeof(header), "\n");
	d->body_len = octets - d->header_len;
	d->body = malloc(d->body_len);
	d->wire = malloc(2 * d->body_len);
	if (d->body == NULL || d->wire == NULL) {
		why_not(why, "no memory");
		delivery_destroy(&d);
		return NULL;
	}
	fill_body(d);
	return d;
}

void delivery_destroy(struct delivery **d)
{
	if (*d != NULL) {
		free((*d)->body);
		free((*d)->wire);
		free(*d);
		*d = NULL;
	}
}

static int open_folder(const struct delivery *d, uint32_t user, const char *sub)
{
	char path[BENCH_PATH_MAX];
	size_t len = template_expand(d->maildir, user, path, sizeof(path) - 8);
	int fd;

	if (len == 0) {
		return -ENAMETOOLONG;
	}
	memcpy(path + len, sub, strlen(sub) + 1);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* 0 or a negative errno. */
static int write_file(const struct delivery *d, const char *header, int tmp,
		      const char *base)
{
	struct iovec parts[] = { { (void *)(uintptr_t)header, d->header_len },
				 { d->body, d->body_len } };
	int fd =
	    openat(tmp, base, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct stat folder;
	int rc = 0;

	if (fd < 0) {
		return -errno;
	}
	if (fstat(tmp, &folder) != 0 ||
	    (folder.st_uid != geteuid() &&
	     fchown(fd, folder.st_uid, folder.st_gid) != 0)) {
		rc = -errno;
	} else if (writev(fd, parts, 2) !=
		   (ssize_t)(d->header_len + d->body_len)) {
		rc = errno != 0 ? -errno : -ENOSPC;
	}
	fd_close(&fd);
	if (rc < 0) {
		unlinkat(tmp, base, 0);
	}
	return rc;
}

static int write_and_rename(const struct delivery *d, const char *header,
			    const char *base, uint32_t user)
{
	int tmp = open_folder(d, user, "/tmp");
	int new = open_folder(d, user, "/new");
	int rc = tmp < 0 ? tmp : new < 0 ? new : 0;

	errno = 0;
	if (rc == 0) {
		rc = write_file(d, header, tmp, base);
	}
	if (rc == 0 && renameat(tmp, base, new, base) != 0) {
		rc = -errno;
		unlinkat(tmp, base, 0);
	}
	fd_close(&tmp);
	fd_close(&new);
	return rc;
}

bool delivery_deliver(struct delivery *d, struct delivered *message,
		      uint32_t user, struct why *why)
{
	char header[BENCH_DELIVERED_LEAST];
	int rc;

	d->serial++;
	write_header(d, header, sizeof(header), "\n");
	write_header(d, message->header, sizeof(message->header), "\r\n");
	snprintf(message->base, sizeof(message->base),
		 "%" PRId64 ".P%ldQ%" PRIu64 ".restante-bench", clock_unix(),
		 (long)getpid(), d->serial);
	rc = write_and_rename(d, header, message->base, user);
	if (rc < 0) {
		message->base[0] = '\0';
		return why_not(why, "cannot deliver: %s", strerror(-rc));
	}
	return true;
}

static bool has_there(const char *text, size_t text_len, uint64_t *offset,
		      struct answer_part *part)
{
	size_t len;

	if (*offset >= text_len) {
		*offset -= text_len;
		return true;
	}
	len = text_len - (size_t)*offset;
	len = len < part->len ? len : part->len;
	if (memcmp(text + *offset, part->at, len) != 0) {
		return false;
	}
	part->at += len;
	part->len -= len;
	*offset = 0;
	return true;
}

bool delivery_has(const struct delivery *d, const struct delivered *message,
		  uint64_t offset, struct answer_part part)
{
	size_t header_len = strlen(message->header);

	if (!has_there(message->header, header_len, &offset, &part)) {
		return false;
	}
	return part.len == 0 ||
	       (has_there(d->wire, d->wire_len, &offset, &part) &&
		part.len == 0);
}

uint64_t delivery_octets(const struct delivery *d)
{
	return d->header_len + 2 + d->wire_len; /* it has two lines' ends */
}

/* Its name in a folder: the base, or the base and flags behind a colon. */
static bool find(const struct delivered *message, int folder, char *name,
		 size_t cap)
{
	size_t len = strlen(message->base);
	DIR *dir = folder < 0 ? NULL : fdopendir(folder);
	bool is_found = false;

	if (dir == NULL) {
		fd_close(&folder);
		return false;
	}
	while (!is_found) {
		const struct dirent *entry = readdir(dir);

		if (entry == NULL) {
			break;
		}
		if (strncmp(entry->d_name, message->base, len) == 0) {
			is_found = true;
			snprintf(name, cap, "%s", entry->d_name);
		}
	}
	closedir(dir);
	return is_found;
}

static bool is_in_new(const struct delivery *d, const struct delivered *message,
		      uint32_t user)
{
	struct stat st;
	int new = open_folder(d, user, "/new");
	bool is_there = new >= 0 && fstatat(new, message->base, &st,
					    AT_SYMLINK_NOFOLLOW) == 0;

	fd_close(&new);
	return is_there;
}

bool delivery_is_gone(const struct delivery *d, const struct delivered *message,
		      uint32_t user, struct why *why)
{
	char name[NAME_MAX + 1];

	if (is_in_new(d, message, user) ||
	    find(message, open_folder(d, user, "/cur"), name, sizeof(name))) {
		return why_not(why,
			       "QUIT was answered well, but the file %s "
			       "is still there",
			       message->base);
	}
	return true;
}

void delivery_take_back(const struct delivery *d, struct delivered *message,
			uint32_t user)
{
	static const char *const subs[] = { "/new", "/cur" };
	char name[NAME_MAX + 1];

	for (unsigned i = 0; i < 2 && message->base[0] != '\0'; i++) {
		if (find(message, open_folder(d, user, subs[i]), name,
			 sizeof(name))) {
			int folder = open_folder(d, user, subs[i]);

			unlinkat(folder, name, 0);
			fd_close(&folder);
		}
	}
	message->base[0] = '\0';
}
