# SPDX-License-Identifier: ISC
"""A server whose session processes an attacker has taken over: the same role,
with the same sandbox, that runs an attack from inside when a client asks it to
(test/breach)."""
import os
import re
import shutil
from contextlib import contextmanager
from pathlib import Path

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
            pid, handle, _ = map(int, pop.line().split()[1:])
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
    def connect_to(self, pid, tls=None):
        """A connection to that session process, and its number there."""
        while True:
            address = (self.server.tls_address if tls else
                       self.server.address)
            pop = Pop3(address, tls=tls)
            pop.send(b"XBREACH whoami\r\n")
            there, _, number = map(int, pop.line().split()[1:])
            if there == pid:
                return pop, number
            pop.quit()

    def attack(self, name, arg, by=None):
        """How it was held: an errno, or None if the process ended."""
        pop = by or self.attacker
        pop.send(b"XBREACH %s %s\r\n" % (name.encode(),
                                         os.fsencode(str(arg))))
        try:
            line = pop.line()
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


@contextmanager
def breached_server(settings=None):
    """Everybody logged in, and ready for an attack."""
    paths.need_build()
    server = BreachServer(settings, tls=True)
    server.expect(rb"role process died role=session", rb"session process ends",
                  rb"channel dropped", rb"dropped")
    try:
        yield Breach(server)
        server.stop()
    finally:
        server.stop(judge=False)
