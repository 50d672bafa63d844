// SPDX-License-Identifier: ISC
/*
 * probe_answer.c - an answer, looked at before anything of it is believed
 * (probe_answer.h).
 * Runs in: restante, before there are threads.  Trusts: no octet of it.
 * Allocates: never.
 */
#include "fetch/add/probe_answer.h"

#include <string.h>

#include "os/sandbox.h"

#define LACKS_ALL                                                              \
	((unsigned)(SANDBOX_LACKS_PATHS | SANDBOX_LACKS_PORTS |                \
		    SANDBOX_LACKS_SIGNALS | SANDBOX_LACKS_CALLS))

/* By its octet: any but 0 and 1 is no bool, and undefined to read. */
static bool is_bool(const bool *b)
{
	uint8_t octet;

	_Static_assert(sizeof(*b) == sizeof(octet), "an octet");
	memcpy(&octet, b, sizeof(octet));
	return octet <= 1;
}

/* The server's: any octets, in one line. */
static bool is_line(const char *text, size_t cap)
{
	size_t len = strnlen(text, cap);

	return len < cap && memchr(text, '\n', len) == NULL;
}

static bool is_offer(const struct probe_offer *o)
{
	return is_bool(&o->has_fingerprint) && is_bool(&o->has_capa) &&
	       is_bool(&o->has_uidl) && is_bool(&o->has_top) &&
	       is_line(o->mechanisms, sizeof(o->mechanisms)) &&
	       why_may_be_shown(o->capabilities, sizeof(o->capabilities)) &&
	       why_may_be_shown(o->tls, sizeof(o->tls));
}

static bool is_visit(const struct probe_visit *v)
{
	return is_bool(&v->has_uidl) && is_bool(&v->has_top) &&
	       why_may_be_shown(v->mechanism, sizeof(v->mechanism));
}

static bool is_why(const struct why *why)
{
	return (unsigned)why->kind <= WHY_INTERNAL &&
	       why_may_be_shown(why->text, sizeof(why->text));
}

/* What can be together: a person may be asked to pin the fingerprint, and what
 * failed has an exit code that says so. */
static bool fits(const struct probe_answer *a)
{
	return (a->outcome == PROBE_READY) == (a->why.kind == WHY_NONE) &&
	       (a->outcome != PROBE_UNVERIFIED || a->offer.has_fingerprint);
}

bool probe_answer_take(const void *octets, size_t len,
		       struct probe_answer *answer_r)
{
	if (len != sizeof(*answer_r)) {
		return false;
	}
	memcpy(answer_r, octets, len);
	return (unsigned)answer_r->outcome <= PROBE_FAILED &&
	       (answer_r->lacks & ~LACKS_ALL) == 0 &&
	       is_offer(&answer_r->offer) && is_visit(&answer_r->visit) &&
	       is_why(&answer_r->why) && fits(answer_r);
}
