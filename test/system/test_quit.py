# SPDX-License-Identifier: ISC
"""What is deleted when: by QUIT alone, and QUIT says the truth."""
import os
import re
import subprocess

import pytest

from support import accounts, proc

TEXT = b"Subject: x\n\nbody\n"


@pytest.fixture
def three(shared):
    shared.bases = [shared.alice.maildir.deliver(TEXT) for _ in range(3)]
    return shared


def bases(server):
    return server.alice.maildir.bases()


def wait_unlocked(server):
    """Until alice can log in: her last session has ended."""
    proc.wait_until(server.can_login)


@pytest.mark.portable
def test_quit_removes_what_was_marked_and_nothing_else(three):
    with three.login(b"alice") as pop:
        pop.dele(1, 3)
        assert len(bases(three)) == 3
        pop.quit()
    assert bases(three) == {three.bases[1]}


@pytest.mark.portable
@pytest.mark.parametrize("end", ["close", "reset", "shutdown"])
def test_a_lost_connection_deletes_nothing(three, end):
    pop = three.login(b"alice")
    pop.dele(1, 2, 3)
    if end == "shutdown":
        pop.sock.shutdown(1)
        pop.rest()
    getattr(pop, end if end == "reset" else "close")()
    wait_unlocked(three)
    assert len(bases(three)) == 3


@pytest.mark.parametrize("end", ["close", "reset"])
def test_quit_and_close_at_once_commits(three, end):
    """Outlook does not wait for the answer."""
    pop = three.login(b"alice")
    pop.dele(1, 2)
    pop.send(b"QUIT\r\n")
    if end == "reset":
        proc.wait_until(lambda: len(bases(three)) == 1)
    getattr(pop, end)()
    proc.wait_until(lambda: bases(three) == {three.bases[2]})
    wait_unlocked(three)


@pytest.mark.portable
def test_the_whole_session_and_close_in_one_segment(three):
    pop = three.connect()
    pop.send(b"USER alice\r\nPASS secret-of-alice\r\nDELE 2\r\nQUIT\r\n")
    pop.sock.shutdown(1)
    assert pop.rest().count(b"+OK") == 4
    assert bases(three) == {three.bases[0], three.bases[2]}


@pytest.mark.portable
def test_half_a_quit_is_no_quit(three):
    pop = three.login(b"alice")
    pop.dele(1)
    pop.send(b"QUIT")
    pop.sock.shutdown(1)
    pop.rest()
    wait_unlocked(three)
    assert len(bases(three)) == 3


@pytest.mark.portable
def test_rset_before_quit(three):
    with three.login(b"alice") as pop:
        pop.dele(1, 2, 3)
        pop.ok(b"RSET")
        pop.dele(2)
        pop.quit()
    assert bases(three) == {three.bases[0], three.bases[2]}


def lock_directory(path, locked):
    """Nothing can be unlinked below it: immutable for root, else by mode."""
    if accounts.is_root():
        os.chown(path, *((0, 0) if locked else os.stat(
            os.path.dirname(path))[4:6]))
    os.chmod(path, 0o555 if locked else 0o700)


def test_what_could_not_be_removed_is_said_with_its_number(three):
    box = three.alice.maildir
    box.rename(three.bases[0], "cur", b":2,S")
    three.expect(rb"alice|remove|expunge")
    with three.login(b"alice") as pop:
        pop.dele(1, 2, 3)
        lock_directory(box.folder("new"), True)
        try:
            reply = pop.err(b"QUIT", b"SYS/TEMP")
            pop.eof()
        finally:
            lock_directory(box.folder("new"), False)
    assert bases(three) == set(three.bases[1:])
    assert 2 in [int(n) for n in re.findall(rb"\b\d+\b", reply)], reply
    with three.login(b"alice") as pop:
        assert pop.stat()[0] == 2


def test_what_had_vanished_counts_as_removed(three):
    with three.login(b"alice") as pop:
        pop.dele(1, 2)
        os.unlink(three.alice.maildir.files()[three.bases[0]])
        pop.quit()
    assert bases(three) == {three.bases[2]}


@pytest.mark.slow
def test_many_deletions(shared):
    """More than one MARK packet carries: 40,000 messages."""
    box = shared.alice.maildir
    count = 40_000
    for i in range(count):
        path = box.folder("cur") + b"/%d.many:2," % (1_600_000_000 + i)
        with open(path, "wb") as f:
            f.write(b"S: x\n\n")
    if accounts.is_root():
        subprocess.run(["chown", "-R", "%d:%d" % box.owner, box.path], check=True)
    with shared.login(b"alice", timeout=120) as pop:
        assert pop.stat()[0] == count
        pop.send(b"".join(b"DELE %d\r\n" % n for n in range(1, count + 1)
                          if n % 1000))
        for n in range(1, count + 1):
            if n % 1000:
                assert pop.line().startswith(b"+OK")
        pop.quit()
    assert bases(shared) == {b"%d.many" % (1_600_000_000 + i)
                             for i in range(999, count, 1000)}
