# SPDX-License-Identifier: ISC
"""Proof by breach: a server has taken restante over.  Each attack fails in the
way that is written beside it, so that each rule is missed when it is gone; and
where it does not end the process, all mail is fetched after it."""
import errno
import platform
import signal
import socket

import pytest

from support import collector, paths
from support.breach_collector import DONE, KILLED, PROGRAM, SECRET, victim
from support.collector import assert_exactly_once
from support.maildir import Maildir

EACCES, EPERM, ENOSYS = errno.EACCES, errno.EPERM, errno.ENOSYS
EXDEV, EINVAL, EPIPE = errno.EXDEV, errno.EINVAL, errno.EPIPE

# LeakSanitizer has to trace; Landlock is there all the same.
TRACED = EPERM if paths.is_sanitized() else KILLED

# (attack, what it is told, how it is held): the kernel's Landlock says EACCES
# for paths and ports, EPERM for signals and tracing; seccomp kills.
ATTACKS = [
    ("read-file", "{ssh}/id_x", EACCES),
    ("read-file", "{home}/.bashrc", EACCES),
    ("read-file", "{outside}", EACCES),
    ("read-file", "{home}/.config/restante/restante.conf", EACCES),
    ("read-file", "{mail}/cur/old", EACCES),
    ("read-file", "/proc/{pid}/environ", EACCES),
    ("read-file-by-root", "{ssh}/id_x", EACCES),
    ("list-folder", "{ssh}", EACCES),
    ("list-folder", "{home}", EACCES),
    ("list-folder", "/", EACCES),
    ("list-folder", "/tmp", EACCES),
    ("write-file", "{home}/.bashrc", EACCES),
    ("write-file", "{ssh}/authorized_keys", EACCES),
    ("write-file", "/etc/hosts", EACCES),
    ("make-file", "{home}/taken", EACCES),
    ("make-file", "/tmp/restante-taken-{pid}", EACCES),
    ("make-file", "/etc/restante-taken-{pid}", EACCES),
    ("make-unnamed-file", "{home}", EACCES),
    ("make-unnamed-file", "/var/tmp", EACCES),
    ("make-folder", "{home}/taken", EACCES),
    ("make-fifo", "{mail}/taken", EACCES),
    ("make-link", "{mail}/taken", EACCES),
    ("make-link", "{state}/taken", EACCES),
    ("remove-file", "{home}/.bashrc", EACCES),
    ("remove-folder", "{mail}/empty", EACCES),
    ("move-file", "{home}/.bashrc {mail}/taken", EACCES),
    ("move-file", "{mail}/cur/old {home}/taken", EACCES),
    ("link-file", "{ssh}/id_x {state}/taken", EXDEV),
    ("change-mode", "{ssh}", KILLED),
    ("change-owner", "{ssh}", KILLED),
    ("change-times", "{ssh}", KILLED),
    ("change-attribute", "{home}/.bashrc", KILLED),
    ("cut-file", "{home}/.bashrc", KILLED),
    ("connect-tcp", "{other_port}", EACCES),
    ("connect-by-sending", "{other_port}", KILLED),
    ("listen-tcp", "", EACCES),
    ("connect-abstract", "{abstract}", EPERM),
    ("exec", "", KILLED),
    ("exec-descriptor", "", KILLED),
    ("clone", "", KILLED),
    ("clone3", "", ENOSYS),
    ("clone-namespace", "", KILLED),
    ("ptrace", "{pid}", TRACED),
    ("ptrace", "runner", TRACED),
    ("read-memory", "runner", KILLED),
    ("take-descriptor", "runner", KILLED),
    ("ask-whether-there", "{pid}", EPERM),
    ("ask-whether-there", "runner", EPERM),
    ("signal", "{pid}", KILLED),
    ("signal", "runner", KILLED),
    ("signal-thread", "{pid}", KILLED),
    ("signal-by-pidfd", "{pid}", KILLED),
    ("limit-process", "{pid}", KILLED),
    ("terminal", "", KILLED),
    ("terminal-by-half", "", KILLED),
]
# "FAMILY TYPE PROTOCOL": what passes by rules of ports, or is raw.
SOCKETS = [
    (socket.AF_INET, socket.SOCK_RAW, 6, errno.EPROTONOSUPPORT),
    (socket.AF_INET6, socket.SOCK_RAW, 58, errno.EPROTONOSUPPORT),
    (socket.AF_INET, socket.SOCK_STREAM, 262, errno.EPROTONOSUPPORT),  # MPTCP
    (socket.AF_INET, socket.SOCK_STREAM, 132, errno.EPROTONOSUPPORT),  # SCTP
    (socket.AF_INET, socket.SOCK_SEQPACKET, 132, errno.EPROTONOSUPPORT),
    (socket.AF_INET, socket.SOCK_DGRAM, 1, errno.EPROTONOSUPPORT),  # ping
    (socket.AF_PACKET, socket.SOCK_RAW, 0, errno.EAFNOSUPPORT),
    (socket.AF_NETLINK, socket.SOCK_RAW, 9, errno.EAFNOSUPPORT),  # audit
    (socket.AF_ALG, socket.SOCK_SEQPACKET, 0, errno.EAFNOSUPPORT),
    (socket.AF_VSOCK, socket.SOCK_STREAM, 0, errno.EAFNOSUPPORT),
    (2 ** 32 + 17, socket.SOCK_RAW, 0, errno.EAFNOSUPPORT),
]
# By number on x86-64; what they are called is sandbox_refuse.c's.
CALLS = {
    "fork": 57, "vfork": 58, "setuid": 105, "setgid": 106, "setreuid": 113,
    "setregid": 114, "setgroups": 116, "setresuid": 117, "setresgid": 119,
    "capset": 126, "utime": 132, "personality": 135, "modify_ldt": 154,
    "pivot_root": 155, "chroot": 161, "acct": 163, "settimeofday": 164,
    "mount": 165, "umount2": 166, "swapon": 167, "swapoff": 168,
    "reboot": 169, "sethostname": 170, "setdomainname": 171, "iopl": 172,
    "ioperm": 173, "create_module": 174, "init_module": 175,
    "delete_module": 176, "quotactl": 179,
    "tkill": 200, "lsetxattr": 189, "removexattr": 197, "lremovexattr": 198,
    "clock_settime": 227, "utimes": 235, "kexec_load": 246, "add_key": 248,
    "request_key": 249, "keyctl": 250, "migrate_pages": 256, "futimesat": 261,
    "unshare": 272, "move_pages": 279, "perf_event_open": 298,
    "fanotify_init": 300, "open_by_handle_at": 304, "setns": 308,
    "process_vm_writev": 311, "kcmp": 312, "finit_module": 313,
    "kexec_file_load": 320, "bpf": 321, "userfaultfd": 323,
    "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442,
    "quotactl_fd": 443, "process_mrelease": 448, "fchmodat2": 452,
    "setxattrat": 463, "removexattrat": 466, "open_tree_attr": 467,
    "file_setattr": 469, "open_tree": 428, "move_mount": 429, "fsopen": 430,
    "fsconfig": 431, "fsmount": 432, "fspick": 433, "chmod": 90,
    "chown": 92, "lchown": 94, "syslog": 103, "vhangup": 153,
    "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297,
    "getpid of x32": 0x40000000 + 39, "execve of x32": 0x40000000 + 520,
}
UNKNOWN_CALLS = {"io_uring_setup": 425, "io_uring_enter": 426,
                 "io_uring_register": 427}
