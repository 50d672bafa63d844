# SPDX-License-Identifier: ISC
"""A person at a terminal of their own, who reads what a program says there and
types."""
import os
import pty
import re
import select
import signal
import time

SECONDS = 60
# What moves the cursor and colours; nothing else may come raw.
SEQUENCES = re.compile(rb"\x1b\[(\d+A|K|J|[\d;]*m)")


class Typist:
    def __init__(self, words, env, cwd=None):
        self.said = b""
        self.heard = 0  # so much of it was waited for
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(cwd or "/")
            # as at any terminal, whatever started us (nohup)
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
            os.execve(words[0], [str(w) for w in words], env)

    def read(self):
        """False: the other end is closed."""
        assert select.select([self.fd], [], [], SECONDS)[0], self.said
        try:
            octets = os.read(self.fd, 65536)
        except OSError:
            octets = b""
        self.said += octets
        return bool(octets)

    def hear(self, until):
        """Waits until it is said, behind what was waited for before."""
        end = time.monotonic() + SECONDS
        while until not in self.said[self.heard:]:
            assert self.read() and time.monotonic() < end, (until, self.said)
        self.heard = self.said.index(until, self.heard) + len(until)

    def type(self, octets):
        os.write(self.fd, octets)

    def answer(self, question, text=""):
        self.hear(question.encode())
        self.type(text.encode() + b"\n")

    def end(self):
        """Its status, below 0 of a signal."""
        while self.read():
            pass
        os.close(self.fd)
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        assert b"Sanitizer" not in self.said, self.said
        assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]",
                             SEQUENCES.sub(b"", self.said)), self.said
        return status
