// SPDX-License-Identifier: ISC
/*
 * provider.h - what is known of large providers of mail: their POP3 servers,
 * and what a person has to do there first.
 */
#ifndef FETCH_ADD_PROVIDER_H
#define FETCH_ADD_PROVIDER_H

struct provider {
	const char
	    *domains; /* with blanks between; "yahoo.*": of any country */
	const char *name;
	const char *host; /* port 995, TLS at once; NULL: it has no POP3 */
	const char *note; /* a sentence or more for the person; or NULL */
};

/* The one whose domain it is, or NULL.  Any case. */
const struct provider *provider_find(const char *domain);

/* All of them, ending with one without domains; for tests. */
extern const struct provider providers[];

#endif
