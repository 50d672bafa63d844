# SPDX-License-Identifier: ISC
"""The servers that are compared, each on a site of its own, in a control group
of its own; and the ceiling."""
import itertools
import os
import resource
import shutil
import subprocess

import meter
from support import accounts, certificates, paths, proc
from support.dovecot import SHIPPED, TUNED, Dovecot
from support.server import Server

SETTINGS = {"connections_max": 30_000, "connections_per_address": 30_000,
            "login_time": "600s", "log_level": "info"}
TITLES = {"shipped": "Dovecot as shipped", "tuned": "Dovecot tuned",
          "restanted": "restanted", "ceiling": "ceiling"}
_serial = itertools.count(1)


class Subject:
    """A server to measure.  Its site is there to be filled before start()."""

    def __init__(self, key, settings=None, prefix=()):
        self.key = key
        self.title = TITLES[key]
        self.meter = meter.make_group(f"{key}-{next(_serial)}")
        self.service = self._make(settings or {},
                                  [*prefix, *self.meter.prefix])
        self.site = self.service.site
        self.site.one_owner = True  # as Dovecot tuned needs it

    def _make(self, settings, prefix):
        if self.key == "restanted":
            return Server({**SETTINGS, **settings}, prefix=prefix,
                          tls=[certificates.standard()])
        return Dovecot(tls=True, prefix=prefix,
                       conf=TUNED if self.key == "tuned" else SHIPPED)

    def start(self):
        self.site.write_users()
        self.service.start()
        self.meter.pid = self.service.process.pid
        return self

    def restart_fresh(self):
        """Started anew, with nothing that it remembers of any maildrop."""
        self.halt()
        if self.key == "restanted":
            for path in (self.site.dir / "cache").iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        return self.start()

    def halt(self):
        """Stopped; its site stays."""
        process = self.service.process
        pids = self.meter.pids()
        process.terminate()
        process.wait(30)
        self.service.process = None
        for pid in pids:
            proc.wait_until(lambda p=pid: not proc.is_running(p), 20,
                            f"{self.key} ends")
            proc.reap_orphan(pid)

    def stop(self):
        if self.service.process:
            self.halt()
        self.meter.close()
        self.site.remove()

    def port(self, how):
        return (self.service.port if how in ("clear", "stls")
                else self.service.tls_port)


class Ceiling:
    """canned.c: what no server can be better than."""
    key = "ceiling"
    title = TITLES[key]

    def __init__(self, *words):
        self.words = [str(w) for w in words]
        self.meter = meter.make_group(f"{self.key}-{next(_serial)}")
        self.process = None
        self._port = 0

    def start(self):
        self.process = subprocess.Popen(
            [*self.meter.prefix, paths.BUILD / "test" / "bench" / "canned",
             *self.words], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.meter.pid = self.process.pid
        self._port = int(self.process.stdout.readline())
        return self

    def port(self, how):
        assert how == "clear"
        return self._port

    def stop(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait(10)
            self.process.stdout.close()
        self.meter.close()


def available():
    """What can be measured here, in the order of the table's columns."""
    found = ["restanted", "ceiling"]
    if shutil.which("dovecot") and accounts.is_root():
        found += ["tuned", "shipped"]
    return found


def raise_limits():
    """As many descriptors as root may have, for 10,000 connections twice."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(hard, 1 << 17) if os.geteuid() == 0 else hard
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
    except (ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def descriptors():
    """How many a process may have."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
