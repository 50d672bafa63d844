// SPDX-License-Identifier: ISC
/*
 * attacks_on_key.c - getting from the key role a signature that is good for
 * anything but a handshake of ours, or the key itself (attack.h).
 *
 * "sign-handshake" and "sign-handshake-1.2" are no attacks but what every
 * session process may: that they succeed shows that the others fail for what
 * they ask, not for how.
 */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <unistd.h>

#define ECDSA_SHA256 0x0403 /* the server's certificate is of P-256 */

struct content {
	size_t len;
	uint8_t at[PACKET_TO_SIGN_MAX];
};

static void add(struct content *what, const void *at, size_t len)
{
	memcpy(what->at + what->len, at, len);
	what->len += len;
}

static void add_text(struct content *what, const char *text)
{
	add(what, text, strlen(text));
}

static void add_octets(struct content *what, uint8_t octet, size_t len)
{
	memset(what->at + what->len, octet, len);
	what->len += len;
}

/* A breach is a signature. */
static int ask(struct conn *c, uint16_t scheme, uint32_t certificate,
	       const struct content *what)
{
	int fd = c->process->key.source.fd;
	struct packet p;
	int rc;

	packet_init(&p, PACKET_SIGN);
	p.as.sign.conn = c->id;
	p.as.sign.certificate = certificate;
	p.as.sign.scheme = scheme;
	p.as.sign.to_sign_len = (uint16_t)what->len;
	if (!packet_put(&p, what->at, what->len) ||
	    channel_send(fd, &p) != CHANNEL_OK) {
		return -EPIPE;
	}
	rc = attack_hear(fd, &p);
	if (rc < 0) {
		return rc;
	}
	return p.as.head.type == PACKET_SIGNATURE &&
		       p.as.signature.status != STATUS_OK
		   ? -EACCES
		   : 0;
}

static int sign(struct conn *c, const struct content *what)
{
	return ask(c, ECDSA_SHA256, 0, what);
}

/* As in RFC 8446, section 4.4.3, with a hash of that length. */
static struct content handshake(const char *context, size_t hash_len)
{
	struct content what = { .len = 0 };

	add_octets(&what, ' ', 64);
	add_text(&what, context);
	add_octets(&what, 0, 1);
	add_octets(&what, 0xa5, hash_len);
	return what;
}

#define AS_SERVER "TLS 1.3, server CertificateVerify"

/* As in RFC 8422, section 5.4: 64 octets of randoms, the group, a point. */
static struct content handshake_1_2(uint16_t group, uint8_t point_len)
{
	uint8_t params[4] = { 3, (uint8_t)(group >> 8), (uint8_t)group,
			      point_len };
	struct content what = { .len = 0 };

	add_octets(&what, 0xa5, 64);
	add(&what, params, sizeof(params));
	add_octets(&what, 4, point_len);
	return what;
}

/* --- what it may --- */

static int sign_handshake(struct conn *c, const char *arg)
{
	struct content what = handshake(AS_SERVER, 32);

	(void)arg;
	return sign(c, &what);
}

static int sign_handshake_1_2(struct conn *c, const char *arg)
{
	struct content what = handshake_1_2(0x001d, 32);

	(void)arg;
	return sign(c, &what);
}

/* --- other things to sign --- */

/* For a log-in elsewhere, as us. */
static int sign_as_client(struct conn *c, const char *arg)
{
	struct content what =
	    handshake("TLS 1.3, client CertificateVerify", 32);

	(void)arg;
	return sign(c, &what);
}

/* With it in front of our handshake's text nobody could tell. */
static int sign_after_handshake(struct conn *c, const char *arg)
{
	struct content what = handshake(AS_SERVER, 32);

	(void)arg;
	add_text(&what, "and pay the bearer");
	return sign(c, &what);
}

static int sign_hash_of_other_length(struct conn *c, const char *arg)
{
	int rc = -EACCES;

	(void)arg;
	for (size_t len = 0; len <= 64 && rc == -EACCES; len++) {
		struct content what = handshake(AS_SERVER, len);

		rc = len == 32 || len == 48 ? rc : sign(c, &what);
	}
	return rc;
}

