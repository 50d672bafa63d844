# SPDX-License-Identifier: ISC
"""System calls, counted by strace."""
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from load import Failure
from support import accounts

TOTAL = re.compile(r"^total +(\d+)$", re.M)


def may_trace():
    """Whether strace is there, and allowed: not in every container, and never
    of roles to whoever is not root."""
    return accounts.is_root() and shutil.which("strace") is not None and subprocess.run(
        ["strace", "-c", "-o", os.devnull, "true"], check=False,
        capture_output=True).returncode == 0


def calls_per_session(subject, play):
    """Of all of the server's processes, and of those that they start, while
    play() lasts, which tells how many sessions there were."""
    with tempfile.TemporaryDirectory(prefix="restante-bench-") as folder:
        path = Path(folder) / "calls"
        pids = subject.meter.pids()
        words = [w for p in pids for w in ("-p", str(p))]
        with subprocess.Popen(["strace", "-f", "-c", "-U", "name,calls", "-o",
                               path, *words], stderr=subprocess.PIPE) as tracer:
            for _ in pids:
                tracer.stderr.readline()  # "... attached"
            try:
                sessions = play()["sessions"]
            finally:
                tracer.send_signal(signal.SIGINT)
                tracer.communicate(timeout=30)
        found = TOTAL.search(path.read_text(encoding="utf-8"))
    if not found:
        raise Failure("strace told nothing")
    return int(found.group(1)) / sessions
