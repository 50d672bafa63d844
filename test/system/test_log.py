# SPDX-License-Identifier: ISC
"""One line a session, nothing that a client can forge, and no secret ever."""
import re

import pytest

from support import proc
from support.log import fields

TEXT = b"Subject: x\n\nbody\n"
TIME = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z "


def last_session(server, count=1):
    return fields(server.session_lines(count=count)[-1])


def test_what_a_session_leaves(server):
    for _ in range(4):
        server.alice.maildir.deliver(TEXT)
    with server.login(b"alice") as pop:
        port = pop.sock.getsockname()[1]
        for n in (1, 2):
            pop.retr(n)
        pop.top(3, 0)
        pop.dele(1, 2, 4)
        pop.quit()
    line = last_session(server)
    assert line["user"] == b"alice"
    assert line["address"] == b"127.0.0.1"
    assert line["port"] == b"%d" % port
    assert line["method"] == b"PASS"
    assert line["messages"] == b"4"
    assert line["retr"] == b"2/40"
    assert line["top"] == b"1"
    assert line["dele"] == b"3/3"
    assert line["why"] == b"quit"
    assert len(server.session_lines()) == 1


@pytest.mark.parametrize("end,why", [
    (lambda p: p.quit(), b"quit"),
    (lambda p: p.close(), b"connection lost"),
    (lambda p: p.reset(), b"connection lost"),
])
def test_how_it_ended(server, end, why):
    end(server.login(b"alice"))
    end(server.connect())
    assert [fields(x)["why"] for x in server.session_lines(count=2)] == [why] * 2


def test_a_failed_login_names_who_was_tried(server):
    with server.connect() as pop:
        pop.ok(b"USER alice")
        pop.err(b"PASS wrong")
        pop.quit()
    line = last_session(server)
    assert line["tried"] == b"alice"
    assert "user" not in line


def test_one_line_for_each_session(server):
    for i in range(60):
        pop = server.connect()
        if i % 3 == 0:
            pop.login(b"alice", b"secret-of-alice").quit()
        elif i % 3 == 1:
            pop.reset()
        else:
            pop.quit()
    server.session_lines(count=60)
    server.login(b"alice").quit()
    assert len(server.session_lines(count=61)) == 61


FORGED = b"2026-01-01T00:00:00.000Z restanted: forged"


@pytest.mark.parametrize("name", [
    b"a\tb", b"a\"b", b"a\\b", b"\x1b[31mred", b"\xff\xfe", b"a\0b", b"a=b why=x",
    b"\x85" + FORGED, b"\x0b" + FORGED, b"a\rb", b"x" * 240, b" ", b"\"",
], ids=repr)
def test_client_data_stays_in_its_value(server, name):
    with server.connect() as pop:
        pop.cmd(b"USER " + name)
        pop.cmd(b"PASS x")
        pop.cmd(b"QUIT")
    line = server.session_lines(count=1)[0]
    text = server.log.octets()
    assert all(0x20 <= c < 0x7f or c == 0x0a for c in text), text
    assert fields(line)["why"] == b"quit"
    for each in server.log.lines():
        assert re.match(TIME + rb"restanted(-\w+)?: ", each), each
    assert not server.log.match(rb"^\S+ restanted: forged")


SECRETS = (b"xyzzy-Secret", b"geheim 8bit \xfc")


@pytest.mark.parametrize("level", ["info", "debug"])
def test_no_secret_is_ever_logged(make_server, level):
    s = make_server({"log_level": level, "login_tries_max": 20})
    s.site.add_user(b"alice", SECRETS[0])
    s.site.add_user(b"bob", SECRETS[1])
    s.start()
    for user in s.site.users.values():
        secret = user.password
        s.login(user).quit()
        with s.connect() as pop:
            pop.cmd(b"PASS " + secret)
            pop.cmd(b"USER nobody")
            pop.cmd(b"PASS " + secret)
            pop.cmd(b"PASS" + secret)
            pop.cmd(b"USER alice")
            pop.cmd(b"PASS " + secret + b"x" * 300)
            pop.cmd(b"PASSWORD " + secret)
            pop.cmd(b"APOP alice " + secret)
            pop.cmd(b"AUTH PLAIN " + secret)
            pop.cmd(secret)
            pop.send(b"PASS " + secret)
            pop.close()
    s.session_lines(count=4)
    s.reload()
    for secret in SECRETS:
        for part in (secret, secret[:8], secret[-7:]):
            assert part not in s.log.octets()


def test_secrets_are_not_in_arguments_or_environment(server):
    server.login(b"alice").quit()
    for pid in server.pids():
        for name in ("cmdline", "environ"):
            try:
                with open(f"/proc/{pid}/{name}", "rb") as f:
                    assert b"secret-of" not in f.read()
            except PermissionError:
                continue  # not dumpable: nobody can read it


def test_log_level(make_server):
    s = make_server({"log_level": "warning"})
    s.site.add_user(b"alice")
    s.launch()
    config_port = proc.wait_until(lambda: find_port(s))
    s.addresses = [("127.0.0.1", config_port)]
    s.login(b"alice").quit()
    assert s.log.lines() == []


def find_port(server):
    """Where it listens, without its log: from the kernel."""
    pids = server.children()
    if len(pids) < 4:
        return None
    with open(f"/proc/{server.process.pid}/net/tcp", encoding="ascii") as f:
        rows = [line.split() for line in f][1:]
    inodes = {r[9]: int(r[1].split(":")[1], 16) for r in rows if r[3] == "0A"}
    import os
    for pid in [server.process.pid, *pids]:
        for fd in os.listdir(f"/proc/{pid}/fd"):
            try:
                link = os.readlink(f"/proc/{pid}/fd/{fd}")
            except OSError:
                continue
            if link.startswith("socket:[") and link[8:-1] in inodes:
                return inodes[link[8:-1]]
    return None
