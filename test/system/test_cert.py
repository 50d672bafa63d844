# SPDX-License-Identifier: ISC
"""Certificates from the operator's side: making, showing and checking them, and
changing them under a server that runs."""
import hashlib
import os
import re
import ssl
import stat
import time

import pytest

from support import proc
from support.certificates import authority, client_context, standard
from support.ctl import CONFIG, DATAERR, NOINPUT, USAGE, Ctl

CANTCREAT = 73
CHANGED = rb"restanted: certificate changed"
READY = rb"restanted: ready"
SECONDS = 40  # a change is taken within two looks


@pytest.fixture
def ctl():
    c = Ctl()
    c.users.write_bytes(b"alice:{PLAIN}one:50001:50001::::\n")
    os.chmod(c.users, 0o644)
    yield c
    c.remove()


# -- restantectl cert make

def make(ctl, *options):
    done = ctl.run("cert", "make", *options)
    assert done.returncode == 0, done.stderr
    return done


def test_made_files_are_for_their_owner(ctl):
    done = make(ctl, "--name", "pop.test", "--name", "127.0.0.1")
    assert done.stdout.decode() == (
        f'tls_certificate = "{ctl.dir}/certificate.pem"\n'
        f'tls_key = "{ctl.dir}/key.pem"\n')
    assert b"pop.test, 127.0.0.1" in done.stderr
    modes = {p.name: stat.S_IMODE(p.stat().st_mode)
             for p in ctl.dir.glob("*.pem*")}
    assert modes == {"certificate.pem": 0o644, "key.pem": 0o600}


def test_what_is_there_is_not_written_over(ctl):
    make(ctl, "--name", "pop.test")
    before = [(ctl.dir / n).read_bytes() for n in ("certificate.pem", "key.pem")]
    for left in ("certificate.pem", "key.pem"):
        said = ctl.refused(CANTCREAT, "cert", "make", "--name", "pop.test")
        assert b"--force" in said
        other = {"certificate.pem": "key.pem"}.get(left, "certificate.pem")
        (ctl.dir / other).rename(ctl.dir / "aside")
        ctl.refused(CANTCREAT, "cert", "make", "--name", "pop.test")
        assert not (ctl.dir / other).exists()
        (ctl.dir / "aside").rename(ctl.dir / other)
    now = [(ctl.dir / n).read_bytes() for n in ("certificate.pem", "key.pem")]
    assert now == before
    make(ctl, "--name", "pop.test", "--force")
    now = [(ctl.dir / n).read_bytes() for n in ("certificate.pem", "key.pem")]
    assert now[0] != before[0] and now[1] != before[1]
    assert not list(ctl.dir.glob("*.tmp"))


def test_another_directory(ctl):
    (ctl.dir / "tls").mkdir()
    make(ctl, "--dir", str(ctl.dir / "tls"), "--name", "pop.test")
    assert (ctl.dir / "tls" / "key.pem").exists()
    ctl.refused(CANTCREAT, "cert", "make", "--name", "a", "--dir", "/nowhere")


def test_the_default_name_is_the_hostname(ctl):
    """Also where the configuration waits for nothing but this."""
    ctl.configure('hostname = mail.test\nlisten_tls = "127.0.0.1:0"')
    said = ctl.refused(CONFIG, "check")
    assert b"cert make" in said
    lines = make(ctl).stdout.decode()
    ctl.configure('hostname = mail.test\nlisten_tls = "127.0.0.1:0"\n' + lines)
    ctl.ok("check")
    assert b"names    mail.test\n" in ctl.ok("cert", "show")


@pytest.mark.parametrize("words", [
    ["--name", "a b"], ["--name", ""], ["--name", "a/b"], ["--nam"], ["x"],
    ["--days", "3"], ["--name", "-"*300],
], ids=" ".join)
def test_wrong_words(ctl, words):
    ctl.refused(USAGE, "cert", "make", *words)
    assert not list(ctl.dir.glob("*.pem*"))


def test_a_made_certificate_serves(make_server, ctl):
    """Every kind of client that verifies can trust it, and only it."""
    make(ctl, "--name", "pop.test", "--name", "127.0.0.1", "--name", "::1")
    s = make_server({"listen_tls": ["127.0.0.1:0"],
                     "tls_certificate": ctl.dir / "certificate.pem",
                     "tls_key": ctl.dir / "key.pem"})
    s.site.add_user(b"alice")
    if not s.runs_as_root:
        os.chown(ctl.dir / "key.pem", os.getuid(), os.getgid())
    s.start()
    s.tls_addresses = s.listening(tls=True)
    for how in ("stls", "tls"):
        for name in ("pop.test", "127.0.0.1"):
            context = client_context(ctl.dir / "certificate.pem")
            with s.connect(how, context, name=name) as pop:
                pop.ok(b"QUIT")
        context = client_context(ctl.dir / "certificate.pem")
        with pytest.raises(ssl.SSLCertVerificationError):
            s.connect(how, context, name="other.test")
        with pytest.raises(ssl.SSLCertVerificationError):
            s.connect(how, authority().context())


