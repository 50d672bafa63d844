# SPDX-License-Identifier: ISC
"""What is done to a server for the rows of the table.  A group is a set of
servers with the same mail; a probe does something to one of them and yields
figures of one or more rows, as {row: (value, report)}."""
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import drops
import load
import meter
from rows import share
from subjects import Ceiling, Subject
from support import accounts
from tracer import calls_per_session, may_trace

AT_ONCE = 32
MESSAGES, OCTETS = 10, 4096
LARGE_OCTETS = 2048
QUIET = ("poll", "pipelined", "fetch", "fetch-pipelined", "listing")
YOUNG_SECONDS = 2.5  # a time stamp younger than 2 s is nothing to go by
IDLE_MESSAGES, IDLE_OCTETS = 3, 500
BIG_HOWS = (("big-lf", "lf%d", "clear"), ("big-crlf", "crlf%d", "clear"),
            ("big-tls", "lf%d", "tls"), ("big-crlf-tls", "crlf%d", "tls"))


@dataclass(frozen=True)
class Probe:
    rows: tuple
    run: Callable  # of (subject, scale, round)
    not_of: tuple = ()  # subjects that cannot do it


@dataclass(frozen=True)
class Group:
    name: str
    make: Callable  # of (key, scale), a subject to be started
    probes: tuple
    rounds: int = 0  # 0: as the scale says


def filled(key, fill, scale):
    subject = Subject(key)
    fill(subject.site, scale)
    return subject


# -- many small sessions

def fill_small(site, scale):
    del scale
    texts = [drops.message(i, OCTETS) for i in range(MESSAGES)]
    drops.add(site, b"u", AT_ONCE, texts)
    drops.add(site, b"h", AT_ONCE, texts, hashed=True)
    drops.add(site, b"c", AT_ONCE)


def make_small(key, scale):
    if key == "ceiling":
        return Ceiling("-n", MESSAGES, "-o", OCTETS)
    return filled(key, fill_small, scale)


def small(row, scenario, how="clear", user="u%d", fetches=False, **options):
    """A probe of CPU for each session."""
    def run(subject, scale, number):
        is_long = fetches or how != "clear"
        sessions = share(subject, scale.fetches if is_long else scale.sessions)
        report = load.play(subject, scenario, how, at_once=AT_ONCE,
                           users=AT_ONCE, user=user, sessions=sessions,
                           warm=AT_ONCE if number else 2 * AT_ONCE, **options)
        found = {row: (report["cpu_ms_per_session"], report)}
        if row == "poll":
            found["p99"] = (report["latency_ms"]["p99"], None)
        if how == "resumed":
            whole = report["not_resumed"]
            found["resumed-share"] = (100 * whole / sessions, None)
        return found
    more = {"poll": ("p99",), "poll-resumed": ("resumed-share",)}.get(row, ())
    tls = ("ceiling",) if how != "clear" else ()
    return Probe((row, *more), run, tls)


def churn(subject, scale, number):
    del number
    template = Path(os.fsdecode(subject.site.mail)) / "c%d"
    report = load.play(subject, "churn", at_once=AT_ONCE, users=AT_ONCE,
                       user="c%d", sessions=share(subject, scale.fetches),
                       warm=AT_ONCE, maildir=template, octets=OCTETS)
    return {"churn": (report["cpu_ms_per_session"], report)}


def stalls(subject, scale, number):
    """Of one connection after the other: nobody waits for anybody else."""
    del number
    count = sum(load.play(subject, scenario, how, at_once=1, users=AT_ONCE,
                          sessions=share(subject, scale.quiet),
                          warm=AT_ONCE)["stalls"]
                for scenario in QUIET for how in ("clear", "tls")
                if how == "clear" or subject.key != "ceiling")
    return {"stalls": (count, None)}


def calls(subject, scale, number):
    if number > 0 or not may_trace():  # one round says it
        return {}
    found = calls_per_session(
        subject, lambda: load.play(subject, "poll", at_once=AT_ONCE,
                                   users=AT_ONCE, sessions=scale.traced))
    return {"calls": (found, None)}


# -- one large maildrop

def fill_large(site, scale):
    drops.add(site, b"l", 1, (drops.message(i, LARGE_OCTETS)
                              for i in range(scale.large)))


def make_large(key, scale):
    if key == "ceiling":
        return Ceiling("-n", scale.large, "-o", LARGE_OCTETS)
    return filled(key, fill_large, scale)


def cpu_ms_of(subject, scenario="listing", user="l%d"):
    """Of one session, and of what goes on behind its end."""
    before = meter.settled_cpu_seconds(subject.meter)
    report = load.play(subject, scenario, at_once=1, users=1, user=user,
                       sessions=1)
    return (meter.settled_cpu_seconds(subject.meter) - before) * 1000, report


