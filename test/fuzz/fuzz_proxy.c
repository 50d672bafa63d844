// SPDX-License-Identifier: ISC
/*
 * fuzz_proxy.c - whatever a proxy may say first: each cut of it is either not
 * enough or judged as the whole is, what follows does not matter, nothing is
 * read behind it, and an address that is taken from text is the one that the
 * text says.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "guard.h"
#include "must.h"
#include "session/proxy.h"

static struct guard guard;

static int parse(const uint8_t *at, size_t len, struct proxy_header *h)
{
	return proxy_parse(guard_copy(&guard, pop3_slice_of(at, len)), h);
}

static void check_cuts(const uint8_t *data, size_t size, int rc,
		       const struct proxy_header *want)
{
	size_t whole = rc > 0 ? (size_t)rc : size;

	for (size_t len = 0; len < size; len++) {
		struct proxy_header h;
		int cut = parse(data, len, &h);

		if (len < whole) {
			must(cut == 0 || (cut == PROXY_BAD && rc == PROXY_BAD),
			     "a cut wants more, or is bad as the whole is");
		} else {
			must(cut == rc &&
				 (rc < 0 || memcmp(&h, want, sizeof(h)) == 0),
			     "what follows does not matter");
		}
	}
}

/* The text says it if it can be made of what was found. */
static void check_text(const uint8_t *data, int rc,
		       const struct proxy_header *h)
{
	char line[PROXY_V1_MAX + 1], family, from[64], port[8];
	uint8_t address[16] = { [10] = 0xff, [11] = 0xff };

	memcpy(line, data, (size_t)rc);
	line[rc] = '\0';
	if (h->is_local) {
		must(strncmp(line, "PROXY UNKNOWN", 13) == 0, "unknown");
		return;
	}
	family = line[9];
	(void)snprintf(from, sizeof(from), "%.*s", (int)strcspn(line + 11, " "),
		       line + 11);
	must(family == '4' ? inet_pton(AF_INET, from, address + 12) == 1
			   : inet_pton(AF_INET6, from, address) == 1,
	     "an address");
	must(memcmp(address, h->address, sizeof(address)) == 0, "that one");
	(void)snprintf(port, sizeof(port), " %u ", (unsigned)h->port);
	must(strstr(line, port) != NULL, "its port");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct proxy_header h, untouched;
	int rc;

	if (size > 2 * PROXY_MAX) {
		return 0;
	}
	if (guard.cap == 0) {
		guard_init(&guard, 2 * PROXY_MAX);
	}
	memset(&h, 0x5a, sizeof(h));
	untouched = h;
	rc = parse(data, size, &h);
	must(rc >= PROXY_BAD && rc <= (int)PROXY_MAX && rc <= (int)size,
	     "a length");
	must(rc != 0 || size < PROXY_MAX, "more is wanted within the limit");
	if (rc <= 0) {
		must(memcmp(&h, &untouched, sizeof(h)) == 0, "untouched");
	} else if (data[0] == 'P') {
		check_text(data, rc, &h);
	}
	check_cuts(data, size, rc, &h);
	return 0;
}
