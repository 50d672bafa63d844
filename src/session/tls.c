// SPDX-License-Identifier: ISC
/*
 * tls.c - TLS for connections (tls.h).
 * Runs in: session.  Trusts: OpenSSL with what a client sends.
 */
#include "session/tls_end_point.h"
#include "session/tls_impl.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "session/tls_proof.h"
#include "session/tls_sign.h"

/* --- begin and end --- */

/* It is never called: but when it is set, a job knows its SSL (tls_sign.c). */
static int on_async(SSL *ssl, void *arg)
{
	(void)ssl, (void)arg;
	return 1;
}

static bool set_octets(struct tls *t, const struct tls_context *context)
{
	BIO *bio = BIO_new(context->octets);

	if (bio == NULL) {
		return false;
	}
	BIO_set_data(bio, t);
	BIO_set_init(bio, 1);
	SSL_set_bio(t->ssl, bio, bio);
	return true;
}

static bool set_proof(struct tls *t, const struct tls_context *context)
{
	if (!context->asks_certificate) {
		return true;
	}
	t->proof = tls_proof_create();
	SSL_set_msg_callback_arg(t->ssl, t->proof);
	return t->proof != NULL;
}

struct tls *tls_create(struct tls_context *context, int fd)
{
	struct tls *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		return NULL;
	}
	t->fd = fd;
	t->sign = calloc(1, sizeof(*t->sign));
	t->ssl = SSL_new(context->ssl[0]);
	if (t->sign == NULL || t->ssl == NULL || !set_octets(t, context) ||
	    !set_proof(t, context)) {
		tls_destroy(&t);
		return NULL;
	}
	SSL_set_app_data(t->ssl, t->sign);
	SSL_set_mode(t->ssl, SSL_MODE_ASYNC);
	SSL_set_async_callback(t->ssl, on_async);
	SSL_set_accept_state(t->ssl);
	return t;
}

void tls_destroy(struct tls **tls)
{
	struct tls *t = *tls;

	if (t != NULL) {
		SSL_free(t->ssl);
		free(t->held);
		tls_proof_destroy(&t->proof);
		free(t->sign);
		free(t);
	}
	*tls = NULL;
}

int tls_close(struct tls *t)
{
	if (t->is_ready && !t->is_broken && !t->is_closed) {
		t->is_closed = true;
		t->is_holding = true;
		ERR_clear_error();
		(void)SSL_shutdown(t->ssl);
	}
	return tls_release(t);
}

void tls_detach(struct tls *t)
{
	t->fd = -1;
	t->is_broken = true;
}

/* --- the handshake --- */

static void finish_handshake(struct tls *t)
{
	t->is_ready = true;
	t->may_have_more = SSL_has_pending(t->ssl) == 1;
	SSL_clear_mode(t->ssl, SSL_MODE_ASYNC);
	SSL_set_app_data(t->ssl, NULL);
	free(t->sign);
	t->sign = NULL;
	SSL_set_msg_callback_arg(t->ssl, NULL);
	if (!tls_has_proof(t)) {
		tls_proof_destroy(&t->proof);
	}
}

static enum tls_result after_failure(struct tls *t)
{
	t->is_broken = true;
	t->fault = ERR_peek_last_error();
	ERR_clear_error();
	return t->is_cleartext ? TLS_IS_CLEARTEXT : TLS_FAILED;
}

enum tls_result tls_handshake(struct tls *t)
{
	int rc;

	ERR_clear_error();
	rc = SSL_do_handshake(t->ssl);
	if (rc == 1) {
		finish_handshake(t);
		return TLS_DONE;
	}
	switch (SSL_get_error(t->ssl, rc)) {
	case SSL_ERROR_WANT_READ:
		return TLS_WANTS_READ;
	case SSL_ERROR_WANT_WRITE:
		return TLS_WANTS_WRITE;
	case SSL_ERROR_WANT_ASYNC:
		return TLS_WANTS_SIGNATURE;
	case SSL_ERROR_WANT_ASYNC_JOB:
		return TLS_WANTS_TURN;
	default: /* numbers of OpenSSL's; all others end it */
		return after_failure(t);
	}
}

bool tls_is_ready(const struct tls *t)
{
	return t->is_ready;
}

void tls_to_sign(const struct tls *t, struct packet *p)
{
	const struct tls_sign *s = t->sign;

	packet_init(p, PACKET_SIGN);
	p->as.sign.certificate = s->certificate;
	p->as.sign.scheme = s->scheme;
	p->as.sign.to_sign_len = s->to_sign_len;
	(void)!packet_put(p, s->to_sign, s->to_sign_len);
}