# -- restantectl cert show, check

def configure(ctl, *certificates):
    def listed(paths):
        return "{" + ", ".join(f'"{p}"' for p in paths) + "}"
    ctl.configure(f"tls_certificate = {listed(c.chain for c in certificates)}\n"
                  f"tls_key = {listed(c.key for c in certificates)}")


def test_show_tells_what_is_in_a_certificate(ctl):
    ec, rsa = standard(), standard("rsa")
    configure(ctl, ec, rsa)
    shown = ctl.ok("cert", "show").decode()
    first, second = shown.split(str(rsa.chain))
    for words in ("names    pop.test, localhost, 127.0.0.1",
                  "key      ECDSA P-256", "issuer   test signer",
                  " days left", "none of those"):
        assert words in first, shown
    assert "RSA 2048" in second and "none of those" not in second
    fingerprint = hashlib.sha256(ec.der()).hexdigest().upper()
    assert fingerprint in first.replace(":", "")
    assert ctl.ok("cert", "show", ec.chain).decode() in first + "\n"


def test_show_of_what_is_none(ctl):
    said = ctl.refused(CONFIG, "cert", "show")
    assert b"cert make" in said
    assert b"nope" in ctl.refused(NOINPUT, "cert", "show", "/nope")
    assert b"no certificate" in ctl.refused(DATAERR, "cert", "show", ctl.users)


def test_check_fails_for_what_clients_would_refuse(ctl):
    expired = authority().server("expired", "pop.test", days=-1)
    configure(ctl, standard(), expired)
    said = ctl.refused(CONFIG, "check").decode()
    assert f"{expired.chain}: expired on " in said
    assert str(standard().chain) not in said
    assert "EXPIRED 1 day ago" in ctl.ok("cert", "show").decode()


def test_check_tells_of_an_end_that_is_near(ctl):
    near = authority().server("near", "pop.test", days=13)
    configure(ctl, near)
    done = ctl.run("check")
    assert done.returncode == 0, done.stderr
    assert re.search(rb"near.pem: expires on \S+, in 1[23] days\n", done.stderr)


@pytest.mark.parametrize("break_it,words", [
    (lambda c: c.chain.unlink(), ["No such file", "cert make"]),
    (lambda c: c.chain.write_text("none"), ["holds no certificate in PEM"]),
    (lambda c: c.key.unlink(), ["tls_key", "No such file"]),
    (lambda c: c.key.write_bytes(standard("rsa").key.read_bytes()),
     ["tls_key", "the private key of another certificate"]),
    (lambda c: c.chain.write_text("".join(reversed(
        c.chain.read_text().partition("-----END CERTIFICATE-----\n")))),
     ["broken"]),
], ids=["gone", "none", "no key", "mismatch", "broken"])
def test_an_unsound_file_is_named(make_server, ctl, break_it, words):
    """By the check, and by the server, which does not start."""
    own = standard().copy(ctl.dir)
    break_it(own)
    configure(ctl, own)
    said = ctl.refused(CONFIG, "check").decode()
    s = make_server(tls=[standard()])
    s.site.add_user(b"alice")
    break_it(s.certificates[0])
    s.configure()
    for text, certificate in ((said, own),
                              (s.refuses(s.config.read_text()),
                               s.certificates[0])):
        for word in words:
            assert word in text, text
        assert (str(certificate.chain) in text
                or str(certificate.key) in text), text


def test_an_expired_certificate_is_served_and_told(make_server):
    s = make_server(tls=[authority().server("old", "pop.test", days=-1)])
    s.site.add_user(b"alice")
    s.expect(rb"error: certificate file=\S+ why=\"expired on ")
    s.start()
    assert s.log.match(rb"error: certificate .*expired on ")
    with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        s.connect("tls")


# -- changes while it runs

def served(s, how="tls"):
    with s.connect(how) as pop:
        return pop.sock.getpeercert(binary_form=True)


@pytest.mark.slow
def test_a_changed_certificate_is_taken(make_server):
    s = make_server(tls=True)
    alice = s.site.add_user(b"alice")
    s.start()
    new = authority().server("new", "pop.test")
    old_der = served(s)
    with s.login(alice, how="tls") as old:
        mark = s.log.mark()
        s.certificates[0].replace(new)
        s.log.wait(CHANGED, after=mark, seconds=SECONDS, alive=s.process)
        s.log.wait(READY, after=mark, alive=s.process)
        assert served(s) == served(s, "stls") == new.der() != old_der
        old.ok(b"STAT")
        old.quit()
    assert len(s.log.match(CHANGED)) == 1


