# SPDX-License-Identifier: ISC
"""TLS as clients see it: versions, cipher suites, the choice of certificates,
and ALPN.
"""
import functools
import os
import ssl
import subprocess
import warnings

import pytest

from support.certificates import authority, standard
from support.paths import need_build
from support.pop3 import Pop3
from support.server import Server
from support.site import HOWS

# Python warns of them; that they are refused is what is to be seen.
warnings.filterwarnings("ignore", category=DeprecationWarning, module=__name__)
V = ssl.TLSVersion
ECDHE = {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
         "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-AES128-GCM-SHA256",
         "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"}


@functools.cache
def all_certificates():
    """{name that is asked for: certificate}"""
    a = authority()
    return {"pop.test": standard("ec"), "rsa": standard("rsa"),
            "other.test": a.server("other", "other.test", "also.test"),
            "x.wild.test": a.server("wild", "*.wild.test")}


@pytest.fixture(scope="module")
def server():
    need_build()
    s = Server({"connections_per_address": 1000},
               tls=list(all_certificates().values()))
    s.site.add_user(b"alice")
    try:
        s.start()
        yield s
    except BaseException:
        s.stop(judge=False)
        raise
    s.stop()


def open_context(**more):
    """Believes any certificate: which one comes is what is asked."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    for key, value in more.items():
        setattr(context, key, value)
    return context


def openssl_client(server, *options, how="tls", text=b"QUIT\n"):
    """openssl s_client's status and all that it says."""
    port = server.tls_port if how == "tls" else server.port
    words = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}",
             "-CAfile", authority().roots, "-ign_eof", "-crlf", *options]
    if how == "stls":
        words += ["-starttls", "pop3"]
    done = subprocess.run(words, input=text, capture_output=True, check=False,
                          timeout=30)
    return done.returncode, done.stdout + done.stderr


# -- versions and cipher suites

@pytest.mark.parametrize("how", HOWS[1:])
@pytest.mark.parametrize("version", [V.TLSv1_2, V.TLSv1_3], ids=lambda v: v.name)
def test_present_versions(server, how, version):
    context = authority().context(version=version)
    with server.login(b"alice", how=how, context=context) as pop:
        assert pop.sock.version() == version.name.replace("_", ".")
        pop.stat()
        pop.quit()


@pytest.mark.parametrize("option", ["-tls1", "-tls1_1", "-ssl3"])
def test_old_versions_are_refused(server, option):
    """By an alert, and not for what this client would rather not do itself."""
    status, said = openssl_client(server, option, "-cipher",
                                  "ALL:@SECLEVEL=0")
    if option == "-ssl3":
        assert status != 0  # it is not in Debian's OpenSSL at all
        return
    assert status != 0 and b"alert protocol version" in said, said


def hello(version, suites, extensions=b""):
    """A ClientHello with what no present client sends."""
    body = (version + bytes(range(32)) + b"\0"
            + len(suites).to_bytes(2, "big") + suites + b"\1\0"
            + (len(extensions).to_bytes(2, "big") + extensions
               if extensions else b""))
    body = b"\1" + len(body).to_bytes(3, "big") + body
    return b"\x16\3\1" + len(body).to_bytes(2, "big") + body


ALERT_PROTOCOL_VERSION, ALERT_HANDSHAKE_FAILURE = 70, 40
SUITES = b"\xc0\x2b\xc0\x2f\x00\x9c\x00\x2f"


def alert(server, octets):
    """The number of the fatal alert that octets are answered with."""
    pop = Pop3(server.tls_address, greet=False)
    pop.send(octets)
    said = pop.rest()
    pop.close()
    assert said[:2] == b"\x15\3" and said[3:6] == b"\0\2\2", said
    return said[6]


@pytest.mark.parametrize("version", [b"\3\0", b"\3\1", b"\3\2"],
                         ids=["SSLv3", "TLSv1", "TLSv1.1"])
def test_old_hellos_are_refused(server, version):
    # SSLv3 has no alert of the other name.
    want = (ALERT_HANDSHAKE_FAILURE if version == b"\3\0"
            else ALERT_PROTOCOL_VERSION)
    assert alert(server, hello(version, SUITES)) == want


@pytest.mark.parametrize("suites", [b"\x00\x2f\x00\x35", b"\x00\x9c\x00\x9d",
                                    b"\xc0\x13\xc0\x14\xc0\x09", b"\x00\x05",
                                    b"\x00\x9e\x00\x9f", b"\x00\x01\xc0\x06"],
                         ids=["RSA-CBC", "RSA-GCM", "ECDHE-CBC", "RC4", "DHE",
                              "NULL"])
def test_poor_suites_are_refused(server, suites):
    assert alert(server, hello(b"\3\3", suites)) == ALERT_HANDSHAKE_FAILURE


@pytest.mark.parametrize("suite", sorted(ECDHE))
def test_current_suites_work(server, suite):
    context = authority().context(version=V.TLSv1_2, ciphers=suite)
    with server.connect("tls", context=context) as pop:
        assert pop.sock.cipher()[0] == suite
        pop.quit()


def test_compression_is_off(server):
    with server.connect("tls") as pop:
        assert pop.sock.compression() is None


class Interactive:
    """openssl s_client by hand: a line that is R, K or k is an order to it."""

    def __init__(self, server, *options):
        self.process = subprocess.Popen(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{server.tls_port}",
             "-CAfile", authority().roots, *options], bufsize=0,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        self.said = b""

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.process.kill()
        self.process.communicate()

    def type(self, line):
        self.process.stdin.write(line + b"\r\n")

    def until(self, text):
        """Reads until text has come; anew each time."""
        while text not in self.said:
            octets = os.read(self.process.stdout.fileno(), 65536)
            assert octets, (text, self.said)
            self.said += octets
        self.said = self.said.split(text, 1)[1]