# What it lives from: that attacks fail is not because all does.
POWERS = [
    ("read-file", "/etc/hosts"),
    ("read-file", "/usr/bin/env"),
    ("read-file", "/proc/self/status"),
    ("write-file", "/dev/null"),
    ("make-file", "{mail}/tmp/more"),
    ("make-folder", "{mail}/.More"),
    ("make-file", "{state}/more"),
    ("make-unnamed-file", "{state}"),
    ("move-file", "{mail}/cur/old {mail}/new/old"),
    ("remove-file", "{mail}/cur/old"),
    ("list-folder", "{mail}/cur"),
    ("connect-tcp", "{port}"),
    ("socket", f"{socket.AF_INET} {socket.SOCK_DGRAM} 0"),
    ("socket", f"{socket.AF_INET6} {socket.SOCK_STREAM} 6"),
    ("socket", f"{socket.AF_NETLINK} {socket.SOCK_RAW} 0"),
    ("socket", f"{socket.AF_UNIX} {socket.SOCK_DGRAM} 0"),
    ("look-up-name", "localhost"),
    ("start-thread", ""),
    ("ask-whether-gone", ""),
]
# A command that gets all mail; as an index in the runner's tasks.
COMMAND = 1
ON_RUNNER = [
    ("runner-no-such-task", 2, EPIPE),
    ("runner-no-such-task", 2 ** 32 - 1, EPIPE),
    ("runner-no-such-verb", COMMAND, EINVAL),
    ("runner-short-packet", "", EPIPE),
    ("runner-long-packet", "", EPIPE),
    ("runner-no-answer-socket", "", EPIPE),
    ("runner-stream-for-answer", "", EPIPE),
    ("runner-network-for-answer", "", EPIPE),
    ("runner-no-input", COMMAND, EINVAL),
    ("runner-pipe-for-input", COMMAND, EINVAL),
    ("runner-many-descriptors", "", EPIPE),
]


