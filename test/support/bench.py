# SPDX-License-Identifier: ISC
"""restante-bench, and servers for it that lie."""
import json
import socket
import subprocess
import time
from dataclasses import dataclass

from support import paths
from support.listening import Listening


@dataclass
class Run:
    status: int
    figures: dict  # of --json; {} if there are none
    told: str      # on standard error
    out: str


def command(scenario, place, *options):
    return [paths.program("restante-bench"), *map(str, options), scenario,
            "%s:%d" % place]


def bench(scenario, place, *options, seconds=60):
    """Plays it; a sanitizer's report is no way to end."""
    done = subprocess.run(command(scenario, place, "--json", *options),
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=seconds, check=False)
    assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr
    last = done.stdout.strip().rpartition("\n")[2]
    figures = json.loads(last) if last.startswith("{") else {}
    return Run(done.returncode, figures, done.stderr, done.stdout)


def good(run):
    assert (run.status, run.told) == (0, ""), run
    assert run.figures["errors"] == 0
    return run.figures


HONEST = {
    "GREETING": b"+OK ready\r\n",
    "USER": b"+OK\r\n",
    "PASS": b"+OK\r\n",
    "STAT": b"+OK 2 25\r\n",
    "LIST": b"+OK\r\n1 10\r\n2 15\r\n.\r\n",
    "UIDL": b"+OK\r\n1 a\r\n2 b\r\n.\r\n",
    "RETR 1": b"+OK\r\n..345678\r\n.\r\n".replace(b"..", b"...", 1),
    "RETR 2": b"+OK\r\nabcde\r\nfghijk\r\n.\r\n",
    "NOOP": b"+OK\r\n",
    "QUIT": b"+OK bye\r\n",
}

# Instead of an answer.
CLOSE, SILENCE = "close", "silence"


class Liar(Listening):
    """Answers as HONEST does, but for some; each answer may also be a list, for
    one session after the other, or what makes it when it is asked for.
    pause: seconds before each piece of as many octets."""

    def __init__(self, piece=None, pause=0.0, **lies):
        super().__init__()
        lies = {k.replace("_", " "): v for k, v in lies.items()}
        self.answers = {**HONEST, **lies}
        self.piece, self.pause = piece, pause

    def player(self, sock, number):
        return lambda: self._serve(sock, number)

    def _answer(self, what, session):
        answer = self.answers.get(what, self.answers.get(
            what.split()[0], b"-ERR what?\r\n"))
        if isinstance(answer, list):
            answer = answer[min(session, len(answer) - 1)]
        return answer() if callable(answer) else answer

    def _say(self, sock, answer):
        step = self.piece or max(len(answer), 1)
        for at in range(0, len(answer), step):
            time.sleep(self.pause)
            sock.sendall(answer[at:at + step])

    def _serve(self, sock, session):
        with sock, sock.makefile("rb") as lines:
            try:
                self._talk(sock, lines, session)
            except OSError:
                pass  # the client has had enough

    def _talk(self, sock, lines, session):
        what = "GREETING"
        while what:
            answer = self._answer(what, session)
            if answer == CLOSE:
                return
            if answer != SILENCE:
                self._say(sock, answer)
            if what == "QUIT":
                sock.shutdown(socket.SHUT_WR)
            words = lines.readline().decode("ascii", "replace").split()
            what = " ".join(words[:2] if words[:1] == ["RETR"] else words[:1])
