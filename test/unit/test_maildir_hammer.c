// SPDX-License-Identifier: ISC
/*
 * test_maildir_hammer.c - lists, fetches and removals of a Maildir while other
 * threads rename, deliver and remove as fast as they can: no message that is
 * there is ever missing, or there twice.
 */
#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>

#include "mail_dir.h"
#include "store/store.h"

#define STEADY  400u /* messages that are always there, under changing names */
#define ROUNDS  25u
#define HAMMERS 2u

static struct mail_dir d;
static atomic_bool is_over;
static atomic_uint delivered; /* of those that come while we look */
static atomic_uint renamed;
static unsigned removed_below; /* steady ones that we have removed */

static int begin_test(void **state)
{
	(void)state;
	mail_dir_init(&d);
	atomic_store(&is_over, false);
	atomic_store(&delivered, 0);
	atomic_store(&renamed, 0);
	removed_below = 0;
	for (unsigned i = 0; i < STEADY; i++) {
		char name[64];

		snprintf(name, sizeof(name), "new/%u.steady", 1000 + i);
		mail_dir_put(&d, name, "steady\n");
	}
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	mail_dir_finish(&d);
	return 0;
}

/* Each hammer has every second message; each message goes from new/ to cur/ and
 * then from flag to flag. */
static void rename_once(unsigned i, unsigned step)
{
	static const char *const infos[] = { ":2,", ":2,S", ":2,FS", ":2,RS" };
	char from[600], to[600];

	if (step == 0) {
		snprintf(from, sizeof(from), "%s/new/%u.steady", d.box,
			 1000 + i);
	} else {
		snprintf(from, sizeof(from), "%s/cur/%u.steady%s", d.box,
			 1000 + i, infos[(step - 1) % 4]);
	}
	snprintf(to, sizeof(to), "%s/cur/%u.steady%s", d.box, 1000 + i,
		 infos[step % 4]);
	if (rename(from, to) == 0) {
		atomic_fetch_add(&renamed, 1);
	}
}

static void *hammer(void *arg)
{
	unsigned self = (unsigned)(uintptr_t)arg;

	for (unsigned step = 0; !atomic_load(&is_over); step++) {
		for (unsigned i = self; i < STEADY; i += HAMMERS) {
			rename_once(i, step);
		}
	}
	return NULL;
}

/* Delivers, and removes what it delivered two before: one that another POP3
 * client might be done with. */
static void *deliver(void *arg)
{
	(void)arg;
	for (unsigned i = 0; !atomic_load(&is_over); i++) {
		char tmp[600], new[600];
		int fd;

		snprintf(tmp, sizeof(tmp), "%s/tmp/%u.late", d.box, 5000 + i);
		snprintf(new, sizeof(new), "%s/new/%u.late", d.box, 5000 + i);
		fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL, 0600);
		if (fd < 0 || write(fd, "late\n", 5) != 5 || close(fd) != 0 ||
		    rename(tmp, new) != 0) {
			return "not delivered";
		}
		atomic_store(&delivered, i + 1);
		if (i >= 300) {
			snprintf(new, sizeof(new), "%s/new/%u.late", d.box,
				 5000 + i - 300);
			(void)unlink(new);
		}
		usleep(200);
	}
	return NULL;
}

static int no_lock(void *ctx, uint64_t dev, uint64_t ino, bool is_shared,
		   int *fd_r)
{
	(void)ctx;
	(void)dev;
	(void)ino;
	(void)is_shared;
	(void)fd_r;
	return -1;
}

struct box {
	struct store_maildrop *md;
	struct store_list list;
	struct snapshot s;
};

static struct box list_box(const struct store_known *known)
{
	struct store_fault fault = { 0 };
	struct store_place place = { .root_fd = d.root_fd,
				     .path = "box",
				     .lock = no_lock };
	struct box b = { 0 };

	assert_int_equal(store_maildir.open(&place, &b.md, &fault), STATUS_OK);
	assert_int_equal(store_maildir.list(b.md, known, &b.list, &fault),
			 STATUS_OK);
	assert_true(listing_view(&b.list.listing, &b.s));
	assert_true(snapshot_is_sound(&b.s));
	return b;
}

