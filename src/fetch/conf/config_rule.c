// SPDX-License-Identifier: ISC
/*
 * config_rule.c - from a section "rule { ... }" to a rule (config_rule.h).
 * Runs in: restante.  Trusts: the tables; nothing of the values.
 */
#include "fetch/conf/config_rule.h"

#include <stdlib.h>
#include <string.h>

#include "fetch/conf/config_table.h"
#include "fetch/conf/text.h"
#include "fetch/limits.h"

#define FIELD_MAX   128u /* far longer than any that is registered */
#define PATTERN_MAX 512u
#define FOLDER_MAX  128u /* of a name of a file, which has 255 */

static const char *value(const struct conf_section *s, enum config_rule_row row)
{
	return s->entry[row].count != 0 ? s->entry[row].value[0].text : NULL;
}

/* [rfc5322/2.2] "A field name MUST be composed of printable US-ASCII characters
 * (i.e., characters that have values between 33 and 126, inclusive), except
 * colon." */
static int check_field(const char *text, struct conf_reason *why_r)
{
	size_t len = strlen(text);

	if (len > 1 && text[len - 1] == ':') {
		return conf_refuse(why_r, "write the name without its colon");
	}
	if (len == 0 || len > FIELD_MAX) {
		return conf_refuse(why_r, "not of 1 to %u octets", FIELD_MAX);
	}
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '!' || text[i] > '~' || text[i] == ':') {
			return conf_refuse(why_r, "not the name of a header "
						  "field, such as Subject");
		}
	}
	return 0;
}

static int check_pattern(const char *text, struct conf_reason *why_r)
{
	if (text[0] == '\0' || strlen(text) > PATTERN_MAX) {
		return conf_refuse(why_r,
				   "not of 1 to %u octets; * stands for "
				   "anything",
				   PATTERN_MAX);
	}
	return text_is_clean(text)
		   ? 0
		   : conf_refuse(why_r, "has a control character in it, or is "
					"not UTF-8");
}

/* A name within the destination, and no path out of it. */
static int check_folder(const char *text, struct conf_reason *why_r)
{
	size_t len = strlen(text);

	if (len == 0 || len > FOLDER_MAX) {
		return conf_refuse(why_r, "not of 1 to %u octets", FOLDER_MAX);
	}
	if (!text_is_clean(text)) {
		return conf_refuse(why_r, "has a control character in it, or "
					  "is not UTF-8");
	}
	if (strchr(text, '/') != NULL || text[0] == '.' ||
	    text[len - 1] == '.' || strstr(text, "..") != NULL) {
		return conf_refuse(why_r, "not the name of a folder: write it "
					  "without /, as Lists or Lists.Work");
	}
	return 0;
}

typedef int (*check_fn)(const char *text, struct conf_reason *why_r);

/* False, and a fault was added, if it is wrong. */
static bool is_sound(const struct conf_section *s, enum config_rule_row row,
		     check_fn check, struct conf_faults *faults)
{
	const char *text = value(s, row);
	struct conf_reason why;

	if (text == NULL || check(text, &why) == 0) {
		return true;
	}
	conf_fault_add(faults, s->entry[row].line, "%s = %.60s: %s",
		       config_rule_rows[row].name,
		       text[0] != '\0' ? text : "\"\"", why.text);
	return false;
}

static bool is_complete(const struct conf_section *s, bool is_damaged,
			struct conf_faults *faults)
{
	static const char *const instances[RULE_ROWS] = {
		[RULE_ROW_FIELD] = "field = \"Subject\"",
		[RULE_ROW_PATTERN] = "pattern = \"*lottery*\"",
		[RULE_ROW_ACTION] = "action = skip",
	};
	bool complete = true;

	for (size_t i = RULE_ROW_FIELD; i <= RULE_ROW_ACTION; i++) {
		if (s->entry[i].line == 0 && !is_damaged) {
			conf_fault_add(faults, s->line,
				       "rule: %s is not set; write for "
				       "instance %s",
				       config_rule_rows[i].name, instances[i]);
		}
		complete = complete && s->entry[i].count != 0;
	}
	return complete;
}

static bool take_action(const struct conf_section *s, struct rule *rule,
			struct conf_faults *faults)
{
	const char *text = value(s, RULE_ROW_ACTION);
	const char *folder = value(s, RULE_ROW_FOLDER);
	struct conf_reason why;
	uint32_t action;

	if (conf_value_word(text, config_rule_actions, &action, &why) != 0) {
		conf_fault_add(faults, s->entry[RULE_ROW_ACTION].line,
			       "action = %.60s: %s", text, why.text);
		return false;
	}
	rule->action = (enum rule_action)action;
	if (action == RULE_FOLDER && folder == NULL) {
		conf_fault_add(faults, s->entry[RULE_ROW_ACTION].line,
			       "action = folder: which? write folder = "
			       "\"Lists\"");
		return false;
	}
	if (action != RULE_FOLDER && folder != NULL) {
		conf_fault_add(faults, s->entry[RULE_ROW_FOLDER].line,
			       "folder: is for action = folder, and this one "
			       "is %s",
			       text);
		return false;
	}
	return true;
}

static bool check(const struct conf_section *s, bool is_damaged,
		  struct rule *rule, struct conf_faults *faults)
{
	bool field = is_sound(s, RULE_ROW_FIELD, check_field, faults);
	bool pattern = is_sound(s, RULE_ROW_PATTERN, check_pattern, faults);
	bool folder = is_sound(s, RULE_ROW_FOLDER, check_folder, faults);

	return is_complete(s, is_damaged, faults) &&
	       take_action(s, rule, faults) && field && pattern && folder;
}

static bool add(struct account *a, const struct rule *rule)
{
	struct rule *more =
	    realloc(a->rules, (a->rules_count + 1) * sizeof(*more));

	if (more == NULL) {
		return false;
	}
	a->rules = more;
	a->rules[a->rules_count++] = *rule;
	return true;
}

void config_rule_add(const struct conf_section *section, bool is_damaged,
		     struct account *a, struct conf_faults *faults)
{
	struct rule rule = { .field = NULL };
	const char *folder = value(section, RULE_ROW_FOLDER);

	if (!check(section, is_damaged, &rule, faults)) {
		return;
	}
	if (a->rules_count == FETCH_RULES_MAX) {
		conf_fault_add(faults, section->line,
			       "rule: an account has no more than %u, with "
			       "those of the defaults",
			       FETCH_RULES_MAX);
		return;
	}
	rule.field = strdup(value(section, RULE_ROW_FIELD));
	rule.pattern = strdup(value(section, RULE_ROW_PATTERN));
	rule.folder = folder != NULL ? strdup(folder) : NULL;
	if (rule.field == NULL || rule.pattern == NULL ||
	    (folder != NULL && rule.folder == NULL) || !add(a, &rule)) {
		conf_fault_add(faults, 0, "out of memory");
		free(rule.field);
		free(rule.pattern);
		free(rule.folder);
	}
}
