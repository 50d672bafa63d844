// SPDX-License-Identifier: ISC
/*
 * record_files.c - names, folders and locks of the record (record_sql.h), and
 * its setting aside (record.h).
 * Runs in: the collector's carriers.  Trusts: the user's folders.  Allocates:
 * never.
 */
#include "fetch/mail/record_sql.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fetch/limits.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/parent.h"

static int too_long(const char *path, struct why *why)
{
	why_set(why, WHY_CONFIG, "the record's path %.100s... is too long",
		path);
	return -1;
}

int record_name_with(const char *path, const char *suffix,
		     char name_r[PATH_MAX], struct why *why)
{
	int len = snprintf(name_r, PATH_MAX, "%s%s", path, suffix);

	return len < 0 || len >= PATH_MAX ? too_long(path, why) : 0;
}

/* Digits of the key's digest: no user name is part of a path. */
static int account_lock_name(const char *path, const char *key,
			     char name_r[PATH_MAX], struct why *why)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	char suffix[64];
	int len = 1;

	if (EVP_Digest(key, strlen(key), digest, NULL, EVP_sha256(), NULL) !=
	    1) {
		why_set(why, WHY_INTERNAL, "OpenSSL offers no SHA-256");
		return -1;
	}
	suffix[0] = '.';
	for (size_t i = 0; i < 12; i++) {
		len += snprintf(suffix + len, sizeof(suffix) - (size_t)len,
				"%02x", digest[i]);
	}
	snprintf(suffix + len, sizeof(suffix) - (size_t)len, ".lock");
	return record_name_with(path, suffix, name_r, why);
}

int record_make_folders(const char *path, struct why *why)
{
	char folder[PATH_MAX];
	int rc = record_name_with(path, "", folder, why);

	if (rc < 0) {
		return rc;
	}
	rc = parent_make(folder);
	return rc < 0 ? record_errno(-rc, "cannot make the record's folder",
				     folder, why)
		      : 0;
}

/* how: LOCK_SH or LOCK_EX.  0 and *fd_r; 1 if somebody else has it; -1. */
static int lock_file(const char *name, int how, int *fd_r, struct why *why)
{
	int fd = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	int rc;

	if (fd < 0) {
		return record_errno(errno, "cannot open the record's lock",
				    name, why);
	}
	do {
		rc = flock(fd, how | LOCK_NB);
	} while (rc < 0 && errno == EINTR);
	if (rc == 0) {
		*fd_r = fd;
		return 0;
	}
	rc = errno == EWOULDBLOCK ? 1 : -1;
	if (rc < 0) {
		why_errno(why, WHY_INTERNAL, errno, "cannot lock %s", name);
	}
	fd_close(&fd);
	return rc;
}

int record_lock_account(struct record *r, const char *key, struct why *why)
{
	char name[PATH_MAX];
	int rc = account_lock_name(r->path, key, name, why);

	if (rc == 0) {
		rc = lock_file(name, LOCK_EX, &r->account_fd, why);
	}
	if (rc == 1) {
		why_set(why, WHY_TEMP, "another restante is at work for %.200s",
			key);
		return -1;
	}
	return rc;
}

static int lock_users(const char *path, int how, int *fd_r, struct why *why)
{
	char name[PATH_MAX];
	int rc = record_name_with(path, ".lock", name, why);

	return rc < 0 ? rc : lock_file(name, how, fd_r, why);
}

int record_lock_all(const char *path, int *fd_r, struct why *why)
{
	int rc = lock_users(path, LOCK_EX, fd_r, why);

	if (rc == 1) {
		why_set(why, WHY_TEMP, "a restante has the record %s open",
			path);
		return -1;
	}
	return rc;
}

int record_lock_to_use(struct record *r, struct why *why)
{
	static const struct timespec pause = { .tv_nsec = 20000000 };
	uint64_t end_ms = clock_ms() + FETCH_RECORD_BUSY_MS;
	int rc = lock_users(r->path, LOCK_EX, &r->users_fd, why);

	r->is_alone = rc == 0;
	while (rc == 1 && clock_ms() < end_ms) {
		rc = lock_users(r->path, LOCK_SH, &r->users_fd, why);
		if (rc == 1) {
			(void)nanosleep(&pause, NULL);
		}
	}
	if (rc == 1) {
		why_set(why, WHY_TEMP,
			"the record %s is held by another restante for too "
			"long",
			r->path);
		return -1;
	}
	return rc;
}

/* Between the two locks somebody else may have had it: it may have another name
 * by now. */
int record_lock_share(struct record *r, struct why *why)
{
	int moved = 0;

	if (!r->is_alone) {
		return 0;
	}
	if (flock(r->users_fd, LOCK_SH | LOCK_NB) < 0 ||
	    sqlite3_file_control(r->db, NULL, SQLITE_FCNTL_HAS_MOVED, &moved) !=
		SQLITE_OK ||
	    moved != 0) {
		why_set(why, WHY_TEMP, "the record %s was set aside just now",
			r->path);
		return -1;
	}
	return 0;
}

int record_sync_folder(const char *path, struct why *why)
{
	int rc = parent_sync(path);

	if (rc < 0) {
		why_errno(why, WHY_INTERNAL, -rc,
			  "cannot sync the folder of %s", path);
	}
	return rc < 0 ? -1 : 0;
}

static int move(const char *path, const char *to, const char *suffix,
		struct why *why)
{
	char from_part[PATH_MAX], to_part[PATH_MAX];

	if (record_name_with(path, suffix, from_part, why) < 0 ||
	    record_name_with(to, suffix, to_part, why) < 0) {
		return -1;
	}
	if (rename(from_part, to_part) < 0 && errno != ENOENT) {
		why_errno(why, WHY_INTERNAL, errno, "cannot rename %s",
			  from_part);
		return -1;
	}
	return 0;
}

/* The database last: as long as it stands there no new one is begun. */
static int move_all(const char *path, const char *to, struct why *why)
{
	struct stat st;

	if (lstat(to, &st) == 0) {
		why_set(why, WHY_TEMP, "there is a file %s already", to);
		return -1;
	}
	if (move(path, to, "-wal", why) < 0 ||
	    move(path, to, "-shm", why) < 0 || move(path, to, "", why) < 0) {
		return -1;
	}
	return record_sync_folder(path, why);
}

int record_set_aside(const char *path, int64_t now_unix, char *name_r,
		     size_t name_cap, struct why *why)
{
	char suffix[64], to[PATH_MAX];
	time_t now = (time_t)now_unix;
	struct tm tm;
	int fd, rc;

	if (gmtime_r(&now, &tm) == NULL ||
	    strftime(suffix, sizeof(suffix), ".damaged-%Y%m%dT%H%M%SZ", &tm) ==
		0) {
		why_set(why, WHY_INTERNAL, "there is no such time");
		return -1;
	}
	if (record_name_with(path, suffix, to, why) < 0 ||
	    record_lock_all(path, &fd, why) < 0) {
		return -1;
	}
	rc = move_all(path, to, why);
	fd_close(&fd);
	if (rc == 0) {
		snprintf(name_r, name_cap, "%s", to);
	}
	return rc;
}
