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
#include <strings.h>

/* What qpopper, UW IMAP and others write into an mbox as it is read. */
static const char *const servers_fields[] = {
	"Status:", "X-Status:", "X-Keywords:", "X-UID:", "X-UIDL:"
};
#define SERVERS_FIELDS_COUNT                                                   \
	(sizeof(servers_fields) / sizeof(servers_fields[0]))
#define FIELD_MAX 11u /* of the longest */

/* Where in a line of the header it is. */
enum line {
	LINE_NAME,    /* whose it is cannot be told yet */
	LINE_OURS,    /* it is of the message, and of its digests */
	LINE_SERVERS, /* it is in neither digest */
};

struct digest {
	/* Fetched once: for each message it would cost more than a short one's
	 * digest. */
	EVP_MD *sha256;
	EVP_MD_CTX *text;
	EVP_MD_CTX *head;
	uint64_t octets, lines;
	bool in_head;
	enum line line;
	uint8_t name[FIELD_MAX]; /* NAME: of the line, as far as it is there */
	size_t name_len;
	bool is_field_ours; /* of the field that a folded line goes on */
	bool has_failed;
};

void digest_begin(struct digest *d)
{
	d->octets = 0;
	d->lines = 0;
	d->in_head = true;
	d->line = LINE_NAME;
	d->name_len = 0;
	d->is_field_ours = true;
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

static void update_both(struct digest *d, const uint8_t *at, size_t len)
{
	update(d, d->head, at, len);
	update(d, d->text, at, len);
}

static bool is_name_ours(const struct digest *d)
{
	for (size_t i = 0; i < SERVERS_FIELDS_COUNT; i++) {
		if (strlen(servers_fields[i]) == d->name_len &&
		    strncasecmp(servers_fields[i], (const char *)d->name,
				d->name_len) == 0) {
			return false;
		}
	}
	return true;
}

static void begin_line(struct digest *d)
{
	d->line = LINE_NAME;
	d->name_len = 0;
}

/* False: it is the empty line behind the header. */
static bool put_name(struct digest *d, uint8_t c)
{
	bool is_folded = d->name_len == 0 && (c == ' ' || c == '\t');

	if (d->name_len == 0 && c == '\n') {
		d->in_head = false;
		return false;
	}
	d->name[d->name_len++] = c;
	if (!is_folded && c != ':' && c != '\n' && d->name_len < FIELD_MAX) {
		return true;
	}
	d->is_field_ours = is_folded ? d->is_field_ours : is_name_ours(d);
	d->line = d->is_field_ours ? LINE_OURS : LINE_SERVERS;
	if (d->is_field_ours) {
		update_both(d, d->name, d->name_len);
	}
	if (c == '\n') {
		begin_line(d);
	}
	return true;
}

/* The octets at the front that are the header's. */
static size_t put_head(struct digest *d, const uint8_t *at, size_t len)
{
	size_t n = 0;

	while (n < len) {
		const uint8_t *lf;
		size_t end;

		if (d->line == LINE_NAME) {
			if (!put_name(d, at[n])) {
				return n;
			}
			n++;
			continue;
		}
		lf = memchr(at + n, '\n', len - n);
		end = lf != NULL ? (size_t)(lf - at) + 1 : len;
		if (d->line == LINE_OURS) {
			update_both(d, at + n, end - n);
		}
		if (lf != NULL) {
			begin_line(d);
		}
		n = end;
	}
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
	size_t head_len = d->in_head ? put_head(d, at, len) : 0;

	update(d, d->text, at + head_len, len - head_len);
	d->octets += len;
	d->lines += lines_in(at, len);
}

int digest_end(struct digest *d, struct digest_sum *sum_r, struct why *why)
{
	struct digest_sum sum = { .octets = d->octets, .lines = d->lines };
	uint8_t head[DIGEST_LEN];

	if (d->in_head && d->line == LINE_NAME) {
		update_both(d, d->name, d->name_len);
	}
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
