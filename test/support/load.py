# SPDX-License-Identifier: ISC
"""A load of people who fetch and delete, and the books that are kept on it.

Each worker owns one user.  While it runs, mail is delivered to that user, and
processes of the server may be killed; at the end the books must balance: each
message that was delivered is still there, or was marked by a session whose
QUIT was sent, and each that was fetched was fetched whole.
"""
import threading
import time

from support.pop3 import Closed
from support.wire import wire

BROKEN = (Closed, OSError, TimeoutError)


class Worker(threading.Thread):
    def __init__(self, server, user, rng, stop):
        super().__init__(daemon=True)
        self.server, self.user, self.rng, self.stop = server, user, rng, stop
        self.delivered = {}   # base: wire text
        self.may_be_gone = set()   # marked, and QUIT was sent
        self.must_be_gone = set()  # and QUIT was answered with +OK
        self.sessions = self.broken = 0
        self.failure = None
        self.last_good = 0.0

    def run(self):
        try:
            while not self.stop.is_set():
                self._deliver()
                self._session()
        except Exception as e:  # reported by the test, not lost in a thread
            self.failure = e

    def _deliver(self):
        for _ in range(self.rng.randrange(4)):
            n = len(self.delivered)
            text = b"Subject: %s %d\n\n" % (self.user.name, n)
            text += b".line %d\n" % n * self.rng.choice([1, 10, 2000, 30000])
            self.delivered[self.user.maildir.deliver(text)] = wire(text)

    def _session(self):
        try:
            with self.server.connect(timeout=10) as pop:
                self._use(pop)
            self.sessions += 1
            self.last_good = time.monotonic()
        except BROKEN:
            self.broken += 1
            time.sleep(0.01)
        except AssertionError as e:
            # A log-in may be refused while the last session's lock ends, or a
            # role is replaced; nothing else may go wrong.
            if "PASS" not in str(e):
                raise
            self.broken += "IN-USE" not in str(e)
            time.sleep(0.01)

    def _use(self, pop):
        pop.login(self.user.name, self.user.password)
        uids = pop.uidl()
        marked = set()
        for msn, uid in uids.items():
            assert uid in self.delivered, f"unknown {uid!r}"
            assert uid not in self.must_be_gone, f"{uid!r} came back"
            if self.rng.random() < 0.5:
                assert pop.retr(msn) == self.delivered[uid], f"{uid!r} is not whole"
                if self.rng.random() < 0.5:
                    pop.dele(msn)
                    marked.add(uid)
        if self.rng.random() < 0.8:
            self.may_be_gone |= marked
            pop.ok(b"QUIT")
            self.must_be_gone |= marked

    def audit(self):
        if self.failure is not None:
            raise self.failure
        files = self.user.maildir.files()
        lost = set(self.delivered) - set(files) - self.may_be_gone
        assert not lost, f"lost: {lost}"
        undead = set(files) & self.must_be_gone
        assert not undead, f"said to be removed, and there: {undead}"
        for base, path in files.items():
            with open(path, "rb") as f:
                assert wire(f.read()) == self.delivered[base]


class Load:
    def __init__(self, server, users, seed=1939):
        import random
        self.stop_event = threading.Event()
        self.workers = [Worker(server, u, random.Random(seed + i), self.stop_event)
                        for i, u in enumerate(users)]

    def __enter__(self):
        for w in self.workers:
            w.start()
        return self

    def wait_sessions(self, more, seconds=60):
        """Until each worker has had that many more whole sessions."""
        want = [w.sessions + more for w in self.workers]
        end = time.monotonic() + seconds
        while any(w.sessions < n and w.failure is None
                  for w, n in zip(self.workers, want)):
            assert time.monotonic() < end, "service did not resume"
            time.sleep(0.02)

    def __exit__(self, *exc):
        self.stop_event.set()
        for w in self.workers:
            w.join(60)
            assert not w.is_alive()

    def audit(self):
        for w in self.workers:
            w.audit()
