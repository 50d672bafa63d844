# SPDX-License-Identifier: ISC
"""restantectl: users and passwords are changed as asked, and nothing else is.

Works on a configuration of its own; no server is needed.
"""
import fcntl
import os
import stat
import subprocess
import threading
import time

import pytest

from support.ctl import (CONFIG, DATAERR, NOINPUT, NOPERM, NOUSER, USAGE, USERS,
                         Ctl)


# What is stored is what was typed, and nothing beside.
PLAIN = ("--scheme", "PLAIN", "--scram", "none")


@pytest.fixture
def ctl():
    c = Ctl()
    yield c
    c.remove()


def test_first_user_makes_the_file(ctl):
    ctl.ok("user", "add", "alice", *PLAIN, stdin=b"s e:cret\n")
    assert ctl.users.read_bytes() == b"alice:{PLAIN.B64}cyBlOmNyZXQ=::::::\n"
    mode = stat.S_IMODE(ctl.users.stat().st_mode)
    assert mode == (0o640 if os.getuid() == 0 else 0o600)


def test_add_fills_the_fields(ctl):
    ctl.ok("user", "add", "a@x", "--uid", "1000", "--gid=1001", "--home",
           f"{ctl.dir}/mail/a", "--scheme", "plain", "--scram", "none", stdin=b"s\n")
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
    ctl.ok("passwd", "bob", *PLAIN, stdin=b"new\n")
    assert ctl.users.read_bytes() == USERS.replace(b"{PLAIN}two", b"{PLAIN}new")
    ctl.ok("passwd", "alice", *PLAIN, stdin=b"x")
    ctl.ok("passwd", "nopass", *PLAIN, stdin=b"y\r\n")
    ctl.ok("passwd", "dave", *PLAIN, stdin=b"z\nmore\n")
    ctl.ok("passwd", "broken", *PLAIN, stdin=b"w\n")
    want = USERS.replace(b"{PLAIN}two", b"{PLAIN}new")
    want = want.replace(b"{PLAIN}one", b"{PLAIN}x")
    want = want.replace(b"nopass\n", b"nopass:{PLAIN}y\n")
    want = want.replace(b"{CRYPT}*", b"{PLAIN}z")
    want = want.replace(b"{PLAIN}four", b"{PLAIN}w")
    assert ctl.users.read_bytes() == want


def test_add_ends_a_last_line_without_end(ctl):
    ctl.users.write_bytes(USERS)
    ctl.ok("user", "add", "erin", *PLAIN, stdin=b"e\n")
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
        b"alice\tPLAIN\nbob\tPLAIN\nnopass\tnone\ndave\tCRYPT\n")


def test_what_is_wrong_changes_nothing(ctl):
    ctl.users.write_bytes(USERS)
    inode = ctl.users.stat().st_ino
    ctl.refused(NOUSER, "passwd", "nobody", stdin=b"s\n")
    ctl.refused(NOUSER, "passwd", "carol", stdin=b"s\n")
    assert b"passwd alice" in ctl.refused(DATAERR, "user", "add", "alice",
                                          stdin=b"s\n")
    for name in ("", "..", "\uff0e.", "a\uff0fb", "a\u202eb", "a/b", "a:b", "a\nb", " a", "#a", "x" * 256):
        ctl.refused(DATAERR, "user", "add", name, stdin=b"s\n")
    ctl.refused(DATAERR, "passwd", "alice", stdin=b"\n")
    ctl.refused(DATAERR, "passwd", "alice", stdin=b"")
    ctl.refused(DATAERR, "passwd", "alice", stdin=b"a\0b\n")
    ctl.refused(DATAERR, "passwd", "alice", stdin=b"x" * 1025 + b"\n")
    ctl.refused(DATAERR, "passwd", "alice", stdin=b"x" * 513 + b"\n")
    ctl.refused(DATAERR, "passwd", "alice", stdin=b"a\tb\n")
    ctl.refused(USAGE, "passwd", "alice", "--scram", "MD5", stdin=b"s\n")
    ctl.refused(USAGE, "passwd", "alice", "--expires", "1d", stdin=b"s\n")
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
    ctl.ok("user", "add", "Alice", *PLAIN, stdin=b"s\n")
    assert ctl.ok("user", "list") == b"alice\tPLAIN\n"
    ctl.refused(DATAERR, "user", "add", "ALICE", stdin=b"s\n")
    ctl.configure("lowercase_users = no")
    ctl.ok("user", "add", "ALICE", *PLAIN, stdin=b"s\n")
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
    ctl.ok("passwd", "alice", *PLAIN, stdin=b"new\n")
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
        ctl.ok("user", "add", f"u{n}", *PLAIN, stdin=b"s\n")
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
        ctl.ok("passwd", "alice", *PLAIN, stdin=b"%d\n" % n)
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
    done = ctl.run("user", "add", "alice", *PLAIN, stdin=b"s\n")
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
