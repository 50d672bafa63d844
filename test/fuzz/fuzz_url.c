// SPDX-License-Identifier: ISC
/*
 * fuzz_url.c - whatever stands on a command line as an URL: it is refused with
 * a sentence that can be shown, or it is a sound account, whose URL, written
 * anew, is read as the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/conf/text.h"
#include "fetch/conf/url.h"
#include "fuzz.h"
#include "must.h"

/* Every octet of the user's name as %XX. */
static void write_url(const struct account *a, char *url, size_t room)
{
	bool is_six = strchr(a->host, ':') != NULL;
	size_t len =
	    (size_t)snprintf(url, room, "%s://",
			     a->tls == ACCOUNT_TLS_IMPLICIT ? "pop3s" : "pop3");

	for (const char *at = a->user; *at != '\0'; at++) {
		len += (size_t)snprintf(url + len, room - len, "%%%02x",
					(unsigned)(uint8_t)*at);
	}
	if (a->mechanisms != NULL) {
		len += (size_t)snprintf(url + len, room - len, ";AUTH=%s",
					a->mechanisms);
	}
	snprintf(url + len, room - len, is_six ? "@[%s]:%u" : "@%s:%u", a->host,
		 (unsigned)a->port);
}

static void check_sound(const struct account *a)
{
	char url[URL_MAX];
	struct account again;
	struct conf_reason why;

	must(text_is_clean(a->user) && a->user[0] != '\0', "a clean user");
	must(strlen(a->user) <= TEXT_USER_MAX, "a short user");
	must(text_is_clean(a->host) && a->host[0] != '\0', "a clean host");
	must(a->port != 0 && a->password == NULL, "a port, no password");
	must(a->tls != ACCOUNT_TLS_NONE || account_host_is_loopback(a->host),
	     "clear text only here");
	write_url(a, url, sizeof(url));
	account_init(&again);
	must(url_parse(url, &again, &why) == 0, "it can be written anew");
	must(strcmp(again.user, a->user) == 0 &&
		 strcmp(again.host, a->host) == 0 && again.port == a->port &&
		 again.tls == a->tls &&
		 (again.mechanisms == NULL) == (a->mechanisms == NULL),
	     "the same");
	account_finish(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[URL_MAX + 16];
	struct account a;
	struct conf_reason why = { "" };

	if (size >= sizeof(text)) {
		return 0;
	}
	memcpy(text, data, size);
	text[size] = '\0';
	account_init(&a);
	if (url_parse(text, &a, &why) == 0) {
		check_sound(&a);
	} else {
		must(why.text[0] != '\0', "a sentence");
		must(a.host == NULL && a.user == NULL, "untouched");
	}
	account_finish(&a);
	return 0;
}
