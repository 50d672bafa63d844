// SPDX-License-Identifier: ISC
/*
 * test_listen.c - listening sockets: shared by the processes of one server and
 * by nobody else, kept over a reload, and closed when nobody serves them.
 */
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "master/listen.h"
#include "os/fd.h"
#include "stderr_pipe.h"

static struct config config;
static struct listen_sets first, second;
static struct stderr_pipe out;
static size_t fds_before;

static void add_v4(const char *text, const char *host, uint16_t port)
{
	struct config_listen *l = &config.listen[config.listen_count++];
	struct sockaddr_in *in = (void *)&l->address;

	*l = (struct config_listen){ .kind = LISTENER_PLAIN,
				     .len = sizeof(*in) };
	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	assert_int_equal(inet_pton(AF_INET, host, &in->sin_addr), 1);
	snprintf(l->text, sizeof(l->text), "%s", text);
}

static void add_v6(const char *text, const char *host)
{
	struct config_listen *l = &config.listen[config.listen_count++];
	struct sockaddr_in6 *in6 = (void *)&l->address;

	*l = (struct config_listen){ .kind = LISTENER_PLAIN,
				     .len = sizeof(*in6) };
	in6->sin6_family = AF_INET6;
	assert_int_equal(inet_pton(AF_INET6, host, &in6->sin6_addr), 1);
	snprintf(l->text, sizeof(l->text), "%s", text);
}

static int setup(void **state)
{
	(void)state;
	log_init("unit", LOG_FORM_LEVEL, LOG_INFO);
	memset(&config, 0, sizeof(config));
	memset(&first, 0, sizeof(first));
	memset(&second, 0, sizeof(second));
	config.session_processes = 3;
	config.keepalive_s = 120;
	fds_before = fd_count_open();
	stderr_begin(&out);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	listen_close(&first, NULL);
	listen_close(&second, NULL);
	stderr_end(&out);
	assert_int_equal(fd_count_open(), fds_before);
	return 0;
}

static uint16_t port_of(int fd)
{
	struct sockaddr_storage a;
	socklen_t len = sizeof(a);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	return ntohs(a.ss_family == AF_INET
			 ? ((struct sockaddr_in *)&a)->sin_port
			 : ((struct sockaddr_in6 *)&a)->sin6_port);
}

