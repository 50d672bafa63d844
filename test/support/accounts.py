# SPDX-License-Identifier: ISC
"""Accounts for tests that run as root: made when absent, removed at the end.

Several test runs may share a machine: each holds a shared lock, and only the
last one removes what was made.
"""
import fcntl
import grp
import os
import pwd
import subprocess
from contextlib import contextmanager

NAMES = ("restante-test-session", "restante-test-auth", "restante-test-mail",
         "restante-test-op")
LOCK = "/tmp/restante-test-accounts.lock"


def is_root():
    return os.geteuid() == 0


def ids(name):
    entry = pwd.getpwnam(name)
    return entry.pw_uid, entry.pw_gid


def _exists(find, name):
    try:
        find(name)
    except KeyError:
        return False
    return True


def _make(name):
    if not _exists(pwd.getpwnam, name):
        subprocess.run(["useradd", "--system", "--user-group", "--no-create-home",
                        "--shell", "/usr/sbin/nologin", name],
                       check=True, capture_output=True)


def _remove(name):
    if _exists(pwd.getpwnam, name):
        subprocess.run(["userdel", name], check=True, capture_output=True)
    if _exists(grp.getgrnam, name):
        subprocess.run(["groupdel", name], check=True, capture_output=True)


@contextmanager
def accounts():
    """The accounts exist while this lasts; nothing happens unless root."""
    if not is_root():
        yield
        return
    with open(LOCK, "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name in NAMES:
            _make(name)
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        for name in NAMES:
            _remove(name)
