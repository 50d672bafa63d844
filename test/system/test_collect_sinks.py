# SPDX-License-Identifier: ISC
"""Where mail goes: Maildir, mbox, a command, LMTP, SMTP, standard output."""
import fcntl
import json
import os
import shutil
import signal
import sys
from collections import Counter

import pytest

from support import collector, corpus
from support.collector import (assert_exactly_once, count_mbox, digest,
                               digests_of)
from support.mail_server import MailServer
from support.odd_server import Letter, OddServer, letters
from support.wire import wire

FROM_LINES = Letter(b"from", b"Subject: x\r\n\r\nFrom here\r\n>From there\r\n"
                             b">>From far\r\n\r\nFrom  nowhere\r\n")
KEEPS = """import os, sys
text = sys.stdin.buffer.read()
with open(os.path.join(sys.argv[1], str(os.getpid())), "wb") as f:
    f.write(text)
"""


def nasty():
    """The corpus, without what has no text."""
    made = corpus.make(120, big_octets=300_000, odd_names=False)
    return [Letter(b"%d" % n, wire(m.stored)) for n, m in enumerate(made)]


# -- Maildir

def test_maildir(collect):
    mail = nasty()
    with OddServer(mail) as server:
        collect.account(server, after="delete").fetch()
        assert_exactly_once(collect.digests(), mail)
        assert not collect.temporaries()
        for name in os.listdir(collect.home / "mail/new"):
            assert (collect.home / "mail/new" / name).stat().st_mode & 0o77 == 0
        assert not os.listdir(collect.home / "mail/cur")


def test_a_maildir_that_is_none(collect):
    """Nothing is deleted, nothing lost."""
    (collect.home / "mail").write_bytes(b"a file\n")
    with OddServer(letters(3)) as server:
        run = collect.account(server, after="delete").fetch(
            status=(collector.CANTCREAT, collector.CONFIG))
        assert "mail" in run.told
        assert len(server.mail) == 3
        (collect.home / "mail").unlink()
        collect.fetch()
        assert_exactly_once(collect.digests(), letters(3))


# -- mbox

def mbox_of(collect):
    return Counter(map(digest, collect.mbox_texts()))


def mbox_want(mail):
    """A line end is added where there is none: mbox has no other way."""
    return Counter(digest(m.lf if m.lf.endswith(b"\n") or not m.lf
                          else m.lf + b"\n") for m in mail)


def mbox_account(collect, server, **more):
    return collect.account(server, deliver=f"mbox:{collect.home}/mbox", **more)


def test_mbox(collect):
    mail = [*nasty(), FROM_LINES]
    with OddServer(mail) as server:
        mbox_account(collect, server, after="delete").fetch()
        assert mbox_of(collect) == mbox_want(mail)
        assert count_mbox(collect.home / "mbox") == len(mail)
        assert not server.mail
        assert (collect.home / "mbox").stat().st_mode & 0o77 == 0
        assert not (collect.home / "mbox.lock").exists()


def test_mbox_that_others_write_to(collect):
    """What is there stays as it is."""
    there = b"From me Thu Nov 23 02:45:01 2023\nSubject: old\n\nold\n\n"
    for text in (there, there[:-1], there[:-2]):
        (collect.home / "mbox").write_bytes(text)
        shutil.rmtree(collect.home / ".local", ignore_errors=True)
        with OddServer(letters(2)) as server:
            mbox_account(collect, server).fetch()
        assert (collect.home / "mbox").read_bytes().startswith(text)
        assert collect.mbox_texts()[1:] == [m.lf for m in letters(2)]


def test_a_locked_mbox(collect):
    """Held by another: nothing is written, nothing deleted; then it goes on."""
    path = collect.home / "mbox"
    path.touch()
    with OddServer(letters(2)) as server, open(path, "r+b") as held:
        fcntl.lockf(held, fcntl.LOCK_EX)
        run = mbox_account(collect, server, after="delete").fetch(status=None)
        assert run.status in (collector.TEMPFAIL, collector.CANTCREAT), run
        assert path.read_bytes() == b"" and len(server.mail) == 2
        fcntl.lockf(held, fcntl.LOCK_UN)
        collect.fetch()
        assert mbox_of(collect) == digests_of(letters(2))


