# SPDX-License-Identifier: ISC
"""A server that means harm: the collector ends in time, with a sentence and an
exit code, in bounded memory; and no mail is lost or made up."""
import base64
import os
import time
from collections import Counter
from contextlib import contextmanager

import pytest

from support import collector, paths, proc
from support.collector import (assert_exactly_once, assert_none_lost, digest,
                               digests_of)
from support.letters import PASSWORD, USER
from support.odd_server import Letter, OddServer, endless, letters, only

TIMEOUT_S = 3   # of the account
SOON_S = 30     # what an end has to come within, on a busy machine
MEMORY_KIB = 200_000
FAILURES = (69, 75, 76)


@contextmanager
def fetched_from(collect, answers, without=(), soon=SOON_S, **settings):
    """A visit to such a server, which is there for another.  Whatever it does:
    nothing goes from it that is not here."""
    with OddServer(letters(3), answers=answers, without=without) as server:
        collect.account(server, timeout=TIMEOUT_S, **settings)
        begin = time.monotonic()
        process = collect.start("fetch")
        peak = watch_memory(process, soon)
        run = collect.end(process, soon)
        assert time.monotonic() - begin < soon
        assert paths.is_sanitized() or peak < MEMORY_KIB, peak
        assert_none_lost(collect.digests(), server.gone)
        yield server, run


def fetch_from(*args, **settings):
    with fetched_from(*args, **settings) as found:
        return found


def watch_memory(process, seconds):
    """The most it ever had, in KiB, until it ends."""
    peak = 0
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        try:
            peak = max(peak, proc.memory_kib(process.pid, "VmHWM"))
        except (OSError, KeyError):
            break  # it has just ended
        time.sleep(0.02)
    return peak


LINE = b"x" * 65536
NEVER_ENDING = {
    "greeting line": {"GREETING": endless(b"+OK ", LINE)},
    "greeting lines": {"GREETING": endless(b"+OK\r\n", b"+OK more\r\n" * 999)},
    "CAPA": {"CAPA": endless(b"+OK\r\n", b"X-Y\r\n" * 9999)},
    "CAPA's line": {"CAPA": endless(b"+OK\r\n", LINE)},
    "the log-in's line": {"LOGIN": endless(b"+OK ", LINE)},
    "LIST": {"LIST": endless(b"+OK\r\n", b"1 10\r\n" * 9999)},
    "LIST's line": {"LIST": endless(b"+OK\r\n1 ", b"1" * 65536)},
    "UIDL": {"UIDL": endless(b"+OK\r\n", b"1 a\r\n" * 9999)},
    "UIDL's line": {"UIDL": endless(b"+OK\r\n1 ", LINE)},
    "nonsense": {"GREETING": endless(b"", b"HTTP/1.1 400 Bad\r\n" * 999)},
    "NULs": {"GREETING": endless(b"", b"\0" * 65536)},
    "DELE's line": {"DELE": endless(b"+OK ", LINE)},
}


@pytest.mark.parametrize("what", NEVER_ENDING)
def test_without_end(collect, what):
    _, run = fetch_from(collect, NEVER_ENDING[what], after="delete")
    assert run.status in FAILURES, run
    assert run.told


@pytest.mark.parametrize("piece", [b"y" * 65536, b"z\r\n" * 20_000,
                                   b"\0" * 65536],
                         ids=["a line", "lines", "NULs"])
def test_a_message_without_end(collect, piece):
    """The limit that the user has set ends it, whatever LIST said; the others
    go on, at the next visit if not at this one."""
    answers = {"RETR 2": endless(b"+OK\r\nSubject: x\r\n\r\n", piece)}
    with fetched_from(collect, answers, size_max="10M") as (_, run):
        assert run.status in (0, *FAILURES), run
        for _ in range(3):
            collect.fetch(status=None)
        mail = letters(3)
        assert_exactly_once(collect.digests(), [mail[0], mail[2]])


