# SPDX-License-Identifier: ISC
"""Broken input of every kind: the connection lives, or is closed, but the
answer is always one reply a line, and nobody else notices."""
import random
import time

import pytest

from support import paths, proc
from support.pop3 import Closed

PASS = b"PASS secret-of-alice\r\n"
LOGIN = b"USER alice\r\n" + PASS


@pytest.mark.portable
def test_octet_by_octet(shared):
    shared.alice.maildir.deliver(b"Subject: x\n\n.\n")
    with shared.connect() as pop:
        pop.send_each(LOGIN + b"STAT\r\nRETR 1\r\nQUIT\r\n")
        replies = [pop.line() for _ in range(4)]
        assert all(r.startswith(b"+OK") for r in replies)
        assert pop.body() == b"Subject: x\r\n\r\n..\r\n"
        assert pop.line().startswith(b"+OK")
        pop.eof()


@pytest.mark.portable
def test_every_cut_of_a_session(shared):
    script = LOGIN + b"NOOP\r\nQUIT\r\n"
    for cut in range(len(script) + 1):
        with shared.connect() as pop:
            pop.send(script[:cut])
            time.sleep(0.001)
            pop.send(script[cut:])
            assert [pop.line()[:3] for _ in range(4)] == [b"+OK"] * 4, cut
            pop.eof()


@pytest.mark.parametrize("length", [256, 257, 300, 511, 512, 513, 1024, 4096,
                                    65536, 1_000_000])
@pytest.mark.parametrize("verb", [b"NOOP ", b"PASS ", b"x", b"RETR 1"])
def test_a_line_that_is_too_long_gets_one_error(shared, verb, length):
    """RFC 2449, section 4: 255 octets with CRLF; the rest is skipped."""
    with shared.connect() as pop:
        pop.ok(b"USER alice")
        line = verb.ljust(length - 2, b"a")
        pop.send(line + b"\r\nUSER alice\r\n" + PASS)
        assert pop.line().startswith(b"-ERR")
        assert pop.line().startswith(b"+OK")
        assert pop.line().startswith(b"+OK")
        pop.quit()


def test_a_line_of_exactly_255_octets_is_a_command(shared):
    with shared.login(b"alice") as pop:
        pop.err(b"RETR " + b"0" * 247 + b"1")
        assert pop.cmd(b"TOP 1 " + b"0" * 247).startswith(b"-ERR")
        pop.ok(b"NOOP")


def test_an_endless_line_costs_no_memory(server):
    if paths.is_sanitized():
        pytest.skip("the sanitizer's own memory hides ours")
    with server.connect() as pop:
        pids = server.roles()["session"]
        before = sum(proc.memory_kib(p, "VmRSS") for p in pids)
        for _ in range(200):
            pop.send(b"a" * 100_000)
        pop.send(b"\r\nUSER alice\r\n")
        assert pop.line().startswith(b"-ERR")
        assert pop.line().startswith(b"+OK")
        after = sum(proc.memory_kib(p, "VmRSS") for p in pids)
    assert after - before < 1024


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_bare_lf_ends_a_command_too(shared, end):
    with shared.connect() as pop:
        pop.send(LOGIN.replace(b"\r\n", end) + b"QUIT" + end)
        assert [pop.line()[:3] for _ in range(3)] == [b"+OK"] * 3
        pop.eof()


@pytest.mark.parametrize("line", [
    b"\0", b"NO\0OP", b"NOOP\0", b"\0" * 250, b"\xff\xfe", b"\x80NOOP",
    b"\rNOOP", b"NOOP\r", b"NO\rOP", b" NOOP", b"\tNOOP", b"STAT\t", b"   ",
    b".", b"RETR\t1", b"RETR 1\0", b"RETR \xb2", b"LIST +1", b"LIST 0x1",
    b"%s%n%s%n", b"\x19\x03\x01\x02\x00\x01\x00",
], ids=repr)
@pytest.mark.parametrize("state", ["authorization", "transaction"])
def test_an_odd_line_gets_one_reply(shared, line, state):
    with shared.connect() as pop:
        if state == "transaction":
            pop.login(b"alice", b"secret-of-alice")
        pop.send(line + b"\r\nXEND\r\n")
        assert pop.line()[:1] in (b"+", b"-")
        assert pop.line().startswith(b"-ERR")
        if state == "authorization":
            pop.login(b"alice", b"secret-of-alice")
        pop.quit()


@pytest.mark.parametrize("line", [
    b"GET / HTTP/1.1\r\n", b"POST / HTTP/1.1\r\nHost: a\r\n\r\nUSER alice\r\n",
    b"EHLO x\r\n", b"x HTTP/1.0\r\n", b"GET /" + b"x" * 4000 + b"\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"], ids=lambda x: repr(x[:9]))