void tls_signed(struct tls *t, const uint8_t *signature, size_t len)
{
	struct tls_sign *s = t->sign;

	s->signature_len =
	    len <= sizeof(s->signature) ? (uint16_t)len : (uint16_t)0;
	if (s->signature_len != 0) {
		memcpy(s->signature, signature, len);
	}
	s->is_wanted = false;
}

const char *tls_fault(const struct tls *t)
{
	const char *reason;

	if (t->is_cleartext) {
		return "clear text";
	}
	reason = t->fault == 0 ? NULL : ERR_reason_error_string(t->fault);
	return reason != NULL ? reason : "the client went away";
}

/* --- records --- */

static ssize_t break_off(struct tls *t)
{
	t->is_broken = true;
	ERR_clear_error();
	errno = EPROTO;
	return -1;
}

/* -1, with errno; or 0 at an end in order. */
static ssize_t after_io(struct tls *t, int rc)
{
	switch (SSL_get_error(t->ssl, rc)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		errno = EAGAIN;
		return -1;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	default: /* numbers of OpenSSL's; all others end it */
		return break_off(t);
	}
}

ssize_t tls_receive(struct tls *t, uint8_t *at, size_t cap)
{
	size_t len = 0;
	int rc;

	ERR_clear_error();
	rc = SSL_read_ex(t->ssl, at, cap, &len);
	t->fruitless = rc == 1 ? 0 : t->fruitless;
	t->may_have_more = rc == 1 && SSL_has_pending(t->ssl) == 1;
	return rc == 1 ? (ssize_t)len : after_io(t, rc);
}

/* As many records of len octets as there is room for; returns how many octets
 * those are, less than len after a failure too: *rc_r is OpenSSL's last. */
static size_t make_records(struct tls *t, struct gathered *g, const uint8_t *at,
			   size_t len, int *rc_r)
{
	size_t done = 0;

	*rc_r = 1;
	g->len = 0;
	t->gathered = g;
	while (done < len && *rc_r == 1 &&
	       sizeof(g->at) - g->len >= SSL3_RT_MAX_PACKET_SIZE) {
		size_t n = 0;

		*rc_r = SSL_write_ex(t->ssl, at + done, len - done, &n);
		done += n;
	}
	t->gathered = NULL;
	return done;
}

/* Of octets whose records the kernel has not all taken, the last is called not
 * sent: so the caller comes again when there is room. */
ssize_t tls_send(struct tls *t, const uint8_t *at, size_t len)
{
	struct gathered *g = tls_context_of(t->ssl)->gathered;
	size_t done = t->owed;
	int rc;

	if (done != 0 && tls_send_held(t) < 0) {
		return -1;
	}
	t->owed = 0;
	ERR_clear_error();
	done += make_records(t, g, at + done, len - done, &rc);
	if (rc != 1) { /* records that are numbered cannot be made again */
		return g->len > 0 ? break_off(t) : after_io(t, rc);
	}
	if (tls_send_gathered(t, g) < 0) {
		if (errno != EAGAIN) {
			t->is_broken = true;
			return -1;
		}
		t->owed = 1;
	}
	errno = EAGAIN;
	return done > t->owed ? (ssize_t)(done - t->owed) : -1;
}

bool tls_may_have_more(const struct tls *t)
{
	return t->may_have_more;
}

uint64_t tls_sent(const struct tls *t)
{
	return t->sent;
}

/* --- what the handshake found out --- */

const char *tls_version(const struct tls *t)
{
	return SSL_get_version(t->ssl);
}

/* [rfc9266/4.2/ems] With TLS 1.2 the exporter is one connection's own only with
 * the extended master secret. */
static bool has_exporter(SSL *ssl)
{
	return SSL_version(ssl) == TLS1_3_VERSION ||
	       SSL_get_extms_support(ssl) == 1;
}

void tls_bindings(struct tls *t, struct packet_sasl_begin *begin)
{
	static const char label[] = "EXPORTER-Channel-Binding";
	/* RFC 9266, section 2: it is of length zero, which TLS 1.2 tells from
	 * none */
	static const uint8_t context[1];
	struct tls_end_point e = tls_end_point_of(t->ssl);

	if (has_exporter(t->ssl) &&
	    SSL_export_keying_material(t->ssl, begin->exporter,
				       sizeof(begin->exporter), label,
				       sizeof(label) - 1, context, 0, 1) == 1) {
		begin->has_exporter = 1;
	}
	begin->end_point_len = e.len;
	memcpy(begin->end_point, e.octets, e.len);
}

bool tls_has_proof(const struct tls *t)
{
	return t->proof != NULL && SSL_version(t->ssl) == TLS1_3_VERSION &&
	       tls_proof_is_whole(t->proof);
}

bool tls_put_proof(const struct tls *t, struct packet *p)
{
	return tls_proof_put(t->proof, t->ssl, p);
}
