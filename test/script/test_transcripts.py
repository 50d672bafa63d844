# SPDX-License-Identifier: ISC
"""Every transcript, played on the daemon over TCP, octet by octet too, and over
TLS (README.md)."""
from contextlib import contextmanager
from pathlib import Path

import pytest

from support import certificates, proc
from support.paths import need_build
from support.server import Server
from support.transcript import Player, Transcript

# What a transcript may need of the daemons that are started here.
HAS = {"whole", "stls"}
WAYS = ("whole", "octets", "tls")
USERS = {b"test": b"secret", b"blank": b"two  words ", b"latin": b"\xe9t\xe9"}


def played():
    """Each transcript in each way that fits it."""
    for path in sorted(Path(__file__).parent.glob("*.pop3t")):
        needs = Transcript(path).needs
        for way in WAYS if needs <= HAS else ():
            if not (way == "octets" and "whole" in needs
                    or way == "tls" and "stls" in needs):
                yield pytest.param(path, way, id=f"{path.stem}-{way}")


@contextmanager
def running(tls):
    need_build()
    s = Server({"login_tries_max": 3, "maildrop": "%h"}, tls=tls)
    for name, password in USERS.items():
        s.site.add_user(name, password, maildir=name == b"test")
    for user in s.site.users.values():
        user.owner = s.site.users[b"test"].owner
        user.home = s.site.users[b"test"].home
    s.site.write_users()
    try:
        s.start()
        yield s
    except BaseException:
        s.stop(judge=False)
        raise
    s.stop()


@pytest.fixture(scope="module")
def without_tls():
    with running(tls=False) as s:
        yield s


@pytest.fixture(scope="module")
def with_tls():
    with running(tls=True) as s:
        yield s


def is_unlocked(server):
    return server.can_login(b"test", b"secret")


@pytest.mark.parametrize("script, way", played())
def test_transcript(without_tls, with_tls, script, way):
    transcript = Transcript(script)
    needs_tls = way == "tls" or "stls" in transcript.needs
    server = with_tls if needs_tls else without_tls
    context = certificates.authority().context() if needs_tls else None
    box = server.site.users[b"test"].maildir
    box.clear()
    for name, stored in transcript.messages():
        box.deliver(stored, name)
    proc.wait_until(lambda: is_unlocked(server))
    address = server.tls_addresses[0] if way == "tls" else server.address
    Player(address, transcript, way == "octets", context,
           at_once=way == "tls").play()
    proc.wait_until(lambda: is_unlocked(server))
