// SPDX-License-Identifier: ISC
/*
 * cache_open.c - opening the cache, and beginning it anew when it is of no use
 * (cache.h; the states on disk stand in store/STATES.md).
 * Runs in: maildrop, before it confines itself; cache_close when it ends.
 * Trusts: nothing that it finds.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "cache_impl.h"
#include "cache_marker.h"
#include "limits.h"
#include "os/fd.h"

/* LMDB has found its pages damaged.  Nothing in it can be relied on, so the
 * process ends, and its successor begins with an empty cache. */
static void on_damage(MDB_env *env, const char *what)
{
	(void)env;
	log_event_str(LOG_ERROR, "cache is damaged", "what", what);
	abort();
}

static int open_env(struct cache *c, const char *dir, uint64_t octets_max)
{
	int rc = mdb_env_create(&c->env);

	if (rc != 0) {
		c->env = NULL;
		return rc;
	}
	(void)mdb_env_set_assert(c->env, on_damage);
	rc = mdb_env_set_mapsize(c->env, octets_max);
	if (rc == 0) {
		rc = mdb_env_set_maxreaders(c->env, CACHE_READERS_MAX);
	}
	if (rc == 0) {
		rc = mdb_env_open(c->env, dir, MDB_NOSYNC | MDB_NOTLS, 0600);
	}
	return rc;
}

static int open_dbi(struct cache *c)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(c->env, NULL, 0, &txn);

	if (rc != 0) {
		return rc;
	}
	rc = mdb_dbi_open(txn, NULL, 0, &c->dbi);
	if (rc != 0) {
		mdb_txn_abort(txn);
		return rc;
	}
	return mdb_txn_commit(txn);
}

static int try_open(struct cache *c, const char *dir, uint64_t octets_max)
{
	int dead;
	int rc = open_env(c, dir, octets_max);

	if (rc == 0) {
		(void)mdb_reader_check(c->env, &dead);
		rc = open_dbi(c);
	}
	if (rc != 0 && c->env != NULL) {
		mdb_env_close(c->env);
		c->env = NULL;
	}
	return rc;
}

/* Whoever has them open keeps what is no longer in the directory. */
static void delete_files(int dir_fd)
{
	(void)unlinkat(dir_fd, "data.mdb", 0);
	(void)unlinkat(dir_fd, "lock.mdb", 0);
}

/* A limit that was lowered is kept by beginning anew. */
static bool is_over(int dir_fd, uint64_t octets_max)
{
	struct stat st;

	return fstatat(dir_fd, "data.mdb", &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (uint64_t)st.st_size > octets_max;
}

static int open_or_renew(struct cache *c, const char *dir, int dir_fd,
			 uint64_t octets_max)
{
	int rc = try_open(c, dir, octets_max);

	if (rc == 0 || rc == EACCES || rc == EROFS || rc == ENOSPC) {
		return rc;
	}
	log_event_str(LOG_WARNING, "cache is begun anew", "why",
		      mdb_strerror(rc));
	delete_files(dir_fd);
	return try_open(c, dir, octets_max);
}

static int open_in(struct cache *c, const char *dir, int dir_fd,
		   uint64_t octets_max, bool discard)
{
	bool is_whole = false;
	int rc;

	c->marker_fd = marker_begin(dir_fd, &is_whole);
	if (c->marker_fd < 0) {
		return -c->marker_fd;
	}
	if (discard || !is_whole || is_over(dir_fd, octets_max)) {
		delete_files(dir_fd);
	}
	rc = -marker_use(c->marker_fd);
	return rc == 0 ? open_or_renew(c, dir, dir_fd, octets_max) : rc;
}

struct cache *cache_open(const char *dir, uint64_t octets_max, bool discard)
{
	struct cache *c = calloc(1, sizeof(*c));
	int dir_fd = -1;
	int rc = c == NULL ? ENOMEM : 0;

	if (octets_max < CACHE_OCTETS_MIN) {
		octets_max = CACHE_OCTETS_MIN;
	}
	octets_max -= octets_max % 65536; /* whole pages */
	if (rc == 0) {
		pthread_rwlock_init(&c->putting, NULL);
	}
	if (rc == 0 && mkdir(dir, 0700) < 0 && errno != EEXIST) {
		rc = errno;
	}
	if (rc == 0) {
		c->marker_fd = -1;
		c->body_len_max = octets_max / CACHE_LISTS_MIN;
		dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		rc = dir_fd < 0 ? errno
				: open_in(c, dir, dir_fd, octets_max, discard);
	}
	fd_close(&dir_fd);
	if (rc != 0) {
		log_event_str(LOG_WARNING, "no cache of sizes", "why",
			      mdb_strerror(rc));
		cache_close(&c);
	}
	return c;
}

void cache_close(struct cache **cp)
{
	struct cache *c = *cp;

	if (c == NULL) {
		return;
	}
	if (c->env != NULL) {
		bool is_last = marker_is_last(c->marker_fd);

		if (is_last && mdb_env_sync(c->env, 1) == 0 &&
		    marker_end(c->marker_fd) < 0) {
			log_event(LOG_WARNING, "cache was not closed in order");
		}
		mdb_env_close(c->env);
	}
	fd_close(&c->marker_fd);
	pthread_rwlock_destroy(&c->putting);
	free(c);
	*cp = NULL;
}
