// SPDX-License-Identifier: ISC
/*
 * maildir_place.c - where in a Maildir a message is (maildir_place.h).
 * Runs in: a carrier thread.  Trusts: no place, nothing that is in the Maildir.
 * Allocates: never.
 */
#include "fetch/sink/maildir_place.h"

#include <stdio.h>
#include <string.h>

#include "fetch/sink/maildir_box.h"

#define PLACE "maildir:"

_Static_assert(SINK_PLACE_MAX >
		   sizeof(PLACE) + FOLDER_MAILDIR_MAX + MAILDIR_BASE_MAX,
	       "a place has room");

void maildir_place_write(char place_r[SINK_PLACE_MAX], const char *folder,
			 const char *base)
{
	snprintf(place_r, SINK_PLACE_MAX, "%s%s%s%s", PLACE, folder,
		 folder[0] == '\0' ? "" : "/", base);
}

/* Opens what the place names, and gives the base name in it; NULL if that is
 * none of ours. */
static const char *open_place(int maildir_fd, struct maildir_box *b,
			      const char *place)
{
	const char *at = place + strlen(PLACE);
	const char *slash = strchr(at, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - at);
	char folder[FOLDER_MAILDIR_MAX] = ".";

	if (strncmp(place, PLACE, strlen(PLACE)) != 0 ||
	    len >= sizeof(folder) || (len != 0 && at[0] != '.')) {
		return NULL;
	}
	if (slash != NULL) {
		memcpy(folder, at, len);
		folder[len] = '\0';
		at = slash + 1;
	}
	if (at[0] == '\0' || strchr(at, '/') != NULL ||
	    strlen(at) >= MAILDIR_BASE_MAX || strcmp(folder, "..") == 0) {
		return NULL;
	}
	return maildir_box_init_found(b, maildir_fd, folder) < 0 ? NULL : at;
}

/* What was found may stand there through a crash before the sync of settle, so
 * that comes now. */
enum sink_found maildir_place_find(int maildir_fd, const char *place)
{
	struct maildir_box b;
	const char *base = open_place(maildir_fd, &b, place);
	int rc;

	if (base == NULL) {
		return SINK_UNKNOWN;
	}
	rc = maildir_box_has(&b, base);
	if (rc == 0) {
		maildir_box_forget(&b, base);
	}
	if (rc == 1) {
		rc = maildir_box_sync(&b) < 0 ? -1 : 1;
	}
	maildir_box_finish(&b);
	return rc < 0    ? SINK_UNKNOWN
	       : rc == 1 ? SINK_DELIVERED
			 : SINK_NOT_THERE;
}
