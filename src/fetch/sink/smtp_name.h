// SPDX-License-Identifier: ISC
/*
 * smtp_name.h - names and addresses in commands of SMTP.
 */
#ifndef FETCH_SINK_SMTP_NAME_H
#define FETCH_SINK_SMTP_NAME_H

#include <stdbool.h>

#include "fetch/sink/smtp_line.h"

#define SMTP_NAME_MAX 300u

/* Who we are: our host's full name, or else the address that the connection
 * comes from (RFC 5321, section 4.1.1.1). */
void smtp_name(const struct smtp_line *l, char name_r[SMTP_NAME_MAX]);

/* Whether an address can stand in angle brackets: no control characters, no
 * blanks, no brackets, at most FETCH_SMTP_ADDRESS_MAX octets; a recipient has
 * at least one. */
bool smtp_is_address(const char *address, bool is_recipient);

#endif
