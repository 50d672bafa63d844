// SPDX-License-Identifier: ISC
/*
 * certificate_result.h - what may be wrong with a file of certificates or keys.
 */
#ifndef TLS_CERTIFICATE_RESULT_H
#define TLS_CERTIFICATE_RESULT_H

#include <stdbool.h>

#include "base/checked.h"

/* Why it was not read.  certificate_why has the words. */
enum certificate_result {
	CERTIFICATE_OK = 0,
	CERTIFICATE_EREAD = -1,    /* errno says why */
	CERTIFICATE_ESIZE = -2,    /* over CERTIFICATE_FILE_MAX */
	CERTIFICATE_ENONE = -3,    /* no certificate in PEM */
	CERTIFICATE_EBROKEN = -4,  /* one begins, and is none */
	CERTIFICATE_ELONG = -5,    /* over a limit of certificates */
	CERTIFICATE_EORDER = -6,   /* not each the issuer of the one before */
	CERTIFICATE_ETYPE = -7,    /* neither RSA nor a curve of TLS */
	CERTIFICATE_EWEAK = -8,    /* RSA of too few bits, or too many */
	CERTIFICATE_EKEYREAD = -9, /* errno says why */
	CERTIFICATE_ENOKEY = -10,  /* no private key in PEM */
	CERTIFICATE_EENCRYPTED = -11,
	CERTIFICATE_EMISMATCH = -12, /* the key is another certificate's */
	CERTIFICATE_EPLACE = -13,    /* it is that of a later one in the file */
	CERTIFICATE_EMEMORY = -14,
};

/* The words of a result.  Those of EREAD and EKEYREAD are without the errno. */
const char *certificate_why(int result);

/* Whether the fault is one of the key's file, not of the certificate's. */
bool certificate_is_of_key(int result);

#endif
