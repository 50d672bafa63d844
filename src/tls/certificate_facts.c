// SPDX-License-Identifier: ISC
/*
 * certificate_facts.c - what a certificate says: kind of key, names, time.
 * Runs in: key, master, restantectl.  Trusts: OpenSSL's reading of DER; no
 * octet in a name.
 */
#include "tls/certificate_impl.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tls/certificate_name.h"

/* Curves of TLS that clients know (RFC 8446, section 4.2.7). */
static const struct {
	int nid;
	const char *name;
} curves[] = {
	{ NID_X9_62_prime256v1, "ECDSA P-256" },
	{ NID_secp384r1, "ECDSA P-384" },
	{ NID_secp521r1, "ECDSA P-521" },
};

static int read_curve(struct certificate *c, const EVP_PKEY *key)
{
	char group[64];

	if (EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) != 1) {
		return CERTIFICATE_ETYPE;
	}
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		if (OBJ_txt2nid(group) == curves[i].nid) {
			c->type = CERTIFICATE_EC;
			snprintf(c->type_name, sizeof(c->type_name), "%s",
				 curves[i].name);
			return CERTIFICATE_OK;
		}
	}
	return CERTIFICATE_ETYPE;
}

static int read_type(struct certificate *c)
{
	const EVP_PKEY *key = X509_get0_pubkey(c->chain[0]);
	int bits;

	if (key == NULL) {
		return CERTIFICATE_ETYPE;
	}
	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) {
		return read_curve(c, key);
	}
	if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
		return CERTIFICATE_ETYPE;
	}
	bits = EVP_PKEY_get_bits(key);
	c->type = CERTIFICATE_RSA;
	snprintf(c->type_name, sizeof(c->type_name), "RSA %d", bits);
	return bits < (int)CERTIFICATE_RSA_BITS_MIN ||
		       bits > (int)CERTIFICATE_RSA_BITS_MAX
		   ? CERTIFICATE_EWEAK
		   : CERTIFICATE_OK;
}

static int add_name(struct certificate *c, const char *at, size_t len)
{
	char *name;

	if (c->name_count == CERTIFICATE_NAMES_MAX) {
		return CERTIFICATE_OK; /* no CA gives more; the rest is left */
	}
	name = strndup(at, len);
	if (name == NULL) {
		return CERTIFICATE_EMEMORY;
	}
	for (char *l = name; *l != '\0'; l++) {
		*l = *l >= 'A' && *l <= 'Z' ? (char)(*l | 0x20) : *l;
	}
	c->names[c->name_count++] = name;
	return CERTIFICATE_OK;
}

static int add_dns(struct certificate *c, const ASN1_STRING *s)
{
	const char *at = (const char *)ASN1_STRING_get0_data(s);
	size_t len = (size_t)ASN1_STRING_length(s);

	return certificate_name_is_sound(at, len) ? add_name(c, at, len)
						  : CERTIFICATE_OK;
}

static int add_address(struct certificate *c, const ASN1_OCTET_STRING *s)
{
	char text[INET6_ADDRSTRLEN];
	int len = ASN1_STRING_length(s);

	if ((len != 4 && len != 16) ||
	    inet_ntop(len == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(s),
		      text, sizeof(text)) == NULL) {
		return CERTIFICATE_OK;
	}
	return add_name(c, text, strlen(text));
}

/* Returns whether there is a subjectAltName, in *has_r. */
static int read_alt_names(struct certificate *c, bool *has_r)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(c->chain[0], NID_subject_alt_name, NULL, NULL);
	int rc = CERTIFICATE_OK;

	*has_r = names != NULL;
	for (int i = 0; i < sk_GENERAL_NAME_num(names) && rc == 0; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type == GEN_DNS) {
			rc = add_dns(c, name->d.dNSName);
		} else if (name->type == GEN_IPADD) {
			rc = add_address(c, name->d.iPAddress);
		}
	}
	GENERAL_NAMES_free(names);
	return rc;
}

/* The last one is the most special.  NULL if there is none. */
static const ASN1_STRING *find_entry(const X509_NAME *name, int nid)
{
	int at = -1, next = X509_NAME_get_index_by_NID(name, nid, -1);

	while (next >= 0) {
		at = next;
		next = X509_NAME_get_index_by_NID(name, nid, at);
	}
	return at < 0 ? NULL
		      : X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
}

/* The common name counts only if there is no subjectAltName: RFC 6125, section
 * 6.4.4. */
static int read_names(struct certificate *c)
{
	const X509_NAME *subject = X509_get_subject_name(c->chain[0]);
	const ASN1_STRING *common = find_entry(subject, NID_commonName);
	bool has_alt_names;
	int rc = read_alt_names(c, &has_alt_names);

	if (rc != CERTIFICATE_OK || has_alt_names || common == NULL) {
		return rc;
	}
	return add_dns(c, common);
}

static void read_issuer(struct certificate *c)
{
	const X509_NAME *issuer = X509_get_issuer_name(c->chain[0]);
	const ASN1_STRING *s = find_entry(issuer, NID_commonName);
	size_t len;

	if (s == NULL) {
		s = find_entry(issuer, NID_organizationName);
	}
	len = s == NULL ? 0 : (size_t)ASN1_STRING_length(s);
	if (len >= sizeof(c->issuer)) {
		len = sizeof(c->issuer) - 1;
	}
	for (size_t i = 0; i < len; i++) {
		char letter = (char)ASN1_STRING_get0_data(s)[i];

		c->issuer[i] = letter >= ' ' && letter <= '~' ? letter : '?';
	}
	c->issuer[len] = '\0';
}

static int read_time(const ASN1_TIME *time, int64_t *unix_r)
{
	struct tm tm;

	if (time == NULL || ASN1_TIME_to_tm(time, &tm) != 1) {
		return CERTIFICATE_EBROKEN;
	}
	*unix_r = (int64_t)timegm(&tm);
	return CERTIFICATE_OK;
}

int certificate_read_facts(struct certificate *c)
{
	int rc = read_type(c);

	if (rc == CERTIFICATE_OK) {
		rc = read_time(X509_get0_notBefore(c->chain[0]),
			       &c->not_before_unix);
	}
	if (rc == CERTIFICATE_OK) {
		rc = read_time(X509_get0_notAfter(c->chain[0]),
			       &c->not_after_unix);
	}
	if (rc == CERTIFICATE_OK) {
		rc = read_names(c);
	}
	if (rc == CERTIFICATE_OK) {
		read_issuer(c);
	}
	return rc;
}
