// SPDX-License-Identifier: ISC
/*
 * proxy_v2.h - the binary header, for proxy.c alone.
 */
#ifndef SESSION_PROXY_V2_H
#define SESSION_PROXY_V2_H

#include "session/proxy.h"

#define PROXY_V2_SIGNATURE_LEN 12u
#define PROXY_V2_SIGNATURE                                                     \
	{                                                                      \
		'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T',     \
		    '\n'                                                       \
	}

/* As proxy_parse, of what begins with that signature as far as it goes. */
POP3_MUST_USE int proxy_v2_parse(struct pop3_slice in,
				 struct proxy_header *header_r);

#endif
