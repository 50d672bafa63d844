# SPDX-License-Identifier: ISC
"""A raw POP3 client: sends exactly the octets it is given, believes nothing.

Every wait has a deadline.  A reply line that does not end in CRLF, or is
longer than RFC 2449 allows, is an error here; so is a TLS connection that the
server ends without saying so (close_notify), where an end is demanded.
"""
import select
import socket
import ssl
import struct
import time

from support.wire import unstuff

REPLY_MAX = 512
TIMEOUT_S = 30.0


class Closed(Exception):
    """The server closed the connection; what had come of a line is in args."""


class Pop3:
    def __init__(self, address, timeout=TIMEOUT_S, greet=True, source=None,
                 receive_buffer=None, tls=None, name="pop.test", session=None):
        """tls: an ssl.SSLContext, for a port that speaks TLS at once; name is
        whom the server's certificate has to be for, session what to resume."""
        self.timeout = timeout
        self.buffer = bytearray()
        self.was_cut = False  # the end of TLS was not announced
        self.sock = socket.socket(
            socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF,
                                 receive_buffer)
        if source:
            self.sock.bind((source, 0))
        self.sock.settimeout(timeout)
        self.sock.connect(address)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.start_tls(tls, name, session)
        self.greeting = self.line() if greet else None
        assert not greet or self.greeting.startswith(b"+OK"), self.greeting

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def start_tls(self, context, name="pop.test", session=None):
        """The handshake.  None as the name: without SNI, and whatever name the
        certificate has."""
        if name is None:
            assert not context.check_hostname
        try:
            self.sock = context.wrap_socket(
                self.sock, server_hostname=name, session=session,
                suppress_ragged_eofs=False)
        except OSError:
            self.sock.close()
            raise
        return self

    def stls(self, context, name="pop.test", session=None):
        self.ok(b"STLS")
        assert not self.buffer, bytes(self.buffer)
        return self.start_tls(context, name, session)

    @property
    def is_tls(self):
        return isinstance(self.sock, ssl.SSLSocket)

    def close(self):
        self.sock.close()

    def reset(self):
        """Closes with RST: the peer learns at once that nobody listens."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
        self.sock.close()

    def send(self, octets):
        self.sock.sendall(octets)

    def send_each(self, octets):
        """Octet by octet, each in a segment of its own."""
        for i in range(len(octets)):
            self.sock.sendall(octets[i:i + 1])

    def _fill(self, end):
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"nothing more after {bytes(self.buffer[:200])!r}")
        self.sock.settimeout(left)
        try:
            octets = self.sock.recv(1 << 20)
        except ConnectionResetError:
            octets = b""
        except ssl.SSLEOFError:
            self.was_cut = True
            octets = b""
        if not octets:
            raise Closed(bytes(self.buffer))
        self.buffer += octets

    def _take(self, mark):
        """All up to and with mark."""
        end = time.monotonic() + self.timeout
        start = 0
        while True:
            at = self.buffer.find(mark, start)
            if at >= 0:
                taken = bytes(self.buffer[:at + len(mark)])
                del self.buffer[:at + len(mark)]
                return taken
            start = max(0, len(self.buffer) - len(mark) + 1)
            self._fill(end)

    def line(self):
        line = self._take(b"\n")
        assert line.endswith(b"\r\n"), line
        assert len(line) <= REPLY_MAX, line
        return line[:-2]

    def body(self):
        """A multi-line answer's stuffed octets, without the terminator."""
        end = time.monotonic() + self.timeout
        while len(self.buffer) < 3:
            self._fill(end)
        if self.buffer.startswith(b".\r\n"):
            del self.buffer[:3]
            return b""
        return self._take(b"\r\n.\r\n")[:-3]

    def cmd(self, line):
        self.send(line + b"\r\n")
        return self.line()

    def ok(self, line):
        reply = self.cmd(line)
        assert reply == b"+OK" or reply.startswith(b"+OK "), (line, reply)
        return reply

    def err(self, line, code=None):
        reply = self.cmd(line)
        assert reply.startswith(b"-ERR"), (line[:80], reply)
        if code is not None:
            assert reply.startswith(b"-ERR [" + code + b"] "), (line[:80], reply)
        return reply

    def login(self, user, password):
        self.ok(b"USER " + user)
        self.ok(b"PASS " + password)
        return self

    def multi(self, line):
        self.ok(line)
        return unstuff(self.body())

    def retr(self, msn):
        return self.multi(b"RETR %d" % msn)

    def top(self, msn, lines):
        return self.multi(b"TOP %d %d" % (msn, lines))

    def stat(self):
        return tuple(int(n) for n in self.ok(b"STAT").split()[1:3])

    def list(self):
        """{message number: octets}"""
        return _numbered(self.multi(b"LIST"), int)

    def uidl(self):
        """{message number: unique-id}"""
        return _numbered(self.multi(b"UIDL"), bytes)

    def dele(self, *msns):
        for msn in msns:
            self.ok(b"DELE %d" % msn)

    def quit(self):
        self.ok(b"QUIT")
        self.eof()

    def eof(self, timeout=None):
        """Demands that the server closes, having sent nothing more."""
        rest = self.rest(timeout)
        assert rest == b"", rest[:300]
        assert not self.was_cut, "no close_notify"
        self.close()

    def rest(self, timeout=None):
        """All that comes until the server closes."""
        end = time.monotonic() + (timeout or self.timeout)
        while True:
            try:
                self._fill(end)
            except Closed:
                rest = bytes(self.buffer)
                self.buffer.clear()
                return rest

    def is_silent(self, seconds):
        """Whether nothing comes for so long."""
        if self.buffer:
            return False
        if self.is_tls:
            return self._hears_nothing(seconds)
        return not select.select([self.sock], [], [], seconds)[0]

    def _hears_nothing(self, seconds):
        """Records may come that carry no octet, as tickets do."""
        try:
            self._fill(time.monotonic() + seconds)
        except TimeoutError:
            return True
        return False


def _numbered(text, convert):
    found = {}
    for line in text.split(b"\r\n")[:-1]:
        number, value = line.split(b" ", 1)
        assert int(number) not in found, line
        found[int(number)] = convert(value)
    assert list(found) == sorted(found)
    return found
