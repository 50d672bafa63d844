# SPDX-License-Identifier: ISC
"""restante, run with a home, a configuration and a record of its own."""
import hashlib
import json
import mailbox
import os
import signal
import sqlite3
import subprocess
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from support import paths
from support.maildir import Maildir
from support.odd_server import PASSWORD, USER

SECONDS = 120
BAD = ("Sanitizer", "runtime error", "Assertion", "Segmentation")
# Exit codes: sysexits, and what a shell makes of SIGINT.
OK, USAGE, NETWORK, OSERR, CANTCREAT, IOERR = 0, 64, 69, 71, 73, 74
TEMPFAIL, PROTOCOL, NOPERM, CONFIG, INTERRUPTED = 75, 76, 77, 78, 130


def need_collector():
    if not paths.program("restante").exists():
        pytest.skip(f"no restante in {paths.BUILD}: set RESTANTE_BUILD")


@dataclass
class Run:
    status: int
    out: bytes
    told: str  # on standard error

    def json(self):
        """Each line of standard output."""
        return [json.loads(line) for line in self.out.splitlines()]


def config_value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "{" + ", ".join(config_value(v) for v in value) + "}"
    if value in ("keep", "delete", "auto", "implicit", "stls", "none"):
        return value
    return '"%s"' % os.fspath(value).replace("\\", "\\\\").replace('"', '\\"')


def account_text(name, settings, rules):
    lines = [f'account "{name}" {{']
    lines += [f"\t{k} = {config_value(v)}" for k, v in settings.items()
              if v is not None]
    for rule in rules:
        words = " ".join(f"{k} = {v if k == 'action' else config_value(v)}"
                         for k, v in rule.items())
        lines.append(f"\trule {{ {words} }}")
    return "\n".join(lines) + "\n}\n"


class Collector:
    """At folder: home, configuration and what is delivered."""

    def __init__(self, folder):
        self.home = Path(folder)
        self.home.mkdir(parents=True, exist_ok=True)
        self.accounts = {}
        self.prefix = []      # words before the command
        self.env = {**{k: v for k, v in os.environ.items()
                       if not k.startswith("XDG_")},
                    "HOME": str(self.home), "LC_ALL": "C.UTF-8"}
        self.password = self.secret("password", PASSWORD)

    @property
    def config(self):
        return self.home / ".config" / "restante" / "restante.conf"

    @property
    def record(self):
        return self.home / ".local" / "state" / "restante" / "record.sqlite"

    def ask(self, sql):
        """Rows of the record."""
        with closing(sqlite3.connect(self.record)) as db:
            return db.execute(sql).fetchall()

    def change(self, sql, *values):
        with closing(sqlite3.connect(self.record)) as db, db:
            assert db.execute(sql, values).rowcount > 0

    def secret(self, name, octets):
        """A 0600 file."""
        path = self.home / name
        path.write_bytes(octets + b"\n")
        path.chmod(0o600)
        return path

    # -- accounts

    def account(self, server, name="a", rules=(), **settings):
        """Writes it to the configuration.  server: what has host and port as
        address; it is spoken to in clear text, on loopback, unless settings say
        something else."""
        address = getattr(server, "address", server)
        self.accounts[name] = account_text(name, {
            "server": address[0], "port": address[1], "tls": "none",
            "user": USER.decode(), "password_file": self.password,
            "deliver": f"maildir:{self.home}/mail", "after": "keep",
            "timeout": 20, **settings}, rules)
        self.write()
        return self

    def write(self, text=None):
        self.config.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.config.write_text(text or "".join(self.accounts.values()),
                               encoding="utf-8")
        self.config.chmod(0o600)

    # -- running it

    def words(self, *arguments):
        return [*map(str, self.prefix), paths.program("restante"),
                *map(str, arguments)]

    def start(self, *arguments, output=subprocess.PIPE, **more):
        need_collector()
        return subprocess.Popen(self.words(*arguments), env=self.env,
                                cwd=self.home, stdin=subprocess.DEVNULL,
                                stdout=output, stderr=subprocess.PIPE, **more)

    def end(self, process, seconds=SECONDS):
        """Waits for it; a sanitizer's report is no way to end, and a death by
        a signal only if it was ours to send."""
        try:
            out, told = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            out, told = process.communicate()
            raise AssertionError(f"did not end: {out[-2000:]!r} "
                                 f"{told[-2000:]!r}") from None
        told = told.decode("utf-8", "backslashreplace")
        assert not any(b in told for b in BAD), told
        assert process.returncode in (
            -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, *range(256)), (
            process.returncode, told)
        return Run(process.returncode, out, told)

    def run(self, *arguments, status=0, seconds=SECONDS, stdin=None):
        """status: what it has to be, or several, or None for any."""
        if stdin is None:
            run = self.end(self.start(*arguments), seconds)
        else:
            run = self.fed(arguments, stdin, seconds)
        wanted = status if isinstance(status, (tuple, list)) else (status,)
        assert status is None or run.status in wanted, run
        return run

    def fed(self, arguments, stdin, seconds):
        need_collector()
        done = subprocess.run(self.words(*arguments), env=self.env,
                              cwd=self.home, input=stdin, timeout=seconds,
                              capture_output=True, check=False)
        told = done.stderr.decode("utf-8", "backslashreplace")
        assert not any(b in told for b in BAD), told
        return Run(done.returncode, done.stdout, told)

    def fetch(self, *arguments, **more):
        return self.run("fetch", *arguments, **more)

    # -- what it has delivered

    def maildir(self, name="mail"):
        return Maildir(self.home / name)

    def texts(self, name="mail"):
        """Of the Maildir's messages, in the order of their names' times."""
        files = self.maildir(name).files()
        return [Path(os.fsdecode(files[b])).read_bytes()
                for b in sorted(files, key=delivery_key)]

    def digests(self, name="mail"):
        return Counter(map(digest, self.texts(name)))

    def mbox_texts(self, name="mbox"):
        """As a reader of mbox finds them, without the quotes of From lines."""
        path = self.home / name
        return split_mbox(path.read_bytes()) if path.exists() else []

    def temporaries(self, name="mail"):
        return os.listdir(self.home / name / "tmp")


