# SPDX-License-Identifier: ISC
"""What reaches a port that is not for it: other protocols, handshakes that go
wrong, stop half-way, or come octet by octet."""
import os
import random
import socket
import ssl
import time

import pytest

from support import paths, proc
from support.certificates import authority
from support.paths import need_build
from support.pop3 import Pop3
from support.server import Server

SECOND = 1.0


@pytest.fixture(scope="module")
def server():
    need_build()
    s = Server({"connections_per_address": 1000, "login_time": "60s"}, tls=True)
    s.site.add_user(b"alice")
    try:
        s.start()
        yield s
    except BaseException:
        s.stop(judge=False)
        raise
    s.stop()


def works(server):
    for how in ("clear", "stls", "tls"):
        server.login(b"alice", how=how).quit()


def client_hello(context=None):
    """A present one, as octets."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = (context or authority().context()).wrap_bio(
        incoming, outgoing, server_hostname="pop.test")
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    return outgoing.read()


def said_to(address, octets):
    """All that is said until the connection is closed."""
    with Pop3(address, greet=False) as pop:
        try:
            pop.send(octets)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return pop.rest(timeout=10)


def is_one_refusal(said):
    return (said.startswith(b"-ERR") and said.endswith(b"\r\n")
            and said.count(b"\n") == 1)


CLEAR = {
    "pop3": b"USER alice\r\n",
    "capa": b"CAPA\r\n",
    "stls": b"STLS\r\n",
    "http": b"GET / HTTP/1.1\r\nHost: pop.test\r\n\r\n",
    "http-post": b"POST / HTTP/1.1\r\nContent-Length: 26\r\n\r\n"
                 b"USER alice\r\nPASS secret\r\n",
    "smtp": b"EHLO mail.test\r\n",
    "imap": b"a1 LOGIN alice secret\r\n",
    "ssh": b"SSH-2.0-OpenSSH_9.2\r\n",
    "newline": b"\n",
    "nul": b"\0" * 100,
    "sslv2": b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + b"\1" * 40,
}


@pytest.mark.parametrize("words", CLEAR)
def test_clear_text_to_the_tls_port(server, words):
    """One line that the user of a wrongly set client can read, and the end."""
    said = said_to(server.tls_address, CLEAR[words])
    assert is_one_refusal(said), said
    works(server)


@pytest.mark.parametrize("words", CLEAR)
def test_nothing_of_it_is_said_back(server, words):
    said = said_to(server.tls_address, CLEAR[words].replace(b"alice", b"Zqxj"))
    assert b"Zqxj" not in said


def test_tls_to_the_clear_port(server):
    """The greeting, which is said first, one reply, and the end: no record
    that somebody could take for an answer."""
    said = said_to(server.address, client_hello())
    lines = said.split(b"\r\n")
    assert lines[0].startswith(b"+OK") and lines[1].startswith(b"-ERR"), said
    assert lines[2:] == [b""], said
    works(server)


@pytest.mark.parametrize("words", ["http", "http-post", "smtp"])
def test_foreign_words_to_the_clear_port(server, words):
    said = said_to(server.address, CLEAR[words])
    lines = said.split(b"\r\n")
    assert lines[0].startswith(b"+OK") and lines[1].startswith(b"-ERR"), said
    assert lines[2:] == [b""], said


def test_garbage_in_a_record(server):
    """Behind a first octet that is TLS's: an alert, or the end; no crash."""
    chance = random.Random(3)
    for _ in range(60):
        octets = bytes([22, 3, chance.choice([0, 1, 3, 4, 200])])
        octets += chance.randbytes(chance.randrange(1, 2000))
        with Pop3(server.tls_address, greet=False) as pop:
            pop.send(octets)
            pop.sock.shutdown(socket.SHUT_WR)
            said = pop.rest(timeout=10)
        assert said == b"" or said[0] == 21, said
    works(server)


def test_a_hello_with_a_changed_octet(server):
    chance = random.Random(4)
    hello = client_hello()
    for _ in range(60):
        octets = bytearray(hello)
        octets[chance.randrange(1, len(octets))] ^= 1 << chance.randrange(8)
        with Pop3(server.tls_address, greet=False) as pop:
            pop.send(octets)
            pop.sock.shutdown(socket.SHUT_WR)
            said = pop.rest(timeout=10)
        assert said == b"" or said[0] in (20, 21, 22, 23), said
    works(server)


def test_a_hello_that_is_cut(server):
    """At every eighth octet; the client goes away at once, or later."""
    hello = client_hello()
    for end in range(1, len(hello), 8):
        with Pop3(server.tls_address, greet=False) as pop:
            pop.send(hello[:end])
            if end % 16 == 1:
                pop.sock.shutdown(socket.SHUT_WR)
                said = pop.rest(timeout=10)
                assert said == b"" or said[0] == 21
            elif end % 3 == 0:
                pop.reset()
    works(server)


