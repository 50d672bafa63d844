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
