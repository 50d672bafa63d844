# SPDX-License-Identifier: ISC
"""What is allowed to the client whom a proxy names, and to the proxy: how many
connections, secrets in clear text, TLS; and proxies that come and go."""
import ssl
import time

import pytest

from support import proc, proxy
from support.certificates import authority
from support.log import fields
from support.pop3 import Closed, Pop3
from support.proxy import (CLIENT, LISTED, PROXIES, begin, can_begin,
                           is_dropped, v1, v2)

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


# -- limits

def test_the_client_is_limited_not_the_proxy(proxied):
    s = proxied(connections_per_address=2)
    waiting = [Pop3(s.address, greet=False, source=LISTED) for _ in range(6)]
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
        assert pop.is_silent(0.01)
        pop.send(v1(("192.0.2.9", 1)))
    said = [pop.line().startswith(b"+OK") for pop in waiting]
    assert said.count(True) == 2
    for pop in waiting + first + second:
        pop.close()


def test_health_checks_are_not_limited(proxied):
    s = proxied(connections_per_address=2)
    checks = [begin(s, header) for header in [v2(None), b"PROXY UNKNOWN\r\n"] * 3]
    with begin(s, v1((LISTED, 7))):
        for pop in checks:
            pop.quit()


# `::` is the address in whose place nobody's connections were counted once.
def test_nobodys_connections_are_no_address(proxied):
    s = proxied(connections_per_address=2)
    checks = [begin(s, v2(None)) for _ in range(2)]
    waiting = [Pop3(s.address, greet=False, source=LISTED) for _ in range(2)]
    clients = [begin(s, v1(("::", n))) for n in range(2)]
    for pop in checks + waiting + clients:
        pop.close()


def test_who_waits_for_a_header_counts_as_one_of_all(proxied):
    s = proxied(connections_max=5, connections_per_address=5)
    waiting = [Pop3(s.address, greet=False, source=LISTED) for _ in range(5)]
    time.sleep(0.5)  # nothing says that they are in

    def is_refused(source):
        with Pop3(s.address, greet=False, source=source) as pop:
            return not pop.is_silent(0.3) and pop.line().startswith(
                b"-ERR [SYS/TEMP]")
    assert is_refused(LISTED) and is_refused(OTHER)
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
        pop = Pop3(s.address, greet=False, source=LISTED)
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
        capa = pop.multi(b"CAPA").splitlines()
        sasl = [line for line in capa if line.startswith(b"SASL ")][0]
        assert (b"USER" in capa) == is_allowed
        assert (b"PLAIN" in sasl.split()) == is_allowed
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
            if source != LISTED:
                replies.append(pop.line())  # to the header
            pop.ok(b"USER alice")
            return pop.cmd(b"PASS " + s.alice.password).startswith(b"+OK")
    assert can_log_in(v1(("192.0.2.7", 1)), LISTED)
    assert not can_log_in(v1(("192.0.2.77", 1)), LISTED)
    assert not can_log_in(v1(("192.0.2.7", 1)), OTHER)
    assert not can_log_in(b"PROXY UNKNOWN\r\n", LISTED)


# -- TLS

def begin_tls(server, header, source=LISTED, **kw):
    """A header, then TLS."""
    pop = Pop3(server.tls_address, greet=False, source=source)
    pop.send(header)
    pop.start_tls(authority().context(), **kw)
    pop.greeting = pop.line()
    assert pop.greeting.startswith(b"+OK")
    return pop


@pytest.mark.parametrize("header", [v1(), v2(), v2(tlvs=proxy.ssl_tlv())],
                         ids=["v1", "v2", "v2-ssl"])
def test_tls_begins_behind_the_header(proxied, header):
    s = proxied(tls=True, plaintext="loopback")
    with begin_tls(s, header) as pop:
        assert b"STLS" not in pop.multi(b"CAPA").split()
        pop.login(b"alice", s.alice.password)
        assert pop.stat() == (1, 21)
        pop.quit()
    line = last_session(s)
    assert line["address"] == b"192.0.2.7"
    assert line["tls"].startswith(b"TLSv1.")


