// SPDX-License-Identifier: ISC
/*
 * sandbox_rules.c - rules of Landlock (sandbox_rules.h).
 * Runs in: who confines itself.  Trusts: the kernel.  Allocates: never.
 */
#include "os/sandbox_rules.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/fd.h"

/* Rights that newer kernels know and Debian 12's header does not. */
#define FS_REFER                   (1ULL << 13)
#define FS_TRUNCATE                (1ULL << 14)
#define FS_IOCTL_DEV               (1ULL << 15)
#define NET_BIND_TCP               (1ULL << 0)
#define NET_CONNECT_TCP            (1ULL << 1)
#define SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0)
#define SCOPE_SIGNAL               (1ULL << 1)
#define RULE_NET_PORT              2

/* The kernel takes as much of it as it knows, by size. */
struct ruleset {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

struct net_port {
	uint64_t allowed_access;
	uint64_t port;
};

/* What can be said of a file. */
#define FS_OF_FILE                                                             \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |          \
	 LANDLOCK_ACCESS_FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)

int sandbox_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
			   LANDLOCK_CREATE_RULESET_VERSION);

	return abi < 0 ? -errno : abi == 0 ? -ENOSYS : (int)abi;
}

static struct ruleset ruleset_of(int abi)
{
	struct ruleset set = { .fs = FS_REFER - 1 }; /* all of the first */

	set.fs |= abi >= SANDBOX_ABI_REFER ? FS_REFER : 0;
	set.fs |= abi >= SANDBOX_ABI_TRUNCATE ? FS_TRUNCATE : 0;
	set.fs |= abi >= SANDBOX_ABI_DEVICES ? FS_IOCTL_DEV : 0;
	set.net = abi >= SANDBOX_ABI_PORTS ? NET_BIND_TCP | NET_CONNECT_TCP : 0;
	set.scoped = abi >= SANDBOX_ABI_SCOPE
			 ? SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL
			 : 0;
	return set;
}

static size_t ruleset_size(int abi)
{
	return abi >= SANDBOX_ABI_SCOPE   ? sizeof(struct ruleset)
	       : abi >= SANDBOX_ABI_PORTS ? offsetof(struct ruleset, scoped)
					  : offsetof(struct ruleset, net);
}

int sandbox_rules_init(struct sandbox_rules *r, int abi)
{
	struct ruleset set = ruleset_of(abi);

	r->abi = abi;
	r->paths = set.fs;
	r->fd = (int)syscall(SYS_landlock_create_ruleset, &set,
			     ruleset_size(abi), 0);
	return r->fd < 0 ? -errno : 0;
}

/* By enum sandbox_access. */
static const struct {
	unsigned access;
	uint64_t rights;
} meanings[] = {
	{ SANDBOX_READ,
	  LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR },
	{ SANDBOX_REMOVE, LANDLOCK_ACCESS_FS_REMOVE_FILE },
	{ SANDBOX_WRITE, LANDLOCK_ACCESS_FS_WRITE_FILE |
			     LANDLOCK_ACCESS_FS_MAKE_REG | FS_TRUNCATE },
	{ SANDBOX_LIST, LANDLOCK_ACCESS_FS_READ_DIR },
	{ SANDBOX_FOLDERS, LANDLOCK_ACCESS_FS_MAKE_DIR | FS_REFER },
	{ SANDBOX_DEVICE, LANDLOCK_ACCESS_FS_READ_FILE |
			      LANDLOCK_ACCESS_FS_WRITE_FILE | FS_IOCTL_DEV },
};

static uint64_t rights_of(unsigned access)
{
	uint64_t rights = 0;

	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		rights |=
		    (access & meanings[i].access) != 0 ? meanings[i].rights : 0;
	}
	return rights;
}

static int add_opened(struct sandbox_rules *r, int fd, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = { .parent_fd = fd };
	struct stat st;

	if (fstat(fd, &st) < 0) {
		return -errno;
	}
	rule.allowed_access =
	    rights & r->paths & (S_ISDIR(st.st_mode) ? ~0ULL : FS_OF_FILE);
	if (rule.allowed_access == 0) {
		return 0;
	}
	return syscall(SYS_landlock_add_rule, r->fd, LANDLOCK_RULE_PATH_BENEATH,
		       &rule, 0) < 0
		   ? -errno
		   : 0;
}

int sandbox_rules_path(struct sandbox_rules *r, const struct sandbox_path *path)
{
	int fd = open(path->path, O_PATH | O_CLOEXEC);
	int rc;

	if (fd < 0) {
		return -errno;
	}
	rc = add_opened(r, fd, rights_of(path->access));
	fd_close(&fd);
	return rc;
}

int sandbox_rules_port(struct sandbox_rules *r, uint16_t port)
{
	struct net_port rule = { NET_CONNECT_TCP, port };

	if (r->abi < SANDBOX_ABI_PORTS) {
		return 0;
	}
	return syscall(SYS_landlock_add_rule, r->fd, RULE_NET_PORT, &rule, 0) <
		       0
		   ? -errno
		   : 0;
}

int sandbox_rules_enforce(struct sandbox_rules *r, int rc)
{
	if (rc == 0 && syscall(SYS_landlock_restrict_self, r->fd, 0) < 0) {
		rc = -errno;
	}
	fd_close(&r->fd);
	return rc;
}
