// SPDX-License-Identifier: ISC
/*
 * probe_caged.c - a server is asked by a confined child (probe_caged.h).
 * Runs in: restante, before there are threads, and the child.  Trusts: its
 * account; nothing that the child says.  Allocates: what the cage does.
 */
#include "fetch/add/probe_caged.h"

#include <string.h>

#include "fetch/add/probe_answer.h"
#include "fetch/cage/cage.h"
#include "fetch/limits.h"
#include "os/fd.h"
#include "os/run.h"

struct question {
	const struct probe_caged *caged;
	const struct account *account;
	bool is_visit;
};

/* -- the child */

static void ask(const struct question *q, const struct account *a,
		struct probe_answer *answer)
{
	const struct probe *inner = q->caged->inner;

	if (!q->is_visit) {
		answer->outcome =
		    inner->try(inner->ctx, a, &answer->offer, &answer->why);
	} else if (inner->visit(inner->ctx, a, &answer->visit, &answer->why) <
		   0) {
		answer->outcome = PROBE_FAILED;
	}
}

/* The password is there already: what it comes from need not be read. */
static void work(void *arg, int out_fd)
{
	const struct question *q = arg;
	struct account alone = *q->account;
	struct config accounts = { .account = &alone, .count = 1 };
	const struct cage_options options = {
		.place = q->caged->place,
		.accounts = &accounts,
	};
	struct probe_answer answer = { .outcome = PROBE_READY };
	struct cage cage;

	alone.password_command = NULL;
	alone.password_file = NULL;
	if (cage_enter(&options, &cage, &answer.why) < 0) {
		answer.outcome = PROBE_FAILED;
	} else {
		answer.lacks = cage.lacks;
		ask(q, &alone, &answer);
	}
	(void)!fd_write_all(out_fd, &answer, sizeof(answer));
}

/* -- who asks */

static void blame(struct why *why, const struct account *a, const char *what,
		  const char *more)
{
	why_set(why, WHY_INTERNAL,
		"the process that spoke with %s, port %u, %s%s; nothing was "
		"written: restante has a fault there, or that server is an "
		"attacker's",
		a->host, a->port, what, more);
}

/* Whether it came to a good end, whatever it has said. */
static bool has_ended_well(int rc, int status, const struct account *a,
			   struct why *why)
{
	const char *name;
	int code;

	switch (run_judge(rc, status, &code)) {
	case RUN_OK:
		return true;
	case RUN_EXITED:
		blame(why, a, "broke off", "");
		return false;
	case RUN_SIGNALLED:
		name = sigdescr_np(code);
		blame(why, a, "was ended by a signal: ",
		      name != NULL ? name : "an unknown one");
		return false;
	case RUN_LATE:
		why_set(why, WHY_INTERNAL,
			"%s, port %u, was spoken with for too long; nothing "
			"was written: please try again",
			a->host, a->port);
		return false;
	case RUN_ERROR:
		break;
	}
	why_errno(why, WHY_INTERNAL, code,
		  "cannot start the process that speaks with %s", a->host);
	return false;
}

static bool get(struct question *q, struct probe_answer *answer_r,
		struct why *why)
{
	uint8_t said[sizeof(*answer_r) + 1]; /* one is too many */
	const struct run run = {
		.limit_ms =
		    (uint64_t)q->caged->timeouts * q->account->timeout_s * 1000,
		.grace_ms = ADD_CHILD_GRACE_MS,
		.out = said,
		.cap = sizeof(said),
	};
	struct run_end end;
	int rc = run_function(&run, work, q, &end);

	if (!has_ended_well(rc, end.status, q->account, why)) {
		return false;
	}
	if (!probe_answer_take(said, end.len, answer_r)) {
		blame(why, q->account, "said what no such process says", "");
		return false;
	}
	return true;
}

static enum probe_outcome try(void *ctx, const struct account *a,
			      struct probe_offer *offer_r, struct why *why_r)
{
	struct probe_caged *caged = ctx;
	struct question q = { .caged = caged, .account = a };
	struct probe_answer answer;

	*offer_r = (struct probe_offer){ 0 };
	if (!get(&q, &answer, why_r)) {
		return PROBE_FAILED;
	}
	caged->lacks |= answer.lacks;
	*offer_r = answer.offer;
	*why_r = answer.why;
	return answer.outcome;
}

static int visit(void *ctx, const struct account *a,
		 struct probe_visit *visit_r, struct why *why_r)
{
	struct probe_caged *caged = ctx;
	struct question q = { caged, a, true };
	struct probe_answer answer;

	if (!get(&q, &answer, why_r)) {
		return -1;
	}
	caged->lacks |= answer.lacks;
	*why_r = answer.why;
	if (answer.outcome != PROBE_READY) {
		return -1;
	}
	*visit_r = answer.visit;
	return 0;
}

struct probe probe_caged(struct probe_caged *caged)
{
	return (struct probe){ .ctx = caged, .try = try, .visit = visit };
}
