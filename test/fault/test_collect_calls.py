# SPDX-License-Identifier: ISC
"""The collector dies at each system call that changes something, one after the
other, by strace's hand; the run after it sets all right."""
import os
import shutil
from collections import Counter

import pytest

from support import collector
from support.collector import Collector, digest
from support.odd_server import Letter, OddServer, letters

# What makes a step durable or visible, and what is told to others.  A set is
# swept together: which of them libc uses is its affair.
CALLS = {
    "rename": "rename,renameat,renameat2,link,linkat,unlink,unlinkat",
    "sync": "fsync,fdatasync,sync_file_range,syncfs",
    "record": "pwrite64,ftruncate",
    "write": "write,writev,sendto,sendmsg",
}
EVERY = int(os.environ.get("RESTANTE_CALLS_EVERY", "1"))
RUNS_MAX = 400
# strace and LeakSanitizer both want to trace.
NO_LEAKS = "detect_leaks=0:" + os.environ.get("ASAN_OPTIONS", "")

pytestmark = pytest.mark.skipif(not shutil.which("strace"),
                                reason="needs strace")


def mail():
    """Two of them are the same."""
    some = letters(4, octets=300)
    return some + [Letter(b"twin", some[0].text)]


def killed_at(folder, server, calls, nth, after, sink):
    """Whether the nth such call of a thread was ever reached."""
    c = Collector(folder)
    c.account(server, after=after, deliver=f"{sink}:{c.home}/{sink}")
    c.prefix = ["strace", "-f", "-qq", "-o", "/dev/null",
                "-e", f"trace={calls}",
                "-e", f"inject={calls}:signal=KILL:when={nth}"]
    c.env["ASAN_OPTIONS"] = NO_LEAKS
    process = c.start("fetch")
    out, told = process.communicate(timeout=collector.SECONDS)
    assert process.returncode in (0, -9, 137), (process.returncode, out, told)
    c.prefix = []
    return c, process.returncode != 0


def found(c, sink):
    texts = c.texts(sink) if sink == "maildir" else c.mbox_texts(sink)
    return Counter(map(digest, texts))


@pytest.mark.parametrize("after,sink", [("delete", "maildir"),
                                        ("keep", "mbox"),
                                        ("keep", "maildir"),
                                        ("delete", "mbox")])
@pytest.mark.parametrize("calls", CALLS)
def test_killed_at_each(tmp_path, calls, after, sink):
    collector.need_collector()
    for n, nth in enumerate(range(1, RUNS_MAX, EVERY)):
        want = Counter(digest(m.lf) for m in mail())
        with OddServer(mail()) as server:
            c, was_killed = killed_at(tmp_path / str(nth), server,
                                      CALLS[calls], nth, after, sink)
            c.fetch()
            got = found(c, sink)
            missing, extra = want - got, got - want
            assert not missing, f"lost: killed at {calls} {nth}"
            assert not extra, f"twice: killed at {calls} {nth}"
            c.fetch()
            assert found(c, sink) == want, f"at {calls} {nth}"
            assert len(server.mail) == (0 if after == "delete" else 5)
            shutil.rmtree(tmp_path / str(nth))
        if not was_killed:
            assert n > 0, "no such call was made at all"
            return
    raise AssertionError(f"no end of calls to {calls}")
