# SPDX-License-Identifier: ISC
"""TLS as a demand: nothing secret without it, no certificate unverified, and
nothing that was said before it counts."""
import hashlib

import pytest

from support import certificates, collector
from support.collector import assert_exactly_once
from support.odd_server import CAPABILITIES, OddServer, letters

SECRETS = ("USER", "PASS", "AUTH", "APOP")


@pytest.fixture(scope="module")
def made():
    """Certificates: the standard one, for another name, of days gone by."""
    root = certificates.authority()
    return {"sound": certificates.standard(),
            "for another name": root.server("other", "other.test"),
            "out of date": root.server("old", "localhost", "127.0.0.1",
                                       days=0)}


def secure(server, how="stls", **more):
    return {"tls": "implicit" if how == "tls" else how,
            "ca_file": certificates.authority().roots, **more}


def no_secret(server):
    for n in range(len(server.heard)):
        assert not set(server.words(n)) & set(SECRETS), server.heard


@pytest.mark.parametrize("how", ["tls", "stls"])
def test_fetched(collect, made, how):
    mail = letters(5)
    with OddServer(mail, certificate=made["sound"], how=how) as server:
        collect.account(server, after="delete", **secure(server, how)).fetch()
        assert_exactly_once(collect.digests(), mail)
        assert not server.mail
        words = server.words()
        if how == "stls":
            assert "STLS" in words
            # What was announced in clear text is forgotten.
            assert words.index("STLS") < min(words.index(w) for w in words
                                             if w in SECRETS)
            assert "CAPA" in words[words.index("STLS"):]


@pytest.mark.parametrize("how", ["tls", "stls"])
@pytest.mark.parametrize("what", ["for another name", "out of date"])
def test_a_certificate_that_will_not_do(collect, made, how, what):
    with OddServer(letters(1), certificate=made[what], how=how) as server:
        run = collect.account(server, **secure(server, how)).fetch(
            status=collector.PROTOCOL)
        assert "certificate" in run.told.lower()
        no_secret(server)


@pytest.mark.parametrize("how", ["tls", "stls"])
def test_nobody_vouches_for_it(collect, made, how):
    with OddServer(letters(1), certificate=made["sound"], how=how) as server:
        settings = secure(server, how, ca_file=None)
        run = collect.account(server, **settings).fetch(
            status=collector.PROTOCOL)
        no_secret(server)
        # It shows what could be pinned.
        assert fingerprint(made["sound"]) in run.told.lower().replace(":", "")


def fingerprint(certificate):
    return hashlib.sha256(certificate.der()).hexdigest()


@pytest.mark.parametrize("how", ["tls", "stls"])
@pytest.mark.parametrize("what", ["sound", "for another name"])
def test_a_pin_instead(collect, made, how, what):
    with OddServer(letters(2), certificate=made[what], how=how) as server:
        settings = secure(server, how, ca_file=None,
                          pin="sha256:" + fingerprint(made[what]))
        collect.account(server, **settings).fetch()
        assert_exactly_once(collect.digests(), letters(2))


@pytest.mark.parametrize("how", ["tls", "stls"])
def test_another_certificate_than_the_pinned(collect, made, how):
    with OddServer(letters(2), certificate=made["sound"], how=how) as server:
        settings = secure(server, how, ca_file=None,
                          pin="sha256:" + fingerprint(made["out of date"]))
        collect.account(server, **settings).fetch(status=collector.PROTOCOL)
        no_secret(server)


STRIPPED = {
    "not announced": {"CAPA": lambda s: b"+OK\r\n" + b"".join(
        c + b"\r\n" for c in CAPABILITIES) + b".\r\n",
        "STLS": b"-ERR unknown command\r\n"},
    "refused": {"STLS": b"-ERR not now\r\n"},
    "no CAPA": {"CAPA": b"-ERR\r\n", "STLS": b"-ERR unknown\r\n"},
    "no answer": {"STLS": b""},
}


