# SPDX-License-Identifier: ISC
"""Many small messages: they are read several at a time and ahead of their
commands, of which nobody must notice anything but that it is quick."""
import os
import random
import re
import shutil
import signal
import subprocess
import time

import pytest

from support import accounts, wire

COUNT = 90
KEPT_S = 1  # how long what was read ahead waits, and how late that is noticed
LATER_S = 3


def text_of(i):
    """Of all lengths, some with dots, some without a last line's end, one in
    ten larger than what is read ahead."""
    octets = 45_000 if i % 10 == 9 else (i * 1237) % 9000
    lines = b"".join(b"%sline %d of %d\n" % (b"." * (n % 3), n, i)
                     for n in range(octets // 14))
    return b"Subject: %d\n\n%s%s" % (i, lines, b"end" * (i % 2))


TEXTS = [text_of(i) for i in range(COUNT)]
SENT = [wire.stuff(wire.wire(t)) for t in TEXTS]


@pytest.fixture
def box(shared):
    return shared.alice.maildir


@pytest.fixture
def bases(box):
    return [box.deliver(t) for t in TEXTS]


ORDERS = {
    "in order": list(range(COUNT)),
    "reverse": list(range(COUNT))[::-1],
    "each twice": [i for i in range(COUNT) for _ in range(2)],
    "every third": list(range(0, COUNT, 3)),
    "some again": [*range(30), *range(10, 50), *range(5)],
    "at random": random.Random(4).choices(range(COUNT), k=200),
}


def expect(pop, i):
    assert pop.line().startswith(b"+OK"), i
    assert pop.body() == SENT[i], i


@pytest.mark.portable
@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
@pytest.mark.parametrize("is_pipelined", [False, True],
                         ids=["one by one", "pipelined"])
def test_each_is_the_one_asked_for(shared, bases, order, is_pipelined):
    with shared.login(b"alice") as pop:
        assert len(pop.list()) == len(bases)
        if is_pipelined:
            pop.send(b"".join(b"RETR %d\r\n" % (i + 1) for i in order))
        for i in order:
            if not is_pipelined:
                pop.send(b"RETR %d\r\n" % (i + 1))
            expect(pop, i)
        pop.quit()


def mixed_script():
    """[(command, the octets behind its +OK, or None)]"""
    script = []
    for i in range(COUNT):
        top = wire.stuff(wire.top(TEXTS[i], i % 4))
        script += {
            0: [(b"TOP %d %d", top), (b"RETR %d", SENT[i])],
            1: [(b"RETR %d", SENT[i]), (b"DELE %d", None)],
            2: [(b"LIST %d", None), (b"RETR %d", SENT[i])],
            3: [(b"TOP %d %d", top)],
            4: [(b"NOOP", None), (b"RETR %d", SENT[i]),
                (b"TOP %d %d", top)],
        }[i % 5]
        script = [(c.replace(b"%d", b"%d" % (i + 1), 1).replace(
            b"%d", b"%d" % (i % 4)), octets) for c, octets in script]
    return script


@pytest.mark.parametrize("is_pipelined", [False, True],
                         ids=["one by one", "pipelined"])
def test_other_commands_between(shared, box, bases, is_pipelined):
    script = mixed_script()
    with shared.login(b"alice") as pop:
        if is_pipelined:
            pop.send(b"".join(c + b"\r\n" for c, _ in script))
        for command, octets in script:
            if not is_pipelined:
                pop.send(command + b"\r\n")
            assert pop.line().startswith(b"+OK"), command
            assert octets is None or pop.body() == octets, command
        pop.quit()
    assert box.bases() == {b for i, b in enumerate(bases) if i % 5 != 1}


def test_what_is_deleted_is_not_had_and_comes_back(shared, bases):
    with shared.login(b"alice") as pop:
        pop.list()
        pop.send(b"RETR 1\r\nDELE 2\r\nRETR 2\r\nTOP 2 0\r\nRETR 3\r\n"
                 b"RSET\r\nRETR 2\r\n")
        expect(pop, 0)
        assert pop.line().startswith(b"+OK")
        assert pop.line().startswith(b"-ERR")
        assert pop.line().startswith(b"-ERR")
        expect(pop, 2)
        assert pop.line().startswith(b"+OK")
        expect(pop, 1)
        pop.quit()
    assert len(bases) == COUNT


def test_a_client_that_takes_its_time(shared, bases):
    """Its answers wait, and so does what was read for them."""
    with shared.login(b"alice", receive_buffer=4096) as pop:
        pop.send(b"".join(b"RETR %d\r\n" % (i + 1) for i in range(COUNT)) * 8)
        for n in range(8):
            time.sleep(0.2 if n < 4 else 0)
            for i in range(COUNT):
                expect(pop, i)
        pop.quit()
    assert bases


def test_over_tls(make_server):
    s = make_server(tls=True)
    alice = s.site.add_user(b"alice")
    for t in TEXTS:
        alice.maildir.deliver(t)
    s.start()
    with s.login(alice, how="tls", receive_buffer=8192) as pop:
        pop.list()
        for i in range(20):
            pop.send(b"RETR %d\r\n" % (i + 1))
            expect(pop, i)
        pop.send(b"".join(b"RETR %d\r\n" % (i + 1) for i in range(COUNT)))
        for i in range(COUNT):
            expect(pop, i)
        pop.quit()


def cut(path):
    os.truncate(path, os.stat(path).st_size - 1)


def grow(path):
    with open(path, "ab") as f:
        f.write(b"x")


def link(path):
    os.rename(path, path + b".away")
    os.symlink(os.path.basename(path) + b".away", path)


@pytest.mark.parametrize("harm", [os.unlink, cut, grow, link])
@pytest.mark.parametrize("is_pipelined", [False, True],
                         ids=["one by one", "pipelined"])
def test_one_is_harmed_before_it_is_read(shared, box, bases, harm,
                                         is_pipelined):
    """It alone is an error, told when it is asked for."""
    with shared.login(b"alice") as pop:
        pop.list()
        harm(box.files()[bases[5]])
        if is_pipelined:
            pop.send(b"".join(b"RETR %d\r\n" % (i + 1) for i in range(12)))
        for i in range(12):
            if not is_pipelined:
                pop.send(b"RETR %d\r\n" % (i + 1))
            if i == 5:
                assert pop.line().startswith(b"-ERR")
            else:
                expect(pop, i)
        pop.quit()


def test_one_is_renamed_before_it_is_read(shared, box, bases):
    with shared.login(b"alice") as pop:
        pop.list()
        for base in bases[1:6]:
            box.rename(base, "cur", b":2,S")
        pop.send(b"".join(b"RETR %d\r\n" % (i + 1) for i in range(12)))
        for i in range(12):
            expect(pop, i)
        pop.quit()


@pytest.mark.parametrize("harm", [os.unlink, cut, grow])
def test_harmed_after_it_was_read(shared, box, bases, harm):
    """What was read is what was listed; later it is looked for anew, for
    nothing is kept for who stays silent."""
    with shared.login(b"alice") as pop:
        pop.list()
        pop.send(b"RETR 1\r\n")
        expect(pop, 0)
        files = box.files()
        for base in bases[1:6]:
            harm(files[base])
        reply = pop.cmd(b"RETR 2")  # unless the machine slept meanwhile
        if reply.startswith(b"+OK"):
            assert pop.body() == SENT[1]
        time.sleep(KEPT_S + LATER_S)
        for i in range(2, 6):
            pop.err(b"RETR %d" % (i + 1))
        pop.send(b"RETR 7\r\n")
        expect(pop, 6)
        pop.quit()


class Calls:
    """How often the processes of a role make a system call."""

    def __init__(self, server, role, call):
        self.path = server.site.dir / f"calls-{role}"
        self.call = call
        pids = server.roles()[role]
        self.process = subprocess.Popen(
            ["strace", "-f", "-q", "-e", f"trace={call}", "-o", self.path,
             *[w for p in pids for w in ("-p", str(p))]])
        threads = sum(len(os.listdir(f"/proc/{p}/task")) for p in pids)
        end = time.monotonic() + 20
        while self._traced(pids) < threads:
            assert self.process.poll() is None and time.monotonic() < end
            time.sleep(0.01)

    @staticmethod
    def _traced(pids):
        found = 0
        for p in pids:
            for t in os.listdir(f"/proc/{p}/task"):
                with open(f"/proc/{p}/task/{t}/status", "rb") as f:
                    found += b"TracerPid:\t0\n" not in f.read()
        return found

    def end(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)
        return len(re.findall(rb"\b%s\(" % self.call.encode(),
                              self.path.read_bytes()))


@pytest.fixture
def needs_strace():
    if not shutil.which("strace") or not accounts.is_root():
        pytest.skip("needs strace, and to be root")


@pytest.mark.parametrize("is_pipelined", [False, True],
                         ids=["one by one", "pipelined"])
def test_ten_messages_take_one_answer_of_maildrop(make_server, needs_strace,
                                                  is_pipelined):
    s = make_server()
    alice = s.site.add_user(b"alice")
    text = b"Subject: x\n\n" + b"0123456789012345678901234567890\n" * 128
    for _ in range(10):
        alice.maildir.deliver(text)
    s.start()
    calls = Calls(s, "maildrop", "sendmsg")
    with s.login(alice) as pop:
        pop.list()
        if is_pipelined:
            pop.send(b"".join(b"RETR %d\r\n" % i for i in range(1, 11)))
        for i in range(1, 11):
            if not is_pipelined:
                pop.send(b"RETR %d\r\n" % i)
            assert pop.line().startswith(b"+OK")
            assert pop.body() == wire.wire(text)
        pop.quit()
    # OPENED, TEXTS, COMMITTED; where reading is slow, TEXTS in parts
    assert 3 <= calls.end() <= 6


@pytest.mark.parametrize("order", [range(10, 0, -1), [1, 10, 2, 9, 3, 8]],
                         ids=["newest first", "to and fro"])
def test_nothing_is_read_that_is_not_asked_for(make_server, needs_strace, order):
    s = make_server()
    alice = s.site.add_user(b"alice")
    for i in range(10):
        alice.maildir.deliver(b"Subject: %d\n\ntext\n" % i)
    s.start()
    with s.login(alice) as pop:
        pop.list()
        calls = Calls(s, "maildrop", "openat")
        pop.send(b"".join(b"RETR %d\r\n" % i for i in order))
        for i in order:
            assert pop.line().startswith(b"+OK")
            assert b"Subject: %d\r\n" % (i - 1) in pop.body()
        assert calls.end() == len(order)
