// SPDX-License-Identifier: ISC
/*
 * fuzz_passwd.c - whatever stands in a users file: what the index finds is what
 * a search line by line finds, no text leaves the file, and no path leaves the
 * mail root.
 */
#include <stdlib.h>
#include <string.h>

#include "auth/passwd_table.h"
#include "auth/scheme.h"
#include "auth/template.h"
#include "os/net.h"
#include "fuzz.h"
#include "guard.h"
#include "must.h"

#define ROOT "/var/mail"

static bool takes_usable(const struct passwd_user *user)
{
	return scheme_judge(user->stored) == SCHEME_MATCH;
}

static bool is_inside(struct text t, struct text all)
{
	return t.len == 0 ||
	       (t.at >= all.at && t.at + t.len <= all.at + all.len);
}

static void check_path(const struct passwd_user *user, const char *template)
{
	char path[300], padded[304];
	size_t len;

	if (template_expand(template, ROOT, user->name, user->home, path,
			    sizeof(path)) != TEMPLATE_OK) {
		return;
	}
	len = strlen(path);
	must(len > 0 && path[0] != '/', "a relative path");
	padded[0] = '/';
	memcpy(padded + 1, path, len);
	memcpy(padded + 1 + len, "/", 2);
	must(strstr(padded, "/../") == NULL, "no way up");
	must(strstr(padded, "/./") == NULL, "no component that is none");
	must(strstr(padded, "//") == NULL, "no empty component");
}

static void check_user(const struct passwd_user *user, struct text all)
{
	static const uint8_t address[16] = { 1 };

	must(is_inside(user->name, all) && is_inside(user->stored, all) &&
		 is_inside(user->home, all) && is_inside(user->allow_nets, all),
	     "texts inside the file");
	must(user_name_fault(user->name) == NULL, "a name that may be one");
	must(memchr(user->stored.at, ':', user->stored.len) == NULL,
	     "a field ends at its colon");
	must(scheme_judge(user->stored) != SCHEME_MISMATCH, "a judgement");
	(void)scheme_is_costly(user->stored);
	must(strlen(scheme_name(user->stored)) > 0, "a scheme has a name");
	(void)net_list_contains(user->allow_nets.at, user->allow_nets.len,
				address);
	check_path(user, "%d/%n/Maildir");
	check_path(user, "%u");
	check_path(user, "%h");
}

/* The first sound line with that name, as the format says. */
static bool find_slowly(struct text rest, struct text name,
			struct passwd_user *user_r)
{
	struct passwd_user user;
	struct text line;

	while (passwd_next_line(&rest, &line)) {
		if (!passwd_line_is_blank(line) &&
		    passwd_line_parse(line, &user) == NULL &&
		    text_equal_fold(user.name, name)) {
			*user_r = user;
			return true;
		}
	}
	return false;
}

static void check_table(const struct passwd_table *t, struct text all)
{
	struct text rest = all, line;
	struct passwd_user user, fast, slow = { .uid = 0 };
	uint64_t first = 0;

	while (passwd_next_line(&rest, &line)) {
		if (passwd_line_is_blank(line) ||
		    passwd_line_parse(line, &user) != NULL) {
			continue;
		}
		must(find_slowly(all, user.name, &slow), "a user is found");
		must(passwd_table_find(t, user.name, &fast), "in the index");
		must(slow.uid == fast.uid && slow.gid == fast.gid &&
			 text_equal(slow.stored, fast.stored),
		     "as the same");
		first += slow.name.at == user.name.at;
	}
	must(first == passwd_table_count(t), "each counts once");
	if (passwd_table_decoy(t, text_of("nobody"), &user)) {
		must(takes_usable(&user), "a decoy that may serve");
	}
}

static void check_lines(struct text all)
{
	struct text rest = all, line;
	struct passwd_user user;

	while (passwd_next_line(&rest, &line)) {
		if (passwd_line_parse(line, &user) == NULL) {
			check_user(&user, all);
		}
	}
	must(rest.len == 0, "all is read");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct passwd_options options = { .is_folding = true,
					  .is_decoy = takes_usable };
	struct passwd_faults faults;
	struct passwd_table *t;
	struct guard g;
	struct pop3_slice guarded;
	char *copy;

	if (size == 0 || scheme_init() < 0) {
		return 0;
	}
	guard_init(&g, size);
	guarded = guard_copy(&g, pop3_slice_of(data, size));
	check_lines((struct text){ (const char *)guarded.at, size });
	guard_finish(&g);
	copy = malloc(size);
	must(copy != NULL, "memory");
	memcpy(copy, data, size);
	t = passwd_table_create(copy, size, &options, &faults);
	must(t != NULL, "memory");
	check_table(t, (struct text){ copy, size });
	passwd_table_destroy(&t);
	return 0;
}
