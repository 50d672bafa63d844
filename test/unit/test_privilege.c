// SPDX-License-Identifier: ISC
/*
 * test_privilege.c - root is really gone, and the identity for files is really
 * another.  What needs root is skipped, and said to be, without it.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "os/privilege.h"

#define UID   54321
#define GID   54322
#define OTHER 54323

static char dir[] = "/tmp/restante-unit-XXXXXX";

static bool is_root(void)
{
	if (geteuid() == 0) {
		return true;
	}
	print_message("not root: skipped\n");
	return false;
}

/* A check in a child: says which line was wrong. */
#define WANT(is_true)                                                          \
	do {                                                                   \
		if (!(is_true)) {                                              \
			fprintf(stderr, "line %d: %s (%s)\n", __LINE__,        \
				#is_true, strerror(errno));                    \
			return 1;                                              \
		}                                                              \
	} while (0)

struct sets {
	uint64_t effective, permitted, inheritable;
};

static bool get_sets(struct sets *sets)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct d[2];

	if (syscall(SYS_capget, &head, d) < 0) {
		return false;
	}
	*sets = (struct sets){
		d[0].effective | (uint64_t)d[1].effective << 32,
		d[0].permitted | (uint64_t)d[1].permitted << 32,
		d[0].inheritable | (uint64_t)d[1].inheritable << 32,
	};
	return true;
}

static bool is_bounding_set_empty(void)
{
	for (unsigned long cap = 0; cap <= CAP_LAST_CAP; cap++) {
		if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) == 1) {
			return false;
		}
	}
	return true;
}

static int drop_all(void *arg)
{
	static const gid_t groups[] = { 0, 4, 20 };
	uid_t uids[3];
	gid_t gids[3];
	struct sets sets;

	(void)arg;
	WANT(setgroups(3, groups) == 0);
	WANT(privilege_drop(UID, GID, PRIVILEGE_KEEP_NOTHING) == 0);
	WANT(getresuid(&uids[0], &uids[1], &uids[2]) == 0);
	WANT(getresgid(&gids[0], &gids[1], &gids[2]) == 0);
	for (int i = 0; i < 3; i++) {
		WANT(uids[i] == UID && gids[i] == GID);
	}
	WANT(setfsuid((uid_t)-1) == UID && setfsgid((gid_t)-1) == GID);
	WANT(getgroups(0, NULL) == 0);
	WANT(get_sets(&sets));
	WANT(sets.effective == 0 && sets.permitted == 0);
	WANT(sets.inheritable == 0);
	WANT(is_bounding_set_empty());
	return 0;
}

static int no_way_back(void *arg)
{
	static const gid_t none[] = { 0 };

	(void)arg;
	WANT(privilege_drop(UID, GID, PRIVILEGE_KEEP_NOTHING) == 0);
	WANT(setuid(0) < 0 && setgid(0) < 0);
	WANT(seteuid(0) < 0 && setegid(0) < 0);
	WANT(setresuid(0, 0, 0) < 0 && setresgid(0, 0, 0) < 0);
	WANT(setresuid((uid_t)-1, 0, (uid_t)-1) < 0);
	WANT(setreuid(0, UID) < 0);
	WANT(setgroups(1, none) < 0);
	WANT(chroot("/tmp") < 0);
	WANT(open("/etc/shadow", O_RDONLY | O_CLOEXEC) < 0);
	WANT(kill(1, 0) < 0 && errno == EPERM);
	WANT(privilege_drop(OTHER, OTHER, PRIVILEGE_KEEP_NOTHING) < 0);
	WANT(privilege_file_identity(OTHER, OTHER) == -EPERM);
	WANT(privilege_file_identity(UID, GID) == 0); /* what it is anyway */
	return 0;
}

static void test_dropping_leaves_nothing(void **state)
{
	(void)state;
	if (is_root()) {
		assert_int_equal(in_child(drop_all, NULL), 0);
		assert_int_equal(in_child(no_way_back, NULL), 0);
	}
}

static int never_to_root(void *arg)
{
	(void)arg;
	WANT(privilege_drop(0, GID, PRIVILEGE_KEEP_NOTHING) == -EINVAL);
	WANT(privilege_drop(UID, 0, PRIVILEGE_KEEP_NOTHING) == -EINVAL);
	WANT(geteuid() == 0 && getegid() == 0); /* nothing was done */
	return 0;
}

static void test_nobody_becomes_root(void **state)
{
	(void)state;
	if (is_root()) {
		assert_int_equal(in_child(never_to_root, NULL), 0);
	}
}