class Slow:
    """A client's TLS whose octets we carry ourselves."""

    def __init__(self, address, context=None):
        self.sock = socket.create_connection(address, timeout=20)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = (context or authority().context()).wrap_bio(
            self.incoming, self.outgoing, server_hostname="pop.test")

    def carry(self, piece):
        octets = self.outgoing.read()
        for i in range(0, len(octets), piece):
            self.sock.sendall(octets[i:i + piece])
            time.sleep(0.0005)

    def until_done(self, call, piece=1):
        while True:
            try:
                done = call()
                self.carry(piece)
                return done
            except ssl.SSLWantReadError:
                self.carry(piece)
                octets = self.sock.recv(65536)
                assert octets, "closed"
                self.incoming.write(octets)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2,
                                     ssl.TLSVersion.TLSv1_3],
                         ids=lambda v: v.name)
def test_octet_by_octet(server, version):
    """Handshake and records both, each octet in a segment of its own."""
    client = Slow(server.tls_address, authority().context(version=version))
    client.until_done(client.tls.do_handshake)
    assert client.until_done(lambda: client.tls.read(512)).startswith(b"+OK")
    for line in (b"USER alice\r\n", b"PASS secret-of-alice\r\n", b"QUIT\r\n"):
        client.tls.write(line)
        assert client.until_done(lambda: client.tls.read(512)).startswith(b"+OK")
    client.sock.close()


def test_clients_that_vanish_in_the_handshake(server):
    """When the signature is made already, or is still under way."""
    for i in range(60):
        client = Slow(server.tls_address)
        with pytest.raises(ssl.SSLWantReadError):
            client.tls.do_handshake()
        client.carry(4096)
        if i % 3 == 0:
            client.sock.recv(1)
        if i % 2 == 0:
            client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                   b"\1\0\0\0\0\0\0\0")
        client.sock.close()
    works(server)
    assert len(server.roles()["key"]) == 1


def test_hellos_that_come_in_one_burst(server):
    """More at once than handshakes may wait for signatures: all are served."""
    clients = [Slow(server.tls_address) for _ in range(400)]
    for client in clients:
        with pytest.raises(ssl.SSLWantReadError):
            client.tls.do_handshake()
        client.carry(4096)
    for client in clients:
        client.until_done(client.tls.do_handshake, 4096)
        client.sock.close()
    works(server)


def test_a_half_hello_is_held_for_the_login_time_only(make_server):
    s = make_server({"login_time": "1s"}, tls=True)
    s.site.add_user(b"alice")
    s.start()
    hello = client_hello()
    began = time.monotonic()
    held = [Pop3(s.tls_address, greet=False) for _ in range(4)]
    held[1].send(hello[:5])
    held[2].send(hello[:len(hello) // 2])
    held[3].send(hello)  # and never an answer to what comes
    for pop in held:
        said = pop.rest(timeout=20)
        assert pop is held[3] or said == b"" or said[0] == 21, said
        assert 0.8 * SECOND < time.monotonic() - began < 10
        pop.close()
    works(s)


def test_a_hello_octet_by_octet_takes_no_more_than_the_login_time(make_server):
    s = make_server({"login_time": "1s"}, tls=True)
    s.start()
    began = time.monotonic()
    with Pop3(s.tls_address, greet=False) as pop:
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            for octet in client_hello():
                pop.send(bytes([octet]))
                time.sleep(0.05)
    assert time.monotonic() - began < 10


def test_dead_handshakes_leave_nothing(server):
    """No descriptor, and no memory that grows by the connection."""
    hello = client_hello()

    def waste(count):
        for i in range(count):
            with Pop3(server.tls_address, greet=False) as pop:
                pop.send(hello if i % 2 else b"\x16\3\1\2\0\1" + os.urandom(99))
                if i % 6 == 3:
                    pop.sock.recv(1)

    def measure():
        return sum(server.fd_counts().values())
    waste(50)
    before = proc.steady(measure)
    memory = [proc.memory_kib(p, "Pss") for p in server.roles()["session"]]
    waste(300)
    assert proc.steady(measure) == before
    if paths.is_sanitized():
        return
    for pid, kib in zip(server.roles()["session"], memory):
        assert proc.memory_kib(pid, "Pss") < kib + 4096


def test_the_client_refuses_the_certificate(server):
    """An alert in the middle; the log tells why and no error is made of it."""
    for how in ("tls", "stls"):
        with pytest.raises(ssl.SSLCertVerificationError):
            server.connect(how, context=ssl.create_default_context())
    works(server)
