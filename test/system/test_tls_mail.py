# SPDX-License-Identifier: ISC
"""Mail over TLS comes as it was: big, pipelined, slowly, octet by octet; and a
session's end is what it is without TLS."""
import ssl
import time

import pytest

from support.certificates import authority
from support.paths import need_build
from support.server import Server
from support.site import HOWS
from support.wire import wire

V = ssl.TLSVersion


@pytest.fixture(scope="module")
def server():
    need_build()
    s = Server({"connections_per_address": 1000, "login_tries_max": 3}, tls=True)
    s.site.add_user(b"alice")
    try:
        s.start()
        yield s
    except BaseException:
        s.stop(judge=False)
        raise
    s.stop()


BIG = b"Subject: big\n\n" + b"%d bottles of beer\n.dots\n" * 2_000_000


def test_a_big_message_comes_as_it_is(server):
    """50 MB, once stored as it is sent and once not."""
    alice = server.site.users[b"alice"]
    alice.maildir.clear()
    texts = [BIG, wire(BIG[:10_000_000].replace(b"\n.", b"\n"))]
    for i, text in enumerate(texts):
        alice.maildir.deliver(text, b"%d" % i)
    with server.login(alice, how="tls") as pop:
        for i, text in enumerate(texts):
            got = pop.retr(i + 1)
            assert len(got) == len(wire(text)) and got == wire(text)
        pop.quit()
    alice.maildir.clear()


@pytest.mark.parametrize("how", HOWS[1:])
def test_many_commands_at_once(server, how):
    alice = server.site.users[b"alice"]
    alice.maildir.clear()
    text = b"Subject: x\n\n" + b".line\n" * 3000
    for _ in range(20):
        alice.maildir.deliver(text)
    with server.login(alice, how=how) as pop:
        pop.send(b"".join(b"RETR %d\r\nNOOP\r\n" % (i % 20 + 1)
                          for i in range(200)))
        for _ in range(200):
            assert pop.line().startswith(b"+OK")
            assert len(pop.body()) == 14 + 8 * 3000
            assert pop.line().startswith(b"+OK")
        pop.quit()


def test_octet_by_octet(server):
    """Each in a record of its own."""
    with server.connect("tls") as pop:
        pop.send_each(b"USER alice\r\nPASS secret-of-alice\r\nSTAT\r\nQUIT\r\n")
        for _ in range(4):
            assert pop.line().startswith(b"+OK")
        pop.eof()


def test_a_slow_reader_gets_all(make_server):
    s = make_server({"stall_time": "2s"}, tls=True)
    alice = s.site.add_user(b"alice")
    alice.maildir.deliver(BIG[:4_000_000])
    s.start()
    with s.login(alice, how="tls", receive_buffer=8192) as pop:
        pop.send(b"RETR 1\r\n")
        got = bytearray()
        began = time.monotonic()
        while not got.endswith(b"\r\n.\r\n"):
            octets = pop.sock.recv(200_000)
            assert octets
            got += octets
            if time.monotonic() - began < 3:
                time.sleep(0.05)
        assert b"\r\n.." in got
        pop.quit()


def test_who_does_not_read_is_dropped(make_server):
    s = make_server({"stall_time": "1s"}, tls=True)
    alice = s.site.add_user(b"alice")
    alice.maildir.deliver(BIG)
    s.start()
    stalled = s.login(alice, how="tls", receive_buffer=8192)
    stalled.send(b"RETR 1\r\n")
    end = time.monotonic() + 20
    while not s.can_login():
        assert time.monotonic() < end
        time.sleep(0.1)
    assert not stalled.rest(timeout=10).endswith(b"\r\n.\r\n")
    stalled.close()


@pytest.mark.parametrize("version", [V.TLSv1_2, V.TLSv1_3], ids=lambda v: v.name)
@pytest.mark.parametrize("how", HOWS[1:])
def test_a_session_that_ends_without_quit(server, how, version):
    """DELE without QUIT removes nothing, however TLS ends."""
    alice = server.site.users[b"alice"]
    alice.maildir.clear()
    alice.maildir.deliver(b"Subject: x\n\n")
    context = authority().context(version=version)
    for end in ("unwrap", "close", "reset"):
        pop = server.login(alice, how=how, context=context)
        pop.dele(1)
        if end == "unwrap":
            pop.sock.unwrap()
        (pop.reset if end == "reset" else pop.close)()
        server.login(alice).quit()
        assert len(alice.maildir.bases()) == 1


def test_the_end_is_announced(server):
    """QUIT, a mistake too many and a time limit all end with close_notify:
    Pop3.eof() demands it."""
    with server.connect("tls") as pop:
        pop.quit()
    with server.connect("tls") as pop:
        for _ in range(server.settings["login_tries_max"]):
            pop.ok(b"USER alice")
            reply = pop.cmd(b"PASS wrong")
        assert reply.startswith(b"-ERR")
        pop.eof()
