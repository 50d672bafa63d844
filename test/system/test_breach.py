# SPDX-License-Identifier: ISC
"""Proof by breach: a session process that an attacker has taken over.

The server runs with test/breach/restanted-session-breach in restanted-session's
place: the same role, with the same sandbox, that runs an attack from inside when
a client asks it to.  Each attack must be held off: by an error, by the end of
the channel that it abused, or by the kernel's SIGSYS; and the other session
process, its user and everybody's mail must not have noticed.
"""
import os
import re
import shutil
import time
from pathlib import Path

import pytest

from support import paths, proc
from support.certificates import authority
from support.pop3 import Closed, Pop3
from support.server import Server

PROGRAMS = {"restanted": "src/master", "restanted-auth": "src/auth",
            "restanted-key": "src/key",
            "restanted-maildrop": "src/maildrop",
            "restanted-session": "test/breach"}
SECRET = b"Subject: bob's own\r\n\r\nnobody else's\r\n"
HELD = re.compile(rb"-ERR held (\d+)")

# What each attack is told: the name of a method below.
ATTACKS = {
    "open": ["users_file", "victims_message", "etc_passwd"],
    "open-old": ["users_file", "victims_message"],
    "open-from-descriptors": ["users_file", "victims_message"],
    "open-openat2": ["users_file", "victims_message"],
    "open-by-handle": ["nothing"],
    "make-file": ["new_file"],
    "remove-file": ["victims_message"],
    "rename-file": ["victims_message"],
    "list-directory": ["mail_root"],
    "look-at-file": ["users_file", "victims_message"],
    "connect-tcp": ["nothing"],
    "connect-own-socket": ["nothing"],
    "connect-by-sendto": ["nothing"],
    "connect-by-sendmsg": ["nothing"],
    "shut-listener": ["nothing"],
    "socket-unix": ["nothing"],
    "socket-pair": ["nothing"],
    "listen": ["nothing"],
    "fork": ["nothing"],
    "clone": ["nothing"],
    "clone3": ["nothing"],
    "exec": ["nothing"],
    "exec-descriptor": ["nothing"],
    "ptrace": ["sibling", "auth"],
    "read-memory": ["sibling", "auth"],
    "signal": ["sibling", "auth", "maildrop", "master"],
    "signal-thread": ["sibling"],
    "take-descriptor": ["sibling", "auth"],
    "setuid": ["nothing"],
    "unshare": ["nothing"],
    "chroot": ["nothing"],
    "io-uring": ["nothing"],
    "bpf": ["nothing"],
    "mmap-exec": ["nothing"],
    "mprotect-exec": ["nothing"],
    "terminal": ["nothing"],
    "forge-grant": ["victim"],
    "grant-by-way-of-auth": ["victim"],
    "log-in-without-secret": ["victim"],
    "log-in-with-path": ["victims_path"],
    "foreign-handle": ["victims_handle"],
    "handles-at-random": ["nothing"],
    "commit-foreign-handle": ["victims_handle"],
    "replay-closed-handle": ["nothing"],
    "message-out-of-range": ["nothing"],
    "marks-out-of-range": ["nothing"],
    "truncated-packet": ["nothing"],
    "oversized-packet": ["nothing"],
    "lying-lengths": ["nothing"],
    "unknown-type": ["nothing"],
    "gift-of-descriptor": ["nothing"],
    "command-master": ["victim"],
    "sign-as-client": ["nothing"],
    "sign-after-handshake": ["nothing"],
    "sign-hash-of-other-length": ["nothing"],
    "sign-digest": ["nothing"],
    "sign-nothing": ["nothing"],
    "sign-token": ["nothing"],
    "sign-certificate-request": ["nothing"],
    "sign-request-as-handshake": ["nothing"],
    "sign-point-of-no-curve": ["nothing"],
    "sign-with-no-certificate": ["one", "minus_one"],
    "sign-with-other-scheme": ["scheme_of_rsa", "scheme_of_sha1",
                               "scheme_of_ed25519", "scheme_none"],
    "sign-lying-length": ["one", "over_to_sign_max", "minus_one"],
    "sign-by-way-of-auth": ["nothing"],
    "sign-by-way-of-maildrop": ["nothing"],
    "sign-flood": ["very_many"],
    "give-key": ["nothing"],
    "give-ticket-keys": ["nothing"],
    "write-identity": ["nothing"],
}
# What a session process may, so that the attacks beside them mean something.
POWERS = ["sign-handshake", "sign-handshake-1.2"]
# A sanitizer's runtime needs executable memory and looks at files, so its build
# allows that.
NOT_SANITIZED = {"mmap-exec", "mprotect-exec", "look-at-file"}


class BreachServer(Server):
    """restanted finds the roles beside itself: it is copied to where a breached
    session process stands beside it."""

    def _spawn(self):
        for name, folder in PROGRAMS.items():
            there = self.site.dir / "bin" / name.removeprefix("restanted-")
            there = there if name != "restanted" else there.with_name("master")
            there.mkdir(parents=True, exist_ok=True)
            source = name if name != "restanted-session" else name + "-breach"
            shutil.copy(paths.BUILD / folder / source, there / name)
        return super()._spawn()

    def program(self):
        return self.site.dir / "bin" / "master" / "restanted"


