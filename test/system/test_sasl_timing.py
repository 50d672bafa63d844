# SPDX-License-Identifier: ISC
"""A failed exchange of SCRAM takes as long for a user who does not exist as for
one who does: until the challenge, and from the proof to the refusal."""
import base64
import time

import pytest

from support import sasl
from support.ranks import SAMPLES, verdict

KINDS = {
    "verifier": lambda: sasl.verifier(b"hunter2"),
    "plain": lambda: b"{PLAIN}hunter2",
}


def sample(server, name):
    """Seconds until the challenge, and until the refusal."""
    mechanism = sasl.Scram(name, b"wrong")
    with server.connect() as pop:
        line = b"AUTH SCRAM-SHA-256 " + sasl.b64(mechanism.first())
        began = time.perf_counter()
        challenge = pop.cmd(line)
        asked = time.perf_counter() - began
        proof = sasl.b64(mechanism.next(base64.b64decode(challenge[2:])))
        began = time.perf_counter()
        assert pop.cmd(proof).startswith(b"-ERR [AUTH]")
        return asked, time.perf_counter() - began


@pytest.fixture(params=KINDS)
def server(request, make_server):
    s = make_server({"connections_per_address": 1000})
    for i in range(SAMPLES):
        s.site.make_user(b"known%d" % i, hashed=KINDS[request.param]())
    s.site.write_users()
    return s.start()


def compare(server):
    known, unknown = [], []
    for i in range(SAMPLES):
        pair = [(known, b"known%d" % i), (unknown, b"nobody%d" % i)]
        for times, name in pair if i % 2 else reversed(pair):
            times.append(sample(server, name))
    for a, b in zip(zip(*known), zip(*unknown)):
        verdict(a, b)


def test_known_and_unknown_users(server):
    """When a name is asked for the first time, and ever after."""
    compare(server)
    compare(server)


def test_users_who_have_logged_in(server):
    """That a user was there a moment ago makes no difference, nor that nobody
    has asked for the other name before."""
    for i in range(SAMPLES):
        with server.connect() as pop:
            sasl.login(pop, sasl.Scram(b"known%d" % i, b"hunter2"))
            pop.quit()
    compare(server)
