// SPDX-License-Identifier: ISC
/*
 * remote_key.c - a provider of private keys that are elsewhere (remote_key.h).
 * Runs in: session.  Trusts: OpenSSL.
 *
 * provider-keymgmt(7) and provider-signature(7) say what each function has to
 * do.  All that OpenSSL wants to know of a key is answered from its public one.
 */
#include "session/remote_key.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <string.h>

#define PARAM_KEY "restante-key" /* a pointer to a struct remote_key */

typedef void (*any_function)(void);
#define FUNCTION(id, f)                                                        \
	{                                                                      \
		id, (any_function)(f)                                          \
	}

struct remote_key {
	EVP_PKEY *public_key;
	uint32_t certificate;
};

/* --- keys --- */

static void *key_new(void *provider)
{
	(void)provider;
	return OPENSSL_zalloc(sizeof(struct remote_key));
}

static void key_free(void *key)
{
	struct remote_key *k = key;

	if (k != NULL) {
		EVP_PKEY_free(k->public_key);
		OPENSSL_free(k);
	}
}

static int key_has(const void *key, int selection)
{
	(void)selection;
	return key != NULL;
}

/* From remote_key_create only. */
static int key_import(void *key, int selection, const OSSL_PARAM params[])
{
	const OSSL_PARAM *p = OSSL_PARAM_locate_const(params, PARAM_KEY);
	struct remote_key *k = key;
	const void *from = NULL;
	size_t len;

	(void)selection;
	if (p == NULL || !OSSL_PARAM_get_octet_ptr(p, &from, &len) ||
	    len != sizeof(*k)) {
		return 0;
	}
	memcpy(k, from, sizeof(*k));
	return EVP_PKEY_up_ref(k->public_key);
}

static const OSSL_PARAM *key_import_types(int selection)
{
	static const OSSL_PARAM types[] = {
		OSSL_PARAM_octet_ptr(PARAM_KEY, NULL, 0), OSSL_PARAM_END
	};

	(void)selection;
	return types;
}

/* Of the public key: so it can be compared with a certificate's. */
static int key_export(void *key, int selection, OSSL_CALLBACK *callback,
		      void *arg)
{
	const struct remote_key *k = key;
	OSSL_PARAM *params = NULL;
	int rc = 0;

	if ((selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) == 0 &&
	    EVP_PKEY_todata(k->public_key, selection, &params) == 1) {
		rc = callback(params, arg);
	}
	OSSL_PARAM_free(params);
	return rc;
}

static const OSSL_PARAM *key_export_types(int selection)
{
	static const OSSL_PARAM types[] = {
		OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_N, NULL, 0),
		OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_E, NULL, 0),
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, NULL, 0),
		OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, NULL, 0),
		OSSL_PARAM_END
	};

	return (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0 ? NULL
								  : types;
}

static int key_get_params(void *key, OSSL_PARAM params[])
{
	return EVP_PKEY_get_params(((struct remote_key *)key)->public_key,
				   params);
}

static const OSSL_PARAM *key_gettable_params(void *provider)
{
	static const OSSL_PARAM params[] = {
		OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, NULL),
		OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, NULL),
		OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, NULL),
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, NULL, 0),
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_DEFAULT_DIGEST, NULL, 0),
		OSSL_PARAM_END
	};

	(void)provider;
	return params;
}

/* A name of its own: by the usual one OpenSSL would look first for somebody
 * else who might sign with this key, at each signature. */
#define SIGNING "restante-signing"

static const char *key_operation_name(int operation)
{
	return operation == OSSL_OP_SIGNATURE ? SIGNING : NULL;
}

static const OSSL_DISPATCH key_functions[] = {
	FUNCTION(OSSL_FUNC_KEYMGMT_NEW, key_new),
	FUNCTION(OSSL_FUNC_KEYMGMT_FREE, key_free),
	FUNCTION(OSSL_FUNC_KEYMGMT_HAS, key_has),
	FUNCTION(OSSL_FUNC_KEYMGMT_IMPORT, key_import),
	FUNCTION(OSSL_FUNC_KEYMGMT_IMPORT_TYPES, key_import_types),
	FUNCTION(OSSL_FUNC_KEYMGMT_EXPORT, key_export),
	FUNCTION(OSSL_FUNC_KEYMGMT_EXPORT_TYPES, key_export_types),
	FUNCTION(OSSL_FUNC_KEYMGMT_GET_PARAMS, key_get_params),
	FUNCTION(OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, key_gettable_params),
	FUNCTION(OSSL_FUNC_KEYMGMT_QUERY_OPERATION_NAME, key_operation_name),
	{ 0, NULL },
};

/* --- signatures --- */

struct signing {
	const struct remote_key *key; /* lives longer */
	uint8_t hash;                 /* as in struct scheme */
	bool is_pss;
};

enum {
	HASH_NONE,
	HASH_SHA256,
	HASH_SHA384,
	HASH_SHA512
};

static const struct {
	const char *name;
	uint8_t hash;
} digests[] = {
	{ "SHA256", HASH_SHA256 }, { "SHA2-256", HASH_SHA256 },
	{ "SHA384", HASH_SHA384 }, { "SHA2-384", HASH_SHA384 },
	{ "SHA512", HASH_SHA512 }, { "SHA2-512", HASH_SHA512 },
};

static void *signing_new(void *provider, const char *properties)
{
	(void)provider, (void)properties;
	return OPENSSL_zalloc(sizeof(struct signing));
}

static void signing_free(void *signing)
{
	OPENSSL_free(signing);
}

static const OSSL_PARAM *signing_settable(void *signing, void *provider)
{
	static const OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, NULL, 0),
		OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, NULL,
				       0),
		OSSL_PARAM_END
	};

	(void)signing, (void)provider;
	return params;
}

