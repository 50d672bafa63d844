// SPDX-License-Identifier: ISC
/*
 * config_dir.c - a directory with all that a sound configuration names.
 * Runs in: the tests.  Trusts: TMPDIR.
 */
#include "config_dir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

char config_dir[256];
char config_dir_conf[320];

void config_dir_write(const char *path, const void *octets, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(octets, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

int config_dir_load(const char *text, struct config *c, struct conf_faults *f)
{
	config_dir_write(config_dir_conf, text, strlen(text));
	return config_load(config_dir_conf, false, c, f);
}

static void print_faults(const struct conf_faults *f)
{
	conf_faults_print(f, "conf", stderr);
}

void config_dir_load_sound(const char *text, struct config *c)
{
	struct conf_faults f;

	if (config_dir_load(text, c, &f) != 0) {
		print_faults(&f);
		fail_msg("not sound: %s", text);
	}
	assert_int_equal(f.count, 0);
}

/* The file has one mistake: there, and told with these words. */
void config_dir_expect_fault(const char *text, unsigned line, const char *words)
{
	struct config c;
	struct conf_faults f;

	memset(&c, 0x5a, sizeof(c));
	assert_int_equal(config_dir_load(text, &c, &f), -1);
	assert_int_equal(((const unsigned char *)&c)[0], 0x5a);
	if (f.count != 1 || f.fault[0].line != line ||
	    strstr(f.fault[0].text, words) == NULL) {
		print_faults(&f);
		fail_msg("expected %u: %s of: %s", line, words, text);
	}
}

void config_dir_expect_fault_at(const char *settings, unsigned line,
				const char *words)
{
	char text[2048];

	snprintf(text, sizeof(text), CONFIG_DIR_SOUND "%s\n", settings);
	config_dir_expect_fault(text, CONFIG_DIR_LINES + line, words);
}

void config_dir_expect_value_fault(const char *setting, const char *words)
{
	config_dir_expect_fault_at(setting, 1, words);
}

int config_dir_make(void **state)
{
	char path[320];

	(void)state;
	snprintf(config_dir, sizeof(config_dir), "%s/test_config.XXXXXX",
		 getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(config_dir));
	snprintf(config_dir_conf, sizeof(config_dir_conf), "%s/conf",
		 config_dir);
	snprintf(path, sizeof(path), "%s/mail", config_dir);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/users", config_dir);
	config_dir_write(path, "", 0);
	assert_int_equal(chmod(path, 0600), 0);
	return 0;
}

int config_dir_remove(void **state)
{
	static const char *const names[] = { "mail",  "users", "conf", "a.pem",
					     "b.pem", "c.pem", "" };
	char path[320];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", config_dir, names[i]);
		(void)remove(path);
	}
	return 0;
}
