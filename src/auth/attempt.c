// SPDX-License-Identifier: ISC
/*
 * attempt.c - one attempt to log in (attempt.h).
 * Runs in: auth; any thread.  Trusts: nothing that came from a session process.
 * Allocates: a job for each attempt that waits, wiped when it is freed.
 */
#include "auth/attempt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "auth/limits.h"
#include "os/clock.h"

struct job {
	struct pool_job job;
	struct peer *peer; /* shared, so that it is given back */
	struct claim claim;
};

static struct login_request request_of(const struct claim *c)
{
	return (struct login_request){ .user = { c->user, c->user_len },
				       .secret = &c->secret,
				       .address = c->address,
				       .stamp = { c->stamp, c->stamp_len } };
}

static int send_refused(struct peer *peer, uint64_t conn,
			enum packet_status status, uint32_t delay_ms)
{
	struct packet p;

	packet_init(&p, PACKET_REFUSED);
	p.as.refused.conn = conn;
	p.as.refused.status = status;
	p.as.refused.delay_ms = delay_ms;
	return service_send(peer, &p);
}

static int send_grant(struct peer *peer, uint64_t conn,
		      const struct login_answer *answer)
{
	struct peer *maildrop = service_borrow(peer->service, ROLE_MAILDROP, 0);
	size_t path_len = strlen(answer->path);
	struct packet p;
	int rc;

	if (maildrop == NULL) {
		return -ENOTCONN;
	}
	packet_init(&p, PACKET_GRANT);
	p.as.grant.conn = conn;
	p.as.grant.session = peer->id;
	p.as.grant.uid = answer->uid;
	p.as.grant.gid = answer->gid;
	p.as.grant.user_len = answer->user_len;
	p.as.grant.path_len = (uint16_t)path_len;
	rc = packet_put(&p, answer->user, answer->user_len) &&
		     packet_put(&p, answer->path, path_len)
		 ? service_send(maildrop, &p)
		 : -ENOSPC;
	service_give_back(maildrop);
	return rc;
}

int attempt_answer(struct attempts *attempts, struct peer *peer, uint64_t conn,
		   const struct login_request *request,
		   const struct login_answer *answer)
{
	if (answer->status != STATUS_OK) {
		refusals_log(attempts->refusals, request, answer, clock_ms());
		return send_refused(peer, conn, answer->status,
				    answer->delay_ms);
	}
	return send_grant(peer, conn, answer) < 0
		   ? send_refused(peer, conn, STATUS_TEMP, 0)
		   : 0;
}

static int answer_busy(struct attempts *attempts, struct peer *peer,
		       const struct claim *claim)
{
	struct login_request request = request_of(claim);
	struct login_answer answer = { .status = STATUS_BUSY,
				       .why = "too many log-ins wait" };

	return attempt_answer(attempts, peer, claim->conn, &request, &answer);
}

static struct job *job_create(struct peer *peer, const struct claim *claim)
{
	struct job *job = calloc(1, sizeof(*job));

	if (job != NULL) {
		job->peer = service_share(peer);
		job->claim = *claim;
	}
	return job;
}

static void job_destroy(struct job *job)
{
	struct peer *peer = job->peer;

	wipe(job, sizeof(*job));
	free(job);
	service_give_back(peer);
}

/* In one of the pool's threads.  The guard is asked again: there may have been
 * failures since. */
static void run_job(void *ctx, struct pool_job *pool_job)
{
	struct job *job = LIST_OWNER(pool_job, struct job, job);
	struct attempts *attempts = ctx;
	struct login_request request = request_of(&job->claim);
	struct login_answer answer;

	if (!service_is_gone(job->peer)) {
		login_try(attempts->login, &request, &answer);
		secret_wipe(&job->claim.secret);
		/* one that takes no answer has been dropped */
		(void)!attempt_answer(attempts, job->peer, job->claim.conn,
				      &request, &answer);
	}
	job_destroy(job);
}

static void push_out_job(void *ctx, struct pool_job *pool_job)
{
	struct job *job = LIST_OWNER(pool_job, struct job, job);

	secret_wipe(&job->claim.secret);
	if (!service_is_gone(job->peer)) {
		(void)!answer_busy(ctx, job->peer, &job->claim);
	}
	job_destroy(job);
}

static const struct pool_ops pool_ops = { .run = run_job,
					  .push_out = push_out_job };

int attempts_init(struct attempts *attempts, struct login *login,
		  uint32_t hashes_at_once)
{
	struct pool_limits limits = { .threads = hashes_at_once > 0
						     ? hashes_at_once
						     : 1,
				      .jobs = POOL_JOBS,
				      .per_source = POOL_PER_SOURCE };

	attempts->login = login;
	attempts->refusals = refusals_create();
	attempts->pool = pool_create(&limits, &pool_ops, attempts);
	return attempts->refusals == NULL || attempts->pool == NULL ? -ENOMEM
								    : 0;
}

int attempts_start(struct attempts *attempts)
{
	return pool_start(attempts->pool);
}

static int queue(struct attempts *attempts, struct peer *peer,
		 const struct claim *claim, bool is_familiar)
{
	struct job *job = job_create(peer, claim);
	int rc;

	if (job == NULL) {
		return -ENOMEM;
	}
	job->job.kind = is_familiar ? POOL_FAMILIAR : POOL_STRANGER;
	job->job.source =
	    guard_source(login_guard(attempts->login), claim->address);
	rc = pool_add(attempts->pool, &job->job);
	if (rc < 0) {
		job_destroy(job);
	}
	return rc;
}

int attempt_make(struct attempts *attempts, struct peer *peer,
		 struct claim *claim)
{
	struct login_request request = request_of(claim);
	struct login_answer answer;
	int rc = 0;

	if (login_try_cheaply(attempts->login, &request, &answer)) {
		secret_wipe(&claim->secret);
		rc = attempt_answer(attempts, peer, claim->conn, &request,
				    &answer);
	} else if (queue(attempts, peer, claim, answer.is_familiar) < 0) {
		secret_wipe(&claim->secret);
		rc = answer_busy(attempts, peer, claim);
	}
	wipe(claim, sizeof(*claim));
	return rc;
}
