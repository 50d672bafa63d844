# SPDX-License-Identifier: ISC
"""The collector's record survives kill -9 at any moment, a full disk, and many
who use it at once: a group of rows that was said to be durable is there, and
whole; one that was not is there whole or not at all."""
import os
import random
import subprocess
import threading
import time

import pytest

from support import paths, proc

WRITER = paths.BUILD / "test" / "support" / "record_writer"
ROWS = 40  # of a group


def need_writer():
    if not WRITER.exists():
        pytest.skip(f"no record_writer in {paths.BUILD}")


def look(record, key="me@example.org"):
    """Rows by group."""
    done = subprocess.run([WRITER, "look", record, key], text=True,
                          capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return dict(map(int, line.split()) for line in done.stdout.splitlines())


def check(record, durable, key="me@example.org"):
    found = look(record, key)
    assert set(found.values()) <= {ROWS}, found
    missing = [g for g in durable if g not in found]
    assert not missing
    # at most one that was durable and not said to be
    assert len(found) <= len(durable) + 1
    return list(found)


class Writer:
    """Fills a record; what it says is read as it comes."""

    def __init__(self, record, key="me@example.org"):
        self.run = subprocess.Popen(
            [WRITER, "write", record, key], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        self.said = []
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.run.stdout:
            if line.endswith("\n"):
                self.said.append(int(line))

    def end(self):
        """Its exit status, and what it complained of."""
        self.run.wait(timeout=60)
        self.reader.join()
        why = self.run.stderr.read()
        self.run.stdout.close()
        self.run.stderr.close()
        return self.run.returncode, why

    def kill(self):
        self.run.kill()
        return self.end()


def test_killed_at_any_moment(tmp_path):
    """The first opening, too, is one of the moments."""
    need_writer()
    rng = random.Random(5)
    record = tmp_path / "state" / "record.sqlite"
    durable = []
    for i in range(30):
        writer = Writer(record)
        # under a sanitizer the start alone takes 0.1 s
        time.sleep(rng.random() * (0.15 if i % 3 == 0 else 0.5))
        writer.kill()
        durable += writer.said
        if record.exists():
            durable = check(record, durable)
    assert len(durable) > 30
    # unfinished databases of openings that were cut short do no harm
    assert look(record)


def test_many_at_once(tmp_path):
    """Each its account, all the same file; some of them die."""
    need_writer()
    record = tmp_path / "record.sqlite"
    keys = [f"{i}@example.org" for i in range(4)]
    durable = {key: [] for key in keys}
    for _ in range(5):
        writers = {key: Writer(record, key) for key in keys}
        try:
            proc.wait_until(lambda: all(w.said for w in writers.values()),
                            seconds=60, what="a group of each")
        finally:
            ends = {key: w.kill() for key, w in writers.items()}
        for key, (status, why) in ends.items():
            assert status == -9, why
            durable[key] += writers[key].said
            durable[key] = check(record, durable[key], key)


def test_one_account_twice(tmp_path):
    need_writer()
    record = tmp_path / "record.sqlite"
    writer = Writer(record)
    proc.wait_until(lambda: writer.said, what="a first group")
    status, why = Writer(record).end()
    assert status == 75
    assert "another restante is at work for me@example.org" in why
    writer.kill()
    check(record, writer.said)


@pytest.fixture(name="small_disk")
def _small_disk(tmp_path):
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0 or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", place],
            check=False).returncode != 0:
        pytest.skip("no tmpfs may be mounted here")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def fill_up(path, leave):
    """All of the disk but so many octets."""
    stat = os.statvfs(path.parent)
    room = stat.f_bavail * stat.f_frsize - leave
    with open(path, "wb") as f:
        f.write(bytes(max(room, 0)))


def test_a_full_disk(small_disk):
    need_writer()
    record = small_disk / "record.sqlite"
    durable = []
    for leave in (600_000, 450_000, 300_000, 0):
        fill_up(small_disk / "filler", leave)
        writer = Writer(record)
        status, why = writer.end()
        assert status == 75, why
        assert "disk is full" in why
        durable += writer.said
        os.unlink(small_disk / "filler")
        durable = check(record, durable)
    assert durable


def test_a_disk_that_is_full_from_the_first(small_disk):
    """Wherever the making of a record ends, it leaves none, and none of its
    parts; with room there is one."""
    need_writer()
    record = small_disk / "record.sqlite"
    for leave in range(0, 100_000, 4096):
        fill_up(small_disk / "filler", leave)
        done = subprocess.run([WRITER, "look", record, "a@b"], check=False,
                              capture_output=True, text=True, timeout=60)
        os.unlink(small_disk / "filler")
        if done.returncode == 0:
            break
        assert done.returncode == 75, done.stderr
        assert "disk is full" in done.stderr
        left = {p.name for p in small_disk.iterdir()}
        assert not [n for n in left if not n.endswith(".lock")] or \
            look(record, "a@b") == {}
    assert leave > 0
    assert look(record, "a@b") == {}
