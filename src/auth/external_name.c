// SPDX-License-Identifier: ISC
/*
 * external_name.c - the user's name in a certificate (external_name.h).
 * Runs in: auth.  Trusts: libcrypto; whoever signed the certificate to know
 * the name, but not its form.
 */
#include "auth/external_name.h"

#include <openssl/x509v3.h>
#include <string.h>

/* A NUL inside, by which some take one name for another, is a fault of names
 * too. */
static const char *take(struct text name, struct external_user *user_r)
{
	if (user_name_fault(name) != NULL) {
		return "the certificate's name cannot be a user's";
	}
	memcpy(user_r->name, name.at, name.len);
	user_r->len = name.len;
	return NULL;
}

/* The first one of subjectAltName: the authority chose the order. */
static const char *take_email(X509 *certificate, struct external_user *user_r)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	const char *fault = "no rfc822Name in the certificate";

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type == GEN_EMAIL) {
			const ASN1_IA5STRING *s = name->d.rfc822Name;

			fault = take(
			    (struct text){
				(const char *)ASN1_STRING_get0_data(s),
				(size_t)ASN1_STRING_length(s),
			    },
			    user_r);
			break;
		}
	}
	GENERAL_NAMES_free(names);
	return fault;
}

static const char *take_common_name(X509 *certificate,
				    struct external_user *user_r)
{
	const X509_NAME *subject = X509_get_subject_name(certificate);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	unsigned char *utf8;
	const char *fault;
	int len;

	if (at < 0) {
		return "no common name in the certificate";
	}
	if (X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0) {
		return "more than one common name in the certificate";
	}
	len = ASN1_STRING_to_UTF8(
	    &utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
	if (len < 0) {
		return "the certificate's common name is no text";
	}
	fault = take((struct text){ (const char *)utf8, (size_t)len }, user_r);
	OPENSSL_free(utf8);
	return fault;
}

const char *external_name(X509 *certificate, enum certificate_name which,
			  struct external_user *user_r)
{
	switch (which) {
	case CERTIFICATE_EMAIL:
		return take_email(certificate, user_r);
	case CERTIFICATE_COMMON_NAME:
		return take_common_name(certificate, user_r);
	}
	return "no such kind of name";
}
