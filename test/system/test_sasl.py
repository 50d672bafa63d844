# SPDX-License-Identifier: ISC
"""SASL as clients see it: each mechanism over each kind of connection, with two
clients that share nothing with each other; what is refused, and how."""
import base64
import ssl
import time

import pytest

from support import gsasl, sasl, saslsite
from support.certificates import authority
from support.pop3 import Pop3
from support.saslsite import guarded, running
from support.server import Server
from support.site import HOWS

CODE_AUTH = b"-ERR [AUTH] "


@pytest.fixture(scope="module", name="server")
def run_server():
    yield from running({"cram_md5": True})


def bindings(pop):
    """{name: octets}"""
    found = {}
    if pop.is_tls:
        name, octets = sasl.server_end_point(pop)
        found[name] = octets
        if pop.sock.version() == "TLSv1.3":
            found[b"tls-exporter"] = gsasl.exporter(pop)
    return found


# -- what works

@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("initial", [True, False], ids=["initial", "later"])
def test_each_mechanism(server, how, initial):
    for make in (lambda: sasl.Plain(b"hash", b"fourth"),
                 lambda: sasl.Plain(b"plain", b"a secret, =x", b"plain"),
                 lambda: sasl.Login(b"hash", b"fourth"),
                 lambda: sasl.CramMd5(b"plain", b"a secret, =x"),
                 lambda: sasl.Scram(b"scram", b"another"),
                 lambda: sasl.Scram(b"scram", b"another", authzid=b"scram"),
                 lambda: sasl.Scram(b"plain", b"a secret, =x"),
                 lambda: sasl.Scram(b"plain", b"a secret, =x", "sha1"),
                 lambda: sasl.Scram(b"sha1", b"third", "sha1")):
        mechanism = make()
        if not initial and mechanism.first() is None:
            continue
        with server.connect(how) as pop:
            sasl.login(pop, mechanism, initial)
            assert pop.stat() == (0, 0)
            pop.quit()


@pytest.mark.parametrize("how", HOWS[1:])
def test_each_channel_binding(server, how):
    with server.connect(how) as pop:
        names = list(bindings(pop))
    assert names == [b"tls-server-end-point", b"tls-exporter"]
    for name in names:
        for hashed in ("sha1", "sha256"):
            with server.connect(how) as pop:
                bound = (name, bindings(pop)[name])
                sasl.login(pop, sasl.Scram(b"plain", b"a secret, =x", hashed,
                                           bound))
                pop.quit()


NO_EXTENDED_MASTER_SECRET = 1  # SSL_OP_, which Python has no name for


@pytest.mark.parametrize("is_extended", [True, False])
def test_channel_bindings_of_tls_1_2(server, is_extended):
    """Without the extended master secret its exporter would not bind (RFC 9266,
    section 4.2)."""
    context = authority().context(version=ssl.TLSVersion.TLSv1_2)
    if not is_extended:
        context.options |= NO_EXTENDED_MASTER_SECRET
    with server.connect("tls", context=context) as pop:
        assert b"SCRAM-SHA-256-PLUS" in sasl.mechanisms(pop)
        bound = sasl.server_end_point(pop)
        sasl.login(pop, sasl.Scram(b"scram", b"another", binding=bound))
        pop.quit()
    with server.connect("tls", context=context) as pop:
        bound = (b"tls-exporter", gsasl.exporter(pop))
        mechanism = sasl.Scram(b"scram", b"another", binding=bound)
        if is_extended:
            sasl.login(pop, mechanism)
            pop.quit()
        else:
            reply = sasl.attempt(pop, mechanism)
            assert reply.startswith(b"-ERR That is not what"), reply


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("name", [b"PLAIN", b"LOGIN", b"CRAM-MD5",
                                  b"SCRAM-SHA-1", b"SCRAM-SHA-256",
                                  b"SCRAM-SHA-1-PLUS", b"SCRAM-SHA-256-PLUS"])
def test_gnu_sasl(server, how, name):
    is_plus = name.endswith(b"-PLUS")
    if is_plus and how == "clear":
        return
    for password, is_right in ((b"a secret, =x", True), (b"a secret", False)):
        with server.connect(how) as pop:
            assert name in sasl.mechanisms(pop)
            client = gsasl.Client(
                name, b"plain", password,
                exporter=gsasl.exporter(pop) if is_plus else None)
            if is_right:
                sasl.login(pop, client)
                pop.quit()
            else:
                reply = sasl.attempt(pop, client)
                assert reply.startswith(CODE_AUTH), reply
            client.close()


# -- what does not

WRONG = [sasl.Plain, sasl.Login, sasl.CramMd5, sasl.Scram]


@pytest.mark.parametrize("kind", WRONG, ids=lambda k: k.__name__)
@pytest.mark.parametrize("user", [b"plain", b"scram", b"hash", b"nobody",
                                  b"", b"a/b"])
