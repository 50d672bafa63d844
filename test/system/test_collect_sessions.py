# SPDX-License-Identifier: ISC
"""Sessions, one after the other and side by side: when there is another, when
QUIT is said, and that all of it comes to an end."""

from support import collector
from support.collector import assert_exactly_once
from support.odd_server import Letter, OddServer, letters, only

def says(*more):
    return {"CAPA": only([b"TOP", b"UIDL", b"USER", *more])}


EXPIRES = {"CAPA": only([b"TOP", b"UIDL", b"USER", b"EXPIRE 0"])}


def test_login_delay(collect):
    """Who comes back too early is told so, and the server has peace."""
    mail = letters(3)
    with OddServer(mail[:2], answers=says(b"LOGIN-DELAY 600")) as server:
        collect.account(server).fetch()
        server.mail.append(mail[2])
        run = collect.fetch(status=collector.TEMPFAIL)
        assert "LOGIN-DELAY" in run.told and "600 seconds" in run.told
        assert len(server.sessions) == 1
        collect.change("UPDATE login SET last = last - 600")
        server.answers = {}
        collect.fetch()  # which takes the delay back
        collect.fetch()
        assert_exactly_once(collect.digests(), mail)


def test_login_delay_without_measure_is_none(collect):
    mail = letters(2)
    for more in (b"LOGIN-DELAY 86401", b"LOGIN-DELAY 99999999999"):
        with OddServer(mail, answers=says(more)) as server:
            collect.account(server).fetch()
            collect.fetch()
            assert len(server.sessions) == 2


def test_what_expires_is_told_to_who_keeps(collect):
    mail = letters(2)
    with OddServer(mail, answers=says(b"EXPIRE 30")) as server:
        words = "removes messages by itself after 30 days (EXPIRE)"
        for more, is_told in (({"after": "keep"}, True),
                              ({"after": None, "delete_after_days": 31}, True),
                              ({"after": None, "delete_after_days": 30}, False),
                              ({"after": "delete"}, False)):
            run = collect.account(server, **more).run("-v", "fetch")
            assert (words in run.told + run.out.decode()) == is_told, more
            assert words not in collect.fetch().told
        server.answers = says(b"EXPIRE NEVER")
        run = collect.account(server, after="keep").run("-v", "fetch")
        assert words[:20] not in run.told + run.out.decode()


def test_batches_without_unique_ids(collect):
    """Mail that stays, and is known by its text alone, fills no session: each
    would be the first one's again, for ever."""
    mail = letters(25)
    with OddServer(mail, without=["UIDL"]) as server:
        collect.account(server, batch=10, after="keep").fetch()
        assert_exactly_once(collect.digests(), mail)
        assert 3 <= len(server.sessions) <= 4
        before = len(server.sessions)
        collect.fetch()
        assert_exactly_once(collect.digests(), mail)
        assert len(server.sessions) == before + 1


def test_batches_of_what_rules_leave(collect):
    """The same for what is fetched and left, as there is no TOP."""
    mail = [Letter(b"u%d" % n, b"Subject: %s\r\n\r\n%d\r\n"
                   % (b"spam" if n < 25 else b"ham", n)) for n in range(30)]
    rules = [{"field": "Subject", "pattern": "spam", "action": "skip"}]
    with OddServer(mail, without=["UIDL", "TOP"]) as server:
        collect.account(server, batch=10, after="keep", rules=rules).fetch()
        assert_exactly_once(collect.digests(), mail[25:])
        assert len(server.sessions) <= 3


def test_expire_0_behind_a_look(collect):
    """The server deletes at QUIT what it gave, be it by TOP."""
    mail = [Letter(b"u%d" % n, b"Subject: %s\r\n\r\n%d\r\n"
                   % (b"spam" if n == 2 else b"ham", n)) for n in range(4)]
    rules = [{"field": "Subject", "pattern": "spam", "action": "skip"}]
    with OddServer(mail, answers=EXPIRES) as server:
        collect.account(server, after="keep", rules=rules).fetch(status=None)
        assert "TOP" in server.words() and "QUIT" not in server.words()
        got = [m for m in mail if m.uid != b"u2"]
        assert_exactly_once(collect.digests(), got)


def test_expire_0_and_account_check(collect):
    with OddServer(letters(2), answers=EXPIRES) as server:
        collect.account(server, after="keep")
        collect.run("account", "check", "a", status=None)
        for n in range(len(server.sessions)):
            assert "TOP" not in server.words(n)
