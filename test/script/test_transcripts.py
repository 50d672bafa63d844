# SPDX-License-Identifier: ISC
"""Every transcript, played on the daemon over TCP (README.md)."""
from pathlib import Path

import pytest

from support import proc
from support.paths import need_build
from support.server import Server
from support.transcript import Player, Transcript

# What a transcript may need of the daemon that is started here.
HAS = {"whole"}
SCRIPTS = [p for p in sorted(Path(__file__).parent.glob("*.pop3t"))
           if Transcript(p).needs <= HAS]
USERS = {b"test": b"secret", b"blank": b"two  words ", b"latin": b"\xe9t\xe9"}


@pytest.fixture(scope="module")
def server():
    need_build()
    s = Server({"login_tries_max": 3, "maildrop": "%h"})
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


def is_unlocked(server):
    return server.can_login(b"test", b"secret")


@pytest.mark.parametrize("each", [False, True], ids=["whole", "octets"])
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.stem)
def test_transcript(server, script, each):
    transcript = Transcript(script)
    each = each and "whole" not in transcript.needs
    box = server.site.users[b"test"].maildir
    box.clear()
    for name, stored in transcript.messages():
        box.deliver(stored, name)
    proc.wait_until(lambda: is_unlocked(server))
    Player(server.address, transcript, each).play()
    proc.wait_until(lambda: is_unlocked(server))
