# SPDX-License-Identifier: ISC
"""restante-bench against servers that lie, each of which it must find out; and
command lines that are wrong."""
import subprocess
import time
from pathlib import Path

import pytest

from support import paths
from support.bench import CLOSE, HONEST, SILENCE, Liar, bench, good


def test_nobody_listens():
    with Liar() as liar:
        place = liar.address
    run = bench("poll", place, "-c", 2, "-n", 100_000)
    assert run.status == 1 and "greeting: Connection refused" in run.told
    assert 100 <= run.figures["errors"] <= 101
    assert "given up after 100 errors" in run.told
    assert run.told.count("\n") == 11


ONCE = ("-c", 1, "-n", 1, "--timeout", 1)


@pytest.mark.parametrize("scenario", ["poll", "pipelined", "fetch",
                                      "fetch-pipelined", "listing", "retr"])
def test_an_honest_one_passes(scenario):
    """What the lies below are compared with; in pieces too."""
    for piece in (None, 1, 3):
        with Liar(piece=piece) as liar:
            good(bench(scenario, liar.address, "-c", 2, "-n", 4))


LIES = [
    # the lies, the scenario, what is told
    ({"GREETING": b"-ERR busy\r\n"}, "poll", "greeting: -ERR busy"),
    ({"GREETING": b"SSH-2.0-x\r\n"}, "poll", "no reply: SSH-2.0-x"),
    ({"GREETING": CLOSE}, "poll", "greeting: the server closed"),
    ({"GREETING": SILENCE}, "poll", "greeting: nothing came for 1 s"),
    ({"GREETING": b"+OK\r\n+OK\r\n"}, "poll", "nobody asked for: +OK"),
    ({"USER": b"-ERR\x1b[2J\r\n"}, "poll", "USER: -ERR\\x1b[2J"),
    ({"PASS": b"-ERR [IN-USE] no\r\n"}, "poll", "PASS: -ERR [IN-USE]"),
    ({"PASS": SILENCE}, "poll", "PASS: nothing came"),
    ({"PASS": b"+OK"}, "poll", "PASS: nothing came"),
    ({"STAT": b"+OK\r\n"}, "poll", "STAT: no two numbers"),
    ({"STAT": b"+OK 1 x\r\n"}, "pipelined", "STAT: no two numbers"),
    ({"STAT": b"+OK " + b"9" * 30 + b" 1\r\n"}, "poll", "no two numbers"),
    ({"STAT": b"+OK 4294967297 1\r\n"}, "poll", "more than this program"),
    ({"STAT": b"+" + b"x" * 5000}, "poll", "a line of more than 1024"),
    ({"STAT": b"+OK 2 25\r\n+OK more\r\n"}, "poll", "nobody asked for"),
    ({"QUIT": b"-ERR stayed\r\n"}, "poll", "QUIT: -ERR stayed"),
    ({"QUIT": CLOSE}, "poll", "QUIT: the server closed"),
    ({"QUIT": b"+OK\r\n+OK\r\n"}, "poll", "nobody asked for"),
    ({"LIST": b"+OK\r\n1 10\r\n.\r\n"}, "fetch", "UIDL: more lines than the 1"),
    ({"LIST": b"+OK\r\n1 10\r\n2 15\r\n3 9\r\n.\r\n"}, "fetch-pipelined",
     "UIDL: UIDL says 2 messages, but it were 3"),
    ({"LIST": b"+OK\r\n1 10\r\n3 15\r\n.\r\n"}, "listing", "3 where that of 2"),
    ({"LIST": b"+OK\r\n1 10\r\n2\r\n.\r\n"}, "listing", "without a number"),
    ({"LIST": b"+OK\r\n1 10\r\n2 15\r\n"}, "listing", "LIST: nothing came"),
    ({"LIST": b"+OK\r\n1 10\r\n2 15\r\n.\r\nx\r\n"}, "listing",
     "nobody asked for: x"),
    ({"UIDL": b"+OK\r\n1 a\r\n2 \x80\r\n.\r\n"}, "listing",
     "no good unique-id"),
    ({"RETR 1": b"+OK\r\n1234567\r\n.\r\n"}, "fetch",
     "RETR 1: 9 octets, but LIST said 10"),
    ({"RETR 2": b"+OK\r\nabcde\r\nfghijkl\r\n.\r\n"}, "fetch-pipelined",
     "RETR 2: more octets than the 15"),
    ({"RETR 2": b"+OK\r\nabcde\r\nfghi"}, "retr", "RETR 2: nothing came"),
    ({"RETR 2": b"-ERR gone\r\n"}, "retr", "RETR 2: -ERR gone"),
    ({"RETR 2": CLOSE}, "fetch-pipelined", "RETR 2: the server closed"),
    ({"RETR 1": HONEST["RETR 1"] + b"more\r\n"}, "retr", "nobody asked for"),
    # not dot-stuffed: the second dot is gone
    ({"RETR 1": b"+OK\r\n..45678\r\n.\r\n"}, "fetch", "RETR 1: "),
]


