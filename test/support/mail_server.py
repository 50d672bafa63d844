# SPDX-License-Identifier: ISC
"""An LMTP or SMTP server that takes mail, or says what a test wants it to."""
import socket
import threading

from support.listening import hang_up
from support.wire import unstuff


class MailServer:
    """A context manager.  kind: "LMTP" or "SMTP"; path: of a socket, instead of
    a port.  answers: {"DATA": octets, "." (behind the text): octets or a list
    of them, one for each message; None: it goes; "": the greeting}."""

    def __init__(self, kind="LMTP", path=None, answers=None):
        self.kind, self.answers = kind, dict(answers or {})
        self.mail = []  # (sender, recipient, text with LF)
        self.heard = []
        if path:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(str(path))
            self.listener.listen(8)
        else:
            self.listener = socket.create_server(("127.0.0.1", 0))
            self.address = self.listener.getsockname()
        self.open = []
        self.thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.listener.shutdown(socket.SHUT_RDWR)
        hang_up(self.open)
        self.thread.join(10)
        self.listener.close()

    def texts(self):
        return [text for _, _, text in self.mail]

    def _accept(self):
        """One after the other."""
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.open.append(sock)
            with sock, sock.makefile("rb") as lines:
                try:
                    self._talk(sock, lines)
                except OSError:
                    pass  # the client has had enough

    def answer(self, sock, verb, honest):
        answer = self.answers.get(verb, honest)
        if isinstance(answer, list):
            answer = answer.pop(0) if answer else honest
        if answer is None:
            raise ConnectionAbortedError
        sock.sendall(answer)
        return answer

    def _talk(self, sock, lines):
        self.answer(sock, "", b"220 here\r\n")
        sender = recipient = b""
        while True:
            line = lines.readline()
            if not line:
                return
            self.heard.append(line)
            verb = line.split(b" ")[0].split(b":")[0].strip().upper().decode()
            if verb in ("LHLO", "EHLO"):
                right = (verb == "LHLO") == (self.kind == "LMTP")
                self.answer(sock, verb, b"250-here\r\n250-PIPELINING\r\n"
                            b"250 8BITMIME\r\n" if right else b"500 no\r\n")
            elif verb == "MAIL":
                sender = between(line)
                self.answer(sock, verb, b"250 ok\r\n")
            elif verb == "RCPT":
                recipient = between(line)
                self.answer(sock, verb, b"250 ok\r\n")
            elif verb == "DATA":
                if self.answer(sock, verb, b"354 go\r\n").startswith(b"3"):
                    text = unstuff(read_text(lines)).replace(b"\r\n", b"\n")
                    if self.answer(sock, ".",
                                   b"250 taken\r\n").startswith(b"2"):
                        self.mail.append((sender, recipient, text))
            elif verb == "QUIT":
                self.answer(sock, verb, b"221 bye\r\n")
                return
            else:
                self.answer(sock, verb, b"250 ok\r\n")


def between(line):
    return line.partition(b"<")[2].partition(b">")[0]


def read_text(lines):
    text = b""
    for line in lines:
        if line == b".\r\n":
            break
        assert line.endswith(b"\r\n"), line[-20:]
        text += line
    return text
