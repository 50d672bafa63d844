// SPDX-License-Identifier: ISC
/*
 * refusals.c - log lines of log-ins that were not granted (refusals.h).
 * Runs in: auth; any thread.  Trusts: nothing that a client sent.
 * Allocates: once, at start.
 */
#include "auth/refusals.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "auth/limits.h"
#include "base/log.h"
#include "os/net.h"
#include "os/random.h"

/* An address whose refusals are counted. */
struct place {
	uint8_t address[16];
	enum packet_status status; /* STATUS_OK: the place is free */
	bool is_failure;
	const char *why;
	uint64_t logged_ms; /* when it had its last line */
	uint64_t count;     /* since then */
};

struct refusals {
	uint8_t key[crypto_shorthash_KEYBYTES];
	pthread_mutex_t lock; /* of what stands below */
	struct place places[REFUSALS_PLACES];
	size_t next; /* to be looked at for what was never logged */
};

struct refusals *refusals_create(void)
{
	struct refusals *r = calloc(1, sizeof(*r));

	if (r != NULL) {
		random_fill(r->key, sizeof(r->key));
		pthread_mutex_init(&r->lock, NULL);
	}
	return r;
}

void refusals_destroy(struct refusals **refusals)
{
	if (*refusals != NULL) {
		pthread_mutex_destroy(&(*refusals)->lock);
		free(*refusals);
	}
	*refusals = NULL;
}

/* Whether it is a sign that somebody at that address guesses, which others may
 * act upon: not so what is the server's or the operator's fault, or haste, or
 * what others have done to the user, who may be the one who is refused. */
static bool is_failure(const struct login_answer *a)
{
	return (a->status == STATUS_GUESSING && !a->is_for_user) ||
	       (a->status == STATUS_AUTH && !a->is_mistake);
}

static void write_line(const uint8_t address[16], bool is_failure,
		       bool is_mistake, const char *why, uint64_t times,
		       const struct text *user)
{
	char text[NET_TEXT_MAX];
	struct log_line l;

	net_write(address, text);
	log_begin(&l, is_mistake ? LOG_WARNING : LOG_INFO,
		  is_failure ? "login failed" : "login refused");
	log_str(&l, "address", text);
	log_str(&l, "why", why);
	if (times != 0) {
		log_u64(&l, "times", times);
	}
	if (user != NULL) {
		log_octets(&l, "user", user->at, user->len);
	}
	log_end(&l);
}

static void settle(struct place *place, uint64_t now_ms)
{
	if (place->count != 0) {
		write_line(place->address, place->is_failure, false, place->why,
			   place->count, NULL);
	}
	place->count = 0;
	place->logged_ms = now_ms;
}

static struct place *place_of(struct refusals *r, const uint8_t address[16],
			      const struct login_answer *answer)
{
	uint8_t all[18];
	uint64_t hash;

	memcpy(all, address, 16);
	all[16] = (uint8_t)answer->status;
	all[17] = is_failure(answer);
	crypto_shorthash((uint8_t *)&hash, all, sizeof(all), r->key);
	return &r->places[hash % REFUSALS_PLACES];
}

/* An attack that has ended leaves a count: one place is looked at each time. */
static void sweep(struct refusals *r, uint64_t now_ms)
{
	struct place *place = &r->places[r->next++ % REFUSALS_PLACES];

	if (now_ms - place->logged_ms >= REFUSALS_PAUSE_MS) {
		settle(place, now_ms);
		place->status = STATUS_OK;
	}
}

/* Whether it is to have a line of its own now. */
static bool count(struct refusals *r, const struct login_request *request,
		  const struct login_answer *answer, uint64_t now_ms)
{
	struct place *place = place_of(r, request->address, answer);
	bool is_same = place->status == answer->status &&
		       place->is_failure == is_failure(answer) &&
		       memcmp(place->address, request->address, 16) == 0;

	if (is_same && now_ms - place->logged_ms < REFUSALS_PAUSE_MS) {
		place->count++;
		return false;
	}
	settle(place, now_ms);
	memcpy(place->address, request->address, 16);
	place->status = answer->status;
	place->is_failure = is_failure(answer);
	place->why = answer->why;
	return true;
}

/* What costs whoever sends it next to nothing, however often. */
static bool is_counted(enum packet_status status)
{
	return status == STATUS_GUESSING || status == STATUS_BUSY ||
	       status == STATUS_EXCHANGE;
}

void refusals_log(struct refusals *r, const struct login_request *request,
		  const struct login_answer *answer, uint64_t now_ms)
{
	bool has_line = true;

	if (is_counted(answer->status)) {
		pthread_mutex_lock(&r->lock);
		sweep(r, now_ms);
		has_line = count(r, request, answer, now_ms);
		pthread_mutex_unlock(&r->lock);
	}
	if (has_line) {
		write_line(request->address, is_failure(answer),
			   answer->is_mistake, answer->why, 0, &request->user);
	}
}

void refusals_flush(struct refusals *r)
{
	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < REFUSALS_PLACES; i++) {
		settle(&r->places[i], 0);
	}
	pthread_mutex_unlock(&r->lock);
}
