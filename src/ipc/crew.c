// SPDX-License-Identifier: ISC
/*
 * crew.c - the threads of a channel (crew.h).
 * Runs in: auth, maildrop, key.  Trusts: its caller.  Allocates: never.
 */
#include "ipc/crew.h"

#include <sched.h>
#include <time.h>

/* --- the lookout --- */

void lookout_init(struct lookout *l)
{
	pthread_condattr_t attr;

	*l = (struct lookout){ .crews = NULL };
	pthread_mutex_init(&l->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&l->woken, &attr);
	pthread_condattr_destroy(&attr);
}

/* Whoever stands by takes the place of t; if nobody does, t keeps it. */
static void replace(struct crew_thread *t)
{
	struct crew_thread *other = t->crew->threads;

	while (other != NULL && !other->stands_by) {
		other = other->next;
	}
	if (other != NULL) {
		atomic_store(&t->receives, false);
		other->stands_by = false;
		atomic_store(&other->receives, true);
		pthread_cond_broadcast(&t->crew->called);
	}
}

/* Whether it has had a packet since the last look, or has one now. */
static bool look_at(struct crew_thread *t)
{
	unsigned served = atomic_load(&t->served);
	unsigned taken = atomic_load(&t->taken);
	bool is_new = taken != t->seen;

	t->seen = taken;
	if (taken != served && !is_new && atomic_load(&t->receives)) {
		replace(t);
	}
	return is_new || taken != served;
}

static bool look_at_all(struct lookout *l)
{
	bool is_busy = false;

	for (struct crew *c = l->crews; c != NULL; c = c->next) {
		for (struct crew_thread *t = c->threads; t; t = t->next) {
			is_busy |= look_at(t);
		}
	}
	return is_busy;
}

static void wait_a_tick(struct lookout *l)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += CREW_TICK_MS * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	pthread_cond_timedwait(&l->woken, &l->lock, &until);
}

/* Who takes a packet from now on wakes it; who did before is seen here. */
static void sleep_if_quiet(struct lookout *l)
{
	atomic_store(&l->is_awake, false);
	while (!l->is_over && !atomic_load(&l->is_awake) && !look_at_all(l)) {
		pthread_cond_wait(&l->woken, &l->lock);
	}
	atomic_store(&l->is_awake, true);
}

static void *look_out(void *arg)
{
	struct lookout *l = arg;
	unsigned quiet = 0;

	pthread_mutex_lock(&l->lock);
	while (!l->is_over) {
		quiet = look_at_all(l) ? 0 : quiet + 1;
		if (quiet < CREW_QUIET_TICKS) {
			wait_a_tick(l);
		} else {
			sleep_if_quiet(l);
			quiet = 0;
		}
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

int lookout_start(struct lookout *l)
{
	atomic_store(&l->is_awake, true);
	return -pthread_create(&l->thread, NULL, look_out, l);
}

void lookout_stop(struct lookout *l)
{
	pthread_mutex_lock(&l->lock);
	l->is_over = true;
	pthread_cond_signal(&l->woken);
	pthread_mutex_unlock(&l->lock);
	pthread_join(l->thread, NULL);
}

/* --- a crew --- */

/* Not by sysconf, which opens files. */
static unsigned count_receivers(void)
{
	cpu_set_t cores;
	unsigned count = 0;

	if (sched_getaffinity(0, sizeof(cores), &cores) == 0) {
		count = (unsigned)CPU_COUNT(&cores) / CREW_CORES_PER_RECEIVER;
	}
	return count == 0 ? 1 : count;
}

void crew_begin(struct crew *crew, struct lookout *l)
{
	*crew = (struct crew){ .lookout = l, .receivers = count_receivers() };
	pthread_cond_init(&crew->called, NULL);
	pthread_mutex_lock(&l->lock);
	crew->next = l->crews;
	l->crews = crew;
	pthread_mutex_unlock(&l->lock);
}

void crew_end(struct crew *crew)
{
	struct lookout *l = crew->lookout;
	struct crew **at = &l->crews;

	pthread_mutex_lock(&l->lock);
	while (*at != crew) {
		at = &(*at)->next;
	}
	*at = crew->next;
	pthread_mutex_unlock(&l->lock);
	pthread_cond_destroy(&crew->called);
}

void crew_join(struct crew *crew, struct crew_thread *t)
{
	*t = (struct crew_thread){ .crew = crew };
	pthread_mutex_lock(&crew->lookout->lock);
	if (crew->receivers != 0) {
		crew->receivers--;
		atomic_store(&t->receives, true);
	}
	t->next = crew->threads;
	crew->threads = t;
	pthread_mutex_unlock(&crew->lookout->lock);
}

void crew_leave(struct crew_thread *t)
{
	struct crew_thread **at = &t->crew->threads;
	struct lookout *l = t->crew->lookout;

	pthread_mutex_lock(&l->lock);
	while (*at != t) {
		at = &(*at)->next;
	}
	*at = t->next;
	pthread_mutex_unlock(&l->lock);
}

bool crew_await_turn(struct crew_thread *t)
{
	struct crew *crew = t->crew;
	bool may_receive;

	if (atomic_load(&t->receives)) {
		return true; /* who dismisses shuts the channel, too */
	}
	pthread_mutex_lock(&crew->lookout->lock);
	t->stands_by = true;
	while (!atomic_load(&t->receives) && !crew->is_over) {
		pthread_cond_wait(&crew->called, &crew->lookout->lock);
	}
	t->stands_by = false;
	may_receive = atomic_load(&t->receives);
	pthread_mutex_unlock(&crew->lookout->lock);
	return may_receive;
}

void crew_taken(struct crew_thread *t)
{
	struct lookout *l = t->crew->lookout;

	atomic_fetch_add(&t->taken, 1);
	if (!atomic_load(&l->is_awake)) {
		pthread_mutex_lock(&l->lock);
		atomic_store(&l->is_awake, true);
		pthread_cond_signal(&l->woken);
		pthread_mutex_unlock(&l->lock);
	}
}

void crew_served(struct crew_thread *t)
{
	atomic_fetch_add(&t->served, 1);
}

void crew_dismiss(struct crew *crew)
{
	pthread_mutex_lock(&crew->lookout->lock);
	crew->is_over = true;
	pthread_cond_broadcast(&crew->called);
	pthread_mutex_unlock(&crew->lookout->lock);
}
