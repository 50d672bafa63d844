// SPDX-License-Identifier: ISC
/*
 * look.c - a session that looks at a maildrop: what there is, what is new, a
 * message, or DELE on the user's word.
 * Runs in: the collector's loop.  Trusts: the record; never the server.
 * Allocates: itself.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fetch/conf/password.h"
#include "fetch/run/endless.h"
#include "fetch/run/look_impl.h"
#include "fetch/show/exit.h"

void look_fail(struct look *l, const struct why *why)
{
	if (l->why.kind == WHY_NONE) {
		l->why = *why;
	}
}

/* The pool of blocks alone would keep the loop running. */
void look_end(struct look *l)
{
	visit_destroy(&l->visit);
	uv_stop(l->loop);
}

/* -- the visit */

/* QUIT would have it delete what was looked at, too (RFC 2449, 6.7: EXPIRE
 * 0). */
static bool deletes_by_itself(const struct look *l)
{
	const struct pop3_capabilities *has = visit_capabilities(l->visit);

	return has->has_expire && !has->expire_never && has->expire_days == 0;
}

static void on_logged_in(void *ctx, const char *mechanism)
{
	struct look *l = ctx;

	report_logged_in(l->report, l->account->user, mechanism);
}

static void on_listing(void *ctx, struct listing *listing)
{
	struct look *l = ctx;
	const struct pop3_capabilities *has = visit_capabilities(l->visit);

	l->has_top = !has->is_known || has->top;
	l->count = (uint32_t)listing->count;
	switch ((int)l->options->command) {
	case COMMAND_LIST:
		look_list_begin(l, listing);
		break;
	case COMMAND_CHECK:
		look_check(l, listing);
		break;
	default:
		look_numbers(l, listing);
		l->asks_heads = l->has_top && !deletes_by_itself(l) &&
				l->options->command == COMMAND_DELETE &&
				report_tells_messages(l->options->report);
		break;
	}
}

static void on_text(void *ctx, const struct visit_command *command,
		    struct block *block, const uint8_t *at, size_t len)
{
	struct look *l = ctx;
	struct why why;

	(void)block;
	l->text_octets += len;
	if (command->verb == POP3_ASK_TOP) {
		look_head(l, at, len);
	} else if (endless_is(command, 0, l->text_octets, &why)) {
		look_fail(l, &why);
		look_end(l);
	} else {
		look_text(l, pop3_slice_of(at, len));
	}
}

static void refuse(struct look *l, const struct visit_command *command,
		   struct pop3_slice text)
{
	struct why why;

	why_set(&why, WHY_MESSAGE, "message %u: the server says", command->msn);
	why_octets(&why, text.at,
		   text.len < REFUSAL_SHOWN_MAX ? text.len : REFUSAL_SHOWN_MAX);
	why_add(&why, l->options->command == COMMAND_DELETE
			  ? "; nothing was deleted"
			  : "; nothing of it was shown");
	look_fail(l, &why);
}

/* Answers come in the order of what was asked. */
static void keep_head(struct look *l, const struct look_head *head)
{
	struct look_target *t = &l->targets[l->heads_count++];

	t->from = head->has_from ? strdup(head->from) : NULL;
	t->subject = head->has_subject ? strdup(head->subject) : NULL;
}

static void on_head(struct look *l, uint32_t msn, bool is_ok)
{
	struct look_head head;

	look_head_end(l, is_ok, &head);
	if (l->options->command == COMMAND_LIST) {
		look_row_headed(l, msn, &head);
	} else {
		keep_head(l, &head);
	}
}

static void on_answer(void *ctx, const struct visit_command *command,
		      const struct pop3_client_event *reply)
{
	struct look *l = ctx;
	struct pop3_slice text = reply->text;
	bool is_ok = reply->is_ok;

	l->text_octets = 0;
	l->has_fetched = l->has_fetched || command->verb != POP3_ASK_DELE;
	if (command->verb == POP3_ASK_TOP) {
		on_head(l, command->msn, is_ok);
	} else if (!is_ok) {
		refuse(l, command, text);
	} else if (command->verb == POP3_ASK_RETR) {
		look_text_end(l);
	}
}

static struct visit_command ask_head(uint32_t msn)
{
	return (struct visit_command){
		.verb = POP3_ASK_TOP,
		.msn = msn,
		.octets = COLLECT_HEAD_OCTETS,
	};
}

static bool next_task(struct look *l, struct visit_command *command_r)
{
	const struct haul_news *n = l->news;

	while (n != NULL && l->options->command == COMMAND_LIST &&
	       l->next < n->tasks_count) {
		const struct haul_task *task = &n->tasks[l->next++];

		if (!l->has_top) {
			look_row(l, task);
			continue;
		}
		*command_r = ask_head(task->msn);
		return true;
	}
	return false;
}

