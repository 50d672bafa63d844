// SPDX-License-Identifier: ISC
/*
 * file.h - the text of a configuration file.
 */
#ifndef CONF_FILE_H
#define CONF_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "conf/fault.h"

struct conf_file {
	char *text; /* ends in a NUL and has no other; of malloc */
	size_t len;
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

/* Reads a regular file of up to max octets.  False, with a fault of the file as
 * a whole, if there is no text to go on with. */
MUST_USE bool conf_file_read(const char *path, size_t max,
			     struct conf_file *file_r,
			     struct conf_faults *faults);

#endif
