// SPDX-License-Identifier: ISC
/*
 * text_for_x86_64.c - who can do the text loops: 64-bit x86.
 */
#include "text_impl.h"

const struct text_impl *const pop3_text_impls[] = { &pop3_text_avx2,
						    &pop3_text_sse2,
						    &pop3_text_portable, NULL };
