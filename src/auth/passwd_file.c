// SPDX-License-Identifier: ISC
/*
 * passwd_file.c - the users file, read again when it changes (passwd_file.h).
 * Runs in: auth.  Trusts: the file's time stamps, but not those so young that
 * another change might not show in them (as git does with its index).
 */
#include "auth/passwd_file.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "auth/passwd_text.h"
#include "base/log.h"
#include "base/secret.h"
#include "os/clock.h"

struct passwd_held {
	struct passwd_table *table;
	atomic_uint holders; /* passwd_file is one while this is the current */
};

struct passwd_file {
	const char *path;
	struct passwd_options options;
	pthread_mutex_t lock; /* of all below; never held while waiting */
	struct passwd_held *current;
	struct passwd_stamp stamp;
	bool is_young;     /* stamp is not to be trusted yet */
	uint64_t again_ms; /* then read again, if is_young */
	bool is_reading;   /* a thread reads the file, without the lock */
	int told;          /* errno of the failure that was logged last */
};

static void log_faults(const char *path, const struct passwd_faults *faults)
{
	struct log_line l;

	for (uint64_t i = 0; i < faults->count && i < PASSWD_FAULTS_MAX; i++) {
		log_begin(&l, LOG_WARNING, "users file has a mistake");
		log_str(&l, "path", path);
		log_u64(&l, "line", faults->fault[i].line);
		log_str(&l, "why", faults->fault[i].what);
		log_end(&l);
	}
	if (faults->count > PASSWD_FAULTS_MAX) {
		log_begin(&l, LOG_WARNING, "users file has more mistakes");
		log_str(&l, "path", path);
		log_u64(&l, "count", faults->count - PASSWD_FAULTS_MAX);
		log_end(&l);
	}
}

static struct passwd_held *hold_new(struct passwd_table *table)
{
	struct passwd_held *held = malloc(sizeof(*held));

	if (held == NULL) {
		return NULL;
	}
	held->table = table;
	atomic_init(&held->holders, 1);
	return held;
}

/* Reads and indexes the file, without the lock. */
static int load(const struct passwd_file *f, struct passwd_held **held_r,
		struct passwd_stamp *stamp_r)
{
	struct passwd_faults faults;
	struct passwd_table *table;
	struct passwd_held *held;
	struct passwd_text c;
	struct log_line l;
	int rc = passwd_text_read(f->path, &c);

	if (rc < 0) {
		return rc;
	}
	table = passwd_table_create(c.at, c.len, &f->options, &faults);
	if (table == NULL) {
		passwd_text_finish(&c);
		return -ENOMEM;
	}
	held = hold_new(table);
	if (held == NULL) {
		passwd_table_destroy(&table);
		return -ENOMEM;
	}
	log_faults(f->path, &faults);
	log_begin(&l, LOG_INFO, "users file read");
	log_str(&l, "path", f->path);
	log_u64(&l, "users", passwd_table_count(table));
	log_end(&l);
	*held_r = held;
	*stamp_r = c.stamp;
	return 0;
}

/* A first reading of a stamp that is young is done again, once, later: by then
 * whatever the stamp did not show has happened. */
static void take_stamp(struct passwd_file *f, const struct passwd_stamp *stamp)
{
	bool is_same = passwd_stamp_equal(&f->stamp, stamp);
	bool is_due = f->is_young && clock_ms() >= f->again_ms;

	f->stamp = *stamp;
	f->is_young = passwd_stamp_is_young(stamp) && !(is_same && is_due);
	f->again_ms = clock_ms() + PASSWD_YOUNG_MS;
}

static void log_failure(struct passwd_file *f, int error)
{
	if (f->told != error) {
		log_event_errno(LOG_ERROR,
				"users file cannot be read, the users stay as "
				"they were",
				f->path, error);
	}
	f->told = error;
}

/* With the lock, which is given up while the file is read. */
static void read_again(struct passwd_file *f)
{
	struct passwd_held *old = NULL, *held;
	struct passwd_stamp stamp;
	int rc;

	f->is_reading = true;
	pthread_mutex_unlock(&f->lock);
	rc = load(f, &held, &stamp);
	pthread_mutex_lock(&f->lock);
	f->is_reading = false;
	if (rc == 0) {
		take_stamp(f, &stamp);
		old = f->current;
		f->current = held;
		f->told = 0;
	} else if (rc != -EAGAIN) {
		log_failure(f, -rc);
	}
	if (old != NULL) {
		pthread_mutex_unlock(&f->lock);
		passwd_file_give_back(old);
		pthread_mutex_lock(&f->lock);
	}
}

struct passwd_held *passwd_file_hold(struct passwd_file *f)
{
	struct passwd_held *held;
	struct passwd_stamp now;
	int rc = passwd_stamp_look(f->path, &now);

	pthread_mutex_lock(&f->lock);
	if (rc < 0) {
		log_failure(f, -rc);
	} else if (!f->is_reading &&
		   (!passwd_stamp_equal(&now, &f->stamp) ||
		    (f->is_young && clock_ms() >= f->again_ms))) {
		read_again(f);
	}
	held = f->current;
	atomic_fetch_add_explicit(&held->holders, 1, memory_order_relaxed);
	pthread_mutex_unlock(&f->lock);
	return held;
}

const struct passwd_table *passwd_held_table(const struct passwd_held *held)
{
	return held->table;
}

void passwd_file_give_back(struct passwd_held *held)
{
	if (atomic_fetch_sub_explicit(&held->holders, 1,
				      memory_order_acq_rel) == 1) {
		passwd_table_destroy(&held->table);
		free(held);
	}
}

/* Somebody may be writing the file in place right now. */
static int load_first(struct passwd_file *f)
{
	struct timespec pause = { 0, PASSWD_READ_PAUSE_MS * 1000000L };
	struct passwd_stamp stamp;
	int rc = -EAGAIN;

	for (unsigned i = 0; i < PASSWD_READ_TRIES && rc == -EAGAIN; i++) {
		if (i > 0) {
			nanosleep(&pause, NULL);
		}
		rc = load(f, &f->current, &stamp);
	}
	if (rc == 0) {
		take_stamp(f, &stamp);
	}
	return rc;
}

int passwd_file_create(const char *path, const struct passwd_options *options,
		       struct passwd_file **file_r)
{
	struct passwd_file *f = calloc(1, sizeof(*f));
	int rc;

	if (f == NULL) {
		return -ENOMEM;
	}
	f->path = path;
	f->options = *options;
	pthread_mutex_init(&f->lock, NULL);
	rc = load_first(f);
	if (rc < 0) {
		log_event_errno(LOG_ERROR, "users file cannot be read", path,
				-rc);
		passwd_file_destroy(&f);
		return rc;
	}
	*file_r = f;
	return 0;
}

void passwd_file_destroy(struct passwd_file **file)
{
	struct passwd_file *f = *file;

	if (f != NULL) {
		if (f->current != NULL) {
			passwd_file_give_back(f->current);
		}
		pthread_mutex_destroy(&f->lock);
		wipe(&f->options, sizeof(f->options));
		free(f);
	}
	*file = NULL;
}
