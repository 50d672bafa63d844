// SPDX-License-Identifier: ISC
/*
 * pop3/pop3.h - libpop3, all of it: POP3 (RFC 1939) without I/O.
 */
#ifndef POP3_POP3_H
#define POP3_POP3_H

#include "pop3/base.h"
#include "pop3/base64.h"
#include "pop3/client.h"
#include "pop3/server.h"
#include "pop3/text.h"

#endif
