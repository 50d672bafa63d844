#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The guard against regressions: what a session costs, in instructions (by
callgrind) and in system calls (by strace), against what was recorded.

usage: counts.py BUILD [--record] [--results FILE.xml]

One client at a time, in lock step, so that each figure is the same in every run
and on every machine, however busy: no time is measured.  What one session takes
of a role is the difference of two lives of it, one with SESSIONS sessions more.

counts.tsv has the recorded figures (count_rows.py), and --record writes there
all that could be measured.  FILE.xml is for tools/sum-results.
"""
import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import count_rows

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
if len(sys.argv) > 1:
    os.environ["RESTANTE_BUILD"] = sys.argv[1]

from support import accounts, certificates, hashes, paths, proc  # noqa: E402
from support.counted import (CountedServer, Tracer, callgrind,  # noqa: E402
                             may_trace, totals)
from support.pop3 import Pop3  # noqa: E402
from support.server import Server  # noqa: E402

RECORDED = Path(__file__).with_name("counts.tsv")
OWNER = "restante-test-op"  # whoever runs this, the figures are the same
SETTINGS = {"session_processes": 1, "login_time": "600s",
            "connections_max": 1000}
USERS = 4  # take turns: nobody waits for the lock of the session before
SESSIONS = 300
WARM = 10  # of each kind and user before anything counts
MESSAGES, LINE, LINES = 10, b"x" * 70 + b"\n", 57  # 4 KB each
# A maildrop and a users file whose time stamps are younger are looked at again.
TRUSTED_S = 3.0


# -- sessions

def log_in(server, user):
    return Pop3(server.address).login(user.name, user.password)


def poll(server, user):
    with log_in(server, user) as pop:
        assert pop.stat()[0] == MESSAGES
        pop.quit()


def fetch(server, user):
    with log_in(server, user) as pop:
        assert pop.list().keys() == pop.uidl().keys()
        for n in range(1, MESSAGES + 1):
            assert len(pop.retr(n)) == len(LINE + b"\r") * LINES
        pop.quit()


class TlsPolls:
    """A client that has a ticket of its last session, and uses it or not."""

    def __init__(self):
        self.context = certificates.authority().context()
        self.last = None

    def poll(self, server, user, resumes):
        pop = Pop3(server.tls_address, tls=self.context,
                   session=self.last if resumes else None)
        with pop:
            assert not resumes or pop.sock.session_reused or not self.last
            pop.login(user.name, user.password)
            assert pop.stat()[0] == MESSAGES
            self.last = pop.sock.session
            pop.quit()

    def full(self, server, user):
        self.poll(server, user, False)

    def resumed(self, server, user):
        self.poll(server, user, True)


def furnish(server):
    """Users, and their mail.  The users' passwords: one half in clear, of the
    other half the hashes."""
    users = []
    for i in range(2 * USERS):
        name, secret = b"user%d" % i, b"secret of user%d" % i
        hashed = hashes.crypt(secret, b"$6$", 1000) if i >= USERS else None
        users.append(server.site.make_user(name, secret, hashed))
        for n in range(MESSAGES):
            users[-1].maildir.deliver(LINE * LINES, b"17000000%02d.M1P1.a" % n)
    server.site.write_users()
    time.sleep(TRUSTED_S)
    return users[:USERS], users[USERS:]


def play(server, session, users, count):
    for i in range(count):
        session(server, users[i % len(users)])


def owner():
    return OWNER if accounts.is_root() else None


# -- instructions

def count_life(kind):
    """{role: instructions of a life with SESSIONS sessions more, of kind}"""
    server = CountedServer(SETTINGS, owner=owner())
    clear, hashed = furnish(server)
    kinds = {"poll": (poll, clear), "hashed": (poll, hashed),
             "fetch": (fetch, clear)}
    try:
        server.start()
        for session, users in kinds.values():
            play(server, session, users, WARM * USERS)
        if kind != "nothing":
            play(server, *kinds[kind], SESSIONS)
        return server.end()
    finally:
        server.stop(judge=False)


def count_text(_):
    """{implementation-loop-text: instructions a KiB}"""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out")
        said = subprocess.run(
            [*callgrind(out, folder + "/log"), "--dump-before=count_begin",
             "--dump-before=count_end",
             paths.BUILD / "test" / "bench" / "count_text"],
            check=True, capture_output=True, text=True).stdout
        # What is dumped at an end was counted since its begin.
        return {name: totals(Path(f"{out}.{2 * i + 2}")) / int(kib)
                for i, (name, kib) in enumerate(map(str.split,
                                                    said.splitlines()))}


# -- system calls

def count_calls(_):
    """{kind: {role: {system call: how often a session}}}; {} where nobody may
    trace."""
    if not may_trace():
        return {}
    tls = TlsPolls()
    kinds = {"poll": poll, "fetch": fetch, "tls": tls.full,
             "resumed": tls.resumed}
    server = Server(SETTINGS, owner=owner(), tls=True)
    clear, _ = furnish(server)
    try:
        server.start()
        for session in kinds.values():
            play(server, session, clear, WARM * USERS)
        found = {kind: trace(server, session, clear)
                 for kind, session in kinds.items()}
        server.stop()
        return found
    except PermissionError:
        return {}
    finally:
        server.stop(judge=False)


def trace(server, session, users):
    tracers = {}
    try:
        for role, pids in server.roles().items():
            tracers[role] = Tracer(server.site.dir / f"calls.{role}", pids)
        play(server, session, users, SESSIONS)
    finally:
        counts = {role: t.count() for role, t in tracers.items()}
    return {role: {call: n / SESSIONS for call, n in count.items()}
            for role, count in counts.items()}


# -- all of it

def measure():
    """{name: (unit, figure)}, and what calls a name's figure consists of"""
    lives = ("nothing", "poll", "hashed", "fetch")
    with ProcessPoolExecutor(os.cpu_count(),
                             initializer=proc.become_subreaper) as pool:
        # the longest first
        calls = pool.submit(count_calls, None)
        lives = dict(zip(lives, pool.map(count_life, lives)))
        text = pool.submit(count_text, None)
        return {**of_lives(lives), **of_text(text.result()),
                **of_calls(calls.result())}, details(calls.result())