class Breach:
    """alice is the attacker, bob the victim.  Each is logged in by way of
    another session process."""

    def __init__(self, server):
        self.server = server
        self.victim_user = server.site.add_user(b"bob")
        self.attacker_user = server.site.add_user(b"alice")
        self.victim_user.maildir.deliver(SECRET)
        self.second_user = server.site.add_user(b"carol")
        self.attacker_user.maildir.deliver(b"Subject: alice\r\n\r\nhers\r\n")
        server.start()
        self.attacker, self.pid, _ = self.connect(self.attacker_user)
        # carol's session makes bob's handle one that alice's process has not
        self.second, _, _ = self.connect(self.second_user, other=self.pid)
        self.bob, self.sibling_pid, self.handle = self.connect(
            self.victim_user, other=self.pid)

    def connect(self, user, other=None):
        """A log-in by way of a session process that is not other."""
        while True:
            pop = Pop3(self.server.address)
            pop.login(user.name, user.password)
            pop.send(b"XBREACH whoami\r\n")
            pid, handle = map(int, pop.line().split()[1:])
            if pid != other:
                return pop, pid, handle
            pop.quit()
            pop.close()

    # what attacks are told
    def nothing(self):
        return ""

    def users_file(self):
        return self.server.site.dir / "users"

    def etc_passwd(self):
        return "/etc/passwd"

    def mail_root(self):
        return self.server.site.mail

    def new_file(self):
        return self.server.site.dir / "taken"

    def victims_message(self):
        return next(Path(os.fsdecode(self.victim_user.maildir.path)).glob("*/*"))

    def victim(self):
        return "bob"

    def victims_path(self):
        return "alice/../bob"

    def victims_handle(self):
        return self.handle

    def one(self):
        return 1

    def minus_one(self):
        return 2**32 - 1

    def over_to_sign_max(self):
        return 513

    def very_many(self):
        return 20000

    def scheme_of_rsa(self):
        return "0804"

    def scheme_of_sha1(self):
        return "0203"

    def scheme_of_ed25519(self):
        return "0807"

    def scheme_none(self):
        return "ffff"

    def sibling(self):
        return self.sibling_pid

    def auth(self):
        return self.server.roles()["auth"][0]

    def maildrop(self):
        return self.server.roles()["maildrop"][0]

    def master(self):
        return self.server.process.pid

    # the attack, and what is left of everything after it
    def attack(self, name, arg):
        """How it was held: an errno, or None if the process ended."""
        self.attacker.send(b"XBREACH %s %s\r\n" % (name.encode(),
                                                   os.fsencode(str(arg))))
        try:
            line = self.attacker.line()
        except Closed:
            return None
        held = HELD.match(line)
        assert held, f"{name} {arg}: {line!r}"
        return int(held.group(1))

    def audit(self):
        """bob's session lives, and everybody's mail is whole."""
        self.bob.send(b"RETR 1\r\n")
        assert self.bob.line().startswith(b"+OK")
        assert self.bob.body() == SECRET
        self.bob.quit()
        self.attacker.close()
        with Pop3(self.server.tls_address, tls=authority().context()) as pop:
            pop.quit()
        for user in (self.victim_user, self.attacker_user):
            with self.server.login(user) as pop:
                assert len(pop.uidl()) == 1
                pop.quit()
        assert not (self.server.site.dir / "taken").exists()


def cases():
    return [pytest.param(name, told, id=f"{name}-{told}")
            for name, all_told in ATTACKS.items() for told in all_told]


@pytest.fixture
def breached():
    paths.need_build()
    server = BreachServer(tls=True)
    server.expect(rb"role process died role=session", rb"session process ends",
                  rb"channel dropped", rb"dropped")
    try:
        yield Breach(server)
        server.stop()
    finally:
        server.stop(judge=False)


@pytest.mark.parametrize("name,told", cases())
def test_attack_is_held(breached, name, told):
    if paths.is_sanitized() and name in NOT_SANITIZED:
        pytest.skip("the sanitizer's runtime needs this itself")
    b = breached
    roles = b.server.roles()
    held = b.attack(name, getattr(b, told)())
    if held is None:
        proc.wait_until(lambda: not proc.is_running(b.pid))
    b.audit()
    now = b.server.roles()
    assert now["auth"] == roles["auth"]
    assert now["maildrop"] == roles["maildrop"]
    assert now["key"] == roles["key"]
    assert b.sibling_pid in now["session"]


def test_the_list_is_complete(breached):
    b = breached
    b.attacker.send(b"XBREACH list\r\n")
    assert b.attacker.line().startswith(b"+OK")
    listed = b.attacker.body().decode().split()
    assert sorted(listed) == sorted([*ATTACKS, *POWERS])


def test_a_flood_delays_nobody_else(breached):
    """Who asks for signatures all the time has only its own threads in key."""
    b = breached
    b.attacker.send(b"XBREACH sign-flood 1000000\r\n")
    took = []
    while len(took) < 10:
        # the captured process takes connections too, and serves none
        began = time.monotonic()
        try:
            with Pop3(b.server.tls_address, timeout=3,
                      tls=authority().context()) as pop:
                pop.quit()
            took.append(time.monotonic() - began)
        except (OSError, Closed):
            assert b.attacker.is_silent(0)
    assert sorted(took)[5] < 1, took
    b.attacker.close()
    proc.kill(b.pid)
    b.audit()


@pytest.mark.parametrize("name", POWERS)
def test_power_is_there(breached, name):
    breached.attacker.send(b"XBREACH %s\r\n" % name.encode())
    assert breached.attacker.line() == b"+OK breached"
    breached.audit()
