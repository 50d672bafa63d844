# SPDX-License-Identifier: ISC
"""Proof by breach: a session process that an attacker has taken over.

Each attack must be held off: by an error, by the end of the channel that it
abused, or by the kernel's SIGSYS; and the other session process, its user and
everybody's mail must not have noticed.  (What is said of log-ins by SASL is in
test_breach_sasl.py.)
"""
import time

import pytest

from support import paths, proc
from support.breach import breached_server
from support.certificates import authority
from support.pop3 import Closed, Pop3

# What each attack is told: the name of a method below.
ATTACKS = {
    "open": ["users_file", "victims_message", "etc_passwd"],
    "open-old": ["users_file", "victims_message"],
    "open-from-descriptors": ["users_file", "victims_message"],
    "open-openat2": ["users_file", "victims_message"],
    "open-by-handle": ["nothing"],
    "make-file": ["new_file"],
    "remove-file": ["victims_message"],
    "rename-file": ["victims_message"],
    "list-directory": ["mail_root"],
    "look-at-file": ["users_file", "victims_message"],
    "connect-tcp": ["nothing"],
    "connect-own-socket": ["nothing"],
    "connect-by-sendto": ["nothing"],
    "connect-by-sendmsg": ["nothing"],
    "shut-listener": ["nothing"],
    "socket-unix": ["nothing"],
    "socket-pair": ["nothing"],
    "listen": ["nothing"],
    "fork": ["nothing"],
    "clone": ["nothing"],
    "clone3": ["nothing"],
    "exec": ["nothing"],
    "exec-descriptor": ["nothing"],
    "ptrace": ["sibling", "auth"],
    "read-memory": ["sibling", "auth"],
    "signal": ["sibling", "auth", "maildrop", "master"],
    "signal-thread": ["sibling"],
    "take-descriptor": ["sibling", "auth"],
    "setuid": ["nothing"],
    "unshare": ["nothing"],
    "chroot": ["nothing"],
    "io-uring": ["nothing"],
    "bpf": ["nothing"],
    "mmap-exec": ["nothing"],
    "mprotect-exec": ["nothing"],
    "terminal": ["nothing"],
    "forge-grant": ["victim"],
    "grant-by-way-of-auth": ["victim"],
    "log-in-without-secret": ["victim"],
    "log-in-with-path": ["victims_path"],
    "foreign-handle": ["victims_handle"],
    "handles-at-random": ["nothing"],
    "commit-foreign-handle": ["victims_handle"],
    "replay-closed-handle": ["nothing"],
    "message-out-of-range": ["nothing"],
    "messages-out-of-range": ["nothing"],
    "messages-around-the-end": ["nothing"],
    "texts-the-wrong-way": ["nothing"],
    "marks-out-of-range": ["nothing"],
    "truncated-packet": ["nothing"],
    "oversized-packet": ["nothing"],
    "lying-lengths": ["nothing"],
    "unknown-type": ["nothing"],
    "gift-of-descriptor": ["nothing"],
    "command-master": ["victim"],
    "sign-as-client": ["nothing"],
    "sign-after-handshake": ["nothing"],
    "sign-hash-of-other-length": ["nothing"],
    "sign-digest": ["nothing"],
    "sign-nothing": ["nothing"],
    "sign-token": ["nothing"],
    "sign-certificate-request": ["nothing"],
    "sign-request-as-handshake": ["nothing"],
    "sign-point-of-no-curve": ["nothing"],
    "sign-with-no-certificate": ["one", "minus_one"],
    "sign-with-other-scheme": ["scheme_of_rsa", "scheme_of_sha1",
                               "scheme_of_ed25519", "scheme_none"],
    "sign-lying-length": ["one", "over_to_sign_max", "minus_one"],
    "sign-by-way-of-auth": ["nothing"],
    "sign-by-way-of-maildrop": ["nothing"],
    "sign-flood": ["very_many"],
    "give-key": ["nothing"],
    "give-ticket-keys": ["nothing"],
    "write-identity": ["nothing"],
}
# What a session process may, so that the attacks beside them mean something.
POWERS = ["sign-handshake", "sign-handshake-1.2"]
# A sanitizer's runtime needs executable memory and looks at files, so its build
# allows that.
NOT_SANITIZED = {"mmap-exec", "mprotect-exec", "look-at-file"}


def cases():
    return [pytest.param(name, told, id=f"{name}-{told}")
            for name, all_told in ATTACKS.items() for told in all_told]


@pytest.fixture
def breached():
    with breached_server() as b:
        yield b


@pytest.mark.parametrize("name,told", cases())
def test_attack_is_held(breached, name, told):
    if paths.is_sanitized() and name in NOT_SANITIZED:
        pytest.skip("the sanitizer's runtime needs this itself")
    b = breached
    roles = b.server.roles()
    held = b.attack(name, getattr(b, told)())
    if held is None:
        proc.wait_until(lambda: not proc.is_running(b.pid))
    b.audit()
    now = b.server.roles()
    assert now["auth"] == roles["auth"]
    assert now["maildrop"] == roles["maildrop"]
    assert now["key"] == roles["key"]
    assert b.sibling_pid in now["session"]


def test_the_list_is_complete(breached):
    b = breached
    b.attacker.send(b"XBREACH list\r\n")
    assert b.attacker.line().startswith(b"+OK")
    listed = [name for name in b.attacker.body().decode().split()
              if not name.startswith("log-in-by-")]
    assert sorted(listed) == sorted([*ATTACKS, *POWERS])


def test_a_flood_delays_nobody_else(breached):
    """Who asks for signatures all the time has only its own threads in key."""
    b = breached
    b.attacker.send(b"XBREACH sign-flood 1000000\r\n")
    took = []
    for _ in range(60):
        # the captured process takes connections too, and serves none, until
        # key is tired of one that hears no answer
        began = time.monotonic()
        try:
            with Pop3(b.server.tls_address, timeout=3,
                      tls=authority().context()) as pop:
                pop.quit()
            took.append(time.monotonic() - began)
        except (OSError, Closed):
            pass
        if len(took) == 10:
            break
    assert len(took) == 10
    assert sorted(took)[5] < 1, took
    b.attacker.close()
    if proc.is_running(b.pid):
        proc.kill(b.pid)
    b.audit()


@pytest.mark.parametrize("name", POWERS)
def test_power_is_there(breached, name):
    breached.attacker.send(b"XBREACH %s\r\n" % name.encode())
    assert breached.attacker.line() == b"+OK breached"
    breached.audit()
