// SPDX-License-Identifier: ISC
/*
 * sandbox.c - confinement of a role (sandbox.h).
 * Runs in: each role, the last thing before it serves.  Trusts: the kernel.
 */
#include "os/sandbox.h"

#include <errno.h>
#include <sys/prctl.h>

#include "base/log.h"
#include "os/privilege.h"
#include "os/sandbox_calls.h"
#include "os/sandbox_rules.h"

static int add_paths(struct sandbox_rules *r, const struct sandbox_path *paths,
		     size_t count)
{
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++) {
		rc = sandbox_rules_path(r, &paths[i]);
		if (rc < 0) {
			log_event_errno(LOG_ERROR, "sandbox", paths[i].path,
					-rc);
		}
	}
	return rc;
}

static int restrict_paths(int abi, const struct sandbox_path *paths,
			  size_t count)
{
	struct sandbox_rules rules;
	int rc = sandbox_rules_init(&rules, abi);

	if (rc < 0) {
		return rc;
	}
	return sandbox_rules_enforce(&rules, add_paths(&rules, paths, count));
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
	int abi = sandbox_abi();

	if (abi < 0) {
		return lacking("Landlock", -abi, is_required);
	}
	return restrict_paths(abi, paths, count);
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
