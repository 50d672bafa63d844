# SPDX-License-Identifier: ISC
"""Proxies in front of the server: the PROXY protocol, who may speak it, and
that the client whom it names is the one who is logged."""
import time

import pytest

from support import proxy
from support.log import fields
from support.pop3 import Pop3
from support.proxy import LISTED, PROXIES, begin, is_dropped, v1, v2

OTHER = "127.0.0.9"  # none of them


@pytest.fixture
def proxied(make_server):
    def start(tls=None, **settings):
        s = make_server({"proxy_from": PROXIES, "plaintext": "always",
                         **settings}, tls=tls)
        s.alice = s.site.add_user(b"alice")
        s.alice.maildir.deliver(b"Subject: one\r\n\r\none\r\n")
        return s.start()
    return start


def last_session(server, count=1):
    return fields(server.session_lines(count=count)[-1])


# -- who the client is

@pytest.mark.parametrize("header,address,port", [
    (v1(), b"192.0.2.7", b"40007"),
    (v2(), b"192.0.2.7", b"40007"),
    (v1(("2001:db8::abcd", 65535)), b"2001:db8::abcd", b"65535"),
    (v2(("2001:db8::abcd", 1)), b"2001:db8::abcd", b"1"),
    (v2(tlvs=proxy.ssl_tlv() + proxy.tlv(proxy.TLV_NOOP, b"x" * 500)),
     b"192.0.2.7", b"40007"),
    (b"PROXY UNKNOWN\r\n", LISTED.encode(), None),
    (v2(None), LISTED.encode(), None),
], ids=["v1", "v2", "v1-six", "v2-six", "v2-long", "v1-unknown", "v2-local"])
def test_the_log_names_the_client(proxied, header, address, port):
    s = proxied()
    with begin(s, header) as pop:
        pop.login(b"alice", s.alice.password)
        assert pop.stat() == (1, 21)
        here = pop.sock.getsockname()[1]
        pop.quit()
    line = last_session(s)
    assert line["address"] == address
    assert line["port"] == (port or b"%d" % here)
    assert line["user"] == b"alice"


def test_a_failed_log_in_is_the_clients(proxied):
    s = proxied()
    with begin(s, v1()) as pop:
        pop.ok(b"USER alice")
        pop.err(b"PASS wrong")
    assert last_session(s)["address"] == b"192.0.2.7"
    named = [line for line in s.log.lines() if b"127.0.0.2" in line]
    assert not [line for line in named if b"config" not in line
                and b"listening" not in line], named


def test_a_network_of_proxies(proxied):
    s = proxied()
    with begin(s, v1(), source="127.0.1.200") as pop:
        pop.quit()
    assert last_session(s)["address"] == b"192.0.2.7"


# -- in pieces

@pytest.mark.parametrize("header", [
    v1(), v2(), b"PROXY UNKNOWN with any words\r\n", v2(None),
    v2(tlvs=proxy.ssl_tlv())], ids=["v1", "v2", "unknown", "local", "tls"])
def test_octet_by_octet(proxied, header):
    s = proxied()
    with Pop3(s.address, greet=False, source=LISTED) as pop:
        for octet in header[:-1]:
            pop.send(bytes([octet]))
            time.sleep(0.002)
        assert pop.is_silent(0.3)
        pop.send(header[-1:])
        assert pop.line().startswith(b"+OK")
        pop.login(b"alice", s.alice.password)
        pop.quit()


@pytest.mark.parametrize("header", [v1(), v2()], ids=["v1", "v2"])
def test_what_follows_the_header_is_the_clients(proxied, header):
    """All in one segment, or cut anywhere near the header's end."""
    s = proxied()
    commands = b"USER alice\r\nPASS " + s.alice.password + b"\r\nSTAT\r\nQUIT\r\n"
    for cut in [None, *range(len(header) - 3, len(header) + 4)]:
        with Pop3(s.address, greet=False, source=LISTED) as pop:
            octets = header + commands
            if cut is None:
                pop.send(octets)
            else:
                pop.send(octets[:cut])
                time.sleep(0.01)
                pop.send(octets[cut:])
            replies = [pop.line() for _ in range(5)]
            assert all(r.startswith(b"+OK") for r in replies), replies
            assert replies[3].startswith(b"+OK 1 21")
            assert is_dropped(pop)


