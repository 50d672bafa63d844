# SPDX-License-Identifier: ISC
"""restantectl on a configuration of its own."""
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from support import paths

USAGE, DATAERR, NOUSER, NOINPUT = 64, 65, 67, 66
NOPERM, CONFIG = 77, 78

USERS = b"""# our users

alice:{PLAIN}one:50001:50001::/var/mail/alice::userdb_quota=1G
   \t
bob:{PLAIN}two:50002:50002:Bob: %(mail)s/bob:/bin/sh:a=b c=d:e\r
#carol:{PLAIN}three::::::
broken:{PLAIN}four:not-a-uid
nopass
dave:{CRYPT}*:::::"""


class Ctl:
    def __init__(self):
        self.dir = Path(tempfile.mkdtemp(prefix="restante-ctl-"))
        os.chmod(self.dir, 0o755)
        for name in ("mail", "cache", "run"):
            (self.dir / name).mkdir()
        self.conf = self.dir / "restanted.conf"
        self.users = self.dir / "users"
        self.configure()

    def configure(self, extra=""):
        account = "restante-test-auth"
        accounts = "".join(
            f"{role}_user = {account.replace('auth', role)}\n"
            for role in ("session", "auth", "mail", "key")) if os.getuid() == 0 else ""
        self.conf.write_text(
            'listen = "127.0.0.1:0"\n'
            f"mail_root = {self.dir}/mail\nusers = {self.dir}/users\n"
            f"cache_dir = {self.dir}/cache\nrun_dir = {self.dir}/run\n"
            f"state_dir = {self.dir}/state\n"
            f"{accounts}{extra}\n")

    def run(self, *args, stdin=b"", config=True):
        where = ["-c", str(self.conf)] if config else []
        return subprocess.run([self.program, *where, *args], input=stdin,
                              capture_output=True, timeout=60, check=False)

    def ok(self, *args, stdin=b""):
        done = self.run(*args, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refused(self, code, *args, stdin=b""):
        done = self.run(*args, stdin=stdin)
        assert done.returncode == code, (done.returncode, done.stderr)
        assert done.stderr
        return done.stderr

    def remove(self):
        shutil.rmtree(self.dir)

    @property
    def program(self):
        program = paths.program("restantectl")
        assert program.exists(), f"{program} is not built"
        return program

    def field(self, name, n=1):
        for line in self.users.read_bytes().splitlines():
            fields = line.split(b":")
            if fields[0] == name:
                return fields[n]
        raise AssertionError(f"no {name}")
