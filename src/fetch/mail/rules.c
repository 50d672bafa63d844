// SPDX-License-Identifier: ISC
/*
 * rules.c - what the account's rules say of a header (rules.h).
 * Runs in: the collector's carriers.  Trusts: the configuration, nothing in the
 * header.  Allocates: never.
 */
#include "fetch/mail/rules.h"

#include <string.h>

#include "fetch/mail/glob.h"
#include "fetch/mail/words.h"

#define DAY_S 86400

static bool matches(const struct rule *rule, const struct header_field *field)
{
	char value[HEADER_VALUE_MAX + 1];
	char shown[HEADER_VALUE_MAX + 1];

	if (!header_has_name(field, rule->field)) {
		return false;
	}
	header_unfold(field->value, value, sizeof(value));
	if (glob_matches(rule->pattern, value)) {
		return true;
	}
	words_decode(value, shown, sizeof(shown));
	return glob_matches(rule->pattern, shown);
}

static bool matches_any(const struct rule *rule, struct header rest)
{
	struct header_field field;

	while (header_next(&rest, &field)) {
		if (matches(rule, &field)) {
			return true;
		}
	}
	return false;
}

const struct rule *rules_match(const struct account *account,
			       struct header header)
{
	for (size_t i = 0; i < account->rules_count; i++) {
		if (matches_any(&account->rules[i], header)) {
			return &account->rules[i];
		}
	}
	return NULL;
}

/* FNV-1a, with the NUL. */
static uint64_t mix(uint64_t hash, const char *text)
{
	for (size_t i = 0; i <= strlen(text); i++) {
		hash = (hash ^ (uint8_t)text[i]) * UINT64_C(0x100000001b3);
	}
	return hash;
}

int64_t rule_mark(const struct rule *rule)
{
	uint64_t hash =
	    mix(mix(UINT64_C(0xcbf29ce484222325), rule->field), rule->pattern);

	return hash == 0 ? 1 : (int64_t)hash;
}

bool rules_skip(const struct account *account, int64_t mark)
{
	for (size_t i = 0; i < account->rules_count; i++) {
		if (account->rules[i].action == RULE_SKIP &&
		    rule_mark(&account->rules[i]) == mark) {
			return true;
		}
	}
	return false;
}

bool rules_is_old(const struct account *account, int64_t sent_unix,
		  int64_t now_unix)
{
	int64_t age;

	return account->newer_days != 0 && sent_unix != 0 &&
	       !__builtin_sub_overflow(now_unix, sent_unix, &age) &&
	       age / DAY_S >= (int64_t)account->newer_days;
}
