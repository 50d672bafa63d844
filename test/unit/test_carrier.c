// SPDX-License-Identifier: ISC
/*
 * test_carrier.c - a carrier's thread with a real haul: order, room, and ends
 * at any time.
 */
#include "haul_play.h"

#include <signal.h>

#include "fetch/run/carrier.h"

static struct {
	uv_loop_t loop;
	struct block_pool *pool;
	struct carrier *carrier;
	enum haul_news_kind kinds[DROP_MAX];
	uint32_t msns[DROP_MAX];
	size_t count;
	unsigned told, rooms, ended;
	enum haul_news_kind last; /* the loop stops there */
	bool destroys;            /* in the last's news */
} k;

static void on_news(void *ctx, struct haul_news *news)
{
	enum haul_news_kind kind = news->kind;

	assert_ptr_equal(ctx, &k);
	k.kinds[k.count] = kind;
	k.msns[k.count++] = news->task.msn;
	haul_news_free(news);
	if (kind == k.last) {
		uv_stop(&k.loop);
		if (k.destroys) {
			carrier_destroy(&k.carrier);
		}
	}
}

static void on_told(void *ctx)
{
	assert_ptr_equal(ctx, &k);
	assert_non_null(k.carrier);
	k.told += 1;
}

static void on_room(void *ctx)
{
	assert_ptr_equal(ctx, &k);
	k.rooms += 1;
	uv_stop(&k.loop);
}

static void on_ended(void *ctx)
{
	assert_ptr_equal(ctx, &k);
	k.ended += 1;
	carrier_destroy(&k.carrier);
	uv_stop(&k.loop);
}

static const struct carrier_owner owner = {
	.on_news = on_news,
	.on_told = on_told,
	.on_room = on_room,
	.on_ended = on_ended,
};

static int begin(void **state)
{
	begin_play(state);
	memset(&k, 0, sizeof(k));
	assert_int_equal(uv_loop_init(&k.loop), 0);
	assert_int_equal(block_pool_create(&k.loop, 8, &k.pool), 0);
	return 0;
}

static int end(void **state)
{
	carrier_destroy(&k.carrier);
	block_pool_destroy(&k.pool);
	assert_int_equal(uv_run(&k.loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&k.loop), 0);
	return end_play(state);
}

/* -- a command that takes a message when it may */

static char script[] = "while [ ! -e \"$LOGNAME/go\" ]; do sleep 0.01; done";
static char a_sh[] = "/bin/sh", a_c[] = "-c";
static char *command[] = { a_sh, a_c, script, NULL };

static int begin_command(void **state)
{
	begin(state);
	p.account.deliver = (struct destination){ .kind = DESTINATION_COMMAND,
						  .argv = command };
	assert_int_equal(setenv("LOGNAME", p.site.dir, 1), 0);
	return 0;
}

static void let_go(void)
{
	char path[300];
	int fd;

	snprintf(path, sizeof(path), "%s/go", p.site.dir);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
}

/* -- jobs */

static void open_carrier(void)
{
	struct haul_want want = { .record_path = p.site.path,
				  .clock_unix = clock_now };
	struct why why;
	struct haul *h = haul_create(&p.account, &want, &why);

	assert_non_null(h);
	k.carrier = carrier_create(&k.loop, h, &owner, &k, &why);
	assert_non_null(k.carrier);
}

static void put_plan(void)
{
	struct carrier_job job = { .kind = JOB_PLAN };

	for (uint32_t i = 0; i < p.drop->count; i++) {
		list_one(&job.listing, i + 1, p.drop->at[i].uid,
			 strlen(p.drop->at[i].text));
	}
	list_end(&job.listing);
	carrier_put(k.carrier, &job);
}

/* The block is the job's alone, and so free when that is done. */
static void put_text(uint32_t msn)
{
	const char *text = p.drop->at[msn - 1].text;
	struct carrier_job job = { .kind = JOB_TEXT,
				   .msn = msn,
				   .part = HAUL_FIRST,
				   .len = strlen(text) };

	while (block_take(k.pool, &job.block) < 0) {
		uv_run(&k.loop, UV_RUN_ONCE);
	}
	memcpy(job.block->octets, text, job.len);
	job.at = job.block->octets;
	carrier_put(k.carrier, &job);
	job = (struct carrier_job){ .kind = JOB_TEXT,
				    .msn = msn,
				    .part = HAUL_LAST };
	carrier_put(k.carrier, &job);
}

static void put_why(enum carrier_job_kind kind, uint32_t msn,
		    enum why_kind failure)
{
	struct carrier_job job = { .kind = kind, .msn = msn, .is_true = true };

	job.why = calloc(1, sizeof(*job.why));
	assert_non_null(job.why);
	job.why->kind = failure;
	carrier_put(k.carrier, &job);
}

static void put_plain(enum carrier_job_kind kind, uint32_t msn)
{
	struct carrier_job job = { .kind = kind, .msn = msn, .is_true = true };

	carrier_put(k.carrier, &job);
}

static void run_until(enum haul_news_kind kind)
{
	k.last = kind;
	uv_run(&k.loop, UV_RUN_DEFAULT);
	assert_int_equal(k.kinds[k.count - 1], kind);
}

/* -- tests */

