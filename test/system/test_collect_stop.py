# SPDX-License-Identifier: ISC
"""restante's ends when nobody reads what it says, and its passwords."""
import fcntl
import signal
import time

import pytest

from support import collector, proc
from support.mail_server import MailServer
from support.odd_server import OddServer, letters


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_while_nobody_reads(collect, number):
    with OddServer(letters(800)) as server:
        process = collect.account(server).start("-v", "--json", "fetch")
        heard = 0
        proc.wait_until(lambda: server.heard and "RETR" in server.words())
        while len(server.words()) != heard:  # until the pipe is full
            heard = len(server.words())
            time.sleep(1)
        assert process.poll() is None
        process.send_signal(number)
        assert process.wait(15) == 128 + number
        process.communicate()


def test_watch_asks_for_the_password_again(collect):
    """The keyring was locked when it began."""
    with OddServer(letters(1)) as server:
        key = collect.home / "unlocked"
        collect.account(server, interval=1, password_file=None,
                        password_command=["cat", str(key)])
        process = collect.start("watch")
        try:
            time.sleep(1)
            key.write_bytes(collect.password.read_bytes())
            proc.wait_until(lambda: collect.digests(), 20)
        finally:
            process.send_signal(signal.SIGTERM)
            run = collect.end(process, 20)
        assert run.told



def test_no_core_file(collect):
    """What has a password in memory is dumped by no signal."""
    with OddServer(letters(1), answers={"GREETING": b""}) as server:
        process = collect.account(server).start("fetch")
        proc.wait_until(lambda: server.heard)
        with open(f"/proc/{process.pid}/limits", encoding="ascii") as f:
            core = [l.split() for l in f if l.startswith("Max core file")]
        process.kill()
        collect.end(process)
        assert core[0][4:6] == ["0", "0"]


def test_interrupted_with_a_slow_destination(collect):
    """The delivery under way is finished, and few behind it; the others come
    the next time, once."""
    mail = letters(40)
    script = collect.home / "deliver"
    script.write_text("#!/bin/sh\nsleep $(cat pace)\n"
                      "cat > $(mktemp got-XXXXXX)\n", encoding="ascii")
    script.chmod(0o700)
    pace = collect.home / "pace"
    pace.write_text("0.5", encoding="ascii")
    with OddServer(mail) as server:
        collect.account(server, deliver=[f"command:{script}"])
        process = collect.start("fetch")
        proc.wait_until(lambda: list(collect.home.glob("got-*")), 20)
        process.send_signal(signal.SIGINT)
        assert collect.end(process, 30).status == 130
        got = len(list(collect.home.glob("got-*")))
        assert 0 < got < len(mail) // 2
        pace.write_text("0", encoding="ascii")
        collect.fetch()
        files = list(collect.home.glob("got-*"))
        assert (sorted(f.read_bytes() for f in files)
                == sorted(m.lf for m in server.mail))


LINGERS = ("a: waiting for the destination, which may have a message in its "
           "hands; Ctrl-C again ends at once, and may bring that twice\n")


def slow_command(collect, seconds):
    """Its beginning shows as begun, and what it was given as got-*."""
    script = collect.home / "deliver"
    script.write_text("#!/bin/sh\ncat > $(mktemp got-XXXXXX)\ntouch begun\n"
                      f"sleep {seconds}\n", encoding="ascii")
    script.chmod(0o700)
    return [f"command:{script}"]


@pytest.mark.parametrize("words", [["fetch"], ["-q", "fetch"], ["watch"]])
def test_a_destination_that_is_waited_for_is_told(collect, words):
    with OddServer(letters(1)) as server:
        collect.account(server, deliver=slow_command(collect, 12),
                        after="delete")
        process = collect.start(*words)
        proc.wait_until((collect.home / "begun").exists, 20)
        process.send_signal(signal.SIGINT)
        run = collect.end(process, 40)
        assert run.status == collector.INTERRUPTED
        assert run.told == LINGERS
        collect.account(server, deliver=slow_command(collect, 0)).fetch()
        assert len(list(collect.home.glob("got-*"))) == 1


def test_a_quick_end_is_not_told(collect):
    with OddServer(letters(1)) as server:
        collect.account(server, deliver=slow_command(collect, 2))
        process = collect.start("--json", "fetch")
        proc.wait_until((collect.home / "begun").exists, 20)
        process.send_signal(signal.SIGINT)
        run = collect.end(process, 40)
        assert run.status == collector.INTERRUPTED and not run.told
        assert "note" not in [o["type"] for o in run.json()]


def test_interrupted_twice(collect):
    """A mail server is silent behind the message: for minutes that is no
    failure, but we may be in a hurry."""
    told = collect.home / "told"
    with OddServer(letters(1)) as server, MailServer(
            answers={".": [b""]}) as box, open(told, "wb") as output:
        collect.account(server, recipient="a@b.c",
                        deliver=f"lmtp:127.0.0.1:{box.address[1]}")
        process = collect.start("--json", "fetch", output=output)
        try:
            proc.wait_until(lambda: any(b"DATA" in line
                                        for line in box.heard), 20)
            time.sleep(1)
            process.send_signal(signal.SIGINT)
            proc.wait_until(
                lambda: b"waiting for the destination" in told.read_bytes(),
                20)
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == collector.INTERRUPTED
        finally:
            process.kill()
            process.communicate()


def test_a_lock_is_not_waited_for_at_the_end(collect):
    mbox = collect.home / "mbox"
    mbox.touch()
    with OddServer(letters(2)) as server, open(mbox, "r+b") as held:
        fcntl.lockf(held, fcntl.LOCK_EX)
        collect.account(server, deliver=f"mbox:{mbox}", after="delete")
        process = collect.start("fetch")
        proc.wait_until(lambda: server.heard and "RETR" in server.words(), 20)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        run = collect.end(process, 25)  # others may hold it for a minute
        assert run.status == collector.INTERRUPTED
        assert f"it was to end, and another program has locked {mbox}" in (
            run.told)
        assert len(server.mail) == 2
        fcntl.lockf(held, fcntl.LOCK_UN)
        collect.fetch()
        assert len(collect.mbox_texts()) == 2 and not server.mail
