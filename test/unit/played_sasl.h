// SPDX-License-Identifier: ISC
/*
 * played_sasl.h - a server's exchanges, begun and judged, for the tests of
 * src/auth/sasl.h.
 */
#ifndef TEST_PLAYED_SASL_H
#define TEST_PLAYED_SASL_H

#include "unit.h"

#include "sasl_site.h"

static struct sasl_site site;

static const uint8_t exporter[PACKET_EXPORTER_LEN] = "of this TLS connection";
static const uint8_t end_point[32] = "hash of a certificate";

static inline int set_up_site(void **state)
{
	(void)state;
	site_init(&site, NULL, true);
	return 0;
}

static inline int tear_down_site(void **state)
{
	(void)state;
	site_finish(&site);
	return 0;
}

static inline struct sasl_begin begin_of(const char *mechanism, bool with_tls)
{
	struct sasl_begin b = { .mechanism = text_of(mechanism) };

	if (with_tls) {
		b.exporter = exporter;
		b.end_point = end_point;
		b.end_point_len = sizeof(end_point);
	}
	return b;
}

static inline void assert_user(const char *want)
{
	assert_text(pop3_slice_of(site.o.user, site.o.user_len), want);
}

static inline void assert_secret(const char *want)
{
	assert_text(pop3_slice_of(site.o.secret.octets, site.o.secret.len),
		    want);
}

#endif
