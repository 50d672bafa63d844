# SPDX-License-Identifier: ISC
"""What ./dev run shows: a server, our client fetching from it, and how to talk
to it; until Ctrl-C, and nothing is left then."""
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from support import paths, proc
from support.typist import Typist

SECONDS = 60


def demo(*arguments):
    return [paths.ROOT / "tools" / "demo", *arguments]


def test_what_it_needs_is_built():
    """./dev builds these, and no others, before it runs the demo."""
    needed = subprocess.run(demo("--programs"), capture_output=True,
                            check=True, text=True).stdout.split()
    assert "src/fetch/restante" in needed and "src/master/restanted" in needed
    assert all((paths.BUILD / name).is_file() for name in needed)


@pytest.mark.slow
def test_the_demo():
    build = os.path.relpath(paths.BUILD, paths.ROOT)
    run = subprocess.Popen(demo(build), cwd=paths.ROOT, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True,
                           start_new_session=True)
    told = []
    try:
        for line in run.stdout:
            told.append(line)
            if line.startswith("Ctrl-C stops it"):
                break
        os.killpg(run.pid, signal.SIGINT)
        told.append(run.communicate(timeout=SECONDS)[0])
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
    told = "".join(told)
    new = re.search(r"demo: (\d+) new messages", told)
    assert new and int(new[1]) > 20, told
    assert re.search(r"demo\t0\t%s\t0" % new[1], told), told
    assert told.endswith("demo: stopped\n") and run.returncode == 0, told
    place = Path(re.search(r"^Mail +(\S+)/mail/demo", told, re.M)[1])
    assert not place.exists() or place.name == ".demo"  # of who is not root


@pytest.mark.slow
def test_a_terminal_that_is_closed():
    """Nothing is left then, either: no server, no folder."""
    run = Typist(demo(paths.BUILD), os.environ,
                 paths.ROOT)
    try:
        run.hear(b"Ctrl-C stops it")
        place = Path(re.search(rb"Mail +(\S+)/mail/demo",
                               run.said)[1].decode())
        servers = proc.children(run.pid)
        assert servers and place.is_dir()
    finally:
        os.close(run.fd)
        os.waitpid(run.pid, 0)
    assert not place.exists() or place.name == ".demo"
    assert not any(proc.is_running(pid) for pid in servers)
