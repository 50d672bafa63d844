# SPDX-License-Identifier: ISC
"""restante as a program: commands, URLs, exit codes, --json, Ctrl-C, several
accounts at once."""
import signal
import time

import pytest

from support import collector, proc
from support.collector import assert_exactly_once
from support.odd_server import OddServer, endless, letters

def of_type(run, kind):
    return [o for o in run.json() if o["type"] == kind]


def url(server):
    return f"pop3://alice@{server.at}"


# -- commands

def test_list(collect):
    with OddServer(letters(3)) as server:
        run = collect.account(server).run("--json", "list", "a")
        rows = [o["message"] for o in of_type(run, "list")]
        assert [r["number"] for r in rows] == [1, 2, 3]
        assert [r["octets"] for r in rows] == [len(m.text)
                                               for m in server.mail]
        assert [r["uid"] for r in rows] == [m.uid.decode()
                                            for m in server.mail]
        assert [r["subject"] for r in rows] == [f"letter {n}"
                                                for n in (1, 2, 3)]
        assert all(r["new"] for r in rows)
        assert "RETR" not in server.words()
        collect.fetch()
        run = collect.run("--json", "list", "a")
        assert not any(o["message"]["new"] for o in of_type(run, "list"))
        words = collect.run("list", "a")
        assert b"letter 2" in words.out and b"uid-000002" in words.out


def test_list_without_top_and_uidl(collect):
    with OddServer(letters(3), without=("CAPA", "TOP", "UIDL")) as server:
        run = collect.account(server).run("list", "a")
        assert run.out.count(b"\n") >= 3


def test_show(collect):
    with OddServer(letters(3)) as server:
        run = collect.account(server).run("show", "2", "a")
        assert run.out == server.mail[1].lf
        assert len(server.mail) == 3
        for number in ("0", "-1", "x", "4294967298"):
            run = collect.run("show", number, "a", status=collector.USAGE)
            assert not run.out and run.told
        run = collect.run("show", "4", "a", status=collector.CANTCREAT)
        assert not run.out and "there is no message 4" in run.told


def test_delete(collect):
    mail = letters(5)
    with OddServer(mail) as server:
        collect.account(server).run("delete", "2", "4", "a")
        assert server.gone == [mail[1], mail[3]]
        run = collect.run("delete", "9", "a", status=collector.CANTCREAT)
        assert "there is no message 9" in run.told and len(server.mail) == 3


def test_check(collect):
    with OddServer(letters(3)) as server:
        collect.account(server)
        found = of_type(collect.run("--json", "check"), "check")[0]
        assert (found["messages"], found["new"]) == (3, 3)
        collect.fetch()
        server.mail += letters(1, first=9)
        found = of_type(collect.run("--json", "check"), "check")[0]
        assert (found["messages"], found["new"]) == (4, 1)
        assert b"1" in collect.run("check", "a").out
        assert "RETR" not in server.words() and len(server.mail) == 4


def test_by_url(collect):
    with OddServer(letters(2)) as server:
        collect.run("fetch", url(server), "--password-file", collect.password,
                    "--to", f"maildir:{collect.home}/mail", "--delete")
        assert_exactly_once(collect.digests(), letters(2))
        assert not server.mail


def test_by_url_with_a_password_command(collect):
    with OddServer(letters(1)) as server:
        run = collect.run("show", "1", url(server), "--password-command",
                          f"cat {collect.password}")
        assert run.out == letters(1)[0].lf


def test_a_password_in_an_url_is_refused(collect):
    with OddServer(letters(1)) as server:
        run = collect.run("check", f"pop3://alice:secret-of-alice@{server.at}",
                          status=collector.USAGE)
        assert "secret-of-alice" not in run.told
        assert not server.heard


def test_a_password_file_that_others_can_read(collect):
    collect.password.chmod(0o644)
    with OddServer(letters(1)) as server:
        collect.account(server).fetch(
            status=(collector.CONFIG, collector.NOPERM))
        assert not any("PASS" in server.words(n)
                       for n in range(len(server.heard)))


@pytest.mark.parametrize("words", [
    (), ("nonsense",), ("fetch", "--nonsense"), ("show",), ("delete",),
    ("fetch", "nobody"), ("--json",), ("fetch", "imap://a@b/")])
def test_usage(collect, words):
    with OddServer() as server:
        run = collect.account(server).run(*words, status=None)
        assert run.status in (collector.USAGE, collector.CONFIG), run
        assert run.told
        assert not server.heard


def test_no_configuration(collect):
    run = collect.run("fetch", status=(collector.USAGE, collector.CONFIG))
    assert "restante.conf" in run.told


@pytest.mark.parametrize("text", [
    "nonsense", 'account "a" {', 'account "a" { server = 7 }',
    'account "a" { server = "x" user = "y" port = 99999 }',
    'account "a" { server = "x" user = "y" after = never }'])
