# SPDX-License-Identifier: ISC
"""Certificates from the operator's side: making, showing and checking them."""
import hashlib
import os
import re
import ssl
import stat

import pytest

from support import paths
from support.certificates import authority, client_context, standard
from support.ctl import CONFIG, DATAERR, NOINPUT, USAGE, Ctl

CANTCREAT = 73


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
    (lambda c: c.key.unlink(), ["tls_key", "No such file or directory\n"]),
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


def test_the_sample_works_once_its_certificate_is_made(ctl):
    sample = (paths.ROOT / "conf" / "restanted.conf").read_text("utf-8")
    sample = sample.replace("/etc/restante", str(ctl.dir))
    sample = sample.replace("/srv/mail", f"{ctl.dir}/mail")
    own = [line for line in ctl.conf.read_text("utf-8").splitlines()
           if line.split(" ")[0] not in ("listen", "mail_root", "users")]
    ctl.conf.write_text(sample + "\n".join(own) + "\n", "utf-8")
    said = ctl.refused(CONFIG, "check").decode()
    assert said.count("\n") == said.count(" cert make") == 1, said
    made = make(ctl, "--name", "pop.example.org").stdout.decode()
    for line in made.splitlines():
        assert line.replace('"', "") in sample.splitlines()
    ctl.ok("check")
