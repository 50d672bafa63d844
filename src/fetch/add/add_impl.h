// SPDX-License-Identifier: ISC
/*
 * add_impl.h - what the steps of add.h share.  Each step returns 0, or an exit
 * code after it told why.
 */
#ifndef FETCH_ADD_ADD_IMPL_H
#define FETCH_ADD_ADD_IMPL_H

#include "fetch/add/add.h"
#include "fetch/add/ask.h"
#include "fetch/add/guess.h"
#include "fetch/conf/config.h"

struct adding {
	const struct add *add;
	const struct options_account *options;
	struct ask ask;
	struct config config; /* what is there */
	struct account account;
	struct text address; /* "me@example.org", or a user's name */
	const struct provider *provider;
	struct probe_offer offer;
	bool writes_password; /* into account.password_file */
};

/* Finds the server: account's host, port, tls and pin. */
MUST_USE int add_server(struct adding *a);

/* What the server said about itself. */
void add_show_offer(struct adding *a);

/* Says what is missing: the option, and what it is for.  EX_USAGE. */
MUST_USE int add_missing(struct adding *a, const char *option);
/* No answer comes any more.  EX_USAGE. */
MUST_USE int add_ended(struct adding *a);
/* No memory.  EX_OSERR. */
MUST_USE int add_no_memory(struct adding *a);
/* Replaces *text_r by a copy.  0, or add_no_memory. */
MUST_USE int add_set(struct adding *a, char **text_r, const char *value);

/* How the password is kept, and whether the server lets us in with it. */
MUST_USE int add_login(struct adding *a);

/* Where mail goes, and what becomes of it on the server. */
MUST_USE int add_destination(struct adding *a);

/* Into the configuration, with the password's file. */
MUST_USE int add_write(struct adding *a);

#endif