static int sign_digest(struct conn *c, const char *arg)
{
	struct content what = { .len = 32 };

	(void)arg;
	return sign(c, &what);
}

static int sign_nothing(struct conn *c, const char *arg)
{
	struct content what = { .len = 0 };

	(void)arg;
	return sign(c, &what);
}

static int sign_token(struct conn *c, const char *arg)
{
	struct content what = { .len = 0 };

	(void)arg;
	add_text(&what, "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9");
	return sign(c, &what);
}

/* The server's public key, as a certificate request has it. */
static size_t public_key(const struct conn *c, uint8_t *to, size_t cap)
{
	EVP_PKEY *key = X509_get0_pubkey(c->process->tls.own[0]);
	int len = i2d_PUBKEY(key, NULL);

	if (len <= 0 || (size_t)len > cap) {
		return 0;
	}
	(void)i2d_PUBKEY(key, &to);
	return (size_t)len;
}

/* A certificate request for the server's key and a name of name_len octets:
 * what a CA would believe. */
static struct content request(const struct conn *c, uint8_t name_len)
{
	const uint8_t head[] = { 0x30, 0x81, 0, 2, 1,    0, 0x30, 0,    0x31, 0,
				 0x30, 0,    6, 3, 0x55, 4, 3,    0x0c, 0 };
	struct content what = { .len = 0 };
	size_t key_len;

	add(&what, head, sizeof(head));
	add_octets(&what, 'x', name_len);
	key_len = public_key(c, what.at + what.len, 128);
	what.len += key_len;
	add(&what, "\xa0", 2); /* no attributes */
	what.at[2] = (uint8_t)(what.len - 3);
	what.at[7] = (uint8_t)(name_len + 11);
	what.at[9] = (uint8_t)(name_len + 9);
	what.at[11] = (uint8_t)(name_len + 7);
	what.at[18] = name_len;
	return what;
}

static int sign_certificate_request(struct conn *c, const char *arg)
{
	struct content what = request(c, 11);

	(void)arg;
	return what.len < 100 ? 0 : sign(c, &what);
}

/* One that looks like TLS 1.2 too: of the length that belongs to P-384, and
 * with the group's octets in the name, where the signer looks for them. */
static int sign_request_as_handshake(struct conn *c, const char *arg)
{
	static const uint8_t params[] = { 3, 0, 0x18, 97, 4 };
	struct content what = request(c, 53);

	(void)arg;
	if (what.len != 64 + 4 + 97) {
		return 0; /* not what it is meant to be */
	}
	memcpy(what.at + 64, params, sizeof(params));
	return sign(c, &what);
}

/* A point that is on no curve is no key, but may be a message. */
static int sign_point_of_no_curve(struct conn *c, const char *arg)
{
	struct content what = handshake_1_2(0x0017, 65);

	(void)arg;
	return sign(c, &what);
}

/* --- with other keys, in other ways --- */

static int sign_with_no_certificate(struct conn *c, const char *arg)
{
	struct content what = handshake(AS_SERVER, 32);

	return ask(c, ECDSA_SHA256, (uint32_t)strtoul(arg, NULL, 10), &what);
}

static int sign_with_other_scheme(struct conn *c, const char *arg)
{
	struct content what = handshake(AS_SERVER, 32);

	return ask(c, (uint16_t)strtoul(arg, NULL, 16), 0, &what);
}

/* More than it says, less, and more than there may be. */
static int sign_lying_length(struct conn *c, const char *arg)
{
	struct content what = handshake(AS_SERVER, 32);
	int fd = c->process->key.source.fd;
	struct packet p;

	packet_init(&p, PACKET_SIGN);
	p.as.sign.scheme = ECDSA_SHA256;
	p.as.sign.to_sign_len = (uint16_t)strtoul(arg, NULL, 10);
	if (!packet_put(&p, what.at, what.len) ||
	    channel_send(fd, &p) != CHANNEL_OK) {
		return -EPIPE;
	}
	return attack_hear(fd, &p);
}

static int send_to(int fd, struct packet *p)
{
	return channel_send(fd, p) == CHANNEL_OK ? attack_hear(fd, p) : -EPIPE;
}

