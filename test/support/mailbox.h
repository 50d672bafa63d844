// SPDX-License-Identifier: ISC
/*
 * mailbox.h - reads files, and folders of messages.
 */
#ifndef TEST_MAILBOX_H
#define TEST_MAILBOX_H

#include "memdrop.h"
#include "octets.h"

/* Both end the program, with a word, if there is no such thing. */
void mailbox_read_file(const char *path, struct octets *octets);
void mailbox_load(const char *folder, struct memdrop *drop);

#endif
