// SPDX-License-Identifier: ISC
/*
 * sandbox.c - confinement (sandbox.h): Landlock by its own system calls,
 * seccomp by libseccomp.
 * Runs in: each role, the last thing before it serves.  Trusts: the kernel.
 */
#include "os/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "os/fd.h"
#include "os/privilege.h"
#include "os/sandbox_calls.h"

/* Rights that newer kernels know and Debian 12's header does not. */
#define FS_REFER                   (1ULL << 13) /* ABI 2 */
#define FS_TRUNCATE                (1ULL << 14) /* ABI 3 */
#define FS_IOCTL_DEV               (1ULL << 15) /* ABI 5 */
#define NET_BIND_TCP               (1ULL << 0)  /* ABI 4 */
#define NET_CONNECT_TCP            (1ULL << 1)
#define SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0) /* ABI 6 */
#define SCOPE_SIGNAL               (1ULL << 1)

/* The kernel takes as much of it as it knows, by size. */
struct ruleset {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

#define FS_READ  (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_WRITE (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG)

static struct ruleset ruleset_of(int abi)
{
	struct ruleset set = { .fs = (1ULL << 13) - 1 };

	set.fs |= abi >= 2 ? FS_REFER : 0;
	set.fs |= abi >= 3 ? FS_TRUNCATE : 0;
	set.fs |= abi >= 5 ? FS_IOCTL_DEV : 0;
	set.net = abi >= 4 ? NET_BIND_TCP | NET_CONNECT_TCP : 0;
	set.scoped = abi >= 6 ? SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL : 0;
	return set;
}

static size_t ruleset_size(int abi)
{
	return abi >= 6   ? sizeof(struct ruleset)
	       : abi >= 4 ? offsetof(struct ruleset, scoped)
			  : offsetof(struct ruleset, net);
}

static int add_path(int ruleset, const struct sandbox_path *p, uint64_t known)
{
	struct landlock_path_beneath_attr rule = { .parent_fd = -1 };
	int rc = 0;

	if ((p->access & SANDBOX_READ) != 0) {
		rule.allowed_access |= FS_READ;
	}
	if ((p->access & SANDBOX_REMOVE) != 0) {
		rule.allowed_access |= LANDLOCK_ACCESS_FS_REMOVE_FILE;
	}
	if ((p->access & SANDBOX_WRITE) != 0) {
		rule.allowed_access |= FS_WRITE | FS_TRUNCATE;
	}
	rule.allowed_access &= known;
	rule.parent_fd = open(p->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (rule.parent_fd < 0) {
		rc = -errno;
		log_event_errno(LOG_ERROR, "sandbox", p->path, -rc);
		return rc;
	}
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
		    &rule, 0) < 0) {
		rc = -errno;
	}
	close(rule.parent_fd);
	return rc;
}

static int restrict_paths(int abi, const struct sandbox_path *paths,
			  size_t count)
{
	struct ruleset set = ruleset_of(abi);
	int rc = 0;
	int fd = (int)syscall(SYS_landlock_create_ruleset, &set,
			      ruleset_size(abi), 0);

	if (fd < 0) {
		return -errno;
	}
	for (size_t i = 0; i < count && rc == 0; i++) {
		rc = add_path(fd, &paths[i], set.fs);
	}
	if (rc == 0 && syscall(SYS_landlock_restrict_self, fd, 0) < 0) {
		rc = -errno;
	}
	fd_close(&fd);
	return rc;
}

/* What the kernel lacks is told once here; required decides what follows. */
static int lacking(const char *feature, int error, bool is_required)
{
	struct log_line l;

	log_begin(&l, is_required ? LOG_ERROR : LOG_WARNING,
		  "sandbox: the kernel lacks a feature");
	log_str(&l, "feature", feature);
	log_errno(&l, error);
	if (is_required) {
		log_str(&l, "remedy", "a newer kernel, or sandbox = on");
	}
	log_end(&l);
	return is_required ? -error : 0;
}

static int confine_paths(const struct sandbox_path *paths, size_t count,
			 bool is_required)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
			   LANDLOCK_CREATE_RULESET_VERSION);

	if (abi < 1) {
		return lacking("Landlock", abi < 0 ? errno : ENOSYS,
			       is_required);
	}
	return restrict_paths((int)abi, paths, count);
}

int sandbox_confine(enum sandbox_calls calls, const struct sandbox_path *paths,
		    size_t count, bool is_required)
{
	int rc = privilege_hide_memory();

	if (rc < 0) {
		return rc;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		return -errno;
	}
	rc = confine_paths(paths, count, is_required);
	if (rc < 0) {
		return rc;
	}
	rc = sandbox_calls_load(calls);
	return rc == -ENOSYS ? lacking("seccomp", ENOSYS, is_required) : rc;
}