@pytest.fixture(autouse=True)
def need():
    if not PROGRAM.exists():
        pytest.skip(f"no {PROGRAM}: set RESTANTE_BUILD")


@pytest.fixture
def at(tmp_path):
    with victim(tmp_path) as (v, where):
        Maildir(v.home / "mail")
        for name in ("cur/old", "cur/older"):
            (v.home / "mail" / name).write_text(SECRET)
        (v.home / "mail" / "empty").mkdir()
        yield v, where


def is_fetched(v):
    texts = [t for t in v.texts() if t != SECRET.encode()]
    assert_exactly_once(collector.Counter(map(collector.digest, texts)),
                        v.mail)


def played(at, name, arg, held):
    v, where = at
    if arg == "runner":
        with_runner(v)
    outcome = v.attack(name, arg.format(**where))
    assert outcome.held == held, outcome
    if held != KILLED:
        assert outcome.status == 0, outcome
        is_fetched(v)


def with_runner(v):
    """The same account, but that a command tells its password."""
    settings = v.accounts["a"].replace("password_file = ", "password_command "
                                       '= {"/bin/cat", ').replace(
        'password"\n', 'password"}\n')
    v.write(settings)


@pytest.mark.parametrize("name,arg,held", ATTACKS)
def test_attack_is_held(at, name, arg, held):
    played(at, name, arg, held)


@pytest.mark.parametrize("family,kind,protocol,held", SOCKETS)
def test_socket_is_refused(at, family, kind, protocol, held):
    played(at, "socket", f"{int(family)} {int(kind)} {protocol}", held)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="numbers of x86-64")
@pytest.mark.parametrize("call", [*CALLS, *UNKNOWN_CALLS])
def test_call_is_refused(at, call):
    number = str(CALLS.get(call) or UNKNOWN_CALLS[call])
    played(at, "call", number, KILLED if call in CALLS else ENOSYS)


@pytest.mark.parametrize("name,arg", POWERS)
def test_power_is_there(at, name, arg):
    played(at, name, arg, DONE)


@pytest.mark.parametrize("command,more", [("list", ()), ("show", (1,)),
                                          ("delete", (1,)), ("check", ()),
                                          ("account", ("check",))])
def test_every_command_is_confined(at, command, more):
    """And what only looks does not write where mail goes."""
    v, where = at
    assert v.attack("read-file", f"{v.ssh}/id_x", command,
                    *more).held == EACCES
    assert v.attack("exec", "", command, *more).held == KILLED
    assert v.attack("connect-tcp", where["other_port"], command,
                    *more).held == EACCES
    assert v.attack("make-file", f"{v.home}/mail/tmp/taken", command,
                    *more).held == EACCES


def test_watch_is_confined(at):
    v, _ = at
    v.env |= {"BREACH": "read-file", "BREACH_ARG": f"{v.ssh}/id_x"}
    process = v.start("watch")
    line = b""
    while b"breach:" not in line:
        line = process.stderr.readline()
        assert line != b""
    process.terminate()
    process.communicate(timeout=60)
    assert line == b"breach: held %d\n" % EACCES


def test_mbox_has_its_folder(tmp_path):
    folder = tmp_path / "home" / "boxes"
    with victim(tmp_path, deliver=f"mbox:{folder}/box") as (v, _):
        folder.mkdir()
        assert v.attack("make-file", f"{folder}/box.lock2").held == DONE
        assert len(v.mbox_texts("boxes/box")) == 3
        assert v.attack("make-file", f"{v.home}/taken").held == EACCES