def test_renegotiation_is_refused(server):
    with Interactive(server, "-tls1_2") as client:
        client.until(b"+OK")
        client.type(b"R")
        client.until(b"RENEGOTIATING")
        client.until(b"no renegotiation")
    server.login(b"alice", how="tls").quit()


@pytest.mark.parametrize("order", [b"K", b"k"], ids=["asking", "alone"])
def test_key_update(server, order):
    """TLS 1.3 has new keys instead; POP3 goes on, in both directions."""
    with Interactive(server, "-tls1_3") as client:
        client.until(b"+OK")
        for _ in range(3):
            client.type(order)
            client.until(b"KEYUPDATE")
            client.type(b"CAPA")
            client.until(b"\r\n.\r\n")
        client.type(b"quit")
        client.until(b"+OK")


# -- which certificate

def presented(server, name, context=None, how="tls"):
    """The certificate that comes, as DER."""
    with server.connect(how, context=context or open_context(),
                        name=name) as pop:
        der = pop.sock.getpeercert(binary_form=True)
        pop.quit()
        return der


@pytest.mark.parametrize("how", HOWS[1:])
@pytest.mark.parametrize("name,which", [
    ("pop.test", "pop.test"), ("localhost", "pop.test"),
    ("other.test", "other.test"), ("ALSO.Test", "other.test"),
    ("x.wild.test", "x.wild.test"),
    # Not the wildcard's: it stands for exactly one label.
    ("x.y.wild.test", "pop.test"), ("wild.test", "pop.test"),
    ("unknown.test", "pop.test"), ("127.0.0.1", "pop.test"),
    (None, "pop.test")])
def test_the_name_chooses_the_certificate(server, how, name, which):
    assert presented(server, name, how=how) == all_certificates()[which].der()


@pytest.mark.parametrize("name", ["a" * 63 + ".test", "x." * 120 + "test",
                                  "xn--bcher-kva.test"])
def test_odd_names_get_the_default(server, name):
    assert presented(server, name) == standard().der()


@pytest.mark.parametrize("how", HOWS[1:])
def test_the_chain_is_sent(server, how):
    """The client has the root only, and verifies."""
    for name in ("pop.test", "other.test", "x.wild.test"):
        with server.connect(how, name=name) as pop:
            pop.quit()
    with pytest.raises(ssl.SSLCertVerificationError):
        server.connect(how, name="unknown.test")


@pytest.mark.parametrize("option,kind", [
    (("-sigalgs", "RSA-PSS+SHA256", "-tls1_3"), "RSA-PSS"),
    (("-sigalgs", "ECDSA+SHA256", "-tls1_3"), "ECDSA"),
    (("-sigalgs", "RSA-PSS+SHA256:ECDSA+SHA256"), "ECDSA"),
    (("-cipher", "ECDHE-RSA-AES128-GCM-SHA256", "-tls1_2"), "RSA"),
    (("-cipher", "ECDHE-RSA-AES128-GCM-SHA256", "-sigalgs", "RSA+SHA256",
      "-tls1_2"), "RSA"),
    (("-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256", "-tls1_2"), "ECDSA"),
], ids=lambda v: v if isinstance(v, str) else "")
@pytest.mark.parametrize("how", HOWS[1:])
def test_rsa_and_ecdsa_by_what_the_client_can(server, how, option, kind):
    status, said = openssl_client(server, *option, "-verify_return_error",
                                  "-servername", "pop.test", how=how)
    assert status == 0 and b"Verify return code: 0" in said, said
    assert b"Peer signature type: " + kind.encode() in said, said


def test_a_name_with_one_kind_is_not_served_with_the_other(server):
    """other.test has no RSA key: no certificate of another name instead."""
    status, said = openssl_client(
        server, "-cipher", "ECDHE-RSA-AES128-GCM-SHA256", "-tls1_2",
        "-servername", "other.test")
    assert status != 0 and b"handshake failure" in said, said


# -- ALPN

@pytest.mark.parametrize("how", HOWS[1:])
@pytest.mark.parametrize("offered", [["pop3"], ["http/1.1", "pop3"], []])
def test_alpn(server, how, offered):
    context = authority().context(alpn=offered)
    with server.connect(how, context=context) as pop:
        assert pop.sock.selected_alpn_protocol() == ("pop3" if offered else None)
        pop.quit()


NO_PROTOCOL = "NO_APPLICATION_PROTOCOL|no application protocol"


@pytest.mark.parametrize("how", HOWS[1:])
@pytest.mark.parametrize("offered", [["http/1.1"], ["h2", "http/1.1"], ["imap"],
                                     ["POP3"], ["pop3s"]])
def test_another_protocol_is_refused(server, how, offered):
    with pytest.raises(ssl.SSLError, match=NO_PROTOCOL):
        server.connect(how, context=authority().context(alpn=offered))


def test_alpn_required(make_server):
    s = make_server({"tls_alpn": "required"}, tls=True)
    s.site.add_user(b"alice")
    s.start()
    s.login(b"alice", how="tls", context=authority().context(
        alpn=["pop3"])).quit()
    for offered in ([], ["http/1.1"]):
        with pytest.raises(ssl.SSLError, match=NO_PROTOCOL):
            s.connect("tls", context=authority().context(alpn=offered))
