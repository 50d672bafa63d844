# SPDX-License-Identifier: ISC
"""A mistake in the configuration: the server does not start, and says where
and what it may have meant."""
import socket

import pytest

from support.server import config_text


def refuse(server, lines):
    """Starts with these lines behind the sound ones: the number of the first
    of them, and what it says."""
    set_there = {line.split(" ")[0] for line in lines.splitlines()}
    sound = config_text({k: v for k, v in server.settings.items()
                         if k not in set_there})
    return sound.count("\n") + 1, server.refuses(sound + lines)


@pytest.mark.parametrize("line,words", [
    ("lisen = \"127.0.0.1:0\"", ["lisen", "listen"]),
    ("login_tires_max = 3", ["login_tires_max", "login_tries_max"]),
    ("idle_tme = 10m", ["idle_tme", "idle_time"]),
    ("login_tries_max = none", ["login_tries_max"]),
    ("login_tries_max = 0", ["login_tries_max"]),
    ("login_tries_max = 99999999999999999999", ["login_tries_max"]),
    ("idle_time = \"10 parsecs\"", ["idle_time"]),
    ("plaintext = \"sometimes\"", ["plaintext"]),
    ("log = \"carrier pigeon\"", ["log"]),
    ("maildrop = \"../%u\"", ["maildrop"]),
    ("users = \"/nowhere/users\"", ["/nowhere/users"]),
    ("mail_root = \"relative\"", ["mail_root"]),
    ("greeting = \"\xfc\"", ["greeting"]),
    ("listen_tls = \"127.0.0.1:0\"", ["listen_tls", "cert make"]),
    ("tls_certificate = \"/nowhere/x.pem\"", ["/nowhere/x.pem", "cert make"]),
    ("proxy_from = {\"10.0.0.0/8\", \"proxy.example\"}", ["proxy.example"]),
    ("login_delay = 2h", ["login_delay", "0s to 1h"]),
    ("tls_alpn = yes", ["tls_alpn", "required"]),
], ids=lambda v: v if isinstance(v, str) else "")
def test_a_mistake_is_told_with_its_line(make_server, line, words):
    s = make_server()
    s.site.add_user(b"alice")
    number, said = refuse(s, "# a comment\n" + line + "\n")
    assert f"{s.config}:{number + 1}: " in said, said
    for word in words:
        assert word in said, said


def test_all_mistakes_are_told_at_once(make_server):
    s = make_server()
    s.site.add_user(b"alice")
    number, said = refuse(s, "lisen = x\n\nidle_tme = 1s\nplaintext = maybe\n")
    for n in (number, number + 2, number + 3):
        assert f"{s.config}:{n}: " in said, said


def test_a_port_that_is_taken(make_server):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        s = make_server({"listen": ["127.0.0.1:%d" % taken.getsockname()[1]]})
        s.site.add_user(b"alice")
        assert "in use" in s.refuses(config_text(s.settings))


def test_no_configuration_at_all(make_server):
    s = make_server()
    assert str(s.config) in s.refuses()


@pytest.mark.parametrize("address", ["127.0.0.1:0", "[::1]:0", "127.0.0.1:0 [::1]:0"])
def test_addresses(make_server, address):
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("no IPv6 here")
    s = make_server({"listen": address.split()})
    alice = s.site.add_user(b"alice")
    s.start()
    assert len(s.addresses) == len(address.split())
    for s.addresses in [[a] for a in s.addresses]:
        s.login(alice).quit()


def test_only_addresses_with_tls(make_server):
    s = make_server({"listen": []}, tls=True)
    alice = s.site.add_user(b"alice")
    s.start()
    assert not s.addresses
    s.login(alice, how="tls").quit()


def test_nothing_to_listen_on(make_server):
    s = make_server({"listen": []})
    s.site.add_user(b"alice")
    assert "nothing would be served" in s.refuses(config_text(s.settings))


def test_a_state_directory_that_cannot_be_is_done_without(make_server):
    s = make_server({"state_dir": "/nowhere/state"})
    alice = s.site.add_user(b"alice")
    s.start()
    assert s.log.match(rb"warning: without a state_dir .*/nowhere/state")
    s.login(alice).quit()
    s.reload()
    s.login(alice).quit()


@pytest.mark.parametrize("name", ["state_dir", "run_dir"])
def test_what_only_a_restart_can_change(make_server, name):
    s = make_server()
    alice = s.site.add_user(b"alice")
    s.expect(rb"error: this setting cannot change while restanted runs")
    s.start()
    s.configure(**{name: s.site.make_dir("other")})
    s.reload(expect=rb"cannot change while restanted runs.*setting=%s"
             % name.encode())
    s.login(alice).quit()