LISTINGS = {
    "gaps": [b"1 10", b"5 10", b"1000 10"],
    "out of order": [b"3 10", b"1 10", b"2 10"],
    "twice": [b"1 10", b"1 20", b"2 10", b"2 10", b"3 1"],
    "too many": [b"%d 10" % n for n in range(1, 5000)],
    "negative": [b"-1 10", b"1 -10", b"2 10", b"3 10"],
    "zero": [b"0 10", b"1 10", b"2 0", b"3 10"],
    "huge": [b"1 18446744073709551616", b"4294967296 1", b"2 10",
             b"99999999999999999999999 9", b"3 10"],
    "wrapped": [b"4294967297 10", b"4294967298 10"],
    "empty lines": [b"", b"1 10", b"", b" ", b"2 10", b"3 10"],
    "words": [b"one ten", b"1", b"1 ten", b"2 10", b"+OK", b"-ERR", b"3 10"],
    "signs": [b"+1 10", b"0x1 10", b"1e0 10", b"2 1.5", b"3 10"],
    "NULs": [b"1\0 10", b"\0", b"2 10\0", b"3 10"],
    "none": [],
}


@pytest.mark.parametrize("what", LISTINGS)
@pytest.mark.parametrize("verb", ["LIST", "UIDL"])
def test_listings(collect, what, verb):
    """What is there and can be got is fetched once; nothing else is made up."""
    answers = {verb: only(LISTINGS[what])}
    with fetched_from(collect, answers) as (server, run):
        assert run.status in (0, *FAILURES), run
        assert_no_more_than(collect, letters(3))
        # Names that were wrong may be all that it had: digests tell.
        server.answers = {}
        collect.account(server, after="delete").fetch("--retry")
        assert not server.mail
        assert_exactly_once(collect.digests(), letters(3))


def assert_no_more_than(collect, mail):
    got = collect.digests()
    assert not got - digests_of(mail), "made up, or twice"


TWO = (b"+OK\r\nSubject: made up\r\n\r\nx\r\n.\r\n"
       b"+OK\r\nSubject: unasked\r\n\r\n.\r\n")
# As large as what LIST told of them.
SIZED = [m.text.replace(b"letter %d" % n, b"made up!")
         for n, m in enumerate(letters(3), 1)]
BROKEN = {
    "an unasked reply": {"STAT": b"+OK 3 10\r\n+OK and one more\r\n"},
    "two answers to LIST": {"LIST": lambda s: 2 * only(
        b"%d %d" % (n, len(m.text)) for n, m, _ in s.there())},
    "a reply of nothing": {"LOGIN": b"\r\n"},
    "a reply in clear words": {"LIST": b"OK here it is\r\n1 10\r\n.\r\n"},
    "two messages for one": {"RETR 2": TWO},
    "two for the last one": {"RETR 3": TWO},
    "two of the right size": {"RETR 2": b"".join(
        b"+OK\r\n" + text + b".\r\n" for text in SIZED[1:])},
}


MADE_UP = Counter(map(digest, [b"Subject: made up\n\nx\n",
                               b"Subject: unasked\n\n",
                               *(t.replace(b"\r", b"") for t in SIZED)]))


@pytest.mark.parametrize("what", BROKEN)
@pytest.mark.parametrize("without", [(), ("TOP",), ("UIDL",), ("TOP", "UIDL")],
                         ids=["all", "no TOP", "no UIDL", "neither"])
def test_out_of_step(collect, what, without):
    """What came so is not taken for what was asked for, and if it was, as no
    message tells whose it is, not for long: nothing is deleted for its sake."""
    with fetched_from(collect, BROKEN[what], without,
                      after="delete") as (server, run):
        if what == "an unasked reply":
            # Among the lines of UIDL it is one that says nothing; without
            # UIDL the end of LIST is waited for in vain.
            assert run.status == (collector.NETWORK if "UIDL" in without
                                  else 0), run
        else:
            assert run.status == collector.PROTOCOL, run
            assert server.mail == letters(3)
        made_up = collect.digests() - digests_of(letters(3))
        assert not made_up - MADE_UP
        server.answers = {}
        collect.fetch("--retry")
        assert not server.mail
        assert_exactly_once(collect.digests() - made_up, letters(3))


def test_port_and_tls_are_doubted_only_before_the_log_in(collect):
    doubt = "see whether server, port and tls are right"
    answers = {"GREETING": b"HTTP/1.1 400 Bad Request\r\n"}
    _, run = fetch_from(collect, answers)
    assert run.status == collector.PROTOCOL and doubt in run.told, run
    _, run = fetch_from(collect, {"RETR 1": b"what?\r\n"})
    assert run.status == collector.PROTOCOL and doubt not in run.told, run
    assert "the next fetch goes on" in run.told


