// SPDX-License-Identifier: ISC
/*
 * look.c - a session that looks at a maildrop: what there is, what is new, a
 * message, or DELE on the user's word.
 * Runs in: the collector's loop.  Trusts: the record; never the server.
 * Allocates: what the listing needs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fetch/conf/password.h"
#include "fetch/limits.h"
#include "fetch/mail/header.h"
#include "fetch/run/haul.h"
#include "fetch/run/look.h"
#include "fetch/run/visit.h"
#include "fetch/show/escape.h"
#include "fetch/show/exit.h"
#include "os/clock.h"
#include "pop3/text.h"

struct look {
	const struct look_options *options;
	struct account *account;
	struct report_account *report;
	struct haul *haul;   /* LIST, CHECK: for the plan */
	struct haul_news *news;
	struct visit *visit;
	struct why why; /* of the end, if it is no good one */
	size_t next;    /* task, or number, to be asked for */
	uint32_t count; /* messages there */
	bool has_listing;
	bool has_quit;
	bool has_top;
	bool has_fetched; /* RETR or TOP was answered */
	bool is_terminal;
	struct pop3_unwire unwire;
	size_t head_len;
	uint8_t head[LOOK_HEAD_MAX];
	uint8_t text[LOOK_TEXT_OCTETS];
};

static void fail(struct look *l, const struct why *why)
{
	if (l->why.kind == WHY_NONE) {
		l->why = *why;
	}
}

static void end(struct look *l)
{
	visit_destroy(&l->visit);
}

/* -- list and check */

static void on_news(void *ctx, struct haul_news *news)
{
	struct look *l = ctx;

	if (news->kind == HAUL_PLANNED && l->news == NULL) {
		l->news = news;
		return;
	}
	fail(l, &news->why);
	haul_news_free(news);
}

static int make_plan(struct look *l, struct listing *listing)
{
	struct haul_want want = {
		.record_path = l->options->record_path,
		.only_looks = true,
		.clock_unix = clock_unix,
	};
	struct haul_ear ear = { on_news, l };

	l->haul = haul_create(l->account, &want, &l->why);
	if (l->haul == NULL) {
		return -1;
	}
	haul_begin(l->haul, &ear);
	haul_plan(l->haul, listing, l->has_top);
	return l->news != NULL ? 0 : -1;
}

static int compare_tasks(const void *a, const void *b)
{
	const struct haul_task *x = a, *y = b;

	return (x->msn > y->msn) - (x->msn < y->msn);
}

static size_t longest_uid(const struct haul_news *news)
{
	size_t most = 0;

	for (size_t i = 0; i < news->tasks_count; i++) {
		size_t len = strlen(news->tasks[i].uid);

		most = len > most ? len : most;
	}
	return most;
}

static void begin_list(struct look *l)
{
	struct table_list list = {
		.account = l->account->name,
		.count = l->count,
		.uid_max = longest_uid(l->news),
		.has_headers = l->has_top,
	};

	qsort(l->news->tasks, l->news->tasks_count, sizeof(*l->news->tasks),
	      compare_tasks);
	table_list(l->options->table, &list);
}

static void put_row(struct look *l, const struct haul_task *task,
		    const char *from, const char *subject)
{
	struct report_message m = {
		.number = task->msn,
		.octets = task->octets,
		.uid = task->uid,
		.from = from,
		.subject = subject,
	};

	table_message(l->options->table, &m, haul_task_is_new(task));
}

static void put_check(struct look *l)
{
	struct table_check check = {
		.account = l->account->name,
		.messages = l->count,
		.new_count = l->news->new_count,
		.new_octets = l->news->new_octets,
	};

	table_check(l->options->table, &check);
}

static void keep_head(struct look *l, const uint8_t *at, size_t len)
{
	size_t room = sizeof(l->head) - l->head_len;

	len = len < room ? len : room;
	memcpy(l->head + l->head_len, at, len);
	l->head_len += len;
}

static void on_head(struct look *l, uint32_t msn, bool is_ok)
{
	struct haul_task wanted = { .msn = msn };
	const struct haul_task *task =
	    bsearch(&wanted, l->news->tasks, l->news->tasks_count,
		    sizeof(wanted), compare_tasks);
	struct header header = { l->head, l->head_len };
	char from[HEADER_VALUE_MAX], subject[HEADER_VALUE_MAX];
	bool has_from, has_subject;

	l->head_len = 0;
	if (task == NULL) {
		return;
	}
	has_from =
	    is_ok && header_find_shown(header, "From", from, sizeof(from));
	has_subject = is_ok && header_find_shown(header, "Subject", subject,
						 sizeof(subject));
	put_row(l, task, has_from ? from : NULL, has_subject ? subject : NULL);
}

/* -- show */

static void put_octets(struct look *l, const uint8_t *at, size_t len)
{
	struct why why;

	while (len > 0) {
		ssize_t n = write(l->options->out, at, len);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			why_errno(&why, WHY_DELIVERY, errno,
				  "standard output takes no more");
			fail(l, &why);
			return;
		}
		at += n;
		len -= (size_t)n;
	}
}

/* What a terminal gets has no power over it. */
static void put_shown(struct look *l, const uint8_t *at, size_t len)
{
	if (l->is_terminal) {
		struct text shown = { 0 };

		while (len > 0) {
			const uint8_t *lf = memchr(at, '\n', len);
			size_t n = lf != NULL ? (size_t)(lf - at) : len;

			escape_put(&shown, at, n, true);
			if (lf != NULL) {
				text_put(&shown, "\n", 1);
				n += 1;
			}
			at += n;
			len -= n;
		}
		put_octets(l, (const uint8_t *)text_of(&shown), shown.len);
		text_finish(&shown);
	} else {
		put_octets(l, at, len);
	}
}

