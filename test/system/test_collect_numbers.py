# SPDX-License-Identifier: ISC
"""Numbers of list, show and delete: they go on meaning the messages that were
shown at them, whatever other clients do meanwhile."""
import sqlite3
from contextlib import closing

import pytest

from support import collector, paths, proc
from support.odd_server import Letter, OddServer, letters
from support.typist import Typist

HOUR = 3600


def url(server):
    return f"pop3://alice@{server.at}"


def shown_before(collect, seconds):
    """As if it had been so long ago."""
    collect.change("UPDATE shown SET at = at - ?", seconds)


def uids(server):
    return [m.uid for m in server.mail]


def deleted(run):
    return [o["message"] for o in run.json() if o.get("outcome") == "deleted"]


# -- behind a list

def test_mail_that_went_changes_no_number(collect):
    mail = letters(5)
    with OddServer(mail) as server:
        collect.account(server).run("list", "a")
        del server.mail[0], server.mail[1]  # by another client: 1 and 3
        collect.run("delete", "2", "5", "a")
        assert server.gone == [mail[1], mail[4]]
        assert collect.run("show", "4", "a").out == mail[3].lf
        collect.run("delete", "4", "a")
        assert not server.mail


def test_mail_that_came_changes_no_number(collect):
    """Servers may list it anywhere."""
    mail = letters(3)
    with OddServer(mail) as server:
        collect.account(server).run("--json", "list", "a")
        server.mail[:0] = letters(2, first=10)
        assert collect.run("show", "1", "a").out == mail[0].lf
        collect.run("delete", "1-2", "a")
        assert server.gone == mail[:2]
        run = collect.run("delete", "4", "a", status=collector.CANTCREAT)
        assert "no message 4" in run.told and "restante list" in run.told
        assert len(server.mail) == 3
        collect.run("list", "a")
        collect.run("delete", "1", "a")
        assert server.gone[2].uid == b"uid-000010"


@pytest.mark.parametrize("words", [("delete", "2"), ("delete", "1-3"),
                                   ("show", "2")])
def test_a_message_that_went(collect, words):
    """It is named, and nothing is done to the others."""
    mail = letters(3)
    with OddServer(mail) as server:
        collect.account(server).run("list", "a")
        del server.mail[1]
        run = collect.run(*words, "a", status=collector.CANTCREAT)
        assert "message 2 of the list" in run.told and "uid-000002" in run.told
        assert "restante list" in run.told
        assert not run.out and server.mail == [mail[0], mail[2]]
        assert not {"DELE", "RETR"} & set(server.words())


def test_what_we_deleted_is_gone(collect):
    mail = letters(3)
    with OddServer(mail) as server:
        collect.account(server).run("list", "a")
        collect.run("delete", "1", "a")
        run = collect.run("delete", "1", "a", status=collector.CANTCREAT)
        assert "uid-000001" in run.told and server.mail == mail[1:]


def test_its_unique_id_is_another_one_s(collect):
    """A server whose unique-ids are numbers: its size shows it."""
    mail = [letters(1, 400 + 200 * n, first=n)[0] for n in (1, 2, 3)]
    with OddServer(mail, uids=lambda _, m: [
            b"%d" % n for n in range(1, len(m) + 1)]) as server:
        collect.account(server).run("list", "a")
        del server.mail[0]
        run = collect.run("delete", "2", "a", status=collector.CANTCREAT)
        assert "is another one now" in run.told
        assert server.mail == mail[1:]


def test_a_message_without_a_unique_id_of_its_own(collect):
    """Two have the same, which is none."""
    mail = [Letter(b"x", b"a\r\n"), Letter(b"y", b"bb\r\n"),
            Letter(b"x", b"ccc\r\n")]
    with OddServer(mail) as server:
        collect.account(server).run("list", "a")
        assert collect.run("show", "3", "a").out == b"ccc\n"
        for come in ([], [Letter(b"z", b"ddd\r\n")]):
            server.mail = [mail[0], mail[2], *come]
            run = collect.run("delete", "3", "a", status=collector.CANTCREAT)
            assert "message 3 of the list, has no unique-id" in run.told
            assert not server.gone


# -- whose list

def test_two_accounts(collect):
    with OddServer(letters(3)) as one, OddServer(letters(3, first=7)) as two:
        collect.account(one, "one").account(two, "two")
        collect.run("list", "one")
        del one.mail[0], two.mail[0]
        collect.run("delete", "2", "two")  # of now
        collect.run("delete", "2", "one")  # of the list
        assert uids(one) == [b"uid-000003"]
        assert uids(two) == [b"uid-000008"]


def test_an_url(collect):
    mail = letters(3)
    with OddServer(mail) as server:
        words = (url(server), "--password-file", collect.password)
        collect.run("list", *words)
        del server.mail[0]
        collect.run("delete", "2", *words)
        assert server.gone == [mail[1]]
        collect.account(server)  # the same maildrop by its name
        collect.run("delete", "3", "a")
        assert not server.mail