static void test_order(void **state)
{
	(void)state;
	add_many(0, 40, true);
	open_carrier();
	put_plan();
	run_until(HAUL_PLANNED);
	for (uint32_t msn = 1; msn < 40; msn++) {
		put_text(msn);
	}
	put_why(JOB_REFUSED, 40, WHY_TEMP);
	put_plain(JOB_QUITTING, 0);
	run_until(HAUL_QUITTING);
	for (uint32_t msn = 1; msn < 40; msn++) {
		put_plain(JOB_MARK, msn);
	}
	put_why(JOB_OVER, 0, WHY_NONE);
	run_until(HAUL_OVER);
	assert_int_equal(k.count, 43);
	/* A refusal is told at once, ahead of messages that wait to be
	 * settled; these keep their order. */
	for (size_t i = 1, msn = 1; i < 41; i++) {
		if (k.kinds[i] == HAUL_POSTPONED) {
			assert_int_equal(k.msns[i], 40);
		} else {
			assert_int_equal(k.kinds[i], HAUL_CARRIED);
			assert_int_equal(k.msns[i], msn++);
		}
	}
	assert_int_equal(k.kinds[41], HAUL_QUITTING);
	assert_true(k.told > 0);
	assert_int_equal(files_with("new", NULL), 39);
}

/* Nothing more comes: what is whole is settled by itself. */
static void test_idle_settles(void **state)
{
	(void)state;
	add_many(0, 2, true);
	open_carrier();
	put_plan();
	put_text(1);
	run_until(HAUL_CARRIED);
	put_text(2);
	run_until(HAUL_CARRIED);
	assert_int_equal(k.msns[k.count - 1], 2);
}

static void test_full_and_room(void **state)
{
	(void)state;
	add_many(0, 1, true);
	open_carrier();
	put_plan();
	run_until(HAUL_PLANNED);
	put_text(1); /* the thread is busy from here on */
	for (unsigned i = 0; i < CARRIER_JOBS_MAX - 3; i++) {
		put_plain(JOB_MARK, 1);
		assert_false(carrier_is_full(k.carrier));
	}
	for (unsigned i = 0; i < 4; i++) {
		put_plain(JOB_MARK, 1);
	}
	assert_true(carrier_is_full(k.carrier));
	uv_run(&k.loop, UV_RUN_NOWAIT);
	assert_int_equal(k.rooms, 0);
	let_go();
	uv_run(&k.loop, UV_RUN_DEFAULT);
	assert_int_equal(k.rooms, 1);
	assert_false(carrier_is_full(k.carrier));
}

/* All that waiting jobs own is released, and nothing is told. */
static void test_destroyed_with_jobs(void **state)
{
	size_t before;

	(void)state;
	add_many(0, 6, true);
	open_carrier();
	put_plan();
	run_until(HAUL_PLANNED);
	before = k.count;
	for (uint32_t msn = 1; msn <= 6; msn++) {
		put_text(msn);
	}
	put_why(JOB_REFUSED, 1, WHY_TEMP);
	put_plan();
	put_why(JOB_OVER, 1, WHY_NETWORK);
	carrier_destroy(&k.carrier); /* which waits for nothing */
	assert_null(k.carrier);
	carrier_destroy(&k.carrier);
	uv_run(&k.loop, UV_RUN_NOWAIT);
	let_go();
	block_pool_destroy(&k.pool);
	uv_run(&k.loop, UV_RUN_DEFAULT); /* ends with the thread */
	assert_int_equal(k.count, before);
	/* the record is free again */
	p.account.deliver.kind = DESTINATION_MAILDIR;
	p.account.deliver.path = p.to;
	open_carrier();
	put_plan();
	run_until(HAUL_PLANNED);
}

/* The one delivery under way is finished; what comes behind it is left. */
static void test_stopped(void **state)
{
	(void)state;
	add_many(0, 6, true);
	open_carrier();
	put_plan();
	run_until(HAUL_PLANNED);
	put_text(1); /* the thread is busy from here on */
	usleep(300000);
	for (uint32_t msn = 2; msn <= 6; msn++) {
		put_text(msn);
	}
	carrier_stop(k.carrier);
	let_go();
	put_plain(JOB_QUITTING, 0);
	run_until(HAUL_QUITTING);
	assert_int_equal(k.count, 8);
	for (size_t i = 2; i < 7; i++) {
		assert_int_equal(k.kinds[i], HAUL_POSTPONED);
		assert_int_equal(k.msns[i], i);
	}
	assert_int_equal(k.kinds[1], HAUL_CARRIED);
}

static void test_destroyed_at_once(void **state)
{
	(void)state;
	open_carrier();
	carrier_end(k.carrier);
	uv_run(&k.loop, UV_RUN_DEFAULT);
	assert_int_equal(k.ended, 1);
	open_carrier();
	carrier_destroy(&k.carrier);
}

static void test_destroyed_in_news(void **state)
{
	(void)state;
	add_many(0, 40, true);
	open_carrier();
	k.destroys = true;
	put_plan();
	for (uint32_t msn = 1; msn < 7; msn++) {
		put_text(msn);
		put_why(JOB_REFUSED, 40, WHY_TEMP);
	}
	run_until(HAUL_PLANNED);
	assert_null(k.carrier);
	assert_int_equal(k.count, 1);
	assert_int_equal(k.told, 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)
#define TEST_COMMAND(test)                                                     \
	cmocka_unit_test_setup_teardown(test, begin_command, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_order),
		TEST(test_idle_settles),
		TEST_COMMAND(test_full_and_room),
		TEST_COMMAND(test_destroyed_with_jobs),
		TEST_COMMAND(test_stopped),
		TEST(test_destroyed_at_once),
		TEST(test_destroyed_in_news),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
