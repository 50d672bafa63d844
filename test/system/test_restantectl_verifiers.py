# SPDX-License-Identifier: ISC
"""restantectl makes SCRAM verifiers beside hashes, and app passwords."""
import calendar
import os
import re
import shutil
import subprocess
import time

import pytest

from support import verifiers
from support.ctl import CONFIG, DATAERR, NOUSER, USAGE, USERS, Ctl

PLAIN = ("--scheme", "PLAIN", "--scram", "none")
FORM = re.compile(rb"([a-km-np-z2-9]{4}-){4}[a-km-np-z2-9]{4}\n")
DAY = 86400


@pytest.fixture
def ctl():
    c = Ctl()
    yield c
    c.remove()


def extras(ctl, name):
    """The user's extra fields; the last field may have colons in it."""
    for line in ctl.users.read_bytes().splitlines():
        fields = line.split(b":", 7)
        if fields[0] == name:
            return verifiers.extras(fields[7]) if len(fields) == 8 else []
    raise AssertionError(f"no {name}")


def scram_of(ctl, name, kind=b"sha_256"):
    values = [v for k, v in extras(ctl, name)
              if k == b"restante_scram_" + kind]
    assert len(values) <= 1
    return values[0] if values else None


def uses_dir(ctl):
    path = ctl.dir / "state" / "app-passwords"
    path.mkdir(parents=True, exist_ok=True)
    return path


# -- hash and verifier together

def test_a_new_user_has_hash_and_verifier(ctl):
    ctl.ok("user", "add", "alice", stdin=b"pencil\n")
    assert ctl.field(b"alice").startswith(b"{YESCRYPT}")
    value = scram_of(ctl, b"alice")
    assert verifiers.scram(b"pencil", value)
    assert int(value.split(b",")[0]) >= 4096
    value = scram_of(ctl, b"alice", b"sha_1")
    assert verifiers.scram(b"pencil", value, "sha1")
    assert ctl.ok("user", "list") == \
        b"alice\tYESCRYPT,SCRAM-SHA-256,SCRAM-SHA-1\n"


@pytest.mark.parametrize("choice, kinds", [
    ("SHA-256", ["sha_256"]), ("sha-1", ["sha_1"]),
    ("both", ["sha_256", "sha_1"]), ("none", [])])
def test_verifiers_are_chosen(ctl, choice, kinds):
    for command in (("user", "add"), ("passwd",)):
        ctl.ok(*command, "alice", "--scram", choice, stdin=b"pencil\n")
        assert [k for k, _ in extras(ctl, b"alice")] == [
            b"restante_scram_" + k.encode() for k in kinds]
        for kind in kinds:
            assert verifiers.scram(b"pencil",
                                   scram_of(ctl, b"alice", kind.encode()),
                                   kind.replace("_", ""))


@pytest.mark.parametrize("scheme, other", [
    ("SCRAM-SHA-256", "sha_1"), ("SCRAM-SHA-1", "sha_256")])
def test_a_password_field_may_be_a_verifier(ctl, scheme, other):
    ctl.ok("user", "add", "alice", "--scheme", scheme, "--scram", "both",
           stdin=b"pencil\n")
    field = ctl.field(b"alice")
    assert field.startswith(b"{%s}" % scheme.encode())
    assert verifiers.scram(b"pencil", field.split(b"}")[1],
                           scheme[6:].lower().replace("-", ""))
    assert [k for k, _ in extras(ctl, b"alice")] == [
        b"restante_scram_" + other.encode()]
    assert scheme.encode() in ctl.ok("user", "list")


def test_a_new_password_takes_the_place_of_the_old_verifiers(ctl):
    ctl.users.write_bytes(USERS)
    ctl.ok("passwd", "bob", "--scram", "both", stdin=b"one\n")
    ctl.ok("app-password", "add", "bob", "phone")
    before = dict(extras(ctl, b"bob"))
    assert before.keys() == {b"a", b"c", b"restante_scram_sha_256",
                             b"restante_scram_sha_1", b"restante_app"}
    ctl.ok("passwd", "bob", "--scram", "SHA-256", stdin=b"two\n")
    after = dict(extras(ctl, b"bob"))
    assert after.keys() == before.keys() - {b"restante_scram_sha_1"}
    assert verifiers.scram(b"two", after[b"restante_scram_sha_256"])
    for key in (b"a", b"c", b"restante_app"):
        assert after[key] == before[key]
    ctl.ok("passwd", "bob", *PLAIN, stdin=b"two\n")
    app = b" restante_app=" + before[b"restante_app"]
    assert ctl.users.read_bytes() == USERS.replace(b"c=d:e", b"c=d:e" + app)


