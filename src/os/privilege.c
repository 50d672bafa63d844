// SPDX-License-Identifier: ISC
/*
 * privilege.c - accounts (privilege.h).
 * Runs in: each role while it starts, as root; maildrop's threads.
 * Trusts: the settings of the master.
 */
#include "os/privilege.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/resource.h>
#include <unistd.h>

#define ACCOUNT_TEXT_MAX 65536u /* of one entry of passwd(5), with its groups */

int privilege_hide_memory(void)
{
	struct rlimit no_core = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &no_core) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) {
		return -errno;
	}
	return 0;
}

int privilege_find_account(const char *name, uid_t *uid_r, gid_t *gid_r)
{
	struct passwd entry;
	struct passwd *found = NULL;
	char *text = malloc(ACCOUNT_TEXT_MAX);
	int error;

	if (text == NULL) {
		return -ENOMEM;
	}
	error = getpwnam_r(name, &entry, text, ACCOUNT_TEXT_MAX, &found);
	if (error == 0 && found != NULL) {
		*uid_r = entry.pw_uid;
		*gid_r = entry.pw_gid;
	}
	free(text);
	if (error != 0) {
		return -error;
	}
	return found == NULL ? -ENOENT : 0;
}

static int set_capabilities(uint32_t set)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {
		{ .effective = set, .permitted = set },
	};

	return syscall(SYS_capset, &head, data) < 0 ? -errno : 0;
}

static bool is_there_a_way_back(uid_t uid, gid_t gid)
{
	uid_t real_uid, effective_uid, saved_uid;
	gid_t real_gid, effective_gid, saved_gid;

	if (getresuid(&real_uid, &effective_uid, &saved_uid) < 0 ||
	    getresgid(&real_gid, &effective_gid, &saved_gid) < 0) {
		return true;
	}
	return real_uid != uid || effective_uid != uid || saved_uid != uid ||
	       real_gid != gid || effective_gid != gid || saved_gid != gid;
}

int privilege_drop(uid_t uid, gid_t gid, enum privilege_keep keep)
{
	uint32_t kept = keep == PRIVILEGE_KEEP_FILE_IDENTITY
			    ? 1u << CAP_SETUID | 1u << CAP_SETGID
			    : 0;

	if (uid == 0 || gid == 0) {
		return -EINVAL;
	}
	for (unsigned long cap = 0; cap <= CAP_LAST_CAP; cap++) {
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0 &&
		    errno != EINVAL) {
			return -errno;
		}
	}
	if (prctl(PR_SET_KEEPCAPS, kept != 0, 0, 0, 0) < 0 ||
	    setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 ||
	    setresuid(uid, uid, uid) < 0) {
		return -errno;
	}
	if (is_there_a_way_back(uid, gid)) {
		return -EPERM;
	}
	return set_capabilities(kept);
}

/* setfsuid reports the identity of before, whether it changed or not: a call
 * with an impossible one only asks. */
int privilege_file_identity(uid_t uid, gid_t gid)
{
	setfsgid(gid);
	setfsuid(uid);
	if ((gid_t)setfsgid((gid_t)-1) != gid ||
	    (uid_t)setfsuid((uid_t)-1) != uid) {
		return -EPERM;
	}
	return 0;
}
