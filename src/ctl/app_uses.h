// SPDX-License-Identifier: ISC
/*
 * app_uses.h - what the auth role has noted of when app passwords were used, as
 * restantectl shows and removes it.
 */
#ifndef CTL_APP_USES_H
#define CTL_APP_USES_H

#include "auth/user_name.h"
#include "master/config.h"

/* When it was used last: 0 if never.  0, or a negative errno if that cannot be
 * known. */
MUST_USE int app_uses_look(const struct config *config, struct text user,
			   struct text app, int64_t *unix_r);

/* Forgets it, as well as it can be. */
void app_uses_forget(const struct config *config, struct text user,
		     struct text app);

#endif
