# SPDX-License-Identifier: ISC
"""The known faults of STARTTLS (Poddebniak, Ising, Böck, Schinzel: "Why TLS is
better without STARTTLS", 2021), looked for one by one: nothing that was sent
before TLS counts after it, in neither direction, and nothing crosses."""
import ssl
import time

import pytest

from support import sasl
from support.certificates import authority
from support.paths import need_build
from support.pop3 import Closed
from support.server import Server

PASSWORD = b"secret-of-alice"


@pytest.fixture(scope="module")
def server():
    need_build()
    s = Server({"connections_per_address": 1000, "login_tries_max": 10},
               tls=True)
    s.site.add_user(b"alice").maildir.deliver(b"Subject: x\n\ntext\n")
    s.site.add_user(b"mallory", b"her-own")
    try:
        s.start()
        yield s
    except BaseException:
        s.stop(judge=False)
        raise
    s.stop()


def capa(pop):
    return set(pop.multi(b"CAPA").split(b"\r\n"))


def context():
    return authority().context()


# -- what the client sends: command injection

INJECTED = {
    "quit": b"QUIT\r\n",
    "log-in": b"USER mallory\r\nPASS her-own\r\n",
    "auth": b"AUTH PLAIN " + sasl.b64(b"\0mallory\0her-own") + b"\r\n",
    "half": b"USER mall",
    "empty": b"\r\n",
    "octet": b"\0",
    "stls": b"STLS\r\n",
    "much": b"NOOP\r\n" * 5000,
}


@pytest.mark.parametrize("injected", INJECTED)
def test_commands_behind_stls(server, injected):
    """In the same segment: the connection ends, before TLS, with one reply;
    nothing of what was injected is done, neither at once nor under TLS."""
    pop = server.connect()
    pop.send(b"STLS\r\n" + INJECTED[injected])
    said = pop.rest(timeout=10)
    assert said.count(b"\r\n") <= 1 and said.startswith(b"-ERR"), said
    pop.close()


@pytest.mark.parametrize("injected", INJECTED)
def test_commands_before_stls_in_the_same_segment(server, injected):
    """What is answered in clear text is the one who sent it in clear text's."""
    pop = server.connect()
    pop.send(b"NOOP\r\nCAPA\r\nSTLS\r\n" + INJECTED[injected])
    said = pop.rest(timeout=10)
    assert b"mallory" not in said and b"logged" not in said
    assert not said.rstrip(b"\r\n").split(b"\r\n")[-1].startswith(b"+OK"), said
    pop.close()


def test_commands_in_the_next_segment(server):
    """Sent after "+OK", as clear text where TLS has to begin: no POP3 is
    spoken any more."""
    for words in (b"QUIT\r\n", b"USER alice\r\n", b"GET / HTTP/1.0\r\n\r\n"):
        pop = server.connect()
        pop.ok(b"STLS")
        pop.send(words)
        said = pop.rest(timeout=10)
        assert b"+OK" not in said, said
        pop.close()


def test_commands_that_arrive_with_the_hello(server):
    """The attacker prefixes the client's first flight."""
    pop = server.connect()
    pop.ok(b"STLS")
    pop.send(b"USER mallory\r\nPASS her-own\r\n")
    with pytest.raises((ssl.SSLError, ConnectionError, Closed)):
        pop.start_tls(context())
        pop.login(b"alice", PASSWORD)


def test_pipelined_stls_is_not_answered_under_tls(server):
    """As far as the client can tell, no reply of clear text's comes after the
    handshake: the first thing under TLS is the answer to its own command."""
    for _ in range(20):
        pop = server.connect()
        pop.stls(context())
        assert pop.is_silent(0.02)
        pop.ok(b"CAPA")
        pop.body()
        pop.quit()


def test_nothing_is_said_under_tls_without_being_asked(server):
    """No second greeting: RFC 2595, section 4."""
    pop = server.connect()
    pop.stls(context())
    assert pop.is_silent(0.3)
    pop.quit()


# -- state that must not be carried over

def test_user_before_pass_after(server):
    pop = server.connect()
    pop.ok(b"USER alice")
    pop.stls(context())
    pop.err(b"PASS " + PASSWORD)
    pop.login(b"alice", PASSWORD)
    pop.quit()


def test_pass_needs_user_again_though_mallory_said_it(server):
    pop = server.connect()
    pop.ok(b"USER mallory")
    pop.stls(context())
    pop.err(b"PASS her-own")
    pop.ok(b"USER alice")
    pop.ok(b"PASS " + PASSWORD)
    assert pop.stat()[0] == 1
    pop.quit()


def test_utf8_before(server):
    """UTF8 and LANG are asked for anew."""
    pop = server.connect()
    if b"UTF8" not in b" ".join(capa(pop)):
        pytest.skip("no UTF8")
    pop.ok(b"UTF8")
    pop.stls(context())
    pop.ok(b"UTF8")  # had it been kept it would be said twice
    pop.login(b"alice", PASSWORD)
    pop.quit()


