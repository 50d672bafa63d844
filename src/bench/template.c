// SPDX-License-Identifier: ISC
/*
 * template.c - names with a number in them (template.h).
 * Runs in: restante-bench.  Trusts: its caller.  Allocates: never.
 */
#include "bench/template.h"

#include <stdio.h>
#include <string.h>

bool template_is_good(const char *template, size_t max)
{
	size_t len = strlen(template);

	return len > 0 && len <= max && strpbrk(template, "\r\n") == NULL;
}

size_t template_expand(const char *template, uint32_t n, char *at, size_t cap)
{
	char number[16];
	size_t digits, len = 0;

	digits = (size_t)snprintf(number, sizeof(number), "%u", n);
	for (const char *c = template; *c != '\0'; c++) {
		bool is_number = c[0] == '%' && c[1] == 'd';
		size_t wants = is_number ? digits : 1;

		if (cap - len <= wants) {
			return 0;
		}
		memcpy(at + len, is_number ? number : c, wants);
		len += wants;
		c += is_number;
	}
	if (len >= cap) {
		return 0;
	}
	at[len] = '\0';
	return len;
}
