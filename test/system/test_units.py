# SPDX-License-Identifier: ISC
"""systemd takes the units of the collector as they are meant."""
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("RESTANTE_BUILD", ROOT / "build"))
UNITS = ("restante.service", "restante-watch.service", "restante.timer")
ANALYZE = shutil.which("systemd-analyze")

needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="no systemd")


def read(name):
    made = BUILD / "pkg" / name
    source = ROOT / "pkg/systemd/user" / name
    return (made if made.exists() else source).read_text(encoding="utf-8")


@pytest.fixture
def units(tmp_path):
    """As they are installed, but for the program, which need not be."""
    for name in UNITS:
        text = read(name).replace("/usr/bin/restante ", "/bin/true ")
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def verify(units, name):
    env = dict(os.environ, XDG_RUNTIME_DIR=str(units), HOME=str(units),
               SYSTEMD_UNIT_PATH=f"{units}:")
    done = subprocess.run(
        [ANALYZE, "--user", "--man=no", "verify", str(units / name)],
        env=env, capture_output=True, text=True, timeout=60, check=False)
    return [line for line in (done.stdout + done.stderr).splitlines()
            if "restante" in line], done.returncode


@needs_systemd
@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_nothing_wrong(units, name):
    assert verify(units, name) == ([], 0)


@needs_systemd
def test_systemd_would_find_something_wrong(units):
    unit = units / "restante.service"
    text = unit.read_text(encoding="utf-8")
    unit.write_text(text.replace("Type=oneshot", "Type=onceshot"),
                    encoding="utf-8")
    told, _ = verify(units, "restante.service")
    assert any("onceshot" in line for line in told)


@pytest.mark.parametrize("name", UNITS[:2])
def test_services_run_what_is_installed(name):
    run = re.findall(r"^ExecStart=(.*)$", read(name), re.M)
    command = "watch" if "watch" in name else "fetch"
    assert run == [f"/usr/bin/restante --quiet {command}"]
