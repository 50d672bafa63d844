// SPDX-License-Identifier: ISC
/*
 * tls_schedule.c - keys of TLS 1.3 (tls_schedule.h).
 * Runs in: session.  Trusts: OpenSSL.  Allocates: an HMAC's context; deriving
 * keys needs none.
 */
#include "session/tls_schedule.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>

#include "pop3/base.h"
#include "session/tls_hash.h"

typedef void (*any_function)(void);
#define FUNCTION(id, f)                                                        \
	{                                                                      \
		id, (any_function)(f)                                          \
	}

/* --- deriving --- */

struct derivation {
	enum tls_hash_kind hash;
	int mode;
	struct pop3_slice key, salt, prefix, label, data; /* at: NULL if none */
};

static bool take_octets(struct derivation *d, const OSSL_PARAM *p)
{
	const struct {
		const char *name;
		struct pop3_slice *to;
	} names[] = {
		{ OSSL_KDF_PARAM_KEY, &d->key },
		{ OSSL_KDF_PARAM_SALT, &d->salt },
		{ OSSL_KDF_PARAM_PREFIX, &d->prefix },
		{ OSSL_KDF_PARAM_LABEL, &d->label },
		{ OSSL_KDF_PARAM_DATA, &d->data },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(p->key, names[i].name) == 0) {
			*names[i].to = pop3_slice_of(p->data, p->data_size);
			return p->data_type == OSSL_PARAM_OCTET_STRING;
		}
	}
	return true; /* what it does not know is not its */
}

static bool take(struct derivation *d, const OSSL_PARAM *p)
{
	if (strcmp(p->key, OSSL_KDF_PARAM_MODE) == 0) {
		return OSSL_PARAM_get_int(p, &d->mode) == 1;
	}
	if (strcmp(p->key, OSSL_KDF_PARAM_DIGEST) == 0) {
		const char *name = NULL;

		if (OSSL_PARAM_get_utf8_string_ptr(p, &name) == 1) {
			d->hash = tls_hash_of(name);
		}
		return d->hash != TLS_HASH_NONE;
	}
	return take_octets(d, p);
}

static size_t put(uint8_t *out, size_t at, struct pop3_slice octets)
{
	if (octets.len != 0) {
		memcpy(out + at, octets.at, octets.len);
	}
	return at + octets.len;
}

/* [rfc8446/7.1/label] "struct { uint16 length = Length; opaque label<7..255> =
 * "tls13 " + Label; opaque context<0..255> = Context; } HkdfLabel;" */
#define LABEL_MAX (2u + 1u + 255u + 1u + 255u)

/* False if it has no such form. */
static bool put_label(const struct derivation *d, struct pop3_slice data,
		      size_t wanted, uint8_t *out, size_t *len_r)
{
	size_t len = 0;

	if (d->prefix.len > 255 || d->label.len > 255 - d->prefix.len ||
	    data.len > 255 || wanted > UINT16_MAX) {
		return false;
	}
	out[len++] = (uint8_t)(wanted >> 8);
	out[len++] = (uint8_t)wanted;
	out[len++] = (uint8_t)(d->prefix.len + d->label.len);
	len = put(out, len, d->prefix);
	len = put(out, len, d->label);
	out[len++] = (uint8_t)data.len;
	*len_r = put(out, len, data);
	return true;
}

/* [rfc5869/2.3/expand] "T(N) = HMAC-Hash(PRK, T(N-1) | info | N)", of which
 * there are 255 at most. */
static bool expand(const struct derivation *d, struct pop3_slice key,
		   struct pop3_slice data, uint8_t *out_r, size_t wanted)
{
	size_t hash_len = tls_hash_len(d->hash), len = 0, label_len = 0;
	uint8_t label[LABEL_MAX + 1], t[TLS_HASH_MAX];
	struct tls_hmac keyed, h;

