# SPDX-License-Identifier: ISC
"""restantectl: users and passwords are changed as asked, and nothing else is.

Works on a configuration of its own; no server is needed.
"""
import fcntl
import os
import pty
import select
import shutil
import signal
import stat
import subprocess
import tempfile
import termios
import threading
import time
from pathlib import Path

import pytest

from support import paths

USAGE, DATAERR, NOUSER, NOINPUT = 64, 65, 67, 66
NOPERM, CONFIG = 77, 78

USERS = b"""# our users

alice:{PLAIN}one:50001:50001::/var/mail/alice::userdb_quota=1G
   \t
bob:{PLAIN}two:50002:50002:Bob: %(mail)s/bob:/bin/sh:a=b c=d:e\r
#carol:{PLAIN}three::::::
broken:{PLAIN}four:not-a-uid
nopass
dave:{CRYPT}*:::::"""


class Ctl:
    def __init__(self):
        self.dir = Path(tempfile.mkdtemp(prefix="restante-ctl-"))
        os.chmod(self.dir, 0o755)
        for name in ("mail", "cache", "run"):
            (self.dir / name).mkdir()
        self.conf = self.dir / "restanted.conf"
        self.users = self.dir / "users"
        self.configure()

    def configure(self, extra=""):
        account = "restante-test-auth"
        accounts = "".join(
            f"{role}_user = {account.replace('auth', role)}\n"
            for role in ("session", "auth", "mail")) if os.getuid() == 0 else ""
        self.conf.write_text(
            'listen = "127.0.0.1:0"\n'
            f"mail_root = {self.dir}/mail\nusers = {self.dir}/users\n"
            f"cache_dir = {self.dir}/cache\nrun_dir = {self.dir}/run\n"
            f"{accounts}{extra}\n")

    def run(self, *args, stdin=b"", config=True):
        where = ["-c", str(self.conf)] if config else []
        return subprocess.run([self.program, *where, *args], input=stdin,
                              capture_output=True, timeout=60, check=False)

    def ok(self, *args, stdin=b""):
        done = self.run(*args, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refused(self, code, *args, stdin=b""):
        done = self.run(*args, stdin=stdin)
        assert done.returncode == code, (done.returncode, done.stderr)
        assert done.stderr
        return done.stderr

    @property
    def program(self):
        program = paths.program("restantectl")
        assert program.exists(), f"{program} is not built"
        return program

    def field(self, name, n=1):
        for line in self.users.read_bytes().splitlines():
            fields = line.split(b":")
            if fields[0] == name:
                return fields[n]
        raise AssertionError(f"no {name}")


@pytest.fixture
def ctl():
    c = Ctl()
    yield c
    shutil.rmtree(c.dir)


def test_first_user_makes_the_file(ctl):
    ctl.ok("user", "add", "alice", "--scheme", "PLAIN", stdin=b"s e:cret\n")
    assert ctl.users.read_bytes() == b"alice:{PLAIN.B64}cyBlOmNyZXQ=::::::\n"
    mode = stat.S_IMODE(ctl.users.stat().st_mode)
    assert mode == (0o640 if os.getuid() == 0 else 0o600)


def test_add_fills_the_fields(ctl):
    ctl.ok("user", "add", "a@x", "--uid", "1000", "--gid=1001", "--home",
           f"{ctl.dir}/mail/a", "--scheme", "plain", stdin=b"s\n")
    assert ctl.users.read_bytes() == (
        b"a@x:{PLAIN}s:1000:1001::%s/mail/a::\n" % os.fsencode(ctl.dir))


@pytest.mark.parametrize("scheme, prefix", [
    (None, b"{YESCRYPT}$y$"), ("YESCRYPT", b"{YESCRYPT}$y$"),
    ("argon2id", b"{ARGON2ID}$argon2id$v=19$"),
    ("SHA512-CRYPT", b"{SHA512-CRYPT}$6$"),
    ("SHA256-CRYPT", b"{SHA256-CRYPT}$5$"),
    ("BLF-CRYPT", b"{BLF-CRYPT}$2b$"), ("PLAIN", b"{PLAIN}"),
])
def test_schemes(ctl, scheme, prefix):
    options = ["--scheme", scheme] if scheme else []
    ctl.ok("user", "add", "alice", *options, stdin=b"secret\n")
    assert ctl.field(b"alice").startswith(prefix)
    before = ctl.field(b"alice")
    ctl.ok("passwd", "alice", *options, stdin=b"another\n")
    assert ctl.field(b"alice").startswith(prefix)
    assert ctl.field(b"alice") != before


def test_passwd_keeps_every_other_octet(ctl):
    ctl.users.write_bytes(USERS)
    ctl.ok("passwd", "bob", "--scheme", "PLAIN", stdin=b"new\n")
    assert ctl.users.read_bytes() == USERS.replace(b"{PLAIN}two", b"{PLAIN}new")
    ctl.ok("passwd", "alice", "--scheme", "PLAIN", stdin=b"x")
    ctl.ok("passwd", "nopass", "--scheme", "PLAIN", stdin=b"y\r\n")
    ctl.ok("passwd", "dave", "--scheme", "PLAIN", stdin=b"z\nmore\n")
    ctl.ok("passwd", "broken", "--scheme", "PLAIN", stdin=b"w\n")
    want = USERS.replace(b"{PLAIN}two", b"{PLAIN}new")
    want = want.replace(b"{PLAIN}one", b"{PLAIN}x")
    want = want.replace(b"nopass\n", b"nopass:{PLAIN}y\n")
    want = want.replace(b"{CRYPT}*", b"{PLAIN}z")
    want = want.replace(b"{PLAIN}four", b"{PLAIN}w")
    assert ctl.users.read_bytes() == want


def test_add_ends_a_last_line_without_end(ctl):
    ctl.users.write_bytes(USERS)
    ctl.ok("user", "add", "erin", "--scheme", "PLAIN", stdin=b"e\n")
    assert ctl.users.read_bytes() == USERS + b"\nerin:{PLAIN}e::::::\n"


def test_del_removes_every_line_of_the_user_alone(ctl):
    ctl.users.write_bytes(USERS + b"\nbob:{PLAIN}old\n#bob:\n")
    ctl.ok("user", "del", "bob")
    lines = (USERS + b"\n#bob:\n").splitlines(keepends=True)
    assert ctl.users.read_bytes() == b"".join(
        line for line in lines if not line.startswith(b"bob:"))
    ctl.refused(NOUSER, "user", "del", "bob")


def test_list(ctl):
    ctl.users.write_bytes(USERS)
    assert ctl.ok("user", "list") == (
        b"alice\tPLAIN\nbob\tPLAIN\nnopass\tCRYPT\ndave\tCRYPT\n")


def test_what_is_wrong_changes_nothing(ctl):
    ctl.users.write_bytes(USERS)
    inode = ctl.users.stat().st_ino
    ctl.refused(NOUSER, "passwd", "nobody", stdin=b"s\n")
    ctl.refused(NOUSER, "passwd", "carol", stdin=b"s\n")
    assert b"passwd alice" in ctl.refused(DATAERR, "user", "add", "alice",
                                          stdin=b"s\n")
    for name in ("", "..", "a/b", "a:b", "a\nb", " a", "#a", "x" * 256):
        ctl.refused(DATAERR, "user", "add", name, stdin=b"s\n")
    ctl.refused(DATAERR, "passwd", "alice", stdin=b"\n")
    ctl.refused(DATAERR, "passwd", "alice", stdin=b"")
    ctl.refused(DATAERR, "passwd", "alice", stdin=b"a\0b\n")
    ctl.refused(DATAERR, "passwd", "alice", stdin=b"x" * 1025 + b"\n")
    ctl.refused(DATAERR, "passwd", "alice", stdin=b"x" * 513 + b"\n")
    ctl.refused(USAGE, "passwd", "alice", "--scheme", "ROT13", stdin=b"s\n")
    ctl.refused(USAGE, "user", "add", "erin", "--uid", "-1", stdin=b"s\n")
    ctl.refused(USAGE, "user", "add", "erin", "--gid", "4294967295",
                stdin=b"s\n")
    ctl.refused(USAGE, "user", "add", "erin", "--home", "a", stdin=b"s\n")
    ctl.refused(USAGE, "user", "add", "erin", "--home", "/a:b", stdin=b"s\n")
    ctl.refused(USAGE, "passwd", "alice", "secret")
    ctl.refused(USAGE, "passwd", "alice", "--uid", "5", stdin=b"s\n")
    assert ctl.users.read_bytes() == USERS
    assert ctl.users.stat().st_ino == inode
    assert sorted(p.name for p in ctl.dir.iterdir()) == [
        "cache", "mail", "restanted.conf", "run", "users"]


def test_usage(ctl):
    for args in ((), ("nothing",), ("user",), ("user", "rename"), ("passwd",),
                 ("check", "more")):
        ctl.refused(USAGE, *args)
    assert ctl.run("--", config=False).returncode == USAGE
    assert ctl.run("-x", config=False).returncode == USAGE
    assert ctl.run("version", config=False).stdout.startswith(b"restantectl 0")
    assert b"user add USER" in ctl.run("help", config=False).stdout


def test_without_a_users_file_passwd_says_what_to_do(ctl):
    assert b"user add" in ctl.refused(NOINPUT, "passwd", "alice", stdin=b"s\n")
    assert b"user add" in ctl.refused(NOINPUT, "user", "list")


def test_names_are_lowered_as_the_server_does(ctl):
    ctl.ok("user", "add", "Alice", "--scheme", "PLAIN", stdin=b"s\n")
    assert ctl.ok("user", "list") == b"alice\tPLAIN\n"
    ctl.refused(DATAERR, "user", "add", "ALICE", stdin=b"s\n")
    ctl.configure("lowercase_users = no")
    ctl.ok("user", "add", "ALICE", "--scheme", "PLAIN", stdin=b"s\n")
    assert ctl.ok("user", "list") == b"alice\tPLAIN\nALICE\tPLAIN\n"


def test_owner_and_mode_stay(ctl):
    ctl.users.write_bytes(USERS)
    os.chmod(ctl.users, 0o604)
    if os.getuid() == 0:
        os.chown(ctl.users, 12345, 54321)
    before = ctl.users.stat()
    ctl.ok("passwd", "alice", stdin=b"s\n")
    after = ctl.users.stat()
    assert after.st_ino != before.st_ino
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode, before.st_uid, before.st_gid)


