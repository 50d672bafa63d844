// SPDX-License-Identifier: ISC
/*
 * smtp_name.c - names and addresses in commands of SMTP (smtp_name.h).
 * Runs in: a carrier thread.  Trusts: nothing.  Allocates: never.
 */
#include "fetch/sink/smtp_name.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fetch/limits.h"

static bool stands_in_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '-';
}

static bool is_host(const char *name)
{
	for (const char *c = name; *c != '\0'; c++) {
		if (!stands_in_name(*c)) {
			return false;
		}
	}
	return name[0] != '\0';
}

static void literal(const struct smtp_line *l, char name_r[SMTP_NAME_MAX])
{
	struct sockaddr_in6 six = { 0 };
	struct sockaddr_in four;
	socklen_t len = sizeof(six);
	char text[INET6_ADDRSTRLEN] = "127.0.0.1";

	if (getsockname(l->fd, (struct sockaddr *)(void *)&six, &len) == 0 &&
	    six.sin6_family == AF_INET6) {
		inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof(text));
		snprintf(name_r, SMTP_NAME_MAX, "[IPv6:%s]", text);
		return;
	}
	if (six.sin6_family == AF_INET) {
		memcpy(&four, &six, sizeof(four));
		inet_ntop(AF_INET, &four.sin_addr, text, sizeof(text));
	}
	snprintf(name_r, SMTP_NAME_MAX, "[%s]", text);
}

void smtp_name(const struct smtp_line *l, char name_r[SMTP_NAME_MAX])
{
	char host[256] = "";

	if (gethostname(host, sizeof(host) - 1) == 0 && is_host(host) &&
	    (l->is_unix || strchr(host, '.') != NULL)) {
		snprintf(name_r, SMTP_NAME_MAX, "%s", host);
		return;
	}
	literal(l, name_r);
}

bool smtp_is_address(const char *address, bool is_recipient)
{
	size_t len = strnlen(address, FETCH_SMTP_ADDRESS_MAX + 1);

	if (len > FETCH_SMTP_ADDRESS_MAX || (len == 0 && is_recipient)) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		uint8_t octet = (uint8_t)address[i];

		if (octet <= ' ' || octet == 0x7f || octet == '<' ||
		    octet == '>') {
			return false;
		}
	}
	return true;
}
