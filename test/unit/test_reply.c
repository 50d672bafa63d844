// SPDX-License-Identifier: ISC
/*
 * test_reply.c - each reply, octet for octet, and the longest of them.
 */
#include "unit.h"
#include "reply.h"

static uint8_t at[POP3_REPLY_MAX];
static struct pop3_writer out;

static int empty_out(void **state)
{
	(void)state;
	out = pop3_writer_of(at, sizeof(at));
	return 0;
}

static struct pop3_slice said(void)
{
	struct pop3_slice s = pop3_slice_of(out.at, out.len);

	assert_false(out.full);
	out.len = 0;
	return s;
}

static void says_ok(void **state)
{
	(void)state;
	pop3_reply_ok(&out, "Goodbye");
	assert_slice(said(), "+OK Goodbye\r\n");
	pop3_reply_ok_number(&out, 3805, "octets");
	assert_slice(said(), "+OK 3805 octets\r\n");
	pop3_reply_ok_pair(&out, 2, 7610);
	assert_slice(said(), "+OK 2 7610\r\n");
	pop3_reply_ok_maildrop(&out, 2, 7610);
	assert_slice(said(), "+OK 2 messages (7610 octets)\r\n");
	pop3_reply_ok_uid(&out, 1, POP3_LITERAL("whqtswO00WBw418f9t5JxYwZ"));
	assert_slice(said(), "+OK 1 whqtswO00WBw418f9t5JxYwZ\r\n");
}

static void says_err_with_each_code(void **state)
{
	static const char *const want[POP3_CODE_COUNT] = {
		[POP3_CODE_NONE] = "-ERR why\r\n",
		[POP3_CODE_AUTH] = "-ERR [AUTH] why\r\n",
		[POP3_CODE_IN_USE] = "-ERR [IN-USE] why\r\n",
		[POP3_CODE_LOGIN_DELAY] = "-ERR [LOGIN-DELAY] why\r\n",
		[POP3_CODE_SYS_TEMP] = "-ERR [SYS/TEMP] why\r\n",
		[POP3_CODE_SYS_PERM] = "-ERR [SYS/PERM] why\r\n",
		[POP3_CODE_UTF8] = "-ERR [UTF8] why\r\n",
	};
	(void)state;
	for (int code = 0; code < POP3_CODE_COUNT; code++) {
		pop3_reply_err(&out, (enum pop3_code)code, "why");
		assert_same(said(),
			    pop3_slice_of(want[code], strlen(want[code])));
	}
	pop3_reply_err_stayed(&out, 2, 3);
	assert_slice(said(),
		     "-ERR [SYS/TEMP] 2 messages not removed, 3 removed\r\n");
}

/* [rfc2449/4/reply] a first line has at most 512 octets, CRLF included */
static void longest_fits_its_line(void **state)
{
	char text[POP3_REPLY_TEXT_MAX + 1];
	uint8_t uid[POP3_UID_MAX];
	(void)state;

	memset(text, 'x', POP3_REPLY_TEXT_MAX);
	text[POP3_REPLY_TEXT_MAX] = '\0';
	memset(uid, 'u', sizeof(uid));
	pop3_reply_err(&out, POP3_CODE_LOGIN_DELAY, text);
	assert_true(said().len <= POP3_REPLY_MAX);
	pop3_reply_ok_number(&out, UINT64_MAX, text);
	assert_true(said().len <= POP3_REPLY_MAX);
	pop3_reply_ok_maildrop(&out, UINT32_MAX, UINT64_MAX);
	assert_slice(
	    said(),
	    "+OK 4294967295 messages (18446744073709551615 octets)\r\n");
	pop3_reply_ok_uid(&out, UINT32_MAX, pop3_slice_of(uid, sizeof(uid)));
	assert_int_equal(said().len, 4 + 10 + 1 + 70 + 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(says_ok, empty_out),
		cmocka_unit_test_setup(says_err_with_each_code, empty_out),
		cmocka_unit_test_setup(longest_fits_its_line, empty_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
