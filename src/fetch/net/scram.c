// SPDX-License-Identifier: ISC
/*
 * scram.c - the client's side of SCRAM (scram.h). Runs in: the collector's
 * loop.  Trusts: libcrypto; nothing that a server says. Allocates: what GNU
 * SASL and libcrypto do.
 */
#include "fetch/net/scram.h"

#include <gsasl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

#include "os/random.h"
#include "pop3/base64.h"

/* Random octets of a nonce. */
#define NONCE_LEN 18u

static const EVP_MD *hash_of(const struct scram *s)
{
	return s->options.is_sha256 ? EVP_sha256() : EVP_sha1();
}

/* Text by SASLprep (RFC 4013), to be freed; what it does not take stays as it
 * is, as other clients have it.  NULL: no memory. */
static char *prepare(const char *text)
{
	char *prepared = NULL;

	if (gsasl_saslprep(text, GSASL_ALLOW_UNASSIGNED, &prepared, NULL) ==
	    GSASL_OK) {
		return prepared;
	}
	return strdup(text);
}

static void forget(char *text)
{
	wipe(text, strlen(text));
	free(text);
}

/* --- the first message --- */

static void put_header(const struct scram *s, struct pop3_writer *w)
{
	switch (s->options.flag) {
	case SCRAM_FLAG_N:
		pop3_put_str(w, "n,,");
		break;
	case SCRAM_FLAG_Y:
		pop3_put_str(w, "y,,");
		break;
	case SCRAM_FLAG_P:
		pop3_put_str(w, s->options.binding == LINK_BINDING_EXPORTER
				    ? "p=tls-exporter,,"
				    : "p=tls-server-end-point,,");
		break;
	}
}

/* [rfc5802/5.1/saslname] "The characters ',' or '=' in usernames are sent as
 * '=2C' and '=3D' respectively." */
static void put_name(struct pop3_writer *w, const char *name)
{
	for (const char *c = name; *c != '\0'; c++) {
		if (*c == ',') {
			pop3_put_str(w, "=2C");
		} else if (*c == '=') {
			pop3_put_str(w, "=3D");
		} else {
			pop3_put_slice(w, pop3_slice_of(c, 1));
		}
	}
}

static void put_nonce(const struct scram *s, struct pop3_writer *w)
{
	uint8_t octets[NONCE_LEN];

	if (s->options.nonce != NULL) {
		pop3_put_str(w, s->options.nonce);
		return;
	}
	random_fill(octets, sizeof(octets));
	pop3_put_base64(w, pop3_slice_of(octets, sizeof(octets)));
}

enum scram_result scram_begin(struct scram *s,
			      const struct scram_options *options)
{
	struct pop3_writer *w = &s->first;
	char *user = prepare(options->user);

	s->options = *options;
	s->hash_len = options->is_sha256 ? 32 : 20;
	s->first = pop3_writer_of(s->first_octets, sizeof(s->first_octets));
	s->final = pop3_writer_of(s->final_octets, sizeof(s->final_octets));
	s->auth = pop3_writer_of(s->auth_octets, sizeof(s->auth_octets));
	if (user == NULL) {
		return SCRAM_EINTERNAL;
	}
	put_header(s, w);
	s->bare_at = w->len;
	pop3_put_str(w, "n=");
	put_name(w, user);
	free(user);
	pop3_put_str(w, ",r=");
	s->nonce_at = w->len;
	put_nonce(s, w);
	s->nonce_len = w->len - s->nonce_at;
	return !w->full ? SCRAM_OK : SCRAM_EINTERNAL;
}

/* --- the server's first message --- */

struct server_first {
	struct pop3_slice nonce, salt; /* salt in base64 */
	uint64_t rounds;
};

/* Takes "name=value" off the front, and the comma behind it. */
static bool take(struct pop3_slice *rest, char name, struct pop3_slice *value_r)
{
	const uint8_t *comma;
	size_t len;

	if (rest->len < 2 || rest->at[0] != (uint8_t)name ||
	    rest->at[1] != '=') {
		return false;
	}
	comma = memchr(rest->at, ',', rest->len);
	len = comma == NULL ? rest->len : (size_t)(comma - rest->at);
	*value_r = pop3_slice_of(rest->at + 2, len - 2);
	*rest = pop3_slice_tail(*rest, comma == NULL ? len : len + 1);
	return true;
}

/* Whether the nonce is ours and more behind it. */
static bool is_ours(const struct scram *s, struct pop3_slice nonce)
{
	return nonce.len > s->nonce_len &&
	       memcmp(nonce.at, s->first.at + s->nonce_at, s->nonce_len) == 0;
}

/* [rfc5802/5.1/m] an extension that is mandatory, which would stand in front,
 * is not known: so the form does not allow it.  What stands behind is
 * optional, and let be. */
static enum scram_result parse(const struct scram *s, struct pop3_slice said,
			       struct server_first *f_r)
{
	struct pop3_slice rounds;

	if (memchr(said.at, '\0', said.len) != NULL ||
	    !take(&said, 'r', &f_r->nonce) || !take(&said, 's', &f_r->salt) ||
	    !take(&said, 'i', &rounds) || !is_ours(s, f_r->nonce) ||
	    f_r->salt.len == 0 || !pop3_base64_is_sound(f_r->salt)) {
		return SCRAM_EMALFORMED;
	}
	if (pop3_slice_u64(rounds, &f_r->rounds) != 0 || f_r->rounds == 0 ||
	    f_r->rounds < s->options.rounds_min ||
	    f_r->rounds > s->options.rounds_max) {
		return SCRAM_EROUNDS;
	}
	return SCRAM_OK;
}