def test_an_exchange_before(server):
    """SASL that was begun is an attempt to log in: no STLS after it, and none
    within it."""
    pop = server.connect()
    assert pop.cmd(b"AUTH PLAIN").startswith(b"+ ")
    pop.err(b"STLS")
    pop.err(b"STLS")
    pop.login(b"alice", PASSWORD)
    pop.quit()


def test_capabilities_are_new(server):
    pop = server.connect()
    before = capa(pop)
    assert b"STLS" in before
    pop.stls(context())
    after = capa(pop)
    assert b"STLS" not in after and b"USER" in after
    pop.quit()


def test_errors_before_do_not_count_for_more(server):
    """Tries before TLS and after it are of one connection: no way to get more
    of them."""
    s_max = server.settings["login_tries_max"]
    pop = server.connect()
    pop.stls(context())
    for i in range(s_max):
        pop.ok(b"USER alice")
        assert pop.cmd(b"PASS wrong").startswith(b"-ERR"), i
    pop.eof()


# -- STLS where it does not belong

def test_twice(server):
    with server.connect("stls") as pop:
        pop.err(b"STLS")
        pop.login(b"alice", PASSWORD)
        pop.err(b"STLS")
        pop.quit()


def test_on_the_tls_port(server):
    with server.connect("tls") as pop:
        assert b"STLS" not in capa(pop)
        pop.err(b"STLS")
        pop.quit()


def test_after_a_failed_log_in(server):
    """What failed may have been heard by others: no way back to trust."""
    pop = server.connect()
    pop.ok(b"USER alice")
    pop.err(b"PASS wrong", b"AUTH")
    pop.err(b"STLS")
    pop.quit()


def test_after_a_failed_exchange(server):
    pop = server.connect()
    pop.err(b"AUTH PLAIN " + sasl.b64(b"\0alice\0wrong"), b"AUTH")
    pop.err(b"STLS")
    pop.quit()


@pytest.mark.parametrize("how", ["clear", "stls", "tls"])
def test_in_transaction(server, how):
    with server.login(b"alice", how=how) as pop:
        pop.err(b"STLS")
        assert pop.stat()[0] == 1
        pop.quit()


def test_with_an_argument(server):
    with server.connect() as pop:
        pop.err(b"STLS now")
        pop.stls(context())
        pop.quit()


def test_where_there_is_no_tls(make_server):
    s = make_server()
    s.site.add_user(b"alice")
    s.start()
    with s.connect() as pop:
        assert b"STLS" not in capa(pop)
        pop.err(b"STLS")
        pop.login(b"alice", PASSWORD)
        pop.quit()


# -- session fixation and the like

def test_a_log_in_of_the_attackers_is_not_the_victims(server):
    """An attacker who logs in first, and hands the connection to the victim:
    STLS is refused, so the victim cannot be led into the attacker's mail."""
    pop = server.connect()
    pop.login(b"mallory", b"her-own")
    pop.err(b"STLS")
    pop.close()


def test_a_handshake_that_fails_ends_the_connection(server):
    """No going back to clear text (downgrade)."""
    pop = server.connect()
    pop.ok(b"STLS")
    pop.send(b"\x16\3\1\0\2\1\0")
    pop.send(b"\x15\3\1\0\2\2\x28")  # the client's own fatal alert
    said = pop.rest(timeout=10)
    assert b"+OK" not in said and b"-ERR" not in said, said
    pop.close()


def test_tls_that_ends_does_not_go_on_in_clear_text(server):
    pop = server.connect()
    pop.stls(context())
    plain = pop.sock.unwrap()
    try:
        plain.sendall(b"CAPA\r\n")
        plain.settimeout(10)
        said = plain.recv(100)
    except ConnectionError:
        said = b""
    assert b"+OK" not in said, said
    plain.close()


# -- secrets in clear text

def test_policy(make_server):
    """A server that is not on loopback takes no secret before STLS, and CAPA
    offers none; after STLS, and on the TLS port, it does."""
    from test_limits import own_address
    address = own_address()
    if address is None:
        pytest.skip("this machine has no address but loopback")
    s = make_server({"listen": [f"{address}:0"], "listen_tls": [f"{address}:0"]},
                    tls=True)
    s.site.add_user(b"alice")
    s.start()
    with s.connect() as pop:
        offered = capa(pop)
        assert b"STLS" in offered and b"USER" not in offered
        assert not {b"PLAIN", b"LOGIN"} & set(sasl.mechanisms(pop))
        pop.err(b"USER alice")
        pop.err(b"PASS " + PASSWORD)
        pop.err(b"AUTH PLAIN " + sasl.b64(b"\0alice\0" + PASSWORD))
        assert pop.cmd(b"AUTH LOGIN").startswith(b"-ERR")
    for how in ("stls", "tls"):
        with s.connect(how) as pop:
            assert b"USER" in capa(pop)
            pop.login(b"alice", PASSWORD)
            pop.quit()


def test_a_client_that_says_nothing_after_stls(make_server):
    s = make_server({"login_time": "1s"}, tls=True)
    s.start()
    pop = s.connect()
    pop.ok(b"STLS")
    began = time.monotonic()
    pop.rest(timeout=20)
    assert time.monotonic() - began < 10
    pop.close()
