// SPDX-License-Identifier: ISC
/*
 * collect_ask.c - what a server is asked for, and its answers: headers first,
 * then messages, DELE for what is ours, QUIT when the record knows of these.
 * Runs in: the collector's loop.  Trusts: the carrier; never the server.
 */
#include <assert.h>
#include <stdlib.h>

#include "fetch/net/refusal.h"
#include "fetch/run/collect_impl.h"
#include "fetch/run/endless.h"

static struct carrier_job job_of(enum carrier_job_kind kind)
{
	return (struct carrier_job){ .kind = kind };
}

/* -- what is told of the way in */

static void on_logged_in(void *ctx, const char *mechanism)
{
	struct collect *c = ctx;

	report_logged_in(c->report, c->options.account->user, mechanism);
}

/* What goes by itself there, sooner than the account says. */
static void remark_expiry(struct collect *c,
			  const struct pop3_capabilities *has)
{
	const struct account *a = c->options.account;
	struct why why;

	if (!has->has_expire || has->expire_never || has->expire_days == 0 ||
	    (a->deletes && a->delete_days <= has->expire_days)) {
		return;
	}
	why_set(&why, WHY_NONE,
		"the server removes messages by itself after %u days (EXPIRE)",
		has->expire_days);
	report_remark(c->options.report, a->name, why.text);
}

static void note_login(struct collect *c, const struct pop3_capabilities *has)
{
	struct carrier_job job = job_of(JOB_LOGGED_IN);
	uint32_t delay_s = has->has_login_delay ? has->login_delay_s : 0;

	c->login_delay_s = delay_s < FETCH_LOGIN_DELAY_MAX_S
			       ? delay_s
			       : FETCH_LOGIN_DELAY_MAX_S;
	job.login_delay_s = delay_s <= FETCH_LOGIN_DELAY_MAX_S ? delay_s : 0;
	carrier_put(c->carrier, &job);
}

static void on_listing(void *ctx, struct listing *listing)
{
	struct collect *c = ctx;
	const struct pop3_capabilities *has = visit_capabilities(c->visit);
	struct carrier_job job = job_of(JOB_PLAN);

	note_login(c, has);
	remark_expiry(c, has);
	/* Without CAPA TOP may be there; a refusal tells. */
	job.is_true = !has->is_known || has->top;
	(void)listing_is_short(listing, &c->unlisted);
	job.listing = *listing;
	*listing = (struct listing){ 0 };
	carrier_put(c->carrier, &job);
}

/* -- the next command */

static const struct haul_task *take(struct collect_queue *q)
{
	return q->next < q->count ? &q->at[q->next++] : NULL;
}

static bool next_look(struct collect *c, struct visit_command *command_r)
{
	const struct haul_task *task = c->is_closed ? NULL : take(&c->looks);

	if (task == NULL) {
		return false;
	}
	c->pending += 1;
	*command_r = (struct visit_command){
		.verb = POP3_ASK_TOP,
		.msn = task->msn,
		.octets = COLLECT_HEAD_OCTETS,
	};
	return true;
}

static bool next_fetch(struct collect *c, struct visit_command *command_r)
{
	const struct haul_task *task;

	if (c->is_closed || c->fetches.next == c->fetches.count) {
		return false;
	}
	if (c->batch > 0 && c->fetched >= c->batch &&
	    c->login_delay_s <= COLLECT_DELAY_MAX_S) {
		return false; /* enough for this session */
	}
	task = take(&c->fetches);
	c->pending += 1;
	c->fetched += 1;
	*command_r = (struct visit_command){
		.verb = POP3_ASK_RETR,
		.msn = task->msn,
		.octets = task->octets,
	};
	return true;
}

static bool next_delete(struct collect *c, struct visit_command *command_r)
{
	const struct haul_task *task = take(&c->deletes);
	struct carrier_job job = job_of(JOB_MARK);

	if (task == NULL) {
		return false;
	}
	*command_r =
	    (struct visit_command){ .verb = POP3_ASK_DELE, .msn = task->msn };
	job.msn = task->msn;
	job.is_true = true;
	carrier_put(c->carrier, &job);
	return true;
}

static bool next_quit(struct collect *c, struct visit_command *command_r)
{
	struct carrier_job job = job_of(JOB_QUITTING);

	if (!c->is_planned || c->pending > 0 || c->has_quit) {
		return false;
	}
	if (!c->asked_quitting) {
		c->asked_quitting = true;
		c->has_more =
		    !c->is_closed && c->fetches.next < c->fetches.count;
		carrier_put(c->carrier, &job);
		return false;
	}
	/* Not before DELE was answered: what is out of step shows by then, and
	 * without QUIT nothing is deleted. */
	if (!c->may_quit || visit_awaited(c->visit) > 0) {
		return false;
	}
	c->has_quit = true;
	*command_r = (struct visit_command){ .verb = POP3_ASK_QUIT };
	return true;
}

static bool next(void *ctx, struct visit_command *command_r)
{
	struct collect *c = ctx;

	return next_look(c, command_r) || next_fetch(c, command_r) ||
	       next_delete(c, command_r) || next_quit(c, command_r);
}

