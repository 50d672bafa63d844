// SPDX-License-Identifier: ISC
/*
 * text_play.h - guard pages around the input and the output of texts.h, for the
 * unit tests of wire text.
 */
#ifndef TEST_TEXT_PLAY_H
#define TEST_TEXT_PLAY_H

#include "unit.h"
#include "texts.h"

static struct guard in, out;

static inline int open_guards(void **state)
{
	(void)state;
	guard_init(&in, 8192);
	guard_init(&out, 8192);
	return 0;
}

static inline int close_guards(void **state)
{
	(void)state;
	guard_finish(&in);
	guard_finish(&out);
	return 0;
}

#endif