static int drop_as_user(void *arg)
{
	(void)arg;
	if (geteuid() == 0) {
		WANT(setresgid(OTHER, OTHER, OTHER) == 0);
		WANT(setresuid(OTHER, OTHER, OTHER) == 0);
	}
	WANT(privilege_drop(UID, GID, PRIVILEGE_KEEP_NOTHING) == -EPERM);
	WANT(privilege_drop(geteuid(), OTHER, PRIVILEGE_KEEP_NOTHING) ==
	     -EPERM);
	return 0;
}

static void test_who_is_not_root_cannot_drop(void **state)
{
	(void)state;
	assert_int_equal(in_child(drop_as_user, NULL), 0);
}

static bool writes(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0) {
		close(fd);
	}
	return fd >= 0;
}

static bool is_of(const char *name, uid_t uid, gid_t gid)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return stat(path, &st) == 0 && st.st_uid == uid && st.st_gid == gid;
}

static int keep_file_identity(void *arg)
{
	const uint64_t two = 1u << CAP_SETUID | 1u << CAP_SETGID;
	struct sets sets;

	(void)arg;
	umask(022);
	WANT(chmod(dir, 0777) == 0);
	WANT(privilege_drop(UID, GID, PRIVILEGE_KEEP_FILE_IDENTITY) == 0);
	WANT(get_sets(&sets));
	WANT(sets.permitted == two && sets.effective == two);
	WANT(sets.inheritable == 0 && is_bounding_set_empty());
	WANT(writes("own") && is_of("own", UID, GID));
	WANT(privilege_file_identity(OTHER, OTHER + 1) == 0);
	WANT(writes("other") && is_of("other", OTHER, OTHER + 1));
	WANT(!writes("own")); /* it is 0600 of another */
	WANT(privilege_file_identity(UID, GID) == 0);
	WANT(writes("own") && !writes("other"));
	WANT(geteuid() == UID && getegid() == GID);
	return 0;
}

struct identity {
	uid_t uid;
	bool is_right;
};

static void *be_somebody(void *arg)
{
	struct identity *id = arg;

	id->is_right = true;
	for (int i = 0; i < 2000 && id->is_right; i++) {
		id->is_right =
		    privilege_file_identity(id->uid, (gid_t)id->uid) == 0 &&
		    (uid_t)setfsuid((uid_t)-1) == id->uid;
	}
	return NULL;
}

static int each_thread_is_another(void *arg)
{
	struct identity ids[4];
	pthread_t threads[4];

	(void)arg;
	WANT(privilege_drop(UID, GID, PRIVILEGE_KEEP_FILE_IDENTITY) == 0);
	for (size_t i = 0; i < 4; i++) {
		ids[i] = (struct identity){ OTHER + (uid_t)i, false };
		WANT(pthread_create(&threads[i], NULL, be_somebody, &ids[i]) ==
		     0);
	}
	for (size_t i = 0; i < 4; i++) {
		WANT(pthread_join(threads[i], NULL) == 0);
		WANT(ids[i].is_right);
	}
	WANT((uid_t)setfsuid((uid_t)-1) == UID);
	return 0;
}

static void test_a_thread_takes_an_identity_for_files(void **state)
{
	(void)state;
	if (is_root()) {
		assert_int_equal(in_child(keep_file_identity, NULL), 0);
		assert_int_equal(in_child(each_thread_is_another, NULL), 0);
	}
}

static void test_accounts_are_found(void **state)
{
	uid_t uid = 77;
	gid_t gid = 78;

	(void)state;
	assert_int_equal(
	    privilege_find_account("no-such-account-here", &uid, &gid),
	    -ENOENT);
	assert_int_equal(privilege_find_account("", &uid, &gid), -ENOENT);
	assert_int_equal(uid, 77);
	assert_int_equal(gid, 78);
	assert_int_equal(privilege_find_account("root", &uid, &gid), 0);
	assert_int_equal(uid, 0);
	assert_int_equal(gid, 0);
}

static int hide(void *arg)
{
	(void)arg;
	WANT(privilege_hide_memory() == 0);
	WANT(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
	return 0;
}

static void test_memory_is_hidden(void **state)
{
	(void)state;
	assert_int_equal(in_child(hide, NULL), 0);
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int remove_dir(void **state)
{
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/own", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/other", dir);
	unlink(path);
	return rmdir(dir);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dropping_leaves_nothing),
		cmocka_unit_test(test_nobody_becomes_root),
		cmocka_unit_test(test_who_is_not_root_cannot_drop),
		cmocka_unit_test(test_a_thread_takes_an_identity_for_files),
		cmocka_unit_test(test_accounts_are_found),
		cmocka_unit_test(test_memory_is_hidden),
	};
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
