// SPDX-License-Identifier: ISC
/*
 * clearing.c - wipes what OpenSSL gives back (clearing.h).
 * Runs in: master.  Allocates: for OpenSSL.
 */
#include "tls/clearing.h"

#include <malloc.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

static void *take(size_t len, const char *file, int line)
{
	(void)file, (void)line;
	return malloc(len);
}

static void give_back(void *at, const char *file, int line)
{
	(void)file, (void)line;
	if (at != NULL) {
		wipe(at, malloc_usable_size(at));
	}
	free(at);
}

/* Never in place: realloc would move, and leave behind what was there. */
static void *resize(void *at, size_t len, const char *file, int line)
{
	size_t had = at == NULL ? 0 : malloc_usable_size(at);
	void *fresh = NULL;

	if (len != 0) {
		fresh = malloc(len);
		if (fresh == NULL) {
			return NULL; /* as with realloc, the old one stays */
		}
		if (had != 0) {
			memcpy(fresh, at, had < len ? had : len);
		}
	}
	give_back(at, file, line);
	return fresh;
}

bool clearing_init(void)
{
	return CRYPTO_set_mem_functions(take, resize, give_back) == 1;
}
