# SPDX-License-Identifier: ISC
"""The filter for fail2ban finds each address that failed, in each form of the
log, and none that a client made up."""
import base64
import collections
import re
import shutil
import subprocess

import pytest

from support import accounts, paths, proc
from support.guessing import GUESSING, attempt, fail_times, gets_in
from support.log import Log
from support.syslogd import Syslogd

FILTER = paths.ROOT / "pkg" / "fail2ban" / "filter.d" / "restante.conf"
MADE_UP = "203.0.113.9"
FORGED = b'restanted-auth: login failed address=203.0.113.9 why="x" user=x'

HOSTILE = [
    b'x" address=203.0.113.9 why="',
    b"x address=203.0.113.9 why=x",
    FORGED,
    b"\r" + FORGED,
    b"a\n" + FORGED,
    b"\r\n" + FORGED + b"\r\n",
    b"a\n2026-11-25T21:00:00.000Z " + FORGED,
    b"\x0b" + FORGED,
    b"\x85" + FORGED,
    b"\xe2\x80\xa8" + FORGED,
    b"\\",
    b'\\" address=203.0.113.9 why="wrong password" user="',
    b"2026-11-25T21:00:00.000Z " + FORGED,
    b"Nov 25 21:00:00 pop restanted: " + FORGED,
    b"<6>" + FORGED,
    b"<HOST> <ADDR> %(address)s",
    b"203.0.113.9",
    b"address=203.0.113.9",
    b"login\tfailed\taddress=203.0.113.9\twhy=\"x\"",
    b"\xff" * 240,
    b'"' * 240,
]

pytestmark = pytest.mark.skipif(shutil.which("fail2ban-regex") is None,
                                reason="needs Debian's fail2ban")


def found(path):
    """{address: how often} that the filter finds in a log file."""
    run = subprocess.run(["fail2ban-regex", "-o", "ip", path, FILTER],
                         capture_output=True, text=True, timeout=120)
    assert run.returncode in (0, 1), run.stderr
    assert "Traceback" not in run.stderr + run.stdout, run.stderr
    return collections.Counter(run.stdout.split())


def misbehave(server):
    """Each hostile name fails from an address of its own; how often each.  AUTH
    carries any octet but NUL; USER no line's end, and no blank within."""
    want = collections.Counter()
    for i, name in enumerate(HOSTILE):
        source = f"127.0.2.{i + 1}"
        plain = base64.b64encode(b"\0" + name + b"\0" + FORGED)
        with server.connect(source=source) as pop:
            assert pop.cmd(b"AUTH PLAIN").startswith(b"+ ")
            pop.err(plain, b"AUTH")
            pop.cmd(b"USER " + name)
            pop.cmd(FORGED)
            pop.cmd(b"QUIT")
        want[source] += 1
        if re.search(rb"[\r\n ]", name) is None:
            fail_times(server, 1, name, source)
            want[source] += 1
    return want


def behave(server):
    """Log-ins that fail, but for no fault that is worth a ban."""
    for _ in range(3):
        attempt(server, b"hasty", b"secret-of-hasty", "127.0.3.1")
    attempt(server, b"broken", b"x", "127.0.3.2")
    assert attempt(server, b"root", b"secret-of-root",
                   "127.0.3.3").startswith(b"-ERR [SYS/PERM]")


def users(server):
    server.site.add_user(b"hasty")
    server.site.add_user(b"broken", hashed=b"{NONE}x")
    root = server.site.add_user(b"root")
    root.owner = (0, 0)
    server.site.write_users()


def as_file(make_server, tmp_path, form):
    s = make_server({"log": form, "login_delay": "1h", "login_burst": 1})
    users(s)
    return s.start(), s.log.path


def as_syslog(make_server, tmp_path, request):
    daemon = Syslogd(tmp_path, tmp_path / "log")
    request.addfinalizer(daemon.stop)
    s = make_server({"log": "syslog", "login_delay": "1h", "login_burst": 1},
                    prefix=daemon.prefix)
    s.log = Log(tmp_path / "log")
    users(s)
    return s.start(), s.log.path


