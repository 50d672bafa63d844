// SPDX-License-Identifier: ISC
/*
 * fuzz_config.c - whatever restante.conf may hold: it is refused with at least
 * one fault, on a line that there is; or each account, written down anew, is
 * read as the same, and can be taken out alone or not at all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/conf/config.h"
#include "fetch/conf/edit.h"
#include "fetch/conf/edit_text.h"
#include "fuzz.h"
#include "must.h"

#define TEXT_MAX 8192u

static const struct place place = { .home = "/home/me" };

static bool load(const char *text, struct config *config,
		 struct conf_faults *faults)
{
	char *copy = strdup(text);
	bool is_sound;

	must(copy != NULL, "memory");
	is_sound = config_load_text(copy, &place, config, faults) == 0;
	free(copy);
	return is_sound;
}

static void check_faults(const char *text, const struct conf_faults *faults)
{
	unsigned lines = 1;

	for (; *text != '\0'; text++) {
		lines += *text == '\n' ? 1 : 0;
	}
	must(faults->count > 0, "a fault");
	for (size_t i = 0; i < faults->count && i < CONF_FAULTS_MAX; i++) {
		must(faults->fault[i].line <= lines, "a line that there is");
		must(faults->fault[i].text[0] != '\0', "told");
	}
}

static void check_account(const char *text, const struct account *a,
			  size_t count)
{
	char *section = edit_section(&place, a);
	struct config config = { NULL, 0 };
	struct conf_faults faults;
	struct conf_reason why;
	char *again;

	must(section != NULL, "memory");
	must(load(section, &config, &faults), "it can be written anew");
	must(config.count == 1, "alone");
	again = edit_section(&place, &config.account[0]);
	must(again != NULL && strcmp(section, again) == 0, "the same");
	config_finish(&config);
	free(again);
	free(section);
	if (edit_text_without(text, a->name, &again, &why) == 0) {
		must(load(again, &config, &faults), "sound without it");
		must(config.count == count - 1, "one less");
		must(config_find(&config, a->name) == NULL, "that one");
		config_finish(&config);
		free(again);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[TEXT_MAX + 1];
	struct config config = { NULL, 0 };
	struct conf_faults faults;

	if (size > TEXT_MAX || memchr(data, '\0', size) != NULL) {
		return 0;
	}
	memcpy(text, data, size);
	text[size] = '\0';
	if (!load(text, &config, &faults)) {
		must(config.account == NULL, "untouched");
		check_faults(text, &faults);
		return 0;
	}
	for (size_t i = 0; i < config.count && i < 8; i++) {
		check_account(text, &config.account[i], config.count);
	}
	config_finish(&config);
	return 0;
}
