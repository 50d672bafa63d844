// SPDX-License-Identifier: ISC
/*
 * slow.c - jobs of the slow lane that are somebody's (slow.h).
 * Runs in: maildrop, in threads of channels and of the slow lane.
 * Trusts: its caller.
 */
#include "slow.h"

#include <errno.h>
#include <stdlib.h>

#include "base/log.h"

/* Asked under the drop's lock: so without a reference, which might be the
 * last. */
static bool is_wanted(struct lane_job *job)
{
	const struct slow_job *slow = slow_job_of(job);

	return service_has(&slow->serve->service, ROLE_SESSION, slow->session);
}

bool slow_job_start(struct slow_job *slow, struct serve_context *serve,
		    uint32_t session, struct drop *d,
		    void (*run)(struct lane_job *job, struct store_pace *pace),
		    void (*done)(struct lane_job *job))
{
	int rc = -ENOMEM;

	if (slow != NULL) {
		slow->job = (struct lane_job){ .run = run,
					       .done = done,
					       .is_wanted = is_wanted };
		slow->serve = serve;
		slow->drop = d;
		slow->session = session;
		rc = lane_add(&serve->lane, &slow->job);
	}
	if (rc < 0) {
		log_event_errno(LOG_WARNING, "too many maildrops to read", NULL,
				-rc);
		free(slow);
	}
	return rc == 0;
}

struct peer *slow_job_borrow(const struct slow_job *slow)
{
	return service_borrow(&slow->serve->service, ROLE_SESSION,
			      slow->session);
}
