// SPDX-License-Identifier: ISC
/*
 * test_tls_send.c - many octets over TLS: in few pieces, and to a client that
 * does not take them at once.
 */
#include "tls_peers.h"

#include <errno.h>

#include "session/tls_impl.h"

#define OCTETS  300000u
#define AT_ONCE 65536u

struct stream {
	struct peers peers;
	size_t sent, received;
	unsigned waits; /* how often the server was told to come again */
};

static uint8_t octet_at(size_t off)
{
	return (uint8_t)(off * 31 + off / 251);
}

static void begin(struct stream *s, int room)
{
	*s = (struct stream){ .sent = 0 };
	peers_begin(&s->peers);
	if (room != 0) {
		setsockopt(s->peers.server_fd, SOL_SOCKET, SO_SNDBUF, &room,
			   sizeof(room));
	}
	assert_true(peers_shake(&s->peers, true));
}

/* As output.c does: what is left is sent again from another place. */
static void send_more(struct stream *s)
{
	size_t len = OCTETS - s->sent < AT_ONCE ? OCTETS - s->sent : AT_ONCE;
	uint8_t *at = malloc(len);
	ssize_t n;

	assert_non_null(at);
	for (size_t i = 0; i < len; i++) {
		at[i] = octet_at(s->sent + i);
	}
	n = tls_send(s->peers.server, at, len);
	free(at);
	if (n < 0) {
		assert_int_equal(errno, EAGAIN);
	}
	assert_in_range(n < 0 ? 0 : n, 0, len);
	s->waits += n < (ssize_t)len;
	s->sent += n < 0 ? 0 : (size_t)n;
}

static void receive_some(struct stream *s, size_t cap)
{
	uint8_t octets[4096];
	int n = SSL_read(s->peers.client, octets,
			 (int)(cap < sizeof(octets) ? cap : sizeof(octets)));

	for (int i = 0; i < n; i++) {
		assert_int_equal(octets[i], octet_at(s->received + (size_t)i));
	}
	s->received += n < 0 ? 0 : (size_t)n;
}

/* What has been called sent has gone: a client that took all has it, without
 * another call. */
static void test_a_client_that_takes_little(void **state)
{
	static const int rooms[] = { 1, 20000, 100000 };
	struct stream s;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rooms); i++) {
		begin(&s, rooms[i]);
		while (s.sent < OCTETS) {
			send_more(&s);
			receive_some(&s, 3000);
		}
		assert_in_range(s.waits, 2, OCTETS);
		while (s.received < s.sent) {
			size_t before = s.received;

			receive_some(&s, 4096);
			assert_in_range(s.received, before + 1, OCTETS);
		}
		peers_end(&s.peers);
	}
}

/* A reply that is held goes before, and the end behind, all that waits. */
static void test_what_is_held_keeps_its_place(void **state)
{
	struct stream s;
	uint8_t octet;
	int rc = -1;

	(void)state;
	begin(&s, 20000);
	tls_hold(s.peers.server);
	while (s.sent < OCTETS) {
		send_more(&s);
		receive_some(&s, 4096);
	}
	while (rc != 0) {
		rc = tls_close(s.peers.server);
		assert_true(rc == 0 || errno == EAGAIN);
		receive_some(&s, 4096);
	}
	while (s.received < OCTETS) {
		receive_some(&s, 4096);
	}
	assert_int_equal(SSL_read(s.peers.client, &octet, 1), 0);
	assert_int_equal(SSL_get_error(s.peers.client, 0),
			 SSL_ERROR_ZERO_RETURN);
	peers_end(&s.peers);
}

/* Packets keep the borders of what was sent. */
static void test_records_go_in_one_piece(void **state)
{
	static uint8_t octets[AT_ONCE + 1000];
	struct stream s;
	int pair[2];

	(void)state;
	begin(&s, 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	assert_int_equal(dup2(pair[0], s.peers.server_fd), s.peers.server_fd);
	assert_int_equal(tls_send(s.peers.server, octets, AT_ONCE), AT_ONCE);
	assert_in_range(recv(pair[1], octets, sizeof(octets), MSG_DONTWAIT),
			AT_ONCE + 4 * 22, sizeof(octets));
	assert_int_equal(recv(pair[1], octets, 1, MSG_DONTWAIT), -1);
	close(pair[0]);
	close(pair[1]);
	peers_end(&s.peers);
}

static void test_a_client_that_is_gone(void **state)
{
	static const uint8_t octets[AT_ONCE];
	struct stream s;

	(void)state;
	begin(&s, 20000);
	assert_true(tls_send(s.peers.server, octets, AT_ONCE) < AT_ONCE);
	close(s.peers.client_fd);
	assert_int_equal(tls_send(s.peers.server, octets, AT_ONCE), -1);
	assert_int_not_equal(errno, EAGAIN);
	assert_int_equal(tls_close(s.peers.server), -1);
	peers_end(&s.peers);
}

static void expect_nothing_came(const struct stream *s)
{
	uint8_t octet;

	assert_int_equal(recv(s->peers.client_fd, &octet, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
}

/* OpenSSL's BIO_callback_fn_ex: behind so many writes each is to be tried
 * again. */
static long put_off(BIO *bio, int what, const char *at, size_t len, int number,
		    long other, int rc, size_t *done)
{
	unsigned *allowed = (void *)BIO_get_callback_arg(bio);

	(void)at, (void)len, (void)number, (void)other, (void)done;
	if (what != BIO_CB_WRITE) {
		return rc;
	}
	if (*allowed == 0) {
		BIO_set_retry_write(bio);
		return 0;
	}
	--*allowed;
	return rc;
}

/* Records that were made and did not go are no record of the stream's: it may
 * not go on.  Before the first one nothing is lost. */
static void test_one_that_cannot_be_made_behind_others(void **state)
{
	static const uint8_t octets[AT_ONCE];
	struct stream s;

	(void)state;
	for (unsigned made = 0; made < 2; made++) {
		unsigned allowed = made;
		BIO *bio;

		begin(&s, 0);
		bio = SSL_get_wbio(s.peers.server->ssl);
		BIO_set_callback_arg(bio, (char *)&allowed);
		BIO_set_callback_ex(bio, put_off);
		assert_int_equal(tls_send(s.peers.server, octets, AT_ONCE), -1);
		assert_int_equal(errno, made == 0 ? EAGAIN : EPROTO);
		assert_int_equal(s.peers.server->is_broken, made != 0);
		expect_nothing_came(&s);
		BIO_set_callback_ex(bio, NULL);
		peers_end(&s.peers);
	}
}

static void test_nothing_overtakes_what_is_gathered(void **state)
{
	static struct gathered g = { .len = sizeof(g.at) - 10 };
	struct stream s;
	int rc;

	(void)state;
	begin(&s, 0);
	s.peers.server->gathered = &g;
	rc = SSL_write(s.peers.server->ssl, "x", 1);
	assert_int_equal(SSL_get_error(s.peers.server->ssl, rc),
			 SSL_ERROR_SYSCALL);
	assert_int_equal(g.len, sizeof(g.at) - 10);
	expect_nothing_came(&s);
	peers_end(&s.peers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_client_that_takes_little),
		cmocka_unit_test(test_what_is_held_keeps_its_place),
		cmocka_unit_test(test_records_go_in_one_piece),
		cmocka_unit_test(test_a_client_that_is_gone),
		cmocka_unit_test(test_one_that_cannot_be_made_behind_others),
		cmocka_unit_test(test_nothing_overtakes_what_is_gathered),
	};

	return cmocka_run_group_tests(tests, make_peers, free_peers);
}
