# SPDX-License-Identifier: ISC
"""A thousand sessions later: no more descriptors, no more memory.

The roles are not dumpable, so only root may look into /proc for either.
"""
import socket

import pytest

from support import paths, proc
from support.pop3 import Pop3


def mixed_sessions(server, count):
    """Sessions that end in every way."""
    for i in range(count):
        pop = Pop3(server.address, greet=False)
        if i % 7 == 0:
            pop.reset()
            continue
        pop.line()
        if i % 7 == 1:
            pop.close()
            continue
        pop.login(b"alice", b"secret-of-alice")
        if i % 7 > 2:
            pop.list()
            pop.retr(1)
            pop.send(b"RETR 2\r\n")
        if i % 7 == 4:
            pop.reset()
        elif i % 7 == 5:
            pop.close()
        else:
            if i % 7 > 2:
                pop.line()
                pop.body()
            pop.quit()
            continue
        proc.wait_until(lambda: is_free(server))


def is_free(server):
    return server.can_login()


def quiet(server):
    """Until no connection is open: each process has its idle number of
    descriptors."""
    return proc.steady(server.fd_counts)


@pytest.mark.parametrize("count", [140, pytest.param(1400, marks=pytest.mark.slow)])
def test_descriptors(server, count, needs_root):
    server.alice.maildir.deliver(b"Subject: x\n\n" + b"text\n" * 40_000)
    server.alice.maildir.deliver(b"Subject: x\r\n\r\n" + b"text\r\n" * 40_000)
    mixed_sessions(server, 28)
    before = quiet(server)
    mixed_sessions(server, count)
    proc.wait_until(lambda: server.fd_counts() == before,
                    what=f"{before} again, not {server.fd_counts()}")


@pytest.mark.slow
def test_memory(server, needs_root):
    if paths.is_sanitized():
        pytest.skip("the sanitizer keeps freed memory back")
    server.alice.maildir.deliver(b"Subject: x\n\n" + b"text\n" * 40_000)
    server.alice.maildir.deliver(b"Subject: x\n\n" + b"text\n" * 40_000)
    mixed_sessions(server, 700)
    before = {p: proc.memory_kib(p, "Pss") for p in server.pids()}
    mixed_sessions(server, 1400)
    for pid, kib in before.items():
        assert proc.memory_kib(pid, "Pss") - kib < 512, proc.name(pid)


def test_connections_that_never_say_a_word(server, needs_root):
    server.login(b"alice").quit()
    before = quiet(server)
    for _ in range(300):
        socket.create_connection(server.address).close()
    proc.wait_until(lambda: server.fd_counts() == before)
