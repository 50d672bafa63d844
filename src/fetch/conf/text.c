// SPDX-License-Identifier: ISC
/*
 * text.c - whether a text may be what it is to be (text.h).
 * Runs in: restante.  Trusts: nothing of the text.
 */
#include "fetch/conf/text.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "conf/name.h"
#include "conf/value.h"

#define HOST_MAX    253u /* RFC 1035, section 2.3.4, as text */
#define LABEL_MAX   63u
#define ADDRESS_MAX 254u /* RFC 5321, section 4.5.3.1.3, without < and > */

bool text_is_clean(const char *text)
{
	const uint8_t *at = (const uint8_t *)text;

	while (*at != '\0') {
		uint32_t point;
		size_t len = utf8_take(
		    at, strnlen((const char *)at, UTF8_OCTETS_MAX), &point);

		if (len == 0 || utf8_is_control(point)) {
			return false;
		}
		at += len;
	}
	return true;
}

static bool is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

static bool is_label(const char *at, size_t len)
{
	if (len == 0 || len > LABEL_MAX || at[0] == '-' || at[len - 1] == '-') {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (!is_letter_or_digit(at[i]) && at[i] != '-' &&
		    at[i] != '_') {
			return false;
		}
	}
	return true;
}

/* With a letter in the last label: what has none is meant as an address. */
static bool is_host_name(const char *text)
{
	const char *at = text;
	size_t len = strcspn(at, ".");

	if (strlen(text) > HOST_MAX) {
		return false;
	}
	while (is_label(at, len)) {
		if (at[len] == '\0') {
			return strspn(at, "0123456789") != len;
		}
		at += len + 1;
		len = strcspn(at, ".");
	}
	return false;
}

static bool is_address(const char *text)
{
	struct in6_addr address;

	return inet_pton(AF_INET, text, &address) == 1 ||
	       inet_pton(AF_INET6, text, &address) == 1;
}

static int refuse_host(const char *text, struct conf_reason *why_r)
{
	const char *colon = strchr(text, ':');

	if (strstr(text, "://") != NULL) {
		return conf_refuse(why_r, "an URL; write the host alone, as "
					  "pop.example.org");
	}
	if (colon != NULL && colon[1] != '\0' &&
	    strspn(colon + 1, "0123456789") == strlen(colon + 1)) {
		return conf_refuse(why_r,
				   "write the host alone, and the port apart: "
				   "port = %.8s",
				   colon + 1);
	}
	for (const char *at = text; *at != '\0'; at++) {
		if ((unsigned char)*at >= 0x80) {
			return conf_refuse(why_r, "write the name as DNS has "
						  "it, which begins with xn--");
		}
	}
	return conf_refuse(why_r, "not a host name or address");
}

void text_lower(char *text)
{
	for (char *at = text; *at != '\0'; at++) {
		*at = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
	}
}

int text_host(const char *text, char **host_r, struct conf_reason *why_r)
{
	size_t len = strlen(text);
	bool in_brackets = len > 2 && text[0] == '[' && text[len - 1] == ']';
	char *host = in_brackets ? strndup(text + 1, len - 2) : strdup(text);

	if (host == NULL) {
		return conf_refuse(why_r, "out of memory");
	}
	if (len > 1 && host[strlen(host) - 1] == '.') {
		host[strlen(host) - 1] = '\0'; /* DNS's way to say: all of it */
	}
	if (!is_address(host) && (in_brackets || !is_host_name(host))) {
		free(host);
		return refuse_host(text, why_r);
	}
	text_lower(host);
	*host_r = host;
	return 0;
}

int text_port(const char *text, uint16_t *port_r, struct conf_reason *why_r)
{
	uint64_t port;

	if (conf_value_number(text, 1, UINT16_MAX, "", &port, why_r) != 0) {
		return -1;
	}
	*port_r = (uint16_t)port;
	return 0;
}

int text_host_port(const char *text, char **host_r, uint16_t *port,
		   struct conf_reason *why_r)
{
	const char *bracket = strrchr(text, ']');
	const char *colon = strrchr(bracket != NULL ? bracket : text, ':');
	size_t len = colon != NULL ? (size_t)(colon - text) : strlen(text);
	char *host = strndup(text, len);
	int rc;

	if (host == NULL) {
		return conf_refuse(why_r, "out of memory");
	}
	rc = text_host(host, host_r, why_r);
	free(host);
	if (rc == 0 && colon != NULL && text_port(colon + 1, port, why_r) < 0) {
		free(*host_r);
		*host_r = NULL;
		rc = -1;
	}
	return rc;
}

int text_user(const char *text, struct conf_reason *why_r)
{
	if (text[0] == '\0') {
		return conf_refuse(why_r, "empty; write the name that the "
					  "server knows you by");
	}
	if (strlen(text) > TEXT_USER_MAX) {
		return conf_refuse(why_r, "longer than %u octets",
				   TEXT_USER_MAX);
	}
	if (!text_is_clean(text)) {
		return conf_refuse(why_r, "has a control character in it, or "
					  "is not UTF-8");
	}
	return 0;
}

/* Local part, "@", domain; nothing that could end it early. */
int text_address(const char *text, struct conf_reason *why_r)
{
	const char *at = strrchr(text, '@');

	if (strlen(text) > ADDRESS_MAX) {
		return conf_refuse(why_r, "longer than %u octets", ADDRESS_MAX);
	}
	if (!text_is_clean(text) || strpbrk(text, "<> \"\\") != NULL) {
		return conf_refuse(why_r, "not an address of mail; write it "
					  "as ann@example.org");
	}
	/* LMTP takes a user's bare name too. */
	if (text[0] == '\0' || at == text || (at != NULL && at[1] == '\0')) {
		return conf_refuse(why_r, "not an address of mail; write it "
					  "as ann@example.org");
	}
	return 0;
}
