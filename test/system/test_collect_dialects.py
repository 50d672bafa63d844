# SPDX-License-Identifier: ISC
"""What servers are known to say, right or wrong, that mail comes from."""
import re

import pytest

from support import collector
from support.collector import assert_exactly_once
from support.odd_server import (CAPABILITIES, Letter, OddServer, letters, only,
                                tutorial)


def fetch_and_delete(collect, server, mail):
    collect.account(server, after="delete").fetch()
    assert_exactly_once(collect.digests(), mail)
    assert not server.mail


def test_the_tutorial(collect):
    mail = letters(5)
    with tutorial(mail) as server:
        collect.account(server).fetch()
        collect.fetch()
        assert_exactly_once(collect.digests(), mail)
        fetch_and_delete(collect, server, mail)


def test_the_tutorial_s_numbers_in_its_other_form(collect):
    mail = letters(3)
    octets = sum(len(m.text) for m in mail)
    with tutorial(mail) as server:
        server.answers["LIST"] = lambda s: (b"+OK 3 %d\r\n" % octets + b"".join(
            b"%d %d\r\n" % (n, len(m.text)) for n, m, _ in s.there())
            + b".\r\n")
        server.answers["RETR 2"] = (b"+OK 2 %d\r\n" % len(mail[1].text)
                                    + mail[1].text + b".\r\n")
        fetch_and_delete(collect, server, mail)


def shifted(by):
    def listing(session):
        return only(b"%d %d" % (n, max(0, len(m.text) + by))
                    for n, m, _ in session.there())
    return listing


@pytest.mark.parametrize("by", [-1, 1, -100_000, 1_000_000])
def test_wrong_octets(collect, by):
    mail = letters(4)
    answers = {"LIST": shifted(by), "STAT": b"+OK 4 7\r\n"}
    with OddServer(mail, answers=answers) as server:
        fetch_and_delete(collect, server, mail)


def test_more_octets_than_any_message_may_have(collect):
    """They stay, and are told of; the next listing may be better."""
    mail = letters(4)
    with OddServer(mail, answers={"LIST": shifted(2 ** 40)}) as server:
        run = collect.account(server, after="delete").run("-v", "fetch")
        assert run.out.count(b": too large\n") == 4
        assert not collect.digests() and server.mail == mail
        server.answers = {}
        fetch_and_delete(collect, server, mail)


def test_size_max_is_about_what_is_listed(collect):
    """A server that counts LFs: with CRLF the message is larger."""
    mail = letters(2) + letters(1, octets=3000, first=3)
    most = len(mail[2].lf) + 1
    assert len(mail[2].text) > most

    def listing(session):
        return only(b"%d %d" % (n, len(m.lf)) for n, m, _ in session.there())
    with OddServer(mail, answers={"LIST": listing}) as server:
        collect.account(server, size_max=str(most)).fetch()
        assert_exactly_once(collect.digests(), mail)


STAT = {
    "wrong": b"+OK 3 1\r\n", "none": b"+OK\r\n", "words": b"+OK two 3\r\n",
    "negative": b"+OK -3 -7\r\n",
    "huge": b"+OK 99999999999999999999999999 1\r\n", "zero": b"+OK 0 0\r\n",
}


@pytest.mark.parametrize("stat", STAT)
def test_stat_is_not_relied_on(collect, stat):
    with OddServer(letters(4), answers={"STAT": STAT[stat]}) as server:
        fetch_and_delete(collect, server, letters(4))


def test_stat_that_counts_more(collect):
    """All that is named is fetched, and that there may be more is told."""
    with OddServer(letters(4), answers={"STAT": b"+OK 99 1\r\n"}) as server:
        collect.account(server, after="delete")
        run = collect.fetch(status=collector.PROTOCOL)
        assert "has 99 messages and lists 4" in run.told
        assert_exactly_once(collect.digests(), letters(4))
        assert not server.mail


def test_unique_ids_with_more_blanks(collect):
    mail = letters(4)
    answers = {"UIDL": lambda s: only(b"  %d   %s  " % (n, u)
                                      for n, _, u in s.there())}
    with OddServer(mail, answers=answers) as server:
        collect.account(server).fetch()
        collect.fetch()
        assert_exactly_once(collect.digests(), mail)


@pytest.mark.parametrize("text_eol", [b"\n", b"\r\n"])
def test_bare_lf(collect, text_eol):
    """All replies end so; the text as well, or not."""
    mail = letters(4) + [Letter(b"dots", b"A: b\r\n\r\n.\r\n..\r\n.x\r\n")]
    with OddServer(mail, eol=b"\n", text_eol=text_eol) as server:
        fetch_and_delete(collect, server, mail)


def test_bare_lf_within_crlf(collect):
    """A dot between bare LFs ends nothing."""
    text = (b"Subject: x\r\n\r\na\nb\n.\n+OK not a reply\n-ERR nor this\r\n"
            b"\n.\r\r\nend\r\n")
    mail = [Letter(b"a", text), *letters(2)]
    with OddServer(mail) as server:
        fetch_and_delete(collect, server, mail)


