# SPDX-License-Identifier: ISC
"""restante as if the server had taken it over (test/breach/collector.c): a home
with more in it than mail, and an attack from inside."""
import os
import re
import signal
import socket
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass

from support import paths
from support.collector import Collector
from support.odd_server import OddServer, letters

PROGRAM = paths.BUILD / "test" / "breach" / "restante-breach"
SAID = re.compile(r"^breach: (done|held (\d+)|unknown)$", re.M)
SECRET = "the only key\n"
KILLED, DONE = "killed", "done"


@dataclass
class Outcome:
    held: object       # an errno, KILLED or DONE
    status: int
    told: str


class Victim(Collector):
    """A person's home, and a mailbox of three letters."""

    def __init__(self, folder):
        super().__init__(folder)
        self.ssh = self.home / ".ssh"
        self.ssh.mkdir(mode=0o700)
        for name in ("id_x", "authorized_keys"):
            (self.ssh / name).write_text(SECRET)
        (self.home / ".bashrc").write_text(SECRET)
        self.mail = letters(3, octets=300)

    def words(self, *arguments):
        return [*map(str, self.prefix), PROGRAM, *map(str, arguments)]

    def attack(self, name, arg="", command="fetch", *more):
        """What came of it; and all else went well unless it was killed."""
        self.env |= {"BREACH": name, "BREACH_ARG": str(arg)}
        with self.start(command, *more) as process:
            out, told = process.communicate(timeout=60)
        told = told.decode("utf-8", "replace")
        said = SAID.search(told)
        if process.returncode == -signal.SIGSYS:
            assert said is None, told
            return Outcome(KILLED, process.returncode, told)
        assert said is not None, (process.returncode, out, told)
        held = int(said[2]) if said[2] else said[1]
        return Outcome(held, process.returncode, told)

    def secrets_are_whole(self):
        names = sorted(p.name for p in self.ssh.iterdir())
        assert names == ["authorized_keys", "id_x"], names
        for path in (*self.ssh.iterdir(), self.home / ".bashrc"):
            assert path.read_text() == SECRET
        assert (self.ssh.stat().st_mode & 0o777) == 0o700
        assert not (self.home / "taken").exists()


@contextmanager
def neighbours(where):
    """What is about: another server, a socket without a path, a program."""
    with (socket.create_server(("127.0.0.1", 0)) as other,
          socket.socket(socket.AF_UNIX) as abstract,
          subprocess.Popen(["sleep", "100"]) as program):
        name = f"restante-test-{os.getpid()}"
        abstract.bind(b"\0" + name.encode())
        abstract.listen()
        where["other_port"] = other.getsockname()[1]
        where["abstract"] = name
        where["pid"] = program.pid
        try:
            yield
            assert program.poll() is None, "it was ended"
        finally:
            program.kill()


@contextmanager
def victim(folder, rules=(), **settings):
    """(Victim, what attacks are told)."""
    v = Victim(folder / "home")
    (folder / "outside").write_text(SECRET)
    with OddServer(v.mail) as server:
        v.account(server, rules=rules, **settings)
        where = {"home": v.home, "ssh": v.ssh, "mail": v.home / "mail",
                 "state": v.record.parent, "outside": folder / "outside",
                 "port": server.port}
        with neighbours(where):
            yield v, where
    v.secrets_are_whole()
    assert (folder / "outside").read_text() == SECRET
