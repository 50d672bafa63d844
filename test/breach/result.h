// SPDX-License-Identifier: ISC
/*
 * result.h - what a system call of an attack came to.
 */
#ifndef BREACH_RESULT_H
#define BREACH_RESULT_H

#include <errno.h>

/* 0 if it succeeded, or a negative errno. */
static inline int result(long rc)
{
	return rc < 0 ? -errno : 0;
}

#endif