def test_wrong_secrets(server, kind, user):
    with server.connect("tls") as pop:
        if kind is not sasl.Plain and user == b"":
            return  # no message has that form
        reply = sasl.attempt(pop, kind(user, b"wrong"))
        assert reply.startswith(CODE_AUTH), reply
        sasl.login(pop, sasl.Scram(b"scram", b"another"))  # and again
        pop.quit()


def test_a_hash_is_no_verifier(server):
    with server.connect("tls") as pop:
        reply = sasl.attempt(pop, sasl.Scram(b"hash", b"fourth"))
        assert reply.startswith(CODE_AUTH), reply


def test_other_identities(server):
    for mechanism in (sasl.Plain(b"scram", b"another", b"plain"),
                      sasl.Scram(b"scram", b"another", authzid=b"plain")):
        with server.connect("tls") as pop:
            assert sasl.attempt(pop, mechanism).startswith(CODE_AUTH)


@pytest.mark.parametrize("lower", ["yes", "no"])
def test_the_own_identity_in_another_form(lower):
    """Names are the same if they find the same user."""
    server = saslsite.make(lowercase_users=lower).start()
    try:
        for mechanism in (sasl.Plain(b"scram", b"another", b"SCRAM"),
                          sasl.Scram(b"scram", b"another", authzid=b"Scram")):
            with server.connect("tls") as pop:
                reply = sasl.attempt(pop, mechanism)
                assert reply.startswith(b"+OK") == (lower == "yes"), reply
    finally:
        server.stop()


def test_other_channels(server):
    """The client's connection ends at somebody, who has another with us."""
    with server.connect("tls") as theirs, server.connect("tls") as pop:
        stolen = (b"tls-exporter", gsasl.exporter(theirs))
        reply = sasl.attempt(pop, sasl.Scram(b"scram", b"another",
                                             binding=stolen))
        assert reply.startswith(CODE_AUTH), reply
        forged = (b"tls-server-end-point", bytes(32))
        reply = sasl.attempt(pop, sasl.Scram(b"scram", b"another",
                                             binding=forged))
        assert reply.startswith(CODE_AUTH), reply


@pytest.mark.parametrize("how", HOWS)
def test_hidden_plus(server, how):
    """Who hides -PLUS from a client that knows it is found out."""
    with server.connect(how) as pop:
        mechanism = sasl.Scram(b"scram", b"another", flag=b"y")
        if how == "clear":
            sasl.login(pop, mechanism)
            pop.quit()
        else:
            reply = sasl.attempt(pop, mechanism)
            assert reply.startswith(b"-ERR"), reply


def test_no_plus_without_tls(server):
    with server.connect() as pop:
        assert not [m for m in sasl.mechanisms(pop) if m.endswith(b"-PLUS")]
        reply = pop.err(b"AUTH SCRAM-SHA-256-PLUS "
                        + sasl.b64(b"p=tls-exporter,,n=scram,r=x"))
        assert not reply.startswith(CODE_AUTH)


def test_what_is_no_response(server):
    for line in (b"AUTH SCRAM-SHA-256 " + sasl.b64(b"n,,n=scram"),
                 b"AUTH SCRAM-SHA-256 =",
                 b"AUTH PLAIN " + sasl.b64(b"plain"),
                 b"AUTH PLAIN =",
                 b"AUTH CRAM-MD5 " + sasl.b64(b"plain " + b"0" * 32),
                 b"AUTH SCRAM-SHA-256 " + sasl.b64(b"n,,n=a,r=" + b"x" * 400)):
        with server.connect("tls") as pop:
            reply = pop.err(line)
            assert not reply.startswith(CODE_AUTH), reply
            sasl.login(pop, sasl.Plain(b"plain", b"a secret, =x"))
            pop.quit()


def test_a_replayed_proof(server):
    with server.connect("tls") as pop:
        mechanism = sasl.Scram(b"scram", b"another")
        challenge = pop.cmd(b"AUTH SCRAM-SHA-256 "
                            + sasl.b64(mechanism.first()))
        proof = mechanism.next(base64.b64decode(challenge[2:]))
        pop.cmd(b"*")
        pop.cmd(b"AUTH SCRAM-SHA-256 " + sasl.b64(mechanism.first()))
        reply = pop.cmd(sasl.b64(proof))
        assert reply.startswith(CODE_AUTH), reply


def test_cancelling(server):
    """At each step; the next exchange is a new one."""
    for line in (b"AUTH PLAIN", b"AUTH LOGIN", b"AUTH CRAM-MD5",
                 b"AUTH SCRAM-SHA-256 " + sasl.b64(b"n,,n=scram,r=x")):
        with server.connect("tls") as pop:
            assert pop.cmd(line).startswith(b"+ ")
            assert pop.cmd(b"*").startswith(b"-ERR")
            sasl.login(pop, sasl.Plain(b"plain", b"a secret, =x"))
            pop.quit()
    mechanism = sasl.Scram(b"scram", b"another")
    with server.connect("tls") as pop:
        challenge = pop.cmd(b"AUTH SCRAM-SHA-256 "
                            + sasl.b64(mechanism.first()))
        proof = mechanism.next(base64.b64decode(challenge[2:]))
        assert pop.cmd(sasl.b64(proof)).startswith(b"+ ")
        assert pop.cmd(b"*").startswith(b"-ERR")
        pop.err(b"STAT")
        sasl.login(pop, sasl.Scram(b"scram", b"another"))
        pop.quit()