def test_lines_with_few_fields_get_what_is_missing(ctl):
    ctl.users.write_bytes(USERS)
    for name in (b"alice", b"broken", b"nopass", b"dave"):
        ctl.ok("passwd", name.decode(), stdin=b"pencil\n")
        assert verifiers.scram(b"pencil", scram_of(ctl, name))
        assert ctl.field(name).startswith(b"{YESCRYPT}")
    assert ctl.field(b"broken", 2) == b"not-a-uid"


def test_another_programs_change_ends_the_verifier(ctl):
    """It knows nothing of it; the old password must not live on."""
    ctl.ok("user", "add", "alice", stdin=b"pencil\n")
    text = ctl.users.read_bytes()
    ctl.users.write_bytes(text.replace(ctl.field(b"alice"), b"{PLAIN}new"))
    assert ctl.ok("user", "list") == b"alice\tPLAIN\n"
    ctl.users.write_bytes(text)
    assert ctl.ok("user", "list") == \
        b"alice\tYESCRYPT,SCRAM-SHA-256,SCRAM-SHA-1\n"


def test_passwords_are_prepared(ctl):
    ctl.ok("user", "add", "alice", "--scheme", "PLAIN",
           stdin="o\u0308 \u2168\u00ad\n".encode())
    assert ctl.field(b"alice") == b"{PLAIN.B64}w7YgSVg="
    assert verifiers.scram("\u00f6 IX".encode(), scram_of(ctl, b"alice"))


def test_a_password_in_latin_1_stays_as_it_is(ctl):
    done = ctl.run("user", "add", "alice", "--scheme", "PLAIN",
                   stdin=b"\xe9t\xe9\n")
    assert done.returncode == 0
    assert b"no SCRAM-SHA-256 verifier" in done.stderr
    assert ctl.field(b"alice") == b"{PLAIN.B64}6XTp"
    assert extras(ctl, b"alice") == []
    ctl.refused(DATAERR, "passwd", "alice", "--scheme", "SCRAM-SHA-256",
                stdin=b"\xe9t\xe9\n")


def test_what_saslprep_prohibits_is_refused(ctl):
    for password in ("a\u0085", "\u0627a1", "a\u202eb", "\u00ad"):
        told = ctl.refused(DATAERR, "user", "add", "alice",
                           stdin=password.encode() + b"\n")
        assert b"SASLprep" in told
    assert not ctl.users.exists()


def test_names_in_utf8_are_one_users_in_any_form(ctl):
    ctl.ok("user", "add", "Jo\u0308rg@x", *PLAIN, stdin=b"s\n")
    assert ctl.users.read_bytes() == "j\u00f6rg@x:{PLAIN}s::::::\n".encode()
    ctl.refused(DATAERR, "user", "add", "J\u00f6rg@x", stdin=b"s\n")
    ctl.users.write_bytes("o\u0308:{PLAIN}s\n".encode())
    ctl.ok("passwd", "\u00f6", *PLAIN, stdin=b"t\n")
    assert ctl.users.read_bytes() == "o\u0308:{PLAIN}t\n".encode()
    ctl.ok("user", "del", "\u00f6")
    assert ctl.users.read_bytes() == b""
    done = subprocess.run(
        [ctl.program, "-c", ctl.conf, "user", "add", b"j\xf6rg"], input=b"s\n",
        capture_output=True, timeout=60, check=False)
    assert done.returncode == DATAERR
    assert b"is not UTF-8" in done.stderr


@pytest.mark.skipif(shutil.which("doveadm") is None,
                    reason="Dovecot's tool is not here")
@pytest.mark.parametrize("scheme", ["SCRAM-SHA-256", "SCRAM-SHA-1"])
def test_dovecots_verifiers_are_ours(ctl, scheme):
    made = subprocess.run(["doveadm", "pw", "-s", scheme, "-p", "pencil"],
                          capture_output=True, timeout=60, check=True).stdout
    ctl.users.write_bytes(b"alice:" + made)
    os.chmod(ctl.users, 0o644)
    assert ctl.ok("user", "list") == b"alice\t%s\n" % scheme.encode()
    ctl.ok("check")
    ctl.ok("passwd", "alice", "--scheme", scheme, stdin=b"stapler\n")
    for secret, code in (("stapler", 0), ("pencil", 1)):
        done = subprocess.run(
            ["doveadm", "pw", "-t", ctl.field(b"alice"), "-p", secret],
            capture_output=True, timeout=60, check=False)
        assert (done.returncode != 0) == code, done.stderr


