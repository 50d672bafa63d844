# SPDX-License-Identifier: ISC
"""restanted on a temporary site: started, watched, stopped and judged.

At the end of each server's life the harness itself asserts what must always
hold: status 0, nothing in the log that no test expected, no sanitizer report,
no process left, no zombie.
"""
import os
import re
import signal
import subprocess

from support import accounts, certificates, paths, proc
from support.log import Log
from support.site import Service, Site

READY = rb"restanted: ready"
LISTENING = rb"restanted: listening (.*)address=\"?([^\s\"]+):(\d+)(.*)"
SANITIZER = re.compile(rb"(ERROR|WARNING): \w+Sanitizer|runtime error:|"
                       rb"SUMMARY: \w+Sanitizer|Assertion `.* failed")
TROUBLE = re.compile(rb" error: |signal|SIG[A-Z]+")

DEFAULTS = {
    "listen": ["127.0.0.1:0"],
    "maildrop": "%u",
    "log": "stderr",
    "log_level": "info",
    "session_processes": 2,
    "uid_min": 100,
    "failures_max": 0,  # guessing is a matter of its own tests
    "hostname": "pop.test",
}
AS_ROOT = {
    "session_user": "restante-test-session",
    "auth_user": "restante-test-auth",
    "mail_user": "restante-test-mail",
    "key_user": "restante-test-key",
}


def config_text(settings):
    def value(v):
        if isinstance(v, bool):
            return "true" if v else "false"
        if isinstance(v, int):
            return str(v)
        if isinstance(v, (list, tuple)):
            return "{ " + ", ".join(value(x) for x in v) + " }"
        return '"%s"' % str(v).replace("\\", "\\\\").replace('"', '\\"')
    return "".join(f"{k} = {value(v)}\n" for k, v in settings.items()
                   if v is not None)


# Commands in hand, of a flood's guessers too, have stop_time (30 s); the master
# gives its roles 3 s more.
STOP_S = 60


