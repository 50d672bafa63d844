# SPDX-License-Identifier: ISC
"""The private keys are in the memory of the key role and nowhere else, and what
that role may do is sign."""
import subprocess
import time

import pytest

from support import accounts, paths, proc, secrets
from support.certificates import standard
from support.pop3 import Closed

HANDSHAKES = 1000


def polls(server, clients, count):
    """The words of polls with a whole handshake each."""
    return [paths.program("restante-bench"), "--tls", "--insecure", "-c",
            str(clients), "-n", str(count), "poll",
            f"127.0.0.1:{server.tls_port}"]


@pytest.fixture
def of_kind(make_server, request):
    s = make_server({"session_processes": 1, "connections_per_address": 100},
                    tls=[standard(request.param)])
    for i in range(8):
        s.site.make_user(b"u%d" % i, b"p%d" % i)
    s.site.write_users()
    return s.start()


@pytest.mark.slow
@pytest.mark.parametrize("of_kind,kind", [("ec", "ec"), ("rsa", "rsa")],
                         indirect=["of_kind"], ids=["ecdsa", "rsa"])
def test_the_key_is_in_the_key_process_only(of_kind, kind, needs_root):
    s = of_kind
    wanted = secrets.needles(s.certificates[0].key, kind)
    subprocess.run(polls(s, 8, HANDSHAKES), check=True, capture_output=True)
    roles = s.roles()
    found = {role: secrets.search(pids[0], wanted)
             for role, pids in roles.items()}
    # The same search finds it where it is: this test can fail.
    assert any(what.startswith("d ") for what in found["key"]), found["key"]
    for role in ("session", "auth", "maildrop"):
        assert not found[role], (role, found[role])
    assert not secrets.search(s.process.pid, wanted), "in the master"


def test_what_the_search_finds(needs_root):
    """Of a process that has the key as text, and of one that has not."""
    key = standard("rsa").key
    wanted = secrets.needles(key, "rsa")
    for script, is_there in (("x = open(%r).read()" % str(key), True), ("", False)):
        with subprocess.Popen(
                ["/usr/bin/python3", "-c", script + "\nprint(); input()"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            assert bool(secrets.search(process.pid, wanted)) == is_there
            process.stdin.close()


def test_the_key_process_is_alone(make_server, needs_root):
    """An account of its own, no file, no socket but its channels, no word of
    the network."""
    s = make_server(tls=True)
    s.site.add_user(b"alice")
    s.start()
    s.login(b"alice", how="tls").quit()
    pid = s.roles()["key"][0]
    status = proc.status(pid)
    uid, gid = accounts.ids("restante-test-key")
    assert status["Uid"].split() == [str(uid)] * 4
    assert status["Gid"].split() == [str(gid)] * 4
    assert status["Groups"].split() == []
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")


def test_without_tls_there_is_none(make_server):
    s = make_server()
    s.site.add_user(b"alice")
    s.start()
    assert not [p for p in s.children() if "key" in proc.name(p)]


@pytest.mark.parametrize("at_work", [False, True], ids=["idle", "signing"])
def test_the_key_process_dies(make_server, at_work):
    """As when any role but a session process dies: all come anew."""
    s = make_server({"connections_per_address": 1000}, tls=True)
    for i in range(32):
        s.site.make_user(b"u%d" % i, b"p%d" % i)
    s.site.write_users()
    s.start()
    s.expect(rb"key|session|auth|maildrop")
    words = polls(s, 32, 1_000_000)
    for _ in range(2):
        key = s.roles()["key"]
        load = subprocess.Popen(words if at_work else ["true"],
                                stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
        time.sleep(0.3)
        proc.kill(key[0])
        proc.wait_until(lambda: s.roles()["key"] not in ([], key))
        proc.wait_until(lambda: is_served(s))
        load.terminate()
        load.wait(20)


def is_served(server):
    try:
        with server.connect("tls", timeout=5) as pop:
            pop.login(b"u1", b"p1").quit()
        return True
    except (OSError, Closed):
        return False
