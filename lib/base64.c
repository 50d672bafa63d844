// SPDX-License-Identifier: ISC
/*
 * base64.c - base64, strictly (pop3/base64.h).
 * Runs in: session, the client.  Trusts: nothing.  Allocates: never.
 */
#include "pop3/base64.h"

#define NO_VALUE 0x100u

/* --- one octet each way, without a branch or a table --- */

/* All ones if low <= c <= high, all of them below 2^31; else nothing. */
static uint32_t is_between(uint32_t c, uint32_t low, uint32_t high)
{
	return (((c - low) | (high - c)) >> 31) - 1;
}

/* What an octet of the alphabet stands for, or NO_VALUE. */
static uint32_t value_of(uint32_t c)
{
	uint32_t upper = is_between(c, 'A', 'Z');
	uint32_t lower = is_between(c, 'a', 'z');
	uint32_t digit = is_between(c, '0', '9');
	uint32_t plus = is_between(c, '+', '+');
	uint32_t slash = is_between(c, '/', '/');

	return (upper & (c - 'A')) | (lower & (c - 'a' + 26)) |
	       (digit & (c - '0' + 52)) | (plus & 62) | (slash & 63) |
	       (~(upper | lower | digit | plus | slash) & NO_VALUE);
}

static uint8_t octet_of(uint32_t value)
{
	return (uint8_t)((is_between(value, 0, 25) & ('A' + value)) |
			 (is_between(value, 26, 51) & ('a' + value - 26)) |
			 (is_between(value, 52, 61) & ('0' + value - 52)) |
			 (is_between(value, 62, 62) & '+') |
			 (is_between(value, 63, 63) & '/'));
}

/* --- texts --- */

/* How many "=" there are at the end: at most two count. */
static size_t padding_of(struct pop3_slice text)
{
	size_t padding = 0;

	while (padding < 2 && padding < text.len &&
	       text.at[text.len - 1 - padding] == '=') {
		padding++;
	}
	return padding;
}

/* The last octet before padding has 2 or 4 bits that no octet is made of.  RFC
 * 4648, section 3.5, lets a decoder refuse those that are not 0; so there is
 * only one way to write a response. */
static bool has_stray_bits(struct pop3_slice digits, size_t padding)
{
	uint32_t stray = (1u << (2 * padding)) - 1;

	return digits.len != 0 &&
	       (value_of(digits.at[digits.len - 1]) & stray) != 0;
}

bool pop3_base64_is_sound(struct pop3_slice text)
{
	size_t padding = padding_of(text);
	struct pop3_slice digits = pop3_slice_of(text.at, text.len - padding);
	uint32_t all = 0;

	for (size_t i = 0; i < digits.len; i++) {
		all |= value_of(digits.at[i]);
	}
	return text.len % 4 == 0 && all < NO_VALUE &&
	       !has_stray_bits(digits, padding);
}

/* Four digits make three octets; "=" counts as nothing. */
static uint32_t group_of(const uint8_t *at)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < 4; i++) {
		bits = bits << 6 | (value_of(at[i]) & 63);
	}
	return bits;
}

int pop3_base64_decode(struct pop3_slice text, struct pop3_writer *out)
{
	size_t len = text.len / 4 * 3 - padding_of(text);
	uint8_t *to;

	if (!pop3_base64_is_sound(text)) {
		return POP3_EINVAL;
	}
	if (out->full || len > pop3_writer_room(out)) {
		return POP3_ENOSPC;
	}
	to = out->at + out->len;
	for (size_t i = 0; i < len; i++) {
		uint32_t bits = group_of(text.at + i / 3 * 4);

		to[i] = (uint8_t)(bits >> (16 - 8 * (i % 3)));
	}
	out->len += len;
	return 0;
}

/* Up to three octets, as four digits. */
static void put_group(struct pop3_writer *out, struct pop3_slice octets)
{
	uint8_t digits[4] = { '=', '=', '=', '=' };
	uint32_t bits = 0;

	for (size_t i = 0; i < 3; i++) {
		bits = bits << 8 | (i < octets.len ? octets.at[i] : 0u);
	}
	for (size_t i = 0; i <= octets.len; i++) {
		digits[i] = octet_of(bits >> (18 - 6 * i) & 63);
	}
	pop3_put_slice(out, pop3_slice_of(digits, sizeof(digits)));
}

void pop3_put_base64(struct pop3_writer *out, struct pop3_slice octets)
{
	if (out->full || octets.len > pop3_writer_room(out) / 4 * 3) {
		out->full = true;
		return;
	}
	for (size_t i = 0; i < octets.len; i += 3) {
		size_t rest = octets.len - i;

		put_group(out,
			  pop3_slice_of(octets.at + i, rest < 3 ? rest : 3));
	}
}