# -- a command

def command(collect, text=KEEPS, *words):
    script = collect.home / "deliver.py"
    script.write_text(text, encoding="utf-8")
    box = collect.home / "box"
    box.mkdir(exist_ok=True)
    return ("command:" + sys.executable, str(script), str(box), *words)


def boxed(collect):
    return Counter(digest((collect.home / "box" / n).read_bytes())
                   for n in os.listdir(collect.home / "box"))


def test_a_command(collect):
    mail = nasty()
    with OddServer(mail) as server:
        collect.account(server, after="delete",
                        deliver=command(collect)).fetch()
        assert boxed(collect) == digests_of(mail)
        assert not server.mail


@pytest.mark.parametrize("code,goes_on", [(75, True), (71, False),
                                          (65, True), (77, True), (1, False),
                                          ("signal", False)])
def test_a_command_that_fails(collect, code, goes_on):
    """For one message of three; sysexits tell whether it is worth another
    try.  Whatever it is, nothing is deleted that was not taken."""
    end = "os.kill(os.getpid(), 9)" if code == "signal" else f"sys.exit({code})"
    fails = ("import os, sys\ntext = sys.stdin.buffer.read()\n"
             f"if b'Subject: letter 2' in text: {end}\n"
             "open(os.path.join(sys.argv[1], str(os.getpid())), 'wb')"
             ".write(text)\n")
    mail = letters(3)
    with OddServer(mail) as server:
        collect.account(server, after="delete",
                        deliver=command(collect, fails)).fetch(status=None)
        assert mail[1] in server.mail
        taken = boxed(collect)
        assert not taken - digests_of([mail[0], mail[2]])
        for m in server.gone:
            assert taken[digest(m.lf)] == 1
        want = [mail[0], mail[2]] if goes_on else mail[:1]
        assert_exactly_once(taken, want)
        assert server.gone == want
        command(collect, KEEPS)
        collect.fetch("--retry")
        assert_exactly_once(boxed(collect), mail)
        assert not server.mail


def test_a_command_that_does_not_read(collect):
    """It ends with 0 before it has read all: taken, as it says."""
    with OddServer(letters(2, octets=500_000)) as server:
        collect.account(server, after="delete",
                        deliver=("command:/bin/true",)).fetch()
        assert not server.mail


def test_a_parent_that_ignores_children(collect):
    """SIGCHLD may come ignored from who starts us: commands still end with a
    code, and what they took is not delivered again."""
    with OddServer(letters(3)) as server:
        collect.account(server, after="delete", deliver=command(collect))
        old = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        try:
            collect.start("fetch").communicate()
        finally:
            signal.signal(signal.SIGCHLD, old)
        assert not server.mail
    assert_exactly_once(boxed(collect), letters(3))


def test_no_such_command(collect):
    with OddServer(letters(2)) as server:
        collect.account(server, after="delete", deliver=(
            "command:/nonexistent/mda",)).fetch(
            status=(collector.CANTCREAT, collector.CONFIG, 75))
        assert len(server.mail) == 2


def test_a_command_s_words_are_no_shell_s(collect):
    with OddServer(letters(1)) as server:
        collect.account(server, deliver=command(
            collect, KEEPS + "import json\njson.dump(sys.argv[2:], open("
            "sys.argv[1] + '/../words', 'w'))\n", "$HOME", "`id`", "a b",
            ";true")).fetch()
        assert json.loads((collect.home / "words").read_text()) == [
            "$HOME", "`id`", "a b", ";true"]


# -- LMTP and SMTP

