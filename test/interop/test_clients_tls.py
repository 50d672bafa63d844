# SPDX-License-Identifier: ISC
"""Each real client over each kind of port, with each way to log in that it
knows, verifying the server's certificate."""
import shutil
import subprocess

import pytest

from clients import CLIENTS, Fetchmail
from mutt import Mutt
from restante import Restante
from support import log, paths, proc, sasl
from support.certificates import Authority, authority
from support.paths import need_build
from support.server import Server
from support.site import HOWS

PASSWORD = b"secret-of-alice"
MESSAGES = [b"Subject: %d\n\n.line\ntext %d\n" % (i, i) for i in range(3)]
SECURED = [c for c in CLIENTS if c.mechanisms] + [Mutt, Restante]
# A certificate needs TLS; with APOP fetchmail says STLS to nobody, and restante
# takes no stamp that was said in clear text.
CASES = [(c, how, m) for c in SECURED for how in c.hows for m in c.mechanisms
         if (how, m.lower()) != ("clear", "external")
         and (c, how, m) not in ((Fetchmail, "stls", "apop"),
                                 (Restante, "stls", "APOP"))]
SASL_CLIENT = paths.BUILD / "test" / "support" / "sasl_client"


@pytest.fixture(scope="module")
def server():
    need_build()
    s = Server({"apop": True, "cram_md5": True, "login_tries_max": 5,
                "connections_per_address": 1000,
                "tls_client_ca": authority().roots}, tls=True)
    s.site.add_user(b"alice", PASSWORD)
    for text in MESSAGES:
        s.site.users[b"alice"].maildir.deliver(text)
    try:
        s.start()
        yield s
    except BaseException:
        s.stop(judge=False)
        raise
    s.stop()


@pytest.fixture
def home(server):
    path = server.site.make_dir("client")
    yield path
    shutil.rmtree(path)


def make(server, home, client, *args, **kw):
    if client.program and not shutil.which(client.program):
        pytest.skip(f"{client.program} is not installed")
    return client(server, server.site.users[b"alice"], home, *args, **kw)


def wire(texts):
    return sorted(t.replace(b"\r", b"").split(b"\n\n", 1)[1] for t in texts)


def last_session(server, seen):
    """The fields of the next one that has logged in."""
    def line():
        return [x for x in server.session_lines()[seen:] if b" user=" in x]
    return log.fields(proc.wait_until(line)[0])


@pytest.mark.parametrize("client,how,mechanism", CASES,
                         ids=lambda v: getattr(v, "__name__", v))
def test_a_client(server, home, client, how, mechanism):
    certificate = None
    if mechanism.lower() == "external":
        certificate = authority().client("alice", "alice", "alice")
    c = make(server, home, client, how, mechanism, certificate=certificate)
    seen = len(server.session_lines())
    assert wire(c.fetch(keep=True)) == wire(MESSAGES)
    said = last_session(server, seen)
    assert said["method"].decode() == client.mechanisms[mechanism], said
    assert said.get("tls", b"").startswith(b"TLSv1." if how != "clear" else b"")


@pytest.mark.parametrize("client", SECURED, ids=lambda c: c.__name__)
@pytest.mark.parametrize("how", HOWS[1:])
def test_a_client_that_trusts_others(server, home, client, how):
    """That certificates were verified above: here the same client refuses."""
    if how not in client.hows:
        pytest.skip(f"it knows no {how}")
    folder = home / "others"
    folder.mkdir()
    roots = Authority(folder).roots
    c = make(server, home, client, how, roots=roots)
    try:
        assert not c.fetch(keep=True)
    except (AssertionError, OSError):
        pass
    else:
        assert client in (Mutt,), "it fetched"


# -- GNU SASL, with channel binding

MECHANISMS = ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256",
              "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS"]


def gsasl(server, how, mechanism, password=PASSWORD):
    port = server.tls_port if how == "tls" else server.port
    return subprocess.run(
        [SASL_CLIENT, how, str(port), authority().roots, "pop.test", mechanism,
         "alice", password], capture_output=True, check=False, timeout=30)


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("how", HOWS)
def test_gnu_sasl(server, how, mechanism):
    if how == "clear" and mechanism.endswith("-PLUS"):
        pytest.skip("nothing to bind to")
    seen = len(server.session_lines())
    done = gsasl(server, how, mechanism)
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert last_session(server, seen)["method"].decode() == mechanism
    done = gsasl(server, how, mechanism, b"wrong")
    assert done.returncode == 1 and b"-ERR [AUTH]" in done.stdout, done


@pytest.mark.parametrize("hashed", ["sha1", "sha256"])
@pytest.mark.parametrize("how", HOWS[1:])
def test_server_end_point(server, how, hashed):
    with server.connect(how) as pop:
        assert b"SCRAM-SHA-256-PLUS" in sasl.mechanisms(pop)
        sasl.login(pop, sasl.Scram(b"alice", PASSWORD, hashed,
                                   sasl.server_end_point(pop)))
        assert pop.stat()[0] == len(MESSAGES)
        pop.quit()


@pytest.mark.parametrize("how", HOWS[1:])
def test_a_binding_to_another_channel(server, how):
    """What a man in the middle would have to show: refused."""
    name, digest = b"tls-server-end-point", bytes(32)
    with server.connect(how) as pop:
        reply = sasl.attempt(pop, sasl.Scram(b"alice", PASSWORD,
                                             binding=(name, digest)))
        assert reply.startswith(b"-ERR [AUTH]"), reply


@pytest.mark.parametrize("how", HOWS[1:])
def test_a_mechanism_list_that_was_shortened(server, how):
    """[RFC 5802, 6] A client that could bind, and thinks the server cannot: the
    server knows better, and refuses."""
    with server.connect(how) as pop:
        reply = sasl.attempt(pop, sasl.Scram(b"alice", PASSWORD, flag=b"y"))
        assert reply.startswith(b"-ERR"), reply


def test_clear_text_offers_no_binding(server):
    with server.connect() as pop:
        assert not [m for m in sasl.mechanisms(pop) if m.endswith(b"-PLUS")]
        sasl.login(pop, sasl.Scram(b"alice", PASSWORD, flag=b"y"))
        pop.quit()
