# SPDX-License-Identifier: ISC
"""What restantectl writes, the server lets in: and no longer than it should."""
import os
import subprocess
import time

import pytest

from support import paths, verifiers

NAME = "j\u00f6rg".encode()


class Operator:
    """restantectl, beside a server that runs."""

    def __init__(self, server):
        self.server = server
        self.users = server.site.dir / "users"

    def run(self, *args, stdin=b""):
        done = subprocess.run(
            [paths.program("restantectl"), "-c", self.server.config, *args],
            input=stdin, capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def new_app(self, name, *options, user="alice"):
        return self.run("app-password", "add", user, name, *options).strip()

    def change(self, old, new):
        """The users file as another program would change it."""
        text = self.users.read_bytes()
        assert old in text
        path = self.users.with_name("users.other")
        path.write_bytes(text.replace(old, new))
        self.server.site.give_users(path)
        path.rename(self.users)


@pytest.fixture
def operator(server):
    return Operator(server)


def test_an_app_password_lets_in_until_it_is_revoked(server, operator):
    phone, tablet = operator.new_app("phone"), operator.new_app("tablet")
    groups = phone.split(b"-")
    for typed in (phone, b"".join(groups), b" ".join(groups), phone.upper(),
                  tablet, b"secret-of-alice"):
        assert server.can_login(b"alice", typed), typed
    for typed in (phone[:-1], phone + b"a", b"-" * 20):
        assert not server.can_login(b"alice", typed), typed
    operator.run("app-password", "revoke", "alice", "phone")
    assert not server.can_login(b"alice", phone), "it was in no cache"
    assert server.can_login(b"alice", tablet)
    assert server.can_login(b"alice")


def test_an_app_password_is_one_users_alone(server, operator):
    server.site.add_user(b"bob")
    phone = operator.new_app("phone")
    assert not server.can_login(b"bob", phone)
    field = operator.users.read_bytes().split(b"restante_app=")[1].split()[0]
    operator.run("app-password", "add", "bob", "own")
    own = operator.users.read_bytes().split(b"restante_app=")[2].split()[0]
    operator.change(own, field)
    assert not server.can_login(b"bob", phone), "a hash that was copied"


def test_when_it_was_used_is_noted(server, operator):
    phone = operator.new_app("phone")
    operator.new_app("tablet")
    before = int(time.time())
    assert server.can_login(b"alice", phone)
    [used] = (server.site.dir / "state" / "app-passwords").iterdir()
    assert used.name == verifiers.app_use_name(b"alice", b"phone")
    assert before - 1 <= used.stat().st_mtime <= time.time() + 1
    shown = operator.run("app-password", "list", "alice").splitlines()
    assert shown[0].split(b"\t")[3] == time.strftime(
        "%Y-%m-%dT%H:%MZ", time.gmtime(used.stat().st_mtime)).encode()
    assert shown[1].split(b"\t")[3] == b"never"
    # a client that polls does not write each time; an hour later it does
    os.utime(used, (before - 30, before - 30))
    assert server.can_login(b"alice", phone)
    assert used.stat().st_mtime == before - 30
    os.utime(used, (before - 3600, before - 3600))
    assert server.can_login(b"alice", phone)
    assert used.stat().st_mtime >= before - 1


def test_it_expires_while_the_server_runs(server, operator):
    phone = operator.new_app("phone", "--expires", "1d")
    field = operator.users.read_bytes().split(b"restante_app=")[1].split()[0]
    made, ends = field.split(b",")[1:3]
    assert server.can_login(b"alice", phone)
    soon = int(time.time()) + 3
    operator.change(b"%s,%s," % (made, ends), b"%s,%d," % (made, soon))
    assert server.can_login(b"alice", phone) or time.time() >= soon
    while time.time() < soon:
        time.sleep(0.1)
    assert not server.can_login(b"alice", phone)
    assert b"\texpired " in operator.run("app-password", "list", "alice")


def test_a_lock_ends_app_passwords_too(server, operator):
    phone = operator.new_app("phone")
    assert server.can_login(b"alice", phone)
    operator.change(b"alice:{PLAIN}", b"alice:!{PLAIN}")
    assert not server.can_login(b"alice", phone)
    operator.change(b"alice:!{PLAIN}secret-of-alice", b"alice:")
    assert server.can_login(b"alice", phone), "it is all there is"
    assert not server.can_login(b"alice")


@pytest.mark.parametrize("scheme", ["YESCRYPT", "SCRAM-SHA-256", "SCRAM-SHA-1"])
def test_a_new_password_takes_over_at_once(server, operator, scheme):
    phone = operator.new_app("phone")
    operator.run("passwd", "alice", "--scheme", scheme, stdin=b"first\n")
    assert server.can_login(b"alice", b"first")
    assert server.can_login(b"alice", b"first"), "from the cache"
    operator.run("passwd", "alice", "--scheme", scheme, stdin=b"second\n")
    assert not server.can_login(b"alice", b"first")
    assert server.can_login(b"alice", b"second")
    assert server.can_login(b"alice", phone)


def test_without_a_hash_the_verifier_does(server, operator):
    """As for a user who came with nothing but SCRAM."""
    operator.run("passwd", "alice", stdin=b"pencil\n")
    line = operator.users.read_bytes().split(b":", 7)
    field = line[7].split(b"restante_scram_sha_256=")[1].split()[0]
    untied = b",".join(field.split(b",")[:4])
    operator.change(line[1], b"")
    assert not server.can_login(b"alice", b"pencil"), "it is tied to the hash"
    operator.change(field, untied)
    assert server.can_login(b"alice", b"pencil")
    assert not server.can_login(b"alice", b"pencils")


@pytest.mark.parametrize("scheme", ["PLAIN", "YESCRYPT", "SCRAM-SHA-256"])
def test_a_password_is_right_in_any_characters(server, operator, scheme):
    operator.run("passwd", "alice", "--scheme", scheme,
                 stdin="\u00e9t\u00e9\n".encode())
    for typed in ("\u00e9t\u00e9".encode(), "e\u0301te\u0301".encode(),
                  "\u00e9\u00adt\u00e9".encode(), b"\xe9t\xe9"):
        assert server.can_login(b"alice", typed), typed
    for typed in (b"ete", "\u00e9te".encode(), b"\xe9te"):
        assert not server.can_login(b"alice", typed), typed


def test_a_password_that_was_stored_in_latin_1(server):
    server.site.add_user(b"bob", hashed=b"{PLAIN.HEX}e974e9")
    for typed in (b"\xe9t\xe9", "\u00e9t\u00e9".encode()):
        assert server.can_login(b"bob", typed), typed
    assert not server.can_login(b"bob", b"ete")


def test_a_name_is_right_in_any_characters(server):
    server.site.add_user(NAME)
    for typed in (NAME, "jo\u0308rg".encode(), "J\u00f6rg".encode(),
                  "j\u00f6\u00adrg".encode(), "\uff4a\u00f6rg".encode()):
        assert server.can_login(typed, b"secret-of-" + NAME), typed
    for typed in (b"jorg", b"j\xf6rg", "j\u00f6rg\u0301".encode()):
        assert not server.can_login(typed, b"secret-of-" + NAME), typed
    assert {u for u in os.listdir(os.fsencode(server.site.mail))} == {
        b"alice", NAME}
