# SPDX-License-Identifier: ISC
"""What a played server has, and how it fails: letters, faults."""
from dataclasses import dataclass

USER, PASSWORD = b"alice", b"secret-of-alice"
STAMP = b"<1896.697170952@pop.test>"
VERBS = ("CAPA", "STLS", "USER", "PASS", "APOP", "AUTH", "STAT", "LIST", "UIDL",
         "RETR", "TOP", "DELE", "RSET", "NOOP", "QUIT")
CAPABILITIES = (b"TOP", b"UIDL", b"USER", b"PIPELINING", b"RESP-CODES",
                b"AUTH-RESP-CODE", b"SASL PLAIN LOGIN",
                b"IMPLEMENTATION odd")


@dataclass
class Letter:
    uid: bytes
    text: bytes  # with CRLF line ends, not stuffed

    @property
    def lf(self):
        return self.text.replace(b"\r\n", b"\n")


def letters(count, octets=400, first=1):
    """So many, each of its own text."""
    made = []
    for n in range(first, first + count):
        head = (b"From: sender%d@example.org\r\nSubject: letter %d\r\n"
                b"Date: Thu, 23 Nov 2023 02:45:01 +0000\r\n"
                b"Message-ID: <%d.odd@example.org>\r\n\r\n" % (n, n, n))
        line = b"letter %d, a line of its text\r\n" % n
        text = head + line * max(1, (octets - len(head)) // len(line))
        made.append(Letter(b"uid-%06d" % n, text))
    return made


def stuff(text):
    """By the letter of RFC 1939: a bare LF ends no line."""
    if text.startswith(b"."):
        text = b"." + text
    return text.replace(b"\r\n.", b"\r\n..")


@dataclass
class Fault:
    """At the nth answer to a verb, or to a command as "RETR 3", of each session
    (or of one: session, from 0)."""
    verb: str
    nth: int = 1
    where: str = "before"  # of the answer: before | middle | after
    does: str = "close"    # close | reset | silence
    session: int = None
    commits: bool = True   # QUIT: what is marked goes, although


class Gone(Exception):
    """This session is over."""