/* TLS has one length of salt for each scheme: only the padding matters. */
static int signing_set(void *signing, const OSSL_PARAM params[])
{
	const OSSL_PARAM *p =
	    OSSL_PARAM_locate_const(params, OSSL_SIGNATURE_PARAM_PAD_MODE);
	struct signing *s = signing;
	const char *name;
	int number;

	if (p == NULL) {
		return 1;
	}
	if (OSSL_PARAM_get_int(p, &number)) {
		s->is_pss = number == 6; /* RSA_PKCS1_PSS_PADDING */
		return number == 6 || number == 1;
	}
	if (!OSSL_PARAM_get_utf8_string_ptr(p, &name)) {
		return 0;
	}
	s->is_pss = strcmp(name, OSSL_PKEY_RSA_PAD_MODE_PSS) == 0;
	return s->is_pss || strcmp(name, OSSL_PKEY_RSA_PAD_MODE_PKCSV15) == 0;
}

static int signing_begin(void *signing, const char *digest, void *key,
			 const OSSL_PARAM params[])
{
	struct signing *s = signing;

	s->key = key != NULL ? key : s->key;
	s->hash = HASH_NONE;
	for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++) {
		if (OPENSSL_strcasecmp(digests[i].name, digest) == 0) {
			s->hash = digests[i].hash;
		}
	}
	return s->hash != HASH_NONE && signing_set(s, params);
}

/* RFC 8446, section 4.2.3: the hash is 4, 5 or 6 in the older names, in whose
 * first octet it stands; those of PSS all begin with 8. */
static uint16_t scheme_of(const struct signing *s)
{
	if (s->is_pss) {
		return (uint16_t)(0x0803 + s->hash);
	}
	return (
	    uint16_t)((0x03 + s->hash) << 8 |
		      (EVP_PKEY_is_a(s->key->public_key, "EC") ? 0x03 : 0x01));
}

static int signing_sign(void *signing, unsigned char *out, size_t *len_r,
			size_t cap, const unsigned char *at, size_t len)
{
	const struct signing *s = signing;
	struct remote_key_request request = {
		.certificate = s->key->certificate,
		.scheme = scheme_of(s),
		.at = at,
		.len = len,
	};
	size_t signature_len = (size_t)EVP_PKEY_get_size(s->key->public_key);

	if (out != NULL) {
		signature_len = remote_key_sign(&request, out, cap);
	}
	*len_r = signature_len;
	return signature_len != 0;
}

static const OSSL_DISPATCH signature[] = {
	FUNCTION(OSSL_FUNC_SIGNATURE_NEWCTX, signing_new),
	FUNCTION(OSSL_FUNC_SIGNATURE_FREECTX, signing_free),
	FUNCTION(OSSL_FUNC_SIGNATURE_SET_CTX_PARAMS, signing_set),
	FUNCTION(OSSL_FUNC_SIGNATURE_SETTABLE_CTX_PARAMS, signing_settable),
	FUNCTION(OSSL_FUNC_SIGNATURE_DIGEST_SIGN_INIT, signing_begin),
	FUNCTION(OSSL_FUNC_SIGNATURE_DIGEST_SIGN, signing_sign),
	{ 0, NULL },
};

/* --- the provider --- */

#define NAME       "restante"
#define PROPERTIES "provider=" NAME

static const OSSL_ALGORITHM *query(void *provider, int operation,
				   int *no_cache_r)
{
	static const OSSL_ALGORITHM keys[] = {
		{ "RSA:rsaEncryption", PROPERTIES, key_functions, NULL },
		{ "EC:id-ecPublicKey", PROPERTIES, key_functions, NULL },
		{ NULL, NULL, NULL, NULL },
	};
	static const OSSL_ALGORITHM signatures[] = {
		{ SIGNING, PROPERTIES, signature, NULL },
		{ NULL, NULL, NULL, NULL },
	};

	(void)provider;
	*no_cache_r = 0;
	return operation == OSSL_OP_KEYMGMT     ? keys
	       : operation == OSSL_OP_SIGNATURE ? signatures
						: NULL;
}

static int provider_init(const OSSL_CORE_HANDLE *handle,
			 const OSSL_DISPATCH *core, const OSSL_DISPATCH **out_r,
			 void **provider_r)
{
	static const OSSL_DISPATCH functions[] = {
		FUNCTION(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query),
		{ 0, NULL },
	};
	static int nothing;

	(void)handle, (void)core;
	*out_r = functions;
	*provider_r = &nothing;
	return 1;
}

/* Whatever does not ask for a remote key gets the usual one. */
bool remote_key_init(struct remote_keys *keys)
{
	keys->standard = OSSL_PROVIDER_load(NULL, "default");
	if (OSSL_PROVIDER_add_builtin(NULL, NAME, provider_init) == 1) {
		keys->remote = OSSL_PROVIDER_load(NULL, NAME);
	}
	return keys->standard != NULL && keys->remote != NULL &&
	       EVP_set_default_properties(NULL, "?provider=default") == 1;
}

void remote_key_finish(struct remote_keys *keys)
{
	OSSL_PROVIDER_unload(keys->remote);
	OSSL_PROVIDER_unload(keys->standard);
	*keys = (struct remote_keys){ NULL, NULL };
}

EVP_PKEY *remote_key_create(uint32_t certificate, EVP_PKEY *public_key)
{
	struct remote_key k = { public_key, certificate };
	const char *type = EVP_PKEY_is_a(public_key, "EC") ? "EC" : "RSA";
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, PROPERTIES);
	void *at = &k;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_ptr(PARAM_KEY, &at, sizeof(k)),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY *key = NULL;

	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1) {
		key = NULL;
	}
	EVP_PKEY_CTX_free(ctx);
	return key;
}