def large(subject, scale, number):
    """First with nothing remembered, then as it is, then with new mail."""
    if subject.key == "ceiling":
        return {"unchanged": cpu_ms_of(subject)}
    drops.make_fresh(subject.site, b"l0")
    subject.restart_fresh()
    time.sleep(YOUNG_SECONDS)
    found = {"first": cpu_ms_of(subject)}
    time.sleep(YOUNG_SECONDS)
    cpu_ms_of(subject)  # what the first one left to the second
    time.sleep(YOUNG_SECONDS)
    found["unchanged"] = best_of_three(lambda n: cpu_ms_of(subject))
    found["one-more"] = best_of_three(
        lambda n: after_one_more(subject, scale.large + number * 3 + n))
    return found


def after_one_more(subject, i):
    path, owner = drops.maildir_of(subject.site, b"l0")
    drops.put(path, i, drops.message(i, LARGE_OCTETS), owner)
    return cpu_ms_of(subject)


def best_of_three(measure):
    return min((measure(n) for n in range(3)), key=lambda found: found[0])


# -- big messages

def fill_big(site, scale):
    for prefix, crlf in ((b"lf", False), (b"crlf", True)):
        drops.add(site, prefix, 1, [drops.message(i, o, crlf=crlf)
                                    for i, o in enumerate(scale.big)])


class BigCeiling:
    """Two of them: read and write for what has to be changed on its way, and
    sendfile for what has not."""
    key = "ceiling"

    def __init__(self, scale):
        self.folder = tempfile.TemporaryDirectory(prefix="restante-bench-")
        files = []
        for i, octets in enumerate(scale.big):
            path = Path(self.folder.name) / str(i)
            path.write_bytes(drops.message(i, octets, crlf=True))
            files += ["-f", path]
        self.ways = {"lf%d": Ceiling("-m", "copy", *files),
                     "crlf%d": Ceiling("-m", "sendfile", *files)}

    def start(self):
        for way in self.ways.values():
            way.start()
        return self

    def stop(self):
        for way in self.ways.values():
            way.stop()
        self.folder.cleanup()


def make_big(key, scale):
    if key == "ceiling":
        return BigCeiling(scale)
    return filled(key, fill_big, scale)


def big(row, user, how):
    def run(subject, scale, number):
        del number
        target = subject.ways[user] if subject.key == "ceiling" else subject
        report = load.play(target, "retr", how, at_once=1, users=1, user=user,
                           sessions=scale.big_sessions, warm=1)
        return {row: (report["cpu_s_per_gb"], report)}
    return Probe((row,), run, ("ceiling",) if how == "tls" else ())


# -- connections that idle

def held_by(key, scale):
    return {"restanted": scale.idle, "tuned": scale.idle_of_others,
            "shipped": scale.idle_of_shipped}[key]


def make_idle(key, scale):
    subject = Subject(key)
    texts = [drops.message(i, IDLE_OCTETS) for i in range(IDLE_MESSAGES)]
    drops.add(subject.site, b"i", held_by(key, scale), texts)
    return subject


def idle(row, how):
    def run(subject, scale, number):
        del number
        count = held_by(subject.key, scale)
        if not accounts.is_root():
            return {}  # roles' memory is not for others to look at
        with load.held(subject, 10, how, user="i%d"):
            pass
        before = meter.pss_kib(subject.meter.pids())
        with load.held(subject, count, how, user="i%d"):
            time.sleep(1.5)  # session gives back what handshakes took
            used = meter.pss_kib(subject.meter.pids()) - before
        return {row: (used / count, {"connections": count})}
    return Probe((row,), run, ("ceiling",))


GROUPS = (
    Group("small", make_small, (
        small("poll", "poll"),
        small("pipelined", "pipelined"),
        small("poll-tls", "poll", "tls"),
        small("poll-resumed", "poll", "resumed"),
        small("poll-sha512", "poll", user="h%d"),
        small("fetch", "fetch", fetches=True, verify="octets"),
        small("fetch-pipelined", "fetch-pipelined", fetches=True,
              verify="octets"),
        Probe(("churn",), churn, ("ceiling",)),
        Probe(("stalls",), stalls),
        Probe(("calls",), calls, ("ceiling",)))),
    Group("large", make_large, (
        Probe(("first", "unchanged", "one-more"), large),)),
    Group("big", make_big, tuple(big(*b) for b in BIG_HOWS)),
    Group("idle", make_idle, (idle("idle", "clear"), idle("idle-tls", "tls")),
          rounds=1),
)
