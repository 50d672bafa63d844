# SPDX-License-Identifier: ISC
"""A POP3 server that does whatever is asked of it: it speaks dialects, lies,
dies and falls silent, at each point of a session.

	server = OddServer([Letter(b"uid-1", b"Subject: x\\r\\n\\r\\nhello\\r\\n")],
	                   without=("CAPA", "UIDL"),
	                   answers={"RETR 2": b"-ERR [SYS/TEMP] later\\r\\n"},
	                   faults=[Fault("DELE", nth=2, where="after")])

It keeps its maildrop from one session to the next as RFC 1939 says: what was
marked goes when QUIT is heard, and only then.  heard tells what each session's
client said, so that a test can ask what was said before what.
"""
import itertools
import threading

from support.letters import (CAPABILITIES, PASSWORD, STAMP, USER, VERBS, Fault,
                             Gone, Letter, letters, stuff)  # noqa: F401
from support.listening import Listening
from support.odd_session import Session


class OddServer(Listening):
    """A context manager; address is where it listens.

    without: verbs that it does not know.
    answers: {"RETR 2" or "RETR" or "GREETING" or "LOGIN" (behind the secret):
      octets, or an iterator of them, or what makes either of a session; a list
      of these is for one session after the other}.  They are sent instead, as
      they are.
    eol, text_eol: line ends of replies and of messages.
    piece, pause: seconds before each piece of so many octets.
    certificate: of support.certificates; how: "tls" from the begin, or "stls".
    uids: (session number, letters) -> their unique-ids.
    on: {verb: what is called with the session and the argument before it is
      answered}.
    """

    def __init__(self, mail=(), without=(), answers=None, faults=(),
                 eol=b"\r\n", text_eol=b"\r\n", piece=None, pause=0.0,
                 certificate=None, how="clear", uids=None, on=None,
                 capabilities=CAPABILITIES, stamp=b"", last_end=None,
                 port=0):
        super().__init__(port)
        self.mail, self.without = list(mail), set(without)
        self.answers, self.faults = dict(answers or {}), list(faults)
        self.eol, self.text_eol = eol, text_eol
        self.piece, self.pause = piece, pause
        self.certificate, self.how = certificate, how
        self.uids = uids or (lambda _session, mail: [m.uid for m in mail])
        self.on, self.capabilities = dict(on or {}), capabilities
        self.stamp = stamp
        self.last_end = last_end or eol + b"." + eol  # if no eol precedes it
        self.heard = []    # of each session, its command lines
        self.gone = []     # letters that were deleted, in their order
        self.is_locked = threading.Lock()
        self.sessions = []

    @property
    def port(self):
        return self.address[1]

    @property
    def at(self):
        """For an URL or a configuration."""
        return "127.0.0.1:%d" % self.port

    def words(self, session=-1):
        """The verbs that a session's client said."""
        return [line.split(b" ")[0].upper().decode("latin-1")
                for line in self.heard[session]]

    def player(self, sock, number):
        self.heard.append([])
        self.sessions.append(Session(self, sock, number))
        return self.sessions[-1].run


# -- dialects, as arguments of OddServer

def tutorial(mail, **more):
    """The session of DESIGN.md: no CAPA, UIDL or TOP, its words."""
    def log_in(session):
        return session.is_in and (b"+OK mark_boyle2002 logged in at 19:04\r\n")

    def listing(session):
        there = session.there()
        return (b"+OK %d messages (%d octets)\r\n" % (
            len(there), sum(len(m.text) for _, m, _ in there))
            + b"".join(b"%d %d\r\n" % (n, len(m.text)) for n, m, _ in there)
            + b".\r\n")
    return OddServer(mail, without=("CAPA", "UIDL", "TOP", "STLS", "AUTH"),
                     answers={
        "GREETING": b"+OK VOPmail POP3 Server-NOTF 4.6.189.0 Ready "
                    b"<12345.6789@example.com>\r\n",
        "PASS": lambda s: log_in(s) or None,
        "LIST": listing,
        "QUIT": b"+GOODBYE\r\n"}, **more)


def endless(first, piece):
    """An answer that never ends."""
    def answer(_session):
        return itertools.chain([first], itertools.repeat(piece))
    return answer


def only(words):
    """A listing of these lines alone."""
    return b"+OK\r\n" + b"".join(w + b"\r\n" for w in words) + b".\r\n"
