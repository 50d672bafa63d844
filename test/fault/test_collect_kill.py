# SPDX-License-Identifier: ISC
"""kill -9 of the collector, and of the server, at random moments, again and
again: at the end each message is there once, and none is missing.

RESTANTE_KILLS=1000 kills so often in all, RESTANTE_SEED=n at the moments of an
earlier run.
"""
import os
import random
import shutil
import signal
import time
from collections import Counter

import pytest

from conftest import stopping
from support import accounts, collector, corpus, paths, proc, wire
from support.collector import Collector, digest
from support.dovecot import Dovecot
from support.server import Server

CASES = [(server, after, sink) for server in ("restanted", "dovecot")
         for after in ("keep", "delete") for sink in ("maildir", "mbox")]
KILLS = max(2, int(os.environ.get("RESTANTE_KILLS", "48")) // len(CASES))
SEED = int(os.environ.get("RESTANTE_SEED", time.time_ns() % 1_000_000))
FIRST = 40      # messages at the begin
SERVER_KILLS = 6
# Of a run that was not killed: what the death before it may leave for a moment.
FINE = (collector.OK, collector.TEMPFAIL, collector.NETWORK, -signal.SIGKILL)


class Mail:
    """What comes in, and what has to be there at the end."""

    def __init__(self, user, rng):
        self.user, self.rng = user, rng
        self.texts = []

    def come(self, count):
        for _ in range(count):
            n = len(self.texts)
            if n % 20 == 7:  # the same again is another message
                stored = self.texts[-1]
            else:
                kind = self.rng.choice(("plain", "dots", "from-line", "8-bit"))
                stored = corpus.KINDS[kind](self.rng, n)
            self.texts.append(stored)
            self.user.maildir.deliver(stored)

    def want(self):
        return Counter(digest(lf(t)) for t in self.texts)


def lf(stored):
    return wire.wire(stored).replace(b"\r\n", b"\n")


@pytest.fixture
def make(request, tmp_path):
    """A server of this kind with alice's mail, and a collector."""
    with stopping(request.node) as add:
        def start(kind, after, sink, seed):
            paths.need_build()
            collector.need_collector()
            if kind == "dovecot" and not (shutil.which("dovecot")
                                          and accounts.is_root()):
                pytest.skip("needs root and Debian's dovecot-pop3d")
            service = add(Dovecot() if kind == "dovecot" else Server())
            mail = Mail(service.site.add_user(b"alice"), random.Random(seed))
            mail.come(FIRST)
            service.start()
            c = Collector(tmp_path / "home")
            c.account(service, after=after, deliver=f"{sink}:{c.home}/{sink}")
            return service, mail, c
        yield start


def found(c, sink):
    texts = c.texts("maildir") if sink == "maildir" else c.mbox_texts("mbox")
    return Counter(map(digest, texts))


def check(c, service, mail, after, sink, said):
    """A last run, undisturbed, gets the rest; after it another has nothing to
    do.  Then all is counted."""
    runs = []
    wait_for_lock(service)

    def ends_well():
        runs.append(c.fetch(status=FINE))
        return runs[-1].status == 0
    try:
        proc.wait_until(ends_well, 60, "a whole run")
    except AssertionError:
        raise AssertionError(f"{runs[0]} ... {runs[-1]} {said}") from None
    for _ in range(2):
        got, want = found(c, sink), mail.want()
        missing, extra = want - got, got - want
        assert not missing, f"{sum(missing.values())} LOST {said}"
        assert not extra, f"{sum(extra.values())} twice {said}"
        c.fetch()
    left = service.can_login() and uids(service)
    assert len(left) == (0 if after == "delete" else len(mail.texts)), said


def uids(service):
    with service.login(b"alice") as pop:
        found_uids = pop.uidl()
        pop.quit()
    return found_uids


def usual_time(c):
    """About what a run takes when there is something to do."""
    begin = time.monotonic()
    c.run("check", status=None)
    return 2.5 * (time.monotonic() - begin) + 0.05


def wait_for_lock(service):
    """Else the next would only be killed waiting for the dead one's.  When a
    client goes just as it has logged in, a process of Dovecot's may hold the
    lock until it has been idle for ten minutes: then that is killed, too."""
    try:
        proc.wait_until(service.can_login, 8)
    except AssertionError:
        assert service.is_dovecot
        for pid in proc.children(service.process.pid):
            if proc.comm(pid) == "pop3":
                proc.kill(pid)
        proc.wait_until(service.can_login, 30)


@pytest.mark.parametrize("kind,after,sink", CASES)
def test_the_collector_killed(make, kind, after, sink):
    seed = SEED + CASES.index((kind, after, sink))
    said = f"(RESTANTE_SEED={SEED})"
    service, mail, c = make(kind, after, sink, seed)
    longest, kills = usual_time(c), 0
    for _ in range(20 * KILLS):
        if kills == KILLS:
            break
        wait_for_lock(service)
        process = c.start("fetch")
        time.sleep(mail.rng.uniform(0, longest))
        process.kill()
        run = c.end(process)
        assert run.status in FINE, (run, said)
        if run.status == 0:
            longest = max(0.02, 0.95 * longest)
            mail.come(5)
        else:
            kills += run.status == -signal.SIGKILL
            mail.come(mail.rng.choice((0, 0, 0, 3)))
    assert kills == KILLS, "it ended before it could be killed"
    check(c, service, mail, after, sink, said)


def is_whole(service):
    counts = {role: len(pids) for role, pids in service.roles().items()}
    return counts == {"session": 2, "auth": 1, "maildrop": 1}


@pytest.mark.parametrize("after,sink", [("delete", "maildir"),
                                        ("keep", "mbox")])
def test_the_server_killed(make, after, sink):
    """The processes that talk to the collector, each time."""
    service, mail, c = make("restanted", after, sink, SEED)
    service.expect(rb"restanted")
    longest = usual_time(c)
    for _ in range(SERVER_KILLS):
        process = c.start("fetch")
        time.sleep(mail.rng.uniform(0, longest))
        for pid in service.roles()["session"]:
            proc.kill(pid)
        run = c.end(process)
        assert run.status in FINE, run
        # A generation that dies again and again is replaced after pauses.
        proc.wait_until(lambda: is_whole(service), 60, "one generation")
        mail.come(5)
    check(c, service, mail, after, sink, f"(RESTANTE_SEED={SEED})")
