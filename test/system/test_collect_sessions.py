# SPDX-License-Identifier: ISC
"""Sessions, one after the other and side by side: when there is another, when
QUIT is said, and that all of it comes to an end."""
from support.collector import assert_exactly_once
from support.odd_server import Letter, OddServer, letters, only

EXPIRES = {"CAPA": only([b"TOP", b"UIDL", b"USER", b"EXPIRE 0"])}


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