def test_another_protocol_gets_one_reply_and_the_end(shared, line):
    with shared.connect() as pop:
        pop.send(line)
        assert pop.line().startswith(b"-ERR ")
        pop.eof()


def test_names_and_secrets_with_odd_octets(shared):
    odd = [bytes([c]) for c in range(256) if c not in b"\r\n"]
    for octet in odd[::5] + [b"\0", b" ", b"\x7f", b"/", b":"]:
        with shared.connect() as pop:
            first = pop.cmd(b"USER a" + octet + b"b")
            assert first[:1] in (b"+", b"-")
            assert pop.cmd(b"PASS " + octet * 3).startswith(b"-ERR")


@pytest.mark.parametrize("name", [
    b"../alice", b"/etc/passwd", b"..", b".", b"alice/../alice", b"alice/",
    b"alice\0", b"~alice", b"alice:x", b"alice\t", b"*", b"%u", b"alice%00"])
def test_names_that_look_like_paths(shared, name):
    with shared.connect() as pop:
        pop.cmd(b"USER " + name)
        assert pop.cmd(b"PASS secret-of-alice").startswith(b"-ERR")


@pytest.mark.portable
def test_random_garbage_harms_nobody(shared):
    rng = random.Random(110)
    bystander = shared.login(b"alice")
    for _ in range(60):
        with shared.connect() as pop:
            try:
                pop.send(bytes(rng.randrange(256) for _ in range(3000)))
                pop.send(b"\r\nQUIT\r\n")
                pop.rest(timeout=20)
            except (BrokenPipeError, ConnectionResetError, Closed):
                pass
    bystander.ok(b"NOOP")
    bystander.quit()


def test_garbage_from_the_words_of_the_protocol(shared):
    rng = random.Random(1939)
    shared.alice.maildir.deliver(b"Subject: x\n\ny\n")
    words = [b"USER", b"PASS", b"alice", b"secret-of-alice", b"STAT", b"RETR",
             b"LIST", b"TOP", b"1", b"0", b"UIDL", b"RSET", b"NOOP", b"CAPA",
             b"\r\n", b"\r\n", b"\r\n", b" ", b" ", b"\n", b"\r", b"\0"]
    for _ in range(40):
        with shared.connect() as pop:
            try:
                pop.send(b"".join(rng.choices(words, k=400)) + b"\r\nQUIT\r\n")
                answer = pop.rest(timeout=20)
            except (BrokenPipeError, ConnectionResetError):
                continue
            assert answer.endswith(b"\r\n")
    assert len(shared.alice.maildir.bases()) == 1


@pytest.mark.portable
def test_a_pipeline_of_commands(shared):
    base = shared.alice.maildir.deliver(b"Subject: x\n\ny\n")
    with shared.connect() as pop:
        pop.send(LOGIN + b"STAT\r\nLIST\r\nUIDL\r\nRETR 1\r\nDELE 1\r\nQUIT\r\n")
        assert [pop.line()[:3] for _ in range(3)] == [b"+OK"] * 3
        for _ in range(3):
            assert pop.line().startswith(b"+OK")
            assert pop.body()
        assert [pop.line()[:3] for _ in range(2)] == [b"+OK"] * 2
        pop.eof()
    assert base not in shared.alice.maildir.bases()


DEPTH = 10_000


def test_a_pipeline_of_ten_thousand(server):
    """Nobody reads until all is sent: what does not fit waits in the kernel,
    not in the server's memory."""
    server.alice.maildir.deliver(b"Subject: x\n\n" + b"text\n" * 20)
    pids = server.roles()["session"]
    with server.login(b"alice", receive_buffer=4096) as pop:
        before = max(proc.memory_kib(p, "VmRSS") for p in pids)
        want = (b"RETR 1\r\n" + b"NOOP\r\n") * (DEPTH // 2)
        pop.sock.settimeout(0.5)
        sent = 0
        try:
            while sent < len(want):
                sent += pop.sock.send(want[sent:sent + 4096])
        except TimeoutError:
            pass
        time.sleep(0.2)
        after = max(proc.memory_kib(p, "VmRSS") for p in pids)
        for i in range(DEPTH // 2):
            if sent < len(want):
                sent += pop.sock.send(want[sent:sent + 64])
            assert pop.line().startswith(b"+OK"), i
            assert pop.body()
            assert pop.line().startswith(b"+OK"), i
        pop.quit()
    if not paths.is_sanitized():
        assert after - before < 1024


@pytest.mark.portable
def test_commands_behind_quit_are_not_done(shared):
    shared.alice.maildir.deliver(b"Subject: x\n\ny\n")
    with shared.login(b"alice") as pop:
        pop.send(b"QUIT\r\nDELE 1\r\nQUIT\r\n")
        assert pop.line().startswith(b"+OK")
        assert pop.rest() == b""
    assert len(shared.alice.maildir.bases()) == 1
