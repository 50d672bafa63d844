// SPDX-License-Identifier: ISC
/*
 * name.h - which name was meant by one that does not exist.
 */
#ifndef CONF_NAME_H
#define CONF_NAME_H

#include <stddef.h>

/* The one of the names that is most like what was written, or NULL if none is
 * like it. */
const char *conf_name_nearest(const char *written, const char *const *names,
			      size_t count);

#endif
