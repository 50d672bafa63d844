# SPDX-License-Identifier: ISC
"""What processes use: processor time and memory; and what machine it is.

A control group counts processes that have ended and those that nobody knows
of; without root there is the tree below the first process, which counts those
that their parents have waited for.
"""
import datetime
import os
import platform
import re
import subprocess
import time
from pathlib import Path

from support import accounts, proc
from support.paths import ROOT

GROUP_ROOTS = (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup"))
JOIN = 'echo $$ >"$0/cgroup.procs" && exec "$@"'


class Group:
    """A control group of version 2 for one service's processes."""

    def __init__(self, path):
        self.path = path
        self.prefix = ["sh", "-c", JOIN, str(path)]
        self.bench_options = ["--cgroup", str(path)]

    def cpu_seconds(self):
        text = (self.path / "cpu.stat").read_text(encoding="ascii")
        return int(re.search(r"usage_usec (\d+)", text).group(1)) / 1e6

    def pids(self):
        text = (self.path / "cgroup.procs").read_text(encoding="ascii")
        return [int(p) for p in text.split()]

    def close(self):
        proc.wait_until(lambda: not self.pids(), 20, "the group is empty")
        self.path.rmdir()


class Tree:
    """All processes below one, where there are no control groups."""

    def __init__(self):
        self.prefix = []
        self.pid = None

    @property
    def bench_options(self):
        return ["--server-pid", str(self.pid)]

    def cpu_seconds(self):
        return proc.tree_cpu_seconds(self.pid)

    def pids(self):
        found = [self.pid]
        for pid in found:
            found += proc.children(pid)
        return found

    def close(self):
        pass


def make_group(name):
    """A Group if this may be had, else a Tree, whose pid is not known yet."""
    for root in GROUP_ROOTS if accounts.is_root() else ():
        path = root / f"restante-bench-{os.getpid()}-{name}"
        if not (root / "cgroup.procs").exists():
            continue
        try:
            path.mkdir()
        except OSError:
            continue
        if (path / "cpu.stat").exists():
            return Group(path)
        path.rmdir()
    return Tree()


def pss_kib(pids):
    total = 0
    for pid in pids:
        try:
            total += proc.memory_kib(pid, "Pss")
        except (FileNotFoundError, ProcessLookupError, KeyError):
            continue  # it has just ended
    return total


def settled_cpu_seconds(meter, seconds=5.0):
    """Its count once whatever goes on behind a session's end is over."""
    end = time.monotonic() + seconds
    before = meter.cpu_seconds()
    while time.monotonic() < end:
        time.sleep(0.1)
        now = meter.cpu_seconds()
        if now - before < 0.0005:
            break
        before = now
    return meter.cpu_seconds()


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True,
                              check=False, timeout=20)
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return ""
    return (done.stdout.strip().splitlines() or [""])[0]


def processor():
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    found = re.search(r"^model name\s*: (.*)$", text, re.M)
    return found.group(1) if found else platform.machine()


def distribution():
    text = Path("/etc/os-release").read_text(encoding="utf-8")
    found = re.search(r'^PRETTY_NAME="?([^"\n]*)', text, re.M)
    return found.group(1) if found else "unknown"


def describe():
    """What a figure means nothing without."""
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime(
            "%Y-%m-%d %H:%M UTC"),
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "system": distribution(),
        "restante": first_line("git", "-C", str(ROOT), "describe", "--always",
                               "--dirty") or "unknown",
        "openssl": " ".join(first_line("openssl", "version").split()[:2]),
        "dovecot": first_line("dovecot", "--version"),
        "load_before": round(os.getloadavg()[0], 2),
    }
