// SPDX-License-Identifier: ISC
/*
 * add_write.c - the account into the configuration (add_impl.h).
 * Runs in: restante, before there are threads.  Trusts: the folder of the
 * configuration to be its user's.
 *
 * On disk            password  configuration   left by a crash, and what then
 * W1 password synced new       old             another add says that it is in
 *                                              the way
 * W2 account written new       new             done
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/secret.h"
#include "fetch/add/add_impl.h"
#include "fetch/conf/edit.h"
#include "os/new_file.h"

static int show_section(struct adding *a)
{
	char *section = edit_section(a->add->place, &a->account);

	if (section == NULL) {
		return add_no_memory(a);
	}
	ask_say(&a->ask, "\nThis goes into %s:\n\n", a->add->place->config);
	ask_text(&a->ask, section);
	free(section);
	return EX_OK;
}

static int confirm(struct adding *a)
{
	bool is_right = true;

	if (a->ask.is_terminal &&
	    !ask_yes(&a->ask, "\nWrite it?", true, &is_right)) {
		return add_ended(a);
	}
	if (!is_right) {
		ask_fail(&a->ask, "nothing was written");
		return EX_USAGE;
	}
	return EX_OK;
}

/* A line, as password_file is read. */
static int write_line(const char *path, const char *password)
{
	char line[SECRET_MAX + 2];
	struct new_file file = { .at = line,
				 .mode = 0600,
				 .uid = NEW_FILE_AS_MADE,
				 .gid = NEW_FILE_AS_MADE };
	int rc = place_make_folder_of(path);

	if (rc < 0) {
		return rc;
	}
	file.len = (size_t)snprintf(line, sizeof(line), "%s\n", password);
	rc = new_file_write(path, &file);
	wipe(line, sizeof(line));
	return rc;
}

static int write_password(struct adding *a)
{
	int rc = write_line(a->account.password_file, a->account.password);

	if (rc < 0) {
		ask_fail(&a->ask, "cannot write the password to %s: %s",
			 a->account.password_file,
			 rc == -EEXIST ? "there is such a file; remove it, or "
					 "name it with --password-file"
				       : strerror(-rc));
		return EX_CANTCREAT;
	}
	return EX_OK;
}

int add_write(struct adding *a)
{
	struct conf_reason why;
	int rc = show_section(a);

	if (rc == EX_OK) {
		rc = confirm(a);
	}
	if (rc == EX_OK && a->writes_password) {
		rc = write_password(a);
	}
	if (rc != EX_OK) {
		return rc;
	}
	if (edit_add(a->add->place, &a->account, &why) < 0) {
		if (a->writes_password) {
			(void)unlink(a->account.password_file);
		}
		ask_fail(&a->ask, "%s", why.text);
		return EX_CONFIG;
	}
	ask_say(&a->ask,
		"Done.  To collect its mail, type:\n\n"
		"\trestante fetch %s\n\n",
		a->account.name);
	return EX_OK;
}