# -- app passwords

def test_an_app_password_is_shown_once(ctl):
    ctl.users.write_bytes(USERS)
    shown = ctl.ok("app-password", "add", "bob", "phone")
    assert FORM.fullmatch(shown)
    [(_, value)] = [e for e in extras(ctl, b"bob") if e[0] == b"restante_app"]
    name, made, expires, digest = value.split(b",")
    assert (name, expires) == (b"phone", b"0")
    assert abs(int(made) - time.time()) < 30
    assert digest == verifiers.app_hash(b"bob", shown.decode())
    text = ctl.users.read_bytes()
    assert shown.strip() not in text
    assert text.replace(b" restante_app=" + value, b"") == USERS
    other = ctl.ok("app-password", "add", "bob", "tablet")
    assert other != shown
    assert b"app-passwords=2" in ctl.ok("user", "list")


def test_it_expires_as_asked(ctl):
    ctl.users.write_bytes(b"alice:{PLAIN}s\n")
    ctl.ok("app-password", "add", "alice", "a", "--expires", "90d")
    ctl.ok("app-password", "add", "alice", "b", "--expires=2038-02-28")
    a, b = [v.split(b",") for _, v in extras(ctl, b"alice")]
    assert int(a[2]) == int(a[1]) + 90 * DAY
    assert int(b[2]) == calendar.timegm((2038, 3, 1, 0, 0, 0)), "its end"
    assert ctl.users.read_bytes().startswith(b"alice:{PLAIN}s::::::restante")
    for when in ("yesterday", "0d", "2020-01-01", "", "90"):
        ctl.refused(USAGE, "app-password", "add", "alice", "c", "--expires",
                    when)
    ctl.refused(USAGE, "app-password", "list", "alice", "--expires", "1d")


def test_list_shows_when_each_was_used(ctl):
    ctl.users.write_bytes(
        b"alice:{PLAIN}s::::::restante_app=a,1700000000,0," + b"h" * 43 +
        b" nologin restante_app=b,1700000000,1700000060," + b"h" * 43 +
        b" restante_app=bad\n")
    assert ctl.ok("app-password", "list", "alice") == (
        b"a\t2023-11-14T22:13Z\tnever\tnever\n"
        b"b\t2023-11-14T22:13Z\texpired 2023-11-14T22:14Z\tnever\n")
    used = uses_dir(ctl) / verifiers.app_use_name(b"alice", b"a")
    used.touch()
    os.utime(used, (1764104400, 1764104400))
    assert ctl.ok("app-password", "list", "alice").splitlines()[0] == (
        b"a\t2023-11-14T22:13Z\tnever\t2025-11-25T21:00Z")


def test_revoking_removes_it_and_what_was_noted(ctl):
    ctl.users.write_bytes(USERS)
    for name in ("phone", "phone2", "tablet"):
        ctl.ok("app-password", "add", "bob", name)
        (uses_dir(ctl) / verifiers.app_use_name(b"bob", name.encode())).touch()
    ctl.ok("app-password", "revoke", "bob", "phone")
    assert [v.split(b",")[0] for k, v in extras(ctl, b"bob")
            if k == b"restante_app"] == [b"phone2", b"tablet"]
    assert {p.name for p in uses_dir(ctl).iterdir()} == {
        verifiers.app_use_name(b"bob", name) for name in (b"phone2", b"tablet")}
    ctl.refused(DATAERR, "app-password", "revoke", "bob", "phone")
    ctl.ok("app-password", "revoke", "bob", "phone2")
    ctl.ok("app-password", "revoke", "bob", "tablet")
    assert ctl.users.read_bytes() == USERS
    assert not list(uses_dir(ctl).iterdir())


def test_a_user_who_goes_takes_the_notes_along(ctl):
    ctl.users.write_bytes(USERS)
    ctl.ok("app-password", "add", "bob", "phone")
    (uses_dir(ctl) / verifiers.app_use_name(b"bob", b"phone")).touch()
    ctl.ok("user", "del", "bob")
    assert not list(uses_dir(ctl).iterdir())


