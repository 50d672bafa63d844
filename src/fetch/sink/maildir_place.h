// SPDX-License-Identifier: ISC
/*
 * maildir_place.h - where in a Maildir a message is, as the record has it:
 * "maildir:BASE", or "maildir:.FOLDER/BASE".
 */
#ifndef FETCH_SINK_MAILDIR_PLACE_H
#define FETCH_SINK_MAILDIR_PLACE_H

#include "fetch/sink/sink.h"

void maildir_place_write(char place_r[SINK_PLACE_MAX], const char *folder,
			 const char *base);

/* As sink_find. */
enum sink_found maildir_place_find(int maildir_fd, const char *place);

#endif
