// SPDX-License-Identifier: ISC
/*
 * config_store.h - one setting's values, checked and put into an account; what
 * the rows of config_table.c name.  Each: 0; or -1, and *s->why_r ends a
 * sentence that begins with "NAME = VALUE: ".
 */
#ifndef FETCH_CONF_CONFIG_STORE_H
#define FETCH_CONF_CONFIG_STORE_H

#include "fetch/conf/config_table.h"

int config_store_host(const struct config_store *s);
int config_store_port(const struct config_store *s);
int config_store_user(const struct config_store *s);
int config_store_argv(const struct config_store *s);
int config_store_path(const struct config_store *s);
int config_store_pin(const struct config_store *s);
int config_store_mechanisms(const struct config_store *s);
int config_store_destination(const struct config_store *s);
int config_store_sender(const struct config_store *s);
int config_store_recipient(const struct config_store *s);
int config_store_number(const struct config_store *s);
int config_store_seconds(const struct config_store *s);
int config_store_octets(const struct config_store *s);
int config_store_word(const struct config_store *s);

#endif
