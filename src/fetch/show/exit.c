// SPDX-License-Identifier: ISC
/*
 * exit.c - exit codes (exit.h).
 * Runs in: restante.  Trusts: its caller.  Allocates: never.
 */
#include "fetch/show/exit.h"

#include <sysexits.h>

int exit_of(enum why_kind kind)
{
	switch (kind) {
	case WHY_NONE:
		return EX_OK;
	case WHY_TEMP:
	case WHY_LATER:
		return EX_TEMPFAIL;
	case WHY_NETWORK:
		return EX_UNAVAILABLE;
	case WHY_TLS:
	case WHY_PROTOCOL:
		return EX_PROTOCOL;
	case WHY_LOGIN:
		return EX_NOPERM;
	case WHY_MESSAGE:
	case WHY_DELIVERY:
		return EX_CANTCREAT;
	case WHY_CONFIG:
		return EX_CONFIG;
	case WHY_INTERNAL:
		break;
	}
	return EX_OSERR;
}