@pytest.mark.parametrize("what", STRIPPED)
def test_stripped(collect, made, what):
    """Whoever takes STLS away gets nothing."""
    with OddServer(letters(1), certificate=made["sound"], how="stls",
                   answers=STRIPPED[what]) as server:
        run = collect.account(server, timeout=2, **secure(server)).fetch(
            status=(69, 75, 76))
        no_secret(server)
        assert run.told


BEHIND = [b"+OK injected\r\n", b"-ERR\r\n", b"+", b"\r\n",
          b"+OK\r\nSASL PLAIN\r\n.\r\n" * 3, b"+OK you are in\r\n" * 9]


@pytest.mark.parametrize("behind", BEHIND)
def test_replies_injected_behind_stls(collect, made, behind):
    """In clear text, before TLS: they answer nothing that is said in TLS."""
    with OddServer(letters(1), certificate=made["sound"], how="stls",
                   answers={"STLS": b"+OK begin TLS\r\n" + behind}) as server:
        run = collect.account(server, timeout=5, **secure(server)).fetch(
            status=collector.PROTOCOL)
        no_secret(server)
        assert run.told


@pytest.mark.parametrize("before", [b"+OK injected\r\n", b"+OK\r\n" * 8])
def test_replies_injected_before_stls(collect, made, before):
    """Behind the answer to CAPA, as if they were the answer to STLS."""
    def capa(session):
        honest = session.on_capa("")
        return honest + before if "CAPA" in session.counts and (
            session.counts["CAPA"] == 1) else honest
    with OddServer(letters(1), certificate=made["sound"], how="stls",
                   answers={"CAPA": capa}) as server:
        run = collect.account(server, timeout=5, **secure(server)).fetch(
            status=None)
        assert run.status != 0, run
        no_secret(server)


def test_clear_text_in_the_place_of_tls(collect):
    """A port that greets in clear text where TLS is awaited."""
    with OddServer(letters(1)) as server:
        run = collect.account(server, timeout=3,
                              **secure(server, "tls")).fetch(
            status=(69, 75, 76))
        no_secret(server)
        assert run.told


def test_capabilities_of_before_do_not_count(collect, made):
    """SASL as announced in clear text is forgotten; in TLS there is USER."""
    def capa(session):
        if session.counts["CAPA"] == 1:
            return b"+OK\r\nSTLS\r\nSASL CRAM-MD5\r\nLOGIN-DELAY 9\r\n.\r\n"
        return b"+OK\r\nUSER\r\nUIDL\r\nTOP\r\n.\r\n"
    with OddServer(letters(2), certificate=made["sound"], how="stls",
                   answers={"CAPA": capa}) as server:
        collect.account(server, **secure(server)).fetch()
        assert "PASS" in server.words()
        assert_exactly_once(collect.digests(), letters(2))


def test_a_tls_that_ends_within_a_message(collect, made):
    """Cut without close_notify, or after half a message: not whole."""
    with OddServer(letters(3), certificate=made["sound"], how="tls") as server:
        server.answers = {"RETR 2": lambda s: cut(s)}
        run = collect.account(server, timeout=5,
                              **secure(server, "tls")).fetch(status=None)
        assert run.status in (69, 75, 76)
        server.answers = {}
        collect.fetch()
        assert_exactly_once(collect.digests(), letters(3))


def cut(session):
    session.sock.sendall(b"+OK\r\nSubject: letter 2\r\n\r\nhalf")
    session.leave()
    return b""


def test_no_setting_turns_verification_off(collect):
    for name in ("verify", "tls_verify", "insecure", "no_verification"):
        with OddServer() as server:
            collect.account(server, **{name: False}).fetch(
                status=collector.CONFIG)
            assert not server.heard


def test_a_secret_in_clear_text_only_to_loopback(collect):
    """A name that is not loopback, with clear text and without leave."""
    run = collect.account(("pop.invalid", 110), tls="none").fetch(
        status=collector.CONFIG)
    assert "everybody on the way to pop.invalid could read password" in run.told
