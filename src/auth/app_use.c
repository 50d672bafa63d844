// SPDX-License-Identifier: ISC
/*
 * app_use.c - when app passwords were used last (app_use.h).
 * Runs in: auth, restantectl.  Trusts: nothing in the directory but the times
 * of regular files.  Allocates: never.
 */
#include "auth/app_use.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "auth/limits.h"
#include "os/fd.h"

#define DIRECTORY "app-passwords"
#define NAME_LEN  16u /* octets; twice as many digits */

struct name {
	char text[2 * NAME_LEN + 1];
};

/* The user's length stands before it: no two pairs look alike. */
static struct name name_of(struct text user, struct text app)
{
	uint64_t user_len = user.len;
	uint8_t hash[NAME_LEN];
	crypto_generichash_state state;
	struct name name;

	crypto_generichash_init(&state, NULL, 0, sizeof(hash));
	crypto_generichash_update(&state, (const uint8_t *)&user_len,
				  sizeof(user_len));
	crypto_generichash_update(&state, (const uint8_t *)user.at, user.len);
	crypto_generichash_update(&state, (const uint8_t *)app.at, app.len);
	crypto_generichash_final(&state, hash, sizeof(hash));
	sodium_bin2hex(name.text, sizeof(name.text), hash, sizeof(hash));
	return name;
}

int app_use_open(const char *state_dir, bool is_made)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), "%s/%s", state_dir, DIRECTORY);
	int fd;

	if (len < 0 || (size_t)len >= sizeof(path)) {
		return -ENAMETOOLONG;
	}
	if (is_made && mkdir(path, 0700) < 0 && errno != EEXIST) {
		return -errno;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int look(int dir, const struct name *name, int64_t *unix_r)
{
	struct stat st;

	if (fstatat(dir, name->text, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		return -errno;
	}
	if (!S_ISREG(st.st_mode)) {
		return -EINVAL;
	}
	*unix_r = st.st_mtime;
	return 0;
}

/* A file that is new has the time that it is to have. */
static int touch(int dir, const struct name *name)
{
	int fd = openat(
	    dir, name->text,
	    O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	int rc;

	if (fd < 0) {
		return -errno;
	}
	rc = futimens(fd, NULL) < 0 ? -errno : 0;
	fd_close(&fd);
	return rc;
}

int app_use_note(int dir, struct text user, struct text app)
{
	struct name name = name_of(user, app);
	int64_t last = 0, now = time(NULL);
	int rc = look(dir, &name, &last);

	if (rc < 0 && rc != -ENOENT) {
		return rc;
	}
	/* a time to come is a clock's that was put back */
	if (rc == 0 && last <= now && now - last < (int64_t)APP_USE_PAUSE_S) {
		return 0;
	}
	return touch(dir, &name);
}

int app_use_look(int dir, struct text user, struct text app, int64_t *unix_r)
{
	struct name name = name_of(user, app);

	return look(dir, &name, unix_r);
}

int app_use_forget(int dir, struct text user, struct text app)
{
	struct name name = name_of(user, app);

	return unlinkat(dir, name.text, 0) < 0 && errno != ENOENT ? -errno : 0;
}