@pytest.mark.parametrize("lies, scenario, words", LIES,
                         ids=lambda x: str(x)[:50])
def test_lies_are_found_out(lies, scenario, words):
    with Liar(**{k.replace(" ", "_"): v for k, v in lies.items()}) as liar:
        run = bench(scenario, liar.address, *ONCE)
    assert run.status == 1, run
    assert run.figures["errors"] == 1 and run.figures["sessions"] == 0
    assert run.told.startswith("restante-bench: u0: ")
    assert words in run.told, run.told


@pytest.mark.parametrize("reply, words", [
    (b"-ERR no TLS\r\n", "STLS: -ERR no TLS"),
    (b"+OK\r\n+OK injected\r\n", "handshake: nobody asked for: +OK injected"),
    (b"+OK\r\n", "handshake: TLS: "),
])
def test_lies_about_tls(reply, words):
    """The last one answers the handshake in clear text."""
    with Liar(STLS=reply) as liar:
        run = bench("poll", liar.address, *ONCE, "--stls", "--insecure")
    assert run.status == 1 and words in run.told, run.told


def test_an_endless_listing():
    """It ends with the first line that is too many."""
    lines = b"".join(b"%d 10\r\n" % i for i in range(1, 200_000))
    with Liar(STAT=b"+OK 100000 1\r\n", LIST=b"+OK\r\n" + lines) as liar:
        run = bench("listing", liar.address, *ONCE)
        assert "LIST: nothing came" in run.told
    with Liar(UIDL=b"+OK\r\n" + lines) as liar:
        run = bench("listing", liar.address, *ONCE)
        assert "UIDL: more lines than the 2 messages" in run.told


def test_a_message_that_changes():
    other = b"+OK\r\nABCDE\r\nfghijk\r\n.\r\n"
    with Liar(RETR_2=[HONEST["RETR 2"], other]) as liar:
        run = bench("fetch", liar.address, *ONCE[:2], "-n", 2, "--verify",
                    "hash")
        assert run.status == 1 and run.figures["errors"] == 1
        assert "RETR 2: not the text that it was the last time" in run.told
    with Liar(RETR_2=[HONEST["RETR 2"], other]) as liar:
        good(bench("fetch", liar.address, "-c", 1, "-n", 2))


def test_counts_alone_let_other_lengths_pass():
    with Liar(RETR_1=b"+OK\r\n1\r\n.\r\n") as liar:
        good(bench("fetch", liar.address, "-c", 1, "-n", 2, "--verify",
                   "counts"))
        assert bench("fetch", liar.address, *ONCE).status == 1


def nothing_counts(figures, errors):
    assert figures["errors"] == errors
    assert figures["sessions"] == figures["messages"] == 0
    for times in (figures["latency_ms"], figures["reply_ms"]):
        assert set(times.values()) == {0}


def make_maildir(tmp_path):
    maildir = tmp_path / "u0"
    for sub in ("tmp", "new", "cur"):
        (maildir / sub).mkdir(parents=True)
    return maildir


def stays(file):
    """Nothing happens to it."""


def is_moved(file):
    file.rename(file.parents[1] / "cur" / f"{file.name}:2,S")


@pytest.mark.parametrize("on_quit, is_honest", [
    (Path.unlink, True), (stays, False), (is_moved, False)])
def test_a_file_that_stays(tmp_path, on_quit, is_honest):
    """Of a server that says it has deleted, and has not; beside one that has."""
    maildir = make_maildir(tmp_path)

    def retr():
        text = next(maildir.glob("new/*")).read_bytes()
        wire = text.replace(b"\n", b"\r\n").replace(b"\r\n.", b"\r\n..")
        return b"+OK\r\n" + wire + b".\r\n"

    def quit_():
        on_quit(next(maildir.glob("new/*")))
        return b"+OK\r\n"

    with Liar(RETR_1=retr, DELE=b"+OK\r\n", QUIT=quit_) as liar:
        run = bench("churn", liar.address, *ONCE, "--maildir",
                    tmp_path / "u%d")
    if is_honest:
        assert good(run)["sessions"] == run.figures["messages"] == 1
    else:
        assert run.status == 1 and run.told.startswith("restante-bench: u0: ")
        assert "QUIT was answered well, but the file " in run.told
        assert "is still there" in run.told
        nothing_counts(run.figures, errors=1)
    assert not list(maildir.glob("*/*"))


@pytest.mark.parametrize("text,told", [
    (b"", "cut off: less than was delivered"),
    (b"x\r\n", "not the text that was delivered")])
