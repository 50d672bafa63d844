// SPDX-License-Identifier: ISC
/*
 * why.c - what is wrong, in words (why.h).
 * Runs in: restante-bench.  Trusts: its caller.  Allocates: never.
 */
#include "bench/why.h"

#include <stdarg.h>
#include <stdio.h>

bool why_not(struct why *why, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why->text, sizeof(why->text), format, args);
	va_end(args);
	return false;
}
