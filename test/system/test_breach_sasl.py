# SPDX-License-Identifier: ISC
"""Proof by breach, of log-ins: what a captured session process may claim of its
clients, and of others'.  (The rest is in test_breach.py.)"""
import base64
import errno

import pytest

from support import proc
from support.breach import breached_server
from support.certificates import authority, client_context

REFUSED, DROPPED = errno.EACCES, errno.EPIPE
# Each: what it is told, by a client with a certificate or without, and how it
# is held.
ATTACKS = {
    "log-in-by-no-secret": ("bob", False, REFUSED),
    "log-in-by-own-secret-as": ("bob", False, REFUSED),
    "log-in-by-no-proof": ("bob", True, REFUSED),
    "log-in-by-own-proof-as": ("bob", True, REFUSED),
    "log-in-by-forged-proof": ("", True, REFUSED),
    "log-in-by-stolen-certificate": ("bobs_certificate", True, REFUSED),
    "log-in-by-proof-and-plain": ("", True, DROPPED),
    "log-in-by-odd-mechanisms": ("", False, DROPPED),
    "log-in-by-long-binding": ("", True, DROPPED),
    "log-in-by-stamp": ("bob", False, DROPPED),
}
# These are told whose exchange, on another process, they are to disturb.
ON_ANOTHER = {
    "log-in-by-step-of": REFUSED,
    "log-in-by-cancel-of": errno.ETIME,
    "log-in-by-begin-of": errno.EAGAIN,
}
ALL = [*ATTACKS, *ON_ANOTHER, "log-in-by-flood", "log-in-by-certificate"]


def certificate(name):
    return authority().client(f"breach-{name}", name, f"{name}@example.org")


@pytest.fixture
def breached():
    with breached_server({"tls_client_ca": authority().roots,
                          "tls_client_user": "common_name"}) as b:
        b.dave = b.server.site.add_user(b"dave")
        yield b


def attack(b, name, told, has_certificate):
    if told == "bobs_certificate":
        told = certificate("bob").der().hex()
    tls = None
    if has_certificate:
        tls = client_context(authority().roots, certificate("alice"))
    pop, _ = b.connect_to(b.pid, tls)
    return b.attack(name, told, by=pop)


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_is_held(breached, name):
    b = breached
    roles = b.server.roles()
    told, has_certificate, want = ATTACKS[name]
    held = attack(b, name, told, has_certificate)
    assert held == want
    if held == DROPPED:
        proc.wait_until(lambda: not proc.is_running(b.pid))
    b.audit()
    now = b.server.roles()
    assert now["auth"] == roles["auth"] and now["key"] == roles["key"]
    assert b.sibling_pid in now["session"]


def test_power_is_there(breached):
    """The owner of a certificate gets in: so the others fail for what they
    claim, not for how."""
    b = breached
    tls = client_context(authority().roots, certificate("alice"))
    pop, _ = b.connect_to(b.pid, tls)
    pop.send(b"XBREACH log-in-by-certificate alice\r\n")
    assert pop.line() == b"+OK breached"
    b.audit()


def begin_plain(b):
    """dave's exchange by way of the other process, and its number there."""
    pop, number = b.connect_to(b.sibling_pid)
    assert pop.cmd(b"AUTH PLAIN").startswith(b"+ ")
    return pop, number


def finish_plain(b, pop):
    pop.ok(base64.b64encode(b"\0dave\0" + b.dave.password))
    pop.quit()


@pytest.mark.parametrize("name", ON_ANOTHER)
def test_exchanges_of_others(breached, name):
    """Connections' numbers mean something on one channel only."""
    b = breached
    pop, number = begin_plain(b)
    assert attack(b, name, number, False) == ON_ANOTHER[name]
    finish_plain(b, pop)
    b.audit()


def test_a_flood_of_exchanges_is_its_own(breached):
    b = breached
    assert attack(b, "log-in-by-flood", 100_000, False) == errno.EBUSY
    for _ in range(3):
        pop, _ = begin_plain(b)
        finish_plain(b, pop)
    b.audit()


def test_a_stamp_of_ones_own():
    """With APOP switched on, too, it takes the user's secret."""
    with breached_server({"apop": True}) as b:
        assert attack(b, "log-in-by-stamp", "bob", False) == REFUSED
        b.audit()


def test_the_list_is_complete(breached):
    b = breached
    b.attacker.send(b"XBREACH list\r\n")
    assert b.attacker.line().startswith(b"+OK")
    listed = [name for name in b.attacker.body().decode().split()
              if name.startswith("log-in-by-")]
    assert sorted(listed) == sorted(ALL)