	if (!put_label(d, data, wanted, label, &label_len) ||
	    wanted > 255 * hash_len) {
		return false;
	}
	tls_hmac_begin(&keyed, d->hash, key.at, key.len);
	label[label_len] = 0;
	while (len < wanted) {
		size_t n = wanted - len < hash_len ? wanted - len : hash_len;

		h = keyed;
		tls_hmac_add(&h, t, len == 0 ? 0 : hash_len);
		label[label_len]++;
		tls_hmac_add(&h, label, label_len + 1);
		tls_hmac_end(&h, t);
		memcpy(out_r + len, t, n);
		len += n;
	}
	OPENSSL_cleanse(&keyed, sizeof(keyed));
	OPENSSL_cleanse(&h, sizeof(h));
	OPENSSL_cleanse(t, sizeof(t));
	return true;
}

/* The secret before this one, in the salt, is expanded first, with the hash of
 * nothing; the first of all has none: then the salt is as good as zeros. */
static bool extract(const struct derivation *d, uint8_t *out_r, size_t wanted)
{
	static const uint8_t zeros[TLS_HASH_MAX];
	size_t len = tls_hash_len(d->hash);
	uint8_t salt[TLS_HASH_MAX] = { 0 }, empty[TLS_HASH_MAX];
	struct tls_hmac h;

	if (wanted != len) {
		return false;
	}
	if (d->salt.at != NULL) {
		tls_hash_begin(&h.inner, d->hash);
		tls_hash_end(&h.inner, empty);
		if (!expand(d, d->salt, pop3_slice_of(empty, len), salt, len)) {
			return false;
		}
	}
	tls_hmac_begin(&h, d->hash, salt, len);
	tls_hmac_add(&h, d->key.at == NULL ? zeros : d->key.at,
		     d->key.at == NULL ? len : d->key.len);
	tls_hmac_end(&h, out_r);
	OPENSSL_cleanse(&h, sizeof(h));
	OPENSSL_cleanse(salt, sizeof(salt));
	return true;
}

static int kdf_derive(void *kdf, unsigned char *out, size_t len,
		      const OSSL_PARAM params[])
{
	struct derivation d = { .mode = -1 };

	(void)kdf;
	for (const OSSL_PARAM *p = params; p != NULL && p->key != NULL; p++) {
		if (!take(&d, p)) {
			return 0;
		}
	}
	if (d.hash == TLS_HASH_NONE) {
		return 0;
	}
	if (d.mode == EVP_KDF_HKDF_MODE_EXTRACT_ONLY) {
		return extract(&d, out, len);
	}
	return d.mode == EVP_KDF_HKDF_MODE_EXPAND_ONLY && d.key.at != NULL &&
	       expand(&d, d.key, d.data, out, len);
}

/* There is nothing to keep from one call to the next. */
static void *kdf_new(void *provider)
{
	return provider;
}

static void kdf_free(void *kdf)
{
	(void)kdf;
}

const OSSL_DISPATCH tls_schedule_kdf[] = {
	FUNCTION(OSSL_FUNC_KDF_NEWCTX, kdf_new),
	FUNCTION(OSSL_FUNC_KDF_FREECTX, kdf_free),
	FUNCTION(OSSL_FUNC_KDF_DERIVE, kdf_derive),
	{ 0, NULL },
};

/* --- HMAC --- */

struct mac {
	enum tls_hash_kind hash;
	bool is_keyed;
	struct tls_hmac keyed, now;
};

static void *mac_new(void *provider)
{
	(void)provider;
	return OPENSSL_zalloc(sizeof(struct mac));
}

static void mac_free(void *mac)
{
	OPENSSL_clear_free(mac, sizeof(struct mac));
}

static void *mac_dup(void *mac)
{
	return OPENSSL_memdup(mac, sizeof(struct mac));
}

static const OSSL_PARAM *mac_settable(void *mac, void *provider)
{
	static const OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, NULL, 0),
		OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_PROPERTIES, NULL, 0),
		OSSL_PARAM_octet_string(OSSL_MAC_PARAM_KEY, NULL, 0),
		OSSL_PARAM_END
	};

	(void)mac, (void)provider;
	return params;
}