def test_a_message_that_always_kills_the_connection(collect):
    """It is set aside after some tries; the others are fetched."""
    mail = letters(6)

    def die(session):
        session.end("close")
    with OddServer(mail, answers={"RETR 3": die}) as server:
        server.uids = lambda _s, mail: [m.uid for m in mail]
        collect.account(server, timeout=TIMEOUT_S)
        for _ in range(8):
            collect.fetch(status=None)
        assert_exactly_once(collect.digests(), mail[:2] + mail[3:])
        tries = [w for heard in server.heard for w in heard if w == b"RETR 3"]
        server.answers.clear()
        assert len(tries) < 8
        collect.fetch()
        assert b"RETR 3" not in server.heard[-1]
        collect.fetch("--retry")
        assert_exactly_once(collect.digests(), mail)


def test_a_refused_message_is_set_aside_or_tried_again(collect):
    mail = letters(5)
    answers = {"RETR 2": b"-ERR cannot read it\r\n"}
    with OddServer(mail, answers=answers) as server:
        collect.account(server, after="delete")
        collect.fetch(status=None)
        assert [m.uid for m in server.mail] == [mail[1].uid]
        server.answers = {"RETR 1": answers["RETR 2"]}
        for _ in range(4):
            collect.fetch(status=None)
        server.answers = {}
        collect.fetch("--retry")
        assert_exactly_once(collect.digests(), mail)
        assert not server.mail


@pytest.mark.parametrize("refusal, words", [
    (b"-ERR [SYS/TEMP] the store is slow\r\n", "the store is slow"),
    (b"-ERR mailbox temporarily unavailable\r\n", "temporarily unavailable")])
def test_not_now_is_no_try(collect, refusal, words):
    """However often a server says so, the message is not given up; and it is
    told."""
    mail = letters(4)
    with OddServer(mail, answers={"RETR 2": refusal}) as server:
        collect.account(server, batch=1)
        for _ in range(4):
            run = collect.fetch(status=collector.TEMPFAIL)
            assert "message 2" in run.told and words in run.told
            assert "set aside" not in run.told + run.out.decode()
        assert_exactly_once(collect.digests(), [mail[0], *mail[2:]])
        server.answers = {}
        collect.fetch()
        assert_exactly_once(collect.digests(), mail)


def test_what_was_set_aside_is_told_at_each_visit(collect):
    mail = letters(3)
    answers = {"RETR 2": b"-ERR cannot read it\r\n"}
    with OddServer(mail, answers=answers) as server:
        collect.account(server)
        runs = [collect.fetch(status=None) for _ in range(4)]
        assert "cannot read it" in runs[0].told
        assert "set aside: " in runs[2].told
        assert "the next fetch tries again" not in runs[2].told
        for run in runs[2:]:
            assert (b"1 set aside; restante fetch --retry tries it again now"
                    in run.out), run
        totals = collect.run("--json", "fetch").json()[-1]["totals"]
        assert (totals["set_aside"], totals["aside"]) == (0, 1)
        server.answers = {}
        assert b"set aside" not in collect.fetch("--retry").out
        assert_exactly_once(collect.digests(), mail)


def test_names_of_the_server_s_choice_go_nowhere(collect):
    """Unique-ids, as an attacker would write them."""
    evil = [b"../../../x", b"/etc/passwd", b"a/b", b"%s%n", b"'; DROP TABLE--",
            b"\x1b[2J", b"\xff\xfe", b".", b"..", b":2,S", b"\"", b"-rf"]
    mail = letters(len(evil))
    with OddServer(mail, uids=lambda _s, m: evil[:len(m)]) as server:
        run = collect.account(server).run("-v", "fetch")
        collect.fetch()
        assert_exactly_once(collect.digests(), mail)
        told = run.told.encode("utf-8", "replace") + run.out
        assert b"\x1b[2J" not in told
        for name in os.listdir(collect.home / "mail" / "new"):
            assert "/" not in name and "DROP" not in name


def test_its_words_cannot_drive_a_terminal(collect):
    answers = {"LOGIN": b"-ERR \x1b]0;evil\x07 \x9b31m no \x00 log-in\r\n"}
    _, run = fetch_from(collect, answers)
    assert run.status == collector.NOPERM
    assert not any(c in run.told for c in "\x1b\x07\x9b\0")
    assert "log-in" in run.told


