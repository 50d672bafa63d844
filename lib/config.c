// SPDX-License-Identifier: ISC
/*
 * config.c - what a caller may set up (config.h).
 * Runs in: session.  Trusts: nothing of it but that it is there.
 * Allocates: never.
 */
#include "config.h"

#define MECHANISM_MAX 20u /* RFC 4422, section 3.1 */

static bool is_text(const char *text, size_t len_max)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++) {
		if (text[i] < ' ' || text[i] > '~') {
			return false;
		}
	}
	return len <= len_max;
}

/* [rfc2449/3/greeting] After the code a greeting may have no "<" but that of
 * its time stamp; and a "[" in front would be a code. */
static bool is_greeting(const char *text)
{
	return is_text(text, POP3_GREETING_MAX) && text[0] != '[' &&
	       memchr(text, '<', strlen(text)) == NULL;
}

static bool is_mechanism_octet(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '_';
}

static bool are_mechanisms(struct pop3_slice names)
{
	size_t len = 0; /* of the name that we are in */

	for (size_t i = 0; i < names.len; i++) {
		bool is_end = names.at[i] == ' ';

		if (is_end ? len == 0 : !is_mechanism_octet(names.at[i])) {
			return false;
		}
		len = is_end ? 0 : len + 1;
		if (len > MECHANISM_MAX) {
			return false;
		}
	}
	return names.len == 0 || (len != 0 && names.len <= POP3_MECHANISMS_MAX);
}

bool pop3_is_plaintext(struct pop3_slice name)
{
	return pop3_slice_equal_fold(name, POP3_LITERAL("PLAIN")) ||
	       pop3_slice_equal_fold(name, POP3_LITERAL("LOGIN"));
}

/*
 * [rfc2595/2.3/refuse] "Clients and servers which implement STARTTLS MUST be
 * configurable to refuse all clear-text login commands or mechanisms (including
 * both standards-track and nonstandard mechanisms) unless an encryption layer
 * of adequate strength is active."
 * [rfc5034/4/plaintext] "A server implementation MUST implement a configuration
 * in which it does NOT advertise or permit any plaintext password mechanisms,
 * unless the STLS command has been used to negotiate a TLS session".
 * So a configuration that promises it and does not keep it is none.
 */
static bool offers_plaintext(const struct pop3_server_config *c)
{
	return pop3_config_mechanism(c, POP3_LITERAL("PLAIN")).len != 0 ||
	       pop3_config_mechanism(c, POP3_LITERAL("LOGIN")).len != 0;
}

bool pop3_config_is_sound(const struct pop3_server_config *config)
{
	return is_greeting(config->greeting) &&
	       (config->implementation == NULL ||
		is_text(config->implementation, POP3_IMPLEMENTATION_MAX)) &&
	       are_mechanisms(pop3_config_mechanisms(config)) &&
	       !(config->no_plaintext && offers_plaintext(config));
}

struct pop3_slice pop3_config_mechanisms(const struct pop3_server_config *c)
{
	return c->mechanisms == NULL
		   ? pop3_slice_of(NULL, 0)
		   : pop3_slice_of(c->mechanisms, strlen(c->mechanisms));
}

/* [rfc5034/5/case] "Except as noted otherwise, all alphabetic characters are
 * case-insensitive." */
struct pop3_slice pop3_config_mechanism(const struct pop3_server_config *c,
					struct pop3_slice name)
{
	struct pop3_slice rest = pop3_config_mechanisms(c);

	while (rest.len != 0) {
		const uint8_t *end = memchr(rest.at, ' ', rest.len);
		size_t len = end == NULL ? rest.len : (size_t)(end - rest.at);
		struct pop3_slice here = pop3_slice_of(rest.at, len);

		if (pop3_slice_equal_fold(here, name)) {
			return here;
		}
		rest = pop3_slice_tail(rest, len + (end != NULL));
	}
	return rest;
}
