// SPDX-License-Identifier: ISC
/*
 * test_sink_output.c - messages on standard output: what comes out, into a
 * file, a pipe that nobody reads and a device that is full.
 */
#include "sink_play.h"

#include <pthread.h>
#include <signal.h>

#include "fetch/limits.h"

/* Standard output is the test's own meanwhile. */
static int output_to(int fd)
{
	int before = dup(STDOUT_FILENO);

	fflush(stdout);
	assert_true(before > 2);
	assert_true(dup2(fd, STDOUT_FILENO) >= 0);
	return before;
}

static void output_back(int before)
{
	assert_true(dup2(before, STDOUT_FILENO) >= 0);
	close(before);
}

static int open_out(const struct sink_play *p)
{
	int fd = open(p->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	return fd;
}

static void send_two(struct sink_play *p, int fd)
{
	struct sink_item *items[2];
	int before;

	play_open(p);
	items[0] = play_put(p, "Subject: a\n\nFrom me\n");
	sink_expect(p->sink, 1); /* too late */
	items[1] = play_put(p, "Subject: b\n\nno end");
	before = output_to(fd);
	play_through(p, items, 2);
	output_back(before);
	close(fd);
}

static void test_one_alone_is_raw(void **state)
{
	struct sink_play p;
	struct sink_item *item;
	int before;
	int fd;

	(void)state;
	play_init(&p, DESTINATION_OUTPUT);
	fd = open_out(&p);
	play_open(&p);
	sink_expect(p.sink, 1);
	item = play_put(&p, "Subject: a\n\nFrom me\n");
	before = output_to(fd);
	play_through(&p, &item, 1);
	output_back(before);
	close(fd);
	play_assert_file(p.path, "Subject: a\n\nFrom me\n");
	play_finish(&p);
}

/* The time is 1764129600 everywhere; the tokens are cut out. */
static void test_mbox(void **state)
{
	struct sink_play p;
	char *text;
	char *second;
	size_t len;

	(void)state;
	play_init(&p, DESTINATION_OUTPUT);
	send_two(&p, open_out(&p));
	text = play_text(p.path, &len);
	assert_int_equal(strncmp(text, "From restante-", 14), 0);
	assert_int_equal(strncmp(text + 30,
				 " Wed Nov 26 04:00:00 2025\n"
				 "Subject: a\n\n>From me\n\nFrom restante-",
				 62),
			 0);
	second = text + 30 + 62;
	assert_string_equal(second + 16, " Wed Nov 26 04:00:00 2025\n"
					 "Subject: b\n\nno end\n\n");
	assert_memory_not_equal(text + 14, second, 16);
	free(text);
	play_finish(&p);
}

/* Longer than what stays in memory, in a group of several. */
static void test_large(void **state)
{
	size_t size = 3 * FETCH_SPOOL_OCTETS + 11;
	char *text = malloc(size + 1);
	struct sink_item *items[3];
	struct sink_play p;
	char *is;
	size_t len;
	int before;
	int fd;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < size; i++) {
		text[i] = (char)('a' + i * 11 % 25);
	}
	text[size] = '\0';
	play_init(&p, DESTINATION_OUTPUT);
	play_open(&p);
	sink_expect(p.sink, 1);
	for (int round = 0; round < 2; round++) {
		fd = open_out(&p);
		for (size_t i = 0; i < 3; i++) {
			items[i] = play_put(&p, text);
		}
		before = output_to(fd);
		play_through(&p, items, 3);
		output_back(before);
		close(fd);
		is = play_text(p.path, &len);
		assert_int_equal(len, 3 * size);
		for (size_t i = 0; i < 3; i++) {
			assert_memory_equal(is + i * size, text, size);
		}
		free(is);
		assert_int_equal(unlink(p.path), 0);
	}
	free(text);
	play_finish(&p);
}

static void *send_many(void *arg)
{
	struct sink_play *p = arg;

	for (int i = 0; i < 50; i++) {
		struct sink_item *item = play_put(p, p->text);

		play_through(p, &item, 1);
	}
	return NULL;
}

/* Two accounts at once: no message is in the middle of another one. */
static void test_several_threads(void **state)
{
	size_t size = FETCH_SPOOL_OCTETS + 100;
	struct sink_play p[2];
	pthread_t threads[2];
	char *texts[2];
	size_t len;
	char *is;
	int before;
	int fd;

	(void)state;
	for (int i = 0; i < 2; i++) {
		play_init(&p[i], DESTINATION_OUTPUT);
		texts[i] = malloc(size + 1);
		assert_non_null(texts[i]);
		memset(texts[i], 'a' + i, size);
		texts[i][size] = '\0';
		play_open(&p[i]);
		sink_expect(p[i].sink, 1);
	}
	fd = open_out(&p[0]);
	before = output_to(fd);
	for (int i = 0; i < 2; i++) {
		p[i].text = texts[i];
		assert_int_equal(
		    pthread_create(&threads[i], NULL, send_many, &p[i]), 0);
	}
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
	}
	output_back(before);
	close(fd);
	is = play_text(p[0].path, &len);
	assert_int_equal(len, 100 * size);
	for (size_t at = 0; at < len; at += size) {
		assert_memory_equal(is + at, texts[is[at] - 'a'], size);
	}
	free(is);
	for (int i = 0; i < 2; i++) {
		free(texts[i]);
		play_finish(&p[i]);
	}
}

static void expect_failure(int fd, enum why_kind kind)
{
	struct sink_play p;
	struct sink_item *item;
	int before;

	play_init(&p, DESTINATION_OUTPUT);
	play_open(&p);
	item = play_put(&p, "a\n");
	play_ready(&p, &item, 1);
	assert_string_equal(sink_place(item), "");
	before = output_to(fd);
	assert_int_equal(sink_deliver(p.sink, item, &p.why), -1);
	output_back(before);
	close(fd);
	assert_int_equal(p.why.kind, kind);
	sink_release(p.sink, &item);
	assert_int_equal(sink_find(p.sink, ""), SINK_UNKNOWN);
	play_finish(&p);
}

static void test_nobody_reads(void **state)
{
	int pipes[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(pipes), 0);
	close(pipes[0]);
	expect_failure(pipes[1], WHY_DELIVERY);
}

static void test_full(void **state)
{
	(void)state;
	expect_failure(open("/dev/full", O_WRONLY | O_CLOEXEC), WHY_TEMP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_alone_is_raw),
		cmocka_unit_test(test_several_threads),
		cmocka_unit_test(test_mbox),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_nobody_reads),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
