# SPDX-License-Identifier: ISC
"""What restante does where it cannot be confined as it wants, or loses the
process that runs commands.  (What it holds off is test_breach_collector.py's.)
"""
import os
import shutil
import signal
from pathlib import Path

import pytest

from support import collector, proc
from support.collector import Collector, assert_exactly_once
from support.odd_server import OddServer, letters
from support.unfit import LANDLOCK, pretending

RULESET, RESTRICT = LANDLOCK, "landlock_restrict_self"


@pytest.fixture
def mail(tmp_path):
    with OddServer(letters(3, octets=300)) as server:
        yield Collector(tmp_path / "home").account(server), server


@pytest.mark.parametrize("call,error", [
    (RULESET, "ENOSYS"), (RULESET, "EOPNOTSUPP"), (RULESET, "EPERM"),
    (RESTRICT, "E2BIG")])
def test_goes_on_without_landlock(mail, call, error):
    c, server = mail
    pretending(c, call, error)
    told = c.run("-v", "fetch").told
    assert_exactly_once(c.digests(), server.mail)
    for what in ("files", "ports", "processes"):
        assert f"this kernel has no rules for {what}, " in told, told
    assert "system calls" not in told


def test_says_nothing_of_it_unasked(mail):
    c, _ = mail
    pretending(c, RULESET, "ENOSYS")
    assert "kernel" not in c.fetch().told


def test_says_nothing_where_all_is_there(mail):
    c, _ = mail
    assert "kernel" not in c.run("-v", "fetch").told


@pytest.mark.parametrize("error", ["ENOSYS", "EPERM"])
def test_runs_commands_without_close_range(mail, error):
    c, server = mail
    pretending(c, "close_range", error)
    c.account(server, deliver=["command:/bin/sh", "-c",
                               f"cat >> {c.home}/out"]).fetch()
    assert (c.home / "out").read_bytes().count(b"Subject: ") == 3


@pytest.mark.parametrize("call", [RESTRICT, "landlock_add_rule"])
def test_what_fails_otherwise_ends_it(mail, call):
    """Before a server is heard."""
    c, server = mail
    pretending(c, call, "ENOMEM")
    told = c.fetch(status=collector.OSERR).told
    assert "cannot give up the rights" in told, told
    assert server.heard == []


def runner_of(pid):
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in children.split() if
            Path(f"/proc/{child}/comm").read_text() == "restante-runner\n"]


@pytest.fixture
def commanded(mail):
    c, server = mail
    begun = c.home / "begun"
    script = f"touch {begun}; sleep 1; cat >> {c.home}/out"
    c.account(server, after="delete",
              deliver=["command:/bin/sh", "-c", script])
    process = c.start("fetch")
    proc.wait_until(begun.exists)
    yield c, server, process


def test_a_killed_runner_loses_nothing(commanded):
    c, server, process = commanded
    runners = runner_of(process.pid)
    assert len(runners) == 1
    os.kill(runners[0], signal.SIGKILL)
    run = c.end(process)
    assert run.status == collector.TEMPFAIL
    assert "the process that runs /bin/sh is gone" in run.told
    assert len(server.mail) == 3
    c.fetch()
    texts = (c.home / "out").read_bytes()
    assert server.mail == [] and len(server.gone) == 3
    for letter in server.gone:
        assert letter.lf in texts


def test_the_runner_ends_with_restante(commanded):
    """However that ends; the command goes on."""
    c, _, process = commanded
    runners = runner_of(process.pid)
    process.kill()
    process.communicate()
    proc.wait_until(lambda: not proc.is_running(runners[0]))
    proc.wait_until((c.home / "out").exists)


def test_interrupted_at_the_terminal(commanded):
    """Ctrl-C is for the group: the runner serves to the end."""
    c, server, process = commanded
    os.kill(runner_of(process.pid)[0], signal.SIGINT)
    process.send_signal(signal.SIGINT)
    run = c.end(process)
    assert run.status == collector.INTERRUPTED
    assert len(server.gone) >= 1 and "gone" not in run.told
    assert (c.home / "out").read_bytes().count(b"Subject:") == len(server.gone)


@pytest.mark.parametrize("how", ["file", "command"])
def test_watch_gets_a_password_that_comes_late(mail, how):
    """When it is long confined."""
    c, server = mail
    secret = c.home / "late"
    c.account(server, interval=1, **(
        {"password_file": secret} if how == "file" else
        {"password_file": None, "password_command": ["/bin/cat", secret]}))
    process = c.start("watch")
    told = b""
    while b"password" not in told:
        told = process.stderr.readline()
        assert told != b""
    shutil.copy(c.password, c.home / "other")
    (c.home / "other").chmod(0o600)
    (c.home / "other").rename(secret)
    proc.wait_until(lambda: (c.home / "mail").exists() and
                    len(c.maildir().files()) == 3)
    process.send_signal(signal.SIGINT)
    c.end(process)
    assert_exactly_once(c.digests(), server.mail)


@pytest.mark.parametrize("command", ["check", "list"])
def test_looking_gets_a_password_by_command(mail, command):
    c, server = mail
    c.account(server, password_file=None,
              password_command=["/bin/cat", c.password])
    c.run(command)
    assert len(server.heard) == 1