static void put_text(struct look *l, struct pop3_slice in)
{
	while (in.len > 0 && l->why.kind == WHY_NONE) {
		struct pop3_writer out =
		    pop3_writer_of(l->text, sizeof(l->text));

		pop3_unwire_run(&l->unwire, &in, &out);
		put_shown(l, out.at, out.len);
	}
}

static void end_text(struct look *l)
{
	struct pop3_writer out = pop3_writer_of(l->text, sizeof(l->text));

	if (pop3_unwire_end(&l->unwire, &out) == 0) {
		put_shown(l, out.at, out.len);
	}
	pop3_unwire_init(&l->unwire);
}

/* -- the visit */

static bool check_numbers(struct look *l)
{
	struct why why;

	for (size_t i = 0; i < l->options->numbers_count; i++) {
		if (l->options->numbers[i] > l->count) {
			why_set(&why, WHY_MESSAGE,
				"there is no message %u; the maildrop has %u",
				l->options->numbers[i], l->count);
			fail(l, &why);
			return false;
		}
	}
	return true;
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
	l->has_listing = true;
	switch ((int)l->options->command) {
	case COMMAND_LIST:
		if (make_plan(l, listing) == 0) {
			begin_list(l);
		}
		break;
	case COMMAND_CHECK:
		if (make_plan(l, listing) == 0) {
			put_check(l);
		}
		break;
	default:
		(void)check_numbers(l);
		break;
	}
}

static void on_text(void *ctx, const struct visit_command *command,
		    struct block *block, const uint8_t *at, size_t len)
{
	struct look *l = ctx;

	(void)block;
	if (command->verb == POP3_ASK_TOP) {
		keep_head(l, at, len);
	} else {
		put_text(l, pop3_slice_of(at, len));
	}
}

static void refuse(struct look *l, const struct visit_command *command,
		   struct pop3_slice text)
{
	struct why why;

	why_set(&why, WHY_MESSAGE, "message %u: the server says", command->msn);
	why_octets(&why, text.at, text.len);
	fail(l, &why);
}

static void on_answer(void *ctx, const struct visit_command *command,
		      bool is_ok, struct pop3_slice text)
{
	struct look *l = ctx;

	l->has_fetched = l->has_fetched || command->verb != POP3_ASK_DELE;
	if (command->verb == POP3_ASK_TOP) {
		on_head(l, command->msn, is_ok);
	} else if (!is_ok) {
		refuse(l, command, text);
	} else if (command->verb == POP3_ASK_RETR) {
		end_text(l);
	}
}

static bool next_task(struct look *l, struct visit_command *command_r)
{
	const struct haul_news *n = l->news;

	while (n != NULL && l->options->command == COMMAND_LIST &&
	       l->next < n->tasks_count) {
		const struct haul_task *task = &n->tasks[l->next++];

		if (!l->has_top) {
			put_row(l, task, NULL, NULL);
			continue;
		}
		*command_r = (struct visit_command){
			.verb = POP3_ASK_TOP,
			.msn = task->msn,
			.octets = COLLECT_HEAD_OCTETS,
		};
		return true;
	}
	return false;
}

static bool next_number(struct look *l, struct visit_command *command_r)
{
	const struct look_options *o = l->options;

	if ((o->command != COMMAND_SHOW && o->command != COMMAND_DELETE) ||
	    l->next == o->numbers_count) {
		return false;
	}
	*command_r = (struct visit_command){
		.verb = o->command == COMMAND_SHOW ? POP3_ASK_RETR
						   : POP3_ASK_DELE,
		.msn = o->numbers[l->next++],
	};
	return true;
}

/* QUIT would have a server with EXPIRE 0 delete what was looked at (RFC 2449,
 * 6.7); without QUIT nothing is deleted. */
static bool may_quit(const struct look *l)
{
	const struct pop3_capabilities *has = visit_capabilities(l->visit);

	return !l->has_fetched || !has->has_expire || has->expire_never ||
	       has->expire_days > 0;
}

static bool next(void *ctx, struct visit_command *command_r)
{
	struct look *l = ctx;

	if (l->has_quit) {
		return false;
	}
	if (l->why.kind == WHY_NONE &&
	    (next_task(l, command_r) || next_number(l, command_r))) {
		return true;
	}
	if (visit_awaited(l->visit) > 0) {
		return false;
	}
	l->has_quit = true;
	if ((l->why.kind != WHY_NONE &&
	     l->options->command == COMMAND_DELETE) ||
	    !may_quit(l)) {
		end(l);
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
		fail(l, why);
	}
	end(l);
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
	for (size_t i = 0; i < l->options->numbers_count; i++) {
		struct report_message m = { .number = l->options->numbers[i] };

		report_message(l->report, REPORT_DELETED, &m, NULL);
	}
}

static void finish(struct look *l)
{
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
	password_forget(l->account);
	free(l);
}

static bool wants_listing(enum command command)
{
	return command == COMMAND_LIST || command == COMMAND_CHECK;
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
		report_connecting(l->report, l->account->host,
				  l->account->port, l->account->tls);
		l->visit = visit_create(
		    loop, l->account, pool, trust, &owner, l,
		    wants_listing(l->options->command) ? VISIT_WANT_LISTING
						       : VISIT_WANT_COUNT,
		    &l->why);
		(void)uv_run(loop, UV_RUN_DEFAULT);
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
