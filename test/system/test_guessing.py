# SPDX-License-Identifier: ISC
"""Who guesses waits, and is then refused; who is at home gets in all the same;
and nothing of it is forgotten at a reload, a crash or a restart."""
import signal
import threading
import time

import pytest

from support import hashes, proc
from support.guessing import GUESSING, attempt, fail_times, gets_in

HOME, AWAY, FOE = "127.0.0.7", "127.0.0.8", "127.0.0.66"
MANY = {"failures_max": 3, "failures_time": "1h", "login_tries_max": 20}


@pytest.fixture
def guarded(make_server):
    def start(**settings):
        s = make_server({**MANY, **settings})
        s.alice = s.site.add_user(b"alice")
        s.bob = s.site.add_user(b"bob")
        return s.start()
    return start


def test_answers_come_later_each_time(guarded):
    s = guarded(failures_max=10)
    times = []
    with s.connect() as pop:
        for _ in range(6):
            pop.ok(b"USER alice")
            began = time.monotonic()
            assert pop.cmd(b"PASS wrong").startswith(b"-ERR [AUTH] ")
            times.append(time.monotonic() - began)
    assert max(times[:3]) < 0.4
    for waited, least in zip(times[3:], (0.5, 1.0, 2.0)):
        # timers count milliseconds
        assert least - 0.005 <= waited < least + 0.9
    # it is told to wait; nobody else does
    began = time.monotonic()
    assert gets_in(s, b"bob", HOME)
    assert time.monotonic() - began < 0.4


def test_then_even_the_right_password_is_refused(guarded):
    s = guarded()
    fail_times(s, 3, source=FOE)
    assert not gets_in(s, source=FOE)
    assert not gets_in(s, b"bob", FOE)
    assert gets_in(s, b"bob", HOME)


def test_unknown_users_are_counted_alike(guarded):
    s = guarded()
    for i in range(3):
        fail_times(s, 1, b"nobody", f"127.0.0.{20 + i}")
    assert attempt(s, b"nobody", b"x", AWAY).startswith(GUESSING)
    assert gets_in(s, source=AWAY)


def test_nobody_is_locked_out_of_home(guarded):
    s = guarded()
    assert gets_in(s, source=HOME)
    for i in range(4):
        reply = attempt(s, b"alice", b"wrong", f"127.0.0.{100 + i}")
        assert reply.startswith(b"-ERR"), reply
    assert not gets_in(s, source=AWAY)
    began = time.monotonic()
    assert gets_in(s, source=HOME)
    assert time.monotonic() - began < 0.4
    # nor by one who fails behind the same address
    fail_times(s, 3, b"nobody", HOME)
    assert not gets_in(s, b"bob", HOME)
    assert gets_in(s, source=HOME)
    # where failures count for him alone
    fail_times(s, 3, b"alice", HOME)
    assert not gets_in(s, source=HOME)


def test_it_passes(guarded):
    s = guarded(failures_time="2s")
    fail_times(s, 3, source=FOE)
    assert not gets_in(s, source=FOE)
    proc.wait_until(lambda: gets_in(s, source=FOE), 20)


def test_a_reload_forgives_nothing(guarded):
    s = guarded()
    assert gets_in(s, source=HOME)
    fail_times(s, 3, source=FOE)
    s.configure(failures_time="2h")
    s.reload()
    assert not gets_in(s, source=FOE)
    assert not gets_in(s, source=AWAY)
    assert gets_in(s, source=HOME)


def test_nor_does_the_death_of_auth(guarded):
    s = guarded()
    s.expect(rb"auth is gone", rb"role process died",
             rb"the channel to another role has ended")
    assert gets_in(s, source=HOME)
    fail_times(s, 3, source=FOE)
    before = s.roles()
    proc.kill(before["auth"][0], signal.SIGKILL)
    proc.wait_until(lambda: not set(before["auth"]) & set(s.roles()["auth"]))
    s.wait_restored(before)
    assert not gets_in(s, source=FOE)
    assert gets_in(s, source=HOME)


