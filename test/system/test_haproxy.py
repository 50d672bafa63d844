# SPDX-License-Identifier: ISC
"""A real HAProxy in front of the server."""
import pytest

from support import proc, proxy
from support.certificates import authority, standard
from support.log import fields
from support.pop3 import Pop3
from support.proxy import PROXIES

pytestmark = pytest.mark.skipif(proxy.HAPROXY is None, reason="no haproxy")
ALL_OPTIONS = ["send-proxy", "send-proxy-v2",
               "send-proxy-v2 proxy-v2-options crc32c"]


@pytest.fixture
def proxied(make_server):
    def start(tls=None, **settings):
        s = make_server({"proxy_from": PROXIES, "plaintext": "always",
                         **settings}, tls=tls)
        s.alice = s.site.add_user(b"alice")
        s.alice.maildir.deliver(b"Subject: one\r\n\r\none\r\n")
        return s.start()
    return start


@pytest.mark.parametrize("options", ALL_OPTIONS)
def test_behind_haproxy(proxied, options):
    s = proxied(connections_per_address=2)
    with proxy.HaProxy(s.address, options) as front:
        with Pop3(front.address, source="127.0.0.77") as one, \
                Pop3(front.address, source="127.0.0.77") as two, \
                Pop3(front.address, source="127.0.0.78") as three:
            with Pop3(front.address, source="127.0.0.77", greet=False) as four:
                assert four.line().startswith(b"-ERR [SYS/TEMP]")
            for pop in (two, three):
                pop.quit()
            one.login(b"alice", s.alice.password)
            port = one.sock.getsockname()[1]
            assert one.retr(1) == b"Subject: one\r\n\r\none\r\n"
            one.quit()
    line = [fields(x) for x in s.session_lines() if b"user=alice" in x][0]
    assert line["address"] == b"127.0.0.77"
    assert line["port"] == b"%d" % port


@pytest.mark.parametrize("options", ALL_OPTIONS)
def test_haproxy_looks_whether_we_live(proxied, options):
    s = proxied(connections_per_address=1)
    with proxy.HaProxy(s.address, options + " check check-send-proxy inter 50ms"
                       " fall 1 rise 1") as front:
        lines = s.session_lines(count=10)
        with Pop3(front.address, source="127.0.0.77") as pop:
            pop.login(b"alice", s.alice.password)
            pop.quit()
        assert b"DOWN" not in front.said(), front.said()
    for line in lines:
        assert fields(line)["why"] != b"no PROXY header from a proxy", line


def pem_of(certificate, folder):
    """Chain and key in one file, as HAProxy wants them."""
    both = folder / "both.pem"
    both.write_bytes(certificate.chain.read_bytes()
                     + certificate.key.read_bytes())
    return both


@pytest.mark.parametrize("options,is_secure", [
    ("send-proxy-v2-ssl", True),
    ("send-proxy-v2 proxy-v2-options ssl,cert-cn,ssl-cipher,cert-key,authority,"
     "crc32c", True),
    ("send-proxy-v2", False), ("send-proxy", False)])
def test_haproxy_takes_tls_off(proxied, tmp_path, options, is_secure):
    """Where it says so, passwords may come."""
    s = proxied(plaintext="loopback")
    pem = pem_of(standard(), tmp_path)
    with proxy.HaProxy(s.address, options, certificate=pem) as front:
        with Pop3(front.address, source="127.0.0.77",
                  tls=authority().context()) as pop:
            # its client is on loopback here, so only the log tells
            assert (b"STLS" in pop.multi(b"CAPA").split()) is False
            pop.login(b"alice", s.alice.password)
            pop.quit()
    line = [fields(x) for x in s.session_lines() if b"user=alice" in x][0]
    assert line["address"] == b"127.0.0.77"
    assert (line.get("tls") == b"proxy") == is_secure


@pytest.mark.parametrize("options", ALL_OPTIONS)
def test_haproxy_passes_tls_on(proxied, options):
    s = proxied(tls=True)
    with proxy.HaProxy(s.tls_address, options) as front:
        with Pop3(front.address, source="127.0.0.77",
                  tls=authority().context()) as pop:
            pop.login(b"alice", s.alice.password)
            pop.quit()
    line = [fields(x) for x in s.session_lines() if b"user=alice" in x][0]
    assert line["address"] == b"127.0.0.77"
    assert line["tls"].startswith(b"TLSv1.")