@pytest.mark.parametrize("kind", ["LMTP", "SMTP", "socket"])
def test_mail_servers(collect, kind):
    mail = [m for m in nasty() if b"\0" not in m.text
            and b"\r" not in m.lf and len(max(m.lf.split(b"\n"))) < 900]
    path = collect.home / "lmtp" if kind == "socket" else None
    with OddServer(mail) as server, MailServer(
            "SMTP" if kind == "SMTP" else "LMTP", path) as box:
        to = f"lmtp:{path}" if path else (
            f"{kind.lower()}:127.0.0.1:{box.address[1]}")
        collect.account(server, after="delete", deliver=to,
                        recipient="alice@example.org").fetch()
        assert Counter(map(digest, box.texts())) == digests_of(mail)
        assert {r for _, r, _ in box.mail} == {b"alice@example.org"}
        assert not server.mail


def test_text_that_smtp_cannot_carry(collect):
    """A bare LF in SMTP's text is how mail is smuggled: CRLF it is, always."""
    evil = Letter(b"e", b"Subject: x\r\n\r\na\n.\nMAIL FROM:<evil@x>\r\n"
                        b".\r\nRCPT TO:<y>\r\n")
    with OddServer([evil]) as server, MailServer() as box:
        collect.account(server, recipient="a@b.c",
                        deliver=f"lmtp:127.0.0.1:{box.address[1]}").fetch()
        assert box.texts() == [evil.text.replace(b"\r\n", b"\n")]
        assert not any(b"evil" in w for w in box.heard)


@pytest.mark.parametrize("answer,is_aside", [(b"452 full\r\n", False),
                                             (b"554 never\r\n", True),
                                             (None, None)])
def test_a_mail_server_that_refuses_one(collect, answer, is_aside):
    """Or says nothing and goes."""
    mail = letters(3)
    with OddServer(mail) as server, MailServer(
            answers={".": [b"250 ok\r\n", answer]}) as box:
        collect.account(server, after="delete", recipient="a@b.c", timeout=3,
                        deliver=f"lmtp:127.0.0.1:{box.address[1]}").fetch(
            status=None)
        taken = Counter(map(digest, box.texts()))
        for m in server.gone:
            assert taken[digest(m.lf)] == 1
        if is_aside:
            assert server.mail == [mail[1]]
        if is_aside is None:
            return  # whether it was taken nobody can know
        box.answers.clear()
        collect.fetch("--retry")
        assert not server.mail
        assert_exactly_once(Counter(map(digest, box.texts())), mail)


@pytest.mark.parametrize("kind", ["LMTP", "SMTP"])
@pytest.mark.parametrize("answer", [
    b"451 4.3.0 not this one now\r\n", b"452 4.2.2 not this one now\r\n"])
def test_a_mail_server_that_refuses_one_for_now(collect, kind, answer):
    """The third of six: the others go on, it stays, and comes next time."""
    mail = letters(6)
    ok = b"250 ok\r\n"
    with OddServer(mail) as server, MailServer(
            kind, answers={".": [ok, ok, answer]}) as box:
        run = collect.account(
            server, after="delete", recipient="a@b.c",
            deliver=f"{kind.lower()}:127.0.0.1:{box.address[1]}").fetch(
            status=collector.TEMPFAIL)
        assert "message 3: " in run.told and "not this one now" in run.told
        assert "set aside" not in run.told
        assert box.texts() == [m.lf for m in mail[:2] + mail[3:]]
        assert server.mail == [mail[2]]
        server.mail += letters(1, first=7)
        collect.fetch()
        assert not server.mail
        assert box.texts()[5:] == [letters(1, first=7)[0].lf, mail[2].lf]


def test_what_is_refused_for_now_is_told(collect):
    """In JSON, and where each message is told."""
    with OddServer(letters(3)) as server, MailServer(
            answers={".": [b"451 a\r\n", b"250 ok\r\n"] * 3}) as box:
        collect.account(server, recipient="a@b.c",
                        deliver=f"lmtp:127.0.0.1:{box.address[1]}")
        run = collect.run("--json", "fetch", status=collector.TEMPFAIL)
        events = run.json()
        told = {o["message"]["number"]: o for o in events
                if o.get("outcome") == "postponed"}
        assert set(told) == {1, 3}
        assert "451" in told[1]["failure"]["text"]
        assert told[1]["failure"]["exit_code"] == collector.TEMPFAIL
        assert events[-1]["totals"]["postponed"] == 2
        assert "and 1 more message " in events[-1]["failure"]["text"]
        run = collect.run("-v", "fetch", status=collector.TEMPFAIL)
        assert b"not this time: the mail server" in run.out


