// SPDX-License-Identifier: ISC
/*
 * probe_caged.h - the questions of the dialogue, each asked by a child that
 * confines itself first (fetch/cage): it has the network, and no rights; the
 * dialogue has its user's, and hears no server.
 */
#ifndef FETCH_ADD_PROBE_CAGED_H
#define FETCH_ADD_PROBE_CAGED_H

#include "fetch/add/probe.h"
#include "fetch/conf/place.h"

struct probe_caged {
	const struct probe *inner; /* asks, in the child */
	const struct place *place;
	uint32_t timeouts; /* of the account: so long a child may take */
	unsigned lacks;    /* enum sandbox_lacks, once something was asked */
};

/*
 * caged must outlive it.  A child that cannot be started or confined, dies,
 * takes too long, or whose answer is none, is PROBE_FAILED, or a visit's -1,
 * with WHY_INTERNAL.  To be asked with one thread.
 */
struct probe probe_caged(struct probe_caged *caged);

#endif