static int option(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	assert_int_equal(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

static void judge_socket(int fd)
{
	assert_int_equal(option(fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
	assert_int_equal(option(fd, SOL_SOCKET, SO_REUSEPORT), 1);
	assert_int_equal(option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
	assert_int_equal(option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 120);
	assert_int_equal(option(fd, IPPROTO_TCP, TCP_KEEPINTVL), 30);
	assert_int_equal(option(fd, IPPROTO_TCP, TCP_KEEPCNT), 4);
	assert_int_equal(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 120000);
	assert_int_equal(option(fd, IPPROTO_TCP, TCP_NODELAY), 1);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
}

static void test_each_process_has_a_socket_of_one_port(void **state)
{
	uint16_t port;

	(void)state;
	add_v4("127.0.0.1:0", "127.0.0.1", 0);
	assert_int_equal(listen_open(NULL, &config, &first), 0);
	assert_int_equal(first.count, 1);
	assert_int_equal(first.set[0].count, 3);
	port = port_of(first.set[0].fd[0]);
	assert_int_not_equal(port, 0);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(port_of(first.set[0].fd[i]), port);
		judge_socket(first.set[0].fd[i]);
	}
}

static void test_accepted_connections_inherit(void **state)
{
	struct config_listen *l = &first.set[0].address;
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int fd = -1;

	(void)state;
	config.session_processes = 1;
	add_v4("127.0.0.1:0", "127.0.0.1", 0);
	assert_int_equal(listen_open(NULL, &config, &first), 0);
	assert_int_equal(
	    connect(client, (struct sockaddr *)&l->address, l->len), 0);
	fd = accept4(first.set[0].fd[0], NULL, NULL, SOCK_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
	assert_int_equal(option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 120);
	assert_int_equal(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 120000);
	assert_int_equal(option(fd, IPPROTO_TCP, TCP_NODELAY), 1);
	fd_close(&fd);
	fd_close(&client);
}

static void test_a_second_server_is_refused(void **state)
{
	uint16_t port;

	(void)state;
	add_v4("127.0.0.1:0", "127.0.0.1", 0);
	assert_int_equal(listen_open(NULL, &config, &first), 0);
	port = port_of(first.set[0].fd[0]);
	config.listen_count = 0;
	add_v4("127.0.0.1:0", "127.0.0.1", 0); /* opened, then closed again */
	add_v4("that one", "127.0.0.1", port);
	second.count = 77; /* to be untouched */
	assert_int_equal(listen_open(NULL, &config, &second), -EADDRINUSE);
	assert_int_equal(second.count, 77);
	second.count = 0;
	assert_int_equal(fd_count_open(),
			 fds_before + 3 + 3); /* and stderr's */
	stderr_end(&out);
	assert_non_null(strstr(out.text, "address=\"that one\""));
	assert_non_null(strstr(out.text, "another server has this port"));
	stderr_begin(&out);
}

static void test_a_reload_keeps_sockets(void **state)
{
	(void)state;
	add_v4("127.0.0.1:0", "127.0.0.1", 0);
	assert_int_equal(listen_open(NULL, &config, &first), 0);
	assert_int_equal(listen_open(&first, &config, &second), 0);
	assert_int_equal(second.count, 1);
	assert_int_equal(second.set[0].count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(second.set[0].fd[i], first.set[0].fd[i]);
	}
	listen_close(&first, &second); /* closes none */
	judge_socket(second.set[0].fd[0]);
	assert_int_equal(first.count, 0);
}

static void test_a_reload_with_more_and_with_fewer_processes(void **state)
{
	uint16_t port;

	(void)state;
	add_v4("127.0.0.1:0", "127.0.0.1", 0);
	assert_int_equal(listen_open(NULL, &config, &first), 0);
	port = port_of(first.set[0].fd[0]);
	config.session_processes = 5;
	assert_int_equal(listen_open(&first, &config, &second), 0);
	assert_int_equal(second.set[0].count, 5);
	assert_int_equal(second.set[0].fd[2], first.set[0].fd[2]);
	assert_int_equal(port_of(second.set[0].fd[4]), port);
	first = second;
	config.session_processes = 2;
	/* those that hold waiting connections stay */
	assert_int_equal(listen_open(&first, &config, &second), 0);
	assert_int_equal(second.set[0].count, 5);
	first.count = 0;
}

static void test_a_reload_with_other_addresses(void **state)
{
	(void)state;
	add_v4("a", "127.0.0.1", 0);
	add_v4("b", "127.0.0.1", 0);
	assert_int_equal(listen_open(NULL, &config, &first), 0);
	assert_int_equal(fd_count_open(), fds_before + 3 + 6);
	config.listen_count = 0;
	add_v4("c", "127.0.0.2", 0);
	add_v4("b", "127.0.0.1", 0);
	assert_int_equal(listen_open(&first, &config, &second), 0);
	assert_int_equal(second.set[1].fd[0], first.set[1].fd[0]);
	assert_int_equal(fd_count_open(), fds_before + 3 + 9);
	listen_close(&first, &second);
	assert_int_equal(fd_count_open(), fds_before + 3 + 6);
}

static void test_a_failed_reload_closes_only_what_is_new(void **state)
{
	(void)state;
	add_v4("127.0.0.1:0", "127.0.0.1", 0);
	assert_int_equal(listen_open(NULL, &config, &first), 0);
	config.session_processes = 5;
	add_v4("192.0.2.1:0", "192.0.2.1", 0); /* not an address of ours */
	assert_int_equal(listen_open(&first, &config, &second), -EADDRNOTAVAIL);
	assert_int_equal(second.count, 0);
	assert_int_equal(fd_count_open(), fds_before + 3 + 3);
	judge_socket(first.set[0].fd[2]);
	stderr_end(&out);
	assert_non_null(strstr(out.text, "192.0.2.1:0"));
	assert_non_null(strstr(out.text, "change listen"));
	stderr_begin(&out);
}

static bool has_ipv6(void)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6,
				  .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool has = fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0;

	fd_close(&fd);
	return has;
}

static void test_ipv6_stands_beside_ipv4(void **state)
{
	uint16_t port;

	(void)state;
	if (!has_ipv6()) {
		print_message("no IPv6 here: skipped\n");
		return;
	}
	add_v6("[::]:0", "::");
	assert_int_equal(listen_open(NULL, &config, &first), 0);
	assert_int_equal(option(first.set[0].fd[0], IPPROTO_IPV6, IPV6_V6ONLY),
			 1);
	port = port_of(first.set[0].fd[0]);
	config.listen_count = 0;
	add_v4("0.0.0.0", "0.0.0.0", port); /* the same number, of IPv4 */
	assert_int_equal(listen_open(NULL, &config, &second), 0);
	assert_int_equal(port_of(second.set[0].fd[0]), port);
	stderr_end(&out);
	assert_non_null(strstr(out.text, "[::]:"));
	assert_non_null(strstr(out.text, "address=0.0.0.0:"));
	stderr_begin(&out);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		ROW(test_each_process_has_a_socket_of_one_port),
		ROW(test_accepted_connections_inherit),
		ROW(test_a_second_server_is_refused),
		ROW(test_a_reload_keeps_sockets),
		ROW(test_a_reload_with_more_and_with_fewer_processes),
		ROW(test_a_reload_with_other_addresses),
		ROW(test_a_failed_reload_closes_only_what_is_new),
		ROW(test_ipv6_stands_beside_ipv4),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
