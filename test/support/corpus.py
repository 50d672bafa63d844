# SPDX-License-Identifier: ISC
"""A thousand messages that have broken mail software, the same each time.

Each message knows its kinds, so that a test of a client that cannot carry,
say, NUL can leave out exactly those and say why.
"""
import random
from dataclasses import dataclass, field

from support.wire import wire

BIG_OCTETS = 50 * 1024 * 1024
LONG_LINE_OCTETS = 100 * 1024
TIME_FIRST = 1_600_000_000


@dataclass
class Message:
    stored: bytes
    kinds: frozenset
    base: bytes = b""
    folder: str = "new"
    info: bytes = b""
    wire: bytes = field(default=b"", repr=False)

    @property
    def name(self):
        return self.base + self.info


def header(n, eol=b"\r\n", extra=()):
    lines = [
        b"Return-Path: <sender@example.org>",
        b"From: Sender %d <sender@example.org>" % n,
        b"To: alice@example.com",
        b"Subject: message %d" % n,
        b"Date: Thu, 23 Nov 2023 02:45:01 +0000",
        b"Message-ID: <%d.corpus@example.org>" % n,
        *extra,
    ]
    return eol.join(lines) + eol


def mail(n, body, eol=b"\n", extra=()):
    return header(n, eol, extra) + eol + body


def _dots(rng, n):
    lines = [b"." * rng.randrange(0, 5) + rng.choice([b"", b" x", b"end", b"\t"])
             for _ in range(rng.randrange(1, 60))]
    eol = rng.choice([b"\n", b"\r\n"])
    return mail(n, eol.join(lines) + eol, eol)


def _lone_dot(rng, n):
    eol = rng.choice([b"\n", b"\r\n"])
    return mail(n, rng.choice([b".", b"..", b"." + eol + b".", b"a" + eol + b"."])
                + eol, eol)


def _fake_end(_rng, n):
    return mail(n, b"a\r\n.\r\n+OK not a reply\r\n.\n-ERR nor this\n.\r\r\n.\n")


def _bare_cr(rng, n):
    parts = [rng.choice([b"\r", b"\r\r", b".\r", b"\r.", b"word", b"\n", b"\r\n"])
             for _ in range(rng.randrange(5, 80))]
    return mail(n, b"".join(parts) + b"\n")


def _mixed_ends(rng, n):
    return mail(n, b"".join(b"line %d%s" % (i, rng.choice([b"\n", b"\r\n"]))
                            for i in range(rng.randrange(1, 50))),
                rng.choice([b"\n", b"\r\n"]))


def _nul(rng, n):
    return mail(n, bytes(rng.choice(b"\0\0\0ab\n.") for _ in range(200)) + b"\n")


def _eight_bit(rng, n):
    return mail(n, bytes(rng.choice(range(0x80, 0x100)) for _ in range(300))
                + b"\nGr\xc3\xbc\xc3\x9fe\n")


def _long_line(rng, n):
    return mail(n, b"x" * LONG_LINE_OCTETS + b"\n." + b"y" * rng.randrange(9000)
                + b"\nend\n")


def _no_final_newline(rng, n):
    return mail(n, rng.choice([b"last", b"a\nb", b".", b"a\n.", b"a\r\nlast"]))


def _ends_in_cr(rng, n):
    return mail(n, rng.choice([b"last\r", b"\r", b"a\n.\r", b"a\r\n\r"]))


def _empty(_rng, _n):
    return b""


def _only_newlines(rng, _n):
    return rng.choice([b"\n", b"\r\n"]) * rng.randrange(1, 9)


def _header_only(rng, n):
    eol = rng.choice([b"\n", b"\r\n"])
    return rng.choice([header(n, eol), header(n, eol)[:-len(eol)],
                       header(n, eol) + eol])


def _no_header(rng, n):
    return rng.choice([b".", b"x", b"\n.", b".\n", b"just text %d\n" % n, b"\r",
                       b".\r\n.\n", b" begins with a blank\n"])


def _plain(rng, n):
    words = [b"wait", b"until", b"called", b"for", b"poste", b"restante"]
    lines = [b" ".join(rng.choices(words, k=rng.randrange(1, 12)))
             for _ in range(rng.randrange(1, 120))]
    eol = rng.choice([b"\n", b"\r\n"])
    return mail(n, eol.join(lines) + eol, eol)


