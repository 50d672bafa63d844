# SPDX-License-Identifier: ISC
"""A server or a line that dies, or falls silent, at each point of a session:
the next visit gets the rest, and nothing twice."""
import time

import pytest

from support.collector import assert_exactly_once
from support.odd_server import Fault, OddServer, letters

TIMEOUT_S = 1
FAILURES = (69, 75, 76)
VERBS = ("GREETING", "CAPA", "USER", "PASS", "STAT", "LIST", "UIDL", "RETR",
         "RETR 3", "DELE", "DELE 3", "QUIT")
WHERE = ("before", "middle", "after")


def visit(collect, faults, **more):
    with OddServer(letters(5), faults=faults, **more) as server:
        collect.account(server, after="delete", timeout=TIMEOUT_S)
        first = collect.fetch(status=None)
        for m in server.gone:
            assert m.lf in collect.texts(), "gone, and not here"
        server.faults.clear()
        server.pause, server.piece = 0, None
        collect.fetch()
        assert_exactly_once(collect.digests(), letters(5))
        assert not server.mail
        collect.fetch()
        assert_exactly_once(collect.digests(), letters(5))
        was_hit = any(f.nth <= s.counts.get(f.verb, 0)
                      for f in faults for s in server.sessions[:1])
        return first, was_hit


@pytest.mark.parametrize("does", ["close", "reset"])
@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("verb", VERBS)
def test_dies(collect, verb, where, does):
    for is_committed in (True, False) if verb == "QUIT" else (True,):
        first, was_hit = visit(collect, [Fault(verb, where=where, does=does,
                                               commits=is_committed)])
        assert first.status in (0, *FAILURES), first
        if was_hit and (verb, where) not in (("QUIT", "after"),
                                             ("STAT", "before")):
            # A line that brought something is tried again in the same run.
            assert first.status != 0 or verb in ("CAPA", "QUIT") or \
                len(collect.texts()) == 5, first
        collect = type(collect)(collect.home / "again")


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("verb", VERBS)
def test_falls_silent(collect, verb, where):
    begin = time.monotonic()
    first, was_hit = visit(collect, [Fault(verb, where=where, does="silence")])
    assert first.status in (0, *FAILURES), first
    assert not was_hit or first.status != 0 or verb == "QUIT" or \
        "5 new messages" in first.out.decode()
    assert time.monotonic() - begin < 60
    if was_hit and verb not in ("QUIT", "CAPA"):
        assert first.told or first.status == 0


def test_a_trickle_is_no_silence(collect):
    """Each octet comes within the time; all of them take longer."""
    with OddServer(letters(1, octets=10), piece=40, pause=0.25) as server:
        collect.account(server, timeout=TIMEOUT_S).fetch()
        assert_exactly_once(collect.digests(), server.mail)


def test_no_server_at_all(collect):
    with OddServer() as server:
        pass
    run = collect.account(server).fetch(status=69)
    assert "127.0.0.1" in run.told or "account" in run.told or "a:" in run.told


def test_a_line_that_dies_once_a_visit(collect):
    """In batches: whatever is whole at the end of one stays done, so that it
    gets on however short each visit is."""
    mail = letters(30)
    with OddServer(mail, faults=[Fault("RETR", nth=8, where="middle")],
                   pause=0) as server:
        collect.account(server, after="delete", batch=4, timeout=5)
        for _ in range(30):
            collect.fetch(status=None)
            if not server.mail:
                break
        assert not server.mail
        assert_exactly_once(collect.digests(), mail)
        retrs = sum(server.words(n).count("RETR")
                    for n in range(len(server.heard)))
        assert retrs < 3 * len(mail)


@pytest.mark.parametrize("nth", [1, 2, 7])
def test_a_fetched_message_is_not_fetched_again(collect, nth):
    """What was whole when the line died was delivered."""
    mail = letters(10)
    with OddServer(mail, faults=[Fault("RETR", nth=nth, where="middle",
                                       session=0)]) as server:
        collect.account(server, pipelining="no").fetch(status=None)
        whole = nth - 1
        if whole == 0:  # nothing came: this run does not try the line again
            assert not collect.digests()
            collect.fetch()
        assert_exactly_once(collect.digests(), mail)
        assert server.words(0).count("RETR") == nth
        assert server.words(1).count("RETR") == 10 - whole
