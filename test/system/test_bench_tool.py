# SPDX-License-Identifier: ISC
"""restante-bench against restanted, in every scenario and way to connect, and
against Dovecot; test_bench_lies.py has servers that lie."""
import json
import os
import shutil
import signal
import subprocess
import time

import pytest

from support import accounts, certificates
from support.bench import bench, command, good
from support.dovecot import Dovecot

USERS = 4
MESSAGES = [b"Subject: %d\n\n.a line\n" % i + b"text\n" * i for i in range(5)]
OCTETS = sum(len(m) + m.count(b"\n") for m in MESSAGES)
TRUST = ["--ca", certificates.authority().roots]
HOWS = {"clear": [], "tls": ["--tls", *TRUST], "stls": ["--stls", *TRUST],
        "resumed": ["--resume", *TRUST, "-w", USERS]}


def add_users(service, messages):
    for i in range(USERS):
        user = service.site.make_user(b"u%d" % i, b"p%d" % i)
        for m in messages:
            user.maildir.deliver(m)
    service.site.write_users()
    return service


@pytest.fixture
def make_site(make_server):
    def make(messages=MESSAGES):
        return add_users(make_server(tls=True), messages).start()
    return make


def place_for(service, how):
    return (service.address if how in ("clear", "stls")
            else service.tls_address)


def maildir_of(service):
    return os.path.join(service.site.mail, "u%d")


# -- against restanted

@pytest.mark.parametrize("how", HOWS)
def test_every_scenario(make_site, how):
    s = make_site()
    n = 40
    for scenario in ("poll", "pipelined", "fetch", "fetch-pipelined",
                     "listing", "retr"):
        f = good(bench(scenario, place_for(s, how), "-c", USERS, "-n", n,
                       "--verify", "hash", "--maildir", maildir_of(s),
                       *HOWS[how]))
        fetches = scenario.startswith(("fetch", "retr"))
        assert (f["scenario"], f["how"], f["at_once"]) == (scenario, how, USERS)
        assert f["sessions"] == n and f["sessions_per_s"] > 0
        assert f["messages"] == (n * len(MESSAGES) if fetches else 0)
        assert f["octets"] > (n * OCTETS if fetches else 0)
        assert f["resumed"] == (n if how == "resumed" else 0)
        assert f["not_resumed"] == (n if how in ("tls", "stls") else 0)
        times = f["latency_ms"]
        assert (0 < times["p50"] <= times["p90"] <= times["p99"]
                <= times["p999"] <= times["max"])
        assert 0 < f["reply_ms"]["max"] <= times["max"]
        assert f["cpu_ms_per_session"] is None and f["cpu_s_per_gb"] is None
        assert f["client_cpu_ms_per_session"] > 0


@pytest.mark.parametrize("how", HOWS)
def test_churn(make_site, how):
    """Whatever is delivered is fetched and gone."""
    s = make_site([])
    f = good(bench("churn", place_for(s, how), "-c", USERS, "-n", 40,
                   "--message-octets", 5000, "--maildir", maildir_of(s),
                   *HOWS[how]))
    assert f["messages"] == f["sessions"] == 40
    assert f["octets"] > 40 * 5000
    assert not any(u.maildir.files() for u in s.site.users.values())


@pytest.mark.parametrize("how", HOWS)
def test_idle(make_site, how):
    s = make_site()
    began = time.monotonic()
    run = bench("idle", place_for(s, how), "-c", USERS, "--hold", 1, *HOWS[how])
    assert good(run)["sessions"] == USERS
    assert run.out.startswith("held\n")
    assert time.monotonic() - began >= 1
    s.session_lines(count=USERS)


