// SPDX-License-Identifier: ISC
/*
 * config.h - what a caller may set up, and the SASL mechanisms in it.
 */
#ifndef LIB_CONFIG_H
#define LIB_CONFIG_H

#include "pop3/server.h"

/* Whether it keeps the limits of pop3/server.h. */
bool pop3_config_is_sound(const struct pop3_server_config *config);

/* Their names, with a blank between; maybe none. */
struct pop3_slice pop3_config_mechanisms(const struct pop3_server_config *c);

/* The one that is called name in whatever case, as it stands in config; empty
 * if there is none. */
struct pop3_slice pop3_config_mechanism(const struct pop3_server_config *c,
					struct pop3_slice name);

/* Mechanisms that send a secret as it is. */
bool pop3_is_plaintext(struct pop3_slice name);

#endif