static bool set_key(struct mac *m, const void *at, size_t len)
{
	if (m->hash == TLS_HASH_NONE) {
		return false;
	}
	tls_hmac_begin(&m->keyed, m->hash, at, len);
	m->now = m->keyed;
	m->is_keyed = true;
	return true;
}

static int mac_set(void *mac, const OSSL_PARAM params[])
{
	const OSSL_PARAM *key =
	    OSSL_PARAM_locate_const(params, OSSL_MAC_PARAM_KEY);
	const OSSL_PARAM *digest =
	    OSSL_PARAM_locate_const(params, OSSL_MAC_PARAM_DIGEST);
	struct mac *m = mac;
	const char *name = NULL;

	if (digest != NULL) {
		if (OSSL_PARAM_get_utf8_string_ptr(digest, &name) != 1) {
			return 0;
		}
		m->hash = tls_hash_of(name);
		m->is_keyed = false;
	}
	return (digest == NULL || m->hash != TLS_HASH_NONE) &&
	       (key == NULL || (key->data_type == OSSL_PARAM_OCTET_STRING &&
				set_key(m, key->data, key->data_size)));
}

/* Without a key it begins anew with the one that it has. */
static int mac_init(void *mac, const unsigned char *key, size_t len,
		    const OSSL_PARAM params[])
{
	struct mac *m = mac;

	if (params != NULL && !mac_set(mac, params)) {
		return 0;
	}
	if (key != NULL) {
		return set_key(m, key, len);
	}
	m->now = m->keyed;
	return m->is_keyed;
}

static int mac_update(void *mac, const unsigned char *at, size_t len)
{
	struct mac *m = mac;

	if (m->is_keyed) {
		tls_hmac_add(&m->now, at, len);
	}
	return m->is_keyed;
}

static int mac_final(void *mac, unsigned char *out, size_t *len_r, size_t cap)
{
	struct mac *m = mac;
	size_t len = tls_hash_len(m->hash);

	if (!m->is_keyed || cap < len) {
		return 0;
	}
	tls_hmac_end(&m->now, out);
	*len_r = len;
	return 1;
}

static const OSSL_PARAM *mac_gettable(void *mac, void *provider)
{
	static const OSSL_PARAM params[] = {
		OSSL_PARAM_size_t(OSSL_MAC_PARAM_SIZE, NULL),
		OSSL_PARAM_size_t(OSSL_MAC_PARAM_BLOCK_SIZE, NULL),
		OSSL_PARAM_END
	};

	(void)mac, (void)provider;
	return params;
}

static int mac_get(void *mac, OSSL_PARAM params[])
{
	OSSL_PARAM *len = OSSL_PARAM_locate(params, OSSL_MAC_PARAM_SIZE);
	OSSL_PARAM *block =
	    OSSL_PARAM_locate(params, OSSL_MAC_PARAM_BLOCK_SIZE);
	const struct mac *m = mac;

	return (len == NULL ||
		OSSL_PARAM_set_size_t(len, tls_hash_len(m->hash)) == 1) &&
	       (block == NULL ||
		OSSL_PARAM_set_size_t(block, tls_hash_block(m->hash)) == 1);
}

const OSSL_DISPATCH tls_schedule_hmac[] = {
	FUNCTION(OSSL_FUNC_MAC_NEWCTX, mac_new),
	FUNCTION(OSSL_FUNC_MAC_FREECTX, mac_free),
	FUNCTION(OSSL_FUNC_MAC_DUPCTX, mac_dup),
	FUNCTION(OSSL_FUNC_MAC_INIT, mac_init),
	FUNCTION(OSSL_FUNC_MAC_UPDATE, mac_update),
	FUNCTION(OSSL_FUNC_MAC_FINAL, mac_final),
	FUNCTION(OSSL_FUNC_MAC_SETTABLE_CTX_PARAMS, mac_settable),
	FUNCTION(OSSL_FUNC_MAC_SET_CTX_PARAMS, mac_set),
	FUNCTION(OSSL_FUNC_MAC_GETTABLE_CTX_PARAMS, mac_gettable),
	FUNCTION(OSSL_FUNC_MAC_GET_CTX_PARAMS, mac_get),
	{ 0, NULL },
};
