// SPDX-License-Identifier: ISC
/*
 * text_for_aarch64.c - who can do the text loops: 64-bit ARM.
 */
#include "text_impl.h"

const struct text_impl *const pop3_text_impls[] = { &pop3_text_neon,
						    &pop3_text_portable, NULL };
