// SPDX-License-Identifier: ISC
/*
 * json.c - objects of --json (json.h).
 * Runs in: restante, any thread.  Trusts: nothing in strings.
 * Allocates: what jansson does, an object at a time.
 */
#include "fetch/show/json.h"

#include <string.h>

#include "fetch/show/escape.h"
#include "fetch/show/exit.h"
#include "fetch/show/human.h"
#include "fetch/show/tell.h"

#define DEL '\x7f'

void json_set_value(json_t *o, const char *key, json_t *value)
{
	if (o == NULL) {
		json_decref(value);
	} else if (value == NULL || json_object_set_new(o, key, value) < 0) {
		/* it lacks what it began with, and is told by that */
		(void)json_object_clear(o);
	}
}

json_t *json_whole(json_t *o, size_t members)
{
	if (json_object_size(o) != members) {
		json_decref(o);
		return NULL;
	}
	return o;
}

void json_set_count(json_t *o, const char *key, uint64_t n)
{
	uint64_t most = INT64_MAX;

	json_set_value(o, key, json_integer((json_int_t)(n < most ? n : most)));
}

/* What is no UTF-8 is replaced: an object must be written all the same. */
static json_t *string_of(const char *foreign)
{
	const uint8_t *at = (const uint8_t *)foreign;
	size_t len = strlen(foreign), done = 0;
	struct text t = { 0 };
	json_t *string = NULL;
	int32_t code;

	while (done < len) {
		size_t octets = escape_take(at + done, len - done, &code);

		if (code < 0) {
			text_str(&t, "\ufffd");
		} else {
			text_put(&t, foreign + done, octets);
		}
		done += octets;
	}
	if (!t.has_failed) {
		string = json_stringn(text_of(&t), t.len);
	}
	text_finish(&t);
	return string;
}

void json_set_text(json_t *o, const char *key, const char *foreign)
{
	json_set_value(o, key,
		       foreign == NULL ? json_null() : string_of(foreign));
}

void json_set_time(json_t *o, const char *key, uint64_t unix_ms)
{
	char time[HUMAN_MAX];

	human_time(unix_ms, time);
	json_set_value(o, key, json_string(time));
}

json_t *json_begin(const char *type, uint64_t unix_ms, const char *account)
{
	json_t *o = json_object();

	json_set_value(o, "type", json_string(type));
	json_set_time(o, "time", unix_ms);
	if (account != NULL) {
		json_set_text(o, "account", account);
	}
	return o;
}

json_t *json_of_message(const struct report_message *m)
{
	json_t *o = json_object();

	json_set_value(o, "number",
		       m->number == 0 ? json_null() : json_integer(m->number));
	json_set_count(o, "octets", m->octets);
	json_set_text(o, "uid",
		      m->uid != NULL && m->uid[0] != 0 ? m->uid : NULL);
	json_set_text(o, "from", m->from);
	json_set_text(o, "subject", m->subject);
	return json_whole(o, 5);
}

json_t *json_of_failure(const struct why *why)
{
	const char *remedy = tell_remedy(why->kind);
	bool has_remedy = remedy[0] != 0 && !tell_has_remedy(why->text);
	json_t *o = json_object();

	json_set_text(o, "kind", tell_kind(why->kind));
	json_set_text(o, "text", why->text);
	json_set_text(o, "remedy", has_remedy ? remedy : NULL);
	json_set_value(o, "exit_code", json_integer(exit_of(why->kind)));
	return json_whole(o, 4);
}

/* As json_dump_callback_t.  DEL is the one control character that jansson
 * leaves as it is. */
static int put_octets(const char *at, size_t len, void *ctx)
{
	struct text *t = ctx;

	for (size_t i = 0; i < len; i++) {
		if (at[i] == DEL) {
			text_str(t, "\\u007f");
		} else {
			text_put(t, at + i, 1);
		}
	}
	return 0;
}

void json_put(struct text *t, json_t *o)
{
	/* Not json_dumps: when memory ends within a key, jansson 2.14 goes on
	 * with what is no JSON; our text remembers that it failed. */
	if (json_object_get(o, "type") == NULL ||
	    json_dump_callback(o, put_octets, t,
			       JSON_COMPACT | JSON_ENSURE_ASCII) < 0) {
		t->has_failed = true;
	}
	text_str(t, "\n");
	json_decref(o);
}