def test_a_new_one_has_never_been_used(ctl):
    ctl.users.write_bytes(USERS)
    (uses_dir(ctl) / verifiers.app_use_name(b"bob", b"phone")).touch()
    ctl.ok("app-password", "add", "bob", "phone")
    assert ctl.ok("app-password", "list", "bob").endswith(b"\tnever\n")


def test_what_is_wrong_changes_nothing(ctl):
    ctl.users.write_bytes(USERS)
    ctl.ok("app-password", "add", "bob", "phone")
    before = ctl.users.read_bytes()
    assert b"revoke it first" in ctl.refused(DATAERR, "app-password", "add",
                                             "bob", "phone")
    for name in ("", "a b", "a,b", "a/b", "a:b", "\u00f6", "n" * 65, "a=b"):
        ctl.refused(DATAERR, "app-password", "add", "bob", name)
    for verb in ("add", "revoke"):
        ctl.refused(NOUSER, "app-password", verb, "nobody", "phone")
        ctl.refused(DATAERR, "app-password", verb, "broken", "phone")
        ctl.refused(USAGE, "app-password", verb, "bob")
        ctl.refused(USAGE, "app-password", verb)
        ctl.refused(USAGE, "app-password", verb, "bob", "a", "b")
    ctl.refused(NOUSER, "app-password", "list", "nobody")
    ctl.refused(USAGE, "app-password", "list", "bob", "phone")
    ctl.refused(USAGE, "app-password")
    assert ctl.users.read_bytes() == before


def test_a_line_has_room_for_many_and_no_more(ctl):
    ctl.users.write_bytes(b"alice:{PLAIN}s\n")
    field = b" restante_app=%064d,1764104400,0," + b"h" * 43
    full = b"".join(field % n for n in range(58))
    ctl.users.write_bytes(b"alice:{PLAIN}s::::::x" + full + b"\n")
    before = ctl.users.read_bytes()
    told = b""
    for n in range(20):
        done = ctl.run("app-password", "add", "alice", f"{n}" * 30)
        if done.returncode != 0:
            assert done.returncode == DATAERR
            told = done.stderr
            break
    assert b"8192" in told
    ctl.ok("user", "list")
    assert len(ctl.users.read_bytes()) <= 8193
    assert ctl.users.read_bytes().startswith(before[:-1])


def test_who_is_locked_is_told(ctl):
    ctl.users.write_bytes(USERS)
    done = ctl.run("app-password", "add", "dave", "phone")
    assert done.returncode == 0
    assert b"dave cannot log in" in done.stderr
    done = ctl.run("app-password", "add", "nopass", "phone")
    assert (done.returncode, done.stderr) == (0, b"")
    assert ctl.ok("user", "list").splitlines()[-2:] == [
        b"nopass\tapp-passwords=1", b"dave\tCRYPT,app-passwords=1"]


def test_check_tells_of_malformed_verifiers(ctl):
    ctl.users.write_bytes(
        b"a:{PLAIN}s::::::restante_scram_sha_256=1,a\n"
        b"b:{PLAIN}s::::::restante_scram_sha_1=\n"
        b"c:{PLAIN}s::::::restante_app=c,1,0,h\n"
        b"d:{SCRAM-SHA-256}4096,x\n"
        b"e:{PLAIN}s::::::restante_other=x\n")
    os.chmod(ctl.users, 0o644)
    told = ctl.refused(CONFIG, "check").decode().splitlines()
    assert [int(line.split(":")[1]) for line in told] == [1, 2, 3, 4]
    ctl.users.write_bytes(b"")
    ctl.ok("user", "add", "alice", "--scram", "both", stdin=b"s\n")
    ctl.ok("app-password", "add", "alice", "phone")
    ctl.ok("check")


def test_users_without_a_verifier_are_counted(ctl):
    """They are no mistake; but clients would choose what they do not have."""
    ctl.ok("user", "add", "alice", stdin=b"pencil\n")
    ctl.ok("user", "add", "bob", "--scram", "none", stdin=b"pencil\n")
    ctl.ok("user", "add", "carl", *PLAIN, stdin=b"pencil\n")
    told = ctl.run("check")
    assert told.returncode == 0
    assert b": 1 users have no verifier for SCRAM" in told.stderr
