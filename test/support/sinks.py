# SPDX-License-Identifier: ISC
"""Messages delivered by sink_tool, killed and made to fail on the way, and what
stands at the destination then."""
import hashlib
import mailbox
import os
import shutil
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from support.paths import BUILD

TOOL = BUILD / "test" / "support" / "sink_tool"
TEMP, DELIVERY = 11, 17  # exit codes: 10 and enum why_kind


def need_tool():
    if not TOOL.exists():
        pytest.skip(f"no sink_tool in {BUILD}: set RESTANTE_BUILD")


def need_strace():
    if shutil.which("strace") is None or subprocess.run(
            ["strace", "-o", os.devnull, "true"], check=False,
            capture_output=True).returncode != 0:
        pytest.skip("needs strace, and to be allowed to trace")


def digest(text):
    return hashlib.sha256(text).hexdigest()


class Sink:
    """A folder with messages, a record, and a destination."""

    def __init__(self, folder, kind, texts, *options):
        self.folder = Path(folder)
        self.kind = kind
        self.options = options
        self.record = self.folder / "record"
        self.mail = self.folder / "mail"
        self.want = Counter(map(digest, texts))
        self.destination = f"{kind}:{self.mail}"
        self.files = []
        (self.folder / "texts").mkdir()
        for n, text in enumerate(texts):
            path = self.folder / "texts" / f"m{n}"
            path.write_bytes(text)
            self.files.append(str(path))

    def command(self):
        return [str(TOOL), *self.options, str(self.record), self.destination,
                *self.files]

    def environment(self):
        """Whose leaks cannot be looked for by what is traced itself."""
        return {**os.environ, "TMPDIR": str(self.folder),
                "ASAN_OPTIONS": "detect_leaks=0"}

    def start(self):
        return subprocess.Popen(self.command(), env=self.environment(),
                                stderr=subprocess.DEVNULL)

    def run(self, *before, status=0):
        done = subprocess.run([*before, *self.command()], check=False,
                              env=self.environment(), timeout=120,
                              capture_output=True)
        if status is not None:
            assert done.returncode == status, done.stderr.decode()
        return done

    def inject(self, call, what, nth):
        """Runs it with the nth of these system calls failing so.  False if
        there was none any more."""
        log = self.folder / "strace"
        self.run("strace", "-f", "-q", "-o", str(log), "-e", f"trace={call}",
                 "-e", f"inject={call}:{what}:when={nth}", status=None)
        text = log.read_text(errors="replace")
        return "(INJECTED)" in text or "killed by SIGKILL" in text

    def texts(self):
        if self.kind == "maildir":
            return [path.read_bytes() for path in self.visible()]
        box = mailbox.mbox(str(self.mail), create=False)
        texts = [unquoted(box.get_bytes(key)) for key in box.keys()]
        box.close()
        return texts

    def visible(self):
        return [path for part in ("new", "cur")
                for path in (self.mail / part).iterdir()]

    def found(self):
        return Counter(map(digest, self.texts()))

    def assert_once(self):
        found = self.found()
        assert not self.want - found, "lost"
        assert not found - self.want, "doubled, or cut"

    def assert_clean(self):
        """No lock, and in tmp/ nothing but what will go."""
        assert not (self.folder / "mail.lock").exists()
        if self.kind == "maildir":
            for path in (self.mail / "tmp").iterdir():
                assert path.name.startswith("restante.")

    def fresh(self):
        """As before the first run."""
        self.record.unlink(missing_ok=True)
        (self.folder / "mail.lock").unlink(missing_ok=True)
        if self.mail.is_dir():
            shutil.rmtree(self.mail)
        else:
            self.mail.unlink(missing_ok=True)

    def fresh_out(self):
        """The same, for a command that writes into the folder out."""
        self.fresh()
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        (self.folder / "out").mkdir()


def unquoted(text):
    """mboxrd, taken back."""
    lines = text.split(b"\n")
    for n, line in enumerate(lines):
        if line.startswith(b">") and line.lstrip(b">").startswith(b"From "):
            lines[n] = line[1:]
    return b"\n".join(lines)


def kill_at(process, seconds):
    """Its exit code, negative if it was killed by that."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        return process.wait()
