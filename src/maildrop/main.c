// SPDX-License-Identifier: ISC
/*
 * main.c - restanted-maildrop: the role that opens, lists, hands out and
 * removes mail, for those whom auth has let in.
 * Runs as: mail_user, with no privilege but to take on the identity of a mail's
 * owner for file access.  Trusts: the master's settings; auth's grants.
 * May: read and remove below the mail root; write in its cache directory.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/log.h"
#include "ipc/startup.h"
#include "limits.h"
#include "os/fd.h"
#include "os/sandbox.h"
#include "serve.h"

static struct maildrop_settings settings;
static struct serve_context serve;

static int open_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == EACCES) {
		fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	if (fd < 0) {
		fd = -errno;
		log_event_errno(LOG_ERROR, "cannot open", path, -fd);
	}
	return fd;
}

/* Our own directory below the cache directory. */
static int make_directory(const char *name, char path[SETTINGS_PATH_MAX + 16])
{
	(void)snprintf(path, SETTINGS_PATH_MAX + 16, "%s%s", settings.cache_dir,
		       name);
	if (mkdir(path, 0700) < 0 && errno != EEXIST) {
		log_event_errno(LOG_WARNING, "cannot make", path, errno);
		return -errno;
	}
	return 0;
}

/* Without it maildrops on a file system without locks cannot be opened; all
 * others can. */
static int open_locks(void)
{
	char path[SETTINGS_PATH_MAX + 16];
	int fd;

	if (make_directory("", path) < 0 ||
	    make_directory("/locks", path) < 0) {
		return -1;
	}
	fd = open_directory(path);
	return fd < 0 ? -1 : fd;
}

static int open_all(void)
{
	struct drop_context *drops = &serve.drops;
	char path[SETTINGS_PATH_MAX + 16];

	drops->store = &store_maildir;
	drops->settings = &settings;
	drops->self.uid = settings.common.uid;
	drops->self.gid = settings.common.gid;
	drops->root_fd = open_directory(settings.mail_root);
	if (drops->root_fd < 0) {
		return drops->root_fd;
	}
	if (settings.shared_lock) {
		drops->tally = tally_create(settings.sessions_per_user);
		if (drops->tally == NULL) {
			return -ENOMEM;
		}
	}
	drops->locks_fd = open_locks();
	(void)snprintf(path, sizeof(path), "%s/sizes", settings.cache_dir);
	drops->cache =
	    cache_open(path, settings.cache_octets_max, settings.cache_discard);
	return 0;
}

/* What is not there, or not to be had, is not allowed either. */
static int confine(void)
{
	struct sandbox_path paths[] = {
		{ settings.mail_root, SANDBOX_READ | SANDBOX_REMOVE },
		{ settings.cache_dir,
		  SANDBOX_READ | SANDBOX_WRITE | SANDBOX_REMOVE },
	};
	bool has_cache_dir =
	    serve.drops.locks_fd != -1 || serve.drops.cache != NULL;

	return sandbox_confine(SANDBOX_MAILDROP, paths, has_cache_dir ? 2 : 1,
			       settings.common.sandbox_required);
}

static int add_channels(struct startup *startup)
{
	int rc = 0;

	for (size_t i = 0; i < startup->count && rc == 0; i++) {
		struct startup_item *item = &startup->items[i];

		if (item->type != PACKET_CHANNEL) {
			return -EPROTO;
		}
		rc = service_add(&serve.service, item->fd,
				 (enum role)item->kind, item->id);
	}
	return rc;
}

static int run(struct startup *startup)
{
	int rc;

	(void)fd_limit_raise(MAILDROP_DESCRIPTORS_WANTED);
	rc = startup_drop(&settings.common, true);
	if (rc == 0) {
		rc = open_all();
	}
	if (rc == 0) {
		rc = confine();
	}
	if (rc < 0) {
		return rc;
	}
	service_init(&serve.service, ROLE_MAILDROP, STARTUP_FD,
		     settings.threads_per_channel, &serve_ops, &serve);
	rc = serve_start(&serve);
	if (rc == 0) {
		rc = add_channels(startup);
	}
	if (rc == 0) {
		rc = service_run(&serve.service);
	}
	if (serve_stop(&serve)) {
		cache_close(&serve.drops.cache);
	}
	return rc;
}

int main(void)
{
	struct startup startup;
	int rc = startup_receive(ROLE_MAILDROP, "restanted-maildrop", &settings,
				 sizeof(settings), &startup);

	if (rc == 0) {
		rc = run(&startup);
	}
	return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
