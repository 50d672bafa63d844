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

/* Whether it is a sign that somebody guesses, which others may act upon: not so
 * what is the server's or the operator's fault, or haste. */
static bool is_failure(enum packet_status status, bool is_mistake)
{
	return status == STATUS_GUESSING ||
	       (status == STATUS_AUTH && !is_mistake);
}

static void write_line(const uint8_t address[16], enum packet_status status,
		       bool is_mistake, const char *why, uint64_t times,
		       const struct text *user)
{
	char text[NET_TEXT_MAX];
	struct log_line l;

	net_write(address, text);
	log_begin(&l, is_mistake ? LOG_WARNING : LOG_INFO,
		  is_failure(status, is_mistake) ? "login failed"
						 : "login refused");
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
		write_line(place->address, place->status, false, place->why,
			   place->count, NULL);
	}
	place->count = 0;
	place->logged_ms = now_ms;
}

static struct place *place_of(struct refusals *r, const uint8_t address[16],
			      enum packet_status status)
{
	uint8_t both[17];
	uint64_t hash;

	memcpy(both, address, 16);
	both[16] = (uint8_t)status;
	crypto_shorthash((uint8_t *)&hash, both, sizeof(both), r->key);
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
	struct place *place = place_of(r, request->address, answer->status);
	bool is_same = place->status == answer->status &&
		       memcmp(place->address, request->address, 16) == 0;

	if (is_same && now_ms - place->logged_ms < REFUSALS_PAUSE_MS) {
		place->count++;
		return false;
	}
	settle(place, now_ms);
	memcpy(place->address, request->address, 16);
	place->status = answer->status;
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
		write_line(request->address, answer->status, answer->is_mistake,
			   answer->why, 0, &request->user);
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
