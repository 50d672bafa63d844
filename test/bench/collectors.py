# SPDX-License-Identifier: ISC
"""The collectors that are compared, each made to do the same: fetch all that is
there into a Maildir, each message synced (fsync of its file) before it is
taken for delivered.  How each of them comes to that stands in `syncs`."""
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from support import accounts, paths, proc
from support.collector import Collector
from support.maildir import Maildir

PASSWORD = "secret-of-all"
OTHERS = "restante-test-op"  # getmail6 does not run as root
LONGEST_S = 300
SPENT = paths.BUILD / "test" / "bench" / "spent"


class Failure(Exception):
    """A measurement that cannot be had; the others go on."""


class TooLong(Failure):
    pass


@dataclass
class Spent:
    seconds: float
    cpu_seconds: float
    rss_kib: int
    delivered: int


class Tool:
    """At folder: what it writes; address: the server's."""
    key = title = program = syncs = ""
    is_pipelined = False
    tries = 1

    def longest(self):
        return LONGEST_S

    def __init__(self, folder, address, user, count, keeps=True):
        self.home = Path(folder)
        self.home.mkdir(parents=True)
        self.host, self.port = address
        self.user, self.count, self.keeps = user, count, keeps
        self.maildir = Maildir(self.home / "into")
        self.configure()

    @classmethod
    def version(cls):
        done = subprocess.run([cls.program, "--version"], check=False,
                              capture_output=True, text=True)
        return (done.stdout or done.stderr).strip().split("\n")[0]

    @classmethod
    def is_there(cls):
        return shutil.which(cls.program) is not None

    def write(self, name, text):
        path = self.home / name
        path.write_text(text, encoding="ascii")
        path.chmod(0o600)
        return path

    def configure(self):
        raise NotImplementedError

    def words(self):
        raise NotImplementedError

    def identity(self):
        return {}

    fine = (0,)

    def run(self):
        """Once; what it took, with all that it started and waited for."""
        env = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")}
        env.update(HOME=str(self.home), LC_ALL="C.UTF-8",
                   FETCHMAILHOME=str(self.home))
        log, report = self.home / "log", self.home / "spent"
        with open(log, "wb") as out:
            process = subprocess.Popen(
                [SPENT, report, *map(str, self.words())], cwd=self.home,
                env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                start_new_session=True, **self.identity())
            try:
                status = process.wait(self.longest())
            except subprocess.TimeoutExpired:
                raise TooLong(f"still running after {self.longest()} s") \
                    from None
            finally:
                proc.kill_group(process)
        if status not in self.fine:
            raise Failure(f"status {status}: "
                          f"{log.read_text('utf-8', 'replace')[-500:]}")
        seconds, cpu, rss = report.read_text("ascii").split()
        return Spent(float(seconds), float(cpu), int(rss),
                     len(self.maildir.bases()))


class Restante(Tool):
    key = title = "restante"
    program = str(paths.program("restante"))
    syncs = ("fsync of each file and of the folder, in groups, and of its "
             "record")
    is_pipelined = True

    def configure(self):
        self.collector = Collector(self.home)
        self.collector.secret("password", PASSWORD.encode())
        self.collector.account((self.host, self.port), user=self.user,
                               deliver=f"maildir:{self.home}/into",
                               after="keep" if self.keeps else "delete")

    def words(self):
        return [self.program, "-q", "fetch"]


class Mpop(Tool):
    key = title = program = "mpop"
    syncs = "fsync of each file, by itself"
    is_pipelined = True

    def configure(self):
        self.write("mpoprc", f"""defaults
tls off
account a
host {self.host}
port {self.port}
auth user
user {self.user}
password {PASSWORD}
pipelining on
received_header off
keep {'on' if self.keeps else 'off'}
uidls_file {self.home}/uidls
delivery maildir {self.home}/into
""")

    def words(self):
        return ["mpop", "-Q", "-C", self.home / "mpoprc", "a"]


class Fetchmail(Tool):
    key = title = program = "fetchmail"
    syncs = "none of its own: an MDA of 40 lines of C, fsync of each file"

    def configure(self):
        mda = paths.BUILD / "test" / "bench" / "deliver"
        self.write("rc", f"""
poll {self.host} protocol pop3 port {self.port} auth password uidl
  user "{self.user}" password "{PASSWORD}" sslproto ""
  {'keep' if self.keeps else 'nokeep'} no rewrite no mimedecode stripcr
  no forcecr pass8bits fetchlimit 0
  mda "{mda} {self.home}/into"
""")

    def words(self):
        return ["fetchmail", "-f", self.home / "rc", "--silent", "--nosyslog",
                "--invisible", "--idfile", self.home / "ids"]


class Getmail(Tool):
    key, title, program = "getmail", "getmail6", "getmail"
    syncs = "fsync of each file, by itself"
    # Now and then it misses the end of a child, and waits for it for ever.
    tries = 4

    def longest(self):
        return 60 + self.count / 50

    def configure(self):
        self.write("rc", f"""[retriever]
type = SimplePOP3Retriever
server = {self.host}
port = {self.port}
username = {self.user}
password = {PASSWORD}
timeout = 300

[destination]
type = Maildir
path = {self.home}/into/

[options]
verbose = 0
read_all = true
delivered_to = false
received = false
delete = {'false' if self.keeps else 'true'}
""")

    def identity(self):
        if not accounts.is_root():
            return {}
        uid, gid = accounts.ids(OTHERS)
        for folder, _, names in os.walk(self.home):
            for path in (folder, *(os.path.join(folder, n) for n in names)):
                os.chown(path, uid, gid)
        return {"user": uid, "group": gid, "extra_groups": []}

    def words(self):
        return ["getmail", "--getmaildir", self.home, "--rcfile", "rc"]


class Curl(Tool):
    """It has to be told how many there are; then what a script would do with
    the files: sync, rename."""
    key = title = program = "curl"
    syncs = "none of its own: sync(1) of all files, then renames, by a script"
    SCRIPT = """set -e
curl -q --silent --show-error --fail -K curlrc
cd into/tmp
ls | xargs sync
mv -t ../new -- m*
"""

    def configure(self):
        pass

    def part(self, *lines):
        return "\n".join([f'url = "pop3://{self.host}:{self.port}/'
                          f'[1-{self.count}]"',
                          f'user = "{self.user}:{PASSWORD}"', *lines]) + "\n"

    def words(self):
        text = self.part(f'output = "{self.home}/into/tmp/m#1"')
        if not self.keeps:
            text += "next\n" + self.part('request = "DELE"', "list-only",
                                         'output = "/dev/null"')
        self.write("curlrc", text)
        return ["sh", "-c", self.SCRIPT]


TOOLS = [Restante, Mpop, Fetchmail, Getmail, Curl]