/* --- the answer --- */

static bool mac(const struct scram *s, const uint8_t *key, const void *at,
		size_t len, uint8_t mac_r[SCRAM_HASH_MAX])
{
	return HMAC(hash_of(s), key, (int)s->hash_len, at, len, mac_r, NULL) !=
	       NULL;
}

static bool mac_str(const struct scram *s, const uint8_t *key, const char *str,
		    uint8_t mac_r[SCRAM_HASH_MAX])
{
	return mac(s, key, str, strlen(str), mac_r);
}

static bool salt_password(const struct scram *s, const struct server_first *f,
			  const struct secret *password,
			  uint8_t salted_r[SCRAM_HASH_MAX])
{
	uint8_t octets[SCRAM_MESSAGE_MAX];
	struct pop3_writer salt = pop3_writer_of(octets, sizeof(octets));
	char *prepared = prepare((const char *)password->octets);
	bool is_well;

	if (prepared == NULL) {
		return false;
	}
	is_well = pop3_base64_decode(f->salt, &salt) == 0 &&
		  PKCS5_PBKDF2_HMAC(prepared, (int)strlen(prepared), salt.at,
				    (int)salt.len, (int)f->rounds, hash_of(s),
				    (int)s->hash_len, salted_r) == 1;
	forget(prepared);
	return is_well;
}

/* [rfc5802/3] ClientProof is ClientKey XOR HMAC(H(ClientKey), AuthMessage);
 * ServerSignature HMAC(ServerKey, AuthMessage). */
static bool prove(struct scram *s, const uint8_t *salted,
		  uint8_t proof_r[SCRAM_HASH_MAX])
{
	struct {
		uint8_t client[SCRAM_HASH_MAX], stored[SCRAM_HASH_MAX];
		uint8_t mac[SCRAM_HASH_MAX], server[SCRAM_HASH_MAX];
	} keys;
	bool is_well =
	    mac_str(s, salted, "Client Key", keys.client) &&
	    EVP_Digest(keys.client, s->hash_len, keys.stored, NULL, hash_of(s),
		       NULL) == 1 &&
	    mac(s, keys.stored, s->auth.at, s->auth.len, keys.mac) &&
	    mac_str(s, salted, "Server Key", keys.server) &&
	    mac(s, keys.server, s->auth.at, s->auth.len, s->signature);

	for (size_t i = 0; i < s->hash_len; i++) {
		proof_r[i] = keys.client[i] ^ keys.mac[i];
	}
	wipe(&keys, sizeof(keys));
	return is_well;
}

/* "c=", the header and what is bound to; and the nonce of both. */
static void put_without_proof(struct scram *s, struct pop3_slice nonce)
{
	uint8_t octets[LINK_BINDING_MAX + 32];
	struct pop3_writer bound = pop3_writer_of(octets, sizeof(octets));

	put_header(s, &bound);
	if (s->options.flag == SCRAM_FLAG_P) {
		pop3_put_slice(&bound, pop3_slice_of(s->options.binding_octets,
						     s->options.binding_len));
	}
	s->final.full = s->final.full || bound.full;
	pop3_put_str(&s->final, "c=");
	pop3_put_base64(&s->final, pop3_slice_of(bound.at, bound.len));
	pop3_put_str(&s->final, ",r=");
	pop3_put_slice(&s->final, nonce);
}

static void put_auth(struct scram *s, struct pop3_slice said)
{
	pop3_put_slice(&s->auth, pop3_slice_of(s->first.at + s->bare_at,
					       s->first.len - s->bare_at));
	pop3_put_str(&s->auth, ",");
	pop3_put_slice(&s->auth, said);
	pop3_put_str(&s->auth, ",");
	pop3_put_slice(&s->auth, pop3_slice_of(s->final.at, s->final.len));
}

enum scram_result scram_answer(struct scram *s, struct pop3_slice said,
			       const struct secret *password)
{
	uint8_t salted[SCRAM_HASH_MAX], proof[SCRAM_HASH_MAX];
	struct server_first f;
	enum scram_result result = parse(s, said, &f);
	bool is_well;

	if (result != SCRAM_OK) {
		return result;
	}
	put_without_proof(s, f.nonce);
	put_auth(s, said);
	is_well =
	    salt_password(s, &f, password, salted) && prove(s, salted, proof);
	if (is_well) {
		pop3_put_str(&s->final, ",p=");
		pop3_put_base64(&s->final, pop3_slice_of(proof, s->hash_len));
	}
	wipe(salted, sizeof(salted));
	wipe(proof, sizeof(proof));
	return is_well && !s->final.full && !s->auth.full ? SCRAM_OK
							  : SCRAM_EINTERNAL;
}

/* --- the server's last message --- */

enum scram_result scram_verify(const struct scram *s, struct pop3_slice said)
{
	uint8_t octets[SCRAM_HASH_MAX];
	struct pop3_writer is = pop3_writer_of(octets, sizeof(octets));
	struct pop3_slice value;

	if (take(&said, 'e', &value)) {
		return SCRAM_EREFUSED;
	}
	if (!take(&said, 'v', &value)) {
		return SCRAM_EMALFORMED;
	}
	if (pop3_base64_decode(value, &is) != 0 || is.len != s->hash_len ||
	    !equal_in_constant_time(octets, s->signature, s->hash_len)) {
		return SCRAM_EWRONG;
	}
	return SCRAM_OK;
}
