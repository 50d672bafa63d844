# SPDX-License-Identifier: ISC
"""Attempts to log in, right and wrong, from addresses of our choice."""
from support.pop3 import Closed

FAILED = b"-ERR [AUTH] "
GUESSING = b"-ERR [SYS/TEMP] Too many failed log-ins"


def attempt(server, user, password, source="127.0.0.1"):
    """The reply to PASS, on a connection of its own."""
    with server.connect(source=source) as pop:
        pop.ok(b"USER " + user)
        reply = pop.cmd(b"PASS " + password)
        try:
            pop.cmd(b"QUIT")
        except Closed:
            pass
        return reply


def fail_times(server, times, user=b"alice", source="127.0.0.1"):
    for _ in range(times):
        assert attempt(server, user, b"wrong", source).startswith(FAILED)


def gets_in(server, user=b"alice", source="127.0.0.1"):
    reply = attempt(server, user, b"secret-of-" + user, source)
    assert reply.startswith((b"+OK", GUESSING)), reply
    return reply.startswith(b"+OK")
