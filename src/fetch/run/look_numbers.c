// SPDX-License-Identifier: ISC
/*
 * look_numbers.c - which messages the numbers of show and delete mean: those
 * that were shown at them, wherever they stand now.
 * Runs in: the collector's loop.  Trusts: never the server, nor what the record
 * has of it but for what it showed.  Allocates: a target for each number.
 */
#include <stdlib.h>
#include <string.h>

#include "fetch/mail/record.h"
#include "fetch/run/look_impl.h"
#include "os/clock.h"

#define AGAIN "nothing was %s: run restante list again"

static bool is_delete(const struct look *l)
{
	return l->options->command == COMMAND_DELETE;
}

static const char *done(const struct look *l)
{
	return is_delete(l) ? "deleted" : "shown";
}

static int fail(struct look *l, const struct why *why)
{
	look_fail(l, why);
	return -1;
}

/* -- by the number of now */

static void point_to(struct look_target *t, const struct listing_message *m)
{
	t->msn = m->msn;
	t->octets = m->octets;
	t->uid = m->uid;
}

static int find_by_number(struct look *l)
{
	for (size_t i = 0; i < l->targets_count; i++) {
		struct look_target *t = &l->targets[i];
		const struct listing_message *m =
		    listing_find(&l->listing, t->number);
		struct why why;

		if (m == NULL) {
			why_set(&why, WHY_MESSAGE,
				"there is no message %u; the maildrop has %u",
				t->number, l->count);
			return fail(l, &why);
		}
		point_to(t, m);
	}
	return 0;
}

/* Show goes on by the number of now, and says why.  It is not remembered: what
 * list showed stays what delete goes by, or is refused for. */
static int show_by_number(struct look *l, const char *because)
{
	struct why why;

	why_set(&why, WHY_NONE, "the number is that of now: %s", because);
	report_note(l->options->report, l->account->name, why.text);
	return find_by_number(l);
}

/* -- by what was shown */

static int compare_uid(const void *a, const void *b)
{
	const struct look_target *const *x = a, *const *y = b;

	return strcmp((*x)->shown.uid, (*y)->shown.uid);
}

/* Where those with a unique-id stand now. */
static void find_by_uid(struct look *l)
{
	struct look_target *order[OPTIONS_NUMBERS_MAX];

	for (size_t i = 0; i < l->targets_count; i++) {
		order[i] = &l->targets[i];
	}
	qsort(order, l->targets_count, sizeof(struct look_target *),
	      compare_uid);
	for (size_t i = 0; i < l->listing.count; i++) {
		const struct listing_message *m = &l->listing.at[i];
		struct look_target wanted = { .shown = *m };
		const struct look_target *key = &wanted;
		struct look_target **at = NULL;

		if (m->uid[0] != '\0') {
			at = bsearch(&key, order, l->targets_count,
				     sizeof(struct look_target *), compare_uid);
		}
		if (at != NULL) {
			point_to(*at, m);
		}
	}
}

/* Without a unique-id that is its own a message is known by its number, if that
 * has none now, either, and no other number can have moved. */
static void find_nameless(struct look *l, struct look_target *t)
{
	const struct listing_message *m = listing_find(&l->listing, t->number);

	if (t->shown.uid[0] == '\0' && m != NULL && m->uid[0] == '\0' &&
	    l->count == l->shown_count) {
		point_to(t, m);
	}
}

/* What became of it, or may have. */
static const char *fate(const struct look_target *t)
{
	if (t->msn != 0) {
		return "is another one now";
	}
	return t->shown.uid[0] != '\0'
		   ? "is not on the server any more"
		   : "has no unique-id, and the numbers may have moved";
}

/* It must be the one that was shown: where unique-ids are numbers, or are given
 * anew, another one may have it now. */
static int judge(struct look *l, const struct look_target *t)
{
	struct why why;

	if (t->msn != 0 && t->octets == t->shown.octets) {
		return 0;
	}
	why_set(&why, WHY_MESSAGE, "message %u of the list", t->number);
	if (t->shown.uid[0] != '\0') {
		why_add(&why, ", unique-id");
		why_octets(&why, t->shown.uid, strlen(t->shown.uid));
	}
	why_add(&why, ", %s", fate(t));
	if (t->shown.uid[0] == '\0' && !is_delete(l)) {
		return show_by_number(l, why.text);
	}
	why_add(&why, "; " AGAIN, done(l));
	return fail(l, &why);
}

static int find_shown(struct look *l)
{
	find_by_uid(l);
	for (size_t i = 0; i < l->targets_count; i++) {
		find_nameless(l, &l->targets[i]);
		if (judge(l, &l->targets[i]) < 0) {
			return -1;
		}
	}
	return 0;
}

