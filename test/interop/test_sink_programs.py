# SPDX-License-Identifier: ISC
"""Mail delivered to programs that are not ours: Dovecot's LMTP, Exim and
Postfix's test server by SMTP and LMTP, procmail and maildrop as commands; and
an mbox of ours read by theirs.  All of it run from folders of the test's
own."""
import os
import shutil
import socket
import subprocess
import sys

import pytest

from clients import HERE
from support import boxed, corpus, proc, sinks
from support.accounts import is_root
from support.dovecot import free_port

DOVECOT = """
protocols = lmtp
base_dir = {dir}/run
state_dir = {dir}/run
log_path = {dir}/log
ssl = no
mail_location = maildir:{dir}/mail
first_valid_uid = 1
default_login_user = dovenull
default_internal_user = dovecot
mailbox_list_index = no
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid=dovecot gid=dovecot home={dir} allow_all_users=yes
}}
service lmtp {{
  unix_listener {dir}/lmtp {{
    mode = 0666
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
protocol lmtp {{
  postmaster_address = postmaster@example.org
}}
"""

EXIM = """
primary_hostname = mail.example.org
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
spool_directory = {dir}/spool
log_file_path = {dir}/%slog
pid_file_path = {dir}/pid
exim_user = {user}
exim_group = nogroup
never_users =
tls_advertise_hosts =
acl_smtp_rcpt = accept_all
acl_smtp_data = accept_all
message_size_limit = 1M
smtp_accept_queue_per_connection = 0
begin acl
accept_all:
  accept
begin routers
all:
  driver = accept
  transport = file
begin transports
file:
  driver = appendfile
  directory = {dir}/mail
  maildir_format
  create_directory
  user = {user}
  group = nogroup
"""


def texts_of(count):
    """The corpus, but for what no MTA can carry: NULs, a bare CR, lines that
    are too long, no header."""
    texts = []
    for m in corpus.make(4 * count, big_octets=100_000, odd_names=False):
        text = m.stored.replace(b"\r\n", b"\n")
        if (b"\0" not in text and b"\r" not in text and text.endswith(b"\n")
                and max(map(len, text.split(b"\n"))) < 900
                and text.startswith(b"Return-Path: ")):
            texts.append(text)
    assert len(texts) >= count // 2
    return texts[:count]


def body(text):
    return text.partition(b"\n\n")[2]


def assert_bodies(got, want):
    """Headers get lines on the way; bodies none."""
    got = sinks.Counter(sinks.digest(body(t)) for t in got)
    want = sinks.Counter(sinks.digest(body(t)) for t in want)
    assert not want - got, "lost"
    assert not got - want, "doubled, or changed"


def files_of(folder):
    return [p.read_bytes() for part in ("new", "cur")
            for p in (folder / part).iterdir()]


@pytest.fixture(name="make_sink")
def _make_sink(tmp_path):
    sinks.need_tool()
    return lambda texts, to, *options: made(tmp_path, texts, to, options)


def made(folder, texts, to, options):
    sink = sinks.Sink(folder, to.partition(":")[0], texts, "-s",
                      "me@example.org", "-r", "you@example.org", *options)
    sink.destination = to
    return sink


def is_listening(address):
    family = socket.AF_INET if isinstance(address, tuple) else socket.AF_UNIX
    with socket.socket(family) as s:
        return s.connect_ex(address) == 0


@pytest.fixture(name="serve")
def _serve():
    """Starts a server, and ends it and its children."""
    running = []

    def start(argv, address, **more):
        process = subprocess.Popen(argv, **more)
        running.append(process)
        proc.wait_until(lambda: is_listening(address) or
                        process.poll() is not None, what=argv[0])
        assert process.poll() is None, f"{argv[0]} does not run"
    yield start
    for process in running:
        mine = proc.children(process.pid)
        process.terminate()
        process.wait(20)
        for pid in mine:
            proc.kill(pid)
            proc.reap_orphan(pid)


# -- servers

@pytest.fixture(name="dovecot")
def _dovecot(tmp_path, serve):
    if not is_root() or not os.path.exists("/usr/lib/dovecot/lmtp"):
        pytest.skip("needs dovecot-lmtpd, and root")
    folder = tmp_path / "dovecot"
    folder.mkdir()
    open_to_all(folder)
    shutil.chown(folder, "dovecot")
    conf = folder / "conf"
    conf.write_text(DOVECOT.format(dir=folder))
    serve(["dovecot", "-F", "-c", str(conf)], str(folder / "lmtp"))
    return folder


def open_to_all(folder):
    """Others may pass: pytest's folders are their owner's."""
    for path in [folder, *folder.parents]:
        if path.stat().st_mode & 0o11 != 0o11:
            path.chmod(path.stat().st_mode | 0o11)


def test_dovecot(dovecot, make_sink):
    texts = texts_of(60)
    sink = make_sink(texts, f"lmtp:{dovecot}/lmtp")
    sink.run()
    assert_bodies(files_of(dovecot / "mail"), texts)
    assert sink.record.read_text().count("DELIVERED") == len(texts)


