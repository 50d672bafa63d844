# SPDX-License-Identifier: ISC
"""What one user's greed costs the others: the 99th percentile of their polls,
alone and beside it.

The machine that is measured also plays the clients.  So that a poll that is
late is the server's doing, the polling clients go first (nice -10) and the
greedy one gets what is left (nice 19); the server is as it always is.  Linux
weighs sessions (setsid) before it weighs processes, if it groups them
(sched_autogroup), so that each client is a session of its own with that value.
"""
import os
import statistics
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import drops
import load
from probes import LARGE_OCTETS
from subjects import Subject
from support import accounts

POLLERS = 16
FIRST, LAST = -10, 19
ALLOWED = 1.5


def fill(site, scale):
    texts = [drops.message(i, 4096) for i in range(3)]
    drops.add(site, b"u", POLLERS, texts)
    drops.add(site, b"g", 1, [drops.message(i, o)
                              for i, o in enumerate(scale.big)])
    drops.add(site, b"l", 1, (drops.message(i, LARGE_OCTETS)
                              for i in range(scale.large)))


def weighed(words, nice, **kw):
    """A client, started, that has so much of the machine."""
    process = subprocess.Popen(["nice", "-n", str(nice), *words],
                               start_new_session=True, text=True, **kw)
    try:
        Path(f"/proc/{process.pid}/autogroup").write_text(str(nice),
                                                          encoding="ascii")
    except OSError:
        pass  # it is over already, nobody groups, or we are not root
    return process


def polls(subject, seconds):
    words = load.command(subject, "poll", at_once=POLLERS, users=POLLERS,
                         seconds=seconds, warm=POLLERS)
    with weighed(words, FIRST if accounts.is_root() else 0,
                 stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        out, err = process.communicate(timeout=load.LONGEST)
    return load.judged(words, process.returncode, out, err)


@contextmanager
def fetching(subject, seconds, how):
    """One user who fetches big messages with LF all the time."""
    words = load.command(subject, "retr", how, at_once=1, users=1, user="g%d",
                         seconds=seconds + 60)
    with weighed(words, LAST, stdout=subprocess.DEVNULL,
                 stderr=subprocess.PIPE) as other:
        try:
            time.sleep(0.3)
            yield
            if other.poll() is not None:
                raise load.Failure(f"the fetching ended: {other.stderr.read()}")
        finally:
            other.kill()


def renew(site, name):
    """The same messages in a maildrop that no server has seen: a Maildir of
    another inode."""
    path, owner = drops.maildir_of(site, name)
    os.rename(path, path + b".old")
    os.mkdir(path, 0o700)
    os.chown(path, *owner)
    for folder in (b"/tmp", b"/new", b"/cur"):
        os.rename(path + b".old" + folder, path + folder)
    os.rmdir(path + b".old")


@contextmanager
def opening(subject, seconds):
    """One user whose maildrop is new to the server, again and again."""
    del seconds
    words = load.command(subject, "poll", at_once=1, users=1, user="l%d",
                         sessions=1)
    is_over = threading.Event()
    statuses = []

    def open_again():
        while not is_over.is_set():
            renew(subject.site, b"l0")
            with weighed(words, LAST, stdout=subprocess.DEVNULL) as other:
                statuses.append(other.wait(load.LONGEST))

    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(open_again)
        try:
            yield
        finally:
            is_over.set()
        work.result()
    if any(statuses):
        raise load.Failure("the large maildrop could not be opened")


CASES = (("alone", None, ()),
         ("one fetches gigabytes", fetching, ("clear",)),
         ("one fetches gigabytes, TLS", fetching, ("tls",)),
         ("one opens a large maildrop for the first time", opening, ()))


def one(subject, case, seconds):
    _, beside, more = case
    with ExitStack() as stack:
        if beside:
            stack.enter_context(beside(subject, seconds, *more))
        return polls(subject, seconds)["latency_ms"]


def measure(scale, tell, seconds=4.0, rounds=3):
    """[{"case", "p50", "p99", "ratio"}...] of the medians of some rounds."""
    subject = Subject("restanted")
    found = {case[0]: [] for case in CASES}
    try:
        fill(subject.site, scale)
        subject.start()
        for number in range(rounds):
            tell(f"fairness: round {number + 1} of {rounds}")
            for case in CASES:
                found[case[0]].append(one(subject, case, seconds))
    finally:
        subject.stop()
    lines = [{"case": name, **{p: statistics.median(r[p] for r in rounds_)
                               for p in ("p50", "p99", "max")}}
             for name, rounds_ in found.items()]
    for line in lines:
        line["ratio"] = line["p99"] / lines[0]["p99"]
    return lines
