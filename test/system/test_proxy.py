# SPDX-License-Identifier: ISC
"""Proxies in front of the server: the PROXY protocol, who may speak it, and
that the client whom it names is the one who is limited, logged and refused."""
import socket
import time

import pytest

from support import proc, proxy
from support.log import fields
from support.pop3 import Closed, Pop3
from support.proxy import CLIENT, v1, v2

PROXY = "127.0.0.2"  # listed
OTHER = "127.0.0.9"  # not


@pytest.fixture
def proxied(make_server):
    def start(**settings):
        s = make_server({"proxy_from": [PROXY, "127.0.1.0/24"],
                         "plaintext": "always", **settings})
        s.alice = s.site.add_user(b"alice")
        s.alice.maildir.deliver(b"Subject: one\r\n\r\none\r\n")
        return s.start()
    return start


def begin(server, header, source=PROXY, greet=True, **kw):
    """A connection that begins with header."""
    pop = Pop3(server.address, greet=False, source=source, **kw)
    pop.send(header)
    if greet:
        pop.greeting = pop.line()
        assert pop.greeting.startswith(b"+OK"), pop.greeting
    return pop


def is_silent(pop, seconds=0.3):
    """Whether the connection stays, and says nothing."""
    pop.sock.settimeout(seconds)
    try:
        return pop.sock.recv(1) is None
    except TimeoutError:
        return True


def is_dropped(pop):
    """Whether it is closed without a word."""
    try:
        pop.line()
    except Closed as e:
        return e.args[0] == b""
    finally:
        pop.close()
    return False


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
    (b"PROXY UNKNOWN\r\n", PROXY.encode(), None),
    (v2(None), PROXY.encode(), None),
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
    with Pop3(s.address, greet=False, source=PROXY) as pop:
        for octet in header[:-1]:
            pop.send(bytes([octet]))
            time.sleep(0.002)
        assert is_silent(pop)
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
        with Pop3(s.address, greet=False, source=PROXY) as pop:
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
    with Pop3(s.address, source=PROXY) as pop:
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
    assert line["address"] == PROXY.encode()
    assert line["why"] == b"no PROXY header from a proxy"
    with begin(s, v1()) as pop:
        pop.quit()


def test_a_proxy_that_says_nothing(proxied):
    s = proxied(login_time="2s")
    with Pop3(s.address, greet=False, source=PROXY) as silent:
        with Pop3(s.address, greet=False, source=PROXY) as slow:
            slow.send(v1()[:20])
            began = time.monotonic()
            assert is_silent(silent, 1.0)
            assert is_dropped(silent) and is_dropped(slow)
            assert 1.5 < time.monotonic() - began < 6
    lines = [fields(line) for line in s.session_lines(count=2)]
    assert {line["why"] for line in lines} == {b"no log-in in time"}


def test_the_log_in_time_runs_from_the_connections_begin(proxied):
    s = proxied(login_time="2s")
    with Pop3(s.address, greet=False, source=PROXY) as pop:
        time.sleep(1.2)
        pop.send(v1())
        assert pop.line().startswith(b"+OK")
        began = time.monotonic()
        assert is_dropped(pop)
        assert time.monotonic() - began < 1.8


# -- limits

def test_the_client_is_limited_not_the_proxy(proxied):
    s = proxied(connections_per_address=2)
    waiting = [Pop3(s.address, greet=False, source=PROXY) for _ in range(6)]
    first = [begin(s, v1(CLIENT)) for _ in range(2)]
    second = [begin(s, v2(("192.0.2.8", n))) for n in range(2)]
    with begin(s, v1(CLIENT), greet=False) as pop:
        assert pop.line().startswith(b"-ERR [SYS/TEMP] Too many")
        with pytest.raises(Closed):
            pop.line()
    assert last_session(s)["why"] == b"too many connections from this address"
    assert last_session(s)["address"] == b"192.0.2.7"
    first.pop().quit()
    proc.wait_until(lambda: can_begin(s, v1(CLIENT)))
    for pop in waiting:
        assert is_silent(pop, 0.01)
        pop.send(v1(("192.0.2.9", 1)))
    said = [pop.line().startswith(b"+OK") for pop in waiting]
    assert said.count(True) == 2
    for pop in waiting + first + second:
        pop.close()


def can_begin(server, header, source=PROXY):
    pop = begin(server, header, source=source, greet=False)
    try:
        return pop.line().startswith(b"+OK")
    except Closed:
        return False
    finally:
        pop.close()


def test_health_checks_are_not_limited(proxied):
    s = proxied(connections_per_address=2)
    checks = [begin(s, header) for header in [v2(None), b"PROXY UNKNOWN\r\n"] * 3]
    with begin(s, v1((PROXY, 7))):
        for pop in checks:
            pop.quit()


