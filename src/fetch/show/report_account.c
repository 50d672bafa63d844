// SPDX-License-Identifier: ISC
/*
 * report_account.c - the accounts of which there is something to tell
 * (report_impl.h).
 * Runs in: restante, any thread, with the report's lock.  Trusts: nothing in
 * strings.  Allocates: an account at a time.
 */
#include <stdlib.h>
#include <string.h>

#include "fetch/show/report_impl.h"

void report_account_free(struct report_account *a)
{
	struct report *r = a->report;

	text_finish(&a->host);
	if (a == &r->nobody) {
		return;
	}
	list_remove(&a->link);
	free(a->name);
	free(a);
}

struct report_account *report_account_new(struct report *r, const char *name)
{
	struct report_account *a = calloc(1, sizeof(*a));
	char *copy = strdup(name);

	if (a == NULL || copy == NULL) {
		free(a);
		free(copy);
		return NULL;
	}
	a->name = copy;
	a->report = r;
	a->step = STEP_BEGUN;
	list_init(&a->link);
	list_append(&r->accounts, &a->link);
	return a;
}

static struct report_told *told_of(const struct report_account *a)
{
	struct list *all = &a->report->told;

	for (struct list *l = all->next; l != all; l = l->next) {
		struct report_told *t = LIST_OWNER(l, struct report_told, link);

		if (strcmp(t->name, a->name) == 0) {
			return t;
		}
	}
	return NULL;
}

bool report_account_is_told(const struct report_account *a)
{
	const struct report_told *t = told_of(a);
	uint32_t count = a->too_large;

	return count == 0 || (t != NULL && t->too_large == count);
}

void report_account_tell(const struct report_account *a)
{
	struct report_told *t = told_of(a);
	size_t len = strlen(a->name) + 1;

	if (!a->report->options.is_watching) {
		return; /* each visit is the only one */
	}
	if (t == NULL) {
		t = malloc(sizeof(*t) + len);
		if (t == NULL) {
			return; /* it is told once more */
		}
		memcpy(t->name, a->name, len);
		list_init(&t->link);
		list_append(&a->report->told, &t->link);
	}
	t->too_large = a->too_large;
}

void report_account_forget_told(struct report *r)
{
	while (!list_is_empty(&r->told)) {
		struct report_told *t =
		    LIST_OWNER(r->told.next, struct report_told, link);

		list_remove(&t->link);
		free(t);
	}
}

void report_account_forget(struct report *r, const char *name)
{
	for (struct list *l = r->accounts.next; l != &r->accounts;
	     l = l->next) {
		struct report_account *a =
		    LIST_OWNER(l, struct report_account, link);

		if (a->step == STEP_WAITING && strcmp(a->name, name) == 0) {
			report_account_free(a);
			return;
		}
	}
}
