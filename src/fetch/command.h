// SPDX-License-Identifier: ISC
/*
 * command.h - the commands of restante(1).  Each returns the exit code.
 */
#ifndef FETCH_COMMAND_H
#define FETCH_COMMAND_H

#include "fetch/conf/config.h"
#include "fetch/conf/options.h"

/* fetch, watch, list, check, show, delete, account list, account check. */
MUST_USE int command_run(const struct options *o, const struct place *place,
			 struct config *accounts);

/* account add, account remove: they change the configuration. */
MUST_USE int command_edit(const struct options *o, const struct place *place);

/* renew-record: the damaged record gets another name. */
MUST_USE int command_renew_record(const struct place *place);

#endif
