// SPDX-License-Identifier: ISC
/*
 * place.h - where the collector's files are: the XDG base directories, and the
 * paths that a person writes.
 */
#ifndef FETCH_CONF_PLACE_H
#define FETCH_CONF_PLACE_H

#include <stdbool.h>

#include "conf/fault.h"

#define PLACE_MAX 1024u /* octets of a path with its NUL */

struct place {
	char home[PLACE_MAX]; /* absolute; "": unknown */
	char here[PLACE_MAX]; /* where relative paths start; "": refuse them */
	char config[PLACE_MAX]; /* ~/.config/restante/restante.conf */
	char record[PLACE_MAX]; /* ~/.local/state/restante/record.sqlite */
};

/*
 * From $HOME (or else the user database), $XDG_CONFIG_HOME, $XDG_STATE_HOME and
 * the current directory.  config_path: of -c, or NULL.  0; or -1, and *why_r
 * tells.  A variable whose path is not absolute is ignored, as the XDG base
 * directory specification says.
 */
MUST_USE int place_init(struct place *place_r, const char *config_path,
			struct conf_reason *why_r);

/* Whether something stands at place->config. */
bool place_has_config(const struct place *place);

/*
 * A path as written, made absolute: "~", "~/x", "$HOME/x", "${HOME}/x", "/x",
 * and "x" if place->here is known.  0, and *path_r is to be freed; -1, and
 * *why_r ends a sentence that begins with the path.
 */
MUST_USE int place_path(const struct place *place, const char *written,
			char **path_r, struct conf_reason *why_r);

/* Makes the folders above path that are missing, for us alone (0700).  0, or a
 * negative errno. */
MUST_USE int place_make_folder_of(const char *path);

#endif
