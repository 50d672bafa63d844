# SPDX-License-Identifier: ISC
"""Commands that come in one piece: their replies go together, and none is lost
when the session ends between them."""
import pytest

from support.pop3 import Pop3

ALL = b"USER alice\r\nPASS secret\r\nSTAT\r\nNOOP\r\nQUIT\r\n"
REPLIES = [b"+OK Send PASS", b"+OK 1 messages (10 octets)", b"+OK 1 10",
           b"+OK", b"+OK Goodbye"]


@pytest.fixture
def alice(make_server):
    s = make_server({"failures_max": 100}, tls=True)
    s.site.make_user(b"alice", b"secret").maildir.deliver(b"a\r\n\r\nbcd\r\n")
    s.site.write_users()
    return s.start()


def connect(server, how):
    return server.connect(how, timeout=20)


@pytest.mark.parametrize("how", ["clear", "tls"])
def test_a_whole_session_has_one_answer(alice, how):
    with connect(alice, how) as pop:
        pop.sock.sendall(ALL)
        first = pop.sock.recv(4096)  # one piece, as it was sent
        assert first.endswith(b"Goodbye\r\n"), first
        lines = first.split(b"\r\n")[:-1]
        assert len(lines) == len(REPLIES)
        assert all(is_.startswith(want)
                   for is_, want in zip(lines, REPLIES, strict=True)), lines
        assert pop.sock.recv(1) == b""


def test_octet_by_octet_the_same(alice):
    with connect(alice, "clear") as pop:
        for i in range(len(ALL)):
            pop.sock.sendall(ALL[i:i + 1])
        for want in REPLIES:
            assert pop.line().startswith(want)


def test_a_refusal_keeps_what_was_said_before_it(alice):
    with connect(alice, "clear") as pop:
        pop.sock.sendall(b"CAPA\r\nUSER alice\r\nPASS wrong\r\nNOOP\r\n")
        assert pop.line().startswith(b"+OK")
        while pop.line() != b".":
            pass
        assert pop.line().startswith(b"+OK")
        assert pop.line().startswith(b"-ERR [AUTH]")
        assert pop.line().startswith(b"-ERR")


def test_who_leaves_meanwhile_leaves_nothing_behind(alice):
    for _ in range(50):
        with connect(alice, "clear") as pop:
            pop.sock.sendall(b"USER alice\r\nPASS secret\r\nSTAT\r\n")
    with Pop3(alice.address) as pop:
        pop.login(b"alice", b"secret")
        assert pop.stat() == (1, 10)