def _from_line(rng, n):
    return mail(n, b"From here on\n>From there\nfrom below\n", b"\n")


def _at_buffers(rng, n):
    """A CR, LF or dot exactly around the sizes that buffers tend to have."""
    head = mail(n, b"", b"\n")
    size = rng.choice([1024, 4096, 8192, 16384, 32768, 65536])
    size += rng.randrange(-3, 4)
    pad = max(0, size - len(head))
    lines = (b"p" * 63 + b"\n") * (pad // 64 + 1)
    return head + lines[:pad] + rng.choice([b"\n.\n", b"\r\n.", b"\r", b".\r\n",
                                            b"\n\n.", b"\r\n..\r\n"]) + b"tail\n"


KINDS = {
    "dots": _dots, "lone-dot": _lone_dot, "fake-end": _fake_end,
    "bare-cr": _bare_cr, "mixed-ends": _mixed_ends, "nul": _nul,
    "8-bit": _eight_bit, "long-line": _long_line,
    "no-final-newline": _no_final_newline, "ends-in-cr": _ends_in_cr,
    "empty": _empty, "only-newlines": _only_newlines,
    "header-only": _header_only, "no-header": _no_header, "plain": _plain,
    "from-line": _from_line, "at-buffers": _at_buffers,
}

ODD_BASES = {
    "long-name": lambda n: b"%d.M%dP77.%s" % (TIME_FIRST + n, n, b"h" * 90),
    "name-8-bit": lambda n: b"%d.M%dP77.gr\xfc\xdfe" % (TIME_FIRST + n, n),
    "name-blank": lambda n: b"%d.M%dP77.a host" % (TIME_FIRST + n, n),
    "name-controls": lambda n: b"%d.M%dP77.\x01\x7f" % (TIME_FIRST + n, n),
    "name-newline": lambda n: b"%d.M%dP77.a\nb" % (TIME_FIRST + n, n),
    "name-signs": lambda n: b"%d.M%dP77.h,S=1,W=2\\057\"%%s" % (TIME_FIRST + n, n),
    "name-no-time": lambda n: b"mail-%d" % n,
    "name-71": lambda n: (b"%d.M%dP77." % (TIME_FIRST + n, n)).ljust(71, b"z"),
    "name-70": lambda n: (b"%d.M%dP77." % (TIME_FIRST + n, n)).ljust(70, b"z"),
}
# Names whose unique-id cannot be the base name: test their properties instead.
UNSAFE_NAMES = frozenset(("long-name", "name-8-bit", "name-blank",
                          "name-controls", "name-newline", "name-71"))

INFOS = [("new", b""), ("new", b""), ("cur", b":2,"), ("cur", b":2,S"),
         ("cur", b":2,FRS"), ("cur", b"")]


def _big(n, octets):
    line = b"fifty megabytes of this\n.and a dot at each second line\n"
    head = mail(n, b"")
    return head + line * ((octets - len(head)) // len(line) + 1)


def make(count=1000, big_octets=BIG_OCTETS, odd_names=True, seed=1939):
    """The corpus: count messages, in the order in which they are listed."""
    rng = random.Random(seed)
    kinds = list(KINDS)
    out = []
    for n in range(count):
        kind = kinds[n % len(kinds)] if n < 4 * len(kinds) else rng.choice(kinds)
        if kind == "long-line" and n >= 4 * len(kinds) and n % 7:
            kind = "plain"
        out.append(Message(KINDS[kind](rng, n), frozenset((kind,))))
    if big_octets:
        out[count // 2] = Message(_big(count // 2, big_octets), frozenset(("big",)))
    for n, message in enumerate(out):
        _name(rng, n, message, odd_names)
        message.wire = wire(message.stored)
    return out


def _name(rng, n, message, odd_names):
    message.base = b"%d.M%dP77.mx%d.example.org" % (TIME_FIRST + n, rng.randrange(10**6), n % 3)
    if odd_names and n % 10 == 3:
        odd = list(ODD_BASES)[n // 10 % len(ODD_BASES)]
        message.base = ODD_BASES[odd](n)
        message.kinds |= {odd}
    message.folder, message.info = rng.choice(INFOS)
