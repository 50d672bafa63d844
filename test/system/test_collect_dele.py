# SPDX-License-Identifier: ISC
"""A server that refuses DELE: that is told, and tried again."""
import pytest

from support import collector
from support.collector import assert_exactly_once
from support.odd_server import OddServer, letters

NO = b"-ERR [SYS/PERM] mailbox is read-only\r\n"


class Stubborn(OddServer):
    """Refuses DELE of those numbers (all: None), and marks nothing."""

    def __init__(self, mail, numbers=None, says=NO):
        super().__init__(mail, on={"DELE": lambda session, argument: (
            session.refused.add(int(argument))
            if self.stubborn and (numbers is None or int(argument) in numbers)
            else None)})
        self.stubborn = True
        self.answers["DELE"] = lambda session: (
            self.refuse(session, says) if session.refused else None)

    def player(self, sock, number):
        run = super().player(sock, number)
        self.sessions[-1].refused = set()
        return run

    @staticmethod
    def refuse(session, says):
        session.marked -= session.refused
        session.refused.clear()
        return says


def totals(run):
    return run.json()[-1]["totals"]


def test_dele_is_refused(collect):
    mail = letters(3)
    with Stubborn(mail) as server:
        collect.account(server, after="delete")
        for _ in range(2):
            run = collect.fetch(status=collector.TEMPFAIL)
            assert run.told == (
                'a: 3 messages could not be deleted on the server: it says '
                '"mailbox is read-only"; the next fetch tries again\n')
        run = collect.run("--json", "fetch", status=collector.TEMPFAIL)
        assert totals(run)["undeleted"] == 3 and totals(run)["deleted"] == 0
        told = [o for o in run.json() if o.get("outcome") == "undeleted"]
        assert [o["message"]["number"] for o in told] == [1, 2, 3]
        assert "read-only" in told[0]["failure"]["text"]
        run = collect.run("-v", "fetch", status=collector.TEMPFAIL)
        assert run.out.count(b": could not be deleted on the server: ") == 3
        assert server.mail == mail
        server.stubborn = False
        assert totals(collect.run("--json", "fetch"))["undeleted"] == 0
        assert not server.mail
        assert_exactly_once(collect.digests(), mail)


@pytest.mark.parametrize("batch", [0, 1])
def test_dele_of_one_is_refused(collect, batch):
    """In batches each session tries it anew: it is one message all the same."""
    mail = letters(3)
    with Stubborn(mail, numbers={1}) as server:
        collect.account(server, after="delete", batch=batch)
        if batch:
            server.mail[1:] = []
            collect.fetch(status=collector.TEMPFAIL)
            server.mail[1:] = mail[1:]
        run = collect.run("--json", "fetch", status=collector.TEMPFAIL)
        assert totals(run)["undeleted"] == 1 and totals(run)["deleted"] == 2
        assert "1 message could not" in run.json()[-1]["failure"]["text"]
        assert server.mail == mail[:1]


def test_a_long_refusal(collect):
    with Stubborn(letters(1), says=b"-ERR " + b"n" * 480 + b"\r\n") as server:
        collect.account(server, after="delete")
        run = collect.fetch(status=collector.TEMPFAIL)
        assert run.told.endswith('nnn"; the next fetch tries again\n')
        run = collect.run("delete", "1", status=collector.CANTCREAT)
        assert run.told.endswith('nnn"; nothing was deleted\n')


def test_show_and_delete_are_refused(collect):
    with Stubborn(letters(1)) as server:
        server.answers["RETR"] = b"-ERR no\r\n"
        collect.account(server)
        for command, done in (("delete", "nothing was deleted"),
                              ("show", "nothing of it was shown")):
            run = collect.run(command, "1", status=collector.CANTCREAT)
            assert run.told.endswith(f'"; {done}\n'), run
        assert server.mail
