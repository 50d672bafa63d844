// SPDX-License-Identifier: ISC
/*
 * command.h - what the commands of restantectl share.
 */
#ifndef CTL_COMMAND_H
#define CTL_COMMAND_H

#include <stdint.h>

#include "master/config.h"

/* What was given on the command line. */
struct request {
	const char *config_path;
	const char *user;    /* or NULL */
	const char *scheme;  /* never NULL */
	const char *home;    /* or NULL */
	const char *app;     /* an app password's name, or NULL */
	const char *expires; /* or NULL */
	unsigned scram; /* verifiers to make: 1 << enum scram_kind, or-ed */
	uint32_t uid;   /* or PASSWD_NO_ID */
	uint32_t gid;
	int argc; /* of a command that reads its arguments itself: they begin */
	char **argv; /* with its last word */
};

/* Each returns an exit code of sysexits.h, and has told on standard error what
 * is wrong. */
int command_passwd(const struct request *request);
int command_user_add(const struct request *request);
int command_user_del(const struct request *request);
int command_user_list(const struct request *request);
int command_app_add(const struct request *request);
int command_app_list(const struct request *request);
int command_app_revoke(const struct request *request);
int command_cert_make(const struct request *request);
int command_cert_show(const struct request *request);
int command_check(const struct request *request);

#endif