def rows(collect):
    return collect.ask("SELECT * FROM message ORDER BY id")


def test_beside_a_fetch(collect):
    """Nobody waits for it, or is sent away, or changes what it put down."""
    mail = letters(3)
    with OddServer(mail, answers={"RETR 2": b""}) as server:
        fetch = collect.account(server, timeout=300).start("fetch")
        proc.wait_until(lambda: server.heard and "RETR" in server.words(0))
        proc.wait_until(  # two answers came, and are DELIVERED
            lambda: [row[3] for row in rows(collect)] == [2, 2, 7])
        before = rows(collect)
        assert collect.run("show", "1", "a").out == mail[0].lf
        assert collect.run("list", "a").out.count(b"\n") == 3
        assert collect.run("check", "a").out.startswith(b"a\t1\t3\t")
        collect.run("delete", "3", "a")
        assert server.gone == mail[2:]
        assert rows(collect) == before
        assert fetch.poll() is None
        fetch.kill()
        fetch.communicate()


# -- without a list

def test_without_a_list(collect):
    """Numbers are the server's, each time; but for what was shown last."""
    mail = letters(6)
    with OddServer(mail) as server:
        collect.account(server).run("delete", "1", "a")
        collect.run("delete", "1", "a")
        assert server.gone == mail[:2]
        assert collect.run("show", "1", "a").out == mail[2].lf
        del server.mail[0]
        assert collect.run("show", "1", "a").out == mail[3].lf
        server.mail.insert(0, letters(1, first=20)[0])
        collect.run("delete", "1", "a")
        assert server.gone[2:] == [mail[3]]


def refused(collect, *words, status=collector.CANTCREAT):
    run = collect.run("delete", *words, "a", status=status)
    assert not deleted(run) and not run.out
    return run.told


def of_sizes(*sizes):
    return [letters(1, 400 + 100 * size, first=n)[0]
            for n, size in enumerate(sizes, 1)]


def test_without_uidl(collect):
    """A message is known by number, octets and how many there are; nor is a
    list from before believed."""
    mail = of_sizes(1, 2, 3, 1)
    with OddServer(mail) as server:
        collect.account(server).run("list", "a")
        server.without = {"UIDL", "CAPA"}
        collect.run("list", "a")
        assert collect.run("show", "2", "a").out == mail[1].lf
        collect.run("delete", "2", "a")
        assert server.gone == [mail[1]]
        # now there are three
        assert "list, has no unique-id" in refused(collect, "3")
        run = collect.run("show", "3", "a")
        assert run.out == mail[3].lf and "number is that of now" in run.told
        assert "list, has no unique-id" in refused(collect, "3")
        collect.run("list", "a")
        server.without = set()
        assert "list, has no unique-id" in refused(collect, "2")
        assert server.gone == [mail[1]] and "DELE" not in server.words()


@pytest.mark.parametrize("now", [(1, 2), (1, 2, 3, 1), (2, 1, 3), (1, 3, 2)])
def test_without_uidl_it_may_be_another_one(collect, now):
    """One more, one less, or another size in its place."""
    with OddServer(of_sizes(1, 2, 3), without={"UIDL", "CAPA"}) as server:
        collect.account(server).run("list", "a")
        server.mail = mail = of_sizes(*now)
        told = refused(collect, "2" if now[1] != 2 else "1")
        assert "run restante list again" in told
        assert server.mail == mail and "DELE" not in server.words()


def test_without_uidl_what_was_shown_can_be_deleted(collect):
    mail = of_sizes(1, 2, 3)
    with OddServer(mail, without={"UIDL", "CAPA"}) as server:
        collect.account(server).run("show", "2", "a")
        del server.mail[0]
        assert "run restante list again" in refused(collect, "2")
        assert collect.run("show", "1", "a").out == mail[1].lf
        collect.run("delete", "1", "a")
        assert server.gone == [mail[1]]


@pytest.mark.parametrize("hours", [23, -23])
def test_a_list_is_believed_for_a_day(collect, hours):
    mail = letters(3)
    with OddServer(mail) as server:
        collect.account(server).run("list", "a")
        shown_before(collect, hours * HOUR)
        del server.mail[0]
        collect.run("delete", "2", "a")
        assert server.gone == [mail[1]]


@pytest.mark.parametrize("hours", [25, -25, 24 * 400])
def test_a_list_that_is_too_old(collect, hours):
    """Nothing is deleted by it, nor by the numbers of now, before there is a
    new one; what is shown is the message of now, and that is said."""
    mail = letters(3)
    with OddServer(mail) as server:
        collect.account(server).run("list", "a")
        shown_before(collect, hours * HOUR)
        del server.mail[0]
        told = refused(collect, "2")
        assert ("what list showed is more than a day old; nothing was deleted:"
                " run restante list again") in told
        run = collect.run("show", "2", "a")
        assert run.out == mail[2].lf
        assert "number is that of now: what list showed is more" in run.told
        refused(collect, "1-2")
        assert server.mail == mail[1:] and "DELE" not in server.words()
        collect.run("list", "a")
        collect.run("delete", "2", "a")
        assert server.gone == [mail[2]]


