# SPDX-License-Identifier: ISC
"""A failed log-in takes as long for a user who does not exist as for one who
does.  Samples are interleaved, so that whatever else the machine does falls on
both alike."""
import time

import pytest

from support import hashes, paths, sasl
from support.ranks import SAMPLES, verdict

NAMES = 40


def sample(server, name, way="PASS", how="clear"):
    line = b"PASS wrong"
    with server.connect(how) as pop:
        if way == "PASS":
            pop.ok(b"USER " + name)
        else:
            line = b"AUTH PLAIN " + sasl.b64(b"\0" + name + b"\0wrong")
        began = time.perf_counter()
        assert pop.cmd(line).startswith(b"-ERR [AUTH]")
        return time.perf_counter() - began


SCHEMES = {
    "plain": lambda: b"{PLAIN}hunter2",
    "sha512": lambda: hashes.crypt(b"hunter2", b"$6$", 20_000),
    "bcrypt": lambda: hashes.crypt(b"hunter2", b"$2b$", 6),
    "yescrypt": lambda: hashes.crypt(b"hunter2", b"$y$", 4),
}


@pytest.mark.parametrize("scheme,way,how", [
    *((s, "PASS", "clear") for s in SCHEMES), ("yescrypt", "AUTH PLAIN", "tls")])
def test_known_and_unknown_users_take_the_same_time(make_server, scheme, way, how):
    s = make_server({"connections_per_address": 1000}, tls=how == "tls")
    for i in range(8):
        s.site.add_user(b"known%d" % i, hashed=SCHEMES[scheme]())
    s.start()
    known, unknown = [], []
    for i in range(SAMPLES):
        pair = [(known, b"known%d" % (i % 8)), (unknown, b"nobody%d" % (i % 8))]
        for times, name in pair if i % 2 else reversed(pair):
            times.append(sample(s, name, way, how))
    verdict(known, unknown)


def test_mixed_schemes_are_spread_alike(make_server):
    """Half of the users cheap, half dear: the unknown must be a like mix."""
    s = make_server({"connections_per_address": 1000})
    dear = hashes.crypt(b"hunter2", b"$6$", 100_000)
    for i in range(20):
        s.site.add_user(b"known%d" % i,
                        hashed=dear if i % 2 else b"{PLAIN}hunter2")
    s.start()
    # A cheap one takes a thirtieth of a dear one: the limit is between, as far
    # from each, however busy the machine is.
    dear_s = min(sample(s, b"known1") for _ in range(9))
    cheap_s = min(sample(s, b"known0") for _ in range(9))
    limit = (dear_s * cheap_s) ** 0.5

    def is_slow(i):
        return min(sample(s, b"nobody%d" % i) for _ in range(2)) > limit
    first = [is_slow(i) for i in range(NAMES)]
    # A fair coin's chance to stay outside is below one in a million.
    assert 4 <= sum(first) <= NAMES - 4, f"{sum(first)} of {NAMES} are slow"
    same = sum(a == is_slow(i) for i, a in enumerate(first))
    assert same >= NAMES - 4, "an unknown name takes the same time each time"


def test_an_empty_users_file(make_server):
    s = make_server()
    s.start()
    assert sample(s, b"nobody") > (0 if paths.is_sanitized() else 0.0005)
