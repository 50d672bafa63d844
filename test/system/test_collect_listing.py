# SPDX-License-Identifier: ISC
"""STAT, LIST and UIDL that do not agree: what one of them names is fetched, and
what none of them names is told."""

import pytest

from support import collector
from support.collector import assert_exactly_once
from support.odd_server import OddServer, letters, only


def lists(*numbers, line=b"%d %d"):
    """LIST of those messages alone."""
    return lambda session: only(line % (n, len(m.text))
                                for n, m, _ in session.there() if n in numbers)


UNSIZED = {
    "none": only([]),
    "no sizes": only([b"1", b"2", b"3"]),
    "another form": lists(1, 2, 3, line=b"#%d %d"),
    "one is missing": lists(1, 3),
    "beyond any size": only([b"1 99999999999999999999", b"2 10", b"3 10"]),
    "more than STAT": lists(1, 2, 3),
}


@pytest.mark.parametrize("what", UNSIZED)
def test_uidl_names_what_list_does_not(collect, what):
    mail = letters(3)
    answers = {"LIST": UNSIZED[what]}
    if what == "more than STAT":
        answers["STAT"] = b"+OK 2 20\r\n"
    with OddServer(mail, answers=answers) as server:
        collect.account(server, after="delete")
        assert collect.run("check").out.startswith(b"a\t3\t3\t")
        assert "3 new messages" in collect.fetch().out.decode()
        assert_exactly_once(collect.digests(), mail)
        assert not server.mail


def gone(collect):
    return sorted(collect.ask("SELECT uid, gone, missed FROM message"))


def test_fewer_than_stat_says(collect):
    """What is there is fetched, the rest is told, and is not taken for gone."""
    mail = letters(3)
    says = "the server says that it has 3 messages and lists 2"
    with OddServer(mail) as server:
        collect.account(server).fetch()
        before = gone(collect)
        assert [row[1:] for row in before] == [(0, 0)] * 3
        server.answers = {"LIST": lists(1, 3),
                          "UIDL": lambda s: only(
                              b"%d %s" % (n, u)
                              for n, _, u in s.there() if n != 2)}
        for command in ("fetch", "check", "list"):
            run = collect.run(command, status=collector.PROTOCOL)
            assert says in run.told, command
        assert gone(collect) == before
        new = letters(1, first=10)
        server.mail[2:] = new
        run = collect.fetch(status=collector.PROTOCOL)
        assert "1 new message" in run.out.decode() and says in run.told
        assert gone(collect)[:2] == before[:2]
        server.answers = {}
        collect.fetch()
        assert_exactly_once(collect.digests(), mail + new)
