// SPDX-License-Identifier: ISC
/*
 * why.h - why something failed, as a sentence for a person: what, and what to
 * do about it where that is known.  No secret ever stands in it.
 */
#ifndef FETCH_WHY_H
#define FETCH_WHY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/checked.h"

#define WHY_MAX 512u

/* What it means for what goes on. */
enum why_kind {
	WHY_NONE,
	WHY_TEMP,     /* go on next time: EX_TEMPFAIL */
	WHY_MESSAGE,  /* this one will never do: others go on */
	WHY_LATER,    /* this one not now: others go on; EX_TEMPFAIL */
	WHY_NETWORK,  /* EX_UNAVAILABLE: no host, a dropped line */
	WHY_TLS,      /* EX_PROTOCOL: the certificate, or no TLS to be had */
	WHY_LOGIN,    /* EX_NOPERM */
	WHY_PROTOCOL, /* EX_PROTOCOL: nothing that a POP3 server says */
	WHY_DELIVERY, /* EX_CANTCREAT: the destination takes nothing */
	WHY_CONFIG,   /* EX_CONFIG */
	WHY_INTERNAL, /* EX_OSERR, EX_IOERR: the record, memory, descriptors */
};

struct why {
	enum why_kind kind;
	char text[WHY_MAX]; /* UTF-8, printable; cut if it is too long */
};

/* Whether it ends within cap octets and is UTF-8 that may be shown as it is, as
 * a why's text always is: of what another process says. */
bool why_may_be_shown(const char *text, size_t cap);

/* printf into it; foreign octets go through why_octets. */
__attribute__((format(printf, 3, 4))) void
why_set(struct why *why, enum why_kind kind, const char *format, ...);
/* The same, and ": strerror(error)". */
__attribute__((format(printf, 4, 5))) void why_errno(struct why *why,
						     enum why_kind kind,
						     int error,
						     const char *format, ...);
/* Appends more of it. */
__attribute__((format(printf, 2, 3))) void why_add(struct why *why,
						   const char *format, ...);
/* Appends a blank and what somebody else said, in quotes, escaped where it is
 * not to be shown: it may be any octets. */
void why_octets(struct why *why, const void *at, size_t len);

#endif