@pytest.mark.slow
def test_a_link_that_is_set_anew_is_a_change(make_server):
    """As certbot does it."""
    s = make_server(tls=True)
    s.site.add_user(b"alice")
    own = s.certificates[0]
    for path in (own.chain, own.key):
        path.rename(path.with_name(path.name + ".1"))
        path.symlink_to(path.name + ".1")
    s.start()
    new = authority().server("linked", "pop.test")
    for path, content in ((own.chain, new.chain), (own.key, new.key)):
        second = path.with_name(path.name + ".2")
        second.write_bytes(content.read_bytes())
        second.chmod(0o600)
        path.unlink()
        path.symlink_to(second.name)
    s.log.wait(CHANGED, seconds=SECONDS, alive=s.process)
    proc.wait_until(lambda: served(s) == new.der(), 20)


@pytest.mark.slow
def test_half_a_change_waits_for_the_other_half(make_server):
    s = make_server(tls=True)
    s.site.add_user(b"alice")
    s.expect(rb"error: configuration .*another certificate",
             rb"error: the old certificate goes on")
    s.start()
    old, new = served(s), authority().server("halves", "pop.test")
    own = s.certificates[0]
    own.chain.write_bytes(new.chain.read_bytes())
    s.log.wait(rb"the old certificate goes on", seconds=SECONDS,
               alive=s.process)
    time.sleep(11)
    assert served(s) == old
    assert len(s.log.match(rb"the old certificate goes on")) == 1
    own.key.write_bytes(new.key.read_bytes())
    s.log.wait(CHANGED, seconds=SECONDS, alive=s.process)
    proc.wait_until(lambda: served(s) == new.der(), 20)


@pytest.mark.slow
def test_a_configuration_in_work_is_not_taken_with_it(make_server):
    """The file says what is to come at the next SIGHUP; a certificate does not
    wait for that, nor bring it."""
    s = make_server(tls=True)
    s.site.add_user(b"alice")
    s.start()
    s.configure(greeting="not yet")
    with open(s.config, "a", encoding="utf-8") as f:
        f.write("half a li")
    new = authority().server("work", "pop.test")
    s.certificates[0].replace(new)
    s.log.wait(CHANGED, seconds=SECONDS, alive=s.process)
    proc.wait_until(lambda: served(s) == new.der(), 20)
    with s.connect("tls") as pop:
        assert b"not yet" not in pop.greeting


def test_a_key_role_that_dies_is_replaced(make_server):
    """With the certificates that are in force, even if their files are gone."""
    s = make_server(tls=True)
    alice = s.site.add_user(b"alice")
    s.expect(rb"role process died", rb"signal", rb"key is gone",
             rb"error: configuration ", rb"the old certificate goes on")
    s.start()
    before, der = s.roles(), served(s)
    s.certificates[0].chain.unlink()
    s.certificates[0].key.unlink()
    mark = s.log.mark()
    proc.kill(before["key"][0])
    s.log.wait(READY, after=mark, alive=s.process)
    after = s.roles()
    assert len(after["key"]) == 1
    assert not set(sum(before.values(), [])) & set(sum(after.values(), []))
    assert served(s) == der
    s.login(alice, how="tls").quit()


def test_tickets_outlast_a_reload(make_server):
    s = make_server(tls=True)
    alice = s.site.add_user(b"alice")
    s.start()
    context = authority().context(version=ssl.TLSVersion.TLSv1_2)
    with s.login(alice, how="tls", context=context) as pop:
        session = pop.sock.session
        pop.quit()
    s.reload()
    with s.connect("tls", context=context, session=session) as pop:
        assert pop.sock.session_reused


def test_without_certificates_there_is_no_key_role(make_server):
    s = make_server()
    s.site.add_user(b"alice")
    s.start()
    assert not [p for p in s.children()
                if proc.name(p).startswith("restanted-key")]


def test_certificates_come_and_go_with_a_reload(make_server):
    s = make_server(tls=True)
    alice = s.site.add_user(b"alice")
    tls = {k: s.settings.pop(k)
           for k in ("listen_tls", "tls_certificate", "tls_key")}
    s.launch()
    s.log.wait(READY, alive=s.process)
    s.addresses = s.listening()
    with s.login(alice) as pop:
        assert pop.cmd(b"STLS").startswith(b"-ERR")
        pop.quit()
    with s.connect() as pop:
        assert pop.cmd(b"STLS").startswith(b"-ERR")
    mark = s.log.mark()
    s.configure(**tls)
    s.reload()
    s.tls_addresses = s.listening(after=mark, tls=True)
    assert served(s, "tls") == served(s, "stls") == standard().der()
    for key in tls:
        s.settings.pop(key)
    s.configure()
    s.reload()
    proc.wait_until(lambda: not s.roles()["key"], 20)
    s.login(alice).quit()
