# SPDX-License-Identifier: ISC
"""restante's command line and configuration, as a person meets them."""
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("RESTANTE_BUILD", ROOT / "build"))
PROGRAM = BUILD / "src/fetch/restante"
USAGE, CONFIG = 64, 78

A = 'account a { server = a.example user = a deliver = "mbox:~/a" }\n'
B = 'account "b" {\n\tserver = b.example\n\tuser = b\n\tdeliver = -\n}\n'


class Home:
    """A person's home directory, with restante to run in it."""

    def __init__(self, path):
        self.path = path
        self.conf = path / ".config/restante/restante.conf"

    def write(self, text, mode=0o600):
        self.conf.parent.mkdir(parents=True, exist_ok=True)
        self.conf.write_text(text, encoding="utf-8")
        self.conf.chmod(mode)

    def run(self, *words):
        env = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")}
        return subprocess.run(
            [PROGRAM, *words], env=dict(env, HOME=str(self.path)),
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            cwd=self.path, timeout=60, check=False)

    def refused(self, code, told, *words):
        done = self.run(*words)
        assert (done.returncode, done.stdout) == (code, ""), done
        assert told in done.stderr, done.stderr


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def test_helps_and_says_its_version(home):
    done = home.run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    for word in ("fetch", "account add", "restante.conf(5)"):
        assert word in done.stdout
    assert "--to" in home.run("fetch", "--help").stdout
    assert home.run("--version").stdout.startswith("restante ")


def test_suggests_what_was_meant(home):
    home.write(A)
    home.refused(USAGE, "did you mean 'fetch'?", "fech")
    home.refused(USAGE, "did you mean --keep?", "fetch", "--kep")
    home.refused(USAGE, "there is no account aa; did you mean a?",
                 "check", "aa")


def test_begins_with_a_hint(home):
    home.refused(CONFIG, f"{home.conf}: is not there yet; to begin, type: "
                 "restante account add", "fetch")


def test_tells_every_mistake_with_its_line(home):
    home.write(A + B.replace("user", "usr").replace("-", "/b"))
    home.refused(CONFIG, f"{home.conf}:4: unknown setting 'usr'; did you "
                 "mean 'user'?\n", "check")
    home.refused(CONFIG, f"{home.conf}:5: deliver = /b: say what is there: "
                 "maildir:PATH or mbox:PATH\n", "check")


def test_refuses_a_configuration_that_others_may_write(home):
    home.write(A, 0o660)
    home.refused(CONFIG, f"type: chmod go-w {home.conf}", "check")


def test_never_repeats_a_password(home):
    for words in (("check", "pop3s://me:tell-nobody@pop.example/"),
                  ("check", "--password=tell-nobody"),
                  ("pop3s://me:tell-nobody@pop.example/",)):
        done = home.run(*words)
        assert done.returncode == USAGE
        assert "tell-nobody" not in done.stdout + done.stderr


def test_takes_out_the_lines_of_an_account(home):
    home.write("# top\n" + A + B + "# end\n", 0o640)
    assert home.run("account", "remove", "b").returncode == 0
    assert home.conf.read_text(encoding="utf-8") == "# top\n" + A + "# end\n"
    assert home.conf.stat().st_mode & 0o777 == 0o640
    home.refused(home.run("account", "remove", "b").returncode,
                 "there is no account b", "account", "remove", "b")
    assert home.conf.read_text(encoding="utf-8") == "# top\n" + A + "# end\n"
    assert os.listdir(home.conf.parent) == ["restante.conf"]
