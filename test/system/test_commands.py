# SPDX-License-Identifier: ISC
"""Every command in every state (RFC 1939), as a table; then what each does."""
import pytest

ALICE = b"USER alice\r\nPASS secret-of-alice\r\n"
TWO = [b"Subject: one\n\n.first\nlast\n", b"Subject: two\n\nbody\n"]

# verb: (answer in AUTHORIZATION, after USER, in TRANSACTION)
STATES = {
    b"USER alice": ("+", "+", "-"),
    b"STAT": ("-", "-", "+"),
    b"LIST": ("-", "-", "+."),
    b"LIST 1": ("-", "-", "+"),
    b"RETR 1": ("-", "-", "+."),
    b"DELE 1": ("-", "-", "+"),
    b"NOOP": ("-", "-", "+"),
    b"RSET": ("-", "-", "+"),
    b"TOP 1 0": ("-", "-", "+."),
    b"UIDL": ("-", "-", "+."),
    b"UIDL 1": ("-", "-", "+"),
    b"CAPA": ("+.", "+.", "+."),
    b"APOP alice 0123456789abcdef0123456789abcdef": ("-", "-", "-"),
    b"XYZZY": ("-", "-", "-"),
    b"": ("-", "-", "-"),
}


@pytest.fixture
def two(shared):
    for i, text in enumerate(TWO):
        shared.alice.maildir.deliver(text, b"17%d.M1P1.h" % (10**8 + i))
    return shared


def in_state(server, state):
    pop = server.connect()
    if state == 1:
        pop.ok(b"USER alice")
    elif state == 2:
        pop.login(b"alice", b"secret-of-alice")
    return pop


@pytest.mark.portable
@pytest.mark.parametrize("fold", [bytes.upper, bytes.lower, bytes.swapcase],
                         ids=["upper", "lower", "swapped"])
@pytest.mark.parametrize("state", [0, 1, 2])
@pytest.mark.parametrize("line", STATES, ids=repr)
def test_command_in_state(two, line, state, fold):
    want = STATES[line][state]
    verb, blank, rest = line.partition(b" ")
    with in_state(two, state) as pop:
        reply = pop.cmd(fold(verb) + blank + rest)
        assert reply.startswith(b"+OK" if want[0] == "+" else b"-ERR"), reply
        if want == "+.":
            pop.body()
        if state == 2:
            pop.ok(b"NOOP")
        else:
            assert pop.cmd(b"NOOP").startswith(b"-ERR")


@pytest.mark.portable
@pytest.mark.parametrize("verb", [b"LIST", b"RETR", b"DELE", b"UIDL"])
@pytest.mark.parametrize("argument", [
    b"0", b"3", b"-1", b"4294967297", b"18446744073709551617", b"99999999999",
    b"1x", b"x", b"1 1 1"])
def test_a_number_that_is_none_of_a_message(two, verb, argument):
    with two.login(b"alice") as pop:
        pop.err(verb + b" " + argument)
        assert pop.stat()[0] == 2


@pytest.mark.portable
@pytest.mark.parametrize("line", [b"RETR", b"DELE", b"TOP", b"TOP 1", b"TOP 1 x",
                                  b"TOP 1 -1", b"TOP 3 0", b"TOP 0 0"])
def test_arguments_that_are_missing_or_wrong(two, line):
    with two.login(b"alice") as pop:
        pop.err(line)
        pop.ok(b"NOOP")


def test_the_numbers_of_the_tutorial(two):
    """The session of shared/DESIGN.md, number for number."""
    sizes = [30, 22]
    with two.connect() as pop:
        pop.ok(b"USER alice")
        pop.ok(b"PASS secret-of-alice")
        assert pop.ok(b"STAT").split()[:3] == [b"+OK", b"2", b"52"]
        assert pop.ok(b"LIST").startswith(b"+OK 2 ")
        assert pop.body() == b"1 %d\r\n2 %d\r\n" % tuple(sizes)
        assert b" 30 " in pop.ok(b"RETR 1") + b" "
        assert pop.body() == b"Subject: one\r\n\r\n..first\r\nlast\r\n"
        assert b" 1 " in pop.ok(b"DELE 1") + b" "
        pop.ok(b"RSET")
        pop.quit()


@pytest.mark.portable
def test_a_deleted_message_is_out_of_everything(two):
    with two.login(b"alice") as pop:
        sizes = pop.list()
        pop.dele(1)
        assert pop.stat() == (1, sizes[2])
        assert pop.list() == {2: sizes[2]}
        assert list(pop.uidl()) == [2]
        for line in (b"DELE 1", b"RETR 1", b"TOP 1 0", b"LIST 1", b"UIDL 1"):
            pop.err(line)
        pop.ok(b"RSET")
        assert pop.list() == sizes
        assert pop.retr(1) == TWO[0].replace(b"\n", b"\r\n")


CAPAS = {b"TOP", b"UIDL", b"RESP-CODES", b"AUTH-RESP-CODE", b"PIPELINING"}


@pytest.mark.portable
@pytest.mark.parametrize("state", [0, 2])
def test_capa(two, state):
    with in_state(two, state) as pop:
        pop.ok(b"CAPA")
        lines = pop.body().split(b"\r\n")[:-1]
        assert CAPAS <= set(lines), lines
        if state == 0:
            assert b"USER" in lines
        if not two.is_dovecot:
            assert b"EXPIRE NEVER" in lines
            assert any(x.startswith(b"IMPLEMENTATION ") for x in lines)


@pytest.mark.portable
def test_quit_in_authorization(two):
    with two.connect() as pop:
        pop.quit()
    with two.connect() as pop:
        pop.ok(b"USER alice")
        pop.quit()
    assert len(two.alice.maildir.bases()) == 2


def test_the_greeting_promises_no_apop(two):
    """RFC 1939, section 7: a time stamp in angle brackets would; mpop and
    others then try it first."""
    with two.connect() as pop:
        assert b"<" not in pop.greeting


def test_a_password_may_hold_blanks_and_8_bit(make_server):
    s = make_server()
    for name, password in ((b"blank", b"a b  c "), (b"eight", b"\xfc\xe4 \xff"),
                           (b"lead", b" x")):
        s.site.add_user(name, password)
    s.start()
    for user in s.site.users.values():
        s.login(user).quit()
        with s.connect() as pop:
            pop.ok(b"USER " + user.name)
            pop.err(b"PASS " + user.password + b"x", b"AUTH")


def test_auth_with_a_trailing_blank_as_outlook_sends_it(two):
    with two.connect() as pop:
        pop.err(b"AUTH ")
        pop.err(b"AUTH")
        pop.login(b"alice", b"secret-of-alice").quit()


@pytest.mark.portable
def test_a_refused_login_says_the_same_for_both(two):
    with two.connect() as pop:
        pop.ok(b"USER nobody-here")
        unknown = pop.err(b"PASS x")
    with two.connect() as pop:
        pop.ok(b"USER alice")
        assert pop.err(b"PASS x") == unknown
    assert b"[AUTH]" in unknown


def test_reveal_users_is_the_tutorials_minus(make_server):
    s = make_server({"reveal_users": True})
    s.site.add_user(b"alice")
    s.start()
    with s.connect() as pop:
        pop.err(b"USER nobody-here")
        pop.login(b"alice", b"secret-of-alice").quit()