@pytest.fixture(name="exim")
def _exim(tmp_path, serve):
    """RESTANTE_TEST_EXIM may name one that is not installed."""
    program = os.environ.get("RESTANTE_TEST_EXIM") or shutil.which(
        "exim4", path="/usr/sbin:/usr/bin")
    if not is_root() or program is None:
        pytest.skip("needs exim4, and root")
    folder = tmp_path / "exim"
    folder.mkdir()
    open_to_all(folder)
    shutil.chown(folder, "nobody")
    conf = folder / "conf"
    port = free_port()
    conf.write_text(EXIM.format(dir=folder, port=port, user="nobody"))
    serve([program, "-C", str(conf), "-bdf", "-q1h"], ("127.0.0.1", port))
    return folder, port


def test_exim(exim, make_sink):
    folder, port = exim
    texts = texts_of(40)
    too_large = b"Subject: large\n\n" + b"x" * 71 * 20000 + b"\n"
    sink = make_sink(texts + [too_large], f"smtp:127.0.0.1:{port}")
    sink.run()
    proc.wait_until(lambda: (folder / "mail/new").is_dir() and len(
        files_of(folder / "mail")) == len(texts), 30, "Exim delivers")
    assert_bodies(files_of(folder / "mail"), texts)
    assert "ASIDE m40 the mail server takes messages of up to" in (
        sink.record.read_text())


def smtp_sink(folder):
    """The program, and where its libraries are.  Out of Postfix's package,
    which is not installed: that would start a mail server here."""
    packages = boxed.packages("postfix")
    if not packages:
        pytest.skip(f"no postfix in {boxed.servers_folder()}")
    subprocess.run(["dpkg-deb", "-x", packages[-1], folder], check=True)
    return folder / "usr/sbin/smtp-sink", folder / "usr/lib/postfix"


@pytest.mark.parametrize("options", [
    (), ("-p",), ("-e",), ("-p", "-8"), ("-L",), ("-L", "-p")])
def test_postfix_smtp_sink(tmp_path, make_sink, serve, options):
    """With and without its extensions: -p no PIPELINING, -8 no 8BITMIME, -e no
    EHLO, -L LMTP."""
    program, libraries = smtp_sink(tmp_path / "postfix")
    texts = texts_of(20)
    port = free_port()
    out = tmp_path / "out"
    out.mkdir()
    address = f"inet:127.0.0.1:{port}"
    words = ["-u", "root"] if is_root() else []
    serve([program, *words, "-d", "m.", *options, address, "20"],
          ("127.0.0.1", port), cwd=out,
          env={**os.environ, "LD_LIBRARY_PATH": str(libraries)})
    kind = "lmtp" if "-L" in options else "smtp"
    make_sink(texts, f"{kind}:127.0.0.1:{port}").run()
    got = [p.read_bytes() for p in out.iterdir()]
    # It writes headers of its own, an empty line behind, and lines as heard.
    assert_bodies([t.replace(b"\r\n", b"\n").removesuffix(b"\n")
                   for t in got], texts)


# -- commands

def deliverer(name):
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")


def test_procmail(tmp_path, make_sink):
    deliverer("procmail")
    texts = texts_of(20)
    rc = tmp_path / "rc"
    rc.write_text(f"DEFAULT={tmp_path}/mail/\n")
    make_sink(texts, f"command:procmail -m DEFAULT={tmp_path}/mail/ {rc}"
              ).run()
    assert_bodies(files_of(tmp_path / "mail"), texts)


def test_maildrop(tmp_path, make_sink):
    deliverer("maildrop")
    texts = texts_of(20)
    rc = tmp_path / "rc"
    (tmp_path / "mail").mkdir(0o700)
    for part in ("tmp", "new", "cur"):
        (tmp_path / "mail" / part).mkdir(0o700)
    rc.write_text(f'to "{tmp_path}/mail"\n')
    rc.chmod(0o600)
    make_sink(texts, f"command:maildrop {rc}").run()
    assert_bodies(files_of(tmp_path / "mail"), texts)


def test_maildrop_refuses(tmp_path, make_sink):
    """Its exit codes are sysexits': what it cannot do now is for next time."""
    deliverer("maildrop")
    rc = tmp_path / "rc"
    rc.write_text('EXITCODE=67\nexit\n')
    rc.chmod(0o600)
    sink = make_sink(texts_of(2), f"command:maildrop {rc}")
    sink.run()
    assert sink.record.read_text().count("EX_NOUSER") == 2


# -- readers of an mbox

def test_mutt_reads_our_mbox(tmp_path, make_sink):
    if shutil.which("mutt") is None:
        pytest.skip("mutt is not installed")
    texts = texts_of(30) + [b"Subject: f\n\nFrom x\n\nFrom y\n>From z\n"]
    make_sink(texts, f"mbox:{tmp_path}/mail").run()
    rc = tmp_path / "muttrc"
    rc.write_text(f"""set folder="{tmp_path}" header_cache="" mbox_type=Maildir
set delete=no quit=yes confirmappend=no confirmcreate=no wait_key=no
set move=no sleep_time=0
push "<tag-pattern>~A<enter><tag-prefix><copy-message>{tmp_path}/copy<enter>\
<exit>"
""")
    subprocess.run([sys.executable, HERE / "terminal.py", "mutt", "-n", "-F",
                    rc, "-R", "-f", tmp_path / "mail"], check=True, timeout=60,
                   env={**os.environ, "HOME": str(tmp_path)})
    # It knows mboxo only: what was quoted stays so.
    assert_bodies([sinks.unquoted(t) for t in files_of(tmp_path / "copy")],
                  texts)
