# SPDX-License-Identifier: ISC
"""kill -9 of each role under load: no message lost, none half-delivered, no
lock left, and the service resumes."""
import signal
import time

import pytest

from support import proc
from support.load import Load
from support.pop3 import Closed

USERS = 6


@pytest.fixture
def loaded(make_server):
    def start(**settings):
        s = make_server({"connections_per_address": 1000, **settings})
        s.loaders = [s.site.add_user(b"load%d" % i) for i in range(USERS)]
        s.expect(rb"restanted")  # whatever a death makes the others say
        return s.start()
    return start


def settle(server):
    proc.wait_until(lambda: {r: len(p) for r, p in server.roles().items()} == {
        "session": 2, "auth": 1, "maildrop": 1}, 30, "one generation")


# A generation that dies again and again is replaced after pauses that double.
OFTEN = [("session", 20), ("auth", 4), ("maildrop", 4)]


@pytest.mark.parametrize("role,times", [
    ("session", 2), ("auth", 2), ("maildrop", 2),
    *(pytest.param(*often, marks=pytest.mark.slow) for often in OFTEN)])
def test_a_killed_role_under_load(loaded, role, times):
    s = loaded()
    with Load(s, s.loaders) as load:
        load.wait_sessions(2)
        for _ in range(times):
            victim = proc.wait_until(lambda: s.roles()[role])[0]
            proc.kill(victim)
            proc.wait_until(lambda: not proc.is_running(victim))
            load.wait_sessions(2)
    load.audit()
    settle(s)
    for user in s.loaders:
        with s.login(user) as pop:
            assert set(pop.uidl().values()) == user.maildir.bases()
            pop.quit()


def test_a_stopped_role_is_not_a_dead_one(loaded):
    """SIGSTOP for a moment: nothing breaks, all goes on."""
    s = loaded()
    with Load(s, s.loaders) as load:
        load.wait_sessions(1)
        before = s.roles()
        for pids in before.values():
            proc.kill(pids[0], signal.SIGSTOP)
            proc.kill(pids[0], signal.SIGCONT)
        load.wait_sessions(2)
        assert s.roles() == before
    load.audit()
    assert sum(w.broken for w in load.workers) == 0


def test_a_killed_session_process_harms_only_its_own(loaded):
    s = loaded()
    pops = [s.login(u) for u in s.loaders]
    before = s.roles()
    proc.kill(before["session"][0])
    proc.wait_until(lambda: before["session"][0] not in s.roles()["session"])
    alive = []
    for pop in pops:
        try:
            pop.ok(b"NOOP")
            alive.append(pop)
        except (Closed, OSError):  # its process was the one
            pop.close()
    settle(s)
    assert s.roles()["auth"] == before["auth"]
    assert s.roles()["maildrop"] == before["maildrop"]
    assert before["session"][1] in s.roles()["session"]
    for pop in alive:
        pop.quit()
    for user in s.loaders:
        proc.wait_until(lambda: login_works(s, user))


def login_works(server, user):
    return server.can_login(user.name, user.password)


@pytest.mark.parametrize("role", ["auth", "maildrop"])
def test_a_killed_role_is_replaced_with_its_generation(loaded, role):
    s = loaded()
    before = s.roles()
    held = s.login(s.loaders[0])
    proc.kill(before[role][0])
    held.rest(timeout=20)
    held.close()

    def replaced():
        now = s.roles()
        return (all(len(now[r]) == len(before[r]) for r in now)
                and not set(before[role]) & set(now[role]))
    proc.wait_until(replaced)
    proc.wait_until(lambda: login_works(s, s.loaders[0]))


def test_a_killed_master_leaves_no_orphans(loaded):
    s = loaded()
    roles = s.children()
    held = s.login(s.loaders[0])
    s.process.kill()
    s.process.wait(10)
    held.rest(timeout=20)
    held.close()

    def gone():
        for pid in roles:
            proc.reap_orphan(pid)
        return not any(proc.is_running(p) for p in roles)
    proc.wait_until(gone, 20, "the roles end by themselves")
    again = s.start()
    assert login_works(again, s.loaders[0])


def test_a_role_that_cannot_stay_up_does_not_burn_the_machine(loaded):
    """Killed again and again at once: replaced, but at a bounded rate."""
    s = loaded()
    seen = set()
    end = time.monotonic() + 3
    while time.monotonic() < end:
        for pid in s.roles()["session"]:
            seen.add(pid)
            proc.kill(pid)
        time.sleep(0.005)
    assert len(seen) < 300
    proc.wait_until(lambda: s.roles()["session"], 30)
    settle(s)
    proc.wait_until(lambda: login_works(s, s.loaders[0]))
