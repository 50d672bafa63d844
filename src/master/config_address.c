// SPDX-License-Identifier: ISC
/*
 * config_address.c - addresses to listen on.  Only numbers: a name would make
 * the start depend on a resolver.
 * Runs in: master, restantectl.  Trusts: nothing of the text.
 */
#include "master/config_value.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>

struct parts {
	char host[64];
	char port[8];
	bool in_brackets;
};

static int refuse_form(struct conf_reason *why_r)
{
	return conf_refuse(why_r,
			   "not an address and a port, such as 127.0.0.1:110, "
			   "[::1]:110, 0.0.0.0:110 (all of IPv4) or [::]:110");
}

/* host_r and port_r are cut out of value; false if it has no such form. */
static bool take_apart(const char *value, struct parts *parts_r)
{
	const char *colon = strrchr(value, ':');
	const char *host = value;
	size_t host_len;

	if (colon == NULL) {
		return false;
	}
	host_len = (size_t)(colon - value);
	parts_r->in_brackets = value[0] == '[';
	if (parts_r->in_brackets) {
		if (host_len < 2 || colon[-1] != ']') {
			return false;
		}
		host++;
		host_len -= 2;
	}
	if (host_len == 0 || host_len >= sizeof(parts_r->host) ||
	    strlen(colon + 1) >= sizeof(parts_r->port)) {
		return false;
	}
	memcpy(parts_r->host, host, host_len);
	parts_r->host[host_len] = '\0';
	memcpy(parts_r->port, colon + 1, strlen(colon + 1) + 1);
	return true;
}

static bool is_port(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	unsigned port = 0;

	if (digits == 0 || text[digits] != '\0') {
		return false;
	}
	for (; *text != '\0'; text++) {
		port = port * 10 + (unsigned)(*text - '0');
	}
	return port <= UINT16_MAX;
}

static bool is_multicast(const struct sockaddr_storage *address)
{
	if (address->ss_family == AF_INET6) {
		const struct sockaddr_in6 *six = (const void *)address;

		return IN6_IS_ADDR_MULTICAST(&six->sin6_addr);
	} else {
		const struct sockaddr_in *four = (const void *)address;
		uint32_t host = ntohl(four->sin_addr.s_addr);

		return IN_MULTICAST(host) || host == INADDR_BROADCAST;
	}
}

/* The text from the address, so that one address has one text. */
static bool write_text(struct config_listen *l)
{
	char host[sizeof(l->text)];
	char port[8];
	bool is_six = l->address.ss_family == AF_INET6;
	int len;

	if (getnameinfo((const void *)&l->address, l->len, host, sizeof(host),
			port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
		return false;
	}
	len = snprintf(l->text, sizeof(l->text), "%s%s%s:%s", is_six ? "[" : "",
		       host, is_six ? "]" : "", port);
	return len > 0 && (size_t)len < sizeof(l->text);
}

int config_address_parse(const char *value, struct config_listen *listen_r,
			 struct conf_reason *why_r)
{
	static const struct addrinfo numeric = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
	};
	struct config_listen l = { .kind = LISTENER_PLAIN };
	struct addrinfo *found;
	struct parts parts;

	if (!take_apart(value, &parts) || !is_port(parts.port) ||
	    getaddrinfo(parts.host, parts.port, &numeric, &found) != 0) {
		return refuse_form(why_r);
	}
	memcpy(&l.address, found->ai_addr, found->ai_addrlen);
	l.len = found->ai_addrlen;
	freeaddrinfo(found);
	if (parts.in_brackets != (l.address.ss_family == AF_INET6) ||
	    !write_text(&l)) {
		return refuse_form(why_r);
	}
	if (is_multicast(&l.address)) {
		return conf_refuse(why_r, "no TCP connection can come to a "
					  "multicast address");
	}
	*listen_r = l;
	return 0;
}
