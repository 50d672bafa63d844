// SPDX-License-Identifier: ISC
/*
 * issued_keys.h - a few RSA keys of 2048 bits, each for one use: to make one
 * takes seconds under Valgrind, and shows nothing of ours.
 */
#ifndef TEST_ISSUED_KEYS_H
#define TEST_ISSUED_KEYS_H

#include <openssl/types.h>

/* Another one each time, which the caller frees; NULL: there are no more. */
EVP_PKEY *issued_key_next(void);

#endif
