// SPDX-License-Identifier: ISC
/*
 * packet_fields.h - the rules of the single fields of packets, for packet_check
 * alone.
 */
#ifndef IPC_PACKET_FIELDS_H
#define IPC_PACKET_FIELDS_H

#include "ipc/packet.h"

/* A status that a packet carries, or STATUS_OK where it has none. */
uint32_t packet_status_of(const struct packet *p);

/* Whether the fields of a packet of a known type, of at least its fixed part's
 * length, are in range, and it may go to that role with them. */
MUST_USE bool packet_fields_are_sound(const struct packet *p, enum role to);

#endif