@pytest.mark.parametrize("name,arg,held", [
    ("read-file", "{ssh}/id_x", EACCES),
    ("read-file", "{home}/mbox", EACCES),
    ("write-file", "{home}/.bashrc", EACCES),
    ("make-file", "{home}/taken", EACCES),
    ("make-file", "{home}/mbox.lock", EACCES),
    ("remove-file", "{home}/mbox", EACCES),
    ("list-folder", "{home}", EACCES),
    ("runner-no-such-verb", 0, EINVAL),
    ("runner-no-such-rule", 0, EINVAL),
    ("runner-no-such-task", 1, EPIPE),
])
def test_mbox_in_the_home_folder_opens_no_home(tmp_path, name, arg, held):
    """Whoever else needs the folder of such an mbox does it in the runner."""
    rule = {"field": "Subject", "pattern": "*", "action": "folder",
            "folder": "Lists"}
    with victim(tmp_path, rules=[rule],
                deliver=f"mbox:{tmp_path}/home/mbox") as (v, where):
        (v.home / "mbox").touch(mode=0o600)
        outcome = v.attack(name, str(arg).format(**where))
        assert outcome.held == held, outcome
        if held == EPIPE:
            assert outcome.status == collector.TEMPFAIL, outcome
            assert v.attack("ask-whether-gone").status == 0
        assert len(v.mbox_texts("Lists")) == len(v.mail)
        assert v.mbox_texts("mbox") == []
        assert not list(v.home.glob("*.lock"))


def test_destination_of_another_account(tmp_path):
    """Only those of this run are open."""
    with victim(tmp_path) as (v, where):
        v.account(("127.0.0.1", where["other_port"]), "b",
                  deliver=f"maildir:{v.home}/other")
        Maildir(v.home / "other")
        for name, arg in (("make-file", v.home / "other" / "tmp" / "x"),
                          ("connect-tcp", where["other_port"])):
            outcome = v.attack(name, arg, "fetch", "a")
            assert outcome.held == EACCES and outcome.status == 0


@pytest.fixture
def commanding(tmp_path):
    """A command for the password, and one that gets all mail: it reads what
    restante must not."""
    home = tmp_path / "home"
    script = f"cat {home}/.ssh/id_x - >> {home}/out"
    with victim(tmp_path, password_file=None,
                password_command=["/bin/cat", home / "password"],
                deliver=["command:/bin/sh", "-c", script]) as (v, where):
        yield v, where, home / "out"


@pytest.mark.parametrize("name,arg,held", ON_RUNNER)
def test_runner_does_what_was_fixed(commanding, name, arg, held):
    """Who asks for something else is captured: nothing more is run for it, and
    nothing is lost."""
    v, _, out = commanding
    outcome = v.attack(name, arg)
    assert outcome.held == held, outcome
    if held == EPIPE:
        assert outcome.status == collector.TEMPFAIL, outcome
        assert "is gone" in outcome.told, outcome.told
        assert not out.exists()
        v.attack("ask-whether-gone")
    assert out.read_text().count("Subject:") == len(v.mail)


def test_commands_have_all_rights(commanding):
    v, where, out = commanding
    assert v.attack("read-file", f"{v.ssh}/id_x").held == EACCES
    assert out.read_text().count(SECRET) == len(v.mail)
    assert v.attack("exec").held == KILLED


def test_without_a_command_there_is_no_runner(at):
    """ptrace of "runner" looks for a child, and does not find one."""
    v, _ = at
    v.env |= {"BREACH": "ptrace", "BREACH_ARG": "runner"}
    with v.start("fetch") as process:
        process.communicate(timeout=60)
    assert process.returncode == -signal.SIGABRT


def test_the_list_is_complete(at):
    v, _ = at
    v.env |= {"BREACH": "list"}
    run = v.fetch()
    listed = {line.split()[1] for line in run.told.splitlines()
              if line.startswith("attack: ")}
    tried = {a[0] for a in (*ATTACKS, *ON_RUNNER, *POWERS)}
    assert listed == tried | {"call", "socket",
                              "runner-no-such-rule"}
