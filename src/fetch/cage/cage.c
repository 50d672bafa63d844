// SPDX-License-Identifier: ISC
/*
 * cage.c - the collector confines itself (cage.h).
 * Runs in: main, before there are threads.  Trusts: the configuration, the
 * environment.  Allocates: lists, while it works.
 */
#include "fetch/cage/cage_impl.h"

#include <errno.h>

#include "os/runner.h"

#define PORT_DNS 53u

static void add_ports(const struct cage_options *o, struct cage_list *l)
{
	cage_list_port(l, PORT_DNS);
	for (size_t i = 0; i < o->accounts->count; i++) {
		const struct account *a = &o->accounts->account[i];

		cage_list_port(l, a->port);
		if (o->delivers && a->deliver.host != NULL) {
			cage_list_port(l, a->deliver.port);
		}
	}
}

static int confine(const struct cage_options *o, unsigned *lacks_r)
{
	struct cage_list list = { 0 };
	struct sandbox_user user;
	int rc = -ENOMEM;

	cage_read(o, &list);
	cage_write(o, &list);
	add_ports(o, &list);
	if (!list.has_no_memory) {
		user = (struct sandbox_user){ .paths = list.paths,
					      .paths_count = list.paths_count,
					      .ports = list.ports,
					      .ports_count = list.ports_count };
		rc = sandbox_confine_user(&user, lacks_r);
	}
	cage_list_finish(&list);
	return rc;
}

/* The runner first: it keeps all rights, and has no password in its memory. */
int cage_enter(const struct cage_options *options, struct cage *cage_r,
	       struct why *why)
{
	struct cage cage = { .runner = NULL };
	int rc = cage_start_runner(options, &cage.runner);

	if (rc < 0) {
		why_errno(why, WHY_INTERNAL, -rc,
			  "cannot start the process that runs commands");
		return -1;
	}
	rc = confine(options, &cage.lacks);
	if (rc < 0) {
		runner_stop(&cage.runner);
		why_errno(why, WHY_INTERNAL, -rc,
			  "cannot give up the rights that servers are not to "
			  "have");
		return -1;
	}
	*cage_r = cage;
	return 0;
}

void cage_leave(struct cage *cage)
{
	runner_stop(&cage->runner);
}
