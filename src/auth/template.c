// SPDX-License-Identifier: ISC
/*
 * template.c - where a user's maildrop is (template.h).
 * Runs in: auth.  Trusts: not the user's name, which may come from the network;
 * not the home; the template as far as an operator's mistake should not open
 * what lies outside the mail root.  Allocates: never.
 */
#include "auth/template.h"

#include <string.h>

#include "auth/limits.h"

/* Output with one sticky failure; room for a NUL is kept. */
struct out {
	char *at;
	size_t len;
	size_t cap;
	bool is_full;
};

static void put(struct out *o, struct text t)
{
	if (t.len >= o->cap - o->len) {
		o->is_full = true;
	} else if (t.len != 0) {
		memcpy(o->at + o->len, t.at, t.len);
		o->len += t.len;
	}
}

static enum template_result put_value(struct out *o, char letter,
				      struct text user, struct text home)
{
	struct text value = user;

	switch (letter) {
	case 'u':
		break;
	case 'n':
		value = user_name_local(user);
		break;
	case 'd':
		value = user_name_domain(user);
		if (value.len == 0) {
			return TEMPLATE_EDOMAIN;
		}
		break;
	case 'h':
		value = home;
		if (value.len == 0) {
			return TEMPLATE_EHOME;
		}
		break;
	case '%':
		value = text_of("%");
		break;
	default:
		return TEMPLATE_ESYNTAX;
	}
	put(o, value);
	return TEMPLATE_OK;
}

static enum template_result expand(struct out *o, const char *template,
				   struct text user, struct text home)
{
	const char *at = template;

	while (*at != '\0') {
		size_t plain = strcspn(at, "%");
		enum template_result result;

		put(o, (struct text){ at, plain });
		at += plain;
		if (*at == '\0') {
			break;
		}
		/* at[1] is the NUL if the percent sign is the last */
		result = put_value(o, at[1], user, home);
		if (result != TEMPLATE_OK) {
			return result;
		}
		at += 2;
	}
	return o->is_full ? TEMPLATE_ELENGTH : TEMPLATE_OK;
}

/* Takes the next component off the front; false if there is none.  Empty ones
 * and "." name nothing and are left out. */
static bool next_component(struct text *path, struct text *component_r)
{
	struct text c;

	do {
		while (path->len > 0 && path->at[0] == '/') {
			path->at++;
			path->len--;
		}
		c = *path;
		for (c.len = 0; c.len < path->len && c.at[c.len] != '/';) {
			c.len++;
		}
		path->at += c.len;
		path->len -= c.len;
	} while (c.len == 1 && c.at[0] == '.');
	*component_r = c;
	return c.len > 0;
}

static enum template_result check_component(struct text c)
{
	if (c.len == 2 && c.at[0] == '.' && c.at[1] == '.') {
		return TEMPLATE_EOUTSIDE;
	}
	if (c.len > PATH_COMPONENT_MAX) {
		return TEMPLATE_ELENGTH;
	}
	for (size_t i = 0; i < c.len; i++) {
		uint8_t octet = (uint8_t)c.at[i];

		if (octet < 0x20 || octet == 0x7f) {
			return TEMPLATE_ENAME;
		}
	}
	return TEMPLATE_OK;
}

/* Takes the mail root's components off the front of an absolute path. */
static bool strip_root(struct text *path, const char *mail_root)
{
	struct text root = text_of(mail_root);
	struct text want, have;

	while (next_component(&root, &want)) {
		if (!next_component(path, &have) || !text_equal(want, have)) {
			return false;
		}
	}
	return true;
}

/* Moves the components together at the begin of the same memory; what is
 * written never overtakes what is read. */
static enum template_result join(struct text path, struct out *o)
{
	struct text c;

	o->len = 0;
	while (next_component(&path, &c)) {
		enum template_result result = check_component(c);

		if (result != TEMPLATE_OK) {
			return result;
		}
		if (o->len > 0) {
			o->at[o->len++] = '/';
		}
		memmove(o->at + o->len, c.at, c.len);
		o->len += c.len;
	}
	o->at[o->len] = '\0';
	return o->len > 0 ? TEMPLATE_OK : TEMPLATE_EOUTSIDE;
}

enum template_result template_expand(const char *template,
				     const char *mail_root, struct text user,
				     struct text home, char *path_r, size_t cap)
{
	struct out o = { path_r, 0, cap, false };
	enum template_result result;
	struct text path;

	if (user_name_fault(user) != NULL) {
		return TEMPLATE_ENAME;
	}
	result = expand(&o, template, user, home);
	if (result != TEMPLATE_OK) {
		return result;
	}
	path = (struct text){ o.at, o.len };
	if (path.len > 0 && path.at[0] == '/' &&
	    !strip_root(&path, mail_root)) {
		return TEMPLATE_EOUTSIDE;
	}
	return join(path, &o);
}

const char *template_why(enum template_result result)
{
	switch (result) {
	case TEMPLATE_OK:
		return "ok";
	case TEMPLATE_ESYNTAX:
		return "the setting maildrop has a % that is not %u, %n, %d, "
		       "%h or %%";
	case TEMPLATE_ENAME:
		return "the user name cannot be part of a path";
	case TEMPLATE_EDOMAIN:
		return "the setting maildrop has %d, but the user name has no "
		       "@domain: rename the user or change the setting";
	case TEMPLATE_EHOME:
		return "the setting maildrop has %h, but the users file gives "
		       "the user no home: add one or change the setting";
	case TEMPLATE_EOUTSIDE:
		return "the maildrop would not be below mail_root: correct the "
		       "user's home, the setting maildrop or mail_root";
	case TEMPLATE_ELENGTH:
		return "the maildrop's path would be too long";
	}
	return "?";
}
