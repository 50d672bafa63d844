# SPDX-License-Identifier: ISC
"""restante's ends when nobody reads what it says, and its passwords."""
import signal
import time

import pytest

from support import proc
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
