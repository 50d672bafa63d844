# SPDX-License-Identifier: ISC
"""What the record says decides: after a crash, when names change or come back,
and when it is damaged."""
import os

import pytest

from support import collector
from support.collector import assert_exactly_once, digest
from support.odd_server import Letter, OddServer, letters

FETCHED, DELIVERED, DELETE_SENT, DELETED = 1, 2, 3, 4
KEEP, DELETE = {"after": "keep"}, {"after": "delete"}


def as_a_crash_leaves_it(collect):
    """All was about to be delivered: some is, and some is not."""
    for n, (base, path) in enumerate(sorted(
            collect.maildir().files().items())):
        with open(path, "rb") as f:
            known = bytes.fromhex(digest(f.read()))
        collect.change("UPDATE message SET stage = ?, delivered = 0,"
                       " place = ? WHERE digest = ?", FETCHED,
                       "maildir:" + os.fsdecode(base), known)
        if n % 3 == 0:
            os.unlink(path)


@pytest.mark.parametrize("without", [(), ("UIDL",), ("UIDL", "TOP")])
@pytest.mark.parametrize("after", [KEEP, DELETE])
def test_after_a_crash(collect, without, after):
    mail = letters(9)
    with OddServer(mail, without=without) as server:
        collect.account(server, **KEEP).fetch()
        as_a_crash_leaves_it(collect)
        collect.account(server, **after).fetch()
        assert_exactly_once(collect.digests(), mail)
        assert len(server.mail) == (0 if after is DELETE else 9)


def test_names_that_changed_behind_a_crash(collect):
    mail = letters(9)
    with OddServer(mail) as server:
        collect.account(server).fetch()
        as_a_crash_leaves_it(collect)
        for n, letter in enumerate(server.mail):
            letter.uid = b"other-%d" % n
        collect.fetch()
        assert_exactly_once(collect.digests(), mail)
        collect.fetch()
        assert_exactly_once(collect.digests(), mail)


@pytest.mark.parametrize("stage", [DELETE_SENT, DELETED])
@pytest.mark.parametrize("without", [(), ("TOP",)])
@pytest.mark.parametrize("after", [KEEP, DELETE])
def test_a_name_that_comes_back_with_other_mail(collect, stage, without, after):
    """Of the same size, too: only a look tells."""
    old = letters(4, first=10)
    new = [Letter(letter.uid, letter.text.replace(b"letter", b"LETTER"))
           for letter in old]
    with OddServer(list(old), without=without) as server:
        collect.account(server).fetch()
        collect.change("UPDATE message SET stage = ?", stage)
        server.mail[:] = new
        collect.account(server, **after).fetch()
        assert_exactly_once(collect.digests(), old + new)
        collect.fetch()
        assert_exactly_once(collect.digests(), old + new)


@pytest.mark.parametrize("stage", [DELETE_SENT, DELETED])
@pytest.mark.parametrize("without", [(), ("TOP",)])
@pytest.mark.parametrize("after", [KEEP, DELETE])
def test_mail_that_was_not_deleted_after_all(collect, stage, without, after):
    mail = letters(4)
    with OddServer(list(mail), without=without) as server:
        collect.account(server).fetch()
        collect.change("UPDATE message SET stage = ?", stage)
        collect.account(server, **after).fetch()
        assert_exactly_once(collect.digests(), mail)
        if after is DELETE:
            assert not server.mail
            return
        assert collect.ask("SELECT DISTINCT stage FROM message") == [
            (DELIVERED,)]


def test_numbers_for_names(collect):
    """Each new message gets the name of one that was deleted."""
    def numbers(_session, mail):
        return [b"%d" % n for n in range(1, len(mail) + 1)]
    mail = letters(12, first=10)
    with OddServer([], uids=numbers) as server:
        collect.account(server, **DELETE)
        for n in range(0, 12, 3):
            server.mail += mail[n:n + 3]
            collect.fetch()
            assert not server.mail
        assert_exactly_once(collect.digests(), mail)


def refusing(collect):
    """A destination that takes no letter 1 to 5 and 11 to 15, for now: five in
    a row end the fetch."""
    box = collect.home / "box"
    script = collect.home / "filter"
    script.write_text(
        "#!/bin/sh\nmail=$(mktemp)\ncat >$mail\n"
        "grep -Eq '^Subject: letter 1?[1-5]$' $mail && exit 75\n"
        f"cat $mail >>{box}\n")
    script.chmod(0o700)
    return {"deliver": ("command:" + str(script),)}, box


def gone(collect):
    return sorted(uid for uid, in collect.ask(
        "SELECT uid FROM message WHERE gone <> 0"))


def test_what_went_is_noted_beside_what_is_always_refused(collect):
    """Else such rows would stay for ever."""
    settings, box = refusing(collect)
    with OddServer(letters(8)) as server:
        collect.account(server, **settings).fetch(status=collector.TEMPFAIL)
        assert not box.exists()  # five were refused, and it ended
        collect.fetch(status=collector.TEMPFAIL)
        assert box.read_bytes().count(b"Subject: letter") == 3
        assert gone(collect) == []
        del server.mail[5:7]
        run = collect.fetch(status=collector.TEMPFAIL)
        assert "one message after the other" in run.told
        assert gone(collect) == [b"uid-000006", b"uid-000007"]


def test_what_may_have_another_name_is_not_noted_to_be_gone(collect):
    """The fetch ended before its text was seen again."""
    settings, box = refusing(collect)
    with OddServer(letters(8)) as server:
        collect.account(server, **settings).fetch(status=collector.TEMPFAIL)
        collect.fetch(status=collector.TEMPFAIL)
        server.mail[7:] = [*letters(5, first=11),
                           Letter(b"renamed", server.mail[7].text)]
        del server.mail[5]
        collect.fetch(status=collector.TEMPFAIL)
        assert gone(collect) == []
        collect.fetch(status=collector.TEMPFAIL)  # it is known again
        assert box.read_bytes().count(b"Subject: letter 8\n") == 1
        collect.fetch(status=collector.TEMPFAIL)
        assert b"uid-000008" not in gone(collect)


def test_a_damaged_record_is_not_begun_anew(collect):
    mail = letters(3)
    with OddServer(mail) as server:
        collect.account(server).fetch()
        whole = collect.record.read_bytes()
        for damage in (b"", whole[:5000], b"x" * 9000,
                       whole[:4096] + bytes(len(whole) - 4096)):
            collect.record.write_bytes(damage)
            run = collect.fetch(status=(71, 74))
            assert "damaged" in run.told and "record.sqlite" in run.told
            assert collect.record.read_bytes() == damage
            assert_exactly_once(collect.digests(), mail)
        collect.record.write_bytes(whole)
        collect.fetch()
        assert_exactly_once(collect.digests(), mail)