def test_who_waits_for_a_header_counts_as_one_of_all(proxied):
    s = proxied(connections_max=5, connections_per_address=5)
    waiting = [Pop3(s.address, greet=False, source=PROXY) for _ in range(5)]
    proc.wait_until(lambda: not can_begin(s, b"", source=OTHER))
    with Pop3(s.address, greet=False, source=PROXY) as pop:
        assert pop.line().startswith(b"-ERR [SYS/TEMP]")
    # the last of those who are in does not keep itself out
    for i, pop in enumerate(waiting):
        pop.send(v1((f"192.0.2.{i + 1}", 1)))
        assert pop.line().startswith(b"+OK")
    for pop in waiting:
        pop.close()


def test_the_count_is_right_after_all_kinds_of_ends(proxied):
    s = proxied(connections_max=4, connections_per_address=2)
    kinds = [b"", v1()[:9], v1(), v2(), v2(None), b"CAPA\r\n", v2()[:14],
             b"PROXY UNKNOWN\r\n"]
    for i in range(96):
        pop = Pop3(s.address, greet=False, source=PROXY)
        pop.send(kinds[i % len(kinds)])
        pop.reset() if i % 3 else pop.close()

    def all_four():
        pops = []
        try:
            for n in range(4):
                pops.append(begin(s, v1((f"192.0.2.{7 + n // 2}", n)),
                                  greet=False))
                if not pops[-1].line().startswith(b"+OK"):
                    return False
            return True
        except Closed:
            return False
        finally:
            for pop in pops:
                pop.close()
    proc.wait_until(all_four)


# -- what is allowed in clear text

@pytest.mark.parametrize("header,is_allowed", [
    (v1(), False),
    (v2(), False),
    (v1(("127.0.0.1", 5)), True),
    (v1(("::1", 5)), True),
    (v1(("::ffff:127.0.0.1", 5)), True),
    (v2(("::ffff:192.0.2.7", 5)), False),
    (v2(tlvs=proxy.ssl_tlv()), True),
    (v2(tlvs=proxy.ssl_tlv(client=0)), False),
    (v2(tlvs=proxy.ssl_tlv(client=6)), False),
    (v2(None), True),
], ids=["v1", "v2", "loopback", "loopback-six", "loopback-mapped", "mapped",
        "by-tls", "not-by-tls", "certificate-only", "local"])
def test_a_secret_in_clear_text(proxied, header, is_allowed):
    """It is the client who is on loopback, or not; a proxy on loopback that
    has taken TLS off says so."""
    s = proxied(plaintext="loopback")
    with begin(s, header) as pop:
        assert (b"USER" in pop.multi(b"CAPA").split()) == is_allowed
        reply = pop.cmd(b"USER alice")
        if not is_allowed:
            assert reply.startswith(b"-ERR"), reply
            return
        pop.ok(b"PASS " + s.alice.password)
        pop.quit()


def test_networks_of_a_user_are_the_clients(proxied):
    """allow_nets in the users file; nobody gets around it by naming himself."""
    s = proxied()
    users = s.site.dir / "users"
    text = users.read_bytes().replace(b"::\n", b"::allow_nets=192.0.2.0/28\n")
    assert b"allow_nets" in text
    new = s.site.dir / "users.new"
    new.write_bytes(text)
    s.site.give_users(new)
    new.rename(users)

    def can_log_in(header, source):
        with Pop3(s.address, greet=False, source=source) as pop:
            pop.send(header)
            replies = [pop.line()]
            if source != PROXY:
                replies.append(pop.line())  # to the header
            pop.ok(b"USER alice")
            return pop.cmd(b"PASS " + s.alice.password).startswith(b"+OK")
    assert can_log_in(v1(("192.0.2.7", 1)), PROXY)
    assert not can_log_in(v1(("192.0.2.77", 1)), PROXY)
    assert not can_log_in(v1(("192.0.2.7", 1)), OTHER)
    assert not can_log_in(b"PROXY UNKNOWN\r\n", PROXY)


# -- reload and stop

def test_proxies_change_on_reload(proxied):
    s = proxied()
    with begin(s, v1()) as old:
        s.configure(proxy_from=[OTHER])
        s.reload()
        with Pop3(s.address, source=PROXY) as pop:
            pop.err(v1()[:-2])
        with begin(s, v2(), source=OTHER) as pop:
            pop.quit()
        old.login(b"alice", s.alice.password)
        old.quit()


def test_a_stop_waits_for_no_header(proxied):
    s = proxied(stop_time="20s")
    with Pop3(s.address, greet=False, source=PROXY) as silent:
        with Pop3(s.address, greet=False, source=PROXY) as slow:
            slow.send(v2()[:20])
            time.sleep(0.2)
            began = time.monotonic()
            s.stop()
            assert time.monotonic() - began < 10
            assert is_dropped(silent) and is_dropped(slow)


# -- a real one

need_haproxy = pytest.mark.skipif(proxy.HAPROXY is None, reason="no haproxy")


@need_haproxy
@pytest.mark.parametrize("options", ["send-proxy", "send-proxy-v2",
                                     "send-proxy-v2 proxy-v2-options crc32c"])
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


@need_haproxy
@pytest.mark.parametrize("options", [
    "send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c"])
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
