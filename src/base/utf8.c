// SPDX-License-Identifier: ISC
/*
 * utf8.c - characters in UTF-8 (utf8.h).
 * Runs in: restante.  Trusts: nothing it is given.  Allocates: never.
 */
#include "base/utf8.h"

#define RANGES(table) (sizeof(table) / sizeof((table)[0]))

struct range {
	uint32_t first, last;
};

/* Unicode 15: Default_Ignorable_Code_Point but for joiners and the variation
 * selectors that emoji have (FE00 to FE0F); Bidi_Control,
 * Noncharacter_Code_Point, line and paragraph ends.  From 4FFFE on there is
 * nothing but tags, variants of ideographs, and private use. */
static const struct range unfit[] = {
	{ 0xad, 0xad },       { 0x61c, 0x61c },     { 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 },   { 0x180b, 0x180f },   { 0x200b, 0x200b },
	{ 0x200e, 0x200f },   { 0x2028, 0x202e },   { 0x2060, 0x206f },
	{ 0x3164, 0x3164 },   { 0xfdd0, 0xfdef },   { 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb },   { 0xfffe, 0xffff },
	{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0x1fffe, 0x1ffff },
	{ 0x2fffe, 0x2ffff }, { 0x3fffe, 0x3ffff }, { 0x4fffe, UINT32_MAX },
};

/* Joiners; surrogates and private use; the object replacement character. */
static const struct range hidden[] = {
	{ 0x200c, 0x200d },
	{ 0xd800, 0xf8ff },
	{ 0xfffc, 0xfffc },
};

static bool is_in(const struct range *ranges, size_t count, uint32_t point)
{
	for (size_t i = 0; i < count; i++) {
		if (point >= ranges[i].first && point <= ranges[i].last) {
			return true;
		}
	}
	return false;
}

size_t utf8_announced(uint8_t first)
{
	if (first < 0x80) {
		return 1;
	}
	if (first < 0xc2 || first > 0xf4) {
		return 0;
	}
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

size_t utf8_take(const uint8_t *at, size_t len, uint32_t *point_r)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t want = utf8_announced(at[0]);
	uint32_t point;

	if (want == 0 || want > len) {
		return 0;
	}
	point = want == 1 ? at[0] : at[0] & (0x7fu >> want);
	for (size_t i = 1; i < want; i++) {
		if ((at[i] & 0xc0) != 0x80) {
			return 0;
		}
		point = point << 6 | (at[i] & 0x3fu);
	}
	if (point < least[want] || point > 0x10ffff ||
	    (point >= 0xd800 && point <= 0xdfff)) {
		return 0;
	}
	*point_r = point;
	return want;
}

size_t utf8_put(uint32_t point, uint8_t octets_r[UTF8_OCTETS_MAX])
{
	static const uint8_t first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t len = point < 0x80      ? 1
		     : point < 0x800   ? 2
		     : point < 0x10000 ? 3
				       : 4;

	for (size_t i = len - 1; i > 0; i--) {
		octets_r[i] = (uint8_t)(0x80 | (point & 0x3f));
		point >>= 6;
	}
	octets_r[0] = (uint8_t)(first[len] | point);
	return len;
}

bool utf8_is_control(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point <= 0x9f);
}

bool utf8_is_unfit(uint32_t point)
{
	return utf8_is_control(point) || is_in(unfit, RANGES(unfit), point);
}

bool utf8_is_hidden(uint32_t point)
{
	return utf8_is_unfit(point) || is_in(hidden, RANGES(hidden), point);
}
