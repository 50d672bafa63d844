# SPDX-License-Identifier: ISC
"""Accounts for tests that run as root: made when absent, removed at the end.

Several test runs may share a machine: each holds IN_USE shared, and only the
last one removes what was made, under the lock CHANGING as all changes are.
"""
import fcntl
import grp
import os
import pwd
import subprocess
from contextlib import contextmanager

NAMES = ("restante-test-session", "restante-test-auth", "restante-test-mail",
         "restante-test-key", "restante-test-op")
IN_USE = "/tmp/restante-test-accounts.lock"
CHANGING = "/tmp/restante-test-accounts.change"


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
        subprocess.run(["userdel", "--force", name], check=True, capture_output=True)
    if _exists(grp.getgrnam, name):
        subprocess.run(["groupdel", name], check=True, capture_output=True)


@contextmanager
def _locked(path, how):
    with open(path, "w", encoding="utf-8") as f:
        fcntl.flock(f, how)
        yield f


@contextmanager
def accounts():
    """The accounts exist while this lasts; nothing happens unless root."""
    if not is_root():
        yield
        return
    with open(IN_USE, "w", encoding="utf-8") as in_use:
        with _locked(CHANGING, fcntl.LOCK_EX):
            fcntl.flock(in_use, fcntl.LOCK_SH)
            for name in NAMES:
                _make(name)
        yield
        with _locked(CHANGING, fcntl.LOCK_EX):
            try:
                fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            for name in NAMES:
                _remove(name)