def test_a_configuration_with_mistakes(collect, text):
    collect.write(text)
    run = collect.fetch(status=collector.CONFIG)
    assert "restante.conf" in run.told


# -- exit codes

REFUSALS = {
    b"-ERR [AUTH] wrong\r\n": 77, b"-ERR wrong password\r\n": 77,
    b"-ERR Authentication failed\r\n": 77,
    b"-ERR [IN-USE] another session\r\n": 75,
    b"-ERR [LOGIN-DELAY] too soon\r\n": 75,
    b"-ERR [SYS/TEMP] later\r\n": 75,
    b"-ERR [SYS/PERM] never\r\n": 77,
    b"-ERR maildrop already locked\r\n": 75,
    b"-ERR Mailbox is locked by another POP3 session\r\n": 75,
    b"-ERR Unable to lock maildrop: Mailbox is locked by POP server\r\n": 75,
    b"-ERR login allowed only every 15 minutes\r\n": 75,
    b"-ERR too many connections\r\n": 75,
    b"-ERR Service temporarily unavailable\r\n": 75,
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refused_log_in(collect, refusal):
    answers = {"LOGIN": refusal}
    with OddServer(letters(1), answers=answers) as server:
        run = collect.account(server).fetch(status=REFUSALS[refusal])
        assert run.told
        # Nobody is locked out for our many tries.
        assert len(server.heard) == 1
        said = [w for w in server.words() if w in ("PASS", "AUTH")]
        assert len(said) <= 2


@pytest.mark.parametrize("greeting,status", [
    (b"-ERR [SYS/TEMP] later\r\n", 75), (b"-ERR busy\r\n", 75),
    (b"-ERR [SYS/PERM] never\r\n", 77),
    (b"SSH-2.0-OpenSSH_9\r\n", 76), (b"220 smtp ready\r\n", 76)])
def test_a_greeting_that_is_none(collect, greeting, status):
    with OddServer(answers={"GREETING": greeting}) as server:
        run = collect.account(server).fetch(status=status)
        assert run.told


def test_the_first_that_failed_counts(collect):
    no = {"LOGIN": b"-ERR [IN-USE] x\r\n"}
    with OddServer(letters(2)) as good, OddServer(answers=no) as busy, \
            OddServer(letters(3)) as third:
        collect.account(good, "one").account(busy, "two")
        collect.account(third, "three", deliver=f"maildir:{collect.home}/third")
        run = collect.fetch(status=75)
        assert "two" in run.told
        assert_exactly_once(collect.digests(), good.mail)
        assert_exactly_once(collect.digests("third"), third.mail)


# -- --json

def test_json(collect):
    with OddServer(letters(3)) as server:
        run = collect.account(server, after="delete").run("--json", "fetch")
        for o in run.json():
            assert o["type"] and o["time"].endswith("Z")
        messages = [o for o in of_type(run, "message")
                    if o["outcome"] == "delivered"]
        assert len(messages) == 3
        done = of_type(run, "account-done")[0]
        assert done["account"] == "a"
        totals = done.get("totals", done)
        assert (totals["delivered"], totals["deleted"]) == (3, 3)
        assert totals["octets"] > 0


def test_json_of_a_failure(collect):
    no = {"LOGIN": b"-ERR [AUTH] \x1b no\r\n"}
    with OddServer(answers=no) as server:
        run = collect.account(server).run("--json", "fetch", status=77)
        failed = of_type(run, "account-failed")[0]
        failure = failed["failure"]
        assert failure["kind"] == "login" and failure["exit_code"] == 77
        assert failure["text"]


def test_quiet(collect):
    with OddServer(letters(3)) as server:
        run = collect.account(server).run("-q", "fetch")
        assert (run.out, run.told) == (b"", "")


# -- several at once

def test_many_accounts_at_once(collect):
    """Ten, each of which takes a second of waiting."""
    servers = [OddServer(letters(5, first=10 * n), piece=300, pause=0.03)
               for n in range(10)]
    for n, server in enumerate(servers):
        server.__enter__()
        collect.account(server, f"a{n}",
                        deliver=f"maildir:{collect.home}/mail")
    try:
        collect.fetch()
        assert_exactly_once(collect.digests(),
                            [m for s in servers for m in s.mail])
        begins = [s.sessions[0].begun for s in servers]
        ends = [s.sessions[0].ended for s in servers]
        assert max(begins) < min(ends), "one after the other"
    finally:
        for server in servers:
            server.__exit__()


def test_one_that_hangs_holds_nobody_up(collect):
    with OddServer(letters(3)) as good, OddServer(
            answers={"LIST": b"", "UIDL": b"", "STAT": b""}) as mute:
        collect.account(mute, "mute", timeout=4).account(good, "good")
        process = collect.start("fetch")
        proc.wait_until(lambda: (collect.home / "mail/new").exists()
                        and len(collect.texts()) == 3, 3.5)
        assert process.poll() is None
        assert collect.end(process).status in (69, 75)


def test_the_same_account_twice_at_once(collect):
    """Two runs: one of them may wait or say next time; none fetches twice."""
    mail = letters(40)
    with OddServer(mail, piece=800, pause=0.005) as server:
        collect.account(server, after="delete")
        both = [collect.start("fetch") for _ in range(2)]
        codes = [collect.end(p).status for p in both]
        assert 0 in codes and set(codes) <= {0, 75}, codes
        collect.fetch()
        assert_exactly_once(collect.digests(), mail)
        assert not server.mail


# -- Ctrl-C

@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("after", ["keep", "delete"])
def test_interrupted(collect, number, after):
    """At any moment: it stops soon and cleanly, and goes on the next time."""
    mail = letters(60)
    with OddServer(mail, piece=500, pause=0.004) as server:
        collect.account(server, after=after)
        for wait in (0.02, 0.1, 0.3, 0.4, 0.2):
            process = collect.start("fetch")
            time.sleep(wait)
            process.send_signal(number)
            begin = time.monotonic()
            run = collect.end(process, 30)
            assert run.status in (0, 130, 143, -number), run
            assert time.monotonic() - begin < 15
            if (collect.home / "mail").exists():
                assert not collect.temporaries(), "left behind"
        server.pause = 0
        collect.fetch()
        assert_exactly_once(collect.digests(), mail)
        assert len(server.mail) == (0 if after == "delete" else 60)


def test_interrupted_while_it_waits(collect):
    """For a server that says nothing, or never stops."""
    for answers in ({"GREETING": b""}, {"LOGIN": b""},
                    {"RETR": endless(b"+OK\r\n", b"x\r\n")}):
        with OddServer(letters(1), answers=answers) as server:
            process = collect.account(server).start("fetch")
            proc.wait_until(lambda s=server: s.heard)
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            assert collect.end(process, 10).status == 130


def test_twice_interrupted_is_at_once(collect):
    with OddServer(letters(2), answers={"RETR 2": b""}) as server:
        process = collect.account(server, timeout=300).start("fetch")
        proc.wait_until(lambda: server.heard and "RETR" in server.words())
        for _ in range(2):
            process.send_signal(signal.SIGINT)
            time.sleep(0.2)
        assert collect.end(process, 5).status == 130


# -- watch

def visits(server):
    return [s.begun for s in server.sessions]


def watching(collect, server, seconds=60):
    """Until as many visits were made; then it is told to stop."""
    process = collect.start("watch")
    try:
        proc.wait_until(lambda: len(visits(server)) >= 4, seconds)
    finally:
        process.send_signal(signal.SIGTERM)
        run = collect.end(process, 20)
    assert run.status in (0, 130, 143), run
    return run


def test_watch_gets_what_comes(collect):
    with OddServer(letters(2)) as server:
        server.on["QUIT"] = lambda s, _: (
            server.mail.extend(letters(1, first=10 + s.number)))
        watching(collect.account(server, interval=1), server)
        want = [*letters(2), *(letters(1, first=10 + n)[0]
                               for n in range(len(server.heard) - 1))]
        got = collect.digests()
        assert not collector.digests_of(want[:-1]) - got
        assert max(got.values()) == 1


def test_watch_tells_once_what_is_too_large(collect):
    """And again when it is another number."""
    def grow(session, _argument):
        if session.number == 1:
            server.mail.extend(letters(1, octets=9000, first=8))
    with OddServer(letters(1, octets=9000), on={"QUIT": grow}) as server:
        run = watching(collect.account(server, interval=1, size_max="5K"),
                       server)
        assert run.out.splitlines() == [
            b"a: no new mail; 1 stays on the server because it is too large",
            b"a: no new mail; 2 stay on the server because they are too large"]


@pytest.mark.parametrize("refusal", [b"-ERR [IN-USE] x\r\n",
                                     b"-ERR [LOGIN-DELAY] x\r\n",
                                     b"-ERR [SYS/TEMP] x\r\n"])
def test_watch_with_growing_pauses(collect, refusal):
    answers = {"LOGIN": refusal}
    with OddServer(letters(1), answers=answers) as server:
        watching(collect.account(server, interval=1), server, 120)
        times = visits(server)[:4]
        pauses = [b - a for a, b in zip(times, times[1:])]
        assert pauses[-1] > 1.5 * pauses[0], pauses


def test_login_delay_is_obeyed(collect):
    """As CAPA says it: seconds from one log-in to the next."""
    words = (b"LOGIN-DELAY 3", b"UIDL", b"USER", b"TOP")
    with OddServer(letters(1), capabilities=words) as server:
        watching(collect.account(server, interval=1), server)
        times = visits(server)
        assert all(b - a > 2.5 for a, b in zip(times, times[1:])), times