def test_what_is_refused_in_each_session_is_one_message(collect):
    """Every batch tries it anew."""
    script = collect.home / "filter"
    script.write_text("#!/bin/sh\ngrep -q '^letter 1$' && exit 75\nexit 0\n")
    script.chmod(0o700)
    mail = letters(6)
    mail[0] = Letter(mail[0].uid, b"Subject: a\r\n\r\nletter 1\r\n")
    with OddServer(mail) as server:
        collect.account(server, after="delete", batch=2,
                        deliver=("command:" + str(script),))
        run = collect.run("--json", "fetch", status=collector.TEMPFAIL)
        assert server.mail == mail[:1] and len(server.heard) > 2
        told = [o for o in run.json() if o.get("outcome") == "postponed"]
        assert len(told) > 1
        assert run.json()[-1]["totals"]["postponed"] == 1
        assert run.json()[-1]["totals"]["delivered"] == 5


@pytest.mark.parametrize("answers,tries", [
    ({".": b"451 4.3.0 later\r\n"}, 5), ({".": b"452 4.3.1 full\r\n"}, 1),
    ({".": b"421 4.3.0 closing\r\n"}, 1), ({"RCPT": b"451 later\r\n"}, 1),
    ({"MAIL": b"452 4.3.1 full\r\n"}, 1), ({".": None}, 1)])
def test_a_mail_server_that_takes_none_now(collect, answers, tries):
    """It is not asked for each of a hundred; all stay."""
    with OddServer(letters(100)) as server, MailServer(
            answers=answers) as box:
        run = collect.account(
            server, after="delete", recipient="a@b.c",
            deliver=f"lmtp:127.0.0.1:{box.address[1]}").fetch(
            status=collector.TEMPFAIL)
        assert ("one message after the other" in run.told) == (tries == 5)
        asked = [w for w in box.heard if w.startswith(b"MAIL")]
        assert len(asked) == tries
        assert len(server.mail) == 100
        box.answers.clear()
        box.mail.clear()
        collect.fetch()
        assert_exactly_once(Counter(map(digest, box.texts())), letters(100))
        assert not server.mail


# -- standard output

def test_one_message_as_it_is(collect):
    with OddServer(letters(1)) as server:
        run = collect.account(server, deliver="stdout").fetch()
        assert run.out == server.mail[0].lf


def test_several_as_mbox(collect):
    mail = [*letters(3), FROM_LINES]
    with OddServer(mail) as server:
        run = collect.account(server).fetch("--to", "-")
        texts = collector.split_mbox(run.out)
        assert texts == [m.lf for m in mail]


def test_output_that_cannot_be_written(collect):
    with OddServer(letters(3)) as server:
        collect.account(server, after="delete", deliver="stdout")
        with open("/dev/full", "wb") as full:
            process = collect.start("fetch", output=full)
            process.communicate(timeout=60)
        assert process.returncode not in (0, None)
        assert len(server.mail) == 3


def test_what_is_no_mbox(collect):
    """A link to another file: nothing is written to that, nothing is lost."""
    mail = letters(2)
    other = collect.home / "passwd"
    other.write_bytes(b"root:x:0:0:root:/root:/bin/sh\n")
    mbox = collect.home / "mbox"
    mbox.symlink_to(other)
    with OddServer(mail) as server:
        collect.account(server, deliver=f"mbox:{mbox}", after="delete")
        run = collect.fetch(status=collector.CONFIG)
        assert f"{mbox} is no mbox" in run.told
        assert other.read_bytes() == b"root:x:0:0:root:/root:/bin/sh\n"
        assert server.mail == mail
        other.write_bytes(b"\n\n")
        collect.fetch()
        assert not server.mail
        assert other.read_bytes().count(b"\nFrom ") == 2
