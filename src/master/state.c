// SPDX-License-Identifier: ISC
/*
 * state.c - the state directory (state.h).  It is not auth's, though auth alone
 * uses it: whoever owns a directory could put a link where root opens a file.
 * Runs in: master, perhaps as root.  Trusts: the configuration.
 */
#include "master/state.h"

#include "base/log.h"
#include "ipc/guard_file.h"
#include "master/directory.h"

#define PATH_MAX_HERE (SETTINGS_PATH_MAX + 32)

static bool make_app_passwords(const struct auth_settings *auth)
{
	char path[PATH_MAX_HERE];

	snprintf(path, sizeof(path), "%s/app-passwords", auth->state_dir);
	if (directory_make(path, 0700, LOG_WARNING) < 0) {
		return false;
	}
	return !auth->common.drop_privileges ||
	       directory_give_away(path, auth->common.uid, auth->common.gid,
				   LOG_WARNING) == 0;
}

bool state_prepare(const struct config *config)
{
	const char *dir = config->auth.state_dir;

	if (directory_make(dir, 0755, LOG_WARNING) == 0 &&
	    make_app_passwords(&config->auth)) {
		return true;
	}
	log_event_str(LOG_WARNING,
		      "without a state_dir failed log-ins are forgotten at "
		      "every restart, and uses of app passwords are not noted",
		      "path", dir);
	return false;
}

int state_open_guard(const struct config *config)
{
	char path[PATH_MAX_HERE];
	int fd;

	snprintf(path, sizeof(path), "%s/guard", config->auth.state_dir);
	fd = guard_file_open(path);
	if (fd < 0) {
		log_event_errno(LOG_WARNING,
				"failed log-ins are forgotten at every restart",
				path, -fd);
		return -1;
	}
	return fd;
}
