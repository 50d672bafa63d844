// SPDX-License-Identifier: ISC
/*
 * test_client_capa.c - what a client makes of a server's capabilities.
 */
#include "client_play.h"

static struct memclient mc;

static int begin(void **state)
{
	(void)state;
	memclient_begin(&mc);
	memclient_hear_str(&mc, "+OK\r\n");
	return 0;
}

static int end(void **state)
{
	(void)state;
	memclient_finish(&mc);
	return 0;
}

static const struct pop3_capabilities *capa(const char *hear)
{
	assert_int_equal(memclient_say_str(&mc, "CAPA"), 0);
	memclient_hear(&mc, client_str(hear));
	assert_int_equal(pop3_client_awaited(&mc.engine), 0);
	return &mc.engine.capabilities;
}

static struct pop3_slice mechanisms(const struct pop3_capabilities *caps)
{
	return pop3_slice_of(caps->mechanisms, caps->mechanisms_len);
}

static struct pop3_slice implementation(const struct pop3_capabilities *caps)
{
	return pop3_slice_of(caps->implementation, caps->implementation_len);
}

static void all_that_is_known(void **state)
{
	const struct pop3_capabilities *caps;
	(void)state;

	assert_false(mc.engine.capabilities.is_known);
	caps = capa("+OK\r\nTOP\r\nUIDL\r\nUSER\r\nSTLS\r\nPIPELINING\r\n"
		    "RESP-CODES\r\nAUTH-RESP-CODE\r\nUTF8 USER\r\nLANG\r\n"
		    "SASL PLAIN SCRAM-SHA-256-PLUS\r\nLOGIN-DELAY 900\r\n"
		    "EXPIRE 60 USER\r\nIMPLEMENTATION Shlemazle v302\r\n.\r\n");
	assert_true(caps->is_known);
	assert_true(caps->top && caps->uidl && caps->user && caps->stls &&
		    caps->pipelining && caps->resp_codes &&
		    caps->auth_resp_code && caps->utf8 && caps->utf8_user &&
		    caps->lang && caps->sasl);
	assert_true(caps->has_login_delay && !caps->login_delay_per_user);
	assert_int_equal(caps->login_delay_s, 900);
	assert_true(caps->has_expire && caps->expire_per_user &&
		    !caps->expire_never);
	assert_int_equal(caps->expire_days, 60);
	assert_slice(mechanisms(caps), "PLAIN SCRAM-SHA-256-PLUS");
	assert_slice(implementation(caps), "Shlemazle v302");
}

static void in_other_forms(void **state)
{
	const struct pop3_capabilities *caps;
	(void)state;

	caps = capa("+OK\n top \nsasl plain  Login x_1 not@one "
		    "ANAMETHATISTOOLONGFORONE\nSASL CRAM-MD5\n"
		    "LOGIN-DELAY\t99999999999 user\nEXPIRE never\nutf8\n"
		    "TOPPING\nX-UIDL\n\nIMPLEMENTATION a\x01"
		    "b\nPIPELINING yes\n.\n");
	assert_true(caps->top && caps->pipelining && caps->utf8);
	assert_false(caps->uidl || caps->utf8_user || caps->user);
	assert_slice(mechanisms(caps), "PLAIN LOGIN X_1 CRAM-MD5");
	assert_int_equal(caps->login_delay_s, UINT32_MAX);
	assert_true(caps->login_delay_per_user);
	assert_true(caps->has_expire && caps->expire_never);
	assert_slice(implementation(caps), "a");
}

static void numbers_that_are_none(void **state)
{
	const struct pop3_capabilities *caps;
	(void)state;

	caps = capa("+OK\r\nLOGIN-DELAY\r\nEXPIRE -1 USER\r\nSASL\r\n.\r\n");
	assert_false(caps->has_login_delay || caps->has_expire ||
		     caps->expire_per_user);
	assert_true(caps->sasl);
	assert_int_equal(caps->mechanisms_len, 0);
	caps = capa("+OK\r\nLOGIN-DELAY 5x\r\nEXPIRE 0\r\n.\r\n");
	assert_false(caps->has_login_delay);
	assert_true(caps->has_expire);
	assert_int_equal(caps->expire_days, 0);
}

/* More than there is room for: what has none is left out, whole. */
static void as_much_as_there_is_room_for(void **state)
{
	const struct pop3_capabilities *caps;
	struct octets hear = { 0 };
	(void)state;

	octets_add_str(&hear, "+OK\r\n");
	for (int i = 0; i < 40; i++) {
		octets_add_str(&hear, "SASL ABCDEFGHIJ-ABCDEFGH0\r\n");
	}
	/* 503 octets are taken: one of 9, with its blank, has just no room */
	octets_add_str(&hear, "SASL ABCDEFGHI\r\nIMPLEMENTATION ");
	for (size_t i = 0; i < 2 * POP3_IMPLEMENTATION_MAX; i++) {
		octets_add_str(&hear, "i");
	}
	octets_add(&hear, POP3_LITERAL("\r\n.\r\n\0"));
	caps = capa((const char *)hear.at);
	octets_finish(&hear);
	assert_int_equal(caps->mechanisms_len, 503);
	for (size_t i = 20; i < 503; i += 21) {
		assert_int_equal(caps->mechanisms[i], ' ');
	}
	assert_int_equal(caps->implementation_len, POP3_IMPLEMENTATION_MAX);
}

static void the_last_list_counts(void **state)
{
	(void)state;
	(void)capa("+OK\r\nTOP\r\nSASL PLAIN\r\n.\r\n");
	(void)capa("+OK\r\nUIDL\r\n.\r\n");
	assert_false(mc.engine.capabilities.top);
	assert_true(mc.engine.capabilities.uidl);
	assert_int_equal(mc.engine.capabilities.mechanisms_len, 0);
	/* a refusal takes nothing back */
	(void)capa("-ERR\r\n");
	assert_true(mc.engine.capabilities.is_known);
	assert_true(mc.engine.capabilities.uidl);
}

static void a_server_without(void **state)
{
	(void)state;
	(void)capa("-ERR what?\r\n");
	assert_false(mc.engine.capabilities.is_known);
}

/* Not before its last line: half a list is none. */
static void known_when_it_is_whole(void **state)
{
	(void)state;
	assert_int_equal(memclient_say_str(&mc, "CAPA"), 0);
	memclient_hear_str(&mc, "+OK\r\nTOP\r\n");
	assert_false(mc.engine.capabilities.is_known);
	memclient_hear_str(&mc, ".\r\n");
	assert_true(mc.engine.capabilities.is_known);
}

/* A log-in may have changed it. */
static void asked_again_behind_a_log_in(void **state)
{
	(void)state;
	(void)capa("+OK\r\nPIPELINING\r\n.\r\n");
	assert_int_equal(memclient_say_str(&mc, "PASS x"), 0);
	memclient_hear_str(&mc, "-ERR\r\n");
	assert_true(mc.engine.capabilities.is_known);
	assert_int_equal(memclient_say_str(&mc, "PASS x"), 0);
	memclient_hear_str(&mc, "+OK\r\n");
	assert_false(mc.engine.capabilities.is_known);
	assert_true(mc.engine.capabilities.pipelining);
	(void)capa("+OK\r\nTOP\r\n.\r\n");
	assert_true(mc.engine.capabilities.is_known);
	assert_false(mc.engine.capabilities.pipelining);
}

#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(all_that_is_known),      T(in_other_forms),
		T(numbers_that_are_none),  T(as_much_as_there_is_room_for),
		T(the_last_list_counts),   T(a_server_without),
		T(known_when_it_is_whole), T(asked_again_behind_a_log_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
