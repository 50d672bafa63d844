# SPDX-License-Identifier: ISC
"""Maildrops that take long to read delay nobody but their owners."""
import os
import signal
import time

import pytest

from support import proc

GIB = 1 << 30
TOO_LARGE = rb"SYS/PERM.*File too large"


def put_hole(box, octets):
    """A file of NULs that takes no disk, but has to be read."""
    base = box.deliver(b"")
    os.truncate(box.files()[base], octets)
    return base


@pytest.fixture
def s(make_server):
    server = make_server({"stop_time": "2s"})
    server.site.add_user(b"alice").maildir.deliver(b"Subject: 1\n\n")
    return server


def add_slow_ones(server, count, octets):
    names = [b"slow%d" % i for i in range(count)]
    for name in names:
        put_hole(server.site.add_user(name).maildir, octets)
    return names


def ask_to_log_in(server, name):
    pop = server.connect()
    pop.ok(b"USER " + name)
    pop.send(b"PASS " + server.site.users[name].password + b"\r\n")
    return pop


def log_in_often(server, seconds=10):
    began = time.monotonic()
    for i in range(20):
        server.site.users[b"alice"].maildir.deliver(b"Subject: x\n\n")
        with server.login(b"alice") as pop:
            assert pop.stat()[0] == i + 2
            pop.quit()
    assert time.monotonic() - began < seconds


def test_others_log_in_meanwhile(s):
    names = add_slow_ones(s, 8, 60 * GIB)
    s.start()
    slow = [ask_to_log_in(s, name) for name in names]
    log_in_often(s)
    assert all(pop.is_silent(0.01) for pop in slow)
    for pop in slow[:4]:
        pop.close()  # whoever gives up is no harm either
    log_in_often_again = time.monotonic()
    with s.login(b"alice") as pop:
        pop.quit()
    assert time.monotonic() - log_in_often_again < 5
    began = time.monotonic()
    s.process.send_signal(signal.SIGTERM)
    assert s.process.wait(20) == 0
    assert time.monotonic() - began < 10
    for pop in slow[4:]:
        pop.close()


def test_a_message_that_is_too_large(s):
    names = add_slow_ones(s, 8, 1024 * GIB)
    s.expect(TOO_LARGE)
    s.start()
    for pop in [ask_to_log_in(s, name) for name in names]:
        assert pop.line().startswith(b"-ERR [SYS/PERM]")
        pop.close()
    log_in_often(s)


def test_a_size_over_32_bits(s):
    alice = s.site.users[b"alice"]
    alice.maildir.clear()
    put_hole(alice.maildir, 5 * GIB)
    s.start()
    for _ in range(2):
        with s.login(b"alice", timeout=60) as pop:
            assert pop.list() == {1: 5 * GIB + 2}
            assert pop.stat() == (1, 5 * GIB + 2)
            pop.quit()


def test_a_session_process_that_dies_meanwhile(s):
    names = add_slow_ones(s, 6, 60 * GIB)
    s.expect(rb"session|signal")
    s.start()
    slow = [ask_to_log_in(s, name) for name in names]
    log_in_often(s)
    for pid in s.roles()["session"]:
        os.kill(pid, signal.SIGKILL)
    for pop in slow:
        pop.close()
    proc.wait_until(lambda: s.can_login(), seconds=20)
    # the locks are given back, and so others are read again
    again = [ask_to_log_in(s, name) for name in names]
    time.sleep(1)
    assert all(pop.is_silent(0.01) for pop in again)
    for pop in again:
        pop.close()