MANY = 100_000


def test_listing_of_very_many(collect):
    """So many messages are listed; three exist."""
    answers = {"LIST": only(b"%d 400" % n for n in range(1, MANY + 1)),
               "UIDL": only(b"%d uid-%06d" % (n, n)
                            for n in range(1, MANY + 1))}
    with fetched_from(collect, answers, soon=collector.SECONDS,
                      after="delete") as (server, run):
        assert run.status == collector.TEMPFAIL
        assert f"message {MANY}: " in run.told
        assert server.words().count("RETR") == MANY  # each once
        assert_exactly_once(collect.digests(), letters(3))
        assert not server.mail
        server.mail, server.answers = letters(3), {}
        collect.fetch("--retry")
        assert_exactly_once(collect.digests(), letters(3))
        assert not server.mail


UNSTUFFED = (b"From: a@b\r\nSubject: x\r\n\r\nfirst part\r\n.\r\n"
             b"second part, which would be missed\r\n")


@pytest.mark.parametrize("pipelining", ["auto", "no"])
@pytest.mark.parametrize("without", [(), ("TOP",)], ids=["TOP", "no TOP"])
def test_a_dot_that_is_not_stuffed(collect, pipelining, without):
    """What looks like the end is none: the half that came proves nothing, at
    whatever visit."""
    mail = [Letter(b"u1", UNSTUFFED)]
    answers = {"RETR 1": b"+OK\r\n" + UNSTUFFED + b".\r\n"}
    with OddServer(mail, answers=answers, without=without) as server:
        for _ in range(5):
            collect.account(server, after="delete", pipelining=pipelining,
                            timeout=TIMEOUT_S).fetch(status=None)
        assert server.mail == mail


@pytest.mark.parametrize("pipelining", ["auto", "no"])
@pytest.mark.parametrize("then", ["goes on", "closes"])
def test_a_pause_behind_a_dot(collect, pipelining, then):
    """The server pauses behind a line that ends with a dot, and goes on with one
    that looks like a reply: the text is not over."""
    first = b"Subject: x\r\n\r\nfirst sentence.\r\n"
    rest = b"the rest of it\r\n"
    mail = [Letter(b"u1", first + b"-- \r\n" + rest)]

    def pausing(session):
        yield b"+OK\r\n" + first
        time.sleep(6)
        yield b"-- \r\n"
        time.sleep(1)
        if then == "closes":
            session.end("close")
        yield rest + b".\r\n"
    with OddServer(mail, answers={"RETR 1": pausing}) as server:
        collect.account(server, after="delete", pipelining=pipelining,
                        timeout=20).fetch(status=None)
        assert_none_lost(collect.digests(), server.gone)
        server.answers.clear()
        collect.fetch()
        assert not server.mail
        assert collect.texts().count(mail[0].lf) == 1


@pytest.mark.parametrize("after", ["keep", "delete"])
def test_a_message_given_as_nothing(collect, after):
    """"+OK", and no octet of what LIST has with octets: it is no message, and
    stays; the others go on, and it is fetched when it is given."""
    with OddServer(letters(3), answers={
            "RETR 2": [b"+OK\r\n.\r\n", None]}) as server:
        run = collect.account(server, after=after).fetch(
            status=collector.TEMPFAIL)
        assert "message 2: " in run.told and "gives none" in run.told
        assert_exactly_once(collect.digests(), [letters(3)[0], letters(3)[2]])
        assert letters(3)[1] in server.mail
        server.answers.clear()
        collect.fetch()
        assert_exactly_once(collect.digests(), letters(3))


@pytest.mark.parametrize("echo", ["PASS", "AUTH", "decoded"])
@pytest.mark.parametrize("how", [(), ("--json",), ("-v",)])
def test_a_refusal_that_repeats_the_password(collect, echo, how):
    secret = base64.b64encode(b"\0" + USER + b"\0" + PASSWORD)
    said = {"PASS": PASSWORD, "AUTH": secret,
            "decoded": base64.b64encode(PASSWORD)}[echo]
    with OddServer(letters(1), answers={
            "LOGIN": b"-ERR I know no <" + said + b"> here\r\n"}) as server:
        run = collect.account(server).run(*how, "fetch", status=77)
    told = run.told.encode() + run.out
    assert b"repeats the password" in told
    assert PASSWORD not in told and said not in told