/* -- answers */

static struct collect_queue *queue_of(struct collect *c,
				      const struct visit_command *command)
{
	return command->verb == POP3_ASK_TOP    ? &c->looks
	       : command->verb == POP3_ASK_RETR ? &c->fetches
						: &c->deletes;
}

/* What the answer that comes is about. */
static struct haul_task *task_of(struct collect *c,
				 const struct visit_command *command)
{
	struct collect_queue *q = queue_of(c, command);

	assert(q->answered < q->next && q->at[q->answered].msn == command->msn);
	return &q->at[q->answered];
}

static void begin_text(struct collect *c, const struct visit_command *command)
{
	struct report_message m;

	if (command->verb == POP3_ASK_RETR) {
		m = collect_message(task_of(c, command));
		report_message_begun(c->report, &m);
	}
}

/* The server is not read from while more waits for the carrier than should. */
static void put(struct collect *c, const struct carrier_job *job)
{
	carrier_put(c->carrier, job);
	if (carrier_is_full(c->carrier)) {
		visit_pause(c->visit);
	}
}

static void put_text(struct collect *c, const struct visit_command *command,
		     struct carrier_job *job)
{
	job->kind = command->verb == POP3_ASK_TOP ? JOB_LOOK : JOB_TEXT;
	job->msn = command->msn;
	if (!c->is_text_begun) {
		c->is_text_begun = true;
		job->part |= HAUL_FIRST;
		begin_text(c, command);
	}
	put(c, job);
}

/* True: it is, and the session is over. */
static bool is_endless(struct collect *c, const struct visit_command *command,
		       size_t len)
{
	struct why why;

	c->text_octets += len;
	if (!endless_is(command, c->options.account->size_max, c->text_octets,
			&why)) {
		return false;
	}
	collect_cut(c, &why, command->msn);
	return true;
}

static void on_text(void *ctx, const struct visit_command *command,
		    struct block *block, const uint8_t *at, size_t len)
{
	struct collect *c = ctx;
	struct carrier_job job = { .block = block, .at = at, .len = len };

	if (is_endless(c, command, len)) {
		return;
	}
	block_hold(block);
	put_text(c, command, &job);
	if (command->verb == POP3_ASK_RETR) {
		report_octets(c->report, len);
	}
}

static void end_text(struct collect *c, const struct visit_command *command)
{
	struct carrier_job job = { .part = HAUL_LAST };

	if (command->is_unsure) {
		job.part |= HAUL_UNSURE;
	}
	put_text(c, command, &job);
	c->is_text_begun = false;
	c->text_octets = 0;
}

/* A refusal that holds is counted against the message; "not now" is not. */
static struct why *why_refused(const struct pop3_client_event *reply)
{
	struct why *why = malloc(sizeof(*why));

	if (why == NULL) {
		abort();
	}
	why_set(why,
		refusal_kind(reply->code, reply->text) == WHY_TEMP
		    ? WHY_TEMP
		    : WHY_PROTOCOL,
		"the server does not give it and says");
	why_octets(why, reply->text.at, reply->text.len);
	return why;
}

/* It is as it was: neither on record nor told as deleted. */
static void tell_undeleted(struct collect *c, struct haul_task *task,
			   struct pop3_slice text)
{
	struct report_message message;
	struct why why;

	why_set(&why, WHY_TEMP, "it says");
	/* of it so much that what is told behind it has room */
	why_octets(&why, text.at,
		   text.len < REFUSAL_SHOWN_MAX ? text.len : REFUSAL_SHOWN_MAX);
	message = collect_message(task);
	report_message(c->report, REPORT_UNDELETED, &message, &why);
	task->msn = 0;
	if (c->undeleted_count == 0) {
		c->undeleted = why;
	}
	c->undeleted_count += 1;
}

static void refused(struct collect *c, const struct visit_command *command,
		    const struct pop3_client_event *reply)
{
	struct carrier_job job = { .msn = command->msn };

	if (command->verb == POP3_ASK_TOP) {
		job.kind = JOB_UNLOOKED;
	} else if (command->verb == POP3_ASK_RETR) {
		job.kind = JOB_REFUSED;
		job.why = why_refused(reply);
	} else {
		job.kind = JOB_MARK;
		tell_undeleted(c, task_of(c, command), reply->text);
	}
	put(c, &job);
}

static void on_answer(void *ctx, const struct visit_command *command,
		      const struct pop3_client_event *reply)
{
	struct collect *c = ctx;

	if (!reply->is_ok) {
		refused(c, command, reply);
	} else if (command->verb != POP3_ASK_DELE) {
		end_text(c, command);
	}
	queue_of(c, command)->answered += 1;
}

static void on_end(void *ctx, const struct why *why, uint32_t broke)
{
	collect_cut(ctx, why, broke);
}

const struct visit_owner collect_visit_owner = {
	.on_logged_in = on_logged_in,
	.on_listing = on_listing,
	.on_text = on_text,
	.on_answer = on_answer,
	.next = next,
	.on_end = on_end,
};
