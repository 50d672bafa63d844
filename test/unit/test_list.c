// SPDX-License-Identifier: ISC
/*
 * test_list.c - lists against an array that does the same slowly.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/list.h"

#define MEMBERS 12

struct member {
	int number;
	struct list link;
};

static struct list list;
static struct member members[MEMBERS];
static int model[MEMBERS];
static size_t model_len;

static int setup(void **state)
{
	(void)state;
	list_init(&list);
	for (int i = 0; i < MEMBERS; i++) {
		members[i].number = i;
		list_init(&members[i].link);
	}
	model_len = 0;
	return 0;
}

static void model_remove(int number)
{
	for (size_t i = 0; i < model_len; i++) {
		if (model[i] == number) {
			memmove(model + i, model + i + 1,
				(model_len - i - 1) * sizeof(*model));
			model_len--;
			return;
		}
	}
}

/* The same in both directions. */
static void judge(void)
{
	const struct list *at = &list;

	assert_int_equal(list_is_empty(&list), model_len == 0);
	for (size_t i = 0; i < model_len; i++) {
		at = at->next;
		assert_int_equal(LIST_OWNER(at, struct member, link)->number,
				 model[i]);
	}
	assert_ptr_equal(at->next, &list);
	for (size_t i = model_len; i > 0; i--) {
		assert_int_equal(LIST_OWNER(at, struct member, link)->number,
				 model[i - 1]);
		at = at->prev;
	}
	assert_ptr_equal(at, &list);
}

static void append(int number)
{
	model_remove(number);
	model[model_len++] = number;
	list_append(&list, &members[number].link);
}

static void test_appending_keeps_order_and_moves(void **state)
{
	(void)state;
	judge();
	for (int i = 0; i < MEMBERS; i++) {
		append(i);
		judge();
	}
	append(0); /* first becomes last */
	judge();
	append(0); /* last stays last */
	judge();
}

static void test_removing_is_harmless_twice(void **state)
{
	(void)state;
	append(1);
	append(2);
	for (int i = 0; i < 2; i++) {
		list_remove(&members[1].link);
		model_remove(1);
		judge();
	}
	assert_true(list_is_empty(&members[1].link));
}

static void test_a_member_changes_lists(void **state)
{
	struct list other;

	(void)state;
	list_init(&other);
	append(1);
	append(2);
	list_append(&other, &members[1].link);
	model_remove(1);
	judge();
	assert_ptr_equal(other.next, &members[1].link);
	assert_ptr_equal(other.prev, &members[1].link);
}

static void test_any_order_of_steps(void **state)
{
	(void)state;
	srand(1);
	for (int i = 0; i < 20000; i++) {
		int number = rand() % MEMBERS;

		if (rand() % 3 == 0) {
			list_remove(&members[number].link);
			model_remove(number);
		} else {
			append(number);
		}
		judge();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_appending_keeps_order_and_moves,
				       setup),
		cmocka_unit_test_setup(test_removing_is_harmless_twice, setup),
		cmocka_unit_test_setup(test_a_member_changes_lists, setup),
		cmocka_unit_test_setup(test_any_order_of_steps, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
