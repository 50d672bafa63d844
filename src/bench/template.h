// SPDX-License-Identifier: ISC
/*
 * template.h - names with a number in them: "u%d" is u0, u1, and so on.
 */
#ifndef BENCH_TEMPLATE_H
#define BENCH_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

/* Whether it is short enough and has nothing that ends a line of POP3; every
 * %d in it stands for the number, nothing else means anything. */
MUST_USE bool template_is_good(const char *template, size_t max);

/* The octets written, without the NUL behind them; 0 if there is no room. */
size_t template_expand(const char *template, uint32_t n, char *at, size_t cap);

#endif