class Server(Service):
    is_dovecot = False

    def __init__(self, settings=None, owner=None, env=None, site=None,
                 prefix=(), tls=None):
        """owner: start it as this account, from root.  prefix: words before
        the command, as ("ip", "netns", "exec", "x").  tls: it has a port for
        TLS, and these certificates; True: the standard one."""
        self.site = site or Site(owner)
        self.owner = owner
        self.env = env or {}
        self.prefix = list(prefix)
        self.process = None
        self.expected = []
        self.addresses = []
        self.tls_addresses = []
        self.certificates = self._own(tls) if tls else []
        self.settings = {
            **DEFAULTS,
            "mail_root": self.site.mail,
            "users": self.site.dir / "users",
            "cache_dir": self.site.dir / "cache",
            "run_dir": self.site.dir / "run",
            "state_dir": self.site.dir / "state",
            **(AS_ROOT if self.runs_as_root else {}),
            **self._tls_settings(),
            **(settings or {}),
        }
        self.log = Log(self.site.dir / "log")
        if self.runs_as_root:
            for folder, account in (("cache", "mail"), ("state", "auth")):
                os.chown(self.site.dir / folder,
                         *accounts.ids(f"restante-test-{account}"))
        self.site.write_users()

    @property
    def runs_as_root(self):
        return accounts.is_root() and self.owner is None

    @property
    def config(self):
        return self.site.dir / "restanted.conf"

    @property
    def address(self):
        return self.addresses[0]

    def _own(self, tls):
        """Copies of the certificates on the site, which tests may change."""
        folder = self.site.make_dir("tls")
        wanted = [certificates.standard()] if tls is True else tls
        owned = [c.copy(folder) for c in wanted]
        for c in owned if self.owner else ():
            os.chown(c.key, *accounts.ids(self.owner))
        return owned

    def _tls_settings(self):
        if not self.certificates:
            return {}
        return {"listen_tls": ["127.0.0.1:0"],
                "tls_certificate": [c.chain for c in self.certificates],
                "tls_key": [c.key for c in self.certificates]}

    # -- life

    def configure(self, **settings):
        self.settings.update(settings)
        self.config.write_text(config_text(self.settings), encoding="utf-8")

    def launch(self):
        """Starts it without waiting for anything."""
        self.configure()
        return self._spawn()

    def program(self):
        return paths.program("restanted")

    def _spawn(self):
        self.process = subprocess.Popen(
            [*self.prefix, self.program(), "-c", self.config],
            stdin=subprocess.DEVNULL, stdout=self.log.writer(),
            stderr=subprocess.STDOUT, env={**os.environ, **self.env},
            start_new_session=True, **self._identity())
        return self

    def refuses(self, text=None):
        """Launches it, with this configuration, and demands that it ends with
        a failure; what it said meanwhile."""
        if text is not None:
            self.config.write_text(text, encoding="utf-8")
        mark = self.log.mark()
        status = self._spawn().process.wait(20)
        said = self.log.octets()[mark:].decode("utf-8", "backslashreplace")
        assert status > 0, (status, said)
        assert not SANITIZER.search(said.encode("utf-8", "replace")), said
        self.process = None
        return said

    def _identity(self):
        if not self.owner:
            return {}
        uid, gid = accounts.ids(self.owner)
        return {"user": uid, "group": gid, "extra_groups": []}

    def start(self):
        mark = self.log.mark()
        self.launch()
        self.log.wait(READY, after=mark, alive=self.process, seconds=30)
        self.addresses = self.listening(after=mark)
        self.tls_addresses = self.listening(after=mark, tls=True)
        assert self.addresses or self.tls_addresses, self.log.text()
        return self

    def listening(self, after=0, tls=False):
        """The addresses that the log says it has begun to listen on."""
        return [(host.strip(b"[]").decode(), int(port))
                for before, host, port, behind
                in re.findall(LISTENING, self.log.octets()[after:])
                if (b"kind=tls" in before + behind) == tls]

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *rest):
        self.stop(judge=kind is None)

    def reload(self, expect=READY):
        mark = self.log.mark()
        self.process.send_signal(signal.SIGHUP)
        self.log.wait(expect, after=mark, alive=self.process)

    def expect(self, *patterns):
        """Trouble that this test causes: log lines that match are no failure."""
        self.expected += [re.compile(p) for p in patterns]

    def stop(self, judge=True):
        try:
            if self.process and self.process.poll() is None:
                self.process.send_signal(signal.SIGTERM)
            if self.process and judge:
                self.judge(self.process.wait(STOP_S))
        finally:
            self._clean()
            self.process = None

    # -- judgement

    def judge(self, exit_status=0):
        log = self.log.text()
        assert exit_status == 0, f"exit status {exit_status}\n{log}"
        assert not SANITIZER.search(log.encode("utf-8", "replace")), log
        for line in self.log.lines():
            assert self._is_fine(line), f"unexpected: {line!r}\n{log}"
        left = self.leftovers()
        assert not left, f"left behind: {left}"

    def _is_fine(self, line):
        return (not TROUBLE.search(line)
                or any(e.search(line) for e in self.expected))

    @staticmethod
    def leftovers(seconds=10):
        """Roles that outlive their master: we, the subreaper, have them."""
        try:
            proc.wait_until(lambda: not orphans(), seconds)
        except AssertionError:
            pass
        proc.reap_orphans()
        return [(p, proc.name(p)) for p in orphans()]

    def _clean(self):
        if self.process:
            for pid in self.pids():
                proc.kill(pid)
            self.process.wait(10)
            for pid in orphans():
                proc.kill(pid)
            self.leftovers()
        self.site.remove()

    # -- its processes

    def children(self, zombies=False):
        return proc.children(self.process.pid, zombies)

    def roles(self):
        """{"session": [pids], "auth": [pid], "maildrop": [pid]}, with TLS
        also "key"."""
        found = {"session": [], "auth": [], "maildrop": []}
        if self.certificates:
            found["key"] = []
        for pid in self.children():
            role = proc.name(pid).removeprefix("restanted-").split("-")[0]
            if role in found:
                found[role].append(pid)
        return found

    def pids(self):
        return [self.process.pid, *self.children()]

    def fd_counts(self):
        return {pid: proc.fd_count(pid) for pid in self.pids()}

    def wait_restored(self, before, seconds=20):
        """Until there are as many processes of each role as before, none of
        which is among the dead."""
        def restored():
            now = self.roles()
            return all(len(now[r]) == len(before[r]) for r in before)
        proc.wait_until(restored, seconds, "all roles are back")

    # -- its log

    def session_lines(self, seconds=0, count=None):
        """The line that each finished session leaves, in order."""
        if count is not None:
            proc.wait_until(
                lambda: len(self.log.match(rb": session end")) >= count,
                seconds or 20, f"{count} session lines")
        return self.log.match(rb": session end")


def orphans():
    return [p for p in proc.children(os.getpid())
            if proc.comm(p).startswith("restanted-")]
