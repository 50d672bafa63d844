# SPDX-License-Identifier: ISC
"""In what order mail is written, synced, recorded and shown: what no crash of a
process shows, but a loss of power would."""
import re

import pytest

from support import sinks

TEXTS = [b"Subject: %d\n\ntext\n" % n for n in range(6)]
GROUP = 3
CALL = re.compile(r"^(\d+) +(\w+)\((.*)(?:\) +=| <unfinished)")
RESUMED = re.compile(r"^(\d+) +<\.\.\. \w+ resumed")
TRACED = "write,fdatasync,fsync,renameat2,ftruncate"


class Steps:
    """The system calls of a run, as "call path" or "record WORD"."""

    def __init__(self, sink, *before):
        log = sink.folder / "steps"
        sink.run("strace", "-f", "-y", "-s", "40", "-o", str(log), "-e",
                 f"trace={TRACED}", *before, status=None)
        self.all = list(self.read(sink, log.read_text(errors="replace")))

    def read(self, sink, text):
        """Each when it has ended: threads are in several at once."""
        begun = {}
        for line in text.splitlines():
            found, resumed = CALL.match(line), RESUMED.match(line)
            if resumed and resumed[1] in begun:
                yield begun.pop(resumed[1])
            elif found and "<unfinished" in line:
                begun[found[1]] = self.step(found[2], found[3], sink)
            elif found:
                yield self.step(found[2], found[3], sink)

    @staticmethod
    def step(call, arguments, sink):
        if call == "write" and f"<{sink.record}>" in arguments:
            word = re.search(r'"(?:\\n)*([A-Z]*)', arguments).group(1)
            return f"record {word}"
        places = [p.replace(str(sink.mail), "MAIL")
                  for p in re.findall(r"<([^>]*)>", arguments)]
        places = [re.sub(r"/restante\..*", "/x", p) for p in places]
        return " ".join([call, *places])

    def where(self, step):
        at = [n for n, s in enumerate(self.all) if s == step]
        assert at, f"no {step} in {self.all}"
        return at


@pytest.fixture(name="make_sink")
def _make_sink(tmp_path):
    sinks.need_tool()
    sinks.need_strace()
    return lambda kind: sinks.Sink(tmp_path, kind, TEXTS, "-g", str(GROUP))


def groups(at):
    """The calls of each group."""
    assert len(at) == len(TEXTS)
    return at[:GROUP], at[GROUP:]


def test_maildir(make_sink):
    steps = Steps(make_sink("maildir"))
    written = groups(steps.where("write MAIL/tmp/x"))
    synced = groups(steps.where("fdatasync MAIL/tmp/x"))
    fetched = groups(steps.where("record FETCHED"))
    shown = groups(steps.where("renameat2 MAIL/tmp MAIL/new"))
    durable = steps.where("fsync MAIL/new")
    delivered = groups(steps.where("record DELIVERED"))
    assert len(durable) == 2
    for n in range(2):
        assert (max(written[n]) < min(synced[n]) <= max(synced[n])
                < min(fetched[n]) <= max(fetched[n]) < min(shown[n])
                <= max(shown[n]) < durable[n] < min(delivered[n]))


def test_mbox(make_sink):
    steps = Steps(make_sink("mbox"))
    fetched = groups(steps.where("record FETCHED"))
    shown = groups(steps.where("write MAIL"))
    durable = steps.where("fdatasync MAIL")
    delivered = groups(steps.where("record DELIVERED"))
    assert len(durable) == 2
    for n in range(2):
        assert (max(fetched[n]) < min(shown[n]) <= max(shown[n])
                < durable[n] < min(delivered[n]))


def test_maildir_that_cannot_be_synced(make_sink):
    """Not recorded as fetched, and not shown."""
    sink = make_sink("maildir")
    steps = Steps(sink, "-e", "inject=fdatasync:error=EIO:when=1")
    assert not [s for s in steps.all if s.startswith("renameat2")]
    assert not sink.texts()
    assert "FETCHED" not in sink.record.read_text()


def test_mbox_that_cannot_be_synced(make_sink):
    """It is as it was, and unlocked."""
    sink = make_sink("mbox")
    sink.mail.write_bytes(b"From x\n\nx\n")
    Steps(sink, "-e", "inject=fdatasync:error=EIO:when=1")
    assert sink.mail.read_bytes() == b"From x\n\nx\n"
    assert "DELIVERED" not in sink.record.read_text()
    sink.assert_clean()


def killed_before_it_is_durable(sink, call, where):
    """Shown, and the process killed at the sync."""
    nth = 1
    while True:
        sink.inject(call, "signal=SIGKILL", nth)
        record = sink.record.read_text() if sink.record.exists() else ""
        if "FETCHED" in record and "DELIVERED" not in record and (
                len(sink.texts()) == GROUP):
            return
        assert nth < 20, f"no {call} {where}"
        sink.fresh()
        nth += 1


@pytest.mark.parametrize("kind,call,where", [
    ("maildir", "fsync", "MAIL/new"), ("mbox", "fdatasync", "MAIL")])
def test_what_is_found_is_made_durable(make_sink, kind, call, where):
    """By the run that finds it, before its record says so."""
    sink = make_sink(kind)
    killed_before_it_is_durable(sink, call, where)
    steps = Steps(sink)
    found = steps.where("record FOUND")
    assert len(found) == GROUP
    for at in found:
        before = steps.all[:at]
        last = len(before) - before[::-1].index(f"{call} {where}")
        assert not any(s.startswith("record") for s in before[last:])
    sink.assert_once()


def test_what_is_cut_off_is_durable(make_sink):
    sink = make_sink("mbox")
    killed_before_it_is_durable(sink, "fdatasync", "MAIL")
    with open(sink.mail, "r+b") as f:
        f.truncate(sink.mail.stat().st_size - 3)
    steps = Steps(sink)
    cut = steps.where("ftruncate MAIL")[0]
    assert steps.all[cut + 1] == "fdatasync MAIL"
    sink.assert_once()
