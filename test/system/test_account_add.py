# SPDX-License-Identifier: ISC
"""restante account add with servers that answer: what a person is asked, whom
it trusts, and that mail comes with what it wrote."""
import os
import re
import signal
import socket
import stat
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from support import certificates, paths, proc
from support.collector import (CONFIG, INTERRUPTED, NETWORK, NOPERM, OK, OSERR,
                               PROTOCOL, USAGE, assert_exactly_once,
                               need_collector)
from support.odd_server import PASSWORD, USER, OddServer, letters
from support.typist import Typist
from support.unfit import pretending

SECRET = PASSWORD.decode()
NAME = USER.decode()


@pytest.fixture(scope="module")
def sound():
    return certificates.standard()


@pytest.fixture(name="add")
def _add(collect):
    """Begins the dialogue for a server on loopback."""
    need_collector()

    def begin(server, *options):
        return Typist([paths.program("restante"), "account", "add", "--server",
                       "127.0.0.1", "--port", server.port, *options],
                      {**collect.env, "TERM": "xterm"}, collect.home)
    return begin


def first(dialogue):
    dialogue.answer("Mail address: ", NAME)
    dialogue.answer(f"[{NAME}]: ", "work")


def rest(dialogue, how="2", after="y"):
    dialogue.answer(f"[{NAME}]: ")
    dialogue.answer("1, 2 or 3 [3]: ", how)
    dialogue.answer("Password: ", SECRET)
    dialogue.answer("To [maildir:~/Mail]: ", "maildir:~/mail")
    dialogue.answer("delivered? [y/N]: ", after)
    dialogue.answer("Write it? [Y/n]: ")


@pytest.mark.parametrize("how, tls", [("tls", "implicit"), ("stls", "stls")])
def test_pinned_on_first_use(collect, add, sound, how, tls):
    mail = letters(3)
    with OddServer(mail, certificate=sound, how=how) as server:
        dialogue = add(server, "--tls", tls)
        first(dialogue)
        dialogue.answer("Pin it? [y/N]: ", "y")
        rest(dialogue)
        assert dialogue.end() == OK
        assert SECRET.encode() not in dialogue.said
        config = collect.config.read_text()
        assert 'account "work"' in config and "pin = " in config
        assert SECRET not in config
        secret = collect.config.parent / "work.password"
        assert secret.read_text() == SECRET + "\n"
        assert stat.S_IMODE(os.stat(secret).st_mode) == 0o600
        assert stat.S_IMODE(os.stat(collect.config).st_mode) == 0o600
        collect.run("fetch", "work")
        assert_exactly_once(collect.digests(), mail)
        assert not server.mail


def test_not_pinned(collect, add, sound):
    with OddServer(letters(1), certificate=sound, how="tls") as server:
        dialogue = add(server, "--tls", "implicit")
        first(dialogue)
        dialogue.answer("Pin it? [y/N]: ")
        assert dialogue.end() == PROTOCOL
        assert not collect.config.exists()
        assert not {"USER", "PASS", "AUTH"} & set(server.words())


def test_verified(collect, add, sound):
    with OddServer(letters(1), certificate=sound, how="tls") as server:
        dialogue = add(server, "--ca-file", certificates.authority().roots)
        first(dialogue)
        dialogue.hear(b"certificate verified")
        rest(dialogue, how="3", after="n")
        assert dialogue.end() == OK
        assert "pin" not in collect.config.read_text()
        assert not (collect.config.parent / "work.password").exists()


@pytest.mark.parametrize("without", [["CAPA"], ["TOP", "UIDL"],
                                     ["CAPA", "TOP", "UIDL"]])
def test_servers_without(collect, add, without):
    with OddServer(letters(2), without=without) as server:
        dialogue = add(server)
        first(dialogue)
        if "CAPA" in without:
            dialogue.hear(b"no CAPA")
        else:
            dialogue.hear(b"no unique-ids")
        rest(dialogue)
        assert dialogue.end() == OK
        collect.run("fetch")
        assert sum(collect.digests().values()) == 2


def test_wrong_password(collect, add):
    with OddServer(letters(1)) as server:
        dialogue = add(server)
        first(dialogue)
        dialogue.answer(f"[{NAME}]: ")
        dialogue.answer("1, 2 or 3 [3]: ", "2")
        dialogue.answer("Password: ", "wrong")
        dialogue.answer("password? [Y/n]: ", "n")
        assert dialogue.end() == NOPERM
        assert not collect.config.exists()


