// SPDX-License-Identifier: ISC
/*
 * config_store.c - one setting's values, checked and put into an account
 * (config_store.h).
 * Runs in: restante.  Trusts: the table; nothing of the values.
 */
#include "fetch/conf/config_store.h"

#include <stdlib.h>
#include <string.h>

#include "fetch/conf/argv.h"
#include "fetch/conf/destination.h"
#include "fetch/conf/text.h"

static void *member(const struct config_store *s)
{
	return (char *)s->account + s->row->offset;
}

static void put_number(const struct config_store *s, uint64_t number)
{
	uint32_t four = (uint32_t)number;
	bool one = number != 0;

	switch (s->row->size) {
	case sizeof(number):
		memcpy(member(s), &number, sizeof(number));
		break;
	case sizeof(four):
		memcpy(member(s), &four, sizeof(four));
		break;
	default:
		memcpy(member(s), &one, sizeof(one));
		break;
	}
}

static int put_text(const struct config_store *s, char **at, const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL) {
		return conf_refuse(s->why_r, "out of memory");
	}
	free(*at);
	*at = copy;
	return 0;
}

int config_store_host(const struct config_store *s)
{
	return text_host(s->values[0], &s->account->host, s->why_r);
}

int config_store_port(const struct config_store *s)
{
	return text_port(s->values[0], &s->account->port, s->why_r);
}

int config_store_user(const struct config_store *s)
{
	return text_user(s->values[0], s->why_r) == 0
		   ? put_text(s, &s->account->user, s->values[0])
		   : -1;
}

int config_store_argv(const struct config_store *s)
{
	if (s->count == 0) {
		return conf_refuse(s->why_r, "names no program");
	}
	return argv_parse(s->values, s->count, s->place, member(s), s->why_r);
}

int config_store_path(const struct config_store *s)
{
	return place_path(s->place, s->values[0], member(s), s->why_r);
}

int config_store_pin(const struct config_store *s)
{
	int rc = text_pin(s->values[0], s->account->pin, s->why_r);

	s->account->has_pin = rc == 0;
	return rc;
}

int config_store_mechanisms(const struct config_store *s)
{
	return text_mechanisms(s->values, s->count, &s->account->mechanisms,
			       s->why_r);
}

int config_store_destination(const struct config_store *s)
{
	return destination_parse(s->values, s->count, s->place,
				 &s->account->deliver, s->why_r);
}

/* "" is <>, of mail that is to bounce nowhere. */
int config_store_sender(const struct config_store *s)
{
	if (s->values[0][0] != '\0' &&
	    text_address(s->values[0], s->why_r) != 0) {
		return -1;
	}
	return put_text(s, &s->account->deliver.sender, s->values[0]);
}

int config_store_recipient(const struct config_store *s)
{
	return text_address(s->values[0], s->why_r) == 0
		   ? put_text(s, &s->account->deliver.recipient, s->values[0])
		   : -1;
}

int config_store_number(const struct config_store *s)
{
	uint64_t number;
	int rc = conf_value_number(s->values[0], s->row->min, s->row->max, "",
				   &number, s->why_r);

	if (rc == 0) {
		put_number(s, number);
	}
	return rc;
}

int config_store_seconds(const struct config_store *s)
{
	uint64_t ms;
	int rc = conf_value_seconds(s->values[0], s->row->min * 1000,
				    s->row->max * 1000, &ms, s->why_r);

	if (rc == 0) {
		put_number(s, ms / 1000);
	}
	return rc;
}

int config_store_octets(const struct config_store *s)
{
	uint64_t octets;
	int rc = conf_value_octets(s->values[0], s->row->min, s->row->max,
				   "500K or 20M", &octets, s->why_r);

	if (rc == 0) {
		put_number(s, octets);
	}
	return rc;
}

int config_store_word(const struct config_store *s)
{
	uint32_t word;
	int rc = conf_value_word(s->values[0], s->row->words, &word, s->why_r);

	if (rc == 0) {
		put_number(s, word);
	}
	return rc;
}
