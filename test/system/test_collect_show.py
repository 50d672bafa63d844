# SPDX-License-Identifier: ISC
"""Messages that are shown: how much of one a server may say."""
import subprocess

import pytest

from support import collector
from support.odd_server import Letter, OddServer, endless, letters, only


@pytest.mark.parametrize("listed", ["1170", "10"])
def test_a_message_that_is_shown_and_does_not_end(collect, listed):
    """What fetch bears beyond LIST's octets show does, and no more."""
    answers = {"RETR": endless(b"+OK\r\nSubject: x\r\n\r\n", b"x" * 65536),
               "LIST": only([b"1 " + listed.encode()])}
    with OddServer(letters(1), answers=answers) as server:
        collect.account(server)
        run = collect.end(collect.start("show", "1",
                                        output=subprocess.DEVNULL), 60)
        assert run.status == collector.PROTOCOL, run
        assert "message 1 does not end" in run.told
        assert f"the server said that it has {listed}" in run.told


def test_a_large_message_is_shown(collect):
    """It may be larger than what is fetched, and than LIST says."""
    text = b"Subject: x\r\n\r\n" + b"x\r\n" * 2000000
    with OddServer([Letter(b"a", text)], answers={"LIST": only([b"1 9000"])}
                   ) as server:
        collect.account(server, size_max="1K")
        assert collect.run("show", "1").out == text.replace(b"\r\n", b"\n")
