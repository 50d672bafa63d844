# SPDX-License-Identifier: ISC
"""restantectl asks for passwords on a terminal, and leaves it as it was."""
import fcntl
import os
import pty
import select
import signal
import subprocess
import termios

import pytest

from support.ctl import DATAERR, USERS, Ctl


@pytest.fixture
def ctl():
    c = Ctl()
    yield c
    c.remove()


def own_terminal():
    """The terminal's signals reach the child, whatever ignores them here: what
    a shell starts in the background ignores SIGINT and SIGQUIT."""
    for sig in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM,
                signal.SIGTSTP):
        signal.signal(sig, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """restantectl on a terminal of its own."""

    def __init__(self, ctl, *args):
        self.fd, self.slave = pty.openpty()
        self.child = subprocess.Popen(
            [ctl.program, "-c", str(ctl.conf), *args], stdin=self.slave,
            stdout=self.slave, stderr=self.slave, start_new_session=True,
            preexec_fn=own_terminal)
        self.output = b""

    def until(self, text):
        while text not in self.output:
            ready, _, _ = select.select([self.fd], [], [], 20)
            assert ready, self.output
            data = os.read(self.fd, 4096)
            assert data, self.output
            self.output += data

    def type(self, text):
        os.write(self.fd, text)

    def echoes(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def end(self):
        """Waits for it, reads the rest; what it returned."""
        code = self.child.wait(20)
        while select.select([self.fd], [], [], 0)[0]:
            self.output += os.read(self.fd, 4096)
        return code

    def close(self):
        self.child.kill()
        self.child.wait()
        os.close(self.fd)
        os.close(self.slave)


@pytest.fixture
def terminal(ctl):
    ctl.users.write_bytes(USERS)
    t = Terminal(ctl, "passwd", "alice", "--scheme", "PLAIN",
                 "--scram", "none")
    t.until(b"New password: ")
    yield t
    t.close()


def test_terminal_asks_twice_without_echo(ctl, terminal):
    assert not terminal.echoes()
    terminal.type(b"tell-nobody\n")
    terminal.until(b"Again: ")
    terminal.type(b"tell-nobody\n")
    assert terminal.end() == 0
    assert terminal.echoes()
    assert b"tell-nobody" not in terminal.output
    assert ctl.field(b"alice") == b"{PLAIN}tell-nobody"


def test_terminal_two_that_differ_change_nothing(ctl, terminal):
    terminal.type(b"one\n")
    terminal.until(b"Again: ")
    terminal.type(b"other\n")
    assert terminal.end() == DATAERR
    assert ctl.users.read_bytes() == USERS


@pytest.mark.parametrize("prompts", [1, 2])
@pytest.mark.parametrize("key, number", [
    (b"\x03", signal.SIGINT), (b"\x1c", signal.SIGQUIT),
    (None, signal.SIGTERM), (None, signal.SIGHUP)])
def test_terminal_is_restored_by_signals(ctl, terminal, prompts, key, number):
    if prompts == 2:
        terminal.type(b"one\n")
        terminal.until(b"Again: ")
    assert not terminal.echoes()
    if key:
        terminal.type(key)
    else:
        terminal.child.send_signal(number)
    assert terminal.end() == -number
    assert terminal.echoes()
    assert ctl.users.read_bytes() == USERS


def test_terminal_asks_anew_after_a_stop(ctl, terminal):
    """Here nobody could continue it, so the kernel does not stop it at all."""
    terminal.type(b"half")
    terminal.child.send_signal(signal.SIGTSTP)
    terminal.output = b""
    terminal.until(b"New password: ")
    terminal.type(b"new\n")
    terminal.until(b"Again: ")
    terminal.type(b"new\n")
    assert terminal.end() == 0
    assert ctl.field(b"alice") == b"{PLAIN}new"
