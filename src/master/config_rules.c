// SPDX-License-Identifier: ISC
/*
 * config_rules.c - settings against each other (config_rules.h).
 * Runs in: master, restantectl.  Trusts: values that were checked one by one.
 */
#include "master/config_rules.h"

#include <string.h>

#include "base/log.h"

struct rules {
	const char *path;
	const struct config_entries *entries;
	const struct config *config;
	struct conf_faults *faults;
	struct conf_faults *lack;
};

static unsigned line_of(const struct rules *r, const char *name)
{
	return config_entries_find(r->entries, name)->line;
}

/* Whether the file gives it a value, be it a sound one or not. */
static bool is_given(const struct rules *r, const char *name)
{
	return config_entries_find(r->entries, name)->count != 0;
}

static void check_listen(const struct rules *r)
{
	if (line_of(r, "listen") != 0 && !is_given(r, "listen") &&
	    !is_given(r, "listen_tls")) {
		conf_fault_add(r->faults, line_of(r, "listen"),
			       "listen = {}: is empty, and listen_tls too: "
			       "nothing would be served");
	}
}

static void check_need_of_certificate(const struct rules *r, const char *name)
{
	if (is_given(r, name) && !is_given(r, "tls_certificate")) {
		conf_fault_add(r->lack, line_of(r, name),
			       "%s: needs a tls_certificate; to begin with, "
			       "make one with: restantectl -c %.80s cert "
			       "make",
			       name, r->path);
	}
}

static void check_keys(const struct rules *r)
{
	size_t certificates =
	    config_entries_find(r->entries, "tls_certificate")->count;
	size_t keys = config_entries_find(r->entries, "tls_key")->count;

	if (keys != 0 && certificates != 0 && keys != certificates) {
		conf_fault_add(r->faults, line_of(r, "tls_key"),
			       "tls_key: %zu files, but tls_certificate has "
			       "%zu; name a key for each, in the same order, "
			       "or none if they are in those files",
			       keys, certificates);
	}
}

void config_rules_check(const char *path, const struct config_entries *entries,
			const struct config *config, struct conf_faults *faults,
			struct conf_faults *lack)
{
	const struct rules r = { path, entries, config, faults, lack };

	check_listen(&r);
	check_need_of_certificate(&r, "listen_tls");
	check_need_of_certificate(&r, "tls_key");
	if (config->client_ca[0] != '\0') {
		check_need_of_certificate(&r, "tls_client_ca");
	}
	check_keys(&r);
}

static void spread_common(struct settings_common *to,
			  const struct settings_common *from)
{
	uint32_t uid = to->uid;
	uint32_t gid = to->gid;

	*to = *from;
	to->uid = uid;
	to->gid = gid;
}

static void spread_tls(struct config *c)
{
	if (c->private_key.count == 0) {
		c->private_key = c->certificate;
	}
	c->key.certificates = (uint32_t)c->certificate.count;
	c->session.has_tls = c->certificate.count != 0;
	c->session.asks_certificate = c->client_ca[0] != '\0';
}

void config_rules_spread(struct config *c, bool as_root)
{
	struct settings_common *common = &c->session.common;

	common->drop_privileges = as_root;
	common->log_form =
	    c->log == CONFIG_LOG_STDERR ? LOG_FORM_TERMINAL : LOG_FORM_LEVEL;
	spread_common(&c->auth.common, common);
	spread_common(&c->maildrop.common, common);
	spread_common(&c->key.common, common);
	spread_tls(c);
	c->auth.reveal_users = c->session.reveal_users;
	c->auth.apop = c->session.apop;
	c->session.ticket_s = c->key.ticket_s;
	c->auth.cram_md5 = c->session.cram_md5;
	c->auth.login_delay_s = c->session.login_delay_s;
	memcpy(c->auth.mail_root, c->maildrop.mail_root,
	       sizeof(c->auth.mail_root));
	c->maildrop.threads_per_channel = c->auth.threads_per_channel;
}
