// SPDX-License-Identifier: ISC
/*
 * place.c - where the collector's files are (place.h).
 * Runs in: restante.  Trusts: the environment, as far as it is this user's own.
 */
#include "fetch/conf/place.h"

#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch/conf/text.h"
#include "os/parent.h"

/* False if it does not fit. */
__attribute__((format(printf, 2, 3))) static bool put(char room[PLACE_MAX],
						      const char *format, ...)
{
	va_list values;
	int len;

	va_start(values, format);
	len = vsnprintf(room, PLACE_MAX, format, values);
	va_end(values);
	return len >= 0 && (size_t)len < PLACE_MAX;
}

static bool is_usable(const char *path)
{
	return path != NULL && path[0] == '/' && text_is_clean(path);
}

static bool put_home(char home[PLACE_MAX])
{
	const char *of_environment = getenv("HOME");
	const struct passwd *user;

	if (is_usable(of_environment)) {
		return put(home, "%s", of_environment);
	}
	user = getpwuid(geteuid());
	if (user != NULL && is_usable(user->pw_dir)) {
		return put(home, "%s", user->pw_dir);
	}
	home[0] = '\0';
	return true;
}

/* base: the directory below home that stands in for the variable. */
static bool put_xdg(const struct place *p, const char *variable,
		    const char *base, const char *name, char room[PLACE_MAX])
{
	const char *value = getenv(variable);

	if (is_usable(value)) {
		return put(room, "%s/restante/%s", value, name);
	}
	if (p->home[0] == '\0') {
		room[0] = '\0';
		return true;
	}
	return put(room, "%s/%s/restante/%s", p->home, base, name);
}

static int fill(struct place *p, const char *config_path,
		struct conf_reason *why_r)
{
	if (getcwd(p->here, sizeof(p->here)) == NULL) {
		p->here[0] = '\0';
	}
	if (!put_home(p->home) ||
	    !put_xdg(p, "XDG_CONFIG_HOME", ".config", "restante.conf",
		     p->config) ||
	    !put_xdg(p, "XDG_STATE_HOME", ".local/state", "record.sqlite",
		     p->record) ||
	    (config_path != NULL && !put(p->config, "%s", config_path))) {
		return conf_refuse(why_r, "the path of the home directory or "
					  "of the configuration is too long");
	}
	if (p->config[0] == '\0' || p->record[0] == '\0') {
		return conf_refuse(why_r, "there is no home directory to find "
					  "files in; set HOME, or -c FILE and "
					  "XDG_STATE_HOME");
	}
	return 0;
}

int place_init(struct place *place_r, const char *config_path,
	       struct conf_reason *why_r)
{
	struct place place;

	if (fill(&place, config_path, why_r) != 0) {
		return -1;
	}
	*place_r = place;
	return 0;
}

bool place_has_config(const struct place *place)
{
	struct stat st;

	return stat(place->config, &st) == 0 || errno != ENOENT;
}

/* Sets *rest_r behind the name of the home directory, if it begins with one. */
static bool begins_at_home(const char *written, const char **rest_r)
{
	static const char *const names[] = { "~", "$HOME", "${HOME}" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t len = strlen(names[i]);

		if (strncmp(written, names[i], len) == 0 &&
		    (written[len] == '/' || written[len] == '\0')) {
			*rest_r = written + len;
			return true;
		}
	}
	return false;
}

static int refuse_path(const char *written, struct conf_reason *why_r)
{
	if (written[0] == '\0') {
		return conf_refuse(why_r, "empty; write a path");
	}
	if (!text_is_clean(written)) {
		return conf_refuse(why_r, "has a control character in it, or "
					  "is not UTF-8");
	}
	if (written[0] == '~') {
		return conf_refuse(why_r, "the home directories of others are "
					  "not looked up; write it from / on");
	}
	if (written[0] == '$') {
		return conf_refuse(why_r, "of variables only $HOME is known "
					  "in front of a path");
	}
	return 0;
}

/* Where it starts: a directory, or "". */
static int find_start(const struct place *place, const char *written,
		      const char **start_r, const char **rest_r,
		      struct conf_reason *why_r)
{
	*rest_r = written;
	*start_r = "";
	if (begins_at_home(written, rest_r)) {
		*start_r = place->home;
		return place->home[0] != '\0'
			   ? 0
			   : conf_refuse(why_r, "there is no home directory; "
						"write it from / on");
	}
	if (refuse_path(written, why_r) != 0) {
		return -1;
	}
	if (written[0] != '/') {
		*start_r = place->here;
		return place->here[0] != '\0'
			   ? 0
			   : conf_refuse(why_r, "where does it start? write "
						"it as ~/... or from / on");
	}
	return 0;
}

int place_path(const struct place *place, const char *written, char **path_r,
	       struct conf_reason *why_r)
{
	char path[PLACE_MAX];
	const char *start;
	const char *rest;
	size_t len;

	if (find_start(place, written, &start, &rest, why_r) != 0) {
		return -1;
	}
	if (!text_is_clean(rest)) {
		return refuse_path(rest, why_r);
	}
	if (!put(path, "%s%s%s", start,
		 start[0] != '\0' && rest[0] != '\0' && rest[0] != '/' ? "/"
								       : "",
		 rest)) {
		return conf_refuse(why_r, "longer than %u octets",
				   PLACE_MAX - 1);
	}
	len = strlen(path);
	while (len > 1 && path[len - 1] == '/') {
		path[--len] = '\0';
	}
	*path_r = strdup(path);
	return *path_r != NULL ? 0 : conf_refuse(why_r, "out of memory");
}

int place_make_folder_of(const char *path)
{
	char folder[PLACE_MAX];
	size_t len = strlen(path);

	if (len >= sizeof(folder)) {
		return -ENAMETOOLONG;
	}
	memcpy(folder, path, len + 1);
	return parent_make(folder);
}