def test_ctrl_c(collect, add):
    questions = [("Mail address: ", NAME), (f"[{NAME}]: ", "work"),
                 (f"[{NAME}]: ", ""), ("1, 2 or 3 [3]: ", "2"),
                 ("Password: ", SECRET), ("To [maildir:~/Mail]: ", ""),
                 ("delivered? [y/N]: ", ""), ("Write it? [Y/n]: ", "")]
    with OddServer(letters(1)) as server:
        for count in range(len(questions)):
            dialogue = add(server)
            for question, answer in questions[:count]:
                dialogue.answer(question, answer)
            dialogue.hear(questions[count][0].encode())
            dialogue.type(b"\x03")
            assert dialogue.end() in (-2, INTERRUPTED), dialogue.said
            assert not collect.config.exists()
            assert not (collect.config.parent / "work.password").exists()


def alone(collect, server, *options, status):
    return collect.run("account", "add", "work", "--server", "127.0.0.1",
                       "--port", server.port, *options, status=status)


def test_without_a_terminal(collect, sound):
    given = ["--user", NAME, "--password-file", collect.password,
             "--to", "maildir:~/mail", "--delete"]
    mail = letters(2)
    with OddServer(mail, certificate=sound, how="tls") as server:
        run = alone(collect, server, *given, status=PROTOCOL)
        pin = run.told.split("--pin ")[1].split()[0]
        wrong = "sha256:" + "0" * 64
        alone(collect, server, *given, "--pin", wrong, status=PROTOCOL)
        assert not collect.config.exists()
        alone(collect, server, *given, "--pin", pin, status=OK)
        alone(collect, server, *given, "--pin", pin, status=(CONFIG, USAGE))
        collect.run("fetch")
        assert_exactly_once(collect.digests(), mail)
        assert not server.mail


def test_what_is_missing_is_named(collect):
    with OddServer(letters(1)) as server:
        for options, missing in (
                ([], "--user"), (["--user", NAME], "--password-command"),
                (["--user", NAME, "--password-file", collect.password],
                 "--to")):
            run = alone(collect, server, "--tls", "none", *options,
                        status=USAGE)
            assert missing in run.told
        assert not collect.config.exists()


def test_nobody_answers(collect):
    with OddServer(letters(1)) as server:
        port = server.port
    run = collect.run("account", "add", "--server", "127.0.0.1", "--port",
                      port, "--user", NAME, status=NETWORK)
    assert "--server" in run.told


# -- the process that hears the server

@contextmanager
def hearing(add):
    """The dialogue, and the process that waits for a silent server."""
    with socket.create_server(("127.0.0.1", 0)) as listens:
        listens.settimeout(60)
        dialogue = add(SimpleNamespace(port=listens.getsockname()[1]),
                       "--tls", "none")
        first(dialogue)
        with listens.accept()[0]:
            at = Path(f"/proc/{dialogue.pid}/task/{dialogue.pid}/children")
            children = [int(child) for child in at.read_text().split()]
            assert len(children) == 1
            yield dialogue, children[0]


@pytest.mark.parametrize("key,sig", [(b"\x03", signal.SIGINT),
                                     (b"", signal.SIGTERM),
                                     (b"", signal.SIGKILL)])
def test_the_process_that_hears_ends_with_it(collect, add, key, sig):
    with hearing(add) as (dialogue, child):
        if key:
            dialogue.type(key)
        else:
            os.kill(dialogue.pid, sig)
        assert dialogue.end() == -sig, dialogue.said
        # sooner than by its own limit, ADD_TRY_S
        proc.wait_until(lambda: not proc.is_running(child), 10)
    assert not collect.config.exists()


def test_the_process_that_hears_is_killed(collect, add):
    with hearing(add) as (dialogue, child):
        os.kill(child, signal.SIGKILL)
        assert dialogue.end() == OSERR
        assert b"it could not be asked\r\n" in dialogue.said
        assert re.search(rb"the process that spoke with 127.0.0.1, port \d+, "
                         rb"was ended by a signal: Killed; nothing was "
                         rb"written", dialogue.said)
    assert not collect.config.exists()


@pytest.mark.parametrize("call", ["landlock_restrict_self",
                                  "landlock_add_rule"])
def test_nobody_is_asked_by_who_cannot_be_confined(collect, call):
    with OddServer(letters(1)) as server:
        pretending(collect, call, "ENOMEM")
        run = alone(collect, server, "--tls", "none", "--user", NAME,
                    "--password-file", collect.password, "--to",
                    "maildir:~/mail", status=OSERR)
        assert "cannot give up the rights" in run.told, run.told
        assert server.heard == []
    assert not collect.config.exists()


@pytest.mark.parametrize("error", ["ENOSYS", "EPERM"])
def test_a_kernel_that_closes_no_range_of_descriptors(collect, error):
    """Before Linux 5.9, or in a container that is older."""
    with OddServer(letters(1)) as server:
        pretending(collect, "close_range", error)
        alone(collect, server, "--tls", "none", "--user", NAME,
              "--password-file", collect.password, "--to", "maildir:~/mail",
              status=0)
    assert collect.config.exists()
