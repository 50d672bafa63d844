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
