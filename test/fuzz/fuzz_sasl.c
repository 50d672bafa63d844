// SPDX-License-Identifier: ISC
/*
 * fuzz_sasl.c - whatever a client says in a SASL exchange: it ends in one of
 * the ways that it may, reads nothing behind a response, and nobody is proven.
 *
 * The input's first octet says the mechanism, whether there is an initial
 * response, and which channel bindings; the responses follow, with LF between.
 * In them 0x01 stands for the nonce of the last challenge.
 */
#include "fuzz.h"
#include "sasl_site.h"

#define STEPS_MAX 8

static const char *const mechanisms[] = {
	"PLAIN",         "LOGIN",
	"SCRAM-SHA-256", "SCRAM-SHA-256-PLUS",
	"SCRAM-SHA-1",   "SCRAM-SHA-1-PLUS",
	"CRAM-MD5",      "EXTERNAL",
};

static struct sasl_site site;
static char response[PACKET_RESPONSE_MAX];

/* "r=" of a challenge, up to the comma. */
static struct text nonce_of(const struct sasl_outcome *o)
{
	struct text t = { (const char *)o->challenge, o->challenge_len };
	const char *comma = t.len < 2 ? NULL : memchr(t.at, ',', t.len);

	if (comma == NULL || memcmp(t.at, "r=", 2) != 0) {
		return (struct text){ "", 0 };
	}
	return (struct text){ t.at + 2, (size_t)(comma - t.at) - 2 };
}

/* The next response, with the nonce put in. */
static size_t next_response(struct text *in, struct text nonce)
{
	size_t len = 0, n = 0;

	while (n < in->len && in->at[n] != '\n') {
		struct text part = { in->at + n, 1 };

		if (*part.at == '\x01') {
			part = nonce;
		}
		if (part.len > sizeof(response) - len) {
			break;
		}
		memcpy(response + len, part.at, part.len);
		len += part.len;
		n++;
	}
	n += n < in->len;
	in->at += n;
	in->len -= n;
	return len;
}

/* Nothing that could be guessed ends so; the last word of SCRAM says it. */
static void check(enum sasl_result result)
{
	must(result != SASL_PROVEN, "nobody is proven");
	must(result != SASL_TEMP, "memory");
	must(result != SASL_CHALLENGE || site.o.challenge_len < 2 ||
		 memcmp(site.o.challenge, "v=", 2) != 0,
	     "nobody is told so");
}

static struct sasl_begin begin_of(uint8_t kind)
{
	static const uint8_t binding[PACKET_EXPORTER_LEN] = "binding";
	struct sasl_begin b = { .mechanism = text_of(mechanisms[kind & 7]) };

	if ((kind & 16) != 0) {
		b.exporter = binding;
	}
	if ((kind & 32) != 0) {
		b.end_point = binding;
		b.end_point_len = sizeof(binding);
	}
	return b;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct text none = { "", 0 };
	struct text in = { (const char *)data + 1, size - 1 };
	enum sasl_result result;
	size_t len = 0;

	if (size == 0) {
		return 0;
	}
	if (site.sasl == NULL) {
		site_init(&site, NULL, true);
	}
	if ((data[0] & 8) != 0) {
		len = next_response(&in, none);
	}
	result = site_begin(&site, begin_of(data[0]),
			    (data[0] & 8) != 0 ? response : NULL, len);
	check(result);
	for (int i = 0; i < STEPS_MAX && result == SASL_CHALLENGE; i++) {
		struct text nonce = nonce_of(&site.o);

		len = next_response(&in, nonce);
		result = site_step(&site, response, len);
		check(result);
	}
	sasl_exchange_destroy(&site.x);
	return 0;
}
