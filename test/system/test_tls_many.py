# SPDX-License-Identifier: ISC
"""TLS with as many session processes as a large machine has."""
from concurrent.futures import ThreadPoolExecutor

import pytest

# Slow tests run without sanitizers, whose malloc is another.
pytestmark = pytest.mark.slow


def test_many_session_processes_have_one_key(make_server):
    """Two threads for each: the C library may not read files because of it."""
    s = make_server({"session_processes": 16, "connections_per_address": 1000},
                    tls=True)
    users = [b"u%d" % i for i in range(16)]
    for user in users:
        s.site.add_user(user)
    s.start()
    key = s.roles()["key"]

    def visit(i):
        with s.login(users[i % len(users)], how="tls") as pop:
            return pop.ok(b"QUIT")

    with ThreadPoolExecutor(len(users)) as pool:
        for _ in range(20):
            assert len(list(pool.map(visit, range(len(users))))) == len(users)
    assert s.roles()["key"] == key
