// SPDX-License-Identifier: ISC
/*
 * certificate_name.h - names of hosts in certificates.
 */
#ifndef TLS_CERTIFICATE_NAME_H
#define TLS_CERTIFICATE_NAME_H

#include <stddef.h>

#include "base/checked.h"

#define CERTIFICATE_NAME_MAX 253u /* RFC 1035, section 2.3.4, as text */

/* Whether it may be a host's name: labels of letters, digits, - and _, and
 * perhaps "*." in front. */
bool certificate_name_is_sound(const char *name, size_t len);

#endif
