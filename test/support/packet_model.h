// SPDX-License-Identifier: ISC
/*
 * packet_model.h - the rules of ipc/packet.h a second time: each packet as a
 * row of offsets and ranges, read octet by octet.  What packet_check is judged
 * by.
 */
#ifndef TEST_PACKET_MODEL_H
#define TEST_PACKET_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/packet.h"

/* Whether these octets, which came with or without a descriptor, are what from
 * may say to to. */
bool packet_model_allows(const uint8_t *octets, size_t len, bool has_fd,
			 enum role from, enum role to);

/* The smallest sound packet of a type (a number from 1 below PACKET_TYPE_COUNT)
 * with odd but allowed numbers in its fields: its length, at least 8. */
size_t packet_model_sample(uint32_t type, uint8_t octets[PACKET_MAX]);

/* Whether that sample comes with a descriptor; who says it to whom, last of
 * those who may. */
bool packet_model_has_fd(uint32_t type);
enum role packet_model_from(uint32_t type);
enum role packet_model_to(uint32_t type);

/* The octets of its fixed part. */
size_t packet_model_fixed(uint32_t type);

#endif