def of_lives(lives):
    nothing = lives.pop("nothing")
    return {f"{kind}/{role}": ("instructions",
                               (life[role] - nothing[role]) / SESSIONS)
            for kind, life in lives.items() for role in life}


def of_text(text):
    return {f"text/{name}": ("instructions", n) for name, n in text.items()}


def of_calls(calls):
    return {f"calls/{kind}/{role}": ("calls", sum(count.values()))
            for kind, roles in calls.items()
            for role, count in roles.items() if sum(count.values()) >= 0.5}


def details(calls):
    return {f"calls/{kind}/{role}": ", ".join(
        f"{call} {n:.1f}" for call, n in count.items() if n >= 0.05)
            for kind, roles in calls.items() for role, count in roles.items()}


def tools():
    """What a count of instructions depends on beside our source."""
    comments = subprocess.run(
        ["readelf", "-p", ".comment",
         paths.BUILD / "test" / "bench" / "count_text"],
        check=True, capture_output=True, text=True).stdout
    # a program of clang's tells of gcc, too, which made the C library's part
    gcc = re.findall(r"GCC: .*\) (\d+)\.", comments)
    compiler = (re.findall(r"clang version \d+", comments)
                or [f"gcc {major}" for major in gcc])
    options = json.loads((paths.BUILD / "meson-info" /
                          "intro-buildoptions.json").read_text("utf-8"))
    kind = next(o["value"] for o in options if o["name"] == "buildtype")
    return ", ".join([platform.machine(), *compiler[:1],
                      " ".join(platform.libc_ver()), kind])


# -- the command

def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--results", type=Path)
    return parser.parse_args()


def compare(measured, composed, results):
    """Whether anything is too much."""
    recorded, recorded_by = count_rows.read(RECORDED)
    here = tools()
    if here != recorded_by:
        print(f"recorded by {recorded_by}; here is {here}")
    judged = count_rows.judge(recorded, measured,
                              count_rows.times(here, recorded_by))
    count_rows.tell(judged, composed)
    if results:
        count_rows.report(judged, results)
    return count_rows.failed(judged)


def main():
    args = arguments()
    if shutil.which("valgrind") is None:
        sys.exit("counts.py: there is no valgrind")
    if paths.is_sanitized():
        sys.exit("counts.py: a sanitized build counts for nothing")
    with accounts.accounts():
        measured, composed = measure()
    if args.record:
        old = count_rows.read(RECORDED)[0] if RECORDED.exists() else {}
        count_rows.record(RECORDED, old, measured, tools())
        print(f"recorded in {RECORDED}")
        return 0
    return 1 if compare(measured, composed, args.results) else 0


if __name__ == "__main__":
    sys.exit(main())
