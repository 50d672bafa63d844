# SPDX-License-Identifier: ISC
"""One session of an OddServer: what it says to each command, in its dialect,
until a fault ends it."""
import base64
import hashlib
import socket
import ssl
import struct
import time

from support import wire
from support.letters import USER, PASSWORD, VERBS, stuff, Gone


class Session:
    """One connection."""

    def __init__(self, server, sock, number):
        self.server, self.sock, self.number = server, sock, number
        self.buffer = bytearray()
        self.counts = {}   # how often each verb and each command was answered
        self.user = None
        self.is_in = False # logged in
        self.mail, self.marked = [], set()
        self.begun, self.ended = time.monotonic(), None
        self.most_waiting = 0  # commands that had come at once

    # -- octets

    def run(self):
        try:
            if self.server.how == "tls":
                self.wrap()
            self.answer("GREETING", "")
            while True:
                line = self.line()
                self.server.heard[self.number].append(line)
                self.command(line)
        except (Gone, OSError):
            pass  # the client has had enough, or we
        finally:
            self.leave()

    def leave(self):
        self.ended = time.monotonic()
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it has gone already
        self.sock.close()

    def wrap(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server.certificate.chain,
                                self.server.certificate.key)
        self.buffer.clear()
        self.sock = context.wrap_socket(self.sock, server_side=True)
        self.server.open.append(self.sock)

    def line(self):
        while b"\n" not in self.buffer:
            octets = self.sock.recv(65536)
            if not octets:
                raise Gone
            self.buffer += octets
        self.most_waiting = max(self.most_waiting, self.buffer.count(b"\n"))
        line, _, rest = bytes(self.buffer).partition(b"\n")
        self.buffer = bytearray(rest)
        return line.rstrip(b"\r")

    def say(self, octets):
        piece = self.server.piece
        if not piece:
            self.sock.sendall(octets)
            return
        for at in range(0, len(octets), piece):
            time.sleep(self.server.pause)
            self.sock.sendall(octets[at:at + piece])

    def end(self, how):
        """As a fault says.  close: all that was said arrives; reset: RST."""
        if how == "silence":
            while self.sock.recv(65536):
                pass
        elif how == "reset":
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                 struct.pack("ii", 1, 0))
        else:
            self.say_end()
            self.sock.settimeout(20)
            while self.sock.recv(65536):
                pass
        raise Gone

    def say_end(self):
        """TLS says so, too."""
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock.settimeout(1)
            try:
                self.sock = self.sock.unwrap()
            except (OSError, ValueError):
                pass  # the client did not wait for it
        self.sock.shutdown(socket.SHUT_WR)

    # -- answers

    def command(self, line):
        verb, _, argument = line.decode("latin-1").partition(" ")
        verb = verb.upper()
        if verb in self.server.on:
            self.server.on[verb](self, argument)
        self.answer(verb, argument)

    def answer(self, verb, argument):
        fault = self.fault(verb, argument)
        if fault and fault.where == "before" and not (
                verb == "QUIT" and fault.commits):
            self.end(fault.does)
        octets = self.octets(verb, argument)
        if fault and fault.where == "before":
            self.end(fault.does)
        if fault and fault.where == "middle":
            self.say(octets[:len(octets) // 2])
            self.end(fault.does)
        if isinstance(octets, (bytes, bytearray)):
            self.say(octets)
        else:
            for piece in octets:
                self.say(piece)
        if fault:
            self.end(fault.does)
        self.behind(verb, octets)

    def behind(self, verb, octets):
        """What follows an answer."""
        if verb == "STLS" and octets.startswith(b"+"):
            self.wrap()
        if verb == "QUIT":
            self.end("close")

    def fault(self, verb, argument):
        command = f"{verb} {argument}"
        for key in {verb, command}:
            self.counts[key] = self.counts.get(key, 0) + 1
        for fault in self.server.faults:
            if (fault.verb in (verb, command)
                    and fault.nth == self.counts[fault.verb]
                    and fault.session in (None, self.number)):
                return fault
        return None

    def octets(self, verb, argument):
        """QUIT and DELE have their effect whatever is answered."""
        honest = self.honest(verb, argument)
        log_in = ("LOGIN",) if verb in ("PASS", "APOP", "AUTH") else ()
        for key in (f"{verb} {argument}", verb, *log_in):
            if key in self.server.answers:
                return self.made(self.server.answers[key], honest)
        return honest

    def made(self, answer, honest):
        if isinstance(answer, list):
            answer = answer[min(self.number, len(answer) - 1)]
        if callable(answer):
            answer = answer(self)
        return honest if answer is None else answer

    def honest(self, verb, argument):
        if verb == "GREETING":
            return self.ok(b"odd server ready " + self.server.stamp)
        if verb not in VERBS or verb in self.server.without:
            return self.no(b"what?")
        known = ("CAPA", "STLS", "USER", "PASS", "APOP", "AUTH", "QUIT")
        if not self.is_in and verb not in known:
            return self.no(b"log in first")
        return getattr(self, "on_" + verb.lower())(argument)

    def ok(self, text=b""):
        return (b"+OK " + text).rstrip(b" ") + self.server.eol

    def no(self, text):
        return b"-ERR " + text + self.server.eol

    def lines(self, first, lines):
        eol = self.server.eol
        return self.ok(first) + b"".join(x + eol for x in lines) + b"." + eol

    # -- log-in

    def on_capa(self, _argument):
        words = [w for w in self.server.capabilities
                 if w.decode() not in self.server.without]
        if self.server.how == "stls" and not isinstance(
                self.sock, ssl.SSLSocket):
            words.append(b"STLS")
        return self.lines(b"what I can", words)

    def on_stls(self, _argument):
        if self.server.how != "stls":
            return self.no(b"no TLS here")
        return self.ok(b"begin TLS")

    def on_user(self, argument):
        self.user = argument.encode("latin-1")
        return self.ok(self.user + b" is welcome on this server.")

    def on_pass(self, argument):
        return self.judged(self.user, argument.encode("latin-1"))

    def on_apop(self, argument):
        user, _, digest = argument.encode("latin-1").partition(b" ")
        want = hashlib.md5(self.server.stamp + PASSWORD).hexdigest().encode()
        return self.judged(user, PASSWORD if digest == want else b"")

    def on_auth(self, argument):
        mechanism, _, first = argument.partition(" ")
        if mechanism.upper() == "PLAIN":
            _, user, password = (first.encode() and base64.b64decode(first)
                                 or self.asked(b"")).split(b"\0")
            return self.judged(user, password)
        if mechanism.upper() == "LOGIN":
            return self.judged(self.asked(b"User Name"),
                               self.asked(b"Password"))
        return self.no(b"no such mechanism")

    def asked(self, challenge):
        self.say(b"+ " + base64.b64encode(challenge) + self.server.eol)
        return base64.b64decode(self.line())

    def judged(self, user, password):
        if (user, password) != (USER, PASSWORD):
            return self.no(b"[AUTH] no such user, or another password")
        self.is_in = True
        self.mail = list(self.server.mail)
        return self.ok(user + b" logged in at 19:04")

    # -- the maildrop

    def there(self):
        """[(message number, letter, unique-id)]"""
        uids = self.server.uids(self.number, self.mail)
        return [(n, m, u) for n, (m, u) in enumerate(zip(self.mail, uids), 1)
                if n not in self.marked]

    def letter(self, argument):
        """Or None."""
        number = argument.split(" ")[0]
        if not number.isdigit() or int(number) in self.marked:
            return None
        n = int(number)
        return self.mail[n - 1] if 1 <= n <= len(self.mail) else None

    def on_stat(self, _argument):
        there = self.there()
        return self.ok(b"%d %d" % (len(there),
                                   sum(len(m.text) for _, m, _ in there)))

    def on_list(self, argument):
        if argument:
            m = self.letter(argument)
            return (self.ok(b"%s %d" % (argument.encode(), len(m.text))) if m
                    else self.no(b"no such message"))
        return self.lines(b"%d messages" % len(self.there()),
                          [b"%d %d" % (n, len(m.text))
                           for n, m, _ in self.there()])

    def on_uidl(self, argument):
        lines = {str(n): b"%d %s" % (n, u) for n, _, u in self.there()}
        if argument:
            return (self.ok(lines[argument]) if argument in lines
                    else self.no(b"no such message"))
        return self.lines(b"", lines.values())

    def body(self, text):
        if text and not text.endswith(b"\r\n"):
            text += b"\r\n"
        text = stuff(text).replace(b"\r\n", self.server.text_eol)
        if text.endswith(self.server.eol) or not text:
            return text + b"." + self.server.eol
        return text + self.server.last_end

    def on_retr(self, argument):
        m = self.letter(argument)
        if m is None:
            return self.no(b"no such message")
        return self.ok(b"%d octets" % len(m.text)) + self.body(m.text)

    def on_top(self, argument):
        m = self.letter(argument)
        if m is None:
            return self.no(b"no such message")
        lines = int(argument.split(" ")[1])
        return self.ok() + self.body(wire.top(m.text, lines))

    def on_dele(self, argument):
        if self.letter(argument) is None:
            return self.no(b"no such message")
        self.marked.add(int(argument))
        return self.ok(argument.encode() + b" deleted")

    def on_rset(self, _argument):
        self.marked.clear()
        return self.ok()

    def on_noop(self, _argument):
        return self.ok()

    def on_quit(self, _argument):
        with self.server.is_locked:
            for n in sorted(self.marked):
                if self.mail[n - 1] in self.server.mail:
                    self.server.mail.remove(self.mail[n - 1])
                    self.server.gone.append(self.mail[n - 1])
        return self.ok(b"bye")