def test_idle_until_input_ends(make_site):
    s = make_site()
    with subprocess.Popen(command("idle", s.address, "-c", USERS),
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as p:
        assert p.stdout.readline() == b"held\n"
        assert not s.can_login(b"u0", b"p0")
        assert p.poll() is None
        p.stdin.close()
        assert p.wait(30) == 0
    assert s.can_login(b"u0", b"p0")


@pytest.mark.parametrize("scenario", ["poll", "idle"])
def test_interrupted_it_tells_what_it_has_measured(make_site, scenario):
    s = make_site()
    words = command(scenario, s.address, "-c", USERS, "--json",
                    *([] if scenario == "idle" else ["-t", 300]))
    with subprocess.Popen(words, stdin=subprocess.PIPE, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as p:
        if scenario == "idle":
            assert p.stdout.readline() == "held\n"
        else:
            s.session_lines(count=1)
        p.send_signal(signal.SIGINT)
        out, told = p.communicate(timeout=30)
    figures = json.loads(out)
    assert p.returncode == 1 and told == "restante-bench: interrupted\n"
    assert figures["sessions"] >= 1 and figures["errors"] == 0
    for i in range(USERS):
        assert s.can_login(b"u%d" % i, b"p%d" % i)


def test_more_users_than_connections_take_turns(make_site):
    s = make_site()
    good(bench("poll", s.address, "-c", 2, "-U", USERS, "-n", 20))
    users = {line.split(b"user=")[1].split()[0]
             for line in s.session_lines(count=20)}
    assert users == {b"u%d" % i for i in range(USERS)}


def test_warm_up_and_time(make_site):
    s = make_site()
    f = good(bench("poll", s.address, "-c", 2, "-w", 7, "-n", 3))
    assert f["sessions"] == 3
    s.session_lines(count=10)
    f = good(bench("poll", s.address, "-c", 2, "-t", 0.5))
    assert f["sessions"] > 0 and f["seconds"] >= 0.5


def test_tls_12(make_site):
    s = make_site()
    f = good(bench("poll", s.tls_address, "-c", 2, "-w", 2, "-n", 20,
                   "--resume", "--tls12", *TRUST))
    assert f["resumed"] == 20
    good(bench("fetch", s.address, "-c", 2, "-n", 20, "--stls", "--tls12",
               *TRUST))


def test_certificates_are_verified(make_site, tmp_path):
    s = make_site()
    stranger = certificates.Authority(tmp_path)
    for options, words in [
            (["--ca", stranger.roots], "handshake: TLS: "),
            ([*TRUST, "--name", "other.test"], "hostname mismatch")]:
        run = bench("poll", s.tls_address, "-c", 1, "-n", 1, "--tls", *options)
        assert run.status == 1 and words in run.told, run.told
        assert "u0: " in run.told
    good(bench("poll", s.tls_address, "-c", 1, "-n", 1, "--tls", *TRUST,
               "--name", "pop.test"))
    good(bench("poll", s.tls_address, "-c", 1, "-n", 1, "--tls", "--insecure",
               "--name", "other.test"))


def test_the_servers_cpu(make_site):
    """Of all its processes, and of one that ends meanwhile."""
    s = make_site()
    f = good(bench("poll", s.address, "-c", USERS, "-n", 300, "--server-pid",
                   s.process.pid))
    assert 0.01 < f["cpu_ms_per_session"] < 100
    assert f["cpu_s_per_gb"] > 0
    nobody = bench("poll", s.address, "-n", 1, "-c", 1, "--server-pid",
                   2**31 - 1)
    assert nobody.status == 1 and "there is no process" in nobody.told


def test_the_cpu_of_children_that_end(make_site):
    """Here the measured one is a shell whose children burn and end."""
    s = make_site()
    burner = subprocess.Popen(
        ["sh", "-c", "while :; do sh -c 'i=0; while [ $i -lt 20000 ]; do "
         "i=$((i+1)); done'; done"], stdin=subprocess.DEVNULL)
    try:
        f = good(bench("poll", s.address, "-c", USERS, "-t", 1, "--server-pid",
                       burner.pid))
        cpu_s = f["cpu_ms_per_session"] * f["sessions"] / 1000
        assert 0.05 < cpu_s < 10 * f["seconds"], f
    finally:
        burner.kill()
        burner.wait(10)


def test_a_cgroup(make_site, tmp_path):
    s = make_site()
    (tmp_path / "cpu.stat").write_text("nr 3\nusage_usec 1234567\nuser 1\n",
                                       encoding="ascii")
    f = good(bench("poll", s.address, "-c", 1, "-n", 1, "--cgroup", tmp_path))
    assert f["cpu_ms_per_session"] == 0
    (tmp_path / "cpu.stat").unlink()
    run = bench("poll", s.address, "-c", 1, "-n", 1, "--cgroup", tmp_path)
    assert run.status == 1 and "neither cpu.stat nor" in run.told


def test_a_long_maildrop_pipelined(make_site):
    """More commands than go out at once."""
    s = make_site([b"x\n"] * 6000)
    f = good(bench("fetch-pipelined", s.address, "-c", 1, "-n", 2,
                   "--verify", "hash", "--maildir", maildir_of(s)))
    assert f["messages"] == 12000


def test_a_large_message(make_site):
    s = make_site([b".0123456789abcdef\n" * 600_000])
    for how in ("clear", "resumed"):
        f = good(bench("retr", place_for(s, how), "-c", USERS, "-n", 8,
                       "--verify", "hash", "--maildir", maildir_of(s),
                       *HOWS[how]))
        assert f["octets"] > 8 * 10_000_000


def test_a_table_for_people(make_site):
    s = make_site()
    done = subprocess.run(command("poll", s.address, "-c", 1, "-n", 2),
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=True)
    for words in ("poll, clear, 1 at once", "2 in ", " a second", "(p99)",
                  "ms a session", "errors"):
        assert words in done.stdout, done.stdout


# -- what goes wrong

def test_a_wrong_password(make_site):
    s = make_site()
    run = bench("poll", s.address, "-c", 2, "-n", 5, "-p", "wrong%d")
    assert run.status == 1 and run.figures["errors"] == 5
    assert "restante-bench: u1: PASS: -ERR [AUTH]" in run.told
    assert "wrong1" not in run.told


def test_a_text_that_is_not_the_files(make_site, tmp_path):
    s = make_site()
    for i in range(USERS):
        for sub in ("new", "cur"):
            (tmp_path / f"u{i}" / sub).mkdir(parents=True)
        for k, m in enumerate(MESSAGES):
            (tmp_path / f"u{i}" / "new" / str(k)).write_bytes(
                m.replace(b"line", b"LINE") if k == 2 else m)
    run = bench("fetch", s.address, "-c", 1, "-n", 1, "--verify", "hash",
                "--maildir", tmp_path / "u%d")
    assert run.status == 1
    assert "u0: RETR 3: not the text of any file" in run.told


def test_churn_needs_empty_maildirs(make_site):
    s = make_site()
    before = s.site.users[b"u0"].maildir.bases()
    run = bench("churn", s.address, "-c", 1, "-n", 1, "--maildir",
                maildir_of(s))
    assert run.status == 1 and "not the text that was delivered" in run.told
    assert s.site.users[b"u0"].maildir.bases() == before


# -- and another server

@pytest.mark.skipif(not shutil.which("dovecot") or not accounts.is_root(),
                    reason="needs root and Debian's dovecot-pop3d")
def test_dovecot():
    service = add_users(Dovecot(tls=True), MESSAGES)
    try:
        service.start()
        for scenario in ("poll", "pipelined", "fetch", "fetch-pipelined"):
            f = good(bench(scenario, service.address, "-c", 2, "-n", 8,
                           "--verify", "hash", "--maildir",
                           maildir_of(service), "--server-pid",
                           service.process.pid))
            # as shipped it forks for each session
            assert f["cpu_ms_per_session"] > 0.1
        good(bench("poll", service.tls_address, "-c", 2, "-n", 8, "--resume",
                   *TRUST))
    finally:
        service.stop()
