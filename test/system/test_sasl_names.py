# SPDX-License-Identifier: ISC
"""What SCRAM tells of a name: nothing of whether it is a user's; and that those
who only ask keep nobody from logging in."""
import base64
import os
import threading

import pytest

from support import sasl, verifiers
from support.pop3 import Closed

NOBODIES = [b"nobody%d" % i for i in range(40)]


def challenge(server, name):
    """(salt, rounds) as the name is told."""
    with server.connect() as pop:
        reply = pop.cmd(b"AUTH SCRAM-SHA-256 " + sasl.b64(
            b"n,,n=" + name + b",r=abcdefgh"))
    assert reply.startswith(b"+ "), reply
    nonce, salt, rounds = base64.b64decode(reply[2:]).split(b",")
    assert nonce.startswith(b"r=abcdefgh")
    return salt, rounds


def test_who_has_no_verifier_looks_like_nobody(make_server):
    s = make_server()
    stored = sasl.verifier(b"another", iterations=5000)
    for i in range(5):
        s.site.make_user(b"u%d" % i, hashed=stored)
    s.site.make_user(b"locked", hashed=b"!" + stored)
    s.site.make_user(b"star", hashed=b"*")
    s.site.write_users()
    with open(s.site.dir / "users", "ab") as users:
        users.write(b"apps:::::::restante_app=telephone,0,"
                    + verifiers.app_hash(b"apps", "a" * 20) + b"\n")
    s.start()
    names = [b"u0", b"locked", b"star", b"apps", *NOBODIES]
    told = [challenge(s, name) for name in names]
    assert {rounds for _, rounds in told} == {b"i=5000"}
    assert len({len(salt) for salt, _ in told}) == 1
    assert len({salt for salt, _ in told}) == len(told)


def test_nobody_is_told_the_same_ever_after(make_server):
    """Whatever changes when no user has changed his verifier is nobody's."""
    s = make_server()
    for i in range(20):
        s.site.make_user(b"u%d" % i, hashed=sasl.verifier(
            b"another", iterations=4096 if i % 2 else 10000))
    s.site.write_users()
    s.start()
    before = [challenge(s, name) for name in NOBODIES]
    assert {rounds for _, rounds in before} == {b"i=4096", b"i=10000"}
    s.reload()
    assert [challenge(s, name) for name in NOBODIES] == before
    s.site.add_user(b"u20", hashed=sasl.verifier(b"another"))
    after = [challenge(s, name) for name in NOBODIES]
    assert [salt for salt, _ in after] == [salt for salt, _ in before]
    # One in 21 is taken for the new user now, and half of these had other
    # rounds.
    assert sum(a != b for a, b in zip(after, before)) <= 8


class Askers:
    """Ask for challenges of made-up names, and leave each time."""

    def __init__(self, server, how_many):
        self.server = server
        self.is_over = False
        self.asked = 0
        self.threads = [threading.Thread(target=self._run)
                        for _ in range(how_many)]

    def _ask(self, pop):
        name = os.urandom(6).hex().encode()
        reply = pop.cmd(b"AUTH SCRAM-SHA-256 " + sasl.b64(
            b"n,,n=" + name + b",r=abcdefgh"))
        self.asked += 1
        if reply.startswith(b"+ "):
            pop.cmd(b"*")

    def _run(self):
        while not self.is_over:
            try:
                with self.server.connect() as pop:
                    while not self.is_over:
                        self._ask(pop)
            except (OSError, Closed):
                pass  # the server has had enough of this connection

    def __enter__(self):
        for t in self.threads:
            t.start()
        return self

    def __exit__(self, *_):
        self.is_over = True
        for t in self.threads:
            t.join()


@pytest.mark.parametrize("failures_max", (0, 20))
def test_who_only_asks_keeps_nobody_out(make_server, failures_max):
    """Users whose verifiers have to be made get in at the first try."""
    s = make_server({"connections_per_address": 50,
                     "failures_max": failures_max})
    for i in range(30):
        s.site.make_user(b"u%d" % i, b"another")
    s.site.write_users()
    s.start()
    with Askers(s, 6) as askers:
        for i in range(30):
            with s.connect(source="127.0.0.9") as pop:
                sasl.login(pop, sasl.Scram(b"u%d" % i, b"another"))
                pop.quit()
    assert askers.asked > 30


def test_who_asks_too_often_is_refused(make_server):
    s = make_server({"failures_max": 20})
    s.site.add_user(b"alice", b"wonder")
    s.start()
    reply = b"+ "
    for i in range(200):
        with s.connect() as pop:
            reply = pop.cmd(b"AUTH SCRAM-SHA-256 " + sasl.b64(
                b"n,,n=x%d,r=abcdefgh" % i))
        if not reply.startswith(b"+ "):
            break
    assert reply.startswith(b"-ERR [SYS/TEMP] Too many failed"), reply
    assert 70 < i < 120  # four count as one failure
    with s.connect(source="127.0.0.9") as pop:
        sasl.login(pop, sasl.Scram(b"alice", b"wonder"))
        pop.quit()


def test_what_is_no_exchange_leaves_few_lines(make_server):
    s = make_server()
    s.site.add_user(b"alice", b"wonder")
    s.start()
    for _ in range(20):
        with s.connect() as pop:
            assert pop.cmd(b"AUTH PLAIN =").startswith(b"-ERR ")
    # and the others are counted
    assert len(s.log.match(rb"login refused")) == 1
