# SPDX-License-Identifier: ISC
"""Client certificates as a way to log in (SASL EXTERNAL)."""
import ssl
import subprocess

import pytest

from support import sasl
from support.certificates import Authority, authority, client_context
from support.saslsite import make, running
from support.site import HOWS

CODE_AUTH = b"-ERR [AUTH] "


@pytest.fixture(scope="module", name="server")
def run_server():
    yield from running({})


def with_certificate(certificate, **more):
    return client_context(authority().roots, certificate, **more)


def test_external(server):
    mine = authority().client("mine", "somebody", "scram")
    context = with_certificate(mine)
    for wanted, initial in ((b"", True), (b"scram", True), (b"", False),
                            (b"scram", False), (b"SCRAM", True)):
        for how in HOWS[1:]:
            with server.connect(how, context=context) as pop:
                assert b"EXTERNAL" in sasl.mechanisms(pop)
                sasl.login(pop, sasl.External(wanted), initial)
                pop.stat()
                pop.quit()
    with server.connect("tls", context=context) as pop:
        reply = sasl.attempt(pop, sasl.External(b"plain"))
        assert reply.startswith(CODE_AUTH), reply
    assert server.log.text().count("another identity wanted") >= 1


def test_external_with_an_rsa_key(server):
    mine = authority().client("mine-rsa", "somebody", "plain", kind="rsa")
    with server.connect("tls", context=with_certificate(mine)) as pop:
        sasl.login(pop, sasl.External())
        pop.quit()


def test_external_behind_a_retry(server):
    """Of a client whose first key share is of a group that the server does not
    have, other octets are signed: its first hello is in them as a hash."""
    mine = authority().client("mine-retry", "somebody", "scram")
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{server.tls_port}",
         "-CAfile", authority().roots, "-tls1_3", "-groups", "P-521:P-256",
         "-cert", mine.chain, "-key", mine.key, "-cert_chain", mine.chain,
         "-msg", "-ign_eof", "-crlf"],
        input=b"AUTH EXTERNAL =\nSTAT\nQUIT\n", capture_output=True,
        check=False, timeout=30)
    assert done.stdout.count(b", ClientHello") == 2, done.stdout
    assert b"+OK 0 0\r\n" in done.stdout, done.stdout


def test_external_of_nobody(server):
    for file, email in (("nobody", "nobody"), ("none", None)):
        other = authority().client(file, "scram", email)
        with server.connect("tls", context=with_certificate(other)) as pop:
            reply = sasl.attempt(pop, sasl.External())
            assert reply.startswith(CODE_AUTH), reply


def test_external_without_a_certificate(server):
    with server.connect("tls") as pop:
        assert b"EXTERNAL" not in sasl.mechanisms(pop)
        pop.err(b"AUTH EXTERNAL =")
    with server.connect() as pop:
        pop.err(b"AUTH EXTERNAL =")


@pytest.mark.parametrize("wanted", [b"", b"scram"])
@pytest.mark.parametrize("own,more,why", [
    (False, {}, b"unable to get local issuer certificate"),
    (True, {"days": -1}, b"certificate has expired"),
    (True, {"email": None}, b"no rfc822Name in the certificate"),
    (True, {"usage": "serverAuth"}, b"unsuitable certificate purpose"),
], ids=["foreign", "expired", "no name", "server's"])
def test_what_is_wrong_with_a_certificate_is_logged(server, tmp_path, own,
                                                    more, why, wanted):
    """The handshake goes on; but nobody gets in, and the log says why."""
    by = authority() if own else Authority(tmp_path)
    other = by.client("unsound", **{"common_name": "somebody",
                                    "email": "scram", **more})
    mark = server.log.mark()
    with server.connect("tls", context=with_certificate(other)) as pop:
        reply = sasl.attempt(pop, sasl.External(wanted))
        assert reply.startswith(CODE_AUTH), reply
    server.log.wait(rb'login failed address=127.0.0.1 why="' + why + b'"',
                    after=mark)


def test_external_by_common_name():
    server = make(tls_client_user="common_name").start()
    try:
        mine = authority().client("named", "scram", "plain")
        with server.connect("tls", context=with_certificate(mine)) as pop:
            sasl.login(pop, sasl.External())
            pop.quit()
    finally:
        server.stop()


def test_external_of_tls_1_2(server):
    """What its clients sign is another matter: auth could not verify it."""
    mine = authority().client("mine-1.2", "somebody", "scram")
    context = with_certificate(mine, version=ssl.TLSVersion.TLSv1_2)
    with server.connect("tls", context=context) as pop:
        assert b"EXTERNAL" not in sasl.mechanisms(pop)
        pop.err(b"AUTH EXTERNAL =")


def test_who_comes_again_shows_it_again(server):
    """In a resumed session a client signs nothing, so who has shown a
    certificate does not get one."""
    mine = authority().client("mine-again", "somebody", "scram")
    context = with_certificate(mine, version=ssl.TLSVersion.TLSv1_3)
    with server.connect("tls", context=context) as pop:
        pop.multi(b"CAPA")
        session = pop.sock.session
    with server.connect("tls", context=context, session=session) as pop:
        assert not pop.sock.session_reused
        sasl.login(pop, sasl.External())
        pop.quit()
