# SPDX-License-Identifier: ISC
"""Resumption: tickets are good in every session process, after a reload, for
as long as they are said to be, and not after a restart."""
import glob
import re
import shutil
import ssl
import subprocess
import time

import pytest

from support import paths, proc
from support.certificates import authority
from support.server import Server

FAKETIME = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
V = ssl.TLSVersion
VERSIONS = [V.TLSv1_2, V.TLSv1_3]


def start(make_server):
    s = make_server({"session_processes": 2}, tls=True)
    s.site.add_user(b"alice")
    return s.start()


def visit(server, context, session=None, how="tls"):
    """Whether the handshake was resumed, and the new session."""
    with server.login(b"alice", how=how, context=context,
                      session=session) as pop:
        was_resumed = pop.sock.session_reused
        pop.stat()
        new = pop.sock.session
        pop.quit()
    return was_resumed, new


@pytest.mark.parametrize("how", ["tls", "stls"])
@pytest.mark.parametrize("version", VERSIONS, ids=lambda v: v.name)
def test_all_reconnects_resume(make_server, version, how):
    """Which of two processes gets a connection is the kernel's choice: of 40
    some come to another one than gave the ticket."""
    s = start(make_server)
    context = authority().context(version=version)
    resumed, session = visit(s, context, how=how)
    assert not resumed
    for i in range(40):
        resumed, session = visit(s, context, session, how)
        assert resumed, i


def test_both_processes_serve(make_server):
    """What the test above relies on."""
    s = start(make_server)
    before = {p: proc.cpu_seconds(p) for p in s.roles()["session"]}
    for _ in range(40):
        visit(s, authority().context())
    assert all(proc.cpu_seconds(p) > was for p, was in before.items())


@pytest.mark.parametrize("more", [[], ["-no_ticket"]],
                         ids=["with tickets", "without"])
def test_no_session_id_of_ours_is_ever_seen(make_server, more):
    """RFC 5246, 7.4.1.3: empty, as nothing is kept to resume by; in TLS 1.3 it
    is the client's own."""
    s = start(make_server)
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{s.tls_port}", "-msg",
         "-tls1_2", *more], input=b"QUIT\r\n", capture_output=True, check=True,
        timeout=20)
    hello = re.search(r"<<<.*ServerHello\n((?:    .*\n)+)", done.stdout.decode())
    octets = bytes.fromhex("".join(hello.group(1).split()))
    head = 4 + 2 + 32  # of the message, version, random
    assert octets[0] == 2 and octets[head] == 0, octets.hex()


@pytest.mark.parametrize("version", VERSIONS, ids=lambda v: v.name)
def test_a_ticket_from_before_a_reload(make_server, version):
    s = start(make_server)
    context = authority().context(version=version)
    _, session = visit(s, context)
    for _ in range(3):
        s.reload()
        resumed, session = visit(s, context, session)
        assert resumed


def test_a_ticket_from_before_a_new_certificate(make_server):
    """The keys are not the certificates'."""
    s = start(make_server)
    context = authority().context(version=V.TLSv1_3)
    _, session = visit(s, context)
    s.certificates[0].replace(authority().server("newer", "pop.test"))
    s.reload()
    assert visit(s, context, session)[0]


@pytest.mark.parametrize("version", VERSIONS, ids=lambda v: v.name)
def test_another_ticket_time_ends_tickets(make_server, version):
    s = start(make_server)
    context = authority().context(version=version)
    _, session = visit(s, context)
    before = set(s.roles()["session"])
    s.configure(tls_ticket_time="2m")
    s.reload()
    proc.wait_until(lambda: not before & set(s.roles()["session"]), 20)
    resumed, session = visit(s, context, session)
    assert not resumed
    s.reload()
    assert visit(s, context, session)[0]


def test_another_servers_ticket(make_server):
    """No resumption, and no failure either: a whole handshake."""
    a, b = start(make_server), start(make_server)
    for version in VERSIONS:
        context = authority().context(version=version)
        _, session = visit(a, context)
        assert not visit(b, context, session)[0]


class Hasty(Server):
    """A server whose session and key processes have a clock that is sixty times
    as fast as ours.  The master gives its children no environment, so what
    lies beside a copy of it are scripts that set one."""

    def program(self):
        src = self.site.make_dir("src")
        for role in ("master", "session", "auth", "maildrop", "key"):
            (src / role).mkdir()
            name = "restanted" if role == "master" else f"restanted-{role}"
            real = paths.program(name)
            if role in ("session", "key"):
                (src / role / name).write_text(
                    f"#!/bin/sh\nexec env LD_PRELOAD={FAKETIME[0]} "
                    f"FAKETIME='+0 x60' {real}\n", encoding="utf-8")
                (src / role / name).chmod(0o755)
            else:
                shutil.copy2(real, src / role / name)
        return src / "master" / "restanted"


@pytest.mark.skipif(not FAKETIME, reason="needs libfaketime")
@pytest.mark.skipif(paths.is_sanitized(), reason="a sanitizer wants to be first")
def test_tickets_end():
    """A key for each minute, of which the last one is good too."""
    s = Hasty({"tls_ticket_time": "1m", "login_time": "1h"}, tls=True)
    s.site.add_user(b"alice")
    # What libfaketime does at a process's end the sandbox does not know.
    s.expect(rb"role process died role=(key|session) .*signal=31")
    with s:
        context = authority().context(version=V.TLSv1_3)
        _, first = visit(s, context)
        session = first
        for _ in range(5):  # of their minutes; one that is young is good
            resumed, session = visit(s, context, session)
            assert resumed
            time.sleep(0.9)
        assert not visit(s, context, first)[0], "a ticket of five minutes ago"
