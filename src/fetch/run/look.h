// SPDX-License-Identifier: ISC
/*
 * look.h - the commands that look at a maildrop and collect nothing: list,
 * check, show, delete.
 */
#ifndef FETCH_RUN_LOOK_H
#define FETCH_RUN_LOOK_H

#include <stdio.h>

#include "fetch/conf/config.h"
#include "fetch/conf/options.h"
#include "fetch/show/report.h"
#include "fetch/show/table.h"

struct look_options {
	enum command command; /* LIST, CHECK, SHOW or DELETE */
	struct config *accounts;
	struct report *report;
	struct table *table; /* LIST, CHECK */
	const char *record_path;
	const uint32_t *numbers; /* SHOW, DELETE */
	size_t numbers_count;    /* at most OPTIONS_NUMBERS_MAX */
	int out;                 /* SHOW: where messages go */
};

/* Account after account; returns the exit code. */
MUST_USE int look_run(const struct look_options *options);

#endif
