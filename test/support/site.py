# SPDX-License-Identifier: ISC
"""A temporary site: users with their Maildirs, below one directory.

What runs on it is a Server (restanted) or a Dovecot; tests see both through
the same few methods.
"""
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from support import accounts, certificates
from support.maildir import Maildir
from support.pop3 import Pop3

UID_FIRST = 50_000


@dataclass
class User:
    name: bytes
    password: bytes
    maildir: Maildir
    owner: tuple
    hash: bytes
    home: bytes


class Site:
    """owner: the account that runs everything, or None for the present one."""

    def __init__(self, owner=None, users_owner="restante-test-auth"):
        self.owner = owner
        self.users_owner = owner or users_owner
        self.one_owner = False  # of all mail, if it could have many
        self.has_own_uids = accounts.is_root() and owner is None
        self.dir = Path(tempfile.mkdtemp(prefix="restante-test-"))
        os.chmod(self.dir, 0o755)
        self.users = {}
        for name in ("mail", "cache", "run", "state"):
            self.make_dir(name)

    def make_dir(self, name):
        path = self.dir / name
        path.mkdir(mode=0o755, exist_ok=True)
        if self.owner:
            os.chown(path, *accounts.ids(self.owner))
        return path

    @property
    def mail(self):
        return self.dir / "mail"

    def add_user(self, *args, **kw):
        user = self.make_user(*args, **kw)
        self.write_users()
        return user

    def make_user(self, name, password=None, hashed=None, maildir=True):
        """hashed: {SCHEME}text for the users file, instead of PLAIN.  The
        file is not written yet."""
        password = password or b"secret-of-" + name
        owner = self._ids(len(self.users))
        box = Maildir(self.mail / os.fsdecode(name), owner) if maildir else None
        user = User(name, password, box, owner,
                    hashed or b"{PLAIN}" + password,
                    os.fsencode(self.mail) + b"/" + name)
        self.users[name] = user
        return user

    def _ids(self, n):
        if self.has_own_uids:
            n = 0 if self.one_owner else n
            return (UID_FIRST + n, UID_FIRST + n)
        if self.owner:
            return accounts.ids(self.owner)
        return (os.getuid(), os.getgid())

    def users_text(self):
        return b"".join(b"%s:%s:%d:%d::%s::\n"
                        % (u.name, u.hash, *u.owner, u.home)
                        for u in self.users.values())

    def write_users(self):
        path = self.dir / "users.new"
        path.write_bytes(self.users_text())
        self.give_users(path)
        path.rename(self.dir / "users")

    def give_users(self, path):
        """Only auth may read it."""
        os.chmod(path, 0o600)
        if accounts.is_root():
            os.chown(path, *accounts.ids(self.users_owner))

    def remove(self):
        shutil.rmtree(self.dir, ignore_errors=True)


# Ways to connect: as it is, TLS by STLS, TLS from the begin.
HOWS = ("clear", "stls", "tls")


class Service:
    """What tests need of a running server: site, addresses, log-ins."""

    site: Site
    address: tuple
    tls_addresses: list

    def connect(self, how="clear", context=None, **kw):
        """how: one of HOWS.  With TLS a client that trusts the tests' root and
        asks for pop.test, if context says nothing else."""
        if how == "clear":
            return Pop3(self.address, **kw)
        context = context or certificates.authority().context()
        if how == "tls":
            return Pop3(self.tls_address, tls=context, **kw)
        tls = {k: kw.pop(k) for k in ("name", "session") if k in kw}
        return Pop3(self.address, **kw).stls(context, **tls)

    @property
    def tls_address(self):
        return self.tls_addresses[0]

    @property
    def tls_port(self):
        return self.tls_address[1]

    def login(self, user, **kw):
        """Logged in.  A connection that was closed without QUIT is noticed a
        moment later, so IN-USE is not an answer yet; tests of locks ask
        can_login."""
        user = self.site.users[user] if isinstance(user, bytes) else user
        end = time.monotonic() + 10
        while True:
            pop = self.connect(**kw)
            pop.ok(b"USER " + user.name)
            reply = pop.cmd(b"PASS " + user.password)
            if reply.startswith(b"+OK"):
                return pop
            pop.close()
            assert (reply.startswith(b"-ERR [IN-USE] ")
                    and time.monotonic() < end), reply
            time.sleep(0.01)

    def can_login(self, name=b"alice", password=None, **kw):
        """Whether a log-in succeeds; it ends with QUIT, so that its lock is
        gone when this returns."""
        with self.connect(**kw) as pop:
            pop.ok(b"USER " + name)
            reply = pop.cmd(b"PASS " + (password or b"secret-of-" + name))
            if reply.startswith(b"+OK"):
                pop.quit()
                return True
            assert reply.startswith(b"-ERR"), reply
            return False

    @property
    def port(self):
        return self.address[1]