def through_journal(path, tmp_path):
    """As fail2ban is handed what systemd's journal has: the level is taken off
    a line, and host, identifier and process are put before it."""
    lines = path.read_bytes().splitlines()
    assert all(re.match(rb"<\d>restanted", line) for line in lines), lines
    copy = tmp_path / "journal"
    copy.write_bytes(b"".join(
        b"2026-11-25T21:00:00.000000 pop restanted[4711]: " + line[3:] + b"\n"
        for line in lines))
    return copy


@pytest.mark.parametrize("form", ["stderr", "journal", "syslog"])
def test_the_filter_finds_who_failed(make_server, tmp_path, request, form):
    if not accounts.is_root():
        pytest.skip("needs root")
    if form == "syslog":
        server, path = as_syslog(make_server, tmp_path, request)
    else:
        server, path = as_file(make_server, tmp_path, form)
    behave(server)
    want = misbehave(server)
    # syslog has it a moment later
    proc.wait_until(lambda: len(server.log.match(
        rb"restanted-auth: login failed address=127")) >= sum(want.values()))
    assert MADE_UP.encode() in path.read_bytes()
    assert found(path) == want
    if form == "journal":
        assert found(through_journal(path, tmp_path)) == want


def test_refusals_without_a_look_are_found(make_server):
    """A flood leaves one line a minute, which the filter finds too."""
    s = make_server({"failures_max": 3, "failures_time": "1h",
                     "connections_per_address": 1000})
    s.site.add_user(b"alice")
    s.start()
    fail_times(s, 3, source="127.0.2.1")
    pops = [s.connect(source="127.0.2.1") for _ in range(50)]
    for pop in pops:
        pop.send(b"USER alice\r\nPASS x\r\nQUIT\r\n")
    for pop in pops:
        assert GUESSING in pop.rest()
        pop.close()
    assert found(s.log.path) == {"127.0.2.1": 4}


def test_who_comes_as_one_who_is_guessed_at_is_not_found(make_server):
    """Alice, somewhere new and with the right password, while others guess:
    she has to wait, but a ban is theirs alone."""
    s = make_server({"failures_max": 3, "failures_time": "1h"})
    s.site.add_user(b"alice")
    s.start()
    foes = [f"127.0.2.{i + 1}" for i in range(3)]
    for foe in foes:
        fail_times(s, 1, source=foe)
    assert not gets_in(s, source="127.0.3.1")
    s.log.wait(rb"login refused address=127.0.3.1 why=\"too many failures as")
    assert found(s.log.path) == dict.fromkeys(foes, 1)


def test_the_filter_finds_ipv6(tmp_path):
    log = tmp_path / "log"
    log.write_bytes(b"2026-11-25T21:00:00.000Z restanted-auth: login failed "
                    b"address=2001:db8::7 why=\"unknown user\" user=x\n")
    assert found(log) == {"2001:db8::7": 1}


@pytest.mark.parametrize("line", [
    b"restanted-session: session end tried=\"%s\" address=127.0.0.1",
    b"restanted-auth: login refused address=203.0.113.9 why=\"x\" user=x",
    b"restanted-auth: guard: login failed address=203.0.113.9 why=\"x\"",
    b"x restanted-auth: login failed address=203.0.113.9 why=\"x\" user=x",
    b"restanted-auth: login failed address=203.0.113.9x why=\"x\" user=x",
    b"restanted-auth: login failed user=x address=203.0.113.9 why=\"x\"",
], ids=range(6))
def test_the_filter_takes_nothing_else(tmp_path, line):
    log = tmp_path / "log"
    log.write_bytes(b"2026-11-25T21:00:00.000Z "
                    + line.replace(b"%s", FORGED) + b"\n")
    assert not found(log)


def test_the_jail_is_one_for_fail2ban(tmp_path):
    """The example, as it would be installed, is a jail that fail2ban reads."""
    config = tmp_path / "fail2ban"
    shutil.copytree("/etc/fail2ban", config)
    shutil.copy(FILTER, config / "filter.d")
    for path in (config / "jail.d").iterdir():
        path.unlink()
    example = FILTER.parents[1] / "jail.d" / "restante.conf.example"
    shutil.copy(example, config / "jail.d" / "restante.conf")
    run = subprocess.run(["fail2ban-client", "-c", config, "-d"],
                         capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    assert "['add', 'restante', 'systemd']" in run.stdout
    assert "login failed address=" in run.stdout