def test_header_and_hello_in_one_segment(proxied):
    """Of the socket's octets those behind the header are TLS's."""
    s = proxied(tls=True)
    for header in (v1(), v2()):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = authority().context().wrap_bio(incoming, outgoing,
                                             server_hostname="pop.test")
        with pytest.raises(ssl.SSLWantReadError):
            tls.do_handshake()
        with Pop3(s.tls_address, greet=False, source=LISTED) as pop:
            pop.send(header + outgoing.read())
            while True:
                incoming.write(pop.sock.recv(65536))
                try:
                    tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    pop.send(outgoing.read())
            pop.send(outgoing.read())
            assert tls.version().startswith("TLSv1.")


def test_tls_without_a_header_is_dropped(proxied):
    s = proxied(tls=True)
    with pytest.raises((ssl.SSLError, OSError)):
        Pop3(s.tls_address, source=LISTED, tls=authority().context())
    assert last_session(s)["why"] == b"no PROXY header from a proxy"
    with Pop3(s.tls_address, source=OTHER, tls=authority().context()) as pop:
        pop.quit()


def test_a_header_inside_of_tls_is_no_command(proxied):
    s = proxied(tls=True)
    with begin_tls(s, v1()) as pop:
        pop.err(v1(("203.0.113.5", 1))[:-2])
    assert last_session(s)["address"] == b"192.0.2.7"


def test_nobody_else_may_say_it_before_tls(proxied):
    """What an unlisted peer says before TLS is no TLS."""
    s = proxied(tls=True)
    with Pop3(s.tls_address, greet=False, source=OTHER) as pop:
        pop.send(v1())
        assert pop.line().startswith(b"-ERR")
        pop.rest()
    assert last_session(s)["address"] == OTHER.encode()


def test_too_many_from_one_client_behind_tls(proxied):
    """It is told nothing: it would take it for a broken record."""
    s = proxied(tls=True, connections_per_address=1)
    with begin_tls(s, v1()) as pop:
        with Pop3(s.tls_address, greet=False, source=LISTED) as second:
            second.send(v1())
            assert second.rest() == b""
        pop.quit()
    proc.wait_until(lambda: len(s.session_lines()) == 2)
    whys = {fields(line)["why"] for line in s.session_lines()}
    assert b"too many connections from this address" in whys


def test_stls_behind_a_header(proxied):
    s = proxied(tls=True, plaintext="loopback")
    with begin(s, v1()) as pop:
        assert b"STLS" in pop.multi(b"CAPA").split()
        pop.err(b"USER alice")
    with begin(s, v1()) as pop:
        pop.stls(authority().context())
        pop.login(b"alice", s.alice.password)
        pop.quit()


def test_no_stls_where_the_proxy_has_taken_tls_off(proxied):
    s = proxied(tls=True, plaintext="loopback")
    with begin(s, v2(tlvs=proxy.ssl_tlv())) as pop:
        assert b"STLS" not in pop.multi(b"CAPA").split()
        pop.err(b"STLS")
        pop.login(b"alice", s.alice.password)
        pop.quit()
    assert last_session(s)["tls"] == b"proxy"


# -- reload and stop

def test_proxies_change_on_reload(proxied):
    s = proxied()
    with begin(s, v1()) as old:
        s.configure(proxy_from=[OTHER])
        s.reload()
        with Pop3(s.address, source=LISTED) as pop:
            pop.err(v1()[:-2])
        with begin(s, v2(), source=OTHER) as pop:
            pop.quit()
        old.login(b"alice", s.alice.password)
        old.quit()


def test_a_stop_waits_for_no_header(proxied):
    s = proxied(stop_time="20s")
    with Pop3(s.address, greet=False, source=LISTED) as silent:
        with Pop3(s.address, greet=False, source=LISTED) as slow:
            slow.send(v2()[:20])
            time.sleep(0.2)
            began = time.monotonic()
            s.stop()
            assert time.monotonic() - began < 10
            assert is_dropped(silent) and is_dropped(slow)
