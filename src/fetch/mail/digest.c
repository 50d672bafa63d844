// SPDX-License-Identifier: ISC
/*
 * digest.c - SHA-256 of a message's text and header (digest.h).
 * Runs in: the collector's carriers.  Trusts: nothing in the text.  Allocates:
 * at digest_create.
 */
#include "fetch/mail/digest.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

struct digest {
	EVP_MD
	*sha256; /* fetched once: for each message it would cost more than
			 * a short one's digest */
	EVP_MD_CTX *text;
	EVP_MD_CTX *head;
	uint64_t octets, lines;
	bool in_head;
	bool at_line_start;
	bool has_failed;
};

void digest_begin(struct digest *d)
{
	d->octets = 0;
	d->lines = 0;
	d->in_head = true;
	d->at_line_start = true;
	d->has_failed = EVP_DigestInit_ex(d->text, d->sha256, NULL) != 1 ||
			EVP_DigestInit_ex(d->head, d->sha256, NULL) != 1;
}

int digest_create(struct digest **digest_r, struct why *why)
{
	struct digest *d = calloc(1, sizeof(*d));

	if (d != NULL) {
		d->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
		d->text = EVP_MD_CTX_new();
		d->head = EVP_MD_CTX_new();
	}
	if (d == NULL || d->sha256 == NULL || d->text == NULL ||
	    d->head == NULL) {
		digest_destroy(&d);
		why_set(why, WHY_INTERNAL, "OpenSSL offers no SHA-256");
		return -1;
	}
	digest_begin(d);
	*digest_r = d;
	return 0;
}

void digest_destroy(struct digest **digest)
{
	struct digest *d = *digest;

	if (d != NULL) {
		EVP_MD_CTX_free(d->text);
		EVP_MD_CTX_free(d->head);
		EVP_MD_free(d->sha256);
		free(d);
		*digest = NULL;
	}
}

static void update(struct digest *d, EVP_MD_CTX *ctx, const uint8_t *at,
		   size_t len)
{
	if (len != 0 && EVP_DigestUpdate(ctx, at, len) != 1) {
		d->has_failed = true;
	}
}

/* The octets at the front that are the header's. */
static size_t put_head(struct digest *d, const uint8_t *at, size_t len)
{
	size_t n = 0;

	while (n < len && !(d->at_line_start && at[n] == '\n')) {
		const uint8_t *lf = memchr(at + n, '\n', len - n);

		d->at_line_start = lf != NULL;
		n = lf != NULL ? (size_t)(lf - at) + 1 : len;
	}
	d->in_head = n == len;
	return n;
}

#define EACH_OCTET 0x0101010101010101u

/* One in each octet of the word that is an LF. */
static uint64_t lf_octets(uint64_t word)
{
	uint64_t x = word ^ ('\n' * EACH_OCTET);
	uint64_t is_other = ((x & (0x7f * EACH_OCTET)) + 0x7f * EACH_OCTET) | x;

	return (~is_other >> 7) & EACH_OCTET;
}

/* Words at a time: octet by octet it costs more than SHA-256. */
static uint64_t lines_in(const uint8_t *at, size_t len)
{
	uint64_t lines = 0;

	while (len >= sizeof(uint64_t)) {
		size_t words = len / sizeof(uint64_t);
		uint64_t sums = 0;

		words = words < 255 ? words : 255; /* of an octet of sums */
		for (size_t i = 0; i < words; i++) {
			uint64_t word;

			memcpy(&word, at + i * sizeof(word), sizeof(word));
			sums += lf_octets(word);
		}
		for (; sums != 0; sums >>= 8) {
			lines += sums & 0xff;
		}
		at += words * sizeof(uint64_t);
		len -= words * sizeof(uint64_t);
	}
	for (; len > 0; len--) {
		lines += *at++ == '\n';
	}
	return lines;
}

void digest_put(struct digest *d, const uint8_t *at, size_t len)
{
	if (d->in_head) {
		update(d, d->head, at, put_head(d, at, len));
	}
	update(d, d->text, at, len);
	d->octets += len;
	d->lines += lines_in(at, len);
}

int digest_end(struct digest *d, struct digest_sum *sum_r, struct why *why)
{
	struct digest_sum sum = { .octets = d->octets, .lines = d->lines };
	uint8_t head[DIGEST_LEN];

	if (d->has_failed || EVP_DigestFinal_ex(d->text, sum.text, NULL) != 1 ||
	    EVP_DigestFinal_ex(d->head, head, NULL) != 1) {
		why_set(why, WHY_INTERNAL, "OpenSSL failed to make a digest");
		digest_begin(d);
		return -1;
	}
	memcpy(sum.head, head, sizeof(sum.head));
	digest_begin(d);
	*sum_r = sum;
	return 0;
}