def test_a_second_header_is_no_command(proxied):
    s = proxied()
    with begin(s, v1()) as pop:
        pop.err(v1(("203.0.113.5", 1))[:-2])
        pop.quit()
    assert last_session(s)["address"] == b"192.0.2.7"


# -- who may not say it, and what nobody may say

def test_nobody_else_may_name_himself(proxied):
    s = proxied()
    with Pop3(s.address, source=OTHER) as pop:
        pop.err(v1()[:-2])
        pop.login(b"alice", s.alice.password)
        pop.quit()
    assert last_session(s)["address"] == OTHER.encode()
    with Pop3(s.address, greet=False, source=OTHER) as pop:
        pop.send(v2())
        assert pop.line().startswith(b"+OK")
        assert pop.line().startswith(b"-ERR")
    assert last_session(s, count=2)["address"] == OTHER.encode()


def test_without_proxies_the_protocol_is_off(proxied):
    s = proxied(proxy_from=None)
    with Pop3(s.address, source=LISTED) as pop:
        pop.err(v1()[:-2])


BAD = {
    "capa": b"CAPA\r\n",
    "user": b"USER alice\r\n",
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "http": b"GET / HTTP/1.0\r\n\r\n",
    "empty-line": b"\r\nCAPA\r\n",
    "small": b"proxy TCP4 192.0.2.7 198.51.100.1 1 2\r\n",
    "lone-lf": b"PROXY TCP4 192.0.2.7 198.51.100.1 1 2\n",
    "two-spaces": b"PROXY TCP4  192.0.2.7 198.51.100.1 1 2\r\n",
    "mixed": b"PROXY TCP4 2001:db8::1 198.51.100.1 1 2\r\n",
    "port": b"PROXY TCP4 192.0.2.7 198.51.100.1 65536 2\r\n",
    "zero": b"PROXY TCP4 192.0.2.07 198.51.100.1 1 2\r\n",
    "long": b"PROXY UNKNOWN " + b"x" * 93,
    "v2-version": v2(command=0x31),
    "v2-command": v2(command=0x22),
    "v2-length": proxy.SIGNATURE + b"\x21\x11\xff\xff",
    "v2-short": proxy.SIGNATURE + b"\x21\x11\x00\x0b" + bytes(11),
    "v2-family": proxy.SIGNATURE + b"\x21\x41\x00\x00",
    "v2-vector": v2(tlvs=b"\x04\x00\x05abcd"),
    "v2-nested": v2(tlvs=proxy.tlv(proxy.TLV_SSL, b"\1\0\0\0\0\x21\0\7TLS")),
    "v2-sum": v2(tlvs=proxy.tlv(proxy.TLV_CRC32C, b"\1\2\3\4")),
}


@pytest.mark.parametrize("octets", BAD.values(), ids=BAD)
def test_a_proxy_that_does_not_say_it_right(proxied, octets):
    s = proxied()
    assert is_dropped(begin(s, octets, greet=False))
    line = last_session(s)
    assert line["address"] == LISTED.encode()
    assert line["why"] == b"no PROXY header from a proxy"
    with begin(s, v1()) as pop:
        pop.quit()


def test_a_proxy_that_says_nothing(proxied):
    s = proxied(login_time="2s")
    with Pop3(s.address, greet=False, source=LISTED) as silent:
        with Pop3(s.address, greet=False, source=LISTED) as slow:
            slow.send(v1()[:20])
            began = time.monotonic()
            assert silent.is_silent(1.0)
            assert is_dropped(silent) and is_dropped(slow)
            assert 1.5 < time.monotonic() - began < 6
    lines = [fields(line) for line in s.session_lines(count=2)]
    assert {line["why"] for line in lines} == {b"no log-in in time"}


def test_the_log_in_time_runs_from_the_connections_begin(proxied):
    s = proxied(login_time="2s")
    with Pop3(s.address, greet=False, source=LISTED) as pop:
        time.sleep(1.2)
        pop.send(v1())
        assert pop.line().startswith(b"+OK")
        began = time.monotonic()
        assert is_dropped(pop)
        assert time.monotonic() - began < 1.8
