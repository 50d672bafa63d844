// SPDX-License-Identifier: ISC
/*
 * cage_read.c - what a run reads (cage_impl.h).
 * Runs in: main.  Trusts: the configuration, the environment.  Allocates: what
 * the list does.
 */
#include <stdlib.h>
#include <string.h>

#include "fetch/cage/cage_impl.h"

/*
 * Libraries, which the C library loads as it looks up names and converts
 * texts, and what these read; certificates and time zones.  Of name services
 * most are asked over sockets, which need no rule; these are read.
 */
static const struct sandbox_path usual[] = {
	{ "/etc", SANDBOX_READ },
	{ "/usr", SANDBOX_READ },
	{ "/lib", SANDBOX_READ },
	{ "/lib32", SANDBOX_READ },
	{ "/lib64", SANDBOX_READ },
	{ "/opt", SANDBOX_READ },
	{ "/nix/store", SANDBOX_READ },
	{ "/gnu/store", SANDBOX_READ },
	{ "/run/systemd/resolve", SANDBOX_READ },     /* resolv.conf */
	{ "/var/lib/sss/mc", SANDBOX_READ },          /* nss_sss */
	{ "/var/lib/libvirt/dnsmasq", SANDBOX_READ }, /* nss_libvirt */
	{ "/var/db", SANDBOX_READ },                  /* nss_db */
	{ "/sys/devices/system/cpu", SANDBOX_READ },  /* of malloc */
	{ "/proc/self", SANDBOX_READ },
	{ "/dev/null", SANDBOX_READ | SANDBOX_WRITE },
	{ "/dev/zero", SANDBOX_READ },
	{ "/dev/random", SANDBOX_READ },
	{ "/dev/urandom", SANDBOX_READ },
};

/* Files that the environment names, for OpenSSL. */
static const char *const named[] = { "SSL_CERT_FILE", "OPENSSL_CONF",
				     "OPENSSL_MODULES" };

/* "/run/x/resolv.conf" is replaced by another as networks come and go: the
 * folder is what stays, unless half of the system is in it. */
static void add_resolver(struct cage_list *l)
{
	char *path = realpath("/etc/resolv.conf", NULL);

	if (path != NULL && strchr(path + 1, '/') != strrchr(path, '/')) {
		cage_list_folder_of(l, path, SANDBOX_READ);
	} else {
		cage_list_path(l, path, SANDBOX_READ);
	}
	free(path);
}

/* Folders with colons between. */
static void add_folders(struct cage_list *l, const char *folders)
{
	while (folders != NULL && *folders != '\0') {
		size_t len = strcspn(folders, ":");
		char *one = strndup(folders, len);

		cage_list_take(l, one, SANDBOX_READ);
		folders += len + (folders[len] == ':' ? 1 : 0);
	}
}

static void add_account(struct cage_list *l, const struct account *a)
{
	cage_list_path(l, a->ca_file, SANDBOX_READ);
	cage_list_path(l, a->certificate_file, SANDBOX_READ);
	cage_list_path(l, a->key_file, SANDBOX_READ);
	if (a->gets_password.runner == NULL) {
		cage_list_path(l, a->password_file, SANDBOX_READ);
	}
}

void cage_read(const struct cage_options *o, struct cage_list *l)
{
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		cage_list_path(l, usual[i].path, usual[i].access);
	}
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		cage_list_path(l, getenv(named[i]), SANDBOX_READ);
	}
	if (o->may_ask) {
		cage_list_path(l, "/dev/tty", SANDBOX_DEVICE);
	}
	add_folders(l, getenv("SSL_CERT_DIR"));
	add_resolver(l);
	for (size_t i = 0; i < o->accounts->count; i++) {
		add_account(l, &o->accounts->account[i]);
	}
}