/* Said to who is not to sign. */
static int sign_by_way_of(int fd)
{
	struct content what = handshake(AS_SERVER, 32);
	struct packet p;

	packet_init(&p, PACKET_SIGN);
	p.as.sign.scheme = ECDSA_SHA256;
	p.as.sign.to_sign_len = (uint16_t)what.len;
	return packet_put(&p, what.at, what.len) ? send_to(fd, &p) : -EMSGSIZE;
}

static int sign_by_way_of_auth(struct conn *c, const char *arg)
{
	(void)arg;
	return sign_by_way_of(c->process->auth.source.fd);
}

static int sign_by_way_of_maildrop(struct conn *c, const char *arg)
{
	(void)arg;
	return sign_by_way_of(c->process->maildrop.source.fd);
}

/* A key or an identity of the attacker's own for all who come after. */
static int give_key(struct conn *c, const char *arg)
{
	struct packet p;

	(void)arg;
	packet_init(&p, PACKET_FILE);
	p.as.file.kind = FILE_PRIVATE_KEY;
	p.fd = c->fd;
	if (channel_send(c->process->key.source.fd, &p) != CHANNEL_OK) {
		return -EPIPE;
	}
	c->fd = -1;
	return attack_hear(c->process->key.source.fd, &p);
}

static int give_ticket_keys(struct conn *c, const char *arg)
{
	struct packet p;

	(void)arg;
	packet_init(&p, PACKET_TICKET_KEY_SET);
	return send_to(c->process->key.source.fd, &p);
}

/* More than it could ever need, and never listening.  Returns when no more are
 * taken; whether the others have noticed is for the test to see. */
static int sign_flood(struct conn *c, const char *arg)
{
	struct content what = handshake(AS_SERVER, 32);
	unsigned long sent = 0, many = strtoul(arg, NULL, 10);
	int rc = CHANNEL_OK;
	struct packet p;

	while (sent < many && (rc == CHANNEL_OK || rc == CHANNEL_AGAIN)) {
		packet_init(&p, PACKET_SIGN);
		p.as.sign.scheme = ECDSA_SHA256;
		p.as.sign.to_sign_len = (uint16_t)what.len;
		if (!packet_put(&p, what.at, what.len)) {
			return -EMSGSIZE;
		}
		rc = channel_send(c->process->key.source.fd, &p);
		sent += rc == CHANNEL_OK;
	}
	return rc == CHANNEL_OK ? -ENOBUFS : -EPIPE;
}

/* What key says of who we are is shared by all session processes: whoever could
 * write there would be believed by all. */
static int write_identity(struct conn *c, const char *arg)
{
	int rc = -EBADF;

	(void)c, (void)arg;
	for (int fd = 3; fd < 256; fd++) {
		if (fcntl(fd, F_GET_SEALS) < 0) {
			continue;
		}
		if (pwrite(fd, "x", 1, 0) == 1 || ftruncate(fd, 0) == 0) {
			return 0;
		}
		rc = -errno;
	}
	return rc;
}

const struct attack attacks_on_key[] = {
	{ "sign-handshake", sign_handshake },
	{ "sign-handshake-1.2", sign_handshake_1_2 },
	{ "sign-as-client", sign_as_client },
	{ "sign-after-handshake", sign_after_handshake },
	{ "sign-hash-of-other-length", sign_hash_of_other_length },
	{ "sign-digest", sign_digest },
	{ "sign-nothing", sign_nothing },
	{ "sign-token", sign_token },
	{ "sign-certificate-request", sign_certificate_request },
	{ "sign-request-as-handshake", sign_request_as_handshake },
	{ "sign-point-of-no-curve", sign_point_of_no_curve },
	{ "sign-with-no-certificate", sign_with_no_certificate },
	{ "sign-with-other-scheme", sign_with_other_scheme },
	{ "sign-lying-length", sign_lying_length },
	{ "sign-by-way-of-auth", sign_by_way_of_auth },
	{ "sign-by-way-of-maildrop", sign_by_way_of_maildrop },
	{ "sign-flood", sign_flood },
	{ "give-key", give_key },
	{ "give-ticket-keys", give_ticket_keys },
	{ "write-identity", write_identity },
};
const size_t attacks_on_key_count =
    sizeof(attacks_on_key) / sizeof(attacks_on_key[0]);
