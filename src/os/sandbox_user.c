// SPDX-License-Identifier: ISC
/*
 * sandbox_user.c - confinement of a program of a user's own (sandbox.h).
 * Runs in: restante, before it reads from the network.  Trusts: the kernel.
 * Allocates: what libseccomp does.
 */
#include <errno.h>
#include <sys/prctl.h>

#include "os/sandbox_calls.h"
#include "os/sandbox_rules.h"

/* Before it no file can be moved to another folder, whatever the rules say: as
 * good as none. */
#define ABI_FIRST SANDBOX_ABI_REFER

/* What is not there, or may not be looked at, needs no rule. */
static bool is_absent(int rc)
{
	return rc == -ENOENT || rc == -ENOTDIR || rc == -EACCES ||
	       rc == -ENXIO || rc == -ELOOP || rc == -ENAMETOOLONG;
}

static int add_all(struct sandbox_rules *rules, const struct sandbox_user *user)
{
	int rc = 0;

	for (size_t i = 0; i < user->paths_count && rc == 0; i++) {
		rc = sandbox_rules_path(rules, &user->paths[i]);
		rc = is_absent(rc) ? 0 : rc;
	}
	for (size_t i = 0; i < user->ports_count && rc == 0; i++) {
		rc = sandbox_rules_port(rules, user->ports[i]);
	}
	return rc;
}

static int restrict_to(const struct sandbox_user *user, int abi)
{
	struct sandbox_rules rules;
	int rc = sandbox_rules_init(&rules, abi);

	if (rc < 0) {
		return rc;
	}
	return sandbox_rules_enforce(&rules, add_all(&rules, user));
}

static unsigned lacks_of(int abi)
{
	return (abi < ABI_FIRST ? SANDBOX_LACKS_PATHS : 0u) |
	       (abi < SANDBOX_ABI_PORTS ? SANDBOX_LACKS_PORTS : 0u) |
	       (abi < SANDBOX_ABI_SCOPE ? SANDBOX_LACKS_SIGNALS : 0u);
}

int sandbox_confine_user(const struct sandbox_user *user, unsigned *lacks_r)
{
	int abi = sandbox_abi();
	unsigned lacks;
	int rc = 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		return -errno;
	}
	if (abi >= ABI_FIRST) {
		rc = restrict_to(user, abi);
	}
	if (rc == -E2BIG) { /* who started us has left no room for more */
		abi = 0;
		rc = 0;
	}
	lacks = lacks_of(abi);
	if (rc == 0) {
		rc = sandbox_refuse_load();
	}
	if (rc == -ENOSYS) {
		lacks |= SANDBOX_LACKS_CALLS;
		rc = 0;
	}
	if (rc == 0) {
		*lacks_r = lacks;
	}
	return rc;
}
