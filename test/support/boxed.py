# SPDX-License-Identifier: ISC
"""POP3 servers of Debian's that nobody wants on a machine, or that conflict
with one another, each in a box: a mount namespace in which its packages lie
over this machine's files, and all that it writes goes into memory.

Needs root, and the packages in build/servers (./dev test --all puts them
there; servers_folder tells where else one may have them).
"""
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from support import accounts, paths, proc
from support.dovecot import free_port
from support.site import Service, Site

USER, PASSWORD = b"alice", b"secret-of-alice"

PACKAGES = {
    "courier": ("courier-authlib", "courier-authlib-userdb", "courier-pop",
                "courier-authdaemon", "courier-base", "libcourier-unicode4"),
    "popa3d": ("popa3d",),
    "solid-pop3d": ("solid-pop3d", "liblockfile1"),
}

# $1: an empty folder; $2: a folder whose files lie over those of the packages;
# $3: what becomes /var/mail; then the packages, --, the command.
UNPACK = """
set -e
box=$1 over=$2 mail=$3
shift 3
mount --make-rprivate /
mount -t tmpfs none "$box"
mkdir "$box/upper" "$box/work" "$box/root"
while [ "$1" != -- ]; do
    dpkg-deb --fsys-tarfile "$1" | tar -x -C "$box/upper" \
        --transform 's,^\\./lib/,./usr/lib/,' --exclude ./lib
    shift
done
shift
rm -rf "$box/upper/lib" "$box/upper/usr/share/doc" "$box/upper/usr/share/man"
cp -a "$over/." "$box/upper/"
mount -t overlay overlay -o "lowerdir=/,upperdir=$box/upper,workdir=$box/work" \
    "$box/root"
mount --bind /tmp "$box/root/tmp"
mount --bind /proc "$box/root/proc"
mount --bind /dev "$box/root/dev"
mount --bind "$mail" "$box/root/var/mail"
chroot "$box/root" ldconfig
exec chroot "$box/root" "$@"
"""

# As inetd: a connection, a process.
INETD = """
import os, signal, socket, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=16)
while True:
    client, _ = listener.accept()
    if os.fork() == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for fd in (0, 1):
            os.dup2(client.fileno(), fd)
        os.close(client.fileno())
        listener.close()
        os.execv(sys.argv[2], sys.argv[2:])
    client.close()
"""

AUTHDAEMONRC = """authmodulelist="authuserdb"
authmodulelistorig="authuserdb"
daemons=2
authdaemonvar=/run/courier/authdaemon
DEBUG_LOGIN=0
DEFAULTOPTIONS=""
LOGGEROPTS=""
"""
# $1: the port
RUN_COURIER = """
mkdir -p /run/courier/authdaemon
/usr/sbin/makeuserdb
set -a
. /etc/courier/authdaemonrc
/usr/lib/courier/courier-authlib/authdaemond &
. /etc/courier/pop3d
TCPLOCALPORT= POP3AUTH= SHELL=/bin/sh
exec /usr/sbin/couriertcpd -nodnslookup -noidentlookup -maxprocs=40 \
    -maxperip=40 -address=127.0.0.1 "$1" \
    /usr/lib/courier/courier/courierpop3login \
    /usr/lib/courier/courier/courierpop3d Maildir
"""


def servers_folder():
    return Path(os.environ.get("RESTANTE_SERVERS",
                               paths.ROOT / "build" / "servers"))


def missing(name):
    """Why there can be no such box here, or None."""
    if not accounts.is_root():
        return "needs root"
    if not shutil.which("unshare") or not shutil.which("dpkg-deb"):
        return "needs unshare and dpkg-deb"
    without = [p for p in PACKAGES[name] if not packages(p)]
    return (f"no {', '.join(without)} in {servers_folder()}"
            if without else None)


def packages(name):
    return sorted(servers_folder().glob(f"{name}_*.deb"))