def test_a_link_stays_a_link(ctl):
    (ctl.dir / "real").mkdir()
    (ctl.dir / "real" / "list").write_bytes(USERS)
    ctl.users.symlink_to("real/list")
    ctl.ok("passwd", "alice", "--scheme", "PLAIN", stdin=b"new\n")
    assert ctl.users.is_symlink()
    assert b"{PLAIN}new" in (ctl.dir / "real" / "list").read_bytes()


def test_what_a_crash_left_is_removed(ctl):
    ctl.users.write_bytes(USERS)
    (ctl.dir / "users.tmp").write_bytes(b"half")
    ctl.ok("passwd", "alice", stdin=b"s\n")
    assert not (ctl.dir / "users.tmp").exists()


def test_a_trap_in_the_temporary_name_is_not_followed(ctl):
    ctl.users.write_bytes(USERS)
    victim = ctl.dir / "victim"
    victim.write_bytes(b"untouched")
    (ctl.dir / "users.tmp").symlink_to(victim)
    ctl.ok("passwd", "alice", stdin=b"s\n")
    assert victim.read_bytes() == b"untouched"


def test_changes_at_once_are_all_kept(ctl):
    ctl.users.write_bytes(b"")

    def add(n):
        ctl.ok("user", "add", f"u{n}", "--scheme", "PLAIN", stdin=b"s\n")
    threads = [threading.Thread(target=add, args=(n,)) for n in range(20)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(ctl.users.read_bytes().splitlines()) == 20


def test_a_lock_is_waited_for(ctl):
    ctl.users.write_bytes(USERS)
    lock = os.open(ctl.dir, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    timer = threading.Timer(1, os.close, (lock,))
    timer.start()
    begin = time.monotonic()
    ctl.ok("user", "del", "bob")
    assert time.monotonic() - begin > 0.8
    timer.join()


def test_who_reads_sees_the_old_or_the_new(ctl):
    ctl.users.write_bytes(USERS)
    seen, over = set(), threading.Event()

    def read():
        while not over.is_set():
            data = ctl.users.read_bytes()
            seen.add((len(data.split(b"\n")), data.endswith(b"dave:{CRYPT}*:::::")))
    t = threading.Thread(target=read)
    t.start()
    for n in range(20):
        ctl.ok("passwd", "alice", "--scheme", "PLAIN", stdin=b"%d\n" % n)
    over.set()
    t.join()
    assert seen == {(len(USERS.split(b"\n")), True)}


def test_without_leave_it_says_so(ctl):
    ctl.users.write_bytes(USERS)
    done = subprocess.run(
        [ctl.program, "-c", ctl.conf, "passwd", "alice"], input=b"s\n",
        capture_output=True, timeout=60, check=False,
        preexec_fn=lambda: os.setuid(65534) if os.getuid() == 0
        else os.chmod(ctl.dir, 0o555))
    os.chmod(ctl.dir, 0o755)
    assert done.returncode == NOPERM, done.stderr
    assert b"as root, or as the file's owner" in done.stderr
    assert ctl.users.read_bytes() == USERS


def test_a_new_user_who_could_not_log_in_is_told(ctl):
    ctl.configure('maildrop = "%d/%n"')
    done = ctl.run("user", "add", "alice", "--scheme", "PLAIN", stdin=b"s\n")
    assert done.returncode == 0
    assert b"alice cannot log in" in done.stderr


def test_check_is_content(ctl):
    ctl.ok("user", "add", "alice", stdin=b"s\n")
    if os.getuid() == 0:
        os.chmod(ctl.users, 0o644)
    assert b"configuration is fine: " in ctl.ok("check")
    assert b"1 users" in ctl.ok("check")


def test_check_tells_every_fault_and_its_line(ctl):
    ctl.configure("idle_tim = 5m\nsandbox = perhaps")
    told = ctl.refused(CONFIG, "check").decode()
    lines = ctl.conf.read_text().splitlines()
    assert f":{lines.index('idle_tim = 5m') + 1}: " in told
    assert f":{lines.index('sandbox = perhaps') + 1}: " in told
    assert "idle_time" in told
    ctl.refused(CONFIG, "user", "list")


def test_check_looks_at_each_user(ctl):
    ctl.users.write_bytes(USERS + b"\ne:{NONE}x\nf:$9$x\nalice:{PLAIN}again\n"
                          b"../g:{PLAIN}x\n")
    os.chmod(ctl.users, 0o644)
    told = ctl.refused(CONFIG, "check").decode().splitlines()
    lines = sorted(int(line.split(":")[1]) for line in told)
    assert lines == [7, 10, 11, 12, 13]
    assert "{" not in "".join(told), "no hash is shown"


# -- with a terminal

class Terminal:
    """restantectl on a terminal of its own."""

    def __init__(self, ctl, *args):
        self.fd, self.slave = pty.openpty()
        self.child = subprocess.Popen(
            [ctl.program, "-c", str(ctl.conf), *args], stdin=self.slave,
            stdout=self.slave, stderr=self.slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.output = b""

    def until(self, text):
        while text not in self.output:
            ready, _, _ = select.select([self.fd], [], [], 20)
            assert ready, self.output
            data = os.read(self.fd, 4096)
            assert data, self.output
            self.output += data

    def type(self, text):
        os.write(self.fd, text)

    def echoes(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def end(self):
        """Waits for it, reads the rest; what it returned."""
        code = self.child.wait(20)
        while select.select([self.fd], [], [], 0)[0]:
            self.output += os.read(self.fd, 4096)
        return code

    def close(self):
        self.child.kill()
        self.child.wait()
        os.close(self.fd)
        os.close(self.slave)


@pytest.fixture
def terminal(ctl):
    ctl.users.write_bytes(USERS)
    t = Terminal(ctl, "passwd", "alice", "--scheme", "PLAIN")
    t.until(b"New password: ")
    yield t
    t.close()


def test_terminal_asks_twice_without_echo(ctl, terminal):
    assert not terminal.echoes()
    terminal.type(b"tell-nobody\n")
    terminal.until(b"Again: ")
    terminal.type(b"tell-nobody\n")
    assert terminal.end() == 0
    assert terminal.echoes()
    assert b"tell-nobody" not in terminal.output
    assert ctl.field(b"alice") == b"{PLAIN}tell-nobody"


def test_terminal_two_that_differ_change_nothing(ctl, terminal):
    terminal.type(b"one\n")
    terminal.until(b"Again: ")
    terminal.type(b"other\n")
    assert terminal.end() == DATAERR
    assert ctl.users.read_bytes() == USERS


@pytest.mark.parametrize("prompts", [1, 2])
@pytest.mark.parametrize("key, number", [
    (b"\x03", signal.SIGINT), (b"\x1c", signal.SIGQUIT),
    (None, signal.SIGTERM), (None, signal.SIGHUP)])
def test_terminal_is_restored_by_signals(ctl, terminal, prompts, key, number):
    if prompts == 2:
        terminal.type(b"one\n")
        terminal.until(b"Again: ")
    assert not terminal.echoes()
    if key:
        terminal.type(key)
    else:
        terminal.child.send_signal(number)
    assert terminal.end() == -number
    assert terminal.echoes()
    assert ctl.users.read_bytes() == USERS


def test_terminal_asks_anew_after_a_stop(ctl, terminal):
    """Here nobody could continue it, so the kernel does not stop it at all."""
    terminal.type(b"half")
    terminal.child.send_signal(signal.SIGTSTP)
    terminal.output = b""
    terminal.until(b"New password: ")
    terminal.type(b"new\n")
    terminal.until(b"Again: ")
    terminal.type(b"new\n")
    assert terminal.end() == 0
    assert ctl.field(b"alice") == b"{PLAIN}new"
