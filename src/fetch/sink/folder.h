// SPDX-License-Identifier: ISC
/*
 * folder.h - names of folders that rules give: which may be, how a Maildir
 * writes them, and where they lie beside an mbox.
 */
#ifndef FETCH_SINK_FOLDER_H
#define FETCH_SINK_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/checked.h"

/*
 * 1 to FETCH_FOLDER_MAX octets of sound UTF-8 with neither '/' nor control
 * characters, no '.' at either end and no two in a row: "Lists.Linux" is a
 * folder of a folder.
 */
bool folder_is_sound(const char *name);

/* Octets with the NUL of a sound name in a Maildir: '.' and modified UTF-7. */
#define FOLDER_MAILDIR_MAX 256u

/* ".Lists" from "Lists", as IMAP servers have it (RFC 3501, section 5.1.3). */
void folder_for_maildir(const char *name, char text_r[FOLDER_MAILDIR_MAX]);

/* Writes the path of a folder's file beside the mbox at path, or path if folder
 * is "".  As snprintf. */
MUST_USE int folder_beside(const char *path, const char *folder, char *to,
			   size_t cap);

#endif