def test_another_text_than_was_delivered(tmp_path, text, told):
    maildir = make_maildir(tmp_path)
    with Liar(RETR_1=b"+OK\r\n" + text + b".\r\n") as liar:
        run = bench("churn", liar.address, *ONCE, "--maildir",
                    tmp_path / "u%d")
        assert run.status == 1
        assert f"RETR 1: {told}" in run.told
    assert not list(maildir.glob("*/*"))


def test_stalls_are_counted():
    """A reply in two pieces with 60 ms between, as Nagle's algorithm and a
    delayed acknowledgement make it."""
    with Liar(piece=12, pause=0.06) as liar:
        f = good(bench("listing", liar.address, "-c", 1, "-n", 1))
    assert f["stalls"] >= 2
    with Liar() as liar:
        assert good(bench("listing", liar.address, "-c", 1, "-n", 1)
                    )["stalls"] <= 1


def test_one_that_is_lost_while_it_is_held():
    with Liar(NOOP=CLOSE) as liar:
        run = bench("idle", liar.address, "-c", 2, "--hold", 3, "--noop", 0.2)
    assert run.status == 1 and run.out.startswith("held\n")
    assert "holding: the server closed" in run.told
    nothing_counts(run.figures, errors=2)


def test_one_that_fails_after_it_was_held():
    with Liar(QUIT=b"-ERR no\r\n") as liar:
        run = bench("idle", liar.address, "-c", 2, "--hold", 1)
    assert run.status == 1 and run.out.startswith("held\n")
    nothing_counts(run.figures, errors=2)


def slow_quit():
    time.sleep(1)
    return b"+OK\r\n"


def test_idle_is_measured_until_it_holds():
    """Neither the second of holding nor that of QUIT belongs to it."""
    began = time.monotonic()
    with Liar(QUIT=slow_quit) as liar:
        f = good(bench("idle", liar.address, "-c", 2, "--hold", 1))
    before_ms = (time.monotonic() - began - 2) * 1000
    assert f["sessions"] == 2
    assert f["latency_ms"]["max"] <= before_ms
    assert f["reply_ms"]["max"] <= before_ms


def test_held_is_not_said_of_fewer():
    with Liar(PASS=[b"+OK\r\n", b"-ERR no\r\n"]) as liar:
        run = bench("idle", liar.address, "-c", 2, "--hold", 3)
    assert run.status == 1 and "held" not in run.out


def test_idle_with_noop():
    """Several times each, and each is answered before QUIT."""
    with Liar() as liar:
        f = good(bench("idle", liar.address, "-c", 2, "--hold", 2, "--noop",
                       0.2))
    quiet = sum(len(HONEST[k]) for k in ("GREETING", "USER", "PASS", "QUIT"))
    noops = (f["octets"] - 2 * quiet) / len(HONEST["NOOP"])
    assert 4 <= noops <= 20


USAGE = [
    ["poll"], ["nosuch", "127.0.0.1:1"], ["poll", "127.0.0.1"],
    ["poll", "127.0.0.1:0"], ["poll", "127.0.0.1:65536"],
    ["-c", "0", "poll", "127.0.0.1:1"], ["-c", "x", "poll", "127.0.0.1:1"],
    ["-c", "3", "-U", "2", "poll", "127.0.0.1:1"],
    ["-n", "1", "-t", "1", "poll", "127.0.0.1:1"],
    ["--tls", "poll", "127.0.0.1:1"],
    ["--tls", "--insecure", "--ca", "x", "poll", "127.0.0.1:1"],
    ["--tls", "--stls", "--insecure", "poll", "127.0.0.1:1"],
    ["--insecure", "poll", "127.0.0.1:1"], ["churn", "127.0.0.1:1"],
    ["--hold", "1", "poll", "127.0.0.1:1"],
    ["--verify", "all", "poll", "127.0.0.1:1"],
    ["--server-pid", "1", "--cgroup", "/", "poll", "127.0.0.1:1"],
    ["-u", "a\nb", "poll", "127.0.0.1:1"], ["--nosuch"],
]


@pytest.mark.parametrize("words", USAGE, ids=" ".join)
def test_wrong_usage(words):
    done = subprocess.run([paths.program("restante-bench"), *words],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stderr and not done.stdout, done


def test_help_names_all():
    done = subprocess.run([paths.program("restante-bench"), "--help"],
                          capture_output=True, text=True, check=True)
    page = (paths.ROOT / "man" / "restante-bench.1").read_text("utf-8")
    for line in done.stdout.splitlines():
        for word in line.split()[:1]:
            if word.startswith("--"):
                assert f"Fl -{word[2:]}" in page, word
    for name in ("poll", "fetch-pipelined", "churn"):
        assert name in done.stdout and f".It Cm {name}" in page
