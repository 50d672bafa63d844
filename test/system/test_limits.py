# SPDX-License-Identifier: ISC
"""Limits: of connections, of time, of patience; and that one who goes to a
limit takes nothing from the others."""
import socket
import time

import pytest

from support import proc
from support.pop3 import Closed, Pop3

SECOND = 1.0


@pytest.fixture
def limited(make_server):
    def start(**settings):
        s = make_server(settings)
        s.alice = s.site.add_user(b"alice")
        s.bob = s.site.add_user(b"bob")
        return s.start()
    return start


def is_refused(server, **kw):
    """Whether a new connection gets -ERR, or nothing, and is closed."""
    pop = Pop3(server.address, greet=False, **kw)
    try:
        return not pop.line().startswith(b"+OK")
    except Closed as e:
        assert e.args[0] == b""
        return True
    finally:
        pop.close()


def test_connections_per_address(limited):
    s = limited(connections_per_address=4)
    pops = [s.connect() for _ in range(4)]
    assert is_refused(s)
    assert not is_refused(s, source="127.0.0.9")
    pops.pop().quit()
    proc.wait_until(lambda: not is_refused(s))
    for pop in pops:
        pop.cmd(b"CAPA")


def test_connections_max(limited):
    s = limited(connections_max=6, connections_per_address=6)
    pops = [s.connect(source=f"127.0.0.{i + 10}") for i in range(6)]
    assert is_refused(s, source="127.0.0.99")
    for pop in pops:
        pop.close()
    proc.wait_until(lambda: not is_refused(s))


def test_the_count_is_right_after_many_connections(limited):
    """Connections that end in any way are all taken off the counters."""
    s = limited(connections_max=5, connections_per_address=5)
    for i in range(100):
        pop = Pop3(s.address, greet=False)
        if i % 3 == 0:
            pop.reset()
        else:
            pop.close()
    proc.wait_until(lambda: not is_refused(s))

    def all_five():
        pops = []
        try:
            for _ in range(5):
                pops.append(Pop3(s.address, greet=False))
                if not pops[-1].line().startswith(b"+OK"):
                    return False
        except Closed:
            return False
        finally:
            for pop in pops:
                pop.close()
        return True
    proc.wait_until(all_five)


def test_the_count_survives_a_killed_session_process(limited):
    s = limited(connections_max=6, connections_per_address=6)
    s.expect(rb"session")
    held = [s.connect() for _ in range(6)]
    before = s.roles()
    for pid in before["session"]:
        proc.kill(pid)
    for pop in held:
        pop.eof()
    s.wait_restored(before)
    proc.wait_until(lambda: _six(s))


def _six(server):
    pops = []
    try:
        for _ in range(6):
            pops.append(Pop3(server.address, greet=False, timeout=5))
            if not pops[-1].line().startswith(b"+OK"):
                return False
    except (Closed, OSError):
        return False
    finally:
        for pop in pops:
            pop.close()
    return True


def lifetime(pop):
    """Seconds until the server closes; with the last words it had."""
    began = time.monotonic()
    words = pop.rest(timeout=20)
    return time.monotonic() - began, words


def test_login_time(limited):
    s = limited(login_time="1s")
    seconds, words = lifetime(s.connect())
    assert 0.8 * SECOND <= seconds
    assert words == b"" or words.startswith(b"-ERR")
    with s.login(b"alice") as pop:
        time.sleep(1.5)
        pop.ok(b"NOOP")


def test_login_time_is_not_prolonged_by_commands(limited):
    s = limited(login_time="1s", login_tries_max=100)
    pop = s.connect()
    began = time.monotonic()
    with pytest.raises((Closed, BrokenPipeError, ConnectionResetError)):
        while time.monotonic() - began < 15:
            pop.cmd(b"USER alice")
            time.sleep(0.05)
    pop.close()


def test_idle_time(limited):
    s = limited(idle_time="1s")
    s.alice.maildir.deliver(b"Subject: x\n\n")
    pop = s.login(b"alice")
    for _ in range(5):
        time.sleep(0.4)
        pop.ok(b"NOOP")
    pop.dele(1)
    seconds, words = lifetime(pop)
    assert 0.8 * SECOND <= seconds
    assert words == b"" or words.startswith(b"-ERR")
    assert len(s.alice.maildir.bases()) == 1
    s.login(b"alice").quit()


BIG = b"Subject: big\n\n" + b"line of a big message\n" * 1_000_000


def test_a_client_that_does_not_read_is_dropped(limited):
    s = limited(stall_time="1s")
    s.alice.maildir.deliver(BIG)
    stalled = s.login(b"alice", receive_buffer=8192)
    stalled.send(b"RETR 1\r\n")
    bob = s.login(b"bob")

    def unlocked():
        bob.ok(b"NOOP")
        return s.can_login()
    proc.wait_until(unlocked, 20)
    assert not stalled.rest(timeout=10).endswith(b"\r\n.\r\n")
    bob.quit()


def test_a_slow_reader_is_not_dropped(limited):
    s = limited(stall_time="1s")
    s.alice.maildir.deliver(BIG[:4_000_000])
    with s.login(b"alice", receive_buffer=8192) as pop:
        pop.send(b"RETR 1\r\n")
        got = bytearray()
        began = time.monotonic()
        while not got.endswith(b"\r\n.\r\n"):
            octets = pop.sock.recv(200_000)
            assert octets
            got += octets
            if time.monotonic() - began < 3:
                time.sleep(0.2)
        pop.quit()


def test_a_slow_writer_holds_nothing_that_others_need(limited):
    """One octet at a time: each of many is a burden, none is a hindrance."""
    s = limited(login_time="4s")
    slow = [s.connect() for _ in range(20)]
    end = time.monotonic() + 3
    while time.monotonic() < end:
        for pop in slow:
            pop.send(b"a")
        began = time.monotonic()
        s.login(b"alice").quit()
        assert time.monotonic() - began < 3
    for pop in slow:
        lifetime(pop)


def test_login_tries(limited):
    s = limited(login_tries_max=3)
    with s.connect() as pop:
        for _ in range(3):
            pop.ok(b"USER alice")
            assert pop.cmd(b"PASS wrong").startswith(b"-ERR")
        pop.eof()
    with s.connect() as pop:
        for _ in range(2):
            pop.ok(b"USER alice")
            pop.err(b"PASS wrong", b"AUTH")
        pop.login(b"alice", b"secret-of-alice").quit()
    proc.wait_until(lambda: s.log.match(rb"user=alice"))


def test_a_secret_in_clear_text_is_for_loopback_only(make_server):
    """What is not loopback needs an address of this machine that is not."""
    address = own_address()
    if address is None:
        pytest.skip("this machine has no address but loopback")
    s = make_server({"listen": [f"{address}:0"]})
    s.site.add_user(b"alice")
    s.start()
    with s.connect() as pop:
        assert b"USER" not in pop.multi(b"CAPA").split(b"\r\n")
        # Refused at PASS only, the secret would have been sent already.
        pop.err(b"USER alice")
        pop.err(b"PASS secret-of-alice")
        pop.quit()


def own_address():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address = probe.getsockname()[0]
    return None if address.startswith("127.") else address
