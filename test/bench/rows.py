# SPDX-License-Identifier: ISC
"""The rows of the table: what is measured, in which unit, and what it is to
reach; and how much of it a run does."""
from dataclasses import dataclass

POLL = "CPU ms/session"
GB = "CPU s/GB"


@dataclass(frozen=True)
class Row:
    name: str
    title: str
    unit: str
    target: float = None
    short: str = ""  # for the chart; "" is not drawn


@dataclass(frozen=True)
class Scale:
    """sessions: of a server that takes 0.1 ms for each; slower ones do fewer."""
    rounds: int = 3
    sessions: int = 10_000
    fetches: int = 3_000
    large: int = 100_000
    big: tuple = (50_000_000, 10_000_000)
    big_sessions: int = 5
    idle: int = 10_000
    idle_of_others: int = 1_000
    idle_of_shipped: int = 90  # its log-in processes are 100 at most
    traced: int = 500
    quiet: int = 300  # sessions to look for stalls in


FULL = Scale()
QUICK = Scale(rounds=1, sessions=1_000, fetches=500, large=10_000,
              big=(10_000_000,), big_sessions=3, idle=1_000,
              idle_of_others=200, traced=200, quiet=100)
TINY = Scale(rounds=1, sessions=60, fetches=40, large=50, big=(200_000,),
             big_sessions=1, idle=40, idle_of_others=20, idle_of_shipped=20,
             traced=40, quiet=32)
SCALES = {"full": FULL, "quick": QUICK, "tiny": TINY}

# How much of a load each server gets, so that all take about as long.
SHARES = {"restanted": 1.0, "ceiling": 1.0, "tuned": 0.25, "shipped": 0.04}


def share(subject, sessions, least=32):
    return max(least, int(sessions * SHARES[subject.key]))


def rows(scale):
    """In the table's order.  What depends on a size has no target at another
    one than the issue's."""
    def at_full(target):
        return target if scale is FULL else None
    large = f"{scale.large:,} messages x 2 KB, LIST and UIDL"
    big = " and ".join(f"{o / 1e6:g} MB" for o in scale.big)
    idle = f"idle, logged in, {scale.idle:,} connections"
    return [
        Row("poll", "poll: connect, USER, PASS, STAT, QUIT", POLL, 0.10, "poll"),
        Row("pipelined", "poll, pipelined", POLL, 0.08, "poll, pipelined"),
        Row("poll-tls", "poll, TLS 1.3, whole handshake, P-256", POLL, 0.35,
            "poll, TLS"),
        Row("poll-resumed", "poll, TLS 1.3, resumed", POLL, 0.20,
            "poll, TLS resumed"),
        Row("poll-sha512", "poll, SHA512-CRYPT password, after the first", POLL,
            0.10, "poll, SHA-512"),
        Row("fetch", "fetch 10 x 4 KB: LIST, UIDL, RETR of all", POLL, 0.25,
            "fetch 10 x 4 KB"),
        Row("fetch-pipelined", "fetch 10 x 4 KB, pipelined", POLL, 0.18,
            "fetch, pipelined"),
        Row("first", f"{large}: first log-in ever", "CPU ms", at_full(700)),
        Row("unchanged", f"{large}: unchanged since", "CPU ms", at_full(15)),
        Row("one-more", f"{large}: one message came since", "CPU ms",
            at_full(25)),
        Row("big-lf", f"RETR of {big}, stored with LF", GB, 0.65),
        Row("big-crlf", f"RETR of {big}, stored with CRLF, no dot lines", GB,
            0.40),
        Row("big-tls", f"RETR of {big}, stored with LF, TLS", GB, 1.2),
        Row("big-crlf-tls", f"RETR of {big}, stored with CRLF, TLS", GB, 1.2),
        Row("idle", idle, "KiB PSS each", 4),
        Row("idle-tls", f"{idle}, TLS", "KiB PSS each", 24),
        Row("churn", "churn: RETR 1, DELE 1, QUIT of a new message", POLL, 0.20,
            "churn"),
        Row("p99", "poll, 32 at once: 99th percentile", "ms", 10),
        Row("resumed-share", "poll, TLS 1.3, resumed: not resumed", "%", 0.1),
        Row("stalls", "replies that took 38 ms or more, one connection at a "
            "time", "", 0.5),
        Row("calls", "system calls of a poll", "calls"),
    ]