static bool next_target(struct look *l, struct visit_command *command_r)
{
	bool shows = l->options->command == COMMAND_SHOW;
	const struct look_target *t;

	if (l->next >= l->targets_count) { /* list has none */
		return false;
	}
	t = &l->targets[l->next];
	if (l->asks_heads && !l->is_head_asked) {
		l->is_head_asked = true;
		*command_r = ask_head(t->msn);
		return true;
	}
	l->is_head_asked = false;
	l->next++;
	*command_r = (struct visit_command){
		.verb = shows ? POP3_ASK_RETR : POP3_ASK_DELE,
		.msn = t->msn,
		.octets = shows ? t->octets : 0,
	};
	return true;
}

/* Without QUIT nothing is deleted. */
static bool may_quit(const struct look *l)
{
	return !l->has_fetched || !deletes_by_itself(l);
}

static bool next(void *ctx, struct visit_command *command_r)
{
	struct look *l = ctx;

	if (l->has_quit) {
		return false;
	}
	if (l->why.kind == WHY_NONE &&
	    (next_task(l, command_r) || next_target(l, command_r))) {
		return true;
	}
	if (visit_awaited(l->visit) > 0) {
		return false;
	}
	l->has_quit = true;
	if ((l->why.kind != WHY_NONE &&
	     l->options->command == COMMAND_DELETE) ||
	    !may_quit(l)) {
		look_end(l);
		return false;
	}
	*command_r = (struct visit_command){ .verb = POP3_ASK_QUIT };
	return true;
}

static void on_end(void *ctx, const struct why *why, uint32_t broke)
{
	struct look *l = ctx;

	(void)broke;
	if (why->kind != WHY_NONE) {
		look_fail(l, why);
	}
	look_end(l);
}

static const struct visit_owner owner = {
	.on_logged_in = on_logged_in,
	.on_listing = on_listing,
	.on_text = on_text,
	.on_answer = on_answer,
	.next = next,
	.on_end = on_end,
};

/* -- one account after the other */

static void tell_deleted(struct look *l)
{
	for (size_t i = 0; i < l->targets_count; i++) {
		const struct look_target *t = &l->targets[i];
		struct report_message m = {
			.number = t->number,
			.octets = t->octets,
			.uid = t->uid,
			.from = t->from,
			.subject = t->subject,
		};

		report_message(l->report, REPORT_DELETED, &m, NULL);
	}
}

static void finish(struct look *l)
{
	if (l->unlisted.kind != WHY_NONE) {
		look_fail(l, &l->unlisted);
	}
	if (l->why.kind != WHY_NONE) {
		report_failed(&l->report, &l->why);
	} else {
		if (l->options->command == COMMAND_DELETE) {
			tell_deleted(l);
		}
		report_done(&l->report);
	}
	if (l->news != NULL) {
		haul_news_free(l->news);
	}
	haul_destroy(&l->haul);
	look_numbers_finish(l);
	password_forget(l->account);
	free(l);
}

static void visit_account(struct look *l, uv_loop_t *loop)
{
	struct trust *trust = NULL;
	struct block_pool *pool = NULL;

	if (password_get(l->account, &l->why) < 0 ||
	    trust_create(l->account, &trust, &l->why) < 0) {
		return;
	}
	if (block_pool_create(loop, LOOK_BLOCKS, &pool) == 0) {
		report_connecting(l->report, l->account->host, l->account->port,
				  l->account->tls);
		l->visit = visit_create(loop, l->account, pool, trust, &owner,
					l, VISIT_WANT_LISTING, &l->why);
		l->loop = loop;
		if (l->visit != NULL) {
			(void)uv_run(loop, UV_RUN_DEFAULT);
		}
		block_pool_destroy(&pool);
		(void)uv_run(loop, UV_RUN_DEFAULT);
	} else {
		why_set(&l->why, WHY_INTERNAL, "no memory to read into");
	}
	trust_destroy(&trust);
}

static int look_at(const struct look_options *o, struct account *account,
		   uv_loop_t *loop)
{
	struct look *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		return -1;
	}
	l->options = o;
	l->account = account;
	l->report = report_begin(o->report, account->name);
	l->is_terminal = isatty(o->out) != 0;
	pop3_unwire_init(&l->unwire);
	visit_account(l, loop);
	finish(l);
	return 0;
}

int look_run(const struct look_options *options)
{
	uv_loop_t loop;
	int rc = 0;

	if (uv_loop_init(&loop) < 0) {
		return exit_of(WHY_INTERNAL);
	}
	for (size_t i = 0; i < options->accounts->count && rc == 0; i++) {
		rc = look_at(options, &options->accounts->account[i], &loop);
	}
	(void)uv_loop_close(&loop);
	return rc < 0 ? exit_of(WHY_INTERNAL)
		      : report_exit_code(options->report);
}
