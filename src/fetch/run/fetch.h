// SPDX-License-Identifier: ISC
/*
 * fetch.h - `restante fetch` and `restante watch`: all accounts in one loop.
 */
#ifndef FETCH_RUN_FETCH_H
#define FETCH_RUN_FETCH_H

#include "fetch/conf/config.h"
#include "fetch/show/report.h"

struct fetch_options {
	struct config *accounts;
	struct report *report;
	const char *record_path;
	bool retries;     /* messages set aside, too */
	bool is_watching; /* again and again, until a signal comes */
};

/*
 * Collects, until all is done or a signal ends it: SIGINT and SIGTERM let what
 * is in hand come to its end, a second one does not wait for that.  Returns the
 * exit code.  Handles signals: once in a process.
 */
MUST_USE int fetch_run(const struct fetch_options *options);

#endif
