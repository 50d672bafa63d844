// SPDX-License-Identifier: ISC
/*
 * config_dir.h - a directory with all that a sound configuration names, for the
 * tests of the configuration.
 */
#ifndef TEST_CONFIG_DIR_H
#define TEST_CONFIG_DIR_H

#include "master/config.h"

/* Of CONFIG_DIR_LINES lines. */
#define CONFIG_DIR_SOUND                                                       \
	"mail_root = mail\nusers = users\ncache_dir = cache\n"                 \
	"run_dir = run\nlisten = \"127.0.0.1:0\"\n"
#define CONFIG_DIR_LINES 5

extern char config_dir[256];
extern char config_dir_conf[320]; /* the configuration file in it */

/* For cmocka, before and after all tests. */
int config_dir_make(void **state);
int config_dir_remove(void **state);

void config_dir_write(const char *path, const void *octets, size_t len);

/* Writes the text into the configuration file, and loads it. */
int config_dir_load(const char *text, struct config *c, struct conf_faults *f);

/* The same; fails the test if there is a mistake. */
void config_dir_load_sound(const char *text, struct config *c);

/* The file must have one mistake: on that line, and told with these words. */
void config_dir_expect_fault(const char *text, unsigned line,
			     const char *words);

/* The same of some lines behind CONFIG_DIR_SOUND, of which that is the first to
 * be 1; and of one line. */
void config_dir_expect_fault_at(const char *settings, unsigned line,
				const char *words);
void config_dir_expect_value_fault(const char *setting, const char *words);

#endif
