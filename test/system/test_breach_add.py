# SPDX-License-Identifier: ISC
"""Proof by breach: a server has taken over the process of `account add` that
hears it, by whichever of its questions.  Who writes the configuration is
another one: each attack fails in the way that is written beside it."""
import errno

import pytest

from support import paths
from support.breach_collector import DONE, KILLED, PROGRAM, SAID, victim
from support.collector import OSERR, assert_exactly_once
from support.odd_server import USER
from support.unfit import LANDLOCK, pretending

EACCES, EPERM = errno.EACCES, errno.EPERM
# LeakSanitizer has to trace; Landlock is there all the same.
TRACED = EPERM if paths.is_sanitized() else KILLED
# The one that looks what a server offers, and the one that logs in.
CHILDREN = (1, 2)

ATTACKS = [
    ("read-file", "{ssh}/id_x", EACCES),
    ("read-file", "{home}/.bashrc", EACCES),
    ("read-file", "{outside}", EACCES),
    ("read-file", "{config}", EACCES),
    ("read-file", "{password}", EACCES),
    ("read-file-by-root", "{ssh}/id_x", EACCES),
    ("list-folder", "{ssh}", EACCES),
    ("list-folder", "{home}", EACCES),
    ("write-file", "{config}", EACCES),
    ("write-file", "{ssh}/authorized_keys", EACCES),
    ("write-file", "/dev/tty", EACCES),
    ("make-file", "{config}.new", EACCES),
    ("make-file", "{home}/taken", EACCES),
    ("make-file", "{state}/taken", EACCES),
    ("make-file", "/tmp/restante-taken-{pid}", EACCES),
    ("make-unnamed-file", "{home}", EACCES),
    ("make-folder", "{home}/taken", EACCES),
    ("remove-file", "{config}", EACCES),
    ("move-file", "{home}/.bashrc {config}", EACCES),
    ("link-file", "{home}/.bashrc {config}.new", EACCES),
    ("change-mode", "{config}", KILLED),
    ("cut-file", "{config}", KILLED),
    ("connect-tcp", "{other_port}", EACCES),
    ("connect-by-sending", "{other_port}", KILLED),
    ("listen-tcp", "", EACCES),
    ("connect-abstract", "{abstract}", EPERM),
    ("exec", "", KILLED),
    ("exec-descriptor", "", KILLED),
    ("clone", "", KILLED),
    ("ptrace", "parent", TRACED),
    ("read-memory", "parent", KILLED),
    ("take-descriptor", "parent", KILLED),
    ("ask-whether-there", "parent", EPERM),
    ("signal", "parent", KILLED),
    ("limit-process", "parent", KILLED),
]
# What it lives from: that attacks fail is not because all does.
POWERS = [
    ("read-file", "/etc/hosts"),
    ("write-file", "/dev/null"),
    ("connect-tcp", "{port}"),
    ("look-up-name", "localhost"),
    ("start-thread", ""),
]
# What is there to be taken where the kernel has no rules.
UNRULED = [
    ("read-file", "{ssh}/id_x"),
    ("read-file", "{config}"),
    ("read-file", "{password}"),
    ("list-folder", "{home}"),
    ("make-file", "{config}.new"),
    ("connect-tcp", "{other_port}"),
    ("listen-tcp", ""),
    ("connect-abstract", "{abstract}"),
    ("ask-whether-there", "parent"),
]


@pytest.fixture(name="at")
def _at(tmp_path):
    """Another account is there already."""
    if not PROGRAM.exists():
        pytest.skip(f"no {PROGRAM}: set RESTANTE_BUILD")
    with victim(tmp_path, user="somebody") as (v, where):
        where |= {"config": v.config, "password": v.password}
        (v.home / ".local" / "state" / "restante").mkdir(parents=True)
        v.before = v.config.read_text()
        yield v, where


def played(at, child, name, arg, *options):
    """What came of it, and the run."""
    v, where = at
    v.env |= {"BREACH": name, "BREACH_ARG": arg.format(**where),
              "BREACH_CHILD": str(child)}
    run = v.run(*options, "account", "add", "work", "--server", "127.0.0.1",
                "--port", where["port"], "--tls", "none", "--user",
                USER.decode(), "--password-file", v.password, "--to",
                f"maildir:{v.home}/mail", status=None)
    said = SAID.findall(run.told)
    if not said:
        return KILLED, run
    assert len(said) == 1, run.told
    return int(said[0][1]) if said[0][1] else said[0][0], run


def is_added(v, run):
    """All went on, and what was written is sound."""
    assert run.status == 0, run
    assert v.config.read_text().startswith(v.before)
    del v.env["BREACH"]
    v.fetch("work")
    assert_exactly_once(v.digests(), v.mail)


@pytest.mark.parametrize("child", CHILDREN)
@pytest.mark.parametrize("name,arg,held", ATTACKS)
def test_attack_is_held(at, child, name, arg, held):
    v, _ = at
    came, run = played(at, child, name, arg)
    assert came == held, run
    if held != KILLED:
        is_added(v, run)
        return
    assert run.status == OSERR, run
    assert "was ended by a signal: Bad system call; " in run.told
    assert v.config.read_text() == v.before


@pytest.mark.parametrize("child", CHILDREN)
@pytest.mark.parametrize("name,arg", POWERS)
def test_power_is_there(at, child, name, arg):
    came, run = played(at, child, name, arg)
    assert came == DONE, run
    is_added(at[0], run)


@pytest.mark.parametrize("name,arg", UNRULED)
def test_attack_comes_about_without_rules(at, name, arg):
    """So it is the confinement that holds it; and -v tells."""
    v, _ = at
    pretending(v, LANDLOCK, "ENOSYS")
    came, run = played(at, 2, name, arg, "-v")
    assert came == DONE, run
    for what in ("files", "ports", "processes"):
        assert run.told.count(f"this kernel has no rules for {what}, ") == 1
    assert run.status == 0


@pytest.mark.parametrize("child", CHILDREN)
def test_there_is_no_third_child(at, child):
    """Nobody else hears a server: who wrote the configuration did not."""
    _, run = played(at, child, "ask-whether-gone", "")
    assert run.told.count("breach: done") == 1
    came, run = played(at, 3, "ask-whether-gone", "")
    assert came == KILLED and "breach" not in run.told
