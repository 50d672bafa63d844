# SPDX-License-Identifier: ISC
"""A server of whose roles somebody counts: instructions, by callgrind, or system
calls, by strace.

For callgrind the roles are those of test/bench/counted_role.c, which says what
they go without; the master is the installed one.  For strace all of it is.
"""
import os
import re
import shlex
import shutil
import signal
import subprocess

from support import paths
from support.server import Server

ROLES = ("session", "auth", "maildrop")

# glibc chooses its string functions by the CPU: here by the least that any has,
# so that a figure is the same on each, and a copy is not one instruction.
LEAST_CPU = "GLIBC_TUNABLES=glibc.cpu.hwcaps=" + ",".join(
    "-" + feature for feature in (
        "AVX", "AVX2", "AVX512F", "AVX512VL", "AVX512BW",
        "AVX_Fast_Unaligned_Load", "BMI1", "BMI2", "ERMS", "FSRM",
        "Fast_Copy_Backward", "Fast_Unaligned_Copy", "LZCNT", "MOVBE", "RTM",
        "SSE3", "SSSE3", "SSE4_1", "SSE4_2"))


def callgrind(out, log):
    """The words before a command whose instructions are to be counted."""
    return ["env", LEAST_CPU, shutil.which("valgrind"), "-q",
            f"--log-file={log}", "--tool=callgrind",
            f"--callgrind-out-file={out}"]


def totals(path):
    """The instructions of a file that callgrind wrote."""
    found = re.findall(r"^totals: (\d+)$", path.read_text("ascii"), re.M)
    assert len(found) == 1, (path, found)
    return int(found[0])


class CountedServer(Server):
    """Each role runs under callgrind; instructions() once it has stopped."""

    def _spawn(self):
        there = self.site.dir / "bin"
        for folder in ("master", "counted", *ROLES):
            (there / folder).mkdir(parents=True)
        shutil.copy(paths.program("restanted"), there / "master")
        for role in ROLES:
            self._wrap(there, role)
        return super()._spawn()

    def _wrap(self, there, role):
        """The master finds a script where it looks for the role."""
        counted = shutil.copy(
            paths.BUILD / "test" / "bench" / f"restanted-{role}-counted",
            there / "counted")
        script = there / role / f"restanted-{role}"
        script.write_text("#!/bin/sh\nexec " + shlex.join(map(str, [
            *callgrind(self._out(role), self._out(role, "log")), counted]))
            + "\n", encoding="utf-8")
        script.chmod(0o755)

    def _out(self, role, kind="out"):
        """Where the role's account may write."""
        return self.site.dir / "run" / f"callgrind.{role}.{kind}"

    def program(self):
        return self.site.dir / "bin" / "master" / "restanted"

    def end(self):
        """Stops it, and judges; {role: instructions of its whole life}"""
        self.process.send_signal(signal.SIGTERM)
        self.judge(self.process.wait(60))
        return {role: totals(self._out(role)) for role in ROLES}


class Tracer:
    """strace on some processes and their threads, from now on."""

    def __init__(self, path, pids):
        self.path = path
        words = [w for p in pids for w in ("-p", str(p))]
        self.process = subprocess.Popen(
            ["strace", "-f", "-c", "-U", "name,calls", "-o", path, *words],
            stderr=subprocess.PIPE, text=True)
        said = [self.process.stderr.readline() for _ in pids]
        if not all("attached" in line for line in said):
            self.process.kill()
            self.process.communicate()
            raise PermissionError("".join(said))

    def count(self):
        """{system call: how often}.  Without futex, for the lookout
        (ipc/crew.h) calls it by the clock; and without clock_gettime, which is
        the vDSO's: it asks the kernel only where the machine's clock cannot be
        read, as on a virtual one that was moved."""
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=60)
        return {name: int(n) for name, n in re.findall(
            r"^(\w+) +(\d+)$", self.path.read_text("ascii"), re.M)
            if name not in ("total", "futex", "clock_gettime")}


def may_trace():
    """Whether strace is here and works here."""
    if shutil.which("strace") is None:
        return False
    done = subprocess.run(["strace", "-o", os.devnull, "true"], check=False,
                          capture_output=True)
    return done.returncode == 0
