// SPDX-License-Identifier: ISC
/*
 * foreign.h - other protocols that knock at POP3's door: by mistake, or because
 * somebody makes a browser or a mail server send its requests here, with POP3
 * commands within.
 */
#ifndef LIB_FOREIGN_H
#define LIB_FOREIGN_H

#include "pop3/base.h"

enum foreign {
	FOREIGN_NOT,
	FOREIGN_HTTP,
	FOREIGN_SMTP,
};

/* What a line is that a client sends before it has logged in; it may lack its
 * end if it is too long. */
enum foreign pop3_foreign_line(struct pop3_slice line);

/*
 * Whether in, at the begin of a line, begins as a TLS record of any type does,
 * or as the hello of SSL 2, which old clients sent.  A line that a record would
 * look like has an octet that is forbidden in POP3.
 */
bool pop3_foreign_is_tls(struct pop3_slice in);

#endif