@pytest.mark.parametrize("end", [b".\r\n", b"\n.\r\n"])
def test_an_end_that_hardly_is_one(collect, end):
    """No CRLF before the last dot, or LF alone: the text is over when the
    server says the next thing; asked for it, if it says nothing.  (Of a server
    that announces PIPELINING more is expected.)"""
    broken = b"+OK\r\nSubject: x\r\n\r\nlast line" + end
    mail = letters(3)
    answers = {"RETR 2": broken}
    with OddServer(mail, answers=answers, without=("CAPA",)) as server:
        collect.account(server, after="delete", timeout=3).fetch(
            status=(0, 69, 75, 76))
        texts = collect.texts()
        assert texts.count(mail[0].lf) == 1
        assert all(t.count(b"Subject") == 1 for t in texts)
        if not server.mail:  # it was taken for whole, and is
            assert any(t.rstrip(b".\n") == b"Subject: x\n\nlast line"
                       for t in texts)


@pytest.mark.parametrize("first", [b"+OK", b"+GOODBYE", b"+", b"+ok",
                                   b"+OK\t7", b"+OKAY then"])
def test_any_plus_is_success(collect, first):
    plus = first + b"\r\n"
    answers = {v: plus for v in ("USER", "DELE", "QUIT", "NOOP")}
    answers["GREETING"] = first + b" ready\r\n"
    answers["PASS"] = lambda s: plus if s.is_in else None
    with OddServer(letters(3), answers=answers) as server:
        fetch_and_delete(collect, server, letters(3))


@pytest.mark.parametrize("capa", [
    b"-ERR\r\n", b"+OK\r\n.\r\n", b"+OK\r\nX-ODD\r\n\r\n  \r\nSASL\r\n.\r\n",
    b"+OK\r\ntop\r\nuidl\r\nsasl plain\r\n.\r\n",
    b"+OK\r\nEXPIRE -1\r\nLOGIN-DELAY x y z\r\n.\r\n"])
def test_capabilities(collect, capa):
    with OddServer(letters(3), answers={"CAPA": capa}) as server:
        fetch_and_delete(collect, server, letters(3))


def test_top_announced_and_refused(collect):
    """A rule needs the header: then from the message itself."""
    mail = letters(3)
    answers = {"TOP": b"-ERR no TOP\r\n"}
    rule = {"field": "Subject", "pattern": "letter 2", "action": "skip"}
    with OddServer(mail, answers=answers) as server:
        collect.account(server, rules=[rule]).fetch()
        assert_exactly_once(collect.digests(), [mail[0], mail[2]])


def test_uidl_announced_and_refused(collect):
    with OddServer(letters(3), answers={"UIDL": b"-ERR no\r\n"}) as server:
        collect.account(server).fetch()
        collect.fetch()
        assert_exactly_once(collect.digests(), letters(3))


def test_uidl_not_announced_but_known(collect):
    words = [w for w in CAPABILITIES if w != b"UIDL"]
    with OddServer(letters(3), capabilities=words) as server:
        fetch_and_delete(collect, server, letters(3))


def test_an_empty_maildrop(collect):
    with OddServer() as server:
        collect.account(server).fetch()
        assert server.words()[-1] == "QUIT"
        collect.maildir()  # made, if it is not there
        assert collect.texts() == []


def test_text_that_mail_software_breaks_on(collect):
    texts = [b"", b"\r\n", b"A: b\r\n", b"A: b\r\n\r\n", b".\r\n", b"..\r\n",
             b"\0\0\r\n", b"x" * 300_000 + b"\r\n", b"\r\r\n", b"a\rb\r\n",
             b"\r\n" * 5000, b".\r\n" * 5000, bytes(range(256)) + b"\r\n",
             b"From me\r\n", b"A: b\r\n\r\n.\n.\r.\r\n"]
    mail = [Letter(b"t%d" % n, t) for n, t in enumerate(texts)]
    with OddServer(mail) as server:
        fetch_and_delete(collect, server, mail)


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 1000])
def test_in_any_pieces(collect, piece):
    mail = [Letter(b"t", b"A: b\r\n\r\n.\r\n..\r\n.\r\r\n.x\r\n"), *letters(2)]
    with OddServer(mail, piece=piece, pause=0) as server:
        fetch_and_delete(collect, server, mail)


def test_log_in_by_user_and_pass_where_nothing_else_is(collect):
    with OddServer(letters(1), without=("CAPA", "AUTH")) as server:
        fetch_and_delete(collect, server, letters(1))
        assert "PASS" in server.words()


def test_apop_only_when_asked_for(collect):
    stamp = b"<1896.697170952@pop.test>"
    with OddServer(letters(1), stamp=stamp,
                   without=("CAPA", "AUTH")) as server:
        collect.account(server).fetch()
        assert "APOP" not in server.words()
        collect.account(server, auth=("APOP",)).fetch()
        assert "APOP" in server.words() and "PASS" not in server.words()


def test_no_secret_in_what_is_told(collect):
    with OddServer(letters(1)) as server:
        run = collect.account(server).run("-v", "fetch")
        assert not re.search(r"secret-of-alice", run.told)
        assert b"secret-of-alice" not in run.out
