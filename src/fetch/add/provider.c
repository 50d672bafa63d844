// SPDX-License-Identifier: ISC
/*
 * provider.c - large providers of mail (provider.h), as far as is known in
 * 2026.  A row that is wrong costs a try: the server is asked before anything
 * is written.
 * Runs in: restante.  Trusts: nothing.  Allocates: never.
 */
#include "fetch/add/provider.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#define SWITCHED_ON "POP3 must be switched on in the settings of its website."
#define OWN_PASSWORD                                                           \
	"It wants a password made for this program (\"app password\"), from "  \
	"the settings of its website."

const struct provider providers[] = {
	{ "gmail.com googlemail.com", "Gmail", "pop.gmail.com",
	  "POP must be enabled in its settings (Forwarding and POP/IMAP), and "
	  "it wants a password made for this program (\"app password\"), for "
	  "which two-step verification must be on." },
	{ "outlook.* hotmail.* live.* msn.com", "Outlook.com",
	  "outlook.office365.com",
	  "Since September 2024 it takes no passwords from mail programs, only "
	  "OAuth2, which restante does not speak: logging in will fail." },
	{ "yahoo.* ymail.com rocketmail.com", "Yahoo", "pop.mail.yahoo.com",
	  OWN_PASSWORD },
	{ "aol.* aim.com", "AOL", "pop.aol.com", OWN_PASSWORD },
	{ "gmx.de gmx.net gmx.at gmx.ch", "GMX", "pop.gmx.net", SWITCHED_ON },
	{ "gmx.com gmx.us gmx.co.uk", "GMX", "pop.gmx.com", SWITCHED_ON },
	{ "mail.com email.com", "mail.com", "pop.mail.com", SWITCHED_ON },
	{ "web.de", "WEB.DE", "pop3.web.de", SWITCHED_ON },
	{ "t-online.de magenta.de", "Telekom", "securepop.t-online.de",
	  "It wants the password for mail programs (\"E-Mail-Passwort\"), not "
	  "that of the Telekom log-in." },
	{ "freenet.de", "freenet", "mx.freenet.de", SWITCHED_ON },
	{ "mailbox.org", "mailbox.org", "pop3.mailbox.org",
	  "With two-factor authentication it wants an application password." },
	{ "posteo.de posteo.net", "Posteo", "posteo.de", NULL },
	{ "fastmail.com fastmail.fm", "Fastmail", "pop.fastmail.com",
	  OWN_PASSWORD },
	{ "zoho.com zohomail.com", "Zoho", "pop.zoho.com", SWITCHED_ON },
	{ "yandex.ru yandex.com ya.ru", "Yandex", "pop.yandex.com",
	  SWITCHED_ON " " OWN_PASSWORD },
	{ "mail.ru inbox.ru list.ru bk.ru internet.ru", "Mail.ru",
	  "pop.mail.ru", OWN_PASSWORD },
	{ "libero.it iol.it inwind.it blu.it", "Libero", "popmail.libero.it",
	  NULL },
	{ "orange.fr wanadoo.fr", "Orange", "pop.orange.fr", NULL },
	{ "free.fr", "Free", "pop.free.fr", NULL },
	{ "laposte.net", "La Poste", "pop.laposte.net", NULL },
	{ "seznam.cz email.cz post.cz", "Seznam", "pop3.seznam.cz", NULL },
	{ "wp.pl", "WP", "pop3.wp.pl", SWITCHED_ON },
	{ "qq.com foxmail.com", "QQ", "pop.qq.com",
	  SWITCHED_ON " It wants an authorization code as the password." },
	{ "163.com", "NetEase", "pop.163.com",
	  SWITCHED_ON " It wants an authorization code as the password." },
	{ "126.com", "NetEase", "pop.126.com",
	  SWITCHED_ON " It wants an authorization code as the password." },
	{ "icloud.com me.com mac.com", "iCloud", NULL,
	  "It has no POP3: restante cannot collect from it." },
	{ "proton.me protonmail.com pm.me", "Proton Mail", NULL,
	  "It has no POP3 (its Bridge has IMAP): restante cannot collect from "
	  "it." },
	{ "tuta.com tutanota.com tutanota.de tutamail.com tuta.io keemail.me",
	  "Tuta", NULL, "It has no POP3: restante cannot collect from it." },
	{ NULL, NULL, NULL, NULL },
};

/* word: "gmail.com", or "yahoo.*" for yahoo.com and yahoo.co.jp. */
static bool is_of(const char *domain, const char *word, size_t len)
{
	if (len > 2 && word[len - 1] == '*') {
		return strncasecmp(domain, word, len - 1) == 0 &&
		       strlen(domain) > len - 1;
	}
	return strlen(domain) == len && strncasecmp(domain, word, len) == 0;
}

static bool has_domain(const char *domains, const char *domain)
{
	while (*domains != 0) {
		size_t len = strcspn(domains, " ");

		if (is_of(domain, domains, len)) {
			return true;
		}
		domains += len;
		domains += strspn(domains, " ");
	}
	return false;
}

const struct provider *provider_find(const char *domain)
{
	for (const struct provider *p = providers; p->domains != NULL; p++) {
		if (has_domain(p->domains, domain)) {
			return p;
		}
	}
	return NULL;
}
