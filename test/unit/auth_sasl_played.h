// SPDX-License-Identifier: ISC
/*
 * auth_sasl_played.h - SASL exchanges with restanted-auth itself, in packets.
 */
#ifndef TEST_AUTH_SASL_PLAYED_H
#define TEST_AUTH_SASL_PLAYED_H

#include "auth_played.h"

struct begin {
	uint64_t conn;
	const char *mechanism;
	const char *response; /* or NULL */
	size_t len;
	const uint8_t *proof;
	size_t proof_len;
	bool has_tls;
};

static inline void send_begin(const struct begin *b)
{
	struct packet_sasl_begin *to = &p.as.sasl_begin;

	packet_init(&p, PACKET_SASL_BEGIN);
	to->conn = b->conn;
	to->address[15] = 1;
	to->mechanism_len = (uint16_t)strlen(b->mechanism);
	to->response_len = (uint16_t)b->len;
	to->proof_len = (uint16_t)b->proof_len;
	to->has_response = b->response != NULL;
	to->has_exporter = b->has_tls;
	assert_true(packet_put(&p, b->mechanism, strlen(b->mechanism)));
	assert_true(packet_put(&p, b->response, b->len));
	assert_true(packet_put(&p, b->proof, b->proof_len));
	send_packet(session);
}

static inline void send_first(uint64_t conn, const char *mechanism,
			      const char *response, size_t len)
{
	const struct begin b = { .conn = conn,
				 .mechanism = mechanism,
				 .response = response,
				 .len = len };

	send_begin(&b);
}

static inline void send_step(uint64_t conn, const char *response)
{
	packet_init(&p, PACKET_SASL_STEP);
	p.as.sasl_step.conn = conn;
	p.as.sasl_step.response_len = (uint32_t)strlen(response);
	assert_true(packet_put(&p, response, strlen(response)));
	send_packet(session);
}

static inline void send_cancel(void)
{
	packet_init(&p, PACKET_SASL_CANCEL);
	p.as.sasl_cancel.conn = CONN;
	send_packet(session);
}

static inline void expect_challenge(uint64_t conn, char text_r[400])
{
	assert_int_equal(
	    channel_receive_checked(session, &p, ROLE_AUTH, ROLE_SESSION), 0);
	assert_int_equal(p.as.head.type, PACKET_SASL_CHALLENGE);
	assert_int_equal(p.as.sasl_challenge.conn, conn);
	memcpy(text_r, packet_tail(&p), packet_tail_len(&p));
	text_r[packet_tail_len(&p)] = '\0';
}

#endif