@pytest.mark.parametrize("options,is_told", [((), True), (("-q",), False)])
def test_a_list_that_is_too_old_on_a_terminal(collect, options, is_told):
    mail = letters(3)
    with OddServer(mail) as server:
        collect.account(server).run("list", "a")
        shown_before(collect, 25 * HOUR)
        terminal = Typist([paths.program("restante"), *options, "show", "2",
                           "a"], {**collect.env, "TERM": "xterm"},
                          collect.home)
        assert terminal.end() == 0
        assert b"Subject: letter 2" in terminal.said
        assert (b"more than a day old" in terminal.said) == is_told


def test_what_was_shown_too_long_ago(collect):
    mail = letters(3)
    with OddServer(mail) as server:
        collect.account(server).run("show", "2", "a")
        shown_before(collect, 25 * HOUR)
        del server.mail[0]
        assert "what show showed is more than a day" in refused(collect, "2")
        run = collect.run("show", "2", "a")
        assert run.out == mail[2].lf and not run.told
        collect.run("delete", "2", "a")
        assert server.gone == [mail[2]]


def test_a_damaged_record(collect):
    """Who wants to read a message needs none; delete cannot know what was
    shown."""
    mail = letters(3)
    with OddServer(mail) as server:
        collect.account(server).run("list", "a")
        collect.record.write_bytes(b"x" * 5000)
        run = collect.run("show", "2", "a")
        assert run.out == mail[1].lf
        assert "number is that of now: the record" in run.told
        assert "damaged" in run.told
        told = refused(collect, "2", status=collector.OSERR)
        assert "damaged" in told and server.mail == mail
        assert collect.record.read_bytes() == b"x" * 5000


def test_a_list_that_cannot_be_remembered_is_not_shown(collect):
    """Its numbers would mean those of the one before."""
    with OddServer(letters(2)) as server:
        collect.account(server).run("list", "a")
        with closing(sqlite3.connect(collect.record)) as db, db:
            db.execute("DROP TABLE shown_message")
            db.execute("CREATE TABLE shown_message (account, number, uid,"
                       " octets, CHECK (number < 2))")
        run = collect.run("list", "a", status=collector.OSERR)
        assert "CHECK constraint" in run.told and b"letter" not in run.out


# -- what delete tells

def test_what_was_deleted_is_told(collect):
    mail = letters(4)
    with OddServer(mail) as server:
        collect.account(server).run("list", "a")
        del server.mail[0]
        run = collect.run("-v", "delete", "2", "2", "a")
        said = (b"a: message 2 (%d B, from sender2@example.org,"
                b' "letter 2"): deleted on the server\n')
        assert said % len(mail[1].text) in run.out
        assert run.out.count(b"deleted on the server") == 2  # and the sum
        told = deleted(collect.run("--json", "delete", "4", "a"))
        assert told == [{"number": 4, "octets": len(mail[3].text),
                         "uid": "uid-000004", "from": "sender4@example.org",
                         "subject": "letter 4"}]
        assert server.words()[-3:] == ["TOP", "DELE", "QUIT"]


def test_what_was_deleted_is_told_on_a_terminal(collect):
    with OddServer(letters(3)) as server:
        collect.account(server)
        terminal = Typist([paths.program("restante"), "delete", "2", "a"],
                          {**collect.env, "TERM": "xterm"}, collect.home)
        assert terminal.end() == 0
        assert b'sender2@example.org, "letter 2"): deleted' in terminal.said
        assert b"1 deleted on the server" in terminal.said
        assert len(server.mail) == 2


def test_what_nobody_hears_is_not_asked_for(collect):
    with OddServer(letters(3)) as server:
        run = collect.account(server).run("delete", "2", "a")
        assert run.out.startswith(b"a: 1 deleted on the server")
        assert "TOP" not in server.words()


@pytest.mark.parametrize("more", [
    {"without": ("TOP",)}, {"answers": {"TOP": b"-ERR no\r\n"}},
    {"capabilities": (b"TOP", b"UIDL", b"USER", b"EXPIRE 0")}])
def test_deleted_without_top(collect, more):
    """It was not to be had; or (EXPIRE 0) it would be taken for a RETR."""
    with OddServer(letters(3), **more) as server:
        collect.account(server)
        told = deleted(collect.run("--json", "delete", "2", "a"))
        assert (told[0]["number"], told[0]["subject"]) == (2, None)
        assert told[0]["uid"] == "uid-000002"
        assert uids(server) == [b"uid-000001", b"uid-000003"]


def test_nothing_is_deleted_if_one_is_refused(collect):
    with OddServer(letters(3), answers={"DELE 2": b"-ERR no\r\n"}) as server:
        run = collect.account(server).run("--json", "delete", "1-3", "a",
                                          status=collector.CANTCREAT)
        assert not deleted(run) and len(server.mail) == 3