class Boxed(Service):
    """name: of PACKAGES."""
    is_dovecot = False
    name = None

    def __init__(self):
        self.site = Site(users_owner="root")
        self.address = ("127.0.0.1", free_port())
        self.tls_addresses = []
        self.process = None
        self.over = self.site.make_dir("over")
        self.spool = self.site.make_dir("spool")
        self.spool.chmod(0o1777)
        self.user = self.site.make_user(USER, PASSWORD,
                                        maildir=self.name == "courier")
        self.log = self.site.dir / "box.log"

    def file(self, path, text, mode=0o644):
        """In the box."""
        place = self.over / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text)
        place.chmod(mode)

    def users(self):
        """alice, and who the daemon is, beside this machine's own."""
        more = (b"alice:x:%d:%d::%s:/bin/sh\n" % (*self.user.owner,
                                                  self.user.home)
                + b"popa3d:x:59998:59998::/nonexistent:/bin/false\n"
                + b"courier:x:59997:59997::/nonexistent:/bin/false\n"
                + b"spop3d:x:59996:59996::/nonexistent:/bin/false\n")
        groups = (b"alice:x:%d:\npopa3d:x:59998:\ncourier:x:59997:\n"
                  b"spop3d:x:59996:\n" % self.user.owner[1])
        hashed = subprocess.run(
            ["openssl", "passwd", "-6", "-stdin"], input=PASSWORD, check=True,
            capture_output=True).stdout.strip()
        self.file("etc/passwd", Path("/etc/passwd").read_bytes() + more)
        self.file("etc/group", Path("/etc/group").read_bytes() + groups)
        self.file("etc/shadow", Path("/etc/shadow").read_bytes()
                  + b"alice:%s:19000:0:99999:7:::\n" % hashed, 0o600)

    def command(self):
        """Puts its files in place, and says what to run."""
        raise NotImplementedError

    def start(self):
        self.users()
        words = self.command()
        box = self.site.make_dir("box")
        debs = [d for p in PACKAGES[self.name] for d in packages(p)[-1:]]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["unshare", "-m", "sh", "-c", UNPACK, "box", box, self.over,
                 self.spool, *debs, "--", *map(str, words)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True)
        proc.wait_until(self.answers, 40, f"{self.name} answers")
        return self

    def answers(self):
        assert self.process.poll() is None, self.log.read_text("latin-1")
        try:
            with self.connect(timeout=5) as pop:
                return pop.greeting
        except OSError:
            return False

    def stop(self, judge=True):
        del judge  # what others' servers do is their own affair
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            for pid in proc.children(os.getpid(), zombies=True):
                if proc.comm(pid).startswith(("courier", "authdaemon",
                                              "popa3d", "solid-pop3d")):
                    proc.kill(pid)
                    proc.reap_orphan(pid)
        self.site.remove()


class Courier(Boxed):
    name = "courier"

    def command(self):
        uid, gid = self.user.owner
        home = self.site.dir / "mail"
        self.file("etc/courier/authdaemonrc", AUTHDAEMONRC.encode())
        self.file("etc/courier/userdb", b"alice\tuid=%d|gid=%d|home=%s|mail=%s|"
                  b"systempw=%s\n" % (uid, gid, os.fsencode(home), self.user.home,
                                      self.hashed()), 0o600)
        return ["sh", "-c", RUN_COURIER, "courier", self.port]

    @staticmethod
    def hashed():
        return subprocess.run(
            ["openssl", "passwd", "-6", "-stdin"], input=PASSWORD, check=True,
            capture_output=True).stdout.strip()

    def put(self, texts):
        for text in texts:
            self.user.maildir.deliver(text)

    def left(self):
        return len(self.user.maildir.bases())


class Spooled(Boxed):
    """What serves mboxes of /var/mail."""

    def inetd(self, *words):
        return [sys.executable, "-c", INETD, self.port, *words]

    @property
    def mbox(self):
        return self.spool / "alice"

    def put(self, texts):
        """As an MTA does: From lines quoted."""
        with open(self.mbox, "ab") as out:
            for text in texts:
                out.write(b"From sender@example.org Thu Nov 23 02:45:01 2023\n"
                          + quoted(text) + b"\n")
        os.chown(self.mbox, *self.user.owner)
        self.mbox.chmod(0o600)

    def left(self):
        return sum(line.startswith(b"From ")
                   for line in self.mbox.read_bytes().split(b"\n"))


def quoted(text):
    if text and not text.endswith(b"\n"):
        text += b"\n"
    return b"".join((b">" if line.lstrip(b">").startswith(b"From ") else b"")
                    + line + b"\n" for line in text.split(b"\n")[:-1])


class Popa3d(Spooled):
    name = "popa3d"

    def command(self):
        (self.over / "var/lib/popa3d").mkdir(parents=True, mode=0o700)
        return self.inetd("/usr/sbin/popa3d")


class SolidPop3d(Spooled):
    name = "solid-pop3d"

    def command(self):
        return self.inetd("/usr/sbin/solid-pop3d")


BOXES = {"courier": Courier, "popa3d": Popa3d, "solid-pop3d": SolidPop3d}