def delivery_key(base):
    """By the time and the serial numbers in a Maildir name."""
    head = base.split(b".")[0]
    return (int(head) if head.isdigit() else 0, base)


def digest(text):
    return hashlib.sha256(text).hexdigest()


def digests_of(letters):
    """What a Maildir has of them: LF line ends."""
    return Counter(digest(m.lf) for m in letters)


def assert_exactly_once(found, letters):
    """found: a Counter of digests."""
    want = digests_of(letters)
    missing, extra = want - found, found - want
    assert not missing and not extra, (
        f"{sum(missing.values())} missing, {sum(extra.values())} too many, "
        f"of {len(letters)}")


def assert_none_lost(found, gone):
    """gone: letters that a server has deleted; each has to be here, whole."""
    lost = digests_of(gone) - found
    assert not lost, f"{sum(lost.values())} gone, and not here"


def split_mbox(octets):
    """The texts of an mbox by the rules of mboxrd, told naively: a line that
    begins with "From " behind an empty line (or at the begin) begins a message,
    one > is taken off a line of >s and "From ", and the empty line at the end
    belongs to the file."""
    texts, lines, was_empty = [], None, True
    assert octets == b"" or octets.endswith(b"\n")
    for line in (x + b"\n" for x in octets.split(b"\n")[:-1]):
        if was_empty and line.startswith(b"From "):
            lines = []
            texts.append(lines)
        else:
            assert lines is not None, line
            quoted = line.lstrip(b">")
            lines.append(line[1:] if line.startswith(b">")
                         and quoted.startswith(b"From ") else line)
        was_empty = line == b"\n"
    for lines in texts:
        assert lines and lines[-1] == b"\n", lines[-1:]
        lines.pop()
    return [b"".join(lines) for lines in texts]


def count_mbox(path):
    """As Python's mailbox module counts."""
    box = mailbox.mbox(path, create=False)
    try:
        return len(box)
    finally:
        box.close()
