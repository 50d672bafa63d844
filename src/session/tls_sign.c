// SPDX-License-Identifier: ISC
/*
 * tls_sign.c - a signature that a handshake waits for (tls_sign.h).
 * Runs in: session, on the stack of a handshake's job.  Trusts: OpenSSL.
 */
#include "session/tls_sign.h"

#include <openssl/async.h>
#include <openssl/ssl.h>
#include <string.h>

#include "session/remote_key.h"

/* OpenSSL makes the SSL the argument of its own callback. */
static struct tls_sign *sign_of_job(ASYNC_JOB *job)
{
	ASYNC_callback_fn callback = NULL;
	void *ssl = NULL;

	if (ASYNC_WAIT_CTX_get_callback(ASYNC_get_wait_ctx(job), &callback,
					&ssl) != 1 ||
	    ssl == NULL) {
		return NULL;
	}
	return SSL_get_app_data((SSL *)ssl);
}

size_t remote_key_sign(const struct remote_key_request *request,
		       uint8_t *signature_r, size_t cap)
{
	ASYNC_JOB *job = ASYNC_get_current_job();
	struct tls_sign *s = job == NULL ? NULL : sign_of_job(job);

	if (s == NULL || request->len > sizeof(s->to_sign)) {
		return 0;
	}
	s->certificate = request->certificate;
	s->scheme = request->scheme;
	s->to_sign_len = (uint16_t)request->len;
	memcpy(s->to_sign, request->at, request->len);
	s->is_wanted = true;
	while (s->is_wanted) {
		if (ASYNC_pause_job() != 1) {
			return 0;
		}
	}
	if (s->signature_len > cap) {
		return 0;
	}
	memcpy(signature_r, s->signature, s->signature_len);
	return s->signature_len;
}
