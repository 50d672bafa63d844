# SPDX-License-Identifier: ISC
"""Delivery that is killed, or whose system calls fail, at every step: what the
next run makes of it (src/fetch/sink/STATES.md).  Never lost, never doubled."""
import fcntl
import os
import random
import subprocess
import time

import pytest

from support import sinks
from support.accounts import is_root

CALLS = ("openat", "mkdirat", "write", "fdatasync", "fsync", "renameat2",
         "unlinkat", "linkat", "close", "newfstatat", "fcntl", "ftruncate",
         "unlink", "pread64", "lseek", "exit_group")
# Those that each run makes: a test of them that finds none tests nothing.
MADE = {"maildir": {"openat", "mkdirat", "write", "fdatasync", "fsync",
                    "renameat2", "close"},
        "mbox": {"openat", "write", "fdatasync", "fsync", "linkat", "unlink",
                 "fcntl", "close"}}
TEXTS = [b"Subject: %d\n\nFrom me\n>From you\n%s" % (n, b"x" * 70 * n + b"\n")
         for n in range(5)]


@pytest.fixture(name="make_sink")
def _make_sink(tmp_path):
    sinks.need_tool()
    return lambda kind, texts=TEXTS, *options: sinks.Sink(
        tmp_path, kind, texts, "-g", "3", *options)


@pytest.mark.parametrize("kind", ["maildir", "mbox"])
@pytest.mark.parametrize("call", CALLS)
def test_killed_at_each_call(make_sink, kind, call):
    sinks.need_strace()
    sink = make_sink(kind)
    nth = 1
    while sink.inject(call, "signal=SIGKILL", nth):
        sink.run()
        sink.assert_once()
        sink.assert_clean()
        sink.fresh()
        nth += 1
    assert nth > 1 or call not in MADE[kind]


# It cannot go; and whose it is cannot be seen.
LEAVES_A_LOCK = ("unlink", "newfstatat")


@pytest.mark.parametrize("kind", ["maildir", "mbox"])
@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
@pytest.mark.parametrize("call", [c for c in CALLS if c != "exit_group"])
def test_each_call_fails_once(make_sink, kind, error, call):
    """Whatever the run said of it, the next one makes all well."""
    sinks.need_strace()
    sink = make_sink(kind)
    nth = 1
    while sink.inject(call, f"error={error}", nth):
        sink.run()
        sink.assert_once()
        if call in LEAVES_A_LOCK:  # which is stale, and known as that
            (sink.folder / "mail.lock").unlink(missing_ok=True)
        sink.assert_clean()
        sink.fresh()
        nth += 1
    assert nth > 1 or call not in MADE[kind]


@pytest.mark.parametrize("without", [
    ("renameat2:error=EINVAL",), ("renameat2:error=ENOSYS",),
    ("renameat2:error=EINVAL", "linkat:error=EPERM")])
def test_file_systems_that_know_less(make_sink, without):
    """No renameat2, as NFS; no link either, as exFAT."""
    sinks.need_strace()
    sink = make_sink("maildir")
    words = [w for call in without for w in ("-e", f"inject={call}")]
    sink.run("strace", "-f", "-o", os.devnull, "-e",
             "trace=renameat2,renameat,linkat", *words)
    sink.assert_once()
    assert not os.listdir(sink.mail / "tmp")


@pytest.mark.parametrize("without", ["openat:error=EOPNOTSUPP:when=1",
                                     "linkat:error=ENOENT",
                                     "fcntl:error=ENOLCK"])
def test_locks_where_less_is_known(make_sink, without):
    """No files without a name; no /proc; no record locks."""
    sinks.need_strace()
    sink = make_sink("mbox")
    call = without.partition(":")[0]
    where = ["-P", str(sink.folder) + "/"] if call == "openat" else []
    where += ["-P", str(sink.mail)] if call == "fcntl" else []
    sink.run("strace", "-f", "-o", os.devnull, *where, "-e", f"trace={call}",
             "-e", f"inject={without}")
    sink.assert_once()
    sink.assert_clean()


def many(count, seed=1):
    rng = random.Random(seed)
    return [b"Subject: %d of %d\n\n" % (n, seed) + rng.choice(
        (0, 1, 5, 200, 3000)) * b"From x\nline of text\n"
            for n in range(count)]


@pytest.mark.parametrize("kind", ["maildir", "mbox"])
@pytest.mark.parametrize("times", [15, pytest.param(
    300, marks=pytest.mark.slow)])
def test_killed_at_random_moments(make_sink, kind, times):
    sink = make_sink(kind, many(150))
    rng = random.Random(times)
    begun = time.monotonic()
    sink.run()
    whole = time.monotonic() - begun
    sink.fresh()
    killed = 0
    while killed < times:
        code = sinks.kill_at(sink.start(), rng.uniform(0, whole))
        assert code in (0, -9)
        killed += code != 0
        if code == 0:
            sink.assert_once()
            sink.fresh()
    sink.run()
    sink.assert_once()
    sink.assert_clean()


OTHER = """import mailbox, sys, time
box = mailbox.mbox(sys.argv[1])
for n in range(int(sys.argv[2])):
    while True:
        try:
            box.lock()
            break
        except mailbox.ExternalClashError:
            time.sleep(0.01)
    box.add(b"Subject: other %d\\n\\nFrom others\\n" % n)
    box.flush()
    box.unlock()
    time.sleep(0.01)
"""


