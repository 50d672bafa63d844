# SPDX-License-Identifier: ISC
"""What the collector says, as a script and a terminal get it: events are played
by play_report."""
import json
import os
import re
import signal
import subprocess
import time
from datetime import datetime

import pytest

from support.paths import BUILD
from support.typist import Typist

PLAY = BUILD / "test" / "support" / "play_report"
UTF8 = {**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm"}

MESSAGE = {"number": int, "octets": int, "uid": str, "from": str,
           "subject": str}
TOTALS = {name: int for name in (
    "delivered", "octets", "known", "skipped", "too_large", "too_old",
    "set_aside", "aside", "postponed", "deleted", "undeleted", "ms")}
FAILURE = {"kind": str, "text": str, "remedy": str, "exit_code": int}

# Members by type, as src/fetch/show/json.h has them.
SCHEMA = {
    "connecting": {"host": str, "port": int, "tls": str},
    "logged-in": {"user": str, "mechanism": str},
    "listed": {"messages": int, "new": int, "octets": int},
    "message-begun": {"message": MESSAGE},
    "message": {"message": MESSAGE, "outcome": str},
    "progress": {"messages": int, "new": int, "octets": int,
                 "octets_new": int, "octets_per_s": int,
                 "seconds_left": int},
    "account-done": {"totals": TOTALS},
    "account-failed": {"totals": TOTALS, "failure": FAILURE},
    "account-interrupted": {"totals": TOTALS},
    "note": {"text": str},
}
MAY_BE_NULL = {"number", "uid", "from", "subject", "mechanism", "remedy",
               "seconds_left"}


@pytest.fixture(autouse=True)
def _built():
    if not PLAY.exists():
        pytest.skip(f"no play_report in {BUILD}: set RESTANTE_BUILD")


def play(*options, env=None):
    return subprocess.run([PLAY, "--fast", *options], capture_output=True,
                          env=env or UTF8, check=False, timeout=60)


def fits(value, shape, name=""):
    if isinstance(shape, dict):
        assert set(value) == set(shape), (value, shape)
        for key, inner in shape.items():
            fits(value[key], inner, key)
    elif value is not None or name not in MAY_BE_NULL:
        assert isinstance(value, shape), (name, value)
        assert not isinstance(value, bool)


def judge(event):
    shape = dict(SCHEMA[event["type"]])
    moment = datetime.fromisoformat(event.pop("time").replace("Z", "+00:00"))
    assert abs(moment.timestamp() - time.time()) < 600
    if event["type"] != "note":
        assert isinstance(event.pop("account"), str)
    if event.get("outcome") == "set-aside":
        shape["failure"] = FAILURE
    fits({k: v for k, v in event.items() if k != "type"}, shape)


def test_json_is_as_documented():
    run = play("--json")
    assert run.stderr == b""
    assert run.returncode == 77
    assert re.fullmatch(rb"[\x20-\x7e\n]*", run.stdout)
    events = [json.loads(line) for line in run.stdout.splitlines()]
    types = [e["type"] for e in events]
    for event in events:
        judge(event)
    assert types.count("account-done") == 2
    assert types.count("account-failed") == 1
    assert types.count("message-begun") == 60


def test_json_carries_what_a_server_says():
    lines = play("--json").stdout.splitlines()
    nasty = next(m for m in map(json.loads, lines)
                 if m["type"] == "message")["message"]
    assert nasty["uid"] == "uid-\x1b[1m"
    assert nasty["subject"] == "Lunch \u2014 \u663c\u98df"
    assert "\x1b]0;owned\x07" in nasty["from"]
    assert "\u202e\ufffd\x9b" in nasty["from"]


def test_mail_on_the_output_has_it_for_itself():
    for options in (["--json"], ["-v"], []):
        run = play("--mail", *options)
        assert run.stdout == b""
        assert run.stderr


def test_lines_are_ascii_without_utf8():
    run = play(env={**os.environ, "LC_ALL": "C"})
    assert re.fullmatch(rb"[\x20-\x7e\n]*", run.stdout + run.stderr)
    assert b"privat-?t?: " in run.stdout


def on_terminal(*options, env=None):
    return Typist([PLAY, *options], env or UTF8)


def test_ctrl_c_leaves_a_clean_terminal():
    terminal = on_terminal()
    terminal.hear(b" 7%")
    terminal.type(b"\x03")
    assert terminal.end() == 130
    assert b"until it was interrupted" in terminal.said
    # whatever was drawn: rows are erased, colours are off, the cursor is at
    # the start of a line, and was never hidden
    assert terminal.said.endswith(b"\r\n")
    last = terminal.said.rfind(b"\x1b[J")
    assert b"%" not in terminal.said[last:]
    colours = re.findall(rb"\x1b\[([\d;]*)m", terminal.said)
    assert colours[-1] == b"0"


def test_a_kill_leaves_the_cursor_below_the_rows():
    terminal = on_terminal()
    terminal.hear(b"%")
    os.kill(terminal.pid, signal.SIGKILL)
    assert terminal.end() == -signal.SIGKILL
    assert terminal.said.endswith(b"\r\n\x1b[J")


def test_ten_frames_a_second():
    start = time.monotonic()
    terminal = on_terminal("--accounts", "20")
    terminal.hear(b"2%")
    os.kill(terminal.pid, signal.SIGINT)
    terminal.end()
    seconds = time.monotonic() - start
    frames = len(re.findall(rb"\x1b\[\d+A", terminal.said))
    assert 3 <= frames <= seconds * 10 + 5


def test_a_dumb_terminal_gets_lines():
    terminal = on_terminal("--fast", env={**UTF8, "TERM": "dumb"})
    assert terminal.end() == 77
    assert b"\x1b" not in terminal.said
    assert b"work: 37 new messages" in terminal.said


def test_nothing_is_drawn_from_the_background():
    terminal = Typist(["/bin/sh", "-c", "set -m; \"$0\" & wait", PLAY], UTF8)
    assert terminal.end() == 0
    assert b"37 new messages" in terminal.said
    assert not re.search(rb"\x1b\[\d*[AJK]", terminal.said)
