# SPDX-License-Identifier: ISC
"""One session a maildrop, and the lock ends with whatever held it."""
import ctypes
import os
import subprocess
import threading
import time

import pytest

from support import proc
from support.pop3 import Pop3

CLONE_NEWNET = 0x40000000


def try_login(server, name=b"alice"):
    with server.connect() as pop:
        pop.ok(b"USER " + name)
        return pop.cmd(b"PASS secret-of-" + name)


def is_free(server):
    return server.can_login()


def test_a_second_login_is_refused_whichever_process_serves_it(server):
    with server.login(b"alice") as pop:
        for _ in range(4):
            assert try_login(server).startswith(b"-ERR [IN-USE] ")
        pop.quit()
    assert is_free(server)


def test_the_lock_is_gone_before_quit_is_answered(server):
    for _ in range(100):
        with server.connect() as pop:
            pop.login(b"alice", b"secret-of-alice")
            pop.ok(b"QUIT")


@pytest.mark.parametrize("end", ["close", "reset"])
def test_who_dials_again_at_once_is_let_in(server, end):
    """A log-in waits a moment for the end of a lost session to be noticed."""
    for _ in range(100):
        pop = server.connect().login(b"alice", b"secret-of-alice")
        getattr(pop, end)()


@pytest.mark.parametrize("end", ["close", "reset"])
def test_the_lock_ends_with_the_connection(server, end):
    for _ in range(20):
        getattr(server.login(b"alice"), end)()
        proc.wait_until(lambda: is_free(server), 5)


def test_the_lock_ends_with_a_killed_session_process(server):
    server.expect(rb"restanted-session|session")
    held = server.login(b"alice")
    before = server.roles()
    for pid in before["session"]:
        proc.kill(pid)
    held.eof()
    proc.wait_until(lambda: is_connectable(server), 20)
    proc.wait_until(lambda: is_free(server), 20)
    server.wait_restored(before)


def is_connectable(server):
    try:
        server.connect(timeout=5).close()
    except (OSError, AssertionError, Exception):
        return False
    return True


def test_a_lock_holds_between_instances(make_server):
    """It is the kernel's, not a process's table."""
    one = make_server()
    alice = one.site.add_user(b"alice")
    one.start()
    two = make_server({"mail_root": one.site.mail,
                       "users": one.site.dir / "users"})
    two.start()
    with one.login(alice) as pop:
        assert not is_free(two)
        pop.quit()
    with two.login(alice):
        assert not is_free(one)
    proc.wait_until(lambda: is_free(one))


def test_shared_lock(make_server):
    s = make_server({"shared_lock": True, "sessions_per_user": 3})
    alice = s.site.add_user(b"alice")
    for i in range(4):
        alice.maildir.deliver(b"Subject: %d\n\n" % i)
    s.start()
    pops = [s.login(alice) for _ in range(3)]
    assert not is_free(s)
    pops[0].dele(1, 2)
    pops[1].dele(2, 3)
    pops[0].quit()
    pops[2].err(b"RETR 1")
    pops[2].retr(4)
    pops[1].quit()
    assert len(alice.maildir.bases()) == 1


class Network:
    """Two network namespaces with a cable between them that can be cut."""

    def __init__(self):
        tag = "%x" % (os.getpid() % 0xfffff)
        self.server_ns, self.client_ns = f"rt{tag}s", f"rt{tag}c"
        self.made = []

    def run(self, *words):
        subprocess.run(["ip", *words], check=True, capture_output=True)

    def __enter__(self):
        for ns in (self.server_ns, self.client_ns):
            self.run("netns", "add", ns)
            self.made.append(ns)
        self.run("link", "add", "v0", "netns", self.server_ns, "type", "veth",
                 "peer", "name", "v1", "netns", self.client_ns)
        for ns, dev, address in ((self.server_ns, "v0", "10.110.0.1/24"),
                                 (self.client_ns, "v1", "10.110.0.2/24")):
            self.run("-n", ns, "address", "add", address, "dev", dev)
            self.run("-n", ns, "link", "set", dev, "up")
            self.run("-n", ns, "link", "set", "lo", "up")
        return self

    def cut(self):
        """The client's interface goes: no FIN, no RST, no ICMP reaches the
        server."""
        self.run("-n", self.client_ns, "link", "del", "v1")

    def __exit__(self, *exc):
        for ns in self.made:
            self.run("netns", "del", ns)

    def connect(self, namespace, address):
        """A connection that was made inside the namespace: sockets stay in
        the one where they were made."""
        found = []

        def inside():
            with open(f"/run/netns/{namespace}", "rb") as f:
                if ctypes.CDLL(None).setns(f.fileno(), CLONE_NEWNET) == 0:
                    found.append(Pop3(address, timeout=10))
        thread = threading.Thread(target=inside)
        thread.start()
        thread.join()
        return found[0]


def test_a_client_that_vanished_does_not_hold_the_lock(make_server, needs_root):
    try:
        network = Network().__enter__()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no network namespaces here")
    try:
        s = make_server({"listen": ["10.110.0.1:0", "127.0.0.1:0"],
                         "keepalive": "2s", "plaintext": "always"},
                        prefix=("ip", "netns", "exec", network.server_ns))
        s.site.add_user(b"alice")
        s.start()
        outside, inside = s.addresses
        gone = network.connect(network.client_ns, outside)
        gone.login(b"alice", b"secret-of-alice")
        network.cut()
        began = time.monotonic()

        def free():
            with network.connect(network.server_ns, inside) as pop:
                pop.ok(b"USER alice")
                return pop.cmd(b"PASS secret-of-alice").startswith(b"+OK")
        assert not free()
        proc.wait_until(free, 20)
        assert time.monotonic() - began < 15
        s.stop()
    finally:
        network.__exit__()
