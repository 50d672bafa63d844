// SPDX-License-Identifier: ISC
/*
 * crew.c - the threads of a channel (crew.h).
 * Runs in: auth, maildrop, key.  Trusts: its caller.  Allocates: never.
 */
#include "ipc/crew.h"

#include <sched.h>
#include <time.h>

#include "os/clock.h"

/* --- the lookout --- */

void lookout_init(struct lookout *l)
{
	*l = (struct lookout){ .crews = NULL };
	pthread_mutex_init(&l->lock, NULL);
	clock_cond_init(&l->woken);
}

static void call_another(struct crew *crew)
{
	struct crew_thread *t = crew->threads;

	while (t != NULL && !t->stands_by) {
		t = t->next;
	}
	if (t != NULL) {
		t->stands_by = false;
		atomic_store(&t->receives, true);
		crew->receivers++;
		pthread_cond_signal(&t->called);
	}
}

/* One stands by when it has served its next packet. */
static void dismiss_one(struct crew *crew)
{
	struct crew_thread *t = crew->threads;

	while (t != NULL && !atomic_load(&t->receives)) {
		t = t->next;
	}
	if (t != NULL) {
		atomic_store(&t->receives, false);
		crew->receivers--;
	}
}

static uint64_t used_ns(const struct crew_thread *t)
{
	struct timespec used = { 0 };

	clock_gettime(t->clock, &used);
	return (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec;
}

/* In packet after packet.  Where all processors are busy, waiting for one of
 * them looks like waiting for a disk: then it cannot be told. */
static bool has_waited(const struct crew_thread *t)
{
	uint64_t all_ns = (CREW_LOOKS - 1) * CREW_TICK_MS * 1000000u;

	return used_ns(t) - t->used_ns < all_ns / 2;
}

static void judge(const struct lookout *l, struct crew_thread *t, bool is_new)
{
	if (l->is_late || t->looks == 0) {
		t->looks = 0;
		t->used_ns = used_ns(t);
	}
	t->looks++;
	if (t->had_one && !is_new) {
		t->is_held_up = true;
	} else if (t->looks == CREW_LOOKS) {
		t->is_held_up = has_waited(t);
		t->looks = 0;
	}
	t->had_one = true;
}

struct look {
	unsigned packets; /* that are new */
	unsigned in_hand;
	unsigned held_up;
};

static void look_at_thread(const struct lookout *l, struct crew_thread *t,
			   struct look *look)
{
	unsigned served = atomic_load(&t->served);
	unsigned taken = atomic_load(&t->taken);
	unsigned packets = taken - t->seen;

	t->seen = taken;
	look->packets += packets;
	if (taken == served) {
		t->looks = 0;
		t->had_one = t->is_held_up = false;
		return;
	}
	judge(l, t, packets != 0);
	look->in_hand++;
	look->held_up += t->is_held_up && atomic_load(&t->receives);
}

static void look_at_crew(struct lookout *l, struct crew *crew,
			 struct look *look_r)
{
	struct look look = { 0 };

	for (struct crew_thread *t = crew->threads; t != NULL; t = t->next) {
		look_at_thread(l, t, &look);
	}
	if (look.held_up != 0) {
		crew->calm = 0;
		if (look.held_up == crew->receivers) {
			call_another(crew);
		}
	} else if (look.packets != 0 && crew->receivers > crew->least &&
		   ++crew->calm == CREW_CALM_LOOKS) {
		crew->calm = 0;
		dismiss_one(crew);
	}
	look_r->packets += look.packets;
	look_r->in_hand += look.in_hand;
}

static bool is_little_to_do(struct lookout *l)
{
	struct look look = { 0 };

	for (struct crew *c = l->crews; c != NULL; c = c->next) {
		look_at_crew(l, c, &look);
	}
	return look.in_hand == 0 && look.packets <= CREW_FEW;
}

static bool has_packet_in_hand(const struct lookout *l)
{
	for (struct crew *c = l->crews; c != NULL; c = c->next) {
		for (struct crew_thread *t = c->threads; t; t = t->next) {
			if (atomic_load(&t->taken) != atomic_load(&t->served)) {
				return true;
			}
		}
	}
	return false;
}

static int64_t since_ns(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)(now.tv_sec - then->tv_sec) * 1000000000 +
	       (now.tv_nsec - then->tv_nsec);
}

static void wait_a_tick(struct lookout *l)
{
	struct timespec until = clock_end_of(CREW_TICK_MS);

	pthread_cond_timedwait(&l->woken, &l->lock, &until);
	l->is_late = since_ns(&until) > CREW_TICK_MS * 1000000 / 2;
}

/* Who takes a packet from now on wakes it; who did before is seen here. */
static void sleep_long(struct lookout *l)
{
	atomic_store(&l->is_awake, false);
	while (!l->is_over && !atomic_load(&l->is_awake) &&
	       !has_packet_in_hand(l)) {
		pthread_cond_wait(&l->woken, &l->lock);
	}
	atomic_store(&l->is_awake, true);
}

static void *look_out(void *arg)
{
	struct lookout *l = arg;

	pthread_mutex_lock(&l->lock);
	while (!l->is_over) {
		wait_a_tick(l);
		if (is_little_to_do(l)) {
			sleep_long(l);
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
	*crew = (struct crew){ .lookout = l, .least = count_receivers() };
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
}

void crew_join(struct crew *crew, struct crew_thread *t)
{
	*t = (struct crew_thread){ .crew = crew };
	pthread_cond_init(&t->called, NULL);
	if (pthread_getcpuclockid(pthread_self(), &t->clock) != 0) {
		t->clock = CLOCK_MONOTONIC; /* never seems to wait */
	}
	pthread_mutex_lock(&crew->lookout->lock);
	if (crew->receivers < crew->least) {
		crew->receivers++;
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
	pthread_cond_destroy(&t->called);
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
		pthread_cond_wait(&t->called, &crew->lookout->lock);
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
	for (struct crew_thread *t = crew->threads; t != NULL; t = t->next) {
		pthread_cond_signal(&t->called);
	}
	pthread_mutex_unlock(&crew->lookout->lock);
}