def test_two_and_another_program_in_one_mbox(tmp_path):
    """Two runs that are killed, and a program that is not ours, all at once."""
    sinks.need_tool()
    pair = []
    for n in range(2):
        (tmp_path / str(n)).mkdir()
        sink = sinks.Sink(tmp_path / str(n), "mbox", many(60, seed=n + 5),
                          "-g", "7")
        sink.mail = tmp_path / "mail"
        sink.destination = f"mbox:{sink.mail}"
        pair.append(sink)
    rng = random.Random(3)
    with subprocess.Popen(["python3", "-c", OTHER, str(pair[0].mail), "40"]
                          ) as other:
        for _ in range(10):
            runs = [sink.start() for sink in pair]
            for run in runs:
                assert sinks.kill_at(run, rng.uniform(0, 0.3)) in (0, -9)
        for sink in pair:
            sink.run()
        assert other.wait(60) == 0
    texts = sinks.Counter(map(sinks.digest, pair[0].texts()))
    for sink in pair:
        assert not sink.want - texts, "lost"
    others = [t for t in pair[0].texts() if b"Subject: other" in t]
    assert len(others) == 40
    assert not (tmp_path / "mail.lock").exists()
    # What others appended to a part of ours leaves that part, and no more.
    for text, count in texts.items():
        assert count == 1, text


def test_a_lock_that_others_hold_is_not_broken(make_sink):
    """Until it is given back: then all is delivered."""
    sink = make_sink("mbox")
    sink.mail.write_bytes(b"")
    with open(sink.mail, "r+b") as f:
        fcntl.lockf(f, fcntl.LOCK_EX)
        run = sink.start()
        time.sleep(1)
        assert run.poll() is None
        assert sink.mail.read_bytes() == b""
        fcntl.lockf(f, fcntl.LOCK_UN)
        assert run.wait(60) == 0
    sink.assert_once()


@pytest.fixture(name="small_disk")
def _small_disk(tmp_path):
    """A file system of a MiB."""
    if not is_root():
        pytest.skip("needs root, to mount a small file system")
    path = tmp_path / "small"
    path.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none",
                       str(path)], check=False,
                      capture_output=True).returncode != 0:
        pytest.skip("no file system may be mounted here")
    yield path
    subprocess.run(["umount", str(path)], check=True)


@pytest.mark.parametrize("kind", ["maildir", "mbox"])
def test_a_full_disk(make_sink, small_disk, kind):
    """Nothing half stands there; with room again all goes on."""
    texts = many(40)
    sink = make_sink(kind, texts)
    sink.mail = small_disk / "mail"
    sink.destination = f"{kind}:{sink.mail}"
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * 700_000)
    done = sink.run(status=sinks.TEMP)
    assert b"No space left" in done.stderr
    found = sink.found()
    assert not found - sink.want
    assert sum(found.values()) < 40
    filler.unlink()
    with_room = sink.run(status=None)
    if with_room.returncode != 0:  # all of it is more than a MiB
        assert with_room.returncode == sinks.TEMP
        subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)],
                       check=True)
        sink.run()
    sink.assert_once()
    assert not (small_disk / "mail.lock").exists()


@pytest.fixture(name="mda")
def _mda(make_sink, tmp_path):
    """A command that keeps each message as a file, whole or not at all."""
    def make(texts):
        sink = make_sink("command", texts)
        script = tmp_path / "mda"
        sink.out = tmp_path / "out"
        sink.fresh_out()
        script.write_text(f"#!/bin/sh\nt=$(mktemp {sink.out}/t.XXXXXX) && "
                          f"cat > $t && mv $t {sink.out}/m.${{t##*.}}\n")
        script.chmod(0o755)
        sink.destination = f"command:{script}"
        return sink
    return make


def assert_each_at_least_once(sink):
    """Nobody can tell more (STATES.md, C3 and C4)."""
    got = {sinks.digest(p.read_bytes()) for p in sink.out.iterdir()
           if p.name.startswith("m.")}
    assert got == set(sink.want)


def test_a_command_that_is_killed_with_us(mda):
    sink = mda(many(20))
    rng = random.Random(7)
    begun = time.monotonic()
    sink.run()
    whole = time.monotonic() - begun
    killed = 0
    while killed < 10:
        sink.fresh_out()
        while sinks.kill_at(sink.start(), rng.uniform(0, whole)) != 0:
            killed += 1
        time.sleep(0.05)  # for what was left running
        assert_each_at_least_once(sink)


@pytest.mark.parametrize("call", [
    "memfd_create", "pipe2", "clone,clone3,vfork", "pidfd_open", "waitid",
    "write", "lseek", "dup2", "execve"])
def test_each_call_of_a_command_fails_once(mda, call):
    """Ours, and the command's, whose exit code tells us."""
    sinks.need_strace()
    sink = mda(TEXTS[:2])
    nth = 1
    while sink.inject(call, "error=EAGAIN", nth) and nth < 40:
        sink.run()
        assert_each_at_least_once(sink)
        sink.fresh_out()
        nth += 1
    assert nth > 1


def test_descriptors_run_out(make_sink):
    """Few are enough for a large group; without any it is for next time."""
    sink = make_sink("maildir", many(100))
    sink.options = ("-g", "100")
    tool = ["sh", "-c", 'ulimit -n "$0" && exec "$@"']
    assert sink.run(*tool, "6", status=None).returncode != 0
    sink.run(*tool, "24")
    sink.assert_once()
    assert not os.listdir(sink.mail / "tmp")
