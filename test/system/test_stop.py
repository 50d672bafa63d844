# SPDX-License-Identifier: ISC
"""SIGTERM: the command in hand is finished, the rest is told and closed."""
import signal
import time

import pytest

from support import wire
from support.pop3 import Closed

TEXT = b"Subject: x\n\n" + b"line\n" * 200_000


def test_idle_ones_are_closed_and_delete_nothing(server):
    server.alice.maildir.deliver(TEXT)
    waiting = server.connect()
    pop = server.login(b"alice")
    pop.dele(1)
    server.process.send_signal(signal.SIGTERM)
    for p in (pop, waiting):
        words = p.rest(timeout=15)
        assert words == b"" or words.startswith(b"-ERR"), words
        p.close()
    assert server.process.wait(20) == 0
    assert len(server.alice.maildir.bases()) == 1


def test_a_message_in_hand_is_finished(server):
    server.alice.maildir.deliver(TEXT)
    pop = server.login(b"alice", receive_buffer=8192)
    pop.ok(b"RETR 1")
    server.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    assert wire.unstuff(pop.body()) == wire.wire(TEXT)
    words = pop.rest(timeout=15)
    assert words == b"" or words.startswith(b"-ERR")
    pop.close()
    assert server.process.wait(20) == 0


def test_stop_time_bounds_it(make_server):
    s = make_server({"stop_time": "1s"})
    alice = s.site.add_user(b"alice")
    s.start()
    alice.maildir.deliver(TEXT * 20)
    pop = s.login(b"alice", receive_buffer=8192)
    pop.ok(b"RETR 1")
    began = time.monotonic()
    s.process.send_signal(signal.SIGTERM)
    assert s.process.wait(20) == 0
    assert time.monotonic() - began < 10
    with pytest.raises(Closed) as broken:
        pop.body()
    assert not broken.value.args[0].endswith(b"\r\n.\r\n")
    pop.close()


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_no_new_connections_while_it_stops(server, signum):
    server.process.send_signal(signum)
    assert server.process.wait(20) == 0
    with pytest.raises(OSError):
        server.connect()


def test_stop_right_after_start(make_server):
    for pause in (0, 0.01, 0.03, 0.1):
        s = make_server()
        s.site.add_user(b"alice")
        s.launch()
        time.sleep(pause)
        # Before its handlers are there, SIGTERM has its usual effect.
        s.process.send_signal(signal.SIGTERM)
        assert s.process.wait(20) in (0, -signal.SIGTERM)
        assert not s.leftovers()
        s.process = None  # judged


def test_quit_races_with_stop(make_server):
    """What QUIT answered +OK is done; what it did not is whole."""
    for i in range(5):
        s = make_server()
        alice = s.site.add_user(b"alice")
        for _ in range(20):
            alice.maildir.deliver(b"Subject: x\n\n")
        s.start()
        pop = s.login(b"alice")
        pop.dele(*range(1, 21))
        if i % 2:
            s.process.send_signal(signal.SIGTERM)
            pop.send(b"QUIT\r\n")
        else:
            pop.send(b"QUIT\r\n")
            s.process.send_signal(signal.SIGTERM)
        try:
            answer = pop.rest(timeout=15)
        finally:
            pop.close()
        assert s.process.wait(20) == 0
        left = len(alice.maildir.bases())
        assert left == 0 if answer.startswith(b"+OK") else left in (0, 20)
