# SPDX-License-Identifier: ISC
"""A server or a line that dies, or falls silent, at each point of a session:
the next visit gets the rest, and nothing twice."""
import time

import pytest

from support.collector import assert_exactly_once, assert_none_lost
from support.odd_server import Fault, OddServer, letters

TIMEOUT_S = 1
FAILURES = (69, 75, 76)
VERBS = ("GREETING", "CAPA", "USER", "PASS", "STAT", "LIST", "UIDL", "RETR",
         "RETR 3", "DELE", "DELE 3", "QUIT")
WHERE = ("before", "middle", "after")


def visit(collect, faults, **more):
    """A run with faults, which may connect again by itself; whatever it says at
    its end has to be so.  Then a run without."""
    with OddServer(letters(5), faults=faults, **more) as server:
        collect.account(server, after="delete", timeout=TIMEOUT_S)
        first = collect.fetch(status=None)
        assert_none_lost(collect.digests(), server.gone)
        if first.status == 0:
            assert not server.mail
            assert_exactly_once(collect.digests(), letters(5))
        else:
            assert first.status in FAILURES and first.told, first
        server.faults.clear()
        collect.fetch()
        assert_exactly_once(collect.digests(), letters(5))
        assert not server.mail
        collect.fetch()
        assert_exactly_once(collect.digests(), letters(5))
        return first


@pytest.mark.parametrize("does", ["close", "reset"])
@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("verb", VERBS)
def test_dies(collect, verb, where, does):
    visit(collect, [Fault(verb, where=where, does=does)])


@pytest.mark.parametrize("where", ["before", "middle"])
@pytest.mark.parametrize("does", ["close", "reset", "silence"])
def test_an_answer_to_quit_that_never_comes(collect, where, does):
    """Of a server that has deleted nothing: no success."""
    with OddServer(letters(5), faults=[
            Fault("QUIT", where=where, does=does, commits=False)]) as server:
        server.on["QUIT"] = lambda s, _: server.faults and s.marked.clear()
        collect.account(server, after="delete", timeout=TIMEOUT_S)
        assert collect.fetch(status=None).status in FAILURES
        server.faults.clear()
        collect.fetch()
        assert not server.mail
        assert_exactly_once(collect.digests(), letters(5))


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("verb", VERBS)
def test_falls_silent(collect, verb, where):
    begin = time.monotonic()
    visit(collect, [Fault(verb, where=where, does="silence")])
    assert time.monotonic() - begin < 60


def test_a_trickle_is_no_silence(collect):
    """Each octet comes within the time; all of them take longer."""
    with OddServer(letters(1, octets=10), piece=40, pause=0.25) as server:
        collect.account(server, timeout=TIMEOUT_S).fetch()
        assert_exactly_once(collect.digests(), server.mail)


@pytest.mark.parametrize("verb", ["RETR", "LIST", "UIDL"])
def test_a_drip_ends(collect, verb):
    """Each octet comes in time, and there is no end of them."""
    with OddServer(letters(2), answers={verb: drip(b"+OK here it is\r\n")}
                   ) as server:
        begin = time.monotonic()
        run = collect.account(server, timeout=TIMEOUT_S).fetch(status=69)
        assert "says next to nothing" in run.told
        assert time.monotonic() - begin > 4 * TIMEOUT_S
        server.answers.clear()
        collect.fetch()
        assert_exactly_once(collect.digests(), server.mail)


def drip(first):
    def octets(_session):
        yield first
        while True:
            time.sleep(TIMEOUT_S / 4)
            yield b"1"
    return octets


def test_no_server_at_all(collect):
    with OddServer() as server:
        pass
    run = collect.account(server).fetch(status=69)
    assert f"127.0.0.1) port {server.port}: Connection refused" in run.told


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
    """What was whole when the line died was delivered; one was cut."""
    mail = letters(10)
    with OddServer(mail, faults=[Fault("RETR", nth=nth, where="middle",
                                       session=0)]) as server:
        collect.account(server, pipelining="no").fetch(status=None)
        collect.fetch()
        assert_exactly_once(collect.digests(), mail)
        retrs = sum(server.words(n).count("RETR")
                    for n in range(len(server.heard)))
        assert retrs <= len(mail) + 1
