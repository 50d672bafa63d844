// SPDX-License-Identifier: ISC
/*
 * collector.c - restante as if a server had taken it over: the same program,
 * but that it runs the attack $BREACH with $BREACH_ARG from inside once it has
 * heard the first octets of a server, and says on standard error what came of
 * it: "breach: done", or "breach: held ERRNO".  Then it goes on, if it can.
 * test/system/test_breach_collector.py plays the server.  "list" names all.
 *
 * Where children hear servers (account add; test_breach_add.py) the child of
 * number $BREACH_CHILD, from 1, does it; what it says is told when who started
 * it exits, since it has nowhere to say it.
 *
 * The linker puts this in the place of pop3_client_run (--wrap).
 */
#include "collector.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pop3/client.h"

/* The linker makes these names. */
enum pop3_client_event_type
__real_pop3_client_run(struct pop3_client *c, struct pop3_slice *in,
		       struct pop3_client_event *ev_r);
enum pop3_client_event_type
__wrap_pop3_client_run(struct pop3_client *c, struct pop3_slice *in,
		       struct pop3_client_event *ev_r);

static const struct {
	const struct collector_attack *first;
	const size_t *count;
} tables[] = {
	{ attacks_on_files, &attacks_on_files_count },
	{ attacks_on_user, &attacks_on_user_count },
	{ attacks_on_runner, &attacks_on_runner_count },
};

/* Of all processes. */
struct shared {
	pid_t first;
	int heard; /* children that heard a server */
	char said[256];
};

static struct shared *shared;

static void tell_what_children_said(void)
{
	if (getpid() == shared->first) {
		(void)fputs(shared->said, stderr);
	}
}

__attribute__((constructor)) static void share(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || atexit(tell_what_children_said) != 0) {
		abort();
	}
	shared->first = getpid();
}

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (getpid() == shared->first) {
		(void)vfprintf(stderr, format, args);
	} else {
		(void)vsnprintf(shared->said, sizeof(shared->said), format,
				args);
	}
	va_end(args);
}

static bool is_chosen(void)
{
	const char *child = getenv("BREACH_CHILD");

	if (getpid() == shared->first) {
		return true;
	}
	shared->heard++;
	return child == NULL || strtol(child, NULL, 10) == shared->heard;
}

static void list(void)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		for (size_t j = 0; j < *tables[i].count; j++) {
			say("attack: %s\n", tables[i].first[j].name);
		}
	}
}

static const struct collector_attack *find(const char *name)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		for (size_t j = 0; j < *tables[i].count; j++) {
			if (strcmp(tables[i].first[j].name, name) == 0) {
				return &tables[i].first[j];
			}
		}
	}
	return NULL;
}

static void breach(void)
{
	const char *name = getenv("BREACH");
	const char *arg = getenv("BREACH_ARG");
	const struct collector_attack *a;
	int rc;

	if (name == NULL || strcmp(name, "list") == 0) {
		list();
		return;
	}
	a = find(name);
	if (a == NULL) {
		say("breach: unknown\n");
		return;
	}
	rc = a->run(arg != NULL ? arg : "");
	if (rc == 0) {
		say("breach: done\n");
	} else {
		say("breach: held %d\n", -rc);
	}
}

enum pop3_client_event_type
__wrap_pop3_client_run(struct pop3_client *c, struct pop3_slice *in,
		       struct pop3_client_event *ev_r)
{
	static int is_over;

	if (!is_over && in->len > 0) {
		is_over = 1;
		if (is_chosen()) {
			breach();
		}
	}
	return __real_pop3_client_run(c, in, ev_r);
}
