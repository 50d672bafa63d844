# SPDX-License-Identifier: ISC
"""SIGHUP: a new generation takes over, running sessions finish in the old."""
import signal
import time

import pytest

from support import proc
from support.pop3 import Closed, Pop3

TEXT = b"Subject: x\n\nbody\n"


def can_login(server, name, password):
    return server.can_login(name, password)


def test_new_users_and_passwords(server):
    assert not can_login(server, b"bob", b"secret-of-bob")
    server.site.add_user(b"bob")
    server.site.users[b"alice"].hash = b"{PLAIN}changed"
    server.site.write_users()
    server.reload()
    assert can_login(server, b"bob", b"secret-of-bob")
    assert can_login(server, b"alice", b"changed")
    assert not can_login(server, b"alice", b"secret-of-alice")


def test_running_sessions_finish(server):
    for _ in range(3):
        server.alice.maildir.deliver(TEXT)
    server.site.add_user(b"bob")
    with server.login(b"alice") as pop:
        old = server.roles()
        pop.dele(1)
        server.reload()
        assert can_login(server, b"bob", b"secret-of-bob")
        assert not can_login(server, b"alice", b"secret-of-alice")
        assert len(pop.retr(2)) == 20
        pop.list()
        pop.quit()
    assert len(server.alice.maildir.bases()) == 2
    proc.wait_until(lambda: not any(proc.is_running(p) for pids in old.values()
                                    for p in pids), what="old roles end")
    assert can_login(server, b"alice", b"secret-of-alice")


def test_many_reloads_leave_nothing_behind(server):
    server.login(b"alice").quit()
    server.reload()
    settle(server)
    before = proc.steady(lambda: proc.fd_count(server.process.pid))
    for _ in range(10):
        server.reload()
        server.login(b"alice").quit()
    settle(server)
    assert proc.steady(lambda: proc.fd_count(server.process.pid)) == before


def settle(server, sessions=2):
    proc.wait_until(lambda: {r: len(p) for r, p in server.roles().items()} == {
        "session": sessions, "auth": 1, "maildrop": 1})


def test_reloads_while_people_log_in(server):
    """No log-in fails because of a reload."""
    users = [server.site.add_user(b"u%d" % i) for i in range(4)]
    server.reload()
    end = time.monotonic() + 3
    n = 0
    while time.monotonic() < end:
        if n % 10 == 0:
            server.process.send_signal(signal.SIGHUP)
        server.login(users[n % 4]).quit()
        n += 1
    proc.wait_until(lambda: len(server.log.match(rb": ready$"))
                    > len(server.log.match(rb": reload ")))
    settle(server)


def test_new_limits(server):
    server.configure(login_tries_max=1)
    server.reload()
    with server.connect() as pop:
        pop.ok(b"USER alice")
        assert pop.cmd(b"PASS wrong").startswith(b"-ERR")
        pop.eof()


def test_another_number_of_session_processes(server):
    server.configure(session_processes=3)
    server.reload()
    settle(server, 3)
    server.configure(session_processes=1)
    server.reload()
    settle(server, 1)
    for _ in range(20):
        server.login(b"alice").quit()


def test_a_new_address(server):
    mark = server.log.mark()
    server.configure(listen=[*server.settings["listen"], "127.0.0.2:0"])
    server.reload()
    server.login(b"alice").quit()
    old, server.addresses = server.address, server.listening(after=mark)
    assert [host for host, _ in server.addresses] == ["127.0.0.2"]
    server.login(b"alice").quit()
    server.configure(listen=["127.0.0.2:0"])
    server.reload()
    server.login(b"alice").quit()
    proc.wait_until(lambda: is_closed(old))


def is_closed(address):
    try:
        Pop3(address, timeout=5).close()
    except (OSError, Closed):
        return True
    return False


BAD = {"mail_root": "/nowhere/at/all", "login_tries_max": 0,
       "no_such_setting": 1, "listen": ["256.0.0.1:110"], "users": "/nowhere"}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_configuration_keeps_the_old_one(server, name):
    old = server.roles()
    server.expect(rb"restanted.conf|restanted: (error|warning)")
    good = dict(server.settings)
    server.configure(**{name: BAD[name]})
    server.reload(expect=rb"error|warning")
    assert server.roles() == old
    server.login(b"alice").quit()
    server.settings = good
    server.configure()
    server.reload()
    server.login(b"alice").quit()


def test_a_users_file_that_became_bad_keeps_the_old_generation(server):
    server.expect(rb"users|restanted")
    users = server.site.dir / "users"
    users.write_bytes(b"not a line of a passwd-file\n\0\n")
    mark = server.log.mark()
    server.process.send_signal(signal.SIGHUP)
    server.log.wait(rb"restanted[^ ]*: (error|warning|re)", after=mark)
    settle_any(server)
    server.site.write_users()
    server.reload()
    server.login(b"alice").quit()


def settle_any(server):
    proc.wait_until(lambda: server.roles()["session"])
