# SPDX-License-Identifier: ISC
"""Plays .pop3t transcripts on a server; test/script/README.md has the form."""
import re
from pathlib import Path

from support.pop3 import Pop3
from support.wire import stuff, wire

ESCAPES = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"\\": b"\\", b"*": b"*"}
ESCAPE = re.compile(rb"\\(x[0-9A-Fa-f]{2}|.)", re.DOTALL)
SILENCE_S = 0.05


def _octets(match):
    found = match.group(1)
    if found[:1] == b"x" and len(found) == 3:
        return bytes([int(found[1:], 16)])
    return ESCAPES[found]


def unescape(text):
    return ESCAPE.sub(_octets, text)


def pattern(text):
    """A regular expression for a pattern in which * is any octets."""
    out = []
    for part in re.findall(rb"\\x[0-9A-Fa-f]{2}|\\.|[^\\]", text, re.DOTALL):
        out.append(b".*" if part == b"*" else re.escape(unescape(part)))
    return re.compile(b"".join(out), re.DOTALL)


class Transcript:
    def __init__(self, path):
        self.path = Path(path)
        self.steps = []
        self.mailbox = None
        self.needs = set()
        for number, line in enumerate(self.path.read_bytes().split(b"\n"), 1):
            if line and not line.startswith(b"#"):
                self._add(number, line)
        assert self.mailbox, f"{path}: no mailbox"

    def _add(self, number, line):
        if line.startswith(b"mailbox "):
            assert not self.steps and not self.mailbox, self._at(number)
            self.mailbox = self.path.parent / "mailboxes" / line[8:].decode()
        elif line.startswith(b"needs "):
            assert not self.steps, self._at(number)
            self.needs |= set(line[6:].decode().split(" "))
        elif line in (b"login", b"closed", b"reconnect", b"tls", b"S."):
            self.steps.append((number, line, b""))
        else:
            mark, text = line[:2], line[3:]
            assert mark in (b"C:", b"C-", b"S:", b"S+") and (
                line[2:3] == b" " or len(line) == 2), self._at(number)
            self.steps.append((number, mark, text))

    def _at(self, number):
        return f"{self.path.name}:{number}"

    def messages(self):
        """[(file name, stored text)], in order."""
        return sorted((p.name.encode(), p.read_bytes())
                      for p in self.mailbox.iterdir()
                      if not p.name.startswith("."))


class Player:
    """Plays one transcript.  each: octets go out one by one.  tls: an
    ssl.SSLContext, for behind STLS, or for the whole connection: at_once."""

    def __init__(self, address, transcript, each=False, tls=None,
                 at_once=False):
        self.address, self.transcript, self.each = address, transcript, each
        self.tls, self.at_once = tls, at_once
        self.pop = None

    def play(self):
        try:
            for number, mark, text in self.transcript.steps:
                try:
                    self.STEPS[mark](self, text)
                except Exception as e:
                    where = f"{self.transcript.path.name}:{number}"
                    raise AssertionError(
                        f"{where}: {mark.decode()} {text!r}: {e!r}") from e
            assert self.pop is None or self.pop.is_silent(SILENCE_S), \
                "the server said more"
        finally:
            self._close()

    def _close(self):
        if self.pop is not None:
            self.pop.close()
        self.pop = None

    def _open(self):
        if self.pop is None:
            self.pop = Pop3(self.address, greet=False,
                            tls=self.tls if self.at_once else None)
        return self.pop

    def _send(self, octets):
        (self._open().send_each if self.each else self._open().send)(octets)

    def _login(self, _):
        assert self._open().line().startswith(b"+OK")
        self.pop.ok(b"USER test")
        self.pop.ok(b"PASS secret")

    def _c_line(self, text):
        self._send(unescape(text) + b"\r\n")

    def _c_octets(self, text):
        self._send(unescape(text))

    def _s_line(self, text):
        line = self._open()._take(b"\r\n")[:-2]
        assert pattern(text).fullmatch(line), f"came: {line!r}"

    def _s_end(self, _):
        line = self._open()._take(b"\r\n")[:-2]
        assert line == b".", f"came: {line!r}"

    def _s_message(self, text):
        stored = (self.transcript.mailbox / text.decode()).read_bytes()
        want, got = stuff(wire(stored)), self._open().body()
        assert got == want, f"came: {got[:300]!r}, not {want[:300]!r}"

    def _closed(self, _):
        self._open().eof()
        self.pop = None

    def _reconnect(self, _):
        self._close()

    def _tls(self, _):
        assert not self.pop.buffer, "the server said more"
        self.pop.start_tls(self.tls)

    STEPS = {b"login": _login, b"C:": _c_line, b"C-": _c_octets,
             b"S:": _s_line, b"S.": _s_end, b"S+": _s_message,
             b"closed": _closed, b"reconnect": _reconnect, b"tls": _tls}
