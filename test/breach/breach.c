// SPDX-License-Identifier: ISC
/*
 * breach.c - restanted-session as if an attacker had taken it over: a session
 * process like any other, but that a client's line
 *
 *	XBREACH NAME [ARGUMENT]
 *
 * runs the attack of that name from inside, after the sandbox was closed.  The
 * answer is "+OK breached" or "-ERR held ERRNO" - if there is anybody left to
 * give one.  test/system/test_breach.py puts it in restanted-session's place.
 * "XBREACH list" names all attacks, "XBREACH whoami" the process, the handle of
 * the maildrop and the connection's number.
 */
#include "attack.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void say(struct conn *c, const char *text)
{
	if (c->tls != NULL) {
		(void)!tls_send(c->tls, (const uint8_t *)text, strlen(text));
	} else {
		(void)!send(c->fd, text, strlen(text), MSG_NOSIGNAL);
	}
}

static void list(struct conn *c, const struct attack *a, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		say(c, a[i].name);
		say(c, "\r\n");
	}
}

static const struct attacks {
	const struct attack *first;
	const size_t *count;
} tables[] = {
	{ attacks_on_kernel, &attacks_on_kernel_count },
	{ attacks_on_roles, &attacks_on_roles_count },
	{ attacks_on_key, &attacks_on_key_count },
	{ attacks_on_sasl, &attacks_on_sasl_count },
};
#define TABLES (sizeof(tables) / sizeof(tables[0]))

static void list_all(struct conn *c)
{
	say(c, "+OK\r\n");
	for (size_t i = 0; i < TABLES; i++) {
		list(c, tables[i].first, *tables[i].count);
	}
	say(c, ".\r\n");
}

static void say_who(struct conn *c)
{
	char answer[96];

	snprintf(answer, sizeof(answer), "+OK %ld %llu %llu\r\n",
		 (long)getpid(), (unsigned long long)c->handle,
		 (unsigned long long)c->id);
	say(c, answer);
}

static const struct attack *find(const char *name)
{
	for (size_t i = 0; i < TABLES; i++) {
		const struct attack *a = tables[i].first;

		for (size_t j = 0; j < *tables[i].count; j++) {
			if (strcmp(a[j].name, name) == 0) {
				return &a[j];
			}
		}
	}
	return NULL;
}

static void run(struct conn *c, const char *name, const char *arg)
{
	const struct attack *a = find(name);
	char answer[64];
	int rc;

	if (a == NULL) {
		say(c, "-ERR no such attack\r\n");
		return;
	}
	rc = a->run(c, arg);
	snprintf(answer, sizeof(answer), "-ERR held %d\r\n", -rc);
	say(c, rc == 0 ? "+OK breached\r\n" : answer);
}

static bool on_input(struct conn *c, struct pop3_slice in)
{
	static const char verb[] = "XBREACH ";
	char line[4096];
	char *arg;

	if (in.len < sizeof(verb) || in.len >= sizeof(line) ||
	    memcmp(in.at, verb, sizeof(verb) - 1) != 0) {
		return false;
	}
	memcpy(line, in.at + sizeof(verb) - 1, in.len - sizeof(verb) + 1);
	line[in.len - sizeof(verb) + 1] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	arg = line + strcspn(line, " ");
	if (*arg != '\0') {
		*arg++ = '\0';
	}
	if (strcmp(line, "list") == 0) {
		list_all(c);
	} else if (strcmp(line, "whoami") == 0) {
		say_who(c);
	} else {
		run(c, line, arg);
	}
	return true;
}

int main(void)
{
	return process_main(on_input);
}
