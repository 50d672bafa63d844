# SPDX-License-Identifier: ISC
"""What is taken and what stays: rules, sizes, days; and what is deleted
when."""
import email.utils
import shutil
import time

import pytest

from support.collector import assert_exactly_once
from support.odd_server import Letter, OddServer, letters, only

DAY = 86_400


def rule(field, pattern, action, **more):
    return {"field": field, "pattern": pattern, "action": action, **more}


def uids(server):
    return [m.uid for m in server.mail]


@pytest.mark.parametrize("without", [(), ("TOP",)])
def test_skip(collect, without):
    """It stays on the server, is not asked for again, and never delivered."""
    mail = letters(4)
    with OddServer(mail, without=without) as server:
        collect.account(server, after="delete", rules=[
            rule("Subject", "*LETTER 2*", "skip")]).fetch()
        assert_exactly_once(collect.digests(), [mail[0], mail[2], mail[3]])
        assert uids(server) == [mail[1].uid]
        if not without:
            assert sum(w == "RETR" for w in server.words()) == 3
        collect.fetch()
        assert not {"TOP", "RETR"} & set(server.words())


def test_delete_without_delivery(collect):
    mail = letters(4)
    with OddServer(mail) as server:
        collect.account(server, after="keep", rules=[
            rule("subject", "letter 3", "delete")]).fetch()
        assert_exactly_once(collect.digests(), mail[:2] + mail[3:])
        assert uids(server) == [m.uid for m in mail[:2] + mail[3:]]


def test_folder(collect):
    mail = letters(4)
    with OddServer(mail) as server:
        collect.account(server, rules=[
            rule("From", "*sender2@*", "folder", folder="Lists")]).fetch()
        assert_exactly_once(collect.digests(), mail[:1] + mail[2:])
        assert_exactly_once(collect.digests("mail/.Lists"), mail[1:2])


def test_the_first_rule_that_matches_decides(collect):
    mail = letters(12)
    with OddServer(mail) as server:
        collect.account(server, rules=[
            rule("Subject", "letter 1?", "accept"),
            rule("Subject", "letter 1*", "skip"),
            rule("Subject", "letter 2", "skip")]).fetch()
        gone = {b"uid-000001", b"uid-000002"}
        assert_exactly_once(collect.digests(),
                            [m for m in mail if m.uid not in gone])


def test_a_folded_field_is_one_line(collect):
    text = (b"Subject: win\r\n the\r\n\t lottery\r\nX: y\r\n\r\n"
            b"Subject: not this\r\n")
    mail = [Letter(b"a", text), *letters(1)]
    with OddServer(mail) as server:
        collect.account(server, rules=[
            rule("SUBJECT", "win*the*lottery", "skip"),
            rule("Subject", "not this", "delete")]).fetch()
        assert_exactly_once(collect.digests(), letters(1))
        assert len(server.mail) == 2


def test_no_such_field(collect):
    mail = [Letter(b"a", b"no header at all\r\n"), Letter(b"b", b""),
            Letter(b"c", b"\r\nSubject: in the body\r\n")]
    with OddServer(mail) as server:
        collect.account(server, rules=[
            rule("Subject", "*", "delete")]).fetch()
        assert_exactly_once(collect.digests(), mail)


def test_size_max(collect):
    mail = letters(2) + letters(1, octets=9000, first=9)
    with OddServer(mail) as server:
        collect.account(server, after="delete", size_max="5K").fetch()
        assert_exactly_once(collect.digests(), letters(2))
        assert uids(server) == [b"uid-000009"]
        assert server.words().count("RETR") == 2
        collect.account(server, after="delete", size_max="50K").fetch()
        assert_exactly_once(collect.digests(), mail)
        assert not server.mail


LARGE = letters(2, octets=9000, first=9)


@pytest.mark.parametrize("more", [{}, {"batch": 2}, {
    "rules": [rule("Subject", "no such", "skip")]}])
def test_what_is_too_large_is_told(collect, more):
    """Without -v, at each run, and once whatever the sessions."""
    stays = b"; 2 stay on the server because they are too large\n"
    with OddServer(letters(5) + LARGE) as server:
        collect.account(server, after="delete", size_max="5K", **more)
        run = collect.fetch()
        assert run.out.startswith(b"a: 5 new messages") and (
            run.out.endswith(stays)), run
        assert collect.fetch().out == b"a: no new mail" + stays
        assert not collect.run("-q", "fetch").out
        done = collect.run("--json", "fetch").json()[-1]
        assert done["totals"]["too_large"] == 2
        done = collect.run("-q", "--json", "fetch").json()[-1]
        assert done["totals"]["too_large"] == 2
        assert server.mail == LARGE


def test_what_nobody_could_take_is_told(collect):
    """More than 4 GiB, as LIST says."""
    mail = letters(2)
    answers = {"LIST": only([b"1 %d" % len(mail[0].text), b"2 5000000000"])}
    with OddServer(mail, answers=answers) as server:
        run = collect.account(server, after="delete").fetch()
        assert run.out.endswith(
            b"; 1 stays on the server because it is too large\n")
        assert server.mail == mail[1:]


def dated(n, days):
    date = email.utils.formatdate(time.time() - days * DAY).encode()
    return Letter(b"day-%d" % n, b"Subject: %d\r\nDate: %s\r\n\r\nx\r\n"
                  % (n, date))


def test_newer_than_days(collect):
    mail = [dated(1, 0), dated(2, 6), dated(3, 8), dated(4, 4000),
            Letter(b"none", b"Subject: no date\r\n\r\nx\r\n"),
            Letter(b"odd", b"Subject: y\r\nDate: yesterday\r\n\r\nx\r\n")]
    with OddServer(mail) as server:
        collect.account(server, newer_than_days=7, after="delete").fetch()
        got = collect.digests()
        assert_exactly_once(got, [mail[0], mail[1], mail[4], mail[5]])
        assert set(uids(server)) == {b"day-3", b"day-4"}


@pytest.mark.skipif(not shutil.which("faketime"), reason="needs faketime")
def test_delete_after_days(collect):
    mail = letters(3)
    with OddServer(mail) as server:
        collect.account(server, after="delete", delete_after_days=14).fetch()
        assert len(server.mail) == 3
        server.mail += letters(1, first=50)
        for days, left in ((13, 4), (15, 1), (26, 1), (28, 0)):
            collect.prefix = ["faketime", "-f", f"+{days}d"]
            # ASan wants to be first of all libraries that are loaded before.
            collect.env["ASAN_OPTIONS"] = "verify_asan_link_order=0"
            collect.fetch()
            assert len(server.mail) == left, days
        assert_exactly_once(collect.digests(), mail + letters(1, first=50))
