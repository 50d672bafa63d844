# SPDX-License-Identifier: ISC
"""Real POP3 clients, each behind the same three methods, and for each what it
does to a message: exactly that is undone, or applied, before comparing.

A client has the class attributes
  cannot      kinds of corpus messages that it cannot carry, each with the
              reason
  stored      what becomes of wire text in its hands
  hows        ways to connect that it knows
  mechanisms  words for ways to log in, each with what the server's log calls it
"""
import os
import re
import subprocess
import sys
from pathlib import Path

from support import accounts, certificates
from support.maildir import Maildir
from support.site import HOWS

HERE = Path(__file__).parent
NAME = "pop.test"  # whom certificates are for


class Client:
    program = None
    account = None  # run as this one, if we are root
    cannot = {}
    hows = HOWS
    mechanisms = {}

    def __init__(self, service, user, home, how="clear", mechanism=None,
                 roots=None, certificate=None):
        """roots: whom it trusts; certificate: its own."""
        self.service, self.user, self.home = service, user, home
        self.how, self.mechanism = how, mechanism
        self.roots = roots or (certificates.authority().roots
                               if how != "clear" else None)
        self.certificate = certificate
        self.host, self.port = (service.tls_address if how == "tls"
                                else service.address)
        self.setup()

    def setup(self):
        pass

    @staticmethod
    def stored(text):
        return text

    def run(self, words, status=(0,)):
        env = {**os.environ, "HOME": str(self.home), "LC_ALL": "C",
               "FETCHMAILHOME": str(self.home)}
        done = subprocess.run(words, cwd=self.home, env=env, timeout=600,
                              capture_output=True, check=False, **self.ids())
        assert done.returncode in status, (
            words, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
        return done.stdout

    def ids(self):
        if not self.account or not accounts.is_root():
            return {}
        uid, gid = accounts.ids(self.account)
        for folder, _, names in os.walk(self.home):
            for path in (folder, *(os.path.join(folder, n) for n in names)):
                os.chown(path, uid, gid)
        return {"user": uid, "group": gid, "extra_groups": []}

    def write(self, name, text):
        path = self.home / name
        path.write_text(text, encoding="latin-1")
        path.chmod(0o600)
        return path


class MaildirClient(Client):
    """Delivers into a Maildir of its own."""

    def setup(self):
        self.into = Maildir(self.home / "into")
        self.configure()

    def fetched(self):
        """What the last run delivered, taken out."""
        texts = []
        for path in self.into.files().values():
            with open(path, "rb") as f:
                texts.append(f.read())
        self.into.clear()
        return texts


def lf(text):
    return text.replace(b"\r\n", b"\n")


class Mpop(MaildirClient):
    program = "mpop"
    pipelining = "on"
    stored = staticmethod(lf)
    mechanisms = {"user": "PASS", "plain": "PLAIN", "login": "LOGIN",
                  "cram-md5": "CRAM-MD5", "apop": "APOP",
                  "scram-sha-1": "SCRAM-SHA-1",
                  "scram-sha-256": "SCRAM-SHA-256", "external": "EXTERNAL"}

    def tls(self):
        if self.how == "clear":
            return ["tls off"]
        lines = ["tls on", f"tls_trust_file {self.roots}",
                 f"tls_starttls {'on' if self.how == 'stls' else 'off'}",
                 f"tls_host_override {NAME}"]
        if self.certificate:
            lines += [f"tls_cert_file {self.certificate.chain}",
                      f"tls_key_file {self.certificate.key}"]
        return lines

    def configure(self, keep=True, only=None):
        lines = ["defaults", *self.tls(), "account a", f"host {self.host}",
                 f"port {self.port}", f"auth {self.mechanism or 'user'}",
                 f"user {self.user.name.decode()}",
                 f"password {self.user.password.decode()}",
                 f"pipelining {self.pipelining}", "received_header off",
                 f"keep {'on' if keep else 'off'}",
                 f"uidls_file {self.home}/uidls",
                 f"delivery maildir {self.home}/into"]
        if only:
            lines.append(f"filter {only}")
        self.write("mpoprc", "\n".join(lines) + "\n")

    def fetch(self, keep=True):
        self.configure(keep)
        self.run(["mpop", "-q", "-C", self.home / "mpoprc", "a"])
        return self.fetched()

    def fetch_some_and_delete(self, count):
        """Its filter sees each header (TOP) and takes the first ones."""
        script = self.write("filter", "#!/bin/sh\ncat >/dev/null\n"
                            "n=$(cat count 2>/dev/null || echo 0)\n"
                            "echo $((n + 1)) >count\n"
                            f"[ $n -lt {count} ] && exit 0\nexit 2\n")
        script.chmod(0o700)
        self.configure(keep=False, only=script)
        self.run(["mpop", "-q", "-C", self.home / "mpoprc", "a"])
        return self.fetched()


class MpopUnpipelined(Mpop):
    mechanisms = {}
    pipelining = "off"


class Fetchmail(MaildirClient):
    """With stripcr and forcecr off it hands on CRLF as it came."""
    program = "fetchmail"
    cannot = {
        "long-line": "6.4 puts octets of its own behind each 8,191 of a line",
        "only-newlines": "writes a header of its own",
        "header-only": "adds the empty line that is not there",
        "no-header": "drops it, or adds an empty line",
        "empty": "drops it",
    }

    mechanisms = {"password": "PASS", "cram-md5": "CRAM-MD5", "apop": "APOP"}

    def tls(self):
        """With sslproto it insists on STLS."""
        if self.how == "clear":
            return 'sslproto ""'
        return (f'{"ssl" if self.how == "tls" else ""} sslproto "TLS1.2+" '
                f'sslcertck sslcertfile "{self.roots}" sslcommonname "{NAME}"')

    def configure(self):
        auth = self.mechanism or "password"
        protocol = "apop" if auth == "apop" else "pop3"
        auth = "any" if auth == "apop" else auth
        self.write("rc", f"""
poll {self.host} protocol {protocol} port {self.port} auth {auth} uidl
  user "{self.user.name.decode()}" password "{self.user.password.decode()}"
  {self.tls()} no rewrite no mimedecode no stripcr no forcecr pass8bits
  mda "{sys.executable} {HERE / 'deliver.py'} {self.home / 'into'}"
""")

    def fetch(self, keep=True, *more):
        # Status 1: there was no mail.  13: the fetch limit was reached.
        self.run(["fetchmail", "-f", self.home / "rc", "--silent", "--nosyslog",
                  "--invisible", "--idfile", self.home / "ids",
                  "--keep" if keep else "--nokeep", *more], status=(0, 1, 13))
        return self.fetched()

    def fetch_some_and_delete(self, count):
        return self.fetch(False, "--fetchlimit", str(count))


class Getmail(MaildirClient):
    """Refuses to run as root.  Takes a message apart and writes it anew, by
    Python's rules: each CR is a line end to it."""
    program = "getmail"
    account = "restante-test-op"
    hows = ("clear", "tls")
    mechanisms = {"user": "PASS", "apop": "APOP"}
    cannot = {
        "only-newlines": "writes a header of its own",
        "header-only": "adds the empty line that is not there",
        "no-header": "writes a header of its own",
        "empty": "writes a header of its own",
    }

    @staticmethod
    def stored(text):
        return lf(lf(text)).replace(b"\r", b"\n")

    def tls(self):
        if self.how == "clear":
            return "type = SimplePOP3Retriever"
        return (f"type = SimplePOP3SSLRetriever\nca_certs = {self.roots}\n"
                f"ssl_cert_hostname = {NAME}")

    def configure(self, keep=True, count=0):
        self.write("rc", f"""[retriever]
{self.tls()}
use_apop = {self.mechanism == "apop"}
server = {self.host}
port = {self.port}
username = {self.user.name.decode()}
password = {self.user.password.decode()}
timeout = 60

[destination]
type = Maildir
path = {self.home}/into/

[options]
verbose = 0
read_all = false
delivered_to = false
received = false
delete = {'false' if keep else 'true'}
max_messages_per_session = {count}
""")

    def fetch(self, keep=True, count=0):
        self.configure(keep, count)
        # by its text: who runs it may not read our folders
        self.run(["/usr/bin/python3", "-c",
                  (HERE / "getmail_waits.py").read_text(), "--getmaildir",
                  self.home, "--rcfile", "rc"])
        return self.fetched()

    def fetch_some_and_delete(self, count):
        return self.fetch(False, count)


class NetPop3(MaildirClient):
    program = "perl"
    stored = staticmethod(lf)
    mechanisms = {"user": "PASS", "apop": "APOP", "PLAIN": "PLAIN",
                  "LOGIN": "LOGIN", "CRAM-MD5": "CRAM-MD5"}

    def configure(self):
        pass

    def fetch(self, keep=True, count=1_000_000):
        self.run(["perl", HERE / "net_pop3.pl", self.host, str(self.port),
                  self.user.name.decode(), self.user.password.decode(),
                  self.home / "seen", self.home / "into" / "new",
                  str(int(not keep)), str(count), self.how,
                  str(self.roots or ""), self.mechanism or "user"])
        return self.fetched()

    def fetch_some_and_delete(self, count):
        return self.fetch(False, count)


class Poplib(Client):
    """Python's.  Exact; its limit on line length must be raised."""
    mechanisms = {"user": "PASS", "apop": "APOP"}

    def setup(self):
        self.seen = set()

    def open(self):
        import poplib
        poplib._MAXLINE = 1 << 27
        context = self.roots and certificates.client_context(self.roots)
        if self.how == "tls":
            pop = poplib.POP3_SSL(self.host, self.port, timeout=60,
                                  context=context)
        else:
            pop = poplib.POP3(self.host, self.port, timeout=60)
        if self.how == "stls":
            pop.stls(context)
        name, password = self.user.name.decode(), self.user.password.decode()
        if self.mechanism == "apop":
            pop.apop(name, password)
        else:
            pop.user(name)
            pop.pass_(password)
        return pop

    def fetch(self, keep=True, count=1_000_000):
        pop = self.open()
        texts = []
        for line in pop.uidl()[1]:
            msn, uid = line.split(b" ", 1)
            if uid in self.seen or len(texts) == count:
                continue
            self.seen.add(uid)
            lines = pop.retr(int(msn))[1]
            texts.append(b"".join(x + b"\r\n" for x in lines))
            if not keep:
                pop.dele(int(msn))
        pop.quit()
        return texts

    def fetch_some_and_delete(self, count):
        return self.fetch(False, count)


class Curl(Client):
    """One connection for each run; messages to files.  Of no text at all it
    writes one CRLF, which was the line end before the terminator."""
    program = "curl"
    mechanisms = {"+APOP": "APOP", "PLAIN": "PLAIN", "LOGIN": "LOGIN",
                  "CRAM-MD5": "CRAM-MD5", "EXTERNAL": "EXTERNAL"}

    @staticmethod
    def stored(text):
        return text or b"\r\n"

    def setup(self):
        self.seen = set()

    def password(self):
        """With one, it does not do without."""
        return ("" if self.mechanism == "EXTERNAL"
                else self.user.password.decode())

    def url(self):
        if self.how == "clear":
            return f"pop3://{self.host}:{self.port}/"
        return f"pop3{'s' if self.how == 'tls' else ''}://{NAME}:{self.port}/"

    def tls(self):
        parts = []
        if self.how != "clear":
            parts += [f'resolve = "{NAME}:{self.port}:{self.host}"',
                      f'cacert = "{self.roots}"', "ssl-reqd"]
        if self.certificate:
            parts += [f'cert = "{self.certificate.chain}"',
                      f'key = "{self.certificate.key}"']
        if self.mechanism:
            parts.append(f'login-options = "AUTH={self.mechanism}"')
        return parts

    def curl(self, requests):
        """requests: [(path, command or None, output)]"""
        parts = []
        for path, command, output in requests:
            part = [*self.tls(), f'url = "{self.url()}{path}"',
                    f'output = "{output}"', "silent", "show-error", "fail",
                    f'user = "{self.user.name.decode()}:{self.password()}"']
            if command:
                part.append(f'request = "{command}"')
                part.append("list-only" if command.startswith("DELE") else "")
            parts.append("\n".join(part))
        self.write("curlrc", "\nnext\n".join(parts) + "\n")
        self.run(["curl", "-q", "-K", "curlrc"])

    def fetch(self, keep=True, count=1_000_000):
        self.curl([("", "UIDL", "uidl")])
        uids = dict(re.findall(rb"(\d+) (\S+)", (self.home / "uidl").read_bytes()))
        new = [m for m, uid in uids.items() if uid not in self.seen][:count]
        if not new:
            return []
        self.seen.update(uids[m] for m in new)
        names = [(m.decode(), self.home / f"m{m.decode()}") for m in new]
        requests = [(m, None, out) for m, out in names]
        if not keep:
            requests += [(m, "DELE", "/dev/null") for m, _ in names]
        self.curl(requests)
        texts = [out.read_bytes() if out.exists() else b"" for _, out in names]
        for _, out in names:
            out.unlink(missing_ok=True)
        return texts

    def fetch_some_and_delete(self, count):
        return self.fetch(False, count)


CLIENTS = [Poplib, Curl, Mpop, MpopUnpipelined, Fetchmail, Getmail, NetPop3]
