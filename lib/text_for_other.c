// SPDX-License-Identifier: ISC
/*
 * text_for_other.c - who can do the text loops: machines without a kernel of
 * their own.
 */
#include "text_impl.h"

const struct text_impl *const pop3_text_impls[] = { &pop3_text_portable, NULL };
