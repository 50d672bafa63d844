// SPDX-License-Identifier: ISC
/*
 * maildir_reach.c - getting at a message's file, which other programs rename
 * (maildir.h).
 * Runs in: maildrop.  Trusts: no path; each is checked for its form.
 */
#include "store/maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "limits.h"

bool maildir_path_set(struct maildir_path *path, const uint8_t *text,
		      size_t len)
{
	if (len <= MAILDIR_SUBDIR_LEN || len > MAILDIR_PATH_MAX) {
		return false;
	}
	if (memcmp(text, MAILDIR_NEW, MAILDIR_SUBDIR_LEN) != 0 &&
	    memcmp(text, MAILDIR_CUR, MAILDIR_SUBDIR_LEN) != 0) {
		return false;
	}
	if (text[MAILDIR_SUBDIR_LEN] == '.' || memchr(text, '\0', len) ||
	    memchr(text + MAILDIR_SUBDIR_LEN, '/', len - MAILDIR_SUBDIR_LEN)) {
		return false;
	}
	memcpy(path->text, text, len);
	path->text[len] = '\0';
	path->len = len;
	return true;
}

int maildir_open_file(int fd, const char *path)
{
	int file =
	    openat(fd, path,
		   O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return file < 0 ? -errno : file;
}

static int read_names(struct maildir *md, struct store_fault *fault)
{
	struct maildir_scan scan;

	md->has_look = false; /* it is from the log-in */
	if (maildir_scan(md, NULL, &scan, fault) != STATUS_OK) {
		/* new/ and cur/ themselves: not just this message */
		return fault->error == ENOENT ? -ENOTDIR : -fault->error;
	}
	maildir_names_finish(&md->fresh);
	md->fresh = scan.names;
	md->has_fresh = true;
	return 0;
}

static const struct maildir_name *find_fresh(const struct maildir *md,
					     const struct maildir_path *path)
{
	struct maildir_base base =
	    maildir_base_in_path((const uint8_t *)path->text, path->len);

	return md->has_fresh ? maildir_names_find(&md->fresh, &base) : NULL;
}

static bool is_at(const struct maildir *md, const struct maildir_name *name,
		  const struct maildir_path *path)
{
	return name->len == path->len &&
	       memcmp(maildir_path_of(&md->fresh, name), path->text,
		      path->len) == 0;
}

/*
 * Sets *path, at which there is nothing, to where the message is now.  A list
 * of names serves until it proves to be old, so that one reading finds all that
 * was renamed before it.  1, 0 if it is gone, or a negative errno.
 */
static int find_again(struct maildir *md, struct maildir_path *path,
		      struct store_fault *fault)
{
	const struct maildir_name *name = find_fresh(md, path);

	if (!md->has_fresh || (name != NULL && is_at(md, name, path))) {
		int rc = read_names(md, fault);

		if (rc < 0) {
			return rc;
		}
		name = find_fresh(md, path);
	}
	if (name == NULL) {
		return 0;
	}
	return maildir_path_set(path, maildir_path_of(&md->fresh, name),
				name->len);
}

int maildir_reach(struct maildir *md, struct maildir_path *path,
		  maildir_act_fn *act, struct store_fault *fault)
{
	for (unsigned i = 0; i < MAILDIR_TRIES_MAX; i++) {
		int rc = act(md->fd, path->text);

		if (rc != -ENOENT) {
			return rc;
		}
		rc = find_again(md, path, fault);
		if (rc <= 0) {
			return rc == 0 ? -ENOENT : rc;
		}
	}
	return -EAGAIN;
}
