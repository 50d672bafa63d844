// SPDX-License-Identifier: ISC
/*
 * config_table.h - every setting of restanted.conf(5): one row each.  Defaults,
 * checks, the help for a misspelt name and the check of the manual all come
 * from these rows.
 */
#ifndef MASTER_CONFIG_TABLE_H
#define MASTER_CONFIG_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/value.h"

#define CONFIG_SETTINGS_MAX 64u /* rows; config_table.c has fewer */

enum setting_type {
	SETTING_STRING, /* printable ASCII of min to max octets */
	SETTING_PATH,   /* made absolute; may be empty if that is its default */
	SETTING_TEMPLATE, /* a relative path with %u %n %d %h %% */
	SETTING_HOSTNAME,
	SETTING_NUMBER,
	SETTING_CORES,    /* a number, or "auto": as many as there are cores */
	SETTING_DURATION, /* "90s" "10m" "1h"; min and max are milliseconds */
	SETTING_OCTETS,   /* "4096" "64K" "512M" "1G" */
	SETTING_WORD,     /* one of words */
	SETTING_ACCOUNT,  /* looked up by config_check.c */
	/* Lists; they come last. */
	SETTING_ADDRESSES,     /* in one array with the next ones */
	SETTING_TLS_ADDRESSES, /* TLS from the first octet on */
	SETTING_PATHS,         /* struct config_paths */
	SETTING_NETS,          /* session.proxies */
};

struct setting {
	const char *name;
	enum setting_type type;
	size_t offset;        /* in struct config: where the value goes */
	size_t size;          /* of that member: 1, 4, 8, or a string's room */
	const char *standard; /* the default; NULL: there is none; "": none is
				 needed */
	uint64_t min, max;
	uint64_t unit; /* of the member, in units of min and max; 0 is 1 */
	const struct conf_word *words; /* ends with a NULL name */
	const char *help;              /* one line */
};

extern const struct setting config_settings[];
extern const size_t config_settings_count;

/* The row of that name, or NULL. */
const struct setting *config_table_find(const char *name);

/* The name in the table that is most like what was written, or NULL if none
 * is like it. */
const char *config_table_nearest(const char *written);

/* Whether it takes more than one value. */
bool config_table_is_list(const struct setting *setting);

/* The row's place in the table. */
size_t config_table_index(const struct setting *setting);

#endif
