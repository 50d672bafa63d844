// SPDX-License-Identifier: ISC
/*
 * words_charset.c - octets of a named charset as characters (words_charset.h).
 * Runs in: the collector.  Trusts: the C library's tables, nothing in the text.
 * Allocates: iconv does, until the conversion is over.
 */
#include "fetch/mail/words_charset.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

struct alias {
	const char *name;
	const char *of;
};

/* What mail is written in.  A decoder that is not here is not reached by a
 * message: those of rare charsets had most of the faults. */
static const struct alias aliases[] = {
	{ "utf-8", "UTF-8" },
	{ "utf8", "UTF-8" },
	{ "us-ascii", "UTF-8" },
	{ "ascii", "UTF-8" },
	{ "iso-8859-1", "WINDOWS-1252" }, /* as every reader of mail does */
	{ "latin1", "WINDOWS-1252" },
	{ "iso-8859-2", "ISO-8859-2" },
	{ "iso-8859-3", "ISO-8859-3" },
	{ "iso-8859-4", "ISO-8859-4" },
	{ "iso-8859-5", "ISO-8859-5" },
	{ "iso-8859-6", "ISO-8859-6" },
	{ "iso-8859-7", "ISO-8859-7" },
	{ "iso-8859-8", "ISO-8859-8" },
	{ "iso-8859-8-i", "ISO-8859-8" },
	{ "iso-8859-9", "ISO-8859-9" },
	{ "iso-8859-10", "ISO-8859-10" },
	{ "iso-8859-13", "ISO-8859-13" },
	{ "iso-8859-14", "ISO-8859-14" },
	{ "iso-8859-15", "ISO-8859-15" },
	{ "iso-8859-16", "ISO-8859-16" },
	{ "windows-1250", "WINDOWS-1250" },
	{ "windows-1251", "WINDOWS-1251" },
	{ "cp1251", "WINDOWS-1251" },
	{ "windows-1252", "WINDOWS-1252" },
	{ "cp1252", "WINDOWS-1252" },
	{ "windows-1253", "WINDOWS-1253" },
	{ "windows-1254", "WINDOWS-1254" },
	{ "windows-1255", "WINDOWS-1255" },
	{ "windows-1256", "WINDOWS-1256" },
	{ "windows-1257", "WINDOWS-1257" },
	{ "windows-1258", "WINDOWS-1258" },
	{ "koi8-r", "KOI8-R" },
	{ "koi8-u", "KOI8-U" },
	{ "gb2312", "GBK" }, /* a part of it */
	{ "gbk", "GBK" },
	{ "gb18030", "GB18030" },
	{ "big5", "BIG5" },
	{ "euc-jp", "EUC-JP" },
	{ "shift_jis", "SHIFT_JIS" },
	{ "iso-2022-jp", "ISO-2022-JP" },
	{ "euc-kr", "EUC-KR" },
	{ "ks_c_5601-1987", "EUC-KR" },
	{ "tis-620", "TIS-620" },
};

const char *charset_known(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		if (strlen(aliases[i].name) == len &&
		    strncasecmp(aliases[i].name, name, len) == 0) {
			return aliases[i].of;
		}
	}
	return NULL;
}

uint32_t charset_utf8(const uint8_t *at, size_t len, size_t *took_r)
{
	uint32_t point = CHARSET_REPLACEMENT;
	size_t octets = utf8_take(at, len, &point);

	*took_r = octets == 0 ? 1 : octets;
	return point;
}

bool charset_is_utf8(const uint8_t *at, size_t len)
{
	while (len > 0) {
		uint32_t point;
		size_t octets = utf8_take(at, len, &point);

		if (octets == 0) {
			return false;
		}
		at += octets;
		len -= octets;
	}
	return true;
}

static bool put_replacement(char **to, size_t *room)
{
	if (*room < 3) {
		return false;
	}
	memcpy(*to, "\xef\xbf\xbd", 3);
	*to += 3;
	*room -= 3;
	return true;
}

bool charset_convert(const char *of, const uint8_t *at, size_t len, uint8_t *to,
		     size_t cap, size_t *len_r)
{
	iconv_t cd = iconv_open("UTF-8", of);
	/* iconv does not write into what it reads */
	char *in = (char *)(uintptr_t)at;
	char *out = (char *)to;
	size_t room = cap;

	if (cd == (iconv_t)-1) {
		return false;
	}
	/* each round takes at least one octet off */
	while (len > 0) {
		if (iconv(cd, &in, &len, &out, &room) != (size_t)-1) {
			break;
		}
		if (errno == E2BIG || len == 0 ||
		    !put_replacement(&out, &room)) {
			break;
		}
		in++;
		len--;
	}
	(void)iconv_close(cd);
	*len_r = cap - room;
	return true;
}
