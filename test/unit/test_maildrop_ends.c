// SPDX-License-Identifier: ISC
/*
 * test_maildrop_ends.c - a session process that ends at the very moment at
 * which the slow lane asks whether it is there still, in the middle of a list
 * that it waits for, under the lock that its end takes.
 */
#include "unit.h"

#include <stdatomic.h>

#include "maildrop_role.h"

#define MANY 200u /* their list fits no packet */

/* The moment, once the test waits for it. */
static atomic_bool is_awaited, has_come;

struct peer *__real_service_borrow(struct service *s, enum role role,
				   uint32_t id);
struct peer *__wrap_service_borrow(struct service *s, enum role role,
				   uint32_t id);
bool __real_service_has(struct service *s, enum role role, uint32_t id);
bool __wrap_service_has(struct service *s, enum role role, uint32_t id);

/* The threads and borrowers of a session process. */
static uint32_t users_of(struct service *s, uint32_t id)
{
	const struct peer *peer;
	uint32_t users = 0;

	pthread_mutex_lock(&s->lock);
	for (peer = s->peers; peer != NULL; peer = peer->next) {
		if (peer->role == ROLE_SESSION && peer->id == id) {
			users = peer->users;
		}
	}
	pthread_mutex_unlock(&s->lock);
	return users;
}

/* Until the last thread of its channel has left. */
static void await_its_end(struct service *s, uint32_t id, uint32_t borrowers)
{
	atomic_store(&has_come, true);
	for (unsigned i = 0; i < 2000 && users_of(s, id) > borrowers; i++) {
		usleep(5000);
	}
}

struct peer *__wrap_service_borrow(struct service *s, enum role role,
				   uint32_t id)
{
	struct peer *peer = __real_service_borrow(s, role, id);

	if (peer != NULL && atomic_exchange(&is_awaited, false)) {
		await_its_end(s, id, 1);
	}
	return peer;
}

bool __wrap_service_has(struct service *s, enum role role, uint32_t id)
{
	if (atomic_exchange(&is_awaited, false)) {
		await_its_end(s, id, 0);
	}
	return __real_service_has(s, role, id);
}

static void await_moment(void)
{
	for (unsigned i = 0; i < 2000 && !has_come; i++) {
		usleep(5000);
	}
	assert_true(has_come);
}

static void forget_box(void)
{
	struct stat st;

	assert_int_equal(stat(d.box, &st), 0);
	cache_forget(serve.drops.cache,
		     (struct cache_id){ st.st_dev, st.st_ino });
}

/* The list of the log-in is to be read again, and that would take minutes. */
static void test_it_ends_when_it_is_asked_for(void **state)
{
	uint64_t handle;

	(void)state;
	has_come = false;
	deliver_many(MANY);
	age_box();
	handle = open_box(1, 1, MANY);
	commit(session[0], 1, handle, 0, 0, 0);
	handle = open_box(1, 2, MANY);
	forget_box();
	put_hole("box", "9999.hole", 60 * GIB);
	send_handle(session[0], PACKET_GET_LISTING, 2, handle);
	usleep(50000); /* its thread borrows nothing any more */
	is_awaited = true;
	await_moment();
	fd_close(&session[0]);
	await_unlock();
	mail_dir_unlink(&d, "new/9999.hole");
	handle = open_box(2, 3, MANY);
	commit(session[1], 3, handle, 0, 0, 0);
}

/* Beside the first list another maildrop of the same process is counted. */
static void test_it_ends_when_it_logs_in(void **state)
{
	struct packet p;

	(void)state;
	has_come = false;
	put_three();
	(void)open_box(1, 1, 3);
	mail_dir_make_box(&d, "slow");
	put_hole("slow", "1.hole", 60 * GIB);
	grant(1, 2, "slow");
	usleep(50000);
	is_awaited = true;
	await_moment();
	fd_close(&session[0]);
	await_unlock();
	assert_int_equal(try_open(2, 3, "box", &p), STATUS_OK);
	commit(session[1], 3, p.as.opened.handle, 0, 0, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_it_ends_when_it_is_asked_for),
		TEST(test_it_ends_when_it_logs_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