def test_the_longest_responses(server):
    """16 KiB of base64 are taken; what they say is nobody's."""
    most = b"\0plain\0" + b"x" * (12288 - 7)
    with server.connect("tls") as pop:
        assert pop.cmd(b"AUTH PLAIN").startswith(b"+ ")
        assert pop.cmd(base64.b64encode(most)).startswith(CODE_AUTH)
        assert pop.cmd(b"AUTH SCRAM-SHA-256").startswith(b"+ ")
        long = b"n,,n=" + b"x" * 12000 + b",r=x"
        assert pop.cmd(base64.b64encode(long)).startswith(b"-ERR")
        sasl.login(pop, sasl.Plain(b"plain", b"a secret, =x"))
        pop.quit()


def test_many_exchanges_at_once(server):
    pops = [Pop3(server.address) for _ in range(200)]
    mechanisms = [sasl.Scram(b"scram", b"another") for _ in pops]
    try:
        challenges = [pop.cmd(b"AUTH SCRAM-SHA-256 " + sasl.b64(m.first()))
                      for pop, m in zip(pops, mechanisms)]
        for pop, m, challenge in zip(pops, mechanisms, challenges):
            proof = m.next(base64.b64decode(challenge[2:]))
            final = pop.cmd(sasl.b64(proof))
            assert m.next(base64.b64decode(final[2:])) == b""
            assert pop.cmd(b"").startswith(b"+OK")
            pop.quit()
    finally:
        for pop in pops:
            pop.close()


# -- who is there cannot be told

def salt_of(server, user):
    with server.connect("tls") as pop:
        challenge = pop.cmd(b"AUTH SCRAM-SHA-256 "
                            + sasl.b64(b"n,,n=" + user + b",r=x"))
        said = base64.b64decode(challenge[2:]).split(b",")
        return tuple(said[1:])


def test_nobody_has_a_salt_too():
    """The same after a reload, as users' are."""
    server = Server(tls=True)
    server.site.make_user(b"scram", b"x", hashed=sasl.verifier(b"x"))
    server.site.write_users()
    server.start()
    try:
        names = [b"scram", b"nobody", b"nobody2"]
        before = [salt_of(server, name) for name in names]
        assert len({salt for salt, _ in before}) == 3
        assert {i for _, i in before} == {b"i=4096"}
        assert {len(salt) for salt, _ in before} == {2 + 24}
        assert [salt_of(server, name) for name in names] == before
        server.reload()  # other processes
        assert [salt_of(server, name) for name in names] == before
    finally:
        server.stop()


# -- what it costs to fail

def test_guessing_by_scram_is_guessing():
    """And once it is refused, even the right proof is not answered: the
    server's last word would tell that it is right."""
    server = guarded()
    try:
        for _ in range(6):
            with server.connect("tls") as pop:
                reply = sasl.attempt(pop, sasl.Scram(b"scram", b"wrong"))
                assert reply.startswith(b"-ERR"), reply
        with server.connect("tls") as pop:
            right = sasl.Scram(b"scram", b"another")
            reply = sasl.attempt(pop, right)
            assert reply.startswith(b"-ERR"), reply
            assert not right.is_server_known
        with server.connect("tls") as pop:
            reply = sasl.attempt(pop, sasl.Plain(b"scram", b"another"))
            assert reply.startswith(b"-ERR"), reply
        text = server.log.text()
        assert text.count("why=\"wrong proof") >= 5
        assert "too many failures" in text
    finally:
        server.stop()


def test_log_ins_by_scram_count():
    server = guarded(login_delay="3600s", login_burst=2)
    try:
        for _ in range(2):
            with server.connect("tls") as pop:
                sasl.login(pop, sasl.Scram(b"scram", b"another"))
                pop.quit()
        with server.connect("tls") as pop:
            reply = sasl.attempt(pop, sasl.Scram(b"scram", b"another"))
            assert reply.startswith(b"-ERR [LOGIN-DELAY] "), reply
    finally:
        server.stop()


def test_cram_md5_is_off_by_default():
    server = guarded()
    try:
        with server.connect("tls") as pop:
            assert b"CRAM-MD5" not in sasl.mechanisms(pop)
            pop.err(b"AUTH CRAM-MD5")
    finally:
        server.stop()


def test_an_exchange_does_not_outlive_its_connection(server):
    """The next one has another number, and starts anew."""
    for _ in range(20):
        pop = server.connect()
        assert pop.cmd(b"AUTH SCRAM-SHA-256 "
                       + sasl.b64(b"n,,n=scram,r=x")).startswith(b"+ ")
        pop.reset()
    time.sleep(0.1)
    with server.connect() as pop:
        sasl.login(pop, sasl.Scram(b"scram", b"another"))
        pop.quit()
