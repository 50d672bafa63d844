// SPDX-License-Identifier: ISC
/*
 * probe_run.h - what the dialogue of `account add` asks of the network, asked.
 */
#ifndef FETCH_RUN_PROBE_RUN_H
#define FETCH_RUN_PROBE_RUN_H

#include "fetch/add/probe.h"

/* Each of its functions runs a loop of its own to the end of one session. */
extern const struct probe probe_of_network;

#endif