static void close_box(struct box *b)
{
	listing_finish(&b->list.listing);
	store_maildir.close(&b->md);
}

/* The number in front of a unique-id. */
static unsigned number_of(const struct box *b, uint32_t idx)
{
	struct snapshot_text uid = snapshot_uid(&b->s, idx);
	uint64_t n = 0;
	size_t digits = 0;

	while (digits < uid.len && uid.at[digits] != '.') {
		digits++;
	}
	assert_int_equal(pop3_slice_u64(pop3_slice_of(uid.at, digits), &n), 0);
	return (unsigned)n;
}

/* from and to: those of the late ones that were there all the time. */
static void check_list(const struct box *b, unsigned from, unsigned to)
{
	unsigned next = 1000 + removed_below;
	unsigned next_late = 5000 + from;

	for (uint32_t i = 0; i < b->s.head->count; i++) {
		unsigned n = number_of(b, i);

		assert_int_equal(b->s.entries[i].octets, n < 5000 ? 8 : 6);
		assert_true(i == 0 || n > number_of(b, i - 1));
		if (n < 5000) {
			assert_int_equal(n, next);
			next++;
		} else if (n >= next_late && n < 5000 + to) {
			assert_int_equal(n, next_late);
			next_late++;
		}
	}
	assert_int_equal(next, 1000 + STEADY);
	assert_true(next_late >= 5000 + to);
}

static void check_fetches(struct box *b)
{
	for (uint32_t i = 0; i < b->s.head->count; i++) {
		struct store_fault fault = { 0 };
		enum packet_status status;
		int fd = -1;

		if (number_of(b, i) >= 5000) {
			continue;
		}
		status = store_maildir.fetch(b->md, &b->s, i, &fd, &fault);
		assert_int_equal(status, STATUS_OK);
		close(fd);
	}
}

static void look(const struct store_known *known)
{
	unsigned to = atomic_load(&delivered);
	struct box b = list_box(known);
	unsigned gone = atomic_load(&delivered);

	check_list(&b, gone > 290 ? gone - 290 : 0, to);
	check_fetches(&b);
	close_box(&b);
}

static void remove_some(unsigned count)
{
	struct box b = list_box(NULL);

	for (uint32_t i = 0; i < count; i++) {
		struct store_fault fault = { 0 };

		assert_true(number_of(&b, i) < 5000);
		assert_int_equal(store_maildir.expunge(b.md, &b.s, i, &fault),
				 STATUS_OK);
	}
	removed_below += count;
	close_box(&b);
}

static void with_hammers(void (*work)(void))
{
	pthread_t threads[HAMMERS + 1];
	void *what;

	for (uintptr_t i = 0; i < HAMMERS; i++) {
		assert_int_equal(
		    pthread_create(&threads[i], NULL, hammer, (void *)i), 0);
	}
	assert_int_equal(pthread_create(&threads[HAMMERS], NULL, deliver, NULL),
			 0);
	work();
	atomic_store(&is_over, true);
	for (size_t i = 0; i <= HAMMERS; i++) {
		assert_int_equal(pthread_join(threads[i], &what), 0);
		assert_null(what);
	}
	assert_true(atomic_load(&renamed) > STEADY);
	assert_true(atomic_load(&delivered) > 10);
}

static void look_often(void)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		look(NULL);
	}
}

static void look_with_known(void)
{
	struct box first = list_box(NULL);
	struct store_known known = { .list = first.s };

	store_maildir.close(&first.md);
	for (unsigned i = 0; i < ROUNDS; i++) {
		look(&known);
	}
	listing_finish(&first.list.listing);
}

static void remove_and_look(void)
{
	for (unsigned i = 0; i < 20; i++) {
		remove_some(10);
		look(NULL);
	}
}

static void test_lists(void **state)
{
	(void)state;
	with_hammers(look_often);
}

static void test_lists_with_known(void **state)
{
	(void)state;
	with_hammers(look_with_known);
}

static void test_removals(void **state)
{
	(void)state;
	with_hammers(remove_and_look);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lists),
		TEST(test_lists_with_known),
		TEST(test_removals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
