// SPDX-License-Identifier: ISC
/*
 * config_string.c - values that stay text: paths, names, templates.
 * Runs in: master, restantectl.  Trusts: the table; nothing of the text.
 */
#include "master/config_string.h"

#include <string.h>
#include <unistd.h>

#define HOSTNAME_MAX 253u /* RFC 1035, section 2.3.4, as text */
#define ACCOUNT_MAX  32u  /* useradd(8) */

static int put_text(const struct setting *s, const char *value,
		    struct config *config_r, struct conf_reason *why_r)
{
	size_t len = strlen(value);

	if (len >= s->size) {
		return conf_refuse(why_r, "longer than %zu octets",
				   s->size - 1);
	}
	memcpy((char *)config_r + s->offset, value, len + 1);
	return 0;
}

int config_string_path(const struct setting *s, const char *value,
		       const char *base, struct config *config_r,
		       struct conf_reason *why_r)
{
	char path[SETTINGS_PATH_MAX * 2];
	size_t len;

	if (value[0] == '\0') {
		return s->standard != NULL && s->standard[0] == '\0'
			   ? put_text(s, value, config_r, why_r)
			   : conf_refuse(why_r, "empty; write a path");
	}
	len = (size_t)snprintf(path, sizeof(path), "%s%s%s",
			       value[0] == '/' ? "" : base,
			       value[0] == '/' ? "" : "/", value);
	while (len > 1 && len < sizeof(path) && path[len - 1] == '/') {
		path[--len] = '\0';
	}
	/* What snprintf cut is longer than the member too. */
	return put_text(s, path, config_r, why_r);
}

/* Whether a component of the path is "..". */
static bool climbs(const char *path)
{
	while (*path != '\0') {
		size_t len = strcspn(path, "/");

		if (len == 2 && path[0] == '.' && path[1] == '.') {
			return true;
		}
		path += len;
		path += *path == '/' ? 1 : 0;
	}
	return false;
}

int config_string_template(const struct setting *s, const char *value,
			   struct config *config_r, struct conf_reason *why_r)
{
	if (value[0] == '\0') {
		return conf_refuse(why_r, "empty; write for instance %%u");
	}
	if (value[0] == '/' || climbs(value)) {
		return conf_refuse(why_r, "must be below mail_root: write it "
					  "without / in front and without ..");
	}
	for (const char *at = strchr(value, '%'); at != NULL;
	     at = strchr(at + 2, '%')) {
		if (at[1] == '\0' || strchr("undh%", at[1]) == NULL) {
			return conf_refuse(
			    why_r,
			    "'%.2s' means nothing; there are %%u (user), %%n "
			    "(before the @), %%d (behind it), %%h (home), %%%%",
			    at);
		}
	}
	if (strstr(value, "%u") == NULL && strstr(value, "%n") == NULL &&
	    strstr(value, "%h") == NULL) {
		return conf_refuse(why_r, "all users would have one and the "
					  "same maildrop; write for instance "
					  "%%u");
	}
	return put_text(s, value, config_r, why_r);
}

int config_string_string(const struct setting *s, const char *value,
			 struct config *config_r, struct conf_reason *why_r)
{
	size_t len = strlen(value);

	if (len < s->min || len > s->max) {
		return conf_refuse(why_r, "not of %llu to %llu octets",
				   (unsigned long long)s->min,
				   (unsigned long long)s->max);
	}
	if (value[0] == '[') { /* RFC 2449, section 8 */
		return conf_refuse(why_r, "must not begin with [, where "
					  "clients look for a code");
	}
	for (size_t i = 0; i < len; i++) {
		/* '<' would begin what clients take for an APOP stamp. */
		if (value[i] < ' ' || value[i] > '~' || value[i] == '<') {
			return conf_refuse(why_r, "only printable ASCII "
						  "other than < may be here");
		}
	}
	return put_text(s, value, config_r, why_r);
}

/* Letters, digits, and the marks. */
static bool is_word_of(const char *value, const char *marks)
{
	for (; *value != '\0'; value++) {
		bool is_letter = (*value >= 'a' && *value <= 'z') ||
				 (*value >= 'A' && *value <= 'Z');

		if (!is_letter && (*value < '0' || *value > '9') &&
		    strchr(marks, *value) == NULL) {
			return false;
		}
	}
	return true;
}

int config_string_hostname(const struct setting *s, const char *value,
			   struct config *config_r, struct conf_reason *why_r)
{
	char own[SETTINGS_NAME_MAX];

	if (strcmp(value, "auto") == 0) {
		/* A machine may be called anything; clients must be able to
		 * read the greeting all the same. */
		if (gethostname(own, sizeof(own)) != 0 || own[0] == '\0' ||
		    !is_word_of(own, ".-")) {
			return put_text(s, "localhost", config_r, why_r);
		}
		return put_text(s, own, config_r, why_r);
	}
	if (value[0] == '\0' || strlen(value) > HOSTNAME_MAX ||
	    !is_word_of(value, ".-")) {
		return conf_refuse(why_r, "not a host name: letters, digits, "
					  "- and . only");
	}
	return put_text(s, value, config_r, why_r);
}

int config_string_account(const char *value, struct conf_reason *why_r)
{
	if (value[0] == '\0' || value[0] == '-' ||
	    strlen(value) > ACCOUNT_MAX || !is_word_of(value, "_-.")) {
		return conf_refuse(why_r, "not the name of an account");
	}
	return 0;
}