static int load_shown(struct look *l, struct record *r)
{
	struct why why;

	for (size_t i = 0; i < l->targets_count; i++) {
		struct look_target *t = &l->targets[i];
		int rc = record_shown_message(r, t->number, &l->pool, &t->shown,
					      &why);

		if (rc == 0) {
			why_set(&why, WHY_MESSAGE,
				"the list had no message %u; " AGAIN, t->number,
				done(l));
		}
		if (rc <= 0) {
			return fail(l, &why);
		}
	}
	return 0;
}

/* -- both */

/* Numbers of a list stay its for a day.  Without one show takes those of now;
 * what it showed has its number until the next show. */
static bool goes_by(const struct look *l, const struct record_shown *shown)
{
	return shown->by == RECORD_SHOWN_BY_LIST ||
	       (shown->by == RECORD_SHOWN_BY_SHOW && is_delete(l));
}

/* Nobody has it in mind any more, or on the screen. */
static int find_behind_old(struct look *l, const struct record_shown *shown)
{
	struct why why;

	why_set(&why, WHY_MESSAGE, "what %s showed is more than a day old",
		shown->by == RECORD_SHOWN_BY_LIST ? "list" : "show");
	if (!is_delete(l)) {
		return show_by_number(l, why.text);
	}
	why_add(&why, "; " AGAIN, done(l));
	return fail(l, &why);
}

/* Show needs none. */
static int find_without_record(struct look *l, const struct why *failure)
{
	return is_delete(l) ? fail(l, failure)
			    : show_by_number(l, failure->text);
}

static int find_and_remember(struct look *l, struct record *r)
{
	struct why why;

	if (find_by_number(l) < 0) {
		return -1;
	}
	if (!is_delete(l) &&
	    record_put_shown(r, &l->listing, RECORD_SHOWN_BY_SHOW, clock_unix(),
			     &why) < 0) {
		return fail(l, &why);
	}
	return 0;
}

static int find(struct look *l, struct record *r)
{
	struct record_shown shown;
	struct why why;

	if (record_shown(r, clock_unix(), &shown, &why) < 0) {
		return find_without_record(l, &why);
	}
	if (!goes_by(l, &shown)) {
		return find_and_remember(l, r);
	}
	if (shown.is_old) {
		return find_behind_old(l, &shown);
	}
	l->shown_count = shown.count;
	return load_shown(l, r) < 0 ? -1 : find_shown(l);
}

static struct record *open_record(struct look *l, struct why *why)
{
	char key[ACCOUNT_KEY_MAX];
	struct record *r = NULL;

	if (account_key(l->account, key) < 0) {
		why_set(why, WHY_CONFIG, "user and host are too long together");
		return NULL;
	}
	return record_open_shared(l->options->record_path, key, &r, why) < 0
		   ? NULL
		   : r;
}

void look_remember(struct look *l)
{
	struct why why;
	struct record *r = open_record(l, &why);

	if (r == NULL || record_put_shown(r, &l->listing, RECORD_SHOWN_BY_LIST,
					  clock_unix(), &why) < 0) {
		look_fail(l, &why);
	}
	record_close(&r);
}

/* A number that is said twice is one message. */
static void add_target(struct look *l, uint32_t number)
{
	for (size_t i = 0; i < l->targets_count; i++) {
		if (l->targets[i].number == number) {
			return;
		}
	}
	l->targets[l->targets_count++].number = number;
}

void look_numbers(struct look *l, struct listing *listing)
{
	struct record *r;
	struct why why;

	l->listing = *listing;
	*listing = (struct listing){ 0 };
	l->targets = calloc(l->options->numbers_count + 1, sizeof(*l->targets));
	if (l->targets == NULL) {
		why_set(&why, WHY_INTERNAL, "no memory for the messages");
		look_fail(l, &why);
		return;
	}
	for (size_t i = 0; i < l->options->numbers_count; i++) {
		add_target(l, l->options->numbers[i]);
	}
	r = open_record(l, &why);
	/* what failed is told */
	(void)(r != NULL ? find(l, r) : find_without_record(l, &why));
	record_close(&r);
}

void look_numbers_finish(struct look *l)
{
	for (size_t i = 0; i < l->targets_count; i++) {
		free(l->targets[i].from);
		free(l->targets[i].subject);
	}
	free(l->targets);
	l->targets = NULL;
	l->targets_count = 0;
	pool_finish(&l->pool);
	listing_finish(&l->listing);
}