def test_nor_a_restart(guarded):
    s = guarded()
    assert gets_in(s, source=HOME)
    fail_times(s, 3, source=FOE)
    s.process.send_signal(signal.SIGTERM)
    assert s.process.wait(30) == 0
    s.start()
    assert not gets_in(s, source=FOE)
    assert gets_in(s, source=HOME)


@pytest.mark.parametrize("damage", [b"", b"short", b"\xff" * 5000,
                                    b"\0" * (15 << 20)], ids=len)
def test_a_damaged_file_costs_only_what_was_in_it(guarded, damage):
    s = guarded()
    fail_times(s, 3, source=FOE)
    s.process.send_signal(signal.SIGTERM)
    assert s.process.wait(30) == 0
    (s.site.dir / "state" / "guard").write_bytes(damage)
    s.start()
    assert gets_in(s, source=FOE)
    fail_times(s, 3, source=AWAY)
    assert not gets_in(s, b"bob", AWAY)


def test_log_ins_that_come_too_soon(guarded):
    s = guarded(login_delay="3s", login_burst=2)
    with s.connect() as pop:
        assert b"LOGIN-DELAY 3" in pop.multi(b"CAPA")
    for _ in range(2):
        assert gets_in(s)
    for _ in range(5):
        assert attempt(s, b"alice", b"secret-of-alice").startswith(
            b"-ERR [LOGIN-DELAY] ")
    assert gets_in(s, b"bob")
    time.sleep(3.1)
    assert gets_in(s)
    assert attempt(s, b"alice", b"secret-of-alice").startswith(
        b"-ERR [LOGIN-DELAY] ")


# -- many at once

DEAR = hashes.crypt(b"secret", b"$6$", 50_000)


def guess(server, number, stop):
    """Wrong passwords, one after the other."""
    while not stop.is_set():
        try:
            attempt(server, b"victim%d" % (number % 8), b"wrong",
                    f"127.0.1.{number + 1}")
        except (AssertionError, OSError):
            pass


def polls(server, count):
    """How long each of so many polls of one who is known took."""
    times = []
    for _ in range(count):
        began = time.monotonic()
        reply = attempt(server, b"known", b"secret", HOME)
        assert reply.startswith((b"+OK", b"-ERR [IN-USE]")), reply
        times.append(time.monotonic() - began)
    return sorted(times)


def test_a_flood_does_not_slow_who_is_known(make_server):
    """All threads that make hashes are busy, with a queue before them; still
    a poll with a password that is remembered takes no hash's time."""
    s = make_server({"connections_per_address": 1000, "hashes_at_once": 1})
    for name in [b"known", *(b"victim%d" % i for i in range(8))]:
        s.site.add_user(name, hashed=DEAR)
    s.start()
    polls(s, 1)
    stop = threading.Event()
    guessers = [threading.Thread(target=guess, args=(s, i, stop), daemon=True)
                for i in range(16)]
    for g in guessers:
        g.start()
    time.sleep(0.5)
    try:
        began = time.monotonic()
        attempt(s, b"victim1", b"wrong", AWAY)
        stranger = time.monotonic() - began
        times = polls(s, 40)
    finally:
        stop.set()
        for g in guessers:
            g.join()
    assert times[20] * 3 < stranger, (times, stranger)


def test_guesses_end_with_the_session_process(make_server):
    """One that dies with guesses under way takes nothing with it."""
    s = make_server({"hashes_at_once": 1, "session_processes": 1})
    s.site.add_user(b"known", hashed=DEAR)
    s.start()
    s.expect(rb"signal")
    pops = [s.connect() for _ in range(20)]
    for pop in pops:
        pop.send(b"USER known\r\nPASS wrong\r\n")
    time.sleep(0.1)
    before = s.roles()
    proc.kill(before["session"][0], signal.SIGKILL)
    proc.wait_until(
        lambda: not set(before["session"]) & set(s.roles()["session"]))
    s.wait_restored(before)
    assert polls(s, 3)
    assert s.roles()["auth"] == before["auth"]
    for pop in pops:
        pop.close()


def test_what_is_off_is_off(make_server):
    s = make_server({"failures_max": 0})
    s.alice = s.site.add_user(b"alice")
    s.start()
    began = time.monotonic()
    fail_times(s, 12)
    assert gets_in(s)
    assert time.monotonic() - began < 5


